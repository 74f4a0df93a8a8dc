"""The steps of an answer. Each takes what it needs from the state and gives what it found out."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cortex.domain.conversation import Citation, Usage
from cortex.providers.chat_model import ToolCall
from cortex.providers.gateway.notices import Tell
from cortex.services import evidence
from cortex.services.answer_checks import AnswerChecks
from cortex.services.answer_passages import AnswerPassages, noted
from cortex.services.answers import (
    EXTRACTIVE,
    AnsweredBy,
    Inquiry,
    NotFound,
    Sources,
    Thought,
    ToolRequests,
    Words,
    not_in_library,
)
from cortex.services.chat_history import History, HistoryReader
from cortex.services.chat_tools.reach import filters_of
from cortex.services.chat_tools.toolbox import clean_arguments
from cortex.services.condensing import Condense
from cortex.services.extraction.characters import clean_characters, collapse
from cortex.services.follow_ups import loosely, stand_alone
from cortex.workflows.chat.state import (
    MOST_ROUNDS,
    ChatContext,
    ChatState,
    ChatTools,
    RetrievePassages,
    asks_for_tools,
    citations_of,
    plain,
    scope_of,
    usage_of,
)

if TYPE_CHECKING:
    from langgraph.runtime import Runtime

PASSAGES = 20
LONGEST_PREAMBLE = 300
"""Characters that a model may say before it uses a tool; where it has no evidence, more of them are an answer out of
its own head."""


@dataclass(frozen=True, slots=True)
class ChatServices:
    """What the steps work with."""

    retrieve: RetrievePassages
    passages: AnswerPassages
    history: HistoryReader
    checks: AnswerChecks
    condense: Condense | None = None
    """Makes a follow-up stand alone by a model; None: words of the questions before are enough."""
    tools: ChatTools | None = None


class ChatNodes:
    """Bound to the services. Events go out through the graph's custom stream."""

    def __init__(self, services: ChatServices):
        self._services = services

    @property
    def tools(self) -> ChatTools | None:
        return self._services.tools

    async def condense(self, state: ChatState, runtime: Runtime[ChatContext]) -> ChatState:
        """A follow-up question becomes one that can be searched by itself: by a model where one answers in time."""
        runtime.stream_writer({"type": "status", "stage": "searching"})
        question, earlier = state["question"], state["earlier"]
        if earlier and self._services.condense is not None:
            history = await self._services.history.before(state["conversation_id"], state["position"])
            condensed = await self._services.condense(
                question, history, model=state.get("model"), tell=_noticed(runtime)
            )
            if condensed is not None:
                return {
                    "standalone": loosely(condensed.question),
                    "stays_here": condensed.stays_here,
                    "usage": asdict(condensed.usage),
                }
        return {"standalone": loosely(stand_alone(question, earlier))}

    async def retrieve(self, state: ChatState) -> ChatState:
        """The passages that may answer, within scope, and whether they do: by their scores, so that no model stands
        between the question and the first word."""
        within = filters_of(scope_of(state))
        found = await self._services.retrieve(
            state["standalone"], within, limit=PASSAGES, stays_here=state.get("stays_here", False)
        )
        return {"passages": noted(found), "found": evidence.judge(found).is_enough}

    def after_retrieving(self, state: ChatState) -> str:
        """The name of the next step."""
        if state["found"]:
            return "compose"
        return "decline" if self.tools is None else "consider"

    async def consider(self, state: ChatState, runtime: Runtime[ChatContext]) -> ChatState:
        """Without evidence: whether the owner wants something done, or the model would search otherwise. What it says
        out of its own head is not taken for an answer."""
        inquiry = replace(await self._inquiry(state, runtime), passages=())
        progress = _Progress("", usage_of(state), runtime)
        said, who = "", None
        async with aclosing(runtime.context.answerer.answer(inquiry)) as parts:
            async for part in parts:
                match part:
                    case Words():
                        said += part.text
                    case AnsweredBy():
                        who = part
                    case ToolRequests() | Usage():
                        progress.take(part)
                if isinstance(part, NotFound) or len(said) > LONGEST_PREAMBLE or (who and _is_quoted(who)):
                    return {}
        if not progress.calls or who is None:
            return {}
        progress.take(who)
        progress.written = said
        progress.grounds = _grounds(state, (), progress.read_of(inquiry.history))
        return {"passages": [], "exchange": [_asked(progress)], "rounds": 1, "usage": asdict(progress.usage)}

    @staticmethod
    def after_considering(state: ChatState) -> str:
        """The name of the next step."""
        return "act" if asks_for_tools(state) else "decline"

    async def compose(self, state: ChatState, runtime: Runtime[ChatContext]) -> ChatState:
        """The answer, streamed as it comes; or, before it, what the model wants its tools to do."""
        inquiry = await self._inquiry(state, runtime)
        progress = _Progress(state.get("content", ""), usage_of(state), runtime)
        async with aclosing(runtime.context.answerer.answer(inquiry)) as parts:
            async for part in parts:
                if isinstance(part, Sources):
                    citations = await self._services.checks.stand(part.citations)
                    progress.sources(citations, _grounds(state, citations, progress.read_of(inquiry.history)))
                else:
                    progress.take(part)
        found: ChatState = {
            "content": progress.content,
            "is_quoted": progress.is_quoted,
            "found": progress.found,
            "citations": plain(progress.citations),
            "grounds": progress.grounds,
            "usage": asdict(progress.usage),
        }
        if progress.calls:
            found["exchange"] = [*(state.get("exchange") or []), _asked(progress)]
            found["rounds"] = state.get("rounds", 0) + 1
        return found

    async def _inquiry(self, state: ChatState, runtime: Runtime[ChatContext]) -> Inquiry:
        services = self._services
        history = History()
        if state["earlier"]:
            history = await services.history.before(state["conversation_id"], state["position"])
        may_act = services.tools is not None and state.get("rounds", 0) < MOST_ROUNDS
        return Inquiry(
            question=state["question"],
            standalone=state["standalone"],
            passages=await services.passages.read(state["passages"]),
            scope=scope_of(state),
            history=history,
            exchange=tuple(state.get("exchange") or ()),
            tools=tuple(await services.tools.offered(state)) if services.tools is not None and may_act else (),
            model=state.get("model"),
            tell=_noticed(runtime),
        )

    @staticmethod
    def after_composing(state: ChatState) -> str:
        """The name of the next step."""
        return "act" if asks_for_tools(state) else "verify"

    async def verify(self, state: ChatState) -> ChatState:
        """Which of the answer's claims their passages bear out, and the citations that it really uses."""
        offered = citations_of(state["citations"])
        if state["is_quoted"] or (state.get("exchange") and not offered):  # it tells what tools did
            return {"citations": state["citations"], "claims": []}
        checked = await self._services.checks.check(
            state["content"], offered, question=state["question"], found=state["found"]
        )
        return {"claims": plain(checked.claims), "citations": plain(checked.citations), "found": checked.found}

    async def decline(self, state: ChatState, runtime: Runtime[ChatContext]) -> ChatState:
        """Say that the library does not hold it."""
        words = not_in_library(scope_of(state))
        runtime.stream_writer({"type": "sources", "citations": ()})
        runtime.stream_writer({"type": "chunk", "content": words})
        return {"content": words, "citations": [], "usage": asdict(usage_of(state))}


