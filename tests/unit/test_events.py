"""The stream of changes: order, resuming, and readers that fall behind."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from cortex.domain.ids import new_id
from cortex.services.events import Event, EventBus, Subscription


async def _taken(bus: EventBus, subscription: Subscription) -> list[Event]:
    bus.close()
    return [event async for event in subscription]


async def test_a_reader_gets_what_happens_after_it_came() -> None:
    bus = EventBus()
    bus.publish("item.created", {"id": "before"})
    with bus.subscribe() as subscription:
        bus.publish("item.updated", {"id": "after"})
        assert [event.data["id"] for event in await _taken(bus, subscription)] == ["after"]


async def test_a_reader_resumes_after_the_last_event_it_saw() -> None:
    bus = EventBus()
    with bus.subscribe() as first:
        for number in range(3):
            bus.publish("item.updated", {"id": number})
        seen = await _taken(bus, first)
    with bus.subscribe(last_id=seen[0].id) as second:
        assert [event.data["id"] for event in await _taken(bus, second)] == [1, 2]


async def test_a_reader_of_another_run_or_from_too_long_ago_is_told_to_read_again() -> None:
    bus = EventBus(kept=2)
    for number in range(5):
        bus.publish("item.updated", {"id": number})
    for stale in ("other-1", "x", f"{bus._run}-1", f"{bus._run}-99"):
        with bus.subscribe(last_id=stale) as subscription:
            assert [event.type for event in await _taken(bus, subscription)] == ["reset"]


async def test_a_slow_reader_costs_bounded_memory() -> None:
    bus = EventBus(kept=10)
    with bus.subscribe() as subscription:
        for number in range(1000):
            bus.publish("item.updated", {"id": number})
        events = await _taken(bus, subscription)
    assert events[0].type == "reset"
    assert len(events) <= 10


async def test_a_reader_that_comes_while_it_ends_hears_that_at_once() -> None:
    bus = EventBus()
    bus.publish("item.created", {"id": 1})
    bus.close()
    with bus.subscribe(last_id=f"{bus._run}-0") as subscription:
        async with asyncio.timeout(10):
            assert [event.data["id"] async for event in subscription] == [1]


def test_ids_sort_in_the_order_of_their_making() -> None:
    ids = [new_id("item") for _ in range(2000)]
    assert all(first < second for first, second in pairwise(ids))
