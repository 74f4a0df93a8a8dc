"""Cuts a document into passages: along headings, pages, paragraphs and sentences, each within the model's reach."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cortex.domain.chunk import ChunkDraft
from cortex.domain.document import Block, BlockKind
from cortex.services.sentences import sentence_spans

TokenSpans = Callable[[str], list[tuple[int, int]]]

CHARACTERS_PER_TOKEN = 8
"""A token that stands for more characters than this (an unknown word of a megabyte) counts as several."""
_SLICE = 50_000
"""Characters tokenised at a time: offsets of a whole book would take hundreds of megabytes."""
_SMALL_SECTION = 48
"""Tokens below which a section takes the next one along instead of standing alone."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """A stretch that is not cut any further: a sentence, a line of code, or a piece of an endless one."""

    start: int
    end: int
    cost: int
    page: int | None
    heading: tuple[str, ...]
    section: int
    opens_block: bool
    is_heading: bool


def chunk_document(
    text: str, blocks: Sequence[Block], *, token_spans: TokenSpans, max_tokens: int, overlap_tokens: int
) -> list[ChunkDraft]:
    """Passages of at most `max_tokens` tokens, in order; `text[start:end]` is a passage's text.

    A passage never crosses a page. It begins at a heading unless the section before is tiny. Where a section is
    longer than a passage, the next one repeats up to `overlap_tokens` of whole sentences. Takes time and memory
    linear in the text. Raises ValueError when `max_tokens` is not positive.
    """
    if max_tokens < 1:
        raise ValueError("max_tokens must be positive")
    overlap = max(0, min(overlap_tokens, max_tokens // 2))
    drafts: list[ChunkDraft] = []
    for units in _runs(_units(text, blocks, token_spans, max_tokens)):
        drafts += _pack(text, units, max_tokens, overlap, first_ordinal=len(drafts))
    return drafts


def _units(text: str, blocks: Sequence[Block], token_spans: TokenSpans, max_tokens: int) -> Iterator[_Unit]:
    path: list[tuple[int, str]] = []
    section = 0
    for block in blocks or (Block("paragraph", 0, len(text)),):
        if block.kind == "heading":
            path = [*(entry for entry in path if entry[0] < block.level), (block.level, _line(text, block))]
            section += 1
        heading = tuple(title for _, title in path)
        opens_block = True
        for start, end, cost in _pieces(text, block, token_spans, max_tokens):
            if text[start:end].isspace():
                continue  # passages are trimmed, and two that differ by white space alone would be the same
            yield _Unit(start, end, cost, block.page, heading, section, opens_block, block.kind == "heading")
            opens_block = False


def _line(text: str, block: Block) -> str:
    return " ".join(text[block.start : min(block.end, block.start + 300)].split())


def _pieces(text: str, block: Block, token_spans: TokenSpans, max_tokens: int) -> Iterator[tuple[int, int, int]]:
    """The block's smallest parts as (start, end, cost), each of at most `max_tokens`."""
    for slice_start, slice_end in _slices(text, block.start, block.end):
        part = text[slice_start:slice_end]
        tokens = token_spans(part)
        starts = [slice_start + token[0] for token in tokens]
        whole = _cost(len(tokens), slice_end - slice_start)
        if whole <= max_tokens and (slice_start, slice_end) == (block.start, block.end):
            yield block.start, block.end, whole
            return
        for start, end in _lines_or_sentences(text, slice_start, slice_end, block.kind):
            count = bisect_left(starts, end) - bisect_left(starts, start)
            cost = _cost(count, end - start)
            if cost <= max_tokens:
                yield start, end, cost
            else:
                yield from _cut(text, start, end, token_spans, max_tokens)


