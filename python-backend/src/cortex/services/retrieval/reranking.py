"""A language model's order of what a search found: which of it answers best."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.observability.logs import get_logger
from cortex.providers.chat_model import ChatIdentity, ChatMessage, ChatRequest
from cortex.providers.gateway.gateway import Gateway, Target
from cortex.services.fencing import RULE, Fence
from cortex.services.lenient_json import json_object
from cortex.services.token_estimates import beginning_within, tokens_at_most

log = get_logger(__name__)

SECONDS = 12.0
LOOKED_AT = 8
"""Results that the model puts in order; those behind them stay where they are."""
_TEXT_TOKENS = 160
_ANSWER_TOKENS = 60
_SCHEMA = {
    "type": "object",
    "properties": {"order": {"type": "array", "items": {"type": "integer"}, "maxItems": LOOKED_AT}},
    "required": ["order"],
    "additionalProperties": False,
}
_TOLD = (
    "You put passages in the order in which they answer a search, the best one first. " + RULE + "\n"
    'Answer with one JSON object that holds the passages\' numbers, such as {"order": [3, 1, 2]}, and nothing else.'
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A result as the model sees it."""

    title: str
    text: str
    local_only: bool
    """Never shown to a model elsewhere."""


class Reranker:
    """Asks the owner's model."""

    def __init__(self, gateway: Gateway, *, seconds: float = SECONDS):
        self._gateway = gateway
        self._seconds = seconds

    async def order(self, query: str, candidates: Sequence[Candidate]) -> list[int] | None:
        """Positions of the candidates, best first, all of them; None where there is no better order than theirs.

        Those that a model elsewhere must not see keep their places. Never raises for what is wrong with a model.
        """
        shown_to: dict[ChatIdentity, list[int]] = {}

        def build(target: Target) -> ChatRequest | None:
            shown = shown_to[target.identity] = [
                position
                for position, candidate in enumerate(candidates[:LOOKED_AT])
                if target.identity.is_local or not candidate.local_only
            ]
            if len(shown) < 2:
                return None
            fence = Fence()
            passages = [
                fence.around(beginning_within(candidates[at].text, _TEXT_TOKENS), n=number, title=candidates[at].title)
                for number, at in enumerate(shown, 1)
            ]
            asked = "\n".join([*passages, f"The search: {query}"])
            if tokens_at_most(_TOLD) + tokens_at_most(asked) + _ANSWER_TOKENS > target.capabilities.context_tokens:
                return None
            return ChatRequest(
                (ChatMessage("system", _TOLD), ChatMessage("user", asked)),
                schema=_SCHEMA if target.capabilities.schema else None,
                max_tokens=_ANSWER_TOKENS,
            )

        try:
            async with asyncio.timeout(self._seconds):
                said = await self._gateway.complete(build, purpose="rerank", patience="interactive")
        except (TimeoutError, AIProviderUnavailableError, AIProviderError) as error:
            log.info("search not put in order", reason=type(error).__name__)
            return None
        shown = shown_to[said.target.identity]
        return _placed(_read(said.text, len(shown)), shown, len(candidates))


def _read(said: str, count: int) -> list[int]:
    """The numbers that the model named, each once; those it left out stand behind."""
    found = (json_object(said) or {}).get("order")
    named = [number for number in found if type(number) is int] if isinstance(found, list) else []
    valid = [number for number in dict.fromkeys(named) if 1 <= number <= count]
    return [*valid, *(number for number in range(1, count + 1) if number not in valid)] if valid else []


def _placed(order: Sequence[int], shown: Sequence[int], count: int) -> list[int] | None:
    """All positions, those that were shown in their new order within the places that they had together."""
    positions = list(range(count))
    for place, number in zip(shown, order, strict=False):
        positions[place] = shown[number - 1]
    return positions if positions != list(range(count)) else None
