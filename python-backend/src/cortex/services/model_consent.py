"""Where a question to a model would go, and whether the owner allowed that.

This machine needs no consent. An Ollama on another host, and a model that an Ollama only passes on to a cloud, are
asked only when their places stand in `remote_hosts`.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from cortex.domain.settings import AIPreferences
from cortex.providers.ollama_answers import InstalledModel
from cortex.providers.server_address import ServerAddress, parse_server_address

OLLAMA_CLOUD = "ollama.com"
"""Where models of Ollama's own cloud run."""
_USUAL_PORTS = {"http": 80, "https": 443}


def remote_places(address: ServerAddress, model: InstalledModel | None = None) -> tuple[str, ...]:
    """The places beyond this machine that a question to this model of this Ollama would reach."""
    server = () if address.is_local else (address.place,)
    return (*server, _behind(model)) if model is not None and model.is_cloud_proxy else server


def needs_consent(preferences: AIPreferences, places: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the places that the owner has not allowed."""
    allowed = frozenset(preferences.remote_hosts)
    return tuple(place for place in places if place not in allowed and _host(place) not in allowed)


def consent_sentence(place: str) -> str:
    """What to do so that a place may be asked."""
    return f"{place} is not this computer: it is asked only once you allow it in the AI settings (remote hosts)."


def as_place(text: str) -> str:
    """What the owner allows, in one spelling: `host` (any of its ports) or `host:port`. Raises ValueError."""
    given = text.strip().lower()
    address = parse_server_address(given)
    scheme, is_url, _ = given.partition("://")
    if is_url:
        return _host(address.place) if address.port == _USUAL_PORTS.get(scheme) else address.place
    has_port = ":" in given.rpartition("]")[2] if given.startswith("[") else given.count(":") == 1
    return address.place if has_port else _host(address.place)


def _behind(proxy: InstalledModel) -> str:
    """The host that a proxy passes on to, with its port where that is unusual."""
    remote = proxy.remote_host or OLLAMA_CLOUD
    parts = urlsplit(remote if "://" in remote else f"https://{remote}")
    host = parts.hostname or OLLAMA_CLOUD
    return host if parts.port in (None, 443) else f"{host}:{parts.port}"


def _host(place: str) -> str:
    return place.rpartition(":")[0] if not place.endswith("]") and ":" in place else place