def _cost(tokens: int, characters: int) -> int:
    return max(tokens, -(-characters // CHARACTERS_PER_TOKEN))


def _slices(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Consecutive slices of at most `_SLICE` characters, cut behind white space where there is any."""
    while end - start > _SLICE:
        cut = next(
            (
                place + 1
                for mark in ("\n", ". ", " ")
                if (place := text.rfind(mark, start + _SLICE // 2, start + _SLICE)) != -1
            ),
            start + _SLICE,
        )
        yield start, cut
        start = cut
    if start < end:
        yield start, end


def _lines_or_sentences(text: str, start: int, end: int, kind: BlockKind) -> Iterator[tuple[int, int]]:
    if kind not in ("code", "table"):
        yield from sentence_spans(text, start, end)
        return
    while start < end:
        line_end = text.find("\n", start, end)
        stop = end if line_end == -1 else line_end + 1
        yield start, stop
        start = stop


def _cut(text: str, start: int, end: int, token_spans: TokenSpans, max_tokens: int) -> Iterator[tuple[int, int, int]]:
    """Cuts a sentence that is too long, at words if possible. Pieces of half the size leave room for words whose
    tokens come out differently once they are cut."""
    room = max(1, max_tokens // 2)
    tokens = token_spans(text[start:end])
    begin = start
    index = 0
    while begin < end:
        stop = begin + room * CHARACTERS_PER_TOKEN
        if index + room < len(tokens):
            stop = min(stop, start + tokens[index + room][0])
        if stop < end:
            stop = _behind_space(text, begin, stop)
        stop = max(begin + 1, min(stop, end))
        piece = text[begin:stop]
        cost = _cost(len(token_spans(piece)), len(piece))
        while cost > max_tokens and stop - begin > 1:
            stop = begin + (stop - begin) // 2
            piece = text[begin:stop]
            cost = _cost(len(token_spans(piece)), len(piece))
        yield begin, stop, min(cost, max_tokens)
        begin = stop
        while index < len(tokens) and start + tokens[index][0] < begin:
            index += 1


def _behind_space(text: str, begin: int, stop: int) -> int:
    for place in range(stop, begin + (stop - begin) // 2, -1):
        if text[place - 1].isspace():
            return place
    return stop


def _runs(units: Iterator[_Unit]) -> Iterator[list[_Unit]]:
    """Units that may share passages: one page, one section (a tiny section takes the next ones along)."""
    run: list[_Unit] = []
    cost = 0
    for unit in units:
        if run and (
            unit.page != run[-1].page
            or (unit.section != run[-1].section and cost >= _SMALL_SECTION and not run[-1].is_heading)
        ):
            yield run
            run, cost = [], 0
        run.append(unit)
        cost += unit.cost
    if run:
        yield run


def _pack(text: str, units: list[_Unit], max_tokens: int, overlap: int, *, first_ordinal: int) -> Iterator[ChunkDraft]:
    first = fresh = 0
    ordinal = first_ordinal
    while first < len(units):
        last, cost = _fill(units, first, fresh, max_tokens)
        start, end = _trimmed(text, units[first].start, units[last].end)
        if start < end:
            yield ChunkDraft(ordinal, start, end, units[first].page, _heading(units[first : last + 1]), cost)
            ordinal += 1
        if last + 1 >= len(units):
            return
        fresh = last + 1
        first = _step_back(units, first, last, min(overlap, max_tokens - units[fresh].cost))


def _fill(units: list[_Unit], first: int, fresh: int, max_tokens: int) -> tuple[int, int]:
    """The last unit that fits and the cost so far; ends with a paragraph when that wastes less than half.

    It ends no earlier than with `fresh`, the first unit that no passage holds yet: one of the overlap alone says
    nothing that the passage before it does not.
    """
    cost = units[first].cost
    last = first
    boundary: tuple[int, int] | None = None
    while last + 1 < len(units) and cost + units[last + 1].cost <= max_tokens:
        if last >= fresh and units[last + 1].opens_block and not units[last].is_heading:
            boundary = (last, cost)
        last += 1
        cost += units[last].cost
    if last + 1 == len(units):
        return last, cost
    if units[last + 1].opens_block and not units[last].is_heading:
        return last, cost
    if boundary is not None and boundary[1] * 2 >= max_tokens:
        return boundary
    return last, cost


def _step_back(units: list[_Unit], first: int, last: int, overlap: int) -> int:
    """Where the next passage begins: behind `last`, or at the sentences before it that fit into the overlap."""
    begin = last + 1
    if units[begin].is_heading:
        return begin
    cost = 0
    while begin - 1 > first and not units[begin - 1].is_heading and cost + units[begin - 1].cost <= overlap:
        begin -= 1
        cost += units[begin].cost
    return begin


def _heading(units: list[_Unit]) -> tuple[str, ...]:
    """The headings above all of these units: of the first one with text, as far as the others share them."""
    body = [unit.heading for unit in units if not unit.is_heading] or [unit.heading for unit in units]
    path = body[0]
    for other in body[1:]:
        if other != path and units[0].section != units[-1].section:
            shared = 0
            while shared < min(len(path), len(other)) and path[shared] == other[shared]:
                shared += 1
            path = path[:shared]
    return path


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
