"""Taking up an answer that waited: from its checkpoint, or, where that is lost, from what the library has of it."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cortex.db.checkpoints import CheckpointStore
from cortex.domain.conversation import Message, Usage
from cortex.domain.tool_call import ToolCallRecord
from cortex.exceptions import CheckpointRefusedError
from cortex.observability.logs import get_logger
from cortex.workflows.chat.acting import answers_of, passages_of
from cortex.workflows.chat.state import ChatContext, ChatState, plain

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph

log = get_logger(__name__)


async def entry_of(
    graph: CompiledStateGraph[ChatState, ChatContext, ChatState, ChatState],
    options: RunnableConfig,
    checkpoints: CheckpointStore,
    rebuilt: ChatState,
) -> Any:
    """What to run the graph with so that it goes on behind its interrupt. `rebuilt` stands in for a checkpoint that
    is lost, damaged, or of another answer."""
    from langgraph.types import Command

    try:
        snapshot = await graph.aget_state(options)
    except CheckpointRefusedError:
        snapshot = None
    if snapshot is not None and snapshot.interrupts and snapshot.values.get("message_id") == rebuilt["message_id"]:
        return Command(resume={each.id: True for each in snapshot.interrupts})
    log.warning("an answer's checkpoint is lost; it goes on from what is stored", message_id=rebuilt["message_id"])
    await checkpoints.forget(options["configurable"]["thread_id"])
    await graph.aupdate_state(options, rebuilt, as_node="act")
    return None


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
