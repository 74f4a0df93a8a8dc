"""What a model and its tools have said in an answer, made to fit the model's window."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

from cortex.providers.chat_model import ChatMessage
from cortex.services.token_estimates import beginning_within, tokens_at_most

LEFT_OUT = "What this gave is left out: there is no room for it. Search again if it is needed."
_CUT = "\n(cut: there is no room for more)"
_FENCE = re.compile(r"<(saved-[0-9a-f]+)")
_FRAME = 16


def tokens_of(messages: Sequence[ChatMessage]) -> int:
    """What the messages take, their calls included."""
    return sum(
        tokens_at_most(message.content)
        + sum(tokens_at_most(json.dumps(dict(call.arguments))) + _FRAME for call in message.tool_calls)
        + _FRAME
        for message in messages
    )


def within(messages: Sequence[ChatMessage], tokens: int) -> list[ChatMessage]:
    """The messages in so many tokens: what tools gave first goes first, what they gave last is cut at its end."""
    fitted = list(messages)
    given = [place for place, message in enumerate(fitted) if message.role == "tool"]
    for place in given[:-1]:
        if tokens_of(fitted) <= tokens:
            return fitted
        if tokens_at_most(fitted[place].content) > tokens_at_most(LEFT_OUT):
            fitted[place] = replace(fitted[place], content=LEFT_OUT)
    over = tokens_of(fitted) - tokens
    if over > 0 and given:
        last = fitted[given[-1]]
        room = tokens_at_most(last.content) - over - tokens_at_most(_CUT) - 2 * _FRAME
        fitted[given[-1]] = replace(last, content=_cut(last.content, room))
    return fitted


def _cut(content: str, tokens: int) -> str:
    kept = beginning_within(content, tokens)
    tags = _FENCE.findall(kept)
    open_fence = tags and kept.count(f"<{tags[-1]}") > kept.count(f"</{tags[-1]}>")
    return f"{kept}\n</{tags[-1]}>{_CUT}" if open_fence else f"{kept}{_CUT}"
