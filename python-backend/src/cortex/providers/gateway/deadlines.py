"""How long a model may take, so that a slow machine gets its time and nobody waits for a dead one.

The first piece of an answer comes after the model was loaded and the prompt was read; on a processor without a
graphics card both take long: 16 s were seen for loading a small model, and prompts are read at tens of tokens a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cortex.providers.chat_model import ChatIdentity, ChatMessage, ChatRequest

Patience = Literal["interactive", "background"]
"""Somebody waits and reads along, or nobody does: decides deadlines and who goes first."""

_BYTES_PER_TOKEN = 3.0
"""Latin letters take one byte and four make a token; a Chinese character takes three and is about one."""
_LOCAL_LOAD_SECONDS = 120.0
_LOCAL_TOKENS_PER_SECOND = 15.0
_LOCAL_LONGEST_SECONDS = 900.0
_LOCAL_IDLE_SECONDS = 60.0
_REMOTE_START_SECONDS = 30.0
_REMOTE_TOKENS_PER_SECOND = 300.0
_REMOTE_LONGEST_SECONDS = 120.0
_REMOTE_IDLE_SECONDS = 30.0
_SHORT_START_SECONDS = 15.0
_SHORT_TOKENS_PER_SECOND = 100.0
_LONG_PROMPT_TOKENS = 1500
_TOKENS_OF_A_TOOL = 120


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Of one call, in seconds."""

    first_part: float
    """From the call to the first piece of the answer."""
    idle: float
    """From one piece to the next."""
    may_repeat_long: bool
    """Whether the call may be made once more when it ran out of time."""
    give_way: float | None = None
    """After so long without a first piece another model is asked, if one is there that may be asked this."""


def prompt_tokens(messages: Iterable[ChatMessage]) -> int:
    """About how many tokens a model has to read, rather too many than too few."""
    return round(sum(len(message.content.encode(errors="replace")) + 12 for message in messages) / _BYTES_PER_TOKEN)


def deadlines_for(identity: ChatIdentity, request: ChatRequest, *, patience: Patience, has_fallback: bool) -> Deadlines:
    """What this model gets for this request. With somebody waiting, it gives way to others sooner."""
    tokens = prompt_tokens(request.messages) + _TOKENS_OF_A_TOOL * len(request.tools)
    if identity.is_local:
        first = min(_LOCAL_LOAD_SECONDS + tokens / _LOCAL_TOKENS_PER_SECOND, _LOCAL_LONGEST_SECONDS)
        idle = _LOCAL_IDLE_SECONDS
    else:
        first = min(_REMOTE_START_SECONDS + tokens / _REMOTE_TOKENS_PER_SECOND, _REMOTE_LONGEST_SECONDS)
        idle = _REMOTE_IDLE_SECONDS
    give_way: float | None = None
    if has_fallback and patience == "interactive":
        give_way = min(first, _SHORT_START_SECONDS + tokens / _SHORT_TOKENS_PER_SECOND)
    is_long_here = identity.is_local and tokens > _LONG_PROMPT_TOKENS
    return Deadlines(first_part=first, idle=idle, may_repeat_long=not is_long_here, give_way=give_way)
