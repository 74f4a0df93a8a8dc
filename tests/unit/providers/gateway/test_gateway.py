"""What the gateway does when models are away, slow, busy or break off: on a clock that is set by hand."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

import pytest

from cortex.domain.model_call import ModelCall
from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.chat_model import (
    ChatMessage,
    ChatModel,
    ChatPart,
    ChatRequest,
    Finished,
    TextDelta,
    TokenUsage,
)
from cortex.providers.fake_chat import FakeChatModel
from cortex.providers.gateway.deadlines import Deadlines, deadlines_for
from cortex.providers.gateway.gateway import Gateway, Target
from cortex.providers.gateway.notices import Notice

AWAY = AIProviderUnavailableError("Nobody there.")
QUESTION = ChatRequest((ChatMessage("user", "one two three"),))
Step = ChatPart | Exception | asyncio.Event


class Staged(FakeChatModel):
    """Plays one list of steps for each call: says parts, raises errors, waits for events. Then it echoes."""

    def __init__(self, *plays: Sequence[Step], model: str = "script", is_local: bool = True, provider: str = "fake"):
        super().__init__(model=model, is_local=is_local, provider=provider)
        self._plays = list(plays)
        self.calls = 0
        self.closed = 0

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatPart, None]:
        self.calls += 1
        try:
            if not self._plays:
                async with aclosing(super().stream(request)) as parts:
                    async for part in parts:
                        yield part
                return
            for step in self._plays.pop(0):
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
        finally:
            self.closed += 1


class Stage:
    """A gateway over some models, and all that it tells."""

    def __init__(self, *models: ChatModel, deadlines: Deadlines | None = None):
        self.models = list(models)
        self.calls: list[ModelCall] = []
        self.notices: list[Notice] = []
        self.slept: list[float] = []
        self.changes: list[str] = []
        self.seconds = 1000.0
        self.gateway = Gateway(
            self.chain,
            book=self.calls.append,
            on_change=lambda model: self.changes.append(model.name),
            now=lambda: self.seconds,
            sleep=self.sleep,
            chance=lambda: 1.0,
            deadlines=(lambda *_, **__: deadlines) if deadlines else deadlines_for,
        )

    async def chain(self, model: str | None) -> list[ChatModel]:
        return [one for one in self.models if model in (None, one.identity.name)]

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    async def ask(
        self, *, local_only: bool = False, build: Callable[[Target], ChatRequest | None] | None = None
    ) -> str:
        """A question's answer as somebody would see it grow."""
        shown = ""
        answer = self.gateway.stream(
            build or (lambda _: QUESTION), purpose="chat", local_only=local_only, tell=self.notices.append
        )
        async with aclosing(answer) as parts:
            async for part in parts:
                if isinstance(part, TextDelta):
                    shown += part.text
        return shown

    async def work(self) -> str:
        return (await self.gateway.complete(lambda _: QUESTION, purpose="summary", tell=self.notices.append)).text

    async def state(self, position: int = 0) -> str:
        return (await self.gateway.health())[position].state


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
def patience() -> Deadlines:
    """So short that nobody waits for them in a test."""
    return Deadlines(first_part=0.01, idle=0.01, may_repeat_long=True)


async def test_the_first_model_answers() -> None:
    stage = Stage(Staged(), Staged(model="second"))
    assert await stage.ask() == "one two three"
    assert [(call.model, call.outcome, call.prompt_tokens, call.completion_tokens) for call in stage.calls] == [
        ("script", "ok", 3, 3)
    ]
    assert stage.calls[0].first_part_milliseconds is not None
    assert not stage.calls[0].remote


async def test_a_hiccup_is_tried_again_after_a_pause() -> None:
    stage = Stage(Staged([AWAY], [AWAY]))
    assert await stage.ask() == "one two three"
    assert stage.slept == [0.5, 1.0]
    assert [notice.kind for notice in stage.notices] == ["retrying", "retrying"]
    assert "Nobody there." in stage.notices[0].sentence
    assert [call.outcome for call in stage.calls] == ["failed", "failed", "ok"]


async def test_a_busy_server_is_given_the_time_it_asks_for() -> None:
    stage = Stage(Staged([AIProviderUnavailableError("Busy.", retry_after=3, details={"status": 503})]))
    assert await stage.ask() == "one two three"
    assert stage.slept == [3.5]


