"""Conversations and messages as rows: JSON in the columns, records outside."""

from __future__ import annotations

import json
from dataclasses import asdict

from cortex.db.driver import Row
from cortex.domain.conversation import (
    AnswerError,
    AnswerScope,
    Citation,
    Claim,
    Conversation,
    HistorySummary,
    Message,
    Usage,
)

ANSWER_COLUMNS = (
    "content", "status", "found", "error_code", "error_message", "citations", "provider", "model", "usage", "claims",
    "suggestions", "thoughts", "grounds",
)  # fmt: skip


def answer_values(answer: Message) -> tuple[object, ...]:
    """The columns of an answer, in the order of `ANSWER_COLUMNS`."""
    return (
        answer.content,
        answer.status,
        answer.found,
        answer.error.code if answer.error else None,
        answer.error.message if answer.error else None,
        json.dumps([asdict(citation) for citation in answer.citations], ensure_ascii=False),
        answer.provider,
        answer.model,
        json.dumps(asdict(answer.usage)) if answer.usage else None,
        json.dumps([asdict(claim) for claim in answer.claims]),
        json.dumps(answer.suggestions, ensure_ascii=False),
        answer.thoughts,
        json.dumps(answer.grounds),
    )


def scope_json(scope: AnswerScope) -> str:
    """As the column `scope` holds it."""
    return json.dumps(asdict(scope), ensure_ascii=False)


def _scope(text: str) -> AnswerScope:
    stored = json.loads(text)
    return AnswerScope(tuple(stored.get("item_ids", ())), tuple(stored.get("tags", ())), stored.get("collection_id"))


def conversation_of(row: Row) -> Conversation:
    """The conversation in a row that has a `message_count`."""
    return Conversation(
        id=row["id"],
        title=row["title"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        scope=_scope(row["scope"]),
        title_by_user=bool(row["title_by_user"]),
        message_count=row["message_count"],
        summary=_summary(row["summary"]),
    )


def message_of(row: Row) -> Message:
    """The message in a row, without its tool calls."""
    return Message(
        id=row["id"],
        conversation_id=row["conversation_id"],
        role=row["role"],
        content=row["content"],
        status=row["status"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        position=row["position"],
        found=None if row["found"] is None else bool(row["found"]),
        error=AnswerError(row["error_code"], row["error_message"]) if row["error_code"] else None,
        citations=tuple(Citation(**citation) for citation in json.loads(row["citations"])),
        scope=_scope(row["scope"]),
        provider=row["provider"],
        model=row["model"],
        usage=Usage(**json.loads(row["usage"])) if row["usage"] else None,
        claims=tuple(
            Claim(**(claim | {"citations": tuple(claim["citations"])})) for claim in json.loads(row["claims"])
        ),
        suggestions=tuple(json.loads(row["suggestions"])),
        thoughts=row["thoughts"],
        grounds=tuple(json.loads(row["grounds"])),
    )


def _summary(text: str | None) -> HistorySummary | None:
    if text is None:
        return None
    stored = json.loads(text)
    return HistorySummary(stored["text"], stored["until"], tuple(stored["grounds"]))
