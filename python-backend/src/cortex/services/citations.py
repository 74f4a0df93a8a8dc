"""Citations: made from exact spans of stored texts, and checked against them word for word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cortex.db.repositories.texts import Span, TextRepository
from cortex.domain.conversation import Citation
from cortex.observability.logs import get_logger

log = get_logger(__name__)


async def verify(citations: Sequence[Citation], texts: TextRepository) -> tuple[Citation, ...]:
    """The citations, each with `verified` telling whether its quote stands at its offsets, word for word.

    One that fails is marked, never taken away: it may have been shown already.
    """
    if not citations:
        return ()
    spans = [Span(c.item_id, c.content_version, c.start, c.end) for c in citations]
    found = await texts.read_spans(spans)
    checked = tuple(
        replace(citation, verified=bool(citation.quote) and citation.quote == text)
        for citation, text in zip(citations, found, strict=True)
    )
    failed = sum(not citation.verified for citation in checked)
    if failed:
        log.warning("citations failed verification", failed=failed, total=len(checked))
    return checked
