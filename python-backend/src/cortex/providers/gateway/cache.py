"""Answers that would come out the same again, kept in memory."""

from __future__ import annotations

import hashlib
import json
import re
from collections import OrderedDict
from dataclasses import asdict, dataclass

from cortex.providers.chat_model import ChatCapabilities, ChatIdentity, ChatRequest, FinishReason
from cortex.providers.gateway.deadlines import Patience

_BYTES = 8 * 1024 * 1024
_FENCE = re.compile(r"<(saved-[0-9a-f]{8})[ >]")
"""Saved text cannot hold one: what looks like it is made harmless there."""
_OVERHEAD_BYTES = 200
"""Of one entry beside its text, roughly."""


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """What a model said, whole."""

    text: str
    reason: FinishReason


def is_deterministic(request: ChatRequest, patience: Patience) -> bool:
    """Whether the same request may get the same answer: nothing drawn by lot, nothing done by tools, and nobody
    sitting there who asks again because they want another one."""
    return patience == "background" and request.temperature == 0 and not request.tools


def key_of(request: ChatRequest, identity: ChatIdentity, capabilities: ChatCapabilities) -> bytes:
    """Names a whole request to one model, and its weights where they are known."""
    whole = json.dumps([asdict(request), asdict(identity), asdict(capabilities)], sort_keys=True, ensure_ascii=False)
    # Fences around saved text have tags by lot (`cortex.services.fencing`): the same question under another tag.
    for number, tag in enumerate(dict.fromkeys(_FENCE.findall(whole))):
        whole = whole.replace(tag, f"saved-{number}")
    return hashlib.sha256(whole.encode(errors="surrogatepass")).digest()


class AnswerCache:
    """The answers used last, at most `size` bytes of them."""

    def __init__(self, *, size: int = _BYTES):
        self._size = size
        self._used = 0
        self._answers: OrderedDict[bytes, CachedAnswer] = OrderedDict()

    def get(self, key: bytes) -> CachedAnswer | None:
        """The answer under this key, which is then the one used last."""
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def put(self, key: bytes, answer: CachedAnswer) -> None:
        """Keep an answer; those not used for longest make room. One larger than an eighth of the room is not kept."""
        weight = _weight(answer)
        if weight > self._size // 8:
            return
        previous = self._answers.pop(key, None)
        self._used += weight - (_weight(previous) if previous else 0)
        self._answers[key] = answer
        while self._used > self._size:
            self._used -= _weight(self._answers.popitem(last=False)[1])


def _weight(answer: CachedAnswer) -> int:
    return len(answer.text.encode(errors="surrogatepass")) + _OVERHEAD_BYTES
