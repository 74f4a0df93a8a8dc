"""What the search graph carries from node to node. Nothing of it is stored."""

from __future__ import annotations

from typing import TypedDict

from cortex.domain.search import SearchRequest
from cortex.services.retrieval.legs import KeywordLeg, SemanticLeg
from cortex.services.retrieval.plan import SearchPlan
from cortex.services.retrieval.results import Found


class SearchState(TypedDict, total=False):
    """`request` goes in, `found` comes out."""

    request: SearchRequest
    plan: SearchPlan
    keyword: KeywordLeg
    semantic: SemanticLeg
    found: Found
    asked_model: bool
    """Whether a language model was asked for other words."""
    may_order: bool
    """Whether there is time for a model to put the results in order."""
