"""Opens the embedders that the owner's settings lead to, each once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from cortex.exceptions import AIProviderUnavailableError, ValidationError
from cortex.providers.base import Embedder
from cortex.providers.cloud_place import cloud_place
from cortex.security.secrets import SecretStore
from cortex.services.model_consent import consent_sentence, needs_consent, remote_places
from cortex.services.model_places import place_like_main
from cortex.services.ollama_servers import OllamaServers
from cortex.services.settings import SettingsService

if TYPE_CHECKING:
    from cortex.providers.ollama_transport import ConnectionRecorder

Wrap = Callable[[Embedder], Embedder]
"""Makes an embedder bear failures (`Gateway.resilient`)."""
_KEPT_OPEN = 8


class EmbedderOpeners:
    """One opener for each provider, as `Embedders.offer` takes them."""

    def __init__(
        self,
        settings: SettingsService,
        secrets: SecretStore,
        servers: OllamaServers,
        recorder: ConnectionRecorder,
        wrap: Wrap,
    ):
        self._settings = settings
        self._secrets = secrets
        self._servers = servers
        self._recorder = recorder
        self._wrap = wrap
        self._opened: dict[tuple[str, ...], Embedder] = {}

    async def allows(self, place: str) -> bool:
        """Whether the owner allowed this place beyond the machine."""
        return not needs_consent(await self._settings.ai(), (place,))

    async def ollama(self, model: str) -> Embedder:
        """A model of the owner's Ollama.

        Raises AIProviderUnavailableError when that is on another machine and not allowed.
        """
        from cortex.providers.ollama_embedder import OllamaEmbedder

        preferences = await self._settings.ai()
        server = self._servers.of(preferences)
        for place in needs_consent(preferences, remote_places(server.address)):
            raise AIProviderUnavailableError(consent_sentence(place))
        return await self._once(
            ("ollama", server.address.url, model, preferences.keep_alive),
            lambda: OllamaEmbedder(server, model, keep_alive=preferences.keep_alive),
        )

    async def cloud(self, model: str) -> Embedder:
        """A model of a service, or of a server that speaks as one. Raises ValidationError for what is no such model."""
        from cortex.providers.cloud_embedder import CloudEmbedder

        try:
            place = place_like_main(await self._settings.ai(), model)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        name = f"{place.protocol}/{place.model}"
        api_base = None if cloud_place(name, None) == place else place.address.url
        key = await self._secrets.get(place.key_name)
        value = key.get_secret_value() if key and place.may_be_sent_key else ""
        return await self._once(
            ("cloud", name, place.address.url, hashlib.sha256(value.encode()).hexdigest()),
            lambda: CloudEmbedder(name, api_key=value or None, api_base=api_base, recorder=self._recorder),
        )

    async def aclose(self) -> None:
        """Close what was opened."""
        for embedder in self._opened.values():
            await embedder.aclose()

    async def _once(self, key: tuple[str, ...], make: Callable[[], Embedder]) -> Embedder:
        if key not in self._opened:
            while len(self._opened) >= _KEPT_OPEN:
                await self._opened.pop(next(iter(self._opened))).aclose()
            self._opened[key] = self._wrap(make())
        return self._opened[key]
