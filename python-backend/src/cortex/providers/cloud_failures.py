"""From what went wrong on the wire to Cortex's errors: by status and kind, never by LiteLLM's wording.

A key never gets into a message: what a service says is shown without it, and not at all where it is about the key.
"""

from __future__ import annotations

import contextlib
import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from cortex.exceptions import (
    AIModelMissingError,
    AIProviderError,
    AIProviderTimeoutError,
    AIProviderUnavailableError,
)
from cortex.providers.cloud_exchange import Exchange
from cortex.providers.cloud_place import COMPATIBLE, CloudPlace

_TOO_LATE = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT})
_OVERLOADED = 529
"""What Anthropic says when it has too much to do."""
_LONGEST_RETRY_SECONDS = 3600.0
_SAID_CHARACTERS = 500
_RETRY_DELAY = re.compile(rb'"retryDelay":\s*"(\d+(?:\.\d+)?)s"')

Failure = AIProviderError | AIProviderUnavailableError


def failure(
    error: BaseException, exchange: Exchange, place: CloudPlace, *, secret: str, began: bool = False
) -> Failure:
    """The error to raise instead of `error`. `began`: a part of the answer was there already."""
    if isinstance(error, AIProviderError | AIProviderUnavailableError):
        return error
    if exchange.status is not None and not 200 <= exchange.status < 300:
        return by_status(exchange, place, secret=secret)
    wire = exchange.failure
    if isinstance(wire, httpx.ConnectError | httpx.ConnectTimeout):
        return AIProviderUnavailableError(f"{_where(place)} cannot be reached. {_start_or_look(place)}")
    if isinstance(wire, httpx.TimeoutException) or (wire is None and isinstance(error, TimeoutError)):
        return AIProviderTimeoutError(f"{_where(place)} took too long to answer. It may be busy; try again later.")
    if wire is None and exchange.status is None:
        # Refused before anything was sent: by LiteLLM, which knows what a service takes, or by the exchange.
        return AIProviderError(f"{_where(place)} was not asked: {_reason(error, secret)}")
    if wire is None and not began and not _speaks(exchange):
        return AIProviderUnavailableError(
            f"What answers at {place.host_and_port} does not speak as {_speaker(place)} does. "
            "Look at the address in the settings."
        )
    return AIProviderUnavailableError(
        f"The answer of {place.model} at {place.host_and_port} broke off before it was complete."
    )


def by_status(exchange: Exchange, place: CloudPlace, *, secret: str) -> Failure:
    """What an answer with an error means."""
    status = exchange.status or 0
    where, details = _where(place), {"status": status}
    kind, words = _explained(exchange.error_body)
    words = said(words, secret) or "no reason given"
    if status == HTTPStatus.UNAUTHORIZED or kind == "API_KEY_INVALID":
        return AIProviderError(f"{where} does not accept the key. Check the key in the settings.", details=details)
    if status == HTTPStatus.PAYMENT_REQUIRED or kind in ("insufficient_quota", "billing_not_active"):
        return AIProviderError(f"{where} wants to be paid first: {words}", details=details)
    if status == HTTPStatus.TOO_MANY_REQUESTS or status in (HTTPStatus.SERVICE_UNAVAILABLE, _OVERLOADED):
        return AIProviderUnavailableError(
            f"{where} has too much to do, or was asked too often; try again in a moment.",
            details={"status": HTTPStatus.SERVICE_UNAVAILABLE if status == _OVERLOADED else status},
            retry_after=_retry_after(exchange),
        )
    if status in _TOO_LATE:
        return AIProviderTimeoutError(
            f"{where} took too long to answer. It may be busy; try again later.", details=details
        )
    if status >= 500:
        return AIProviderUnavailableError(f"{where} failed (status {status}): {words}", details=details)
    if status == HTTPStatus.NOT_FOUND:
        return AIModelMissingError(
            f"{where} has no model {place.model} for this key. Choose another"
            + (", or look at the address, which mostly ends in /v1." if place.provider == COMPATIBLE else "."),
            details=details,
        )
    if 300 <= status < 400:
        return AIProviderError(
            f"{where} points elsewhere (status {status}), and Cortex does not follow: set the address itself.",
            details=details,
        )
    if status == HTTPStatus.FORBIDDEN:
        return AIProviderError(f"{where} does not allow this with the key in the settings: {words}", details=details)
    return AIProviderError(f"{where} reported: {words}", details=details)


def _retry_after(exchange: Exchange) -> float | None:
    """Seconds to wait, as a service asks for: in a header, as seconds or a date, or (Google) among the details."""
    text = exchange.headers.get("retry-after", "").strip()
    if not text and (found := _RETRY_DELAY.search(exchange.error_body)):
        text = found[1].decode()
    seconds: float | None = None
    with contextlib.suppress(ValueError):
        seconds = float(text)
    if seconds is None:
        with contextlib.suppress(ValueError, TypeError):
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_RETRY_SECONDS) if seconds is not None else None


def said(words: str, secret: str) -> str:
    """Words of a service, short and without the key."""
    bare = " ".join(words.split())
    return (bare.replace(secret, "…") if secret else bare)[:_SAID_CHARACTERS]


def _reason(error: BaseException, secret: str) -> str:
    """Why LiteLLM would not ask; it adds its traceback, and a plea to report a bug."""
    first = str(error).partition("Traceback (most recent")[0].strip().partition("\n")[0]
    return said(re.sub(r"^(?:litellm\.)?\w+(?:Error|Exception): ", "", first), secret) or type(error).__name__


def _explained(body: bytes) -> tuple[str, str]:
    """The kind of an error and its words, from any of the services' ways of saying them."""
    try:
        content: Any = json.loads(body)
    except ValueError:
        return "", ""
    if isinstance(content, list) and content:  # Gemini, when it was to stream
        content = content[0]
    error = content.get("error", content) if isinstance(content, dict) else content
    if not isinstance(error, dict):
        return "", str(error)
    kind = str(error.get("code") or error.get("type") or "")
    for detail in error.get("details") or ():
        if isinstance(detail, dict) and "reason" in detail:
            kind = str(detail["reason"])
    return kind, str(error.get("message") or error.get("detail") or "")


def _speaks(exchange: Exchange) -> bool:
    kind = exchange.headers.get("content-type", "")
    return "event-stream" in kind or "json" in kind


def _where(place: CloudPlace) -> str:
    return f"The model server at {place.host_and_port}" if place.provider == COMPATIBLE else place.host_and_port


def _speaker(place: CloudPlace) -> str:
    return "an OpenAI-compatible server" if place.protocol == "openai" else place.protocol


def _start_or_look(place: CloudPlace) -> str:
    if place.provider == COMPATIBLE:
        return "Start it, or set its address in the settings."
    return "Look whether this computer is online."
