"""Calls wait in line: in order, questions first, nobody lost."""

import asyncio

import pytest

from cortex.exceptions import AIProviderTimeoutError
from cortex.providers.chat_model import ChatIdentity
from cortex.providers.gateway.deadlines import Patience
from cortex.providers.gateway.limits import Line, Lines, Room


class Calls:
    """Calls that hold their place until they are let go."""

    def __init__(self, line: Line):
        self.line = line
        self.begun: list[str] = []
        self.running = 0
        self.most = 0
        self._ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, patience: Patience = "interactive") -> None:
        self._ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._run(name, patience))

    async def _run(self, name: str, patience: Patience) -> None:
        async with self.line.place(patience):
            self.begun.append(name)
            self.running += 1
            self.most = max(self.most, self.running)
            try:
                await self._ends[name].wait()
            finally:
                self.running -= 1

    async def end(self, name: str) -> None:
        self._ends[name].set()
        await self.tasks[name]
        await settle()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_200_callers_are_served_in_order() -> None:
    calls = Calls(Line(Room(total=2, background=1)))
    names = [str(number) for number in range(200)]
    for name in names:
        calls.start(name)
    await settle()
    assert calls.line.waiting == 198
    for name in names:
        await calls.end(name)
    assert calls.begun == names
    assert calls.most == 2
    assert calls.line.waiting == 0


async def test_questions_go_before_the_background_and_find_a_place_kept_free() -> None:
    calls = Calls(Line(Room(total=2, background=1)))
    for name in ("b1", "b2", "b3"):
        calls.start(name, "background")
    await settle()
    assert calls.begun == ["b1"]
    calls.start("i1")
    calls.start("i2")
    await settle()
    assert calls.begun == ["b1", "i1"]
    await calls.end("b1")
    assert calls.begun == ["b1", "i1", "i2"]
    await calls.end("i1")
    assert calls.begun[-1] == "b2"
    for name in ("i2", "b2", "b3"):
        await calls.end(name)
    assert calls.begun == ["b1", "i1", "i2", "b2", "b3"]


async def test_who_gives_up_frees_the_place_for_the_next() -> None:
    calls = Calls(Line(Room(total=1, background=1)))
    for name in ("first", "second", "third"):
        calls.start(name)
    await settle()
    calls.tasks["second"].cancel()
    await settle()
    assert calls.line.waiting == 1
    calls.tasks["first"].cancel()
    await settle()
    assert calls.begun == ["first", "third"]
    await calls.end("third")


async def test_a_place_given_to_somebody_who_just_gave_up_goes_on_to_the_next() -> None:
    calls = Calls(Line(Room(total=1, background=1)))
    for name in ("first", "second", "third"):
        calls.start(name)
    await settle()
    calls._ends["first"].set()
    await asyncio.sleep(0)  # first leaves and hands its place to second…
    calls.tasks["second"].cancel()  # …who is cancelled before taking it up
    await settle()
    assert calls.begun == ["first", "third"]
    await calls.end("third")


async def test_waiting_has_an_end() -> None:
    line = Line(Room(total=1, background=1))
    told: list[int] = []
    async with line.place("interactive"):
        with pytest.raises(AIProviderTimeoutError, match="busy"):
            async with line.place("interactive", seconds=0, on_wait=told.append):
                pytest.fail("there was no place")
    assert told == [0]
    assert line.waiting == 0
    async with line.place("interactive", seconds=0):
        pass


def test_models_of_one_ollama_share_its_line() -> None:
    lines = Lines()
    here = [ChatIdentity("ollama", model, True, "127.0.0.1:11434") for model in ("a", "b")]
    assert lines.of(here[0]) is lines.of(here[1])
    assert lines.of(here[0]) is not lines.of(ChatIdentity("ollama", "a", True, "127.0.0.1:9"))
