"""A message answered by a language model alone: streamed, with what it is shown, its reading tools run, and what it
would write reported. Nobody can approve anything here, so nothing is ever written."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from cortex.domain.conversation import AnswerScope, Usage
from cortex.domain.ids import new_id
from cortex.domain.tool_call import ToolCallRecord, ToolResult
from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.chat_model import (
    ChatIdentity,
    ChatMessage,
    ChatRequest,
    Finished,
    TextDelta,
    ToolCall,
    ToolCalls,
)
from cortex.providers.gateway.gateway import Gateway, Target
from cortex.services.chat_history import History, HistoryReader
from cortex.services.chat_tools.calls import CallingAnswer, ToolCallService
from cortex.services.chat_tools.exchange import tokens_of, within
from cortex.services.chat_tools.toolbox import MOST_CALLS, MOST_ROUNDS
from cortex.services.drafting_materials import Material, MaterialReader
from cortex.services.drafting_prompts import Reading, fitted
from cortex.services.fencing import RULE, Fence
from cortex.services.token_estimates import beginning_within, tokens_at_most

ANSWER_TOKENS = 2048
_HISTORY_SHARE = 4
_NOT_HERE = "It was not done: nobody can approve it here. Tell the owner in words what you would have done."
_NO_MODEL = "No language model is available. Start Ollama, or set up a model in the settings, and ask again."
_RULES = "You are Cortex, the owner's assistant. Answer the owner's message, in its language."


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What is asked. `context` is a text, or ids of items to read."""

    message: str
    context: str | tuple[str, ...] | None = None
    history: History = field(default_factory=History)
    scope: AnswerScope = field(default_factory=AnswerScope)


@dataclass(frozen=True, slots=True)
class Token:
    """The next piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """All items whose text was read so far: what is written from now on may hold it."""

    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Generated:
    """The end. `calls` are all that the model asked its tools for; those that write were not carried out."""

    text: str
    calls: tuple[ToolCallRecord, ...]
    usage: Usage
    provider: str
    model: str
    grounds: tuple[str, ...]
    """The items whose text was read."""
    left_out: tuple[str, ...]
    """Items of the context that this model was not shown, because they stay on this machine."""


@dataclass
class _Turn:
    """What has been said so far."""

    request: GenerationRequest
    materials: tuple[Material, ...]
    exchange: list[ChatMessage] = field(default_factory=list)
    calls: list[ToolCallRecord] = field(default_factory=list)
    text: str = ""
    usage: Usage = field(default_factory=Usage)
    identity: ChatIdentity | None = None
    stays: bool = False
    """Whether something was said that only models on this machine may read."""
    grounds: dict[str, None] = field(default_factory=dict)
    shown: int = 0

    def readable(self, identity: ChatIdentity) -> list[Material]:
        return [one for one in self.materials if one.text.strip() and (identity.is_local or not one.local_only)]


class GenerationService:
    """Asks the gateway's models."""

    def __init__(
        self, gateway: Gateway, materials: MaterialReader, history: HistoryReader, tool_calls: ToolCallService
    ):
        self._gateway = gateway
        self._materials = materials
        self._history = history
        self._tools = tool_calls

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Token | Grounds | Generated, None]:
        """The answer as it comes, before each part of it what it rests on, at last `Generated`. Closing it stops it.

        Raises ItemNotFoundError, ValidationError (nothing of the context can be read), AIProviderUnavailableError,
        AIProviderError.
        """
        turn = _Turn(request, await self._read(request.context))
        answer = CallingAnswer("", "", request.scope, is_local=False)
        for round_ in range(MOST_ROUNDS + 1):
            wanted: tuple[ToolCall, ...] = ()
            said = ""
            may_act = round_ < MOST_ROUNDS and len(turn.calls) < MOST_CALLS
            async with aclosing(
                self._gateway.stream(self._builder(turn, may_act=may_act), purpose="generate")
            ) as parts:
                async for part in parts:
                    match part:
                        case Target(identity=identity):
                            _begun(turn, identity)
                            yield Grounds(tuple(turn.grounds))
                        case TextDelta(text=text):
                            text = f"\n\n{text}" if turn.text and not said else text
                            said += text
                            turn.text += text
                            yield Token(text)
                        case ToolCalls(calls=calls):
                            wanted += calls
                        case Finished(usage=usage):
                            turn.usage = turn.usage.plus(usage.prompt_tokens, usage.completion_tokens, usage.cost_usd)
                        case _:
                            pass
            wanted = wanted[: MOST_CALLS - len(turn.calls)] if may_act else ()
            if not wanted:
                break
            turn.exchange.append(ChatMessage("assistant", said, tool_calls=wanted))
            await self._act(turn, wanted, answer)
        yield _generated(turn)

    async def _read(self, context: str | tuple[str, ...] | None) -> tuple[Material, ...]:
        if not context:
            return ()
        if isinstance(context, str):
            return await self._materials.read((), context) if context.strip() else ()
        return await self._materials.read(context, None)

    def _builder(self, turn: _Turn, *, may_act: bool) -> Callable[[Target], ChatRequest | None]:
        def build(target: Target) -> ChatRequest | None:
            if not target.identity.is_local and (turn.stays or _says_what_stays(turn.request)):
                return None
            readable = turn.readable(target.identity)
            if turn.materials and not readable:
                return None
            return _request(turn, target, readable, self._tools if may_act else None)

        return build

    async def _act(self, turn: _Turn, wanted: Sequence[ToolCall], answer: CallingAnswer) -> None:
        is_local = turn.identity is not None and turn.identity.is_local
        for call in wanted:
            position = len(turn.calls)
            record, passages = await self._tools.read_only(
                replace(answer, is_local=is_local, scope=turn.request.scope, next_number=turn.shown + 1),
                position,
                replace(call, id=call.id or new_id("call")),
                refusal=ToolResult(_NOT_HERE, is_error=True),
            )
            turn.shown += len(passages)
            turn.calls.append(record)
            found = list(dict.fromkeys(passage.item_id for passage in passages))
            turn.grounds |= dict.fromkeys(found)
            turn.stays = turn.stays or await self._history.stays_here(found)
            text = record.result.text if record.result else ""
            turn.exchange.append(ChatMessage("tool", text, tool_call_id=call.id, name=call.name))


