"""Changes that can be undone: every write goes through one log, which notes what was there before.

Undoing puts the noted values back through a log of its own, so that an undo can be undone like anything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cortex.db.driver import Connection
from cortex.db.repositories import conversation_snapshots, digests, highlights, items, tasks, tool_calls
from cortex.db.repositories.conversation_snapshots import Snapshot
from cortex.db.repositories.items import NewVersion
from cortex.domain import clock
from cortex.domain.item import TagOrigin
from cortex.exceptions import ConflictError, ItemNotFoundError, TagNotFoundError

_SEARCH_COLUMNS = ("id", "name", "request", "created_at", "updated_at")
_COLLECTION_COLUMNS = ("id", "name", "parent_id", "query", "created_at", "updated_at")


@dataclass(slots=True)
class Before:
    """What was there: columns by item; tags by item and name (None: absent); whole rows of small tables."""

    columns: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, dict[str, tuple[str, int] | None]] = field(default_factory=dict)
    refused: dict[str, dict[str, bool]] = field(default_factory=dict)
    collections: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    settings: dict[str, str | None] = field(default_factory=dict)
    searches: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    highlights: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    conversations: dict[str, Snapshot | None] = field(default_factory=dict)
    tasks: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    digests: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    less_like: dict[str, str | None] = field(default_factory=dict)
    grants: dict[str, dict[str, bool]] = field(default_factory=dict)
    """By conversation and tool: whether it was always allowed."""
    renamed_tags: dict[str, str] = field(default_factory=dict)
    """New name to old."""
    created: list[str] = field(default_factory=list)
    """Items that were not there; undoing puts them in the trash."""

    @property
    def item_ids(self) -> list[str]:
        """Every item that is touched, each once, in a stable order."""
        marked = [row["item_id"] for row in self.highlights.values() if row is not None]
        return list(dict.fromkeys([*self.columns, *self.tags, *self.created, *marked]))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was changed."""
        return not (
            self.item_ids
            or self.refused
            or self.collections
            or self.settings
            or self.searches
            or self.renamed_tags
            or self.conversations
            or self.highlights
            or self.tasks
            or self.digests
            or self.less_like
            or self.grants
        )


