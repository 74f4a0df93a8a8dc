"""An answer as far as it has come: what its events and its steps make of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from cortex.domain.conversation import AnswerError, Citation, Message, Usage
from cortex.exceptions import CortexError
from cortex.observability.logs import get_logger
from cortex.services.answer_streams import AnswerStream
from cortex.services.answers import EXTRACTIVE, Answerer
from cortex.services.citation_markers import MARKER
from cortex.workflows.chat.state import citations_of, claims_of

log = get_logger(__name__)

_INTERRUPTED = AnswerError("interrupted", "Cortex stopped while answering. What was written is kept; ask again.")
_UNEXPECTED = AnswerError("internal_error", "Something went wrong while answering. Your question is kept; ask again.")


class Draft:
    """Takes what the graph tells while it runs."""

    def __init__(self, answer: Message, stream: AnswerStream, answerer: Answerer, *, question: str):
        self.answerer = answerer
        self.question = question
        self.is_waiting = False
        self.is_complete = False
        """Whether the last step is done."""
        self.standalone = ""
        self._answer = replace(
            answer, provider=answer.provider or answerer.provider, model=answer.model or answerer.model, error=None
        )
        self._stream = stream

    @property
    def is_quoted(self) -> bool:
        """Whether no model writes it."""
        return (self._answer.provider, self._answer.model) == (EXTRACTIVE.provider, EXTRACTIVE.model)

    def take(self, event: dict[str, Any]) -> None:
        """Pass an event on, and remember what it adds to the answer."""
        answer = self._answer
        match event:
            case {"type": "grounds", "item_ids": item_ids}:
                self._answer = replace(answer, grounds=tuple(dict.fromkeys((*answer.grounds, *item_ids))))
                return
            case {"type": "status", "stage": "answering", "provider": str(provider), "model": str(model)}:
                self._answer = replace(answer, provider=provider, model=model)
            case {"type": "sources", "citations": citations}:
                self._answer = replace(answer, citations=tuple[Citation, ...](citations))
            case {"type": "chunk", "content": str(text)}:
                self._answer = replace(answer, content=answer.content + text)
            case {"type": "thought", "content": str(text)}:
                self._answer = replace(answer, thoughts=(answer.thoughts or "") + text)
        self._stream.publish(**{("type_" if key == "type" else key): value for key, value in event.items()})

    def note(self, updates: dict[str, Any]) -> None:
        """Take what a finished step found out."""
        for step, update in updates.items():
            if step == "__interrupt__":
                self.is_waiting = True
                continue
            found: dict[str, Any] = update or {}
            self.is_complete = step in ("verify", "decline")
            self.standalone = found.get("standalone", self.standalone)
            if "found" in found:
                self._answer = replace(self._answer, found=found["found"])
            if "usage" in found:
                self._answer = replace(self._answer, usage=Usage(**found["usage"]))
            if step in ("verify", "decline"):
                self._answer = replace(
                    self._answer,
                    citations=citations_of(found.get("citations", ())),
                    claims=claims_of(found.get("claims", ())),
                )

    def ended(self, work: asyncio.Task[None], *, cancelled: bool) -> Message:
        """The answer as it is to be stored, after `work` has ended one way or the other."""
        if work.cancelled():
            if cancelled:
                return replace(self._partial(), status="cancelled")
            return replace(self._partial(), status="interrupted", error=_INTERRUPTED)
        error = work.exception()
        if error is None:
            return replace(self._answer, status="waiting" if self.is_waiting else "done")
        log.error("answer failed", message_id=self._answer.id, exc_info=error)
        reason = _UNEXPECTED
        if isinstance(error, CortexError):
            reason = AnswerError(error.code, error.message)
        return replace(self._partial(), status="failed", error=reason)

    def _partial(self) -> Message:
        """What was written, with the citations that it got to."""
        said = {int(number) for number in MARKER.findall(self._answer.content)}
        cited = tuple(citation for citation in self._answer.citations if citation.n in said)
        return replace(self._answer, found=None, citations=cited)
