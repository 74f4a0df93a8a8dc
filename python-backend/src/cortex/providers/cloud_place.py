"""Which service a cloud model is asked at, and under which name its key is kept."""

from __future__ import annotations

from dataclasses import dataclass

from cortex.providers.ollama_answers import is_cloud_proxy
from cortex.providers.server_address import ServerAddress, named, parse_server_address

HOSTED = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "gemini": "https://generativelanguage.googleapis.com/v1beta",
    "openrouter": "https://openrouter.ai/api/v1",
    "mistral": "https://api.mistral.ai/v1",
}
"""The services that can be asked, by the prefix that LiteLLM knows them by, and the address of each."""
COMPATIBLE = "compatible"
_OLLAMA_CLOUD = "ollama.com"
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class CloudPlace:
    """Where a model is asked, and in which service's way of speaking."""

    protocol: str
    """One of `HOSTED`: how requests are worded, also to a server of the owner's own."""
    model: str
    """As the service itself names it, without the prefix."""
    address: ServerAddress

    @property
    def provider(self) -> str:
        """The service; `compatible` for any other server that speaks like one."""
        own = parse_server_address(HOSTED[self.protocol])
        return self.protocol if self.address.host == own.host and self.address.scheme == "https" else COMPATIBLE

    @property
    def is_hosted(self) -> bool:
        """Whether it is the service itself, not a server of the owner's own."""
        return self.provider != COMPATIBLE

    @property
    def proxied_to(self) -> str | None:
        """The host behind a server here that only passes requests on: an Ollama with a model of its cloud."""
        return _OLLAMA_CLOUD if self.address.is_local and is_cloud_proxy(self.model, None) else None

    @property
    def is_local(self) -> bool:
        """Whether what is asked stays on this machine."""
        return self.address.is_local and self.proxied_to is None

    @property
    def host_and_port(self) -> str:
        """Where it goes, as the owner is shown it; a port that goes without saying is left out."""
        if self.proxied_to is not None:
            return self.proxied_to
        host = f"[{self.address.host}]" if ":" in self.address.host else self.address.host
        usual = self.address.port == _DEFAULT_PORTS[self.address.scheme]
        return host if usual else f"{host}:{self.address.port}"

    @property
    def key_name(self) -> str:
        """The name of its key in the store of secrets: of this place alone, so that no other ever gets it."""
        return f"cloud:{self.address.scheme}://{self.address.host}:{self.address.port}"

    @property
    def may_be_sent_key(self) -> bool:
        """Whether a key is safe on the way: over TLS, or without leaving the machine."""
        return self.address.scheme == "https" or self.address.is_local


def cloud_place(model: str, api_base: str | None) -> CloudPlace:
    """Read the owner's choice: `anthropic/claude-sonnet-4-5`, or a model and the address of a server that has it.

    With an address and without a known prefix the model is asked in OpenAI's way, as LM Studio, llama.cpp and vLLM
    understand it. Raises ValueError with a sentence for the owner.
    """
    prefix, separator, rest = model.strip().partition("/")
    protocol, name = (prefix.lower(), rest) if separator and prefix.lower() in HOSTED else ("openai", model.strip())
    if not name or any(character.isspace() for character in name):
        raise ValueError(f"{model!r} is not the name of a model.")
    if not (api_base or "").strip():
        if protocol != prefix.lower():
            known = ", ".join(f"{service}/…" for service in HOSTED)
            raise ValueError(
                f"{model!r} does not say whose model it is. Put the service in front ({known}), "
                "or give the address of the server that has it."
            )
        return CloudPlace(protocol, name, parse_server_address(HOSTED[protocol]))
    return CloudPlace(protocol, name, _own_server(str(api_base).strip(), protocol))


def _own_server(api_base: str, protocol: str) -> ServerAddress:
    if not api_base.lower().startswith(("http://", "https://")):
        raise ValueError(
            f"{named(api_base)} is not the address of a model server: that begins with http:// or https://, "
            "such as http://127.0.0.1:1234/v1."
        )
    address = parse_server_address(api_base)
    if protocol in ("openai", "mistral", "openrouter") and not address.path:
        # Servers that speak like OpenAI do so below /v1, and say 404 elsewhere: it is what everybody forgets.
        return ServerAddress(address.scheme, address.host, address.port, "/v1")
    return address
