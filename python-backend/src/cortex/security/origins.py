"""Which names the server answers to, and which web origins may call it. Exact comparison only: no prefix, no regex
over hosts (Jupyter CVE-2026-40110, Tauri CVE-2026-42184), and never "the Origin equals the Host"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cortex.exceptions import ForbiddenError

_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
_SHELL_ORIGINS = frozenset({"tauri://localhost", "http://tauri.localhost"})
_ANY_LOCAL_PORT = "http://localhost:*"
_LOCAL_WITH_PORT = re.compile(r"http://localhost:[1-9][0-9]{0,4}")
_EXTENSION = re.compile(
    r"chrome-extension://[a-p]{32}"
    r"|(?:moz|safari-web)-extension://[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
)


@dataclass(frozen=True, slots=True)
class ServedAt:
    """The socket that a request came in on."""

    address: str
    port: int

    @property
    def origin(self) -> str:
        """The one origin that proofs and links name, such as `http://127.0.0.1:8742`."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"http://{host}:{self.port}"


class OriginPolicy:
    """Judges `Host` and `Origin`. `development` holds exact origins, or `http://localhost:*`.

    `remote` is set when the owner confirmed that other machines may connect: then the address that a connection
    arrived at is a name of the server too, a host name never is (that would be DNS rebinding).
    """

    def __init__(self, *, development: Sequence[str] = (), remote: bool = False):
        self._development = frozenset(development) - {_ANY_LOCAL_PORT}
        self._any_local_port = _ANY_LOCAL_PORT in development
        self._remote = remote

    def check_host(self, values: Sequence[str], served: ServedAt) -> None:
        """Raises ForbiddenError unless `values` is exactly one Host that names this server and its port."""
        if len(values) != 1 or values[0].strip().lower() not in self._authorities(served):
            raise ForbiddenError(
                f"Cortex answers to 127.0.0.1:{served.port}, localhost:{served.port} and [::1]:{served.port} only. "
                "Nothing was done."
            )

    def check_origin(self, values: Sequence[str], served: ServedAt, *, extensions: bool = False) -> str | None:
        """The Origin, if one was sent and may call; None where none was sent.

        `extensions` admits any browser extension (the proof route, where nothing is given away).
        Raises ForbiddenError for every other origin, `null` and several Origin lines included.
        """
        if not values:
            return None
        origin = values[0]
        if len(values) == 1 and (self._is_own(origin, served) or (extensions and _EXTENSION.fullmatch(origin))):
            return origin
        raise ForbiddenError("Pages from this origin may not call Cortex. Nothing was done.")

    def _authorities(self, served: ServedAt) -> frozenset[str]:
        names = [*_LOOPBACK_NAMES]
        if self._remote:
            names.append(f"[{served.address}]" if ":" in served.address else served.address)
        authorities = {f"{name}:{served.port}" for name in names}
        return frozenset(authorities | set(names) if served.port == 80 else authorities)

    def _is_own(self, origin: str, served: ServedAt) -> bool:
        if origin in _SHELL_ORIGINS or origin in self._development:
            return True
        if self._any_local_port and _LOCAL_WITH_PORT.fullmatch(origin):
            return True
        scheme, _, authority = origin.partition("://")
        return scheme == "http" and authority in self._authorities(served)
