"""The way to one place: its key, its connections, and LiteLLM's calls over them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import SecretStr

from cortex.exceptions import AIProviderError
from cortex.providers.cloud_exchange import SILENCE_SECONDS, Exchange
from cortex.providers.cloud_place import CloudPlace
from cortex.providers.ollama_transport import RecordedTransport

if TYPE_CHECKING:
    from cortex.providers.ollama_transport import ConnectionRecorder

PURPOSE = "cloud model"
_NO_KEY = "none"
"""LiteLLM wants some key, and would look for one in the environment; servers of one's own mostly want none."""


class CloudConnection:
    """Connections to one place, kept for the next call. Those that leave the machine are noted with `recorder`."""

    def __init__(self, place: CloudPlace, key: SecretStr | str | None, recorder: ConnectionRecorder):
        self.place = place
        self._key = SecretStr(key) if isinstance(key, str) else key
        self._recorder = recorder
        self._transport: httpx.AsyncBaseTransport | None = None

    @property
    def has_key(self) -> bool:
        """Whether there is a key for this place."""
        return bool(self.secret)

    @property
    def secret(self) -> str:
        """The key itself, empty where there is none: only for taking it out of messages."""
        return self._key.get_secret_value() if self._key else ""

    def check(self) -> None:
        """Raises AIProviderError when nothing can be asked: no key where one is needed, or none that may be sent."""
        if self.has_key and not self.place.may_be_sent_key:
            raise AIProviderError(
                f"The key for {self.place.host_and_port} would go over the network unencrypted; nothing was sent. "
                "Give the server's https:// address in the settings, or remove the key if it needs none."
            )
        if not self.has_key and self.place.is_hosted:
            raise AIProviderError(f"There is no key for {self.place.host_and_port}. Set it in the settings.")

    def exchange(self) -> Exchange:
        """For one call. Raises AIProviderError as `check` does."""
        self.check()
        return Exchange(self.place, self._opened())

    def arguments(self) -> dict[str, Any]:
        """What every call through LiteLLM is told."""
        return {
            "model": f"{self.place.protocol}/{self.place.model}",
            "api_key": self.secret or _NO_KEY,
            "api_base": self.place.address.url,
            "timeout": SILENCE_SECONDS,
            "max_retries": 0,
            "num_retries": 0,
        }

    @contextlib.asynccontextmanager
    async def questions(self, seconds: float) -> AsyncIterator[httpx.AsyncClient]:
        """A client for short questions about the server itself. Raises AIProviderError as `check` does."""
        self.check()
        headers: Mapping[str, str] = {"Authorization": f"Bearer {self.secret}"} if self.has_key else {}
        # Not closed: it would close the connections, which are kept.
        yield httpx.AsyncClient(
            transport=self._opened(), headers=headers, trust_env=False, follow_redirects=False, timeout=seconds
        )

    async def aclose(self) -> None:
        """Close the connections. A later call opens new ones."""
        if self._transport is not None:
            await self._transport.aclose()
            self._transport = None

    def _opened(self) -> httpx.AsyncBaseTransport:
        if self._transport is None:
            self._transport = RecordedTransport(
                network(), self._recorder, is_local=self.place.address.is_local, purpose=PURPOSE
            )
        return self._transport


def network() -> httpx.AsyncBaseTransport:
    """Connections to wherever; no proxy from the environment, which would see what is asked."""
    return httpx.AsyncHTTPTransport(trust_env=False)