async def test_with_a_fallback_nobody_waits_for_a_busy_server() -> None:
    stage = Stage(Staged([AIProviderUnavailableError("Busy.", retry_after=3)]), Staged(model="second"))
    assert await stage.ask() == "one two three"
    assert stage.slept == []
    assert [notice.kind for notice in stage.notices] == ["falling_back"]
    assert stage.notices[0].sentence == "Asking fake/second instead of fake/script. Busy."


async def test_a_refusal_is_not_repeated_but_the_next_model_is_asked() -> None:
    stage = Stage(Staged([AIProviderError("Cannot.")]), Staged(model="second"))
    assert await stage.ask() == "one two three"
    assert stage.slept == []
    assert [call.outcome for call in stage.calls] == ["refused", "ok"]


async def test_nothing_is_asked_again_after_something_was_shown() -> None:
    first, second = Staged([TextDelta("one"), AWAY]), Staged(model="second")
    stage = Stage(first, second)
    shown: list[object] = []

    async def read() -> None:
        async for part in stage.gateway.stream(lambda _: QUESTION, purpose="chat"):
            shown.append(part)  # noqa: PERF401 - what came before the break is looked at

    with pytest.raises(
        AIProviderUnavailableError, match=r"fake/script broke off\. What was written is kept; ask again"
    ):
        await read()
    assert shown[1:] == [TextDelta("one")]
    assert (first.calls, second.calls) == (1, 0)
    assert [call.outcome for call in stage.calls] == ["broken"]


@pytest.mark.parametrize("last", [AWAY, AIProviderError("The runner has died.")])
async def test_a_break_counts_and_the_next_question_goes_to_the_fallback(last: Exception) -> None:
    first, second = Staged([TextDelta("one"), last], [AWAY], [AWAY], [AWAY]), Staged(model="second")
    stage = Stage(first, second)
    with pytest.raises(AIProviderUnavailableError):
        await stage.ask()
    assert await stage.ask() == "one two three"
    assert first.calls == 3, "the third failure in a row opens the breaker, there is no fourth"
    assert [await stage.state(0), await stage.state(1)] == ["open", "closed"]
    assert stage.changes == ["fake/script"]
    assert await stage.ask() == "one two three"
    assert first.calls == 3, "it is left alone now"
    assert second.calls == 2
    stage.seconds += 30
    first.calls = 0
    assert await stage.ask() == "one two three"
    assert (first.calls, second.calls) == (1, 3), "one try, which failed"
    stage.seconds += 30
    assert await stage.ask() == "one two three"
    assert (first.calls, second.calls) == (2, 3), "and one that went well"
    assert await stage.state() == "closed"


async def test_an_answer_without_an_end_broke_off() -> None:
    with pytest.raises(AIProviderUnavailableError, match="ended before it was complete"):
        await Stage(Staged([TextDelta("one")])).ask()


async def test_work_that_nobody_watches_is_mended_when_it_breaks_off() -> None:
    stage = Stage(Staged([TextDelta("half "), AWAY]))
    assert await stage.work() == "one two three"
    stage = Stage(
        Staged([TextDelta("half "), AIProviderError("No.")], [AIProviderError("No.")]), Staged(model="second")
    )
    assert await stage.work() == "one two three"


async def test_a_model_that_says_nothing_is_asked_once_more_at_most(patience: Deadlines) -> None:
    never = asyncio.Event()
    model = Staged([never], [never], [never])
    stage = Stage(model, deadlines=patience)
    with pytest.raises(AIProviderUnavailableError, match=r"gave nothing within"):
        await stage.ask()
    assert model.calls == model.closed == 2
    assert [call.outcome for call in stage.calls] == ["timeout", "timeout"]
    assert "gave nothing within" in stage.notices[-1].sentence
    assert await stage.state() == "open"


async def test_a_slow_machine_does_not_work_twice_on_the_same_long_request() -> None:
    model = Staged([asyncio.Event()])
    stage = Stage(model, deadlines=Deadlines(first_part=0.01, idle=0.01, may_repeat_long=False))
    with pytest.raises(AIProviderUnavailableError):
        await stage.ask()
    assert model.calls == 1


async def test_a_slow_model_gives_way_to_one_that_takes_the_question() -> None:
    first, second = Staged([asyncio.Event()]), Staged(model="second")
    stage = Stage(first, second, deadlines=Deadlines(first_part=60, idle=60, may_repeat_long=True, give_way=0.01))
    assert await stage.ask() == "one two three"
    assert (first.calls, first.closed, second.calls) == (1, 1, 1)
    assert "gave nothing within" in stage.notices[-1].sentence


