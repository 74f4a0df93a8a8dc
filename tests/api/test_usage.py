"""What models took is kept, added up, and shown; how they are shows in health and metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import httpx
import pytest
from tests.conftest import RunningServer

from cortex.db.driver import Connection
from cortex.domain import clock
from cortex.domain.model_call import CallOutcome, ModelCall
from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.chat_model import ChatMessage, ChatRequest
from cortex.providers.fake_chat import FakeChatModel
from cortex.providers.gateway.gateway import CallPurpose
from cortex.worker.schedules import Schedules

Result = TypeVar("Result")
QUESTION = ChatRequest((ChatMessage("user", "SECRET words of the owner"),))


def on(server: RunningServer, work: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run_coroutine_threadsafe(work, server.loop).result(30)


async def ask(server: RunningServer, purpose: CallPurpose) -> None:
    await server.application.intelligence.gateway.complete(lambda _: QUESTION, purpose=purpose)


async def book(server: RunningServer, at: str, outcome: CallOutcome = "ok", **changes: Any) -> None:
    call = ModelCall(at, "chat", "ollama", "a", remote=False, outcome=outcome, milliseconds=1.5)
    server.application.intelligence.usage.book(replace(call, **changes))


def test_calls_are_counted_at_once(server: RunningServer, client: httpx.Client) -> None:
    server.application.intelligence.models.use(FakeChatModel())
    for purpose in ("summary", "summary", "tags"):
        on(server, ask(server, purpose))
    report = client.get("/api/usage").json()
    assert report["totals"]["calls"] == 3
    assert report["totals"]["cached"] == 2, "the same question with nobody watching is not asked twice"
    assert report["totals"]["prompt_tokens"] == 5
    assert report["totals"]["completion_tokens"] == 5
    assert report["totals"]["remote"] == report["totals"]["failed"] == 0
    assert [(row["day"], row["provider"], row["model"], row["purpose"], row["calls"]) for row in report["rows"]] == [
        (clock.now()[:10], "fake", "script", "summary", 2),
        (clock.now()[:10], "fake", "script", "tags", 1),
    ]
    assert "SECRET" not in str(report)


def test_sums_by_group_and_period(server: RunningServer, client: httpx.Client) -> None:
    on(server, book(server, "2026-01-01T23:59:59.999Z", prompt_tokens=10))
    on(server, book(server, "2026-01-02T00:00:00.000Z", "timeout", prompt_tokens=1))
    on(
        server,
        book(
            server, "2026-01-02T12:00:00.000Z", "cancelled", model="b", remote=True, cost_usd=0.25, is_cost_known=False
        ),
    )
    on(server, book(server, "2026-01-03T12:00:00.000Z", provider="openai", model="b", purpose="tags", cost_usd=0.5))

    def report(**query: str | list[str]) -> dict[str, Any]:
        answer = client.get("/api/usage", params={"since": "2026-01-01", **query})
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    days = report(group_by="day")
    assert [(row["day"], row["calls"], row["failed"], row["remote"]) for row in days["rows"]] == [
        ("2026-01-03", 1, 0, 0),
        ("2026-01-02", 2, 1, 1),
        ("2026-01-01", 1, 0, 0),
    ]
    assert {row["provider"] for row in days["rows"]} == {None}
    assert days["totals"]["cost_usd"] == pytest.approx(0.75)
    assert days["totals"]["cost_unknown"] == 1
    assert report(until="2026-01-02")["totals"]["calls"] == 3, "up to the end of that day"
    assert report(until="2026-01-02T00:00:00Z")["totals"]["calls"] == 1
    assert report(since="2026-01-02T00:00:00Z", until="2026-01-02")["totals"]["calls"] == 2
    both = report(group_by=["provider", "purpose", "provider"])
    assert both["group_by"] == ["provider", "purpose"]
    assert [(row["provider"], row["purpose"], row["calls"]) for row in both["rows"]] == [
        ("ollama", "chat", 3),
        ("openai", "tags", 1),
    ]
    assert client.get("/api/usage").json()["totals"]["calls"] == 0, "the last thirty days unless told otherwise"


@pytest.mark.parametrize("query", [{"since": "yesterday"}, {"group_by": "owner"}, {"until": "9999-12-31"}])
def test_what_makes_no_sense_is_refused(client: httpx.Client, query: dict[str, str]) -> None:
    assert client.get("/api/usage", params=query).status_code == 422


def test_calls_are_kept_for_a_year(server: RunningServer, client: httpx.Client) -> None:
    on(server, book(server, clock.after(-366 * 24 * 3600)))
    on(server, book(server, clock.after(-364 * 24 * 3600)))
    assert client.get("/api/usage", params={"since": "2000-01-01"}).json()["totals"]["calls"] == 2
    on(server, Schedules(server.application).keep_house())
    assert client.get("/api/usage", params={"since": "2000-01-01"}).json()["totals"]["calls"] == 1


def test_what_was_booked_last_is_not_lost_by_stopping(server: RunningServer, client: httpx.Client) -> None:
    on(server, book(server, clock.now()))
    on(server, server.application.intelligence.usage.aclose())

    def count(connection: Connection) -> int:
        return int(connection.execute("SELECT count(*) FROM model_calls").fetchone()[0])

    assert on(server, server.application.database.read(count)) == 1


def test_an_open_breaker_shows_in_health_and_metrics(server: RunningServer, client: httpx.Client) -> None:
    def models() -> dict[str, str]:
        part: dict[str, str] = client.get("/api/health/detailed").json()["dependencies"]["models"]
        return part

    assert models()["status"] == "idle"
    model = FakeChatModel()
    server.application.intelligence.models.use(model)
    assert models()["status"] == "healthy"
    model.available = False
    with server.application.events.subscribe() as events:
        with pytest.raises(AIProviderUnavailableError):
            on(server, ask(server, "summary"))
        on(server, asyncio.sleep(0))
        seen = [event.data for event in events._waiting if event.type == "providers.updated"]
    assert seen == [{"provider": "fake", "model": "script"}]
    assert models()["status"] == "unavailable"
    assert "fake/script is left alone for a moment after failures" in models()["detail"]
    metrics = client.get("/metrics").text
    assert 'cortex_model_breaker{model="script",provider="fake"} 1.0' in metrics
    model.available = True
    on(server, ask(server, "test"))
    assert models()["status"] == "healthy"
    metrics = client.get("/metrics").text
    assert 'cortex_model_breaker{model="script",provider="fake"} 0.0' in metrics
    assert 'cortex_model_calls_total{outcome="ok",provider="fake",purpose="test"} 1.0' in metrics
    assert 'cortex_model_first_part_seconds_count{provider="fake"} 1.0' in metrics
    assert 'cortex_model_tokens_total{direction="read",provider="fake"} 5.0' in metrics
    assert "SECRET" not in metrics


def test_time_is_told_in_tenths_of_a_millisecond(server: RunningServer, client: httpx.Client) -> None:
    for milliseconds in (0.1, 0.2, 10.333):
        on(server, book(server, "2026-01-02T12:00:00.000Z", milliseconds=milliseconds))
    report = client.get("/api/usage", params={"since": "2026-01-01"}).json()
    assert report["totals"]["milliseconds"] == report["rows"][0]["milliseconds"] == 10.6
