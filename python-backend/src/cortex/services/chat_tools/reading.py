"""Tools that read: they run at once, and show the model passages that it can cite."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Literal, Protocol

from pydantic import Field

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import chunks, items
from cortex.domain import clock
from cortex.domain.item import Item, Kind
from cortex.domain.search import Filters, Passage
from cortex.domain.tool_call import ToolResult
from cortex.services.chat_tools.reach import LOCAL_ONLY, Reach, filters_of
from cortex.services.chat_tools.tool import Arguments, ChatTool, Found, ToolContext, ToolRefusedError, named

PASSAGES = 8
_NUMBERED = re.compile(r"\[(\d{1,3})\]")
_Kinds = Literal["article", "note", "pdf", "bookmark", "video", "file"]


class Retrieve(Protocol):
    """How passages are found (`PassageRetriever.retrieve_passages`)."""

    async def __call__(self, query: str, scope: Filters, *, limit: int) -> Sequence[Passage]:
        """Best first."""
        ...


class SearchLibraryArguments(Arguments):
    """What to look for; all filters that are named must hold."""

    query: Annotated[str, Field(min_length=1, max_length=500, description="Plain words.")]
    tags: list[str] | None = Field(None, description="All of them.", max_length=20)
    kind: _Kinds | None = None
    site: str | None = Field(None, description="Host.", max_length=200)
    saved_after: str | None = Field(None, description="2026-01-31", pattern=r"^\d{4}-\d{2}-\d{2}$")
    saved_before: str | None = Field(None, description="2026-01-31", pattern=r"^\d{4}-\d{2}-\d{2}$")


class ReadItemArguments(Arguments):
    """Which item, and which part of it."""

    item_id: Annotated[str, Field(min_length=1, max_length=100, description="From search_library.")]
    part: Annotated[int, Field(ge=1, le=10_000, description="From 1 on.")] = 1


class SearchLibrary(ChatTool[SearchLibraryArguments]):
    """Search the owner's library for passages; each comes with a number to cite and its item's id."""

    name: ClassVar[str] = "search_library"
    arguments = SearchLibraryArguments

    def __init__(self, retrieve: Retrieve, reach: Reach):
        self._retrieve = retrieve
        self._reach = reach

    async def describe(self, arguments: SearchLibraryArguments, context: ToolContext) -> str:
        """Raises ToolRefusedError when a day is none."""
        _filters(arguments)
        return f"Search the library for {named(arguments.query, 300)}."

    async def run(self, arguments: SearchLibraryArguments, context: ToolContext) -> Found:
        """The best passages, as many as there is room for."""
        within = filters_of(context.scope).and_(_filters(arguments))
        passages = list(await self._retrieve(_literal(arguments.query), within, limit=2 * PASSAGES))
        left_out = 0
        if not context.is_local:
            private = await self._reach.local_only([passage.item_id for passage in passages])
            left_out = sum(passage.item_id in private for passage in passages)
            passages = [passage for passage in passages if passage.item_id not in private]
        shown, text = _shown(passages[:PASSAGES], context)
        if not text:
            text = "Nothing in the library was found for this."
        elif len(shown) < len(passages):
            text += f"\n{len(passages) - len(shown)} more passages were found; search with other words to see others."
        if not context.is_local:
            text += f"\n{LOCAL_ONLY}"
        facts = {"item_ids": list(dict.fromkeys(passage.item_id for passage in shown)), "left_out": left_out}
        return Found(ToolResult(text, facts=facts), shown)


class ReadItem(ChatTool[ReadItemArguments]):
    """Read a saved item, by parts when it is long; its passages come with numbers to cite."""

    name: ClassVar[str] = "read_item"
    arguments = ReadItemArguments

    def __init__(self, database: Database, reach: Reach):
        self._database = database
        self._reach = reach

    async def describe(self, arguments: ReadItemArguments, context: ToolContext) -> str:
        """Raises ToolRefusedError for an item that is out of reach."""
        item = await self._reach.item(arguments.item_id, context)
        return f"Read {named(item.title)}" + (f", part {arguments.part}." if arguments.part > 1 else ".")

    async def run(self, arguments: ReadItemArguments, context: ToolContext) -> Found:
        """The part's passages. Raises ToolRefusedError."""
        item = await self._reach.item(arguments.item_id, context)
        parts = _parts(await self._database.read(lambda connection: _passages(connection, item)), context.room)
        if not parts:
            raise ToolRefusedError("This item has no text that could be read: it may still be processed.")
        if arguments.part > len(parts):
            raise ToolRefusedError(f"This item has {len(parts)} part(s); there is no part {arguments.part}.")
        shown, text = _shown(parts[arguments.part - 1], context, all_of_them=True)
        text = f"Part {arguments.part} of {len(parts)}.\n{text}"
        facts = {"item_ids": [item.id], "part": arguments.part, "parts": len(parts)}
        return Found(ToolResult(text, facts=facts), shown)


