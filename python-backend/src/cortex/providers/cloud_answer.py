"""An answer as LiteLLM passes it on, piece by piece, put together into the parts that Cortex works with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from cortex.exceptions import AIProviderError
from cortex.providers.chat_model import (
    ChatPart,
    FinishReason,
    TextDelta,
    ThoughtDelta,
    TokenUsage,
    ToolCall,
    ToolCalls,
)
from cortex.providers.cloud_place import CloudPlace

_CUT = frozenset({"length", "model_length", "max_tokens", "model_context_window_exceeded"})
_WITHHELD = frozenset(
    {"content_filter", "refusal", "safety", "recitation", "blocklist", "prohibited_content", "spii", "language"}
)
_UNREADABLE = frozenset({"malformed_function_call", "unexpected_tool_call"})
"""Why answers end otherwise than properly, in the words of all services, in lower case."""


@dataclass
class _Call:
    id: str = ""
    name: str = ""
    arguments: str = ""


class AnswerReader:
    """Reads one answer. Tool calls come in pieces, and are given on whole at the end."""

    def __init__(self, who: str):
        self._who = who
        self._calls: dict[int, _Call] = {}
        self.usage: Any = None
        self.began = False
        """Whether a part was given on."""

    def read(self, chunk: Any) -> Iterator[ChatPart]:
        """The parts in one chunk."""
        self.usage = getattr(chunk, "usage", None) or self.usage
        for choice in chunk.choices[:1]:
            if thought := getattr(choice.delta, "reasoning_content", None):
                self.began = True
                yield ThoughtDelta(thought)
            if text := choice.delta.content:
                self.began = True
                yield TextDelta(text)
            for piece in choice.delta.tool_calls or ():
                self._add(piece)

    def end(self, reason: str) -> tuple[ToolCalls | None, FinishReason]:
        """The tools that the model wants to use, if any, and why it ended. `reason` is the service's word for it.

        Raises AIProviderError when the service withheld the answer, or a call of a tool cannot be read.
        """
        reason = reason.lower()
        if reason in _WITHHELD:
            raise AIProviderError(f"{self._who} withheld the answer, or the rest of it: its service's filter says so.")
        if reason in _CUT:  # a call that was cut is none
            return None, "length"
        if reason in _UNREADABLE:
            raise self._unreadable()
        if not self._calls:
            return None, "stop"
        return ToolCalls(tuple(self._whole(index, call) for index, call in sorted(self._calls.items()))), "tool_calls"

    def _add(self, piece: Any) -> None:
        index = piece.index if piece.index is not None else len(self._calls)
        call = self._calls.setdefault(index, _Call())
        call.id = call.id or piece.id or ""
        call.name = call.name or piece.function.name or ""
        call.arguments += piece.function.arguments or ""

    def _whole(self, index: int, call: _Call) -> ToolCall:
        try:
            arguments = json.loads(call.arguments or "{}")
        except ValueError:
            arguments = None
        if not isinstance(arguments, dict) or not call.name:
            raise self._unreadable()
        return ToolCall(call.id or f"call_{index}", call.name, cast("dict[str, object]", arguments))

    def _unreadable(self) -> AIProviderError:
        return AIProviderError(f"{self._who} wanted to use a tool, but what it wrote for that cannot be read.")


def token_usage(litellm: Any, usage: Any, place: CloudPlace) -> TokenUsage:
    """Tokens, and what they cost: nothing on this machine; else what the service says, or LiteLLM's price list."""
    tokens = TokenUsage(_number(usage, "prompt_tokens"), _number(usage, "completion_tokens"))
    if place.is_local:
        return tokens
    cost = getattr(usage, "cost", None)  # OpenRouter says itself what it took
    if not isinstance(cost, int | float):
        cost = _listed_cost(litellm, usage, place) if usage is not None and place.is_hosted else None
    return replace(tokens, cost_usd=float(cost or 0.0), is_cost_known=cost is not None)


def _listed_cost(litellm: Any, usage: Any, place: CloudPlace) -> float | None:
    try:
        cost = float(sum(litellm.cost_per_token(model=f"{place.protocol}/{place.model}", usage_object=usage)))
    except Exception:  # noqa: BLE001 - it raises a plain Exception for a model that is not on its list
        return None
    return cost if cost or place.model.endswith(":free") else None  # listed with a price of nothing: it has none


def _number(usage: Any, name: str) -> int:
    value = getattr(usage, name, None)
    return value if isinstance(value, int) else 0