def _begun(turn: _Turn, identity: ChatIdentity) -> None:
    """Remember who answers, and what it has been shown."""
    turn.identity = identity
    readable = turn.readable(identity)
    history = turn.request.history.for_model(is_local=identity.is_local)
    turn.stays = turn.stays or any(one.local_only for one in readable) or _stays(history)
    turn.grounds |= dict.fromkeys([one.item_id for one in readable if one.item_id] + sorted(history.grounds))


def _generated(turn: _Turn) -> Generated:
    if turn.identity is None:
        raise AIProviderUnavailableError(_NO_MODEL)
    readable = {one.n for one in turn.readable(turn.identity)}
    return Generated(
        text=turn.text,
        calls=tuple(turn.calls),
        usage=turn.usage,
        provider=turn.identity.provider,
        model=turn.identity.model,
        grounds=tuple(turn.grounds),
        left_out=tuple(one.item_id for one in turn.materials if one.item_id and one.n not in readable),
    )


def _says_what_stays(request: GenerationRequest) -> bool:
    """Whether the message is a question that was suggested from what must not leave the machine."""
    return request.message.strip() in request.history.suggested_here


def _stays(history: History) -> bool:
    return any(each.local_only for each in history.turns) or (
        history.summary is not None and history.summary.local_only
    )


def _request(
    turn: _Turn, target: Target, readable: Sequence[Material], tools: ToolCallService | None
) -> ChatRequest | None:
    can = target.capabilities
    offered = tools.toolbox.offered() if tools is not None and can.tools else ()
    rules = [_RULES, RULE, tools.toolbox.rule()] if tools is not None and offered else [_RULES, RULE]
    system = "\n".join(rules)
    answer = min(ANSWER_TOKENS, can.context_tokens // 3)
    known = sum(tokens_at_most(f"{tool.description}{tool.parameters}") for tool in offered)
    room = can.context_tokens - answer - tokens_at_most(system) - tokens_at_most(turn.request.message) - known
    exchange = within(turn.exchange, room)
    room -= tokens_of(exchange)
    if room < 0:
        return None
    fence = Fence()
    history = turn.request.history.for_model(is_local=target.identity.is_local)
    earlier = _earlier(history, fence, room // _HISTORY_SHARE)
    room -= sum(tokens_at_most(one) for one in earlier) + 64
    shown = fitted([Reading(one, one.text) for one in readable], max(room, 0))
    if readable and not shown:
        return None
    fenced = [fence.around(one.text, n=one.material.n, title=one.material.title) for one in shown]
    asked = "\n\n".join([*earlier, *fenced, turn.request.message])
    messages = (ChatMessage("system", system), ChatMessage("user", asked), *exchange)
    return ChatRequest(messages, tools=offered, max_tokens=answer)


def _earlier(history: History, fence: Fence, tokens: int) -> list[str]:
    """The last turns that fit, oldest first."""
    told: list[str] = []
    for each in reversed(history.turns):
        words = " ".join(each.question.split())[:600]
        turn = f"The owner asked: {words}\nThe answer was:\n{fence.around(each.answer)}"
        if tokens_at_most(turn) > tokens:
            if not told and tokens > 200:
                answer = beginning_within(each.answer, tokens - 150 - tokens_at_most(words))
                told.append(f"The owner asked: {words}\nThe answer began:\n{fence.around(answer)}")
            break
        tokens -= tokens_at_most(turn)
        told.append(turn)
    return told[::-1]
