"""Digests and their drafts as JSON, checked when they are read back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter
from pydantic import ValidationError as ShapeError

from cortex.domain.digest import EXTRACTIVE, DigestBody


@dataclass(frozen=True, slots=True)
class Proposed:
    """A sentence as a model wrote it, unchecked. `theme` is the place of the theme it is about, 1-based; 0: all."""

    text: str
    citations: tuple[int, ...]
    theme: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """What the finished steps of a digest made. Items by their short keys."""

    new: tuple[int, ...] = ()
    lately_read: tuple[int, ...] = ()
    body: DigestBody = field(default_factory=DigestBody)
    proposed: tuple[Proposed, ...] = ()
    proposed_by: str = ""
    """`provider/model`."""
    shown: tuple[int, ...] = ()
    """Numbers of the citations that the model saw."""
    written_by: str = EXTRACTIVE
    """Who wrote what stands in the body, once that was checked."""


_BODY: TypeAdapter[DigestBody] = TypeAdapter(DigestBody)
_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)


def body_to_json(body: DigestBody) -> str:
    """As it is stored."""
    return _BODY.dump_json(body).decode()


def body_from_json(text: str) -> DigestBody:
    """As it was stored."""
    return _BODY.validate_json(text)


def body_as_values(text: str) -> Any:
    """A stored body as plain values, for clients."""
    return _BODY.dump_python(_BODY.validate_json(text), mode="json")


def draft_to_json(draft: Draft) -> str:
    """As it is stored."""
    return _DRAFT.dump_json(draft).decode()


def draft_from_json(text: str | None) -> Draft | None:
    """As it was stored; None when there is none, or none that this Cortex wrote: then it is made again."""
    if text is None:
        return None
    try:
        return _DRAFT.validate_json(text)
    except ShapeError:
        return None