async def test_a_slow_model_keeps_its_time_where_no_other_one_takes_the_question() -> None:
    begin, asked = asyncio.Event(), asyncio.Event()
    first = Staged([begin, TextDelta("slow but here"), Finished("stop")])
    away, elsewhere = Staged(model="away"), Staged(model="elsewhere")
    away.available = False

    def build(target: Target) -> ChatRequest | None:
        if target.identity.model == "elsewhere":
            asked.set()
            return None
        return QUESTION

    stage = Stage(
        first, away, elsewhere, deadlines=Deadlines(first_part=60, idle=60, may_repeat_long=True, give_way=0.01)
    )
    answer = asyncio.create_task(stage.ask(build=build))
    await asked.wait()
    await settle()
    begin.set()
    assert await answer == "slow but here"
    assert elsewhere.calls == 0


async def test_a_busy_model_is_waited_for_where_no_other_one_takes_the_question() -> None:
    busy = AIProviderUnavailableError("Busy.", retry_after=5)
    first, second = Staged([busy]), Staged(model="second")
    stage = Stage(first, second)
    build: Callable[[Target], ChatRequest | None] = lambda target: (  # noqa: E731 - shorter than a function
        None if target.identity.model == "second" else QUESTION
    )
    assert await stage.ask(build=build) == "one two three"
    assert stage.slept == [5.5]


async def test_time_spent_in_line_is_not_spent_twice(patience: Deadlines) -> None:
    never = asyncio.Event()
    model = Staged([TextDelta("one"), never], [TextDelta("one"), never])
    stage = Stage(model, deadlines=patience)
    streams = [stage.gateway.stream(lambda _: QUESTION, purpose="chat") for _ in range(2)]
    for stream in streams:
        await anext(stream)
        await anext(stream)
    with pytest.raises(AIProviderUnavailableError, match="busy with other work"):
        await stage.ask()
    assert [notice.kind for notice in stage.notices] == ["queued"]
    assert await stage.state() == "closed", "being busy is no failure"
    for stream in streams:
        await stream.aclose()


async def test_a_model_that_falls_silent_is_stopped(patience: Deadlines) -> None:
    model = Staged([TextDelta("one"), asyncio.Event()])
    stage = Stage(model, deadlines=patience)
    with pytest.raises(AIProviderUnavailableError, match="fell silent"):
        await stage.ask()
    assert model.closed == 1
    assert [call.outcome for call in stage.calls] == ["timeout"]


async def test_closing_the_stream_stops_the_model_and_frees_its_place() -> None:
    never = asyncio.Event()
    model = Staged([TextDelta("one"), never], [TextDelta("one"), never])
    stage = Stage(model)
    streams = [stage.gateway.stream(lambda _: QUESTION, purpose="chat") for _ in range(2)]
    for stream in streams:
        assert isinstance(await anext(stream), Target)
    waiting = asyncio.create_task(stage.ask())
    await settle()
    assert stage.notices[0].kind == "queued"
    assert (await stage.gateway.health())[0].waiting == 1
    for stream in streams:
        await stream.aclose()
    assert await waiting == "one two three"
    assert model.closed == 3
    assert [call.outcome for call in stage.calls] == ["cancelled", "cancelled", "ok"]
    assert await stage.state() == "closed"


async def test_a_cancelled_question_frees_its_place() -> None:
    model = Staged([asyncio.Event()], [asyncio.Event()])
    stage = Stage(model)
    asking = [asyncio.create_task(stage.ask()) for _ in range(2)]
    await settle()
    assert model.calls == 2
    for task in asking:
        task.cancel()
    await asyncio.wait(asking)
    assert await stage.ask() == "one two three"


async def test_200_questions_at_once_are_all_answered() -> None:
    model = FakeChatModel()
    stage = Stage(model)

    async def ask(number: int) -> str:
        return await stage.ask(build=lambda _: ChatRequest((ChatMessage("user", f"question {number} asked"),)))

    answers = await asyncio.gather(*(ask(number) for number in range(200)))
    assert answers == [f"question {number} asked" for number in range(200)]
    assert [request.messages[0].content for request in model.requests] == answers
    assert len(stage.calls) == 200


async def test_nothing_of_local_only_goes_elsewhere() -> None:
    cloud = Staged(is_local=False, model="cloud")
    stage = Stage(Staged([AWAY], [AWAY], [AWAY]), cloud)
    with pytest.raises(AIProviderUnavailableError, match="must not leave this machine"):
        await stage.ask(local_only=True)
    assert cloud.calls == 0
    assert (await stage.gateway.target()) is not None
    assert await stage.gateway.target(local_only=True) is None, "the local one is left alone now"


