"""Other words for a search, from a language model: for when the given ones find little."""

from __future__ import annotations

import asyncio

from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.observability.logs import get_logger
from cortex.providers.chat_model import ChatMessage, ChatRequest
from cortex.providers.gateway.gateway import Gateway, Target
from cortex.services.lenient_json import json_object

log = get_logger(__name__)

SECONDS = 8.0
"""A searcher waits: after this the words that were given have to do."""
MOST = 3
_LONGEST = 200
_ANSWER_TOKENS = 160
_LONGEST_QUERY = 1000
"""Characters of a query that are shown to the model; longer ones have words enough of their own."""
_SCHEMA = {
    "type": "object",
    "properties": {"queries": {"type": "array", "items": {"type": "string"}, "maxItems": MOST}},
    "required": ["queries"],
    "additionalProperties": False,
}
_TOLD = (
    "Somebody searches their own library of saved articles and notes, and their words found little. Put the same "
    f"search in at most {MOST} other ways: synonyms, and the words that a text about it would use itself. Keep the "
    "meaning and the language, add no facts, name no sources. Do not answer the question. "
    'Answer with one JSON object such as {"queries": ["first way", "second way"]} and nothing else.'
)


class QueryExpander:
    """Asks the owner's model. What it is shown is the search itself, nothing of the library."""

    def __init__(self, gateway: Gateway, *, seconds: float = SECONDS):
        self._gateway = gateway
        self._seconds = seconds

    async def expand(self, query: str) -> tuple[str, ...]:
        """Up to three other ways to ask; none where no model is there, or not in time, or it said nothing of use.

        Never raises for what is wrong with a model.
        """
        query = " ".join(query.split())[:_LONGEST_QUERY]

        def build(target: Target) -> ChatRequest:
            return ChatRequest(
                (ChatMessage("system", _TOLD), ChatMessage("user", query)),
                schema=_SCHEMA if target.capabilities.schema else None,
                max_tokens=_ANSWER_TOKENS,
            )

        try:
            async with asyncio.timeout(self._seconds):
                said = await self._gateway.complete(build, purpose="expand", patience="interactive")
        except (TimeoutError, AIProviderUnavailableError, AIProviderError) as error:
            log.info("search not expanded", reason=type(error).__name__)
            return ()
        return _read(said.text, query)


def _read(said: str, query: str) -> tuple[str, ...]:
    found = (json_object(said) or {}).get("queries")
    ways = [" ".join(way.split()) for way in found if isinstance(way, str)] if isinstance(found, list) else []
    known = {query.casefold()}
    kept: list[str] = []
    for way in ways:
        if way and len(way) <= _LONGEST and way.casefold() not in known:
            known.add(way.casefold())
            kept.append(way)
    return tuple(kept[:MOST])
