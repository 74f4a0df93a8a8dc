"""Highlights: anchored in the text by offsets, and by their words when the text has changed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import asdict, dataclass, replace

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import highlight_lists, highlights, items, undo
from cortex.db.repositories.changes import ChangeLog
from cortex.db.repositories.highlight_lists import Reached
from cortex.domain import clock
from cortex.domain.highlight import Highlight, HighlightFilters, ListedHighlight
from cortex.domain.ids import new_id
from cortex.domain.paging import Page
from cortex.exceptions import ConflictError, ValidationError
from cortex.services.events import EventBus
from cortex.services.retrieval.plan import all_words

_AT_ONCE = 200
_UNFINISHED_FROM = 3
"""Fewer letters begin too many of a library's words to look through them all while somebody types."""
_Work = Callable[[ChangeLog], Highlight]


@dataclass(frozen=True, slots=True)
class NewHighlight:
    """Words to mark; `start` and `end` are code points of the current text."""

    quote: str
    start: int
    end: int
    page: int | None = None
    note: str | None = None
    colour: str = "yellow"


class HighlightService:
    """Reads and changes highlights; every change can be undone for a day."""

    def __init__(self, database: Database, events: EventBus):
        self._database = database
        self._events = events

    async def of_item(self, item_id: str) -> list[Highlight]:
        """An item's highlights, placed in its current text where their words still stand there.

        Others keep the version and offsets that they were made at. Raises ItemNotFoundError.
        """

        def read(connection: Connection) -> list[Highlight]:
            items.get(connection, item_id)
            found = placed(connection, highlights.of_item(connection, item_id))
            return sorted(found, key=lambda one: (one.start, one.id))

        return await self._database.read(read)

    async def page(
        self,
        filters: HighlightFilters,
        *,
        query: str = "",
        limit: int = 50,
        cursor: str | None = None,
        offset: int = 0,
    ) -> Page[ListedHighlight]:
        """A page of the library's highlights, newest first, placed as in `of_item`.

        `query` asks for words that all stand in the marked words or the note, the last one perhaps unfinished; nothing
        in it is an operator. Raises ValidationError when the cursor belongs to another list.
        """
        expression = _asked(query)
        if query.strip() and expression is None:
            return Page([], None, 0)  # nothing but punctuation stands in no index

        def read(connection: Connection) -> Page[ListedHighlight]:
            page = highlight_lists.page(
                connection, filters, expression=expression, limit=limit, cursor=cursor, offset=offset
            )
            return replace(page, items=_placed(connection, page.items))

        return await self._database.read(read)

    async def item_by_item(
        self, filters: HighlightFilters, *, query: str = ""
    ) -> AsyncGenerator[list[ListedHighlight], None]:
        """All matching highlights, some at a time: the item that was saved last first, each item's in the order of
        its text. What is marked meanwhile may come or not; nothing comes twice."""
        expression = _asked(query)
        reached: Reached | None = None
        while not query.strip() or expression is not None:

            def read(connection: Connection, after: Reached | None) -> tuple[list[ListedHighlight], Reached | None]:
                found, last = highlight_lists.by_item(
                    connection, filters, expression=expression, after=after, limit=_AT_ONCE
                )
                return _placed(connection, found), last

            found, reached = await self._database.read(lambda raw, after=reached: read(raw, after))  # type: ignore[misc] # bound per turn
            if found:
                yield found
            if reached is None:
                return

    async def create(self, item_id: str, new: NewHighlight) -> tuple[Highlight, str | None]:
        """Mark words. Words that stand elsewhere than said are marked where they stand nearest.

        Raises ItemNotFoundError, ConflictError (there is no text yet), ValidationError (the words are not in it).
        """
        now = clock.now()

        def write(log: ChangeLog) -> Highlight:
            items.get(log.connection, item_id)
            content = items.content(log.connection, item_id)
            if content is None or content.text is None:
                raise ConflictError("This item has no text yet. Mark words once it is processed.")
            start = nearest_place(content.text, new.quote, new.start)
            if start is None:
                message = "These words do not stand in the item's text."
                raise ValidationError(message, details=[{"loc": ["body", "quote"], "msg": message, "type": "quote"}])
            made = Highlight(
                id=new_id("mark"),
                item_id=item_id,
                content_version=content.version,
                quote=new.quote,
                start=start,
                end=start + len(new.quote),
                colour=new.colour,
                created_at=now,
                updated_at=now,
                page=new.page,
                note=new.note,
            )
            log.set_highlight(made.id, asdict(made))
            return made

        return await self._write("highlight", item_id, write)

    async def change(self, item_id: str, highlight_id: str, **changes: str | None) -> tuple[Highlight, str | None]:
        """Change `note` or `colour`. Raises HighlightNotFoundError."""

        def write(log: ChangeLog) -> Highlight:
            present = highlights.get(log.connection, item_id, highlight_id)
            changed = replace(present, **changes)  # type: ignore[arg-type] # only note and colour are ever handed in
            if changed == present:
                return present
            changed = replace(changed, updated_at=clock.now())
            log.set_highlight(highlight_id, asdict(changed))
            return changed

        return await self._write("change highlight", item_id, write)

    async def delete(self, item_id: str, highlight_id: str) -> str | None:
        """Take a mark off; gives the undo id. Raises HighlightNotFoundError."""

        def write(log: ChangeLog) -> Highlight:
            present = highlights.get(log.connection, item_id, highlight_id)
            log.set_highlight(highlight_id, None)
            return present

        return (await self._write("delete highlight", item_id, write))[1]

    async def _write(self, action: str, item_id: str, work: _Work) -> tuple[Highlight, str | None]:
        def write(connection: Connection) -> tuple[Highlight, str | None]:
            log = ChangeLog(connection)
            highlight = work(log)
            return highlight, undo.record(connection, action, log.before)

        highlight, undo_id = await self._database.write(write)
        if undo_id is not None:
            self._events.publish("item.updated", {"item_id": item_id})
        return highlight, undo_id


