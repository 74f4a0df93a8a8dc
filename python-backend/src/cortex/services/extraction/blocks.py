"""Blocks of reading HTML while they are being written: inline pieces in, one tidy element out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cortex.services.extraction.characters import clean_characters

if TYPE_CHECKING:
    from lxml import etree

_INLINE_DEPTH = 8
_SOFT = str.maketrans("", "", "\u00ad\u200b\u2060")


@dataclass(slots=True)
class Piece:
    """A piece of a block: text, an inline element that opens or closes, a line break or an image."""

    kind: str
    """text | open | close | br | img"""
    text: str = ""
    attributes: dict[str, str] | None = None


@dataclass(slots=True)
class InlineBuffer:
    """Collects the inline content of the block that is open."""

    pieces: list[Piece] = field(default_factory=list)
    open: list[Piece] = field(default_factory=list)
    verbatim: bool = False

    def text(self, text: str) -> None:
        if text:
            self.pieces.append(Piece("text", text))

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        piece = Piece("open", tag, attributes)
        self.open.append(piece)
        if len(self.open) <= _INLINE_DEPTH:
            self.pieces.append(piece)

    def end(self, tag: str) -> None:
        if not self.open or self.open[-1].text != tag:
            return
        if len(self.open) <= _INLINE_DEPTH:
            self.pieces.append(Piece("close", tag))
        self.open.pop()

    def take(self) -> list[Piece]:
        """The pieces so far, with every inline element closed; those still open go on in the next block."""
        taken = self.pieces + [Piece("close", piece.text) for piece in reversed(self.open[:_INLINE_DEPTH])]
        self.pieces = list(self.open[:_INLINE_DEPTH])
        return taken


def tidy(pieces: list[Piece], *, verbatim: bool) -> list[Piece]:
    """White space as it will be read: collapsed, none at the ends and around line breaks; verbatim for code."""
    out: list[Piece] = []
    if verbatim:
        text = clean_characters("".join(p.text if p.kind == "text" else "\n" if p.kind == "br" else "" for p in pieces))
        lines = [line.rstrip() for line in text.expandtabs(4).split("\n")] if "\t" in text else text.split("\n")
        while lines and not lines[0].strip():
            lines.pop(0)
        while lines and not lines[-1].strip():
            lines.pop()
        return [Piece("text", "\n".join(line.rstrip() for line in lines))] if lines else []
    space = False
    fresh = True
    for piece in pieces:
        if piece.kind == "text":
            text = clean_characters(piece.text).translate(_SOFT)
            words = text.split()
            if not words:
                space = space or bool(text)
                continue
            lead = (space or text[0].isspace()) and not fresh
            out.append(Piece("text", (" " if lead else "") + " ".join(words)))
            space, fresh = text[-1].isspace(), False
        elif piece.kind == "br":
            if not fresh:
                out.append(piece)
            space, fresh = False, True
        else:
            if piece.kind in ("open", "img") and space and not fresh:
                out.append(Piece("text", " "))
                space, fresh = False, True
            out.append(piece)
    return _without_empty(out)


def _without_empty(pieces: list[Piece]) -> list[Piece]:
    """Drops inline elements without content, then breaks and spaces that ended up at the block's end."""
    stack: list[int] = []
    keep = [True] * len(pieces)
    filled: list[bool] = []
    for index, piece in enumerate(pieces):
        if piece.kind == "open":
            stack.append(index)
            filled.append(False)
        elif piece.kind == "close" and stack:
            opened, full = stack.pop(), filled.pop()
            if not full:
                keep[opened] = keep[index] = False
            elif filled:
                filled[-1] = True
        elif filled and piece.kind in ("text", "img"):
            filled[-1] = True
    kept = [piece for piece, wanted in zip(pieces, keep, strict=True) if wanted]
    for index in range(len(kept) - 1, -1, -1):
        piece = kept[index]
        if piece.kind == "br" or (piece.kind == "text" and not piece.text.strip()):
            kept[index] = Piece("text", "")
        elif piece.kind == "text":
            piece.text = piece.text.rstrip()
            break
        elif piece.kind == "img":
            break
    return [piece for piece in kept if piece.kind != "text" or piece.text]


def plain(pieces: list[Piece]) -> str:
    """The text that these pieces show."""
    return "".join(p.text if p.kind == "text" else "\n" if p.kind == "br" else "" for p in pieces)


def fill(element: etree._Element, pieces: list[Piece]) -> None:
    """Writes `pieces` into `element`."""
    from lxml import etree as tree

    # The last child is kept at hand: lxml counts children by walking over them.
    opened: list[tuple[etree._Element, etree._Element | None]] = []
    current, last = element, None
    for piece in pieces:
        if piece.kind == "open":
            opened.append((current, child := tree.SubElement(current, piece.text, piece.attributes)))
            current, last = child, None
        elif piece.kind == "close" and opened:
            current, last = opened.pop()
        elif piece.kind == "text" and last is not None:
            last.tail = (last.tail or "") + piece.text
        elif piece.kind == "text":
            current.text = (current.text or "") + piece.text
        elif piece.kind in ("br", "img"):
            last = tree.SubElement(current, piece.kind, piece.attributes)
