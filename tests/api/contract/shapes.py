"""The records of api.md, field by field. More fields are allowed, fewer or others are not."""

from __future__ import annotations

from typing import Any, get_args

from cortex.domain.item import Kind, Status

NUMBER = (int, float)
TEXT = (str,)
COUNT = (int,)
FLAG = (bool,)
TEXT_OR_NULL = (str, type(None))
COUNT_OR_NULL = (int, type(None))
ITEM: dict[str, tuple[type, ...]] = {
    "id": TEXT,
    "url": TEXT_OR_NULL,
    "canonical_url": TEXT_OR_NULL,
    "title": TEXT,
    "author": TEXT_OR_NULL,
    "site_name": TEXT_OR_NULL,
    "published_at": TEXT_OR_NULL,
    "language": TEXT_OR_NULL,
    "kind": TEXT,
    "source": TEXT,
    "status": TEXT,
    "stage": TEXT_OR_NULL,
    "progress": NUMBER,
    "error": (dict, type(None)),
    "attempts": COUNT,
    "excerpt": TEXT_OR_NULL,
    "summary": TEXT_OR_NULL,
    "summary_by": TEXT_OR_NULL,
    "tags": (list,),
    "collection_id": TEXT_OR_NULL,
    "local_only": FLAG,
    "content_version": COUNT,
    "pages": COUNT_OR_NULL,
    "word_count": COUNT,
    "reading_minutes": NUMBER,
    "favourite": FLAG,
    "archived": FLAG,
    "read_progress": NUMBER,
    "created_at": TEXT,
    "updated_at": TEXT,
    "processed_at": TEXT_OR_NULL,
    "deleted_at": TEXT_OR_NULL,
}
CONTENT: dict[str, tuple[type, ...]] = {
    "content_html": TEXT_OR_NULL,
    "content_text": TEXT_OR_NULL,
    "chunks": COUNT,
    "connections": COUNT,
}
RESULT: dict[str, tuple[type, ...]] = {
    "item_id": TEXT,
    "chunk_id": TEXT_OR_NULL,
    "title": TEXT,
    "url": TEXT_OR_NULL,
    "snippet": TEXT,
    "score": NUMBER,
    "matched": (list,),
    "start": COUNT_OR_NULL,
    "end": COUNT_OR_NULL,
    "page": COUNT_OR_NULL,
    "content_version": COUNT,
    "tags": (list,),
    "created_at": TEXT,
}
CITATION: dict[str, tuple[type, ...]] = {
    "n": COUNT,
    "item_id": TEXT,
    "chunk_id": TEXT,
    "title": TEXT,
    "url": TEXT_OR_NULL,
    "quote": TEXT,
    "start": COUNT,
    "end": COUNT,
    "page": COUNT_OR_NULL,
    "content_version": COUNT,
}
MESSAGE: dict[str, tuple[type, ...]] = {
    "id": TEXT,
    "role": TEXT,
    "content": TEXT,
    "citations": (list,),
    "tool_calls": (list,),
    "provider": TEXT_OR_NULL,
    "model": TEXT_OR_NULL,
    "usage": (dict, type(None)),
    "created_at": TEXT,
}
USAGE: dict[str, tuple[type, ...]] = {
    "prompt_tokens": COUNT,
    "completion_tokens": COUNT,
    "total_tokens": COUNT,
    "cost_usd": NUMBER,
}


def has(record: dict[str, Any], shape: dict[str, tuple[type, ...]]) -> None:
    """Every promised field is there and of its type; a boolean is no number."""
    assert set(record) >= set(shape), f"missing: {set(shape) - set(record)}"
    for name, types in shape.items():
        assert isinstance(record[name], types), f"{name} is {record[name]!r}"
        assert bool in types or not isinstance(record[name], bool), f"{name} is {record[name]!r}"


def is_item(item: dict[str, Any]) -> None:
    """An item of the contract."""
    has(item, ITEM)
    assert item["kind"] in get_args(Kind)
    assert item["status"] in get_args(Status)
    assert 0 <= item["progress"] <= 1
    assert 0 <= item["read_progress"] <= 1
    assert item["error"] is None or {"code", "message"} <= set(item["error"])
    assert all(set(tag) >= {"name", "by"} and tag["by"] in ("user", "auto") for tag in item["tags"])


def is_message(message: dict[str, Any]) -> None:
    """A question or an answer of the contract."""
    has(message, MESSAGE)
    assert message["role"] in ("user", "assistant")
    for citation in message["citations"]:
        has(citation, CITATION)
    if message["usage"] is not None:
        has(message["usage"], USAGE)
