"""Where a model server is, and whether that is this machine.

"Local" means a loopback address and nothing else: a server on another host, also one in the same house, is remote.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

OLLAMA_PORT = 11434
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """An address in its parts; `url` is what is connected to, so that it cannot be read in two ways."""

    scheme: str
    host: str
    """A name or an address, IPv6 without brackets."""
    port: int
    path: str = ""

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.place}{self.path}"

    @property
    def place(self) -> str:
        """Host and port, as the owner's consent names them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_local(self) -> bool:
        """Whether connections to it stay on this machine."""
        return is_loopback(self.host)


def parse_server_address(text: str) -> ServerAddress:
    """Read an address as Ollama writes it: `host`, `host:port` (11434 by default) or a URL (80 and 443).

    Raises ValueError with a sentence for the owner, which repeats nothing that may hold a password or a key.
    """
    given = text.strip()
    scheme, separator, rest = given.partition("://")
    if not separator:
        scheme, rest = "http", given
    scheme = scheme.lower()
    default = _DEFAULT_PORTS.get(scheme) if separator else OLLAMA_PORT
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if default is None or not host or not _is_host(host) or port == 0:
        raise ValueError(f"{named(text)} is not the address of a model server, such as http://127.0.0.1:{OLLAMA_PORT}.")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("The address of a model server is a host and a port, without a user name or query.")
    path = parts.path.strip("/")
    return ServerAddress(scheme, host, port or default, f"/{path}" if path else "")


def named(text: str) -> str:
    """What was given as an address, for a sentence; not repeated where a user name, password or key may stand in it."""
    return "This" if any(character in text for character in "@?#") else repr(text)


def is_loopback(host: str) -> bool:
    """Whether a host can only mean this machine: a loopback address, or the name `localhost`.

    Everything else is not: `0.0.0.0`, names that merely begin or end like it, spellings of addresses that only
    some programs read (`127.1`), and names that happen to resolve to loopback.
    """
    bare = host.strip("[]").lower()
    if bare.removesuffix(".") == "localhost":
        return True
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback


def _is_host(host: str) -> bool:
    return not any(character.isspace() or character in "\\<>^`{|}\"'%" for character in host.partition("%")[0])
