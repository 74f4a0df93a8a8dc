"""What something is written from: chosen items, and perhaps a text that came with the request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import items
from cortex.domain.document import Block
from cortex.exceptions import ItemNotFoundError, ValidationError
from cortex.services.extraction.characters import clean_characters
from cortex.services.stored_blocks import blocks_from_json


@dataclass(frozen=True, slots=True)
class Material:
    """One source under its number. `item_id` is None for the text that came with the request."""

    n: int
    item_id: str | None
    title: str
    url: str | None
    text: str
    blocks: tuple[Block, ...] = ()
    local_only: bool = False


class MaterialReader:
    """Reads items for writing."""

    def __init__(self, database: Database):
        self._database = database

    async def read(self, item_ids: Sequence[str], text: str | None) -> tuple[Material, ...]:
        """The text, where there is one, then the items in their order, each once, numbered from 1 on.

        Raises ItemNotFoundError (one is not there, or in the trash) and ValidationError (there is nothing to read).
        """
        given = clean_characters(text or "").strip()
        wanted = list(dict.fromkeys(item_ids))
        found = await self._database.read(lambda connection: _read(connection, wanted, 2 if given else 1))
        own = (Material(1, None, "Text of the request", None, given),) if given else ()
        materials = (*own, *found)
        if not any(one.text.strip() for one in materials):
            message = "There is no text to work from: choose items that were read already, or send a text."
            raise ValidationError(message, details=[{"loc": ["body", "item_ids"], "msg": message, "type": "empty"}])
        return materials


def _read(connection: Connection, wanted: Sequence[str], first: int) -> tuple[Material, ...]:
    present = {item.id: item for item in items.get_many(connection, wanted) if item.deleted_at is None}
    missing = [item_id for item_id in wanted if item_id not in present]
    if missing:
        raise ItemNotFoundError(f"No item {missing[0][:80]}.")
    materials = []
    for n, item_id in enumerate(wanted, first):
        item, content = present[item_id], items.content(connection, item_id)
        text = content.text if content is not None and content.text is not None else ""
        blocks = blocks_from_json(content.blocks) if content is not None and text else ()
        materials.append(Material(n, item_id, item.title, item.url, text, blocks, item.local_only))
    return tuple(materials)