def _filters(arguments: SearchLibraryArguments) -> Filters:
    kinds: tuple[Kind, ...] = (arguments.kind,) if arguments.kind else ()
    return Filters(
        kinds=kinds,
        tags=tuple(arguments.tags or ()),
        sites=(arguments.site,) if arguments.site else (),
        created_after=_begin_of(arguments.saved_after),
        created_before=_begin_of(arguments.saved_before),
    )


def _begin_of(day: str | None) -> str | None:
    """The moment at which a day begins where the owner is."""
    try:
        return clock.to_text(datetime.fromisoformat(day).astimezone()) if day is not None else None
    except (ValueError, OverflowError):
        raise ToolRefusedError(f"There is no day {day}.") from None


def _literal(query: str) -> str:
    """A query in which no word is an operator: the scope is the tool's to keep, and filters have arguments."""
    return " ".join(word.lstrip("-").replace(":", " ").replace('"', " ") for word in query.split())


def _passages(connection: Connection, item: Item) -> list[Passage]:
    number = items.number_of(connection, item.id)
    ordered = [row[0] for row in chunks.of_item(connection, number)]
    return [
        Passage(
            chunk_id=found.chunk.id,
            item_id=item.id,
            title=item.title,
            url=item.url,
            text=found.chunk.text,
            heading=found.chunk.heading,
            start=found.chunk.start,
            end=found.chunk.end,
            page=found.chunk.page,
            content_version=found.chunk.content_version,
            score=1.0,
            cosine=None,
            bm25=0.0,
            matched_terms=(),
            missing_terms=(),
            coverage=0.0,
        )
        for found in chunks.get_many(connection, ordered)
    ]


def _parts(passages: Sequence[Passage], room: int) -> list[list[Passage]]:
    parts: list[list[Passage]] = []
    filled = room + 1
    for passage in passages:
        if filled + len(passage.text) > room:
            parts.append([])
            filled = 0
        parts[-1].append(passage)
        filled += len(passage.text)
    return parts


def _shown(
    passages: Sequence[Passage], context: ToolContext, *, all_of_them: bool = False
) -> tuple[tuple[Passage, ...], str]:
    """Those that are new to the model, in the order of their numbers, and the words that show all that fit."""
    new: list[Passage] = []
    lines: list[str] = []
    filled = 0
    for passage in passages:
        seen = context.numbers.get(passage.chunk_id)
        if seen is not None:
            lines.append(f"[{seen}] was shown to you before; it is of item {passage.item_id}.")
            continue
        text = _NUMBERED.sub(r"(\1)", passage.text[: max(context.room, 200)])  # its own footnotes are no citations
        if not all_of_them and new and filled + len(text) > context.room:
            break
        filled += len(text)
        number = context.next_number + len(new)
        new.append(passage)
        lines.append(f"[{number}] item {passage.item_id}")
        lines.append(context.fence.around(text, n=number, title=passage.title))
    return tuple(new), "\n".join(lines)
