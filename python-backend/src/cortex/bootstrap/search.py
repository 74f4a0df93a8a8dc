"""Wires search."""

from __future__ import annotations

from cortex.bootstrap.intelligence import Intelligence
from cortex.db.database import Database
from cortex.services.retrieval.enhancement import Enhancement
from cortex.services.retrieval.expansion import QueryExpander
from cortex.services.retrieval.legs import Legs
from cortex.services.retrieval.passages import PassageRetriever
from cortex.services.retrieval.reranking import Reranker
from cortex.workflows.search import SearchWorkflow


def search(database: Database, legs: Legs, passages: PassageRetriever, intelligence: Intelligence) -> SearchWorkflow:
    """Search by words and meaning, with the owner's models for who asks for their help."""
    gateway = intelligence.gateway
    return SearchWorkflow(database, legs, Enhancement(database, passages, QueryExpander(gateway), Reranker(gateway)))
