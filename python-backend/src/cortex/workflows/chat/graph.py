"""The chat graph: condense → retrieve → compose (⇄ act) → verify, or decline; with tools, consider before that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cortex.workflows.chat.nodes import ChatNodes
from cortex.workflows.chat.state import ChatContext, ChatState

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

THREADS = "chat-1:"
"""Begins the thread id of every answer; a new number when nodes are renamed (python-facts.md)."""


def thread_of(message_id: str) -> str:
    """Where an answer's checkpoints stand."""
    return THREADS + message_id


def build_chat_graph(
    nodes: ChatNodes, saver: BaseCheckpointSaver[str] | None = None
) -> CompiledStateGraph[ChatState, ChatContext, ChatState, ChatState]:
    """Compiled with a checkpointer where tools may have to wait for the owner; an answer without tools that is cut
    off by a crash is asked for again, not resumed."""
    from langgraph.graph import END, START, StateGraph

    graph: StateGraph[ChatState, ChatContext, Any, Any] = StateGraph(ChatState, context_schema=ChatContext)
    graph.add_node("condense", nodes.condense)
    graph.add_node("retrieve", nodes.retrieve)
    graph.add_node("compose", nodes.compose)
    graph.add_node("verify", nodes.verify)
    graph.add_node("decline", nodes.decline)
    graph.add_edge(START, "condense")
    graph.add_edge("condense", "retrieve")
    if nodes.tools is None:
        graph.add_conditional_edges("retrieve", nodes.after_retrieving, ["compose", "decline"])
        graph.add_edge("compose", "verify")
    else:
        graph.add_conditional_edges("retrieve", nodes.after_retrieving, ["compose", "consider"])
        graph.add_node("consider", nodes.consider)
        graph.add_conditional_edges("consider", nodes.after_considering, ["act", "decline"])
        graph.add_node("act", nodes.tools.act)  # type: ignore[arg-type] # a callable of the right shape, not a function
        graph.add_conditional_edges("compose", nodes.after_composing, ["act", "verify"])
        graph.add_edge("act", "compose")
    graph.add_edge("verify", END)
    graph.add_edge("decline", END)
    return graph.compile(checkpointer=saver)
