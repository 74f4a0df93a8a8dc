"""The state of an answer that waited, from what the library has of it: for when its checkpoint is lost."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from typing import Any

from cortex.domain.conversation import Message, Usage
from cortex.domain.tool_call import ToolCallRecord
from cortex.workflows.chat.acting import answers_of, passages_of
from cortex.workflows.chat.state import ChatState, plain


def rebuilt_state(answer: Message, before: list[Message], calls: list[ToolCallRecord]) -> ChatState:
    """The state of an answer behind its last tools, from what the library has. `before` are the messages before it."""
    questions = [message for message in before if message.role == "user"]
    exchange: list[dict[str, Any]] = []
    rounds = 0
    for rounds, group in groupby(calls, key=lambda call: call.round):  # noqa: B007 - the last one is the number of rounds
        made = list(group)
        wanted = [{"id": call.id, "name": call.name, "arguments": dict(call.arguments)} for call in made]
        said = {"role": "assistant", "content": "", "tool_calls": wanted, "item_ids": list(answer.grounds)}
        exchange += [{**said, "local": made[0].is_local}, *answers_of(made, wanted)]
    shown = passages_of(calls)
    known = {note["chunk_id"] for note in shown}
    offered = [{"n": one.n, "chunk_id": one.chunk_id} for one in answer.citations if one.chunk_id not in known]
    question = questions[-1]
    return {
        "conversation_id": answer.conversation_id,
        "message_id": answer.id,
        "position": question.position,
        "question": question.content,
        "earlier": [message.content for message in questions[:-1]],
        "scope": asdict(answer.scope),
        "model": None,
        "standalone": question.content,
        "passages": [*offered, *shown],
        "found": True,
        "exchange": exchange,
        "rounds": rounds,
        "content": answer.content,
        "is_quoted": False,
        "citations": plain(answer.citations),
        "claims": [],
        "grounds": list(answer.grounds),
        "usage": asdict(answer.usage or Usage()),
    }
