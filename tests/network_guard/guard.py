"""Keeps a process on this machine: names are not looked up and addresses not connected to, but this machine's own.

What is tried fails as it does without a network, and is noted in a file, one line each: a test that swallowed the
error fails all the same. Needs nothing but the standard library, because it is loaded before everything else.
"""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path
from typing import Any

NOTES = "STAY_HERE_NOTES"
"""The environment's variable with the file's path."""
_UNROUTED = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - listening on all addresses leads nowhere
_NO_SUCH_NAME = ".invalid"
"""Reserved (RFC 2606): no such site, and nobody has to be asked to know it."""
_LOCAL_NAMES = frozenset({"localhost", "ip6-localhost"})


class LeavesTheMachineError(OSError):
    """A connection that leaves the machine was tried in a test."""


def install(notes: Path) -> None:
    """Guard this process from now on."""

    def refuse(where: object) -> LeavesTheMachineError:
        with notes.open("a", encoding="utf-8") as file:
            file.write(f"{where}\n")
        return LeavesTheMachineError(f"tests stay on this machine; tried to reach {where}")

    def checked(family: int, address: Any) -> None:
        if family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise refuse(address[:2])

    connect, connect_ex, sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto
    look_up = socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any, /) -> None:
        checked(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any, /) -> int:
        checked(self.family, address)
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, data: Any, *rest: Any) -> int:
        checked(self.family, rest[-1])
        return sendto(self, data, *rest)

    def guarded_look_up(host: Any, *rest: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and name.lower().rstrip(".").endswith(_NO_SUCH_NAME):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if name is not None and not _is_address(name) and name.lower().rstrip(".") not in _LOCAL_NAMES | _own_names():
            raise refuse(name)
        return look_up(host, *rest, **more)

    changes = {"connect": guarded_connect, "connect_ex": guarded_connect_ex, "sendto": guarded_sendto}
    for name, guarded in changes.items():
        setattr(socket.socket, name, guarded)
    setattr(socket, "getaddrinfo", guarded_look_up)  # noqa: B010 - as above; types aside


def _own_names() -> frozenset[str]:
    return frozenset({socket.gethostname().lower(), *_UNROUTED})


def _is_address(host: str) -> bool:
    """Also one written as only the system reads it, such as `0` or `127.1`: it is not looked up anywhere."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        try:
            socket.inet_aton(host)
        except (OSError, ValueError):
            return False
    return True


def _is_here(host: str) -> bool:
    if host in _LOCAL_NAMES | _UNROUTED:
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or (not address.is_multicast and _is_own(host, address.version))


def _is_own(host: str, version: int) -> bool:
    """Whether an address is one of this machine's: only those can be bound to."""
    with socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
    return True
