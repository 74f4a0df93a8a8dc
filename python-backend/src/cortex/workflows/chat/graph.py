"""The chat graph: condense → retrieve → judge → compose or decline. Citations are verified as they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cortex.workflows.chat.nodes import ChatNodes
from cortex.workflows.chat.state import ChatState

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph


def build_chat_graph(nodes: ChatNodes) -> CompiledStateGraph[ChatState, Any, ChatState, ChatState]:
    """Compiled without a checkpointer: an answer cut off by a crash is asked for again, not resumed."""
    from langgraph.graph import END, START, StateGraph

    graph = StateGraph(ChatState)
    graph.add_node("condense", nodes.condense)
    graph.add_node("retrieve", nodes.retrieve)
    graph.add_node("judge", nodes.judge)
    graph.add_node("compose", nodes.compose)
    graph.add_node("decline", nodes.decline)
    graph.add_edge(START, "condense")
    graph.add_edge("condense", "retrieve")
    graph.add_edge("retrieve", "judge")
    graph.add_conditional_edges("judge", nodes.after_judging, ["compose", "decline"])
    graph.add_edge("compose", END)
    graph.add_edge("decline", END)
    return graph.compile()