class ChangeLog:
    """Writes inside one transaction, remembering the first value of everything it touches."""

    def __init__(self, connection: Connection):
        self.connection = connection
        self.before = Before()
        self._numbers: dict[str, int] = {}
        self._touched: set[str] = set()

    def number(self, item_id: str) -> int:
        """The short key of an item. Raises ItemNotFoundError."""
        if item_id not in self._numbers:
            self._numbers[item_id] = items.number_of(self.connection, item_id)
        return self._numbers[item_id]

    def created(self, item_id: str) -> None:
        """Note that this item is new."""
        self.before.created.append(item_id)

    def set_columns(self, item_id: str, **columns: object) -> bool:
        """Set columns of an item; gives whether anything differed. Raises ItemNotFoundError, ConflictError."""
        names = ", ".join(columns)
        row = self.connection.execute(f"SELECT {names} FROM items WHERE id = ?", (item_id,)).fetchone()
        if row is None:
            raise ItemNotFoundError(f"No item {item_id[:80]}.")
        differing = {name: value for name, value in columns.items() if row[name] != value}
        if not differing:
            return False
        if "deleted_at" in differing and differing["deleted_at"] is None:
            self._refuse_second_copy(item_id)
        if item_id not in self.before.created:
            kept = self.before.columns.setdefault(item_id, {})
            for name in differing:
                kept.setdefault(name, row[name])
        items.update(self.connection, item_id, **differing)
        return True

    def _refuse_second_copy(self, item_id: str) -> None:
        row = self.connection.execute(
            "SELECT other.id FROM items i JOIN items other ON other.canonical_url = i.canonical_url "
            "WHERE i.id = ? AND other.id <> i.id AND other.deleted_at IS NULL",
            (item_id,),
        ).fetchone()
        if row is not None:
            raise ConflictError(f"The address of {item_id} is saved again as {row[0]}; {item_id} stays in the trash.")

    def add_version(self, item_id: str, new: NewVersion) -> int:
        """Make this content the item's current version; gives its number. Raises ItemNotFoundError."""
        row = self.connection.execute("SELECT content_version FROM items WHERE id = ?", (item_id,)).fetchone()
        if row is None:
            raise ItemNotFoundError(f"No item {item_id[:80]}.")
        if item_id not in self.before.created:
            self.before.columns.setdefault(item_id, {}).setdefault("content_version", row[0])
        return items.add_version(self.connection, item_id, new)

    def add_tag(self, item_id: str, name: str, by: TagOrigin = "user") -> bool:
        """Put a tag on an item; gives whether that changed anything."""
        number = self.number(item_id)
        self._refuse(item_id, name, refused=False)
        present = self._tag(number, name)
        if present is not None and (present[0] == "user" or by == "auto"):
            return False
        self._note_tag(item_id, name, present)
        items.add_tag(self.connection, number, name, by)
        return True

    def remove_tag(self, item_id: str, name: str, *, refuse: bool = True) -> bool:
        """Take a tag off an item; it is `refuse`d, so that neither processing nor the text itself puts it back."""
        number = self.number(item_id)
        present = self._tag(number, name)
        if present is None:
            return False
        if refuse:
            self._refuse(item_id, name, refused=True)
        self._note_tag(item_id, name, present)
        items.remove_tag(self.connection, number, name)
        return True

    def rename_tag(self, old: str, new: str) -> None:
        """Give a tag another name that no other tag has. Raises ConflictError, TagNotFoundError."""
        row = self.connection.execute("SELECT number, name FROM tags WHERE name = ?", (old,)).fetchone()
        if row is None:
            raise TagNotFoundError(f"No tag {old[:80]}.")
        other = self.connection.execute("SELECT number FROM tags WHERE name = ?", (new,)).fetchone()
        if other is not None and other[0] != row["number"]:
            raise ConflictError(f"There is a tag {new} already. Merge the two to have one.")
        if row["name"] == new:
            return
        self.connection.execute("UPDATE tags SET name = ? WHERE number = ?", (new, row["number"]))
        self.before.renamed_tags[new] = row["name"]

    def tag_origin(self, item_id: str, name: str) -> TagOrigin:
        """Who put a tag on an item."""
        present = self._tag(self.number(item_id), name)
        return "auto" if present is not None and present[0] == "auto" else "user"

    def _tag(self, number: int, name: str) -> tuple[str, int] | None:
        row = self.connection.execute(
            "SELECT it.by, it.position FROM item_tags it JOIN tags t ON t.number = it.tag_number "
            "WHERE it.item_number = ? AND t.name = ?",
            (number, name),
        ).fetchone()
        return (row[0], row[1]) if row else None

    def _note_tag(self, item_id: str, name: str, present: tuple[str, int] | None) -> None:
        if item_id not in self.before.created:
            self.before.tags.setdefault(item_id, {}).setdefault(name, present)
        self._touch(item_id)

    def _refuse(self, item_id: str, name: str, *, refused: bool) -> None:
        key = (self.number(item_id), name)
        row = self.connection.execute(
            "SELECT 1 FROM refused_tags WHERE item_number = ? AND tag_name = ?", key
        ).fetchone()
        if (row is not None) == refused:
            return
        if item_id not in self.before.created:
            self.before.refused.setdefault(item_id, {}).setdefault(name, not refused)
        statement = (
            "INSERT INTO refused_tags (item_number, tag_name) VALUES (?, ?)"
            if refused
            else "DELETE FROM refused_tags WHERE item_number = ? AND tag_name = ?"
        )
        self.connection.execute(statement, key)

    def _touch(self, item_id: str) -> None:
        """Tags stand in a table of their own: the item still counts as changed."""
        if item_id not in self._touched:
            self._touched.add(item_id)
            items.update(self.connection, item_id, updated_at=clock.now())

    def set_collection(self, collection_id: str, row: Mapping[str, object] | None) -> None:
        """Write the whole row of a collection; None deletes it."""
        present = self.connection.execute("SELECT * FROM collections WHERE id = ?", (collection_id,)).fetchone()
        earlier = {name: present[name] for name in _COLLECTION_COLUMNS} if present else None
        self.before.collections.setdefault(collection_id, earlier)
        if row is None:
            self.connection.execute("DELETE FROM collections WHERE id = ?", (collection_id,))
        else:
            if row.get("query") is not None:
                self._refuse_full_folder(collection_id)
            self.connection.execute(
                "INSERT INTO collections (id, name, parent_id, query, created_at, updated_at) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
                "parent_id = excluded.parent_id, query = excluded.query, updated_at = excluded.updated_at",
                tuple(row.get(name) for name in _COLLECTION_COLUMNS),
            )

    def _refuse_full_folder(self, collection_id: str) -> None:
        row = self.connection.execute(
            "SELECT (SELECT count(*) FROM items WHERE collection_id = ?1) + "
            "(SELECT count(*) FROM collections WHERE parent_id = ?1)",
            (collection_id,),
        ).fetchone()
        if row[0]:
            raise ConflictError(
                f"This collection holds {row[0]} items (the trash included) and collections by hand, so it cannot hold "
                "what a query finds. Nothing was changed: move them out first."
            )

    def set_setting(self, key: str, value: str | None) -> None:
        """Write a setting (JSON); None forgets it."""
        row = self.connection.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
        self.before.settings.setdefault(key, row[0] if row else None)
        if value is None:
            self.connection.execute("DELETE FROM settings WHERE key = ?", (key,))
        else:
            self.connection.execute(
                "INSERT INTO settings (key, value, updated_at) VALUES (?, ?, ?) "
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
                (key, value, clock.now()),
            )

    def set_saved_search(self, search_id: str, row: Mapping[str, object] | None) -> None:
        """Write the whole row of a saved search; None deletes it."""
        present = self.connection.execute("SELECT * FROM saved_searches WHERE id = ?", (search_id,)).fetchone()
        self.before.searches.setdefault(search_id, dict(present) if present else None)
        self.connection.execute("DELETE FROM saved_searches WHERE id = ?", (search_id,))
        if row is not None:
            self.connection.execute(
                "INSERT INTO saved_searches (id, name, request, created_at, updated_at) VALUES (?, ?, ?, ?, ?)",
                tuple(row[name] for name in _SEARCH_COLUMNS),
            )

    def set_highlight(self, highlight_id: str, row: Mapping[str, object] | None) -> None:
        """Write the whole row of a highlight; None deletes it."""
        self.before.highlights.setdefault(highlight_id, highlights.row_of(self.connection, highlight_id))
        highlights.put(self.connection, highlight_id, row)

    def set_task(self, task_id: str, row: Mapping[str, object] | None) -> None:
        """Write the whole row of a task; None deletes it."""
        present = tasks.row_of(self.connection, task_id)
        self.before.tasks.setdefault(task_id, present)
        if row is not None and present is not None:
            row = {**row, "number": present["number"]}
        tasks.put(self.connection, task_id, row)

    def created_digest(self, digest_id: str) -> None:
        """Note that this digest is new."""
        self.before.digests[digest_id] = None

    def set_digest(self, digest_id: str, row: Mapping[str, object] | None) -> None:
        """Write the whole row of a digest; None deletes it. Raises ConflictError for a second one to be made."""
        pending = digests.pending(self.connection)
        if row is not None and row["status"] == "pending" and pending is not None and pending.id != digest_id:
            raise ConflictError("Another digest is being made. Nothing was changed: ask again once it is ready.")
        self.before.digests.setdefault(digest_id, digests.row_of(self.connection, digest_id))
        digests.put(self.connection, digest_id, row)

    def set_less_like(self, item_id: str, since: str | None) -> None:
        """Want less like this item since then; None takes it back."""
        self.before.less_like.setdefault(item_id, digests.less_like_row(self.connection, item_id))
        digests.put_less_like(self.connection, item_id, since)

    def set_grant(self, conversation_id: str, name: str, *, granted: bool) -> bool:
        """Always allow a tool in a conversation, or ask again; gives whether that changed anything."""
        if (name in tool_calls.granted(self.connection, conversation_id)) == granted:
            return False
        self.before.grants.setdefault(conversation_id, {}).setdefault(name, not granted)
        (tool_calls.grant if granted else tool_calls.revoke)(self.connection, conversation_id, name)
        return True

    def note_conversation(self, conversation_id: str) -> None:
        """Remember how a conversation stands, before it or its messages change."""
        self.before.conversations.setdefault(
            conversation_id, conversation_snapshots.take(self.connection, conversation_id)
        )

    def put_back(self, before: Before) -> list[str]:
        """Restore what was there; gives the ids of items that are gone for good and could not be restored."""
        missing: list[str] = []
        for new, old in before.renamed_tags.items():
            self.rename_tag(new, old)
        for collection_id, row in _parents_first(before.collections):
            self.set_collection(collection_id, row)
        for item_id in before.item_ids:
            try:
                self._put_back_item(item_id, before)
            except ItemNotFoundError:
                missing.append(item_id)
        for key, value in before.settings.items():
            self.set_setting(key, value)
        for search_id, search in before.searches.items():
            self.set_saved_search(search_id, search)
        for highlight_id, highlight in before.highlights.items():
            if highlight is None or items.exists(self.connection, highlight["item_id"]):
                self.set_highlight(highlight_id, highlight)
        for task_id, task in before.tasks.items():
            self._put_back_task(task_id, task)
        self._put_back_digests(before)
        for conversation_id, snapshot in before.conversations.items():
            self.note_conversation(conversation_id)
            conversation_snapshots.put_back(self.connection, conversation_id, snapshot)
        for conversation_id, tools in before.grants.items():
            for name, granted in tools.items():
                self.set_grant(conversation_id, name, granted=granted)
        return missing

    def _put_back_digests(self, before: Before) -> None:
        for digest_id, digest in before.digests.items():
            self.set_digest(digest_id, digest)
        for item_id, since in before.less_like.items():
            if items.exists(self.connection, item_id):
                self.set_less_like(item_id, since)

    def _put_back_task(self, task_id: str, row: dict[str, Any] | None) -> None:
        if row is not None:
            if row["item_id"] is not None and not items.exists(self.connection, row["item_id"]):
                row = {**row, "item_id": None}
            present = tasks.row_of(self.connection, task_id)
            if present is not None and present["remind_at"] == row["remind_at"]:
                row = {**row, "reminded_at": present["reminded_at"]}  # a reminder that went out does so once
        self.set_task(task_id, row)

    def _put_back_item(self, item_id: str, before: Before) -> None:
        columns = dict(before.columns.get(item_id, {}))
        if item_id in before.created:
            columns["deleted_at"] = clock.now()
        if columns.get("collection_id") is not None and not self._has_collection(columns["collection_id"]):
            columns["collection_id"] = None
        if columns:
            self.set_columns(item_id, **columns)
        for name, present in before.tags.get(item_id, {}).items():
            self.remove_tag(item_id, name, refuse=False)
            if present is not None:
                self._put_back_tag(item_id, name, present)
        for name, refused in before.refused.get(item_id, {}).items():
            self._refuse(item_id, name, refused=refused)

    def _put_back_tag(self, item_id: str, name: str, present: tuple[str, int]) -> None:
        number = self.number(item_id)
        self._note_tag(item_id, name, None)
        origin: TagOrigin = "auto" if present[0] == "auto" else "user"
        items.add_tag(self.connection, number, name, origin)
        items.place_tag(self.connection, number, name, present[1])

    def _has_collection(self, collection_id: str) -> bool:
        """Whether there is such a folder, which is no smart collection by now."""
        row = self.connection.execute(
            "SELECT 1 FROM collections WHERE id = ? AND query IS NULL", (collection_id,)
        ).fetchone()
        return row is not None


def _parents_first(
    rows: Mapping[str, dict[str, Any] | None],
) -> Sequence[tuple[str, dict[str, Any] | None]]:
    """Rows so ordered that a parent stands before its children, for the sake of the foreign key; deletions last."""
    ordered: list[tuple[str, dict[str, Any] | None]] = []
    placed: set[str] = set()

    def place(collection_id: str) -> None:
        if collection_id in placed or collection_id not in rows:
            return
        placed.add(collection_id)
        row = rows[collection_id]
        if row is not None and row["parent_id"]:
            place(row["parent_id"])
        ordered.append((collection_id, row))

    for collection_id in rows:
        place(collection_id)
    return [pair for pair in ordered if pair[1] is not None] + [pair for pair in ordered if pair[1] is None]
