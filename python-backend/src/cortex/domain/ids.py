"""Ids: a readable prefix and a sortable, unguessable rest."""

from __future__ import annotations

import secrets
import time
from typing import Literal

Prefix = Literal[
    "item",
    "conv",
    "msg",
    "job",
    "undo",
    "tag",
    "coll",
    "search",
    "key",
    "sess",
    "note",
    "mark",
    "digest",
    "task",
    "call",
    "req",
]
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_last = 0


def new_id(prefix: Prefix) -> str:
    """A new id such as `item_01jd3v…`: milliseconds, a 20-bit counter and 40 random bits in Crockford's base 32.

    Ids of one process sort in the order of their making, also within a millisecond and when the clock steps back.
    """
    global _last  # noqa: PLW0603 - the order of ids is a property of the process
    moment = time.time_ns() // 1_000_000 << 20
    _last = max(moment, _last + 1)
    number = _last << 40 | secrets.randbits(40)
    digits = []
    for _ in range(22):
        digits.append(_ALPHABET[number & 31])
        number >>= 5
    return f"{prefix}_{''.join(reversed(digits))}"