def _asked(query: str) -> str | None:
    return all_words(query, unfinished_from=_UNFINISHED_FROM)


def _placed(connection: Connection, found: Sequence[ListedHighlight]) -> list[ListedHighlight]:
    shown = placed(connection, [one.highlight for one in found])
    return [replace(one, highlight=highlight) for one, highlight in zip(found, shown, strict=True)]


def nearest_place(text: str, quote: str, start: int) -> int | None:
    """Where `quote` stands nearest to `start`; None when it stands nowhere."""
    if text.startswith(quote, start):
        return start
    before = text.rfind(quote, 0, start + len(quote))
    after = text.find(quote, start)
    found = [place for place in (before, after) if place >= 0]
    return min(found, key=lambda place: abs(place - start)) if found else None


def placed(connection: Connection, found: Sequence[Highlight]) -> list[Highlight]:
    """The highlights as they stand in their items' present texts, in the order given. Those whose words are gone keep
    the version and offsets that they were made at."""
    versions = highlights.content_versions(connection, {one.item_id for one in found})
    moved = {one.item_id for one in found if versions.get(one.item_id) != one.content_version}
    contents = {item_id: items.content(connection, item_id) for item_id in moved}
    shown: list[Highlight] = []
    for one in found:
        current = contents.get(one.item_id)
        text = current.text if current is not None else None
        shown.append(_anchored(one, text, current.version) if current is not None and text is not None else one)
    return shown


def _anchored(highlight: Highlight, text: str, version: int) -> Highlight:
    if highlight.content_version == version:
        return highlight
    start = nearest_place(text, highlight.quote, highlight.start)
    if start is None:
        return highlight
    return replace(highlight, content_version=version, start=start, end=start + len(highlight.quote))
