"""From what the Ollama client raises to Cortex's errors: by kind and status, never by wording, which varies."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING

from cortex.exceptions import (
    AIModelMissingError,
    AIProviderError,
    AIProviderTimeoutError,
    AIProviderUnavailableError,
)
from cortex.providers.server_address import ServerAddress

if TYPE_CHECKING:
    import httpx

_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_GATEWAY_AWAY = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT})
_NO_SUCH_ROUTE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
_BUSY_RETRY_SECONDS = 5.0


@contextlib.contextmanager
def translated(address: ServerAddress, model: str | None = None, *, generating: bool = False) -> Iterator[None]:
    """Let only AIProviderError and AIProviderUnavailableError out of a call to Ollama.

    `model` is the one the call is about; without it a 404 means that something else answers there. When it is
    `generating`, an error inside the stream is the end of the process that ran the model.
    """
    import httpx
    import ollama

    try:
        yield
    except ollama.ResponseError as error:
        if generating and error.status_code <= 0:
            raise AIProviderUnavailableError(
                f"The model {model} stopped in the middle of its answer. Ollama at {address.url} reported: "
                f"{_said(error)}"
            ) from error
        raise _by_status(error, address, model) from error
    except (ConnectionError, httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise away(address) from error
    except (TimeoutError, httpx.TimeoutException) as error:
        raise AIProviderTimeoutError(
            f"Ollama at {address.url} took too long to answer. It may be loading a model or be busy; try again later."
        ) from error
    except httpx.HTTPError as error:
        raise broken_off(address) from error
    except (ValueError, TypeError, AttributeError) as error:
        # not JSON, JSON of another kind, or cut in the middle: the client checks nothing before it uses an answer
        raise not_ollama(address) from error


@contextlib.contextmanager
def begun(address: ServerAddress) -> Iterator[None]:
    """For the rest of a stream that began as Ollama's do: what cannot be read now was cut off."""
    try:
        yield
    except (ValueError, TypeError, AttributeError) as error:
        raise broken_off(address) from error


def away(address: ServerAddress) -> AIProviderUnavailableError:
    """Nobody listens there."""
    return AIProviderUnavailableError(
        f"Ollama does not answer at {address.url}. Start it (`ollama serve`), or set its address in the settings."
    )


def broken_off(address: ServerAddress) -> AIProviderUnavailableError:
    """A connection ended, or a stream did, before the answer was complete."""
    return AIProviderUnavailableError(
        f"The connection to Ollama at {address.url} broke off before the answer was complete. "
        "It may have been stopped, or another program has that port."
    )


def not_ollama(address: ServerAddress) -> AIProviderUnavailableError:
    """Something answers, but not as Ollama does."""
    return AIProviderUnavailableError(
        f"What answers at {address.url} does not speak as Ollama does. Another program may have that port; "
        "set Ollama's address in the settings."
    )


def _by_status(error: Exception, address: ServerAddress, model: str | None) -> Exception:
    status = getattr(error, "status_code", -1)
    details = {"status": status if status > 0 else None}  # inside a stream there is none
    if status in _BUSY:
        return AIProviderUnavailableError(
            f"Ollama at {address.url} has too much to do; try again in a moment.",
            details=details,
            retry_after=_retry_seconds(error),
        )
    if status in _GATEWAY_AWAY:
        return AIProviderUnavailableError(f"Nothing answers behind {address.url} (status {status}).", details=details)
    if status in _NO_SUCH_ROUTE and (model is None or not _is_json(error)):
        return not_ollama(address)
    if status == HTTPStatus.NOT_FOUND:
        return AIModelMissingError(
            f"Ollama at {address.url} has no model {model}. Load it down (`ollama pull {model}`), or choose another.",
            details=details,
        )
    if 300 <= status < 400:
        return AIProviderError(
            f"{address.url} points elsewhere (status {status}), and Cortex does not follow: set the address itself.",
            details=details,
        )
    return AIProviderError(f"Ollama at {address.url} reported: {_said(error)}", details=details)


def _said(error: Exception) -> str:
    return str(getattr(error, "error", "") or "no reason given")[:500]


def _response(error: Exception) -> httpx.Response | None:
    """What came back, which the client keeps out of its own error."""
    return getattr(error.__context__, "response", None)


def _is_json(error: Exception) -> bool:
    """Whether a refusal has the form of Ollama's own; of routes that it does not have it speaks in plain text."""
    response = _response(error)
    return response is None or "json" in response.headers.get("content-type", "")


def _retry_seconds(error: Exception) -> float:
    """Ollama itself does not say when to come back; what stands before a remote one may."""
    response = _response(error)
    said = response.headers.get("retry-after", "") if response is not None else ""
    return float(said) if said.isdecimal() else _BUSY_RETRY_SECONDS
