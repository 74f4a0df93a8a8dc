"""Connections to Ollamas, one for each address that the settings named since the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cortex.domain.settings import AIPreferences
from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.ollama import OllamaServer
from cortex.providers.server_address import ServerAddress, parse_server_address

if TYPE_CHECKING:
    from cortex.providers.ollama_transport import ConnectionRecorder


class OllamaServers:
    """Opens each once, so that connections are used again."""

    def __init__(self, recorder: ConnectionRecorder):
        self._recorder = recorder
        self._servers: dict[str, OllamaServer] = {}

    def of(self, preferences: AIPreferences) -> OllamaServer:
        """The one that the settings name. Raises AIProviderUnavailableError when they name no address."""
        return self.at(address_of(preferences))

    def at(self, address: ServerAddress) -> OllamaServer:
        """The one at this address. Connects at its first call."""
        if address.url not in self._servers:
            self._servers[address.url] = OllamaServer(address, self._recorder)
        return self._servers[address.url]

    async def aclose(self) -> None:
        """Close all connections."""
        for server in self._servers.values():
            await server.aclose()


def address_of(preferences: AIPreferences) -> ServerAddress:
    """Where the settings say that Ollama is. Raises AIProviderUnavailableError when that is no address."""
    try:
        return parse_server_address(preferences.ollama_host)
    except ValueError as error:
        raise AIProviderUnavailableError(str(error)) from error
