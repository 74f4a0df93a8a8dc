"""Why a page could not be fetched, in words for whoever saved it."""

from __future__ import annotations

from http import HTTPStatus

from cortex.exceptions import FetchError

_WORTH_WAITING = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def refused_by_site(status: int, retry_after: str) -> FetchError:
    """The site answered with something that is not a page."""
    waiting = status in _WORTH_WAITING
    phrase = f" ({_PHRASES[status]})" if status in _PHRASES else ""
    return FetchError(
        f"The site answered {status}{phrase}. The address is kept{' and tried again' if waiting else ''}.",
        reason=f"http_{status}",
        waiting=waiting,
        retry_after=float(retry_after) if retry_after.isascii() and retry_after.isdigit() else None,
    )


def too_many_redirects(most: int) -> FetchError:
    """The site sends in circles."""
    return FetchError(f"The site redirected more than {most} times. The address is kept.", reason="redirects")


def blocked(host: str) -> FetchError:
    """The address is somebody's inside."""
    return FetchError(
        f"{host[:100]} is on this machine or a private network, and pages are not fetched from there. "
        "The address is kept; its content can be pasted.",
        reason="blocked",
    )


def not_fetchable(url: str) -> FetchError:
    """The text is not an address of a page."""
    return FetchError(
        f"{url[:100]!r} is not an http or https address that can be fetched. It is kept as a note of where to look.",
        reason="invalid_url",
    )
