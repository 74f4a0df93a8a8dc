"""What whoever waits for an answer is told meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

NoticeKind = Literal["queued", "loading", "reading", "retrying", "falling_back"]


@dataclass(frozen=True, slots=True)
class Notice:
    """Why there is no answer yet, in a sentence for the owner. `model` is `provider/model`."""

    kind: NoticeKind
    model: str
    sentence: str


Tell = Callable[[Notice], None]
"""Takes a notice; never waits and never fails."""


def nobody_listens(_: Notice) -> None:
    """For calls that nobody waits for."""