@dataclass
class _Progress:
    """What has come of an answer; tells of it as it comes."""

    content: str
    usage: Usage
    runtime: Runtime[ChatContext]
    is_quoted: bool = True
    is_local: bool = True
    found: bool = True
    citations: tuple[Citation, ...] = ()
    grounds: list[str] = field(default_factory=list)
    calls: tuple[ToolCall, ...] = ()
    written: str = ""
    """In this round."""

    def read_of(self, history: History) -> History:
        """What whoever answers has read of what was said before."""
        return History() if self.is_quoted else history.for_model(is_local=self.is_local)

    def sources(self, citations: tuple[Citation, ...], grounds: list[str]) -> None:
        self.citations, self.grounds = citations, grounds
        self._tell({"type": "grounds", "item_ids": tuple(grounds)})
        self._tell({"type": "sources", "citations": citations})

    def take(self, part: object) -> None:
        match part:
            case AnsweredBy():
                self.is_quoted = _is_quoted(part)
                self.is_local = part.local
                extra: dict[str, Any] = {"withheld": part.withheld} if part.withheld else {}
                if part.message:
                    extra["message"] = part.message
                told = {"provider": part.provider, "model": part.model, "local": part.local, **extra}
                self._tell({"type": "status", "stage": "answering", **told})
            case Words():
                text = f"\n\n{part.text}" if self.content and not self.written else part.text
                self.written += text
                self.content += text
                self._tell({"type": "chunk", "content": text})
            case Thought():
                self._tell({"type": "thought", "content": part.text})
            case NotFound():
                self.found = False
            case ToolRequests():
                self.calls += part.calls
            case Usage():
                self.usage = self.usage.plus(part.prompt_tokens, part.completion_tokens, part.cost_usd)

    def _tell(self, event: dict[str, Any]) -> None:
        self.runtime.stream_writer(event)


def _is_quoted(who: AnsweredBy) -> bool:
    return (who.provider, who.model) == (EXTRACTIVE.provider, EXTRACTIVE.model)


def _asked(progress: _Progress) -> dict[str, Any]:
    """What the model said when it asked for tools, for the exchange."""
    return {
        "role": "assistant",
        "content": clean_characters(progress.written),
        "tool_calls": [
            {"id": collapse(call.id), "name": collapse(call.name), "arguments": clean_arguments(call.arguments)}
            for call in progress.calls
        ],
        "item_ids": progress.grounds,
        "local": progress.is_local,
    }


def _grounds(state: ChatState, citations: tuple[Citation, ...], history: History) -> list[str]:
    """Every item whose text the answer may hold."""
    said = [item for message in state.get("exchange") or () for item in message.get("item_ids", ())]
    return list(dict.fromkeys([*(citation.item_id for citation in citations), *said, *sorted(history.grounds)]))


def _noticed(runtime: Runtime[ChatContext]) -> Tell:
    """Tells clients why there is nothing yet."""
    return lambda notice: runtime.stream_writer({"type": "status", "stage": notice.kind, "message": notice.sentence})
