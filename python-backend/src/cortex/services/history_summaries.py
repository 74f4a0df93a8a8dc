"""Long conversations in short: what was said first, summed up by a model so that prompts fit its window."""

from __future__ import annotations

from collections.abc import Sequence

from cortex.db.repositories.conversations import ConversationRepository
from cortex.domain.conversation import HistorySummary
from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.observability.logs import get_logger
from cortex.providers.chat_model import ChatMessage, ChatRequest
from cortex.providers.gateway.gateway import Gateway, Target
from cortex.services.answer_prompts import HISTORY_TOKENS
from cortex.services.chat_history import EarlierSummary, EarlierTurn, HistoryReader
from cortex.services.fencing import RULE, Fence
from cortex.services.token_estimates import beginning_within, tokens_at_most

log = get_logger(__name__)

KEPT_TURNS = 2
"""The last turns are told word for word."""
_TOKENS = 320
_TURN_TOKENS = 300
_MOST_TOKENS = 3000
_TASK = f"""You keep the minutes of a conversation between the owner and their library.
{RULE}
Sum up in at most 150 words what was asked and what was found: names, numbers and decisions that later questions may \
refer to. Keep the language of the conversation. Write the summary and nothing else."""


class HistorySummaries:
    """Sums up what no longer fits."""

    def __init__(self, gateway: Gateway, repository: ConversationRepository, history: HistoryReader):
        self._gateway = gateway
        self._repository = repository
        self._history = history

    async def renew(self, conversation_id: str, position: int) -> bool:
        """Sum up the turns up to `position` that a prompt has no room for; whether anything was stored.

        A model that is not on this machine is not asked when anything in them must not leave it.
        """
        history = await self._history.before(conversation_id, position + 1)
        cost = sum(tokens_at_most(turn.question) + tokens_at_most(turn.answer) for turn in history.turns)
        covered = _that_fit(history.turns[:-KEPT_TURNS])
        if cost <= HISTORY_TOKENS or not covered:
            return False
        stays = any(turn.local_only for turn in covered) or (history.summary is not None and history.summary.local_only)

        def build(target: Target) -> ChatRequest | None:
            if stays and not target.identity.is_local:
                return None
            told = _told(covered, history.summary)
            if tokens_at_most(told) + tokens_at_most(_TASK) + _TOKENS > target.capabilities.context_tokens:
                return None
            return ChatRequest((ChatMessage("system", _TASK), ChatMessage("user", told)), max_tokens=_TOKENS)

        try:
            said = await self._gateway.complete(build, purpose="history")
        except (AIProviderUnavailableError, AIProviderError) as error:
            log.info("history not summed up", reason=type(error).__name__)
            return False
        text = said.text.strip()
        if not text:
            return False
        grounds = [item for turn in covered for item in turn.grounds]
        grounds += history.summary.grounds if history.summary else ()
        last = covered[-1]
        summary = HistorySummary(text, last.position, tuple(dict.fromkeys(grounds)))
        return await self._repository.save_summary(conversation_id, summary, last=last.last_message_id)


def _that_fit(turns: Sequence[EarlierTurn]) -> list[EarlierTurn]:
    """The first turns, as many as one request may hold."""
    fitting: list[EarlierTurn] = []
    left = _MOST_TOKENS
    for turn in turns:
        left -= min(tokens_at_most(turn.question), _TURN_TOKENS) + min(tokens_at_most(turn.answer), _TURN_TOKENS) + 40
        if left < 0:
            break
        fitting.append(turn)
    return fitting


def _told(turns: Sequence[EarlierTurn], summary: EarlierSummary | None) -> str:
    fence = Fence()
    parts = [f"The minutes so far:\n{fence.around(summary.text)}"] if summary is not None else []
    parts += [
        f"The owner asked: {beginning_within(' '.join(turn.question.split()), _TURN_TOKENS)}\nThe answer was:\n"
        + fence.around(beginning_within(turn.answer, _TURN_TOKENS))
        for turn in turns
    ]
    return "\n\n".join(parts)