async def test_a_request_that_is_not_for_a_target_goes_to_the_next() -> None:
    first, second = Staged(), Staged(model="second")

    def build(target: Target) -> ChatRequest | None:
        return QUESTION if target.identity.model == "second" else None

    stage = Stage(first, second)
    assert await stage.ask(build=build) == "one two three"
    assert (first.calls, second.calls) == (0, 1)
    assert stage.notices == []


async def test_all_away_is_said_in_one_sentence_with_each_reason() -> None:
    stage = Stage(Staged(*[[AWAY]] * 3), Staged([AIProviderError("Its key is wrong.")], model="cloud", is_local=False))
    with pytest.raises(AIProviderUnavailableError) as away:
        await stage.ask()
    assert away.value.message == ("No model can answer now. fake/script: Nobody there. fake/cloud: Its key is wrong.")
    with pytest.raises(AIProviderUnavailableError, match="No language model is set up"):
        await Stage().ask()


async def test_while_all_are_left_alone_the_answer_is_at_once_and_says_when() -> None:
    model = Staged(*[[AWAY]] * 3)
    stage = Stage(model)
    for _ in range(2):
        with pytest.raises(AIProviderUnavailableError) as away:
            await stage.ask()
    assert model.calls == 3
    assert "left alone" in away.value.message
    assert away.value.retry_after == pytest.approx(10)


async def test_what_comes_out_the_same_is_not_asked_twice() -> None:
    model = FakeChatModel(is_local=False)
    stage = Stage(model)
    assert await stage.work() == await stage.work() == "one two three"
    assert len(model.requests) == 1
    assert [(call.cached, call.remote, call.prompt_tokens) for call in stage.calls] == [
        (False, True, 3),
        (True, False, 0),
    ]
    await stage.ask()
    assert len(model.requests) == 2, "somebody who asks again wants another answer"


async def test_an_answer_elsewhere_that_broke_off_may_have_cost_something() -> None:
    for is_local, known in ((True, True), (False, False)):
        stage = Stage(Staged([TextDelta("one"), AWAY], is_local=is_local))
        with pytest.raises(AIProviderUnavailableError):
            await stage.ask()
        assert [call.is_cost_known for call in stage.calls] == [known]


async def test_an_answer_that_was_cut_is_not_kept() -> None:
    model = Staged([TextDelta("cut"), Finished("length", TokenUsage(1, 1))])
    stage = Stage(model)
    assert await stage.work() == "cut"
    assert await stage.work() == "one two three"


async def test_a_test_asks_even_a_model_that_is_left_alone() -> None:
    model = Staged(*[[AWAY]] * 3)
    stage = Stage(model)
    with pytest.raises(AIProviderUnavailableError):
        await stage.ask()
    completion = await stage.gateway.complete(lambda _: QUESTION, purpose="test", patience="interactive")
    assert completion.text == "one two three"
    assert await stage.state() == "closed"


async def test_a_model_that_comes_back_is_noticed_while_it_is_used() -> None:
    model = Staged(*[[AWAY]] * 3)
    stage = Stage(model)
    rounds: asyncio.Queue[None] = asyncio.Queue()
    ended: asyncio.Queue[None] = asyncio.Queue()

    async def next_round(_: float) -> None:
        ended.put_nowait(None)
        await rounds.get()

    stage.gateway = Gateway(
        stage.chain, now=lambda: stage.seconds, sleep=stage.sleep, watch_sleep=next_round,
        on_change=lambda model: stage.changes.append(model.name),
    )  # fmt: skip
    model.available = False
    with pytest.raises(AIProviderUnavailableError):
        await stage.ask()
    assert stage.changes == ["fake/script"]
    await ended.get()
    rounds.put_nowait(None)
    await ended.get()
    assert stage.changes == ["fake/script"] * 2
    assert (await stage.gateway.health())[0].error == "switched off"
    model.available, model._plays = True, []
    rounds.put_nowait(None)
    await ended.get()
    assert await stage.state() == "half-open", "it may be tried at once"
    assert await stage.ask() == "one two three"
    stage.seconds += 1000
    rounds.put_nowait(None)
    await settle()
    assert ended.empty(), "nobody uses it: it is left in peace"
    await stage.gateway.aclose()
