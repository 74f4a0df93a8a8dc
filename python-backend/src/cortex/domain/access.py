"""Who may call: keys and sessions as they are stored (never their secrets), and what went out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a key may do; on a route, what a key must at least be allowed to do."""

    owner = "owner"
    """All."""
    write = "write"
    """All but keys, settings, backup, and deletion of everything."""
    read = "read"
    """Read, search, chat."""
    companion = "companion"
    """The extension with the owner's tick: capture, search, tags, collections, highlights, related items."""
    capture = "capture"
    """Create items, upload files, look up whether an address is saved; nothing else."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret, of which only the SHA-256 is stored."""

    id: str
    name: str
    scope: Scope
    created_at: str
    last_used_at: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `cookie_hash` and `secret_hash` are SHA-256 hex digests of its two halves."""

    id: str
    client: str
    """What the browser calls itself, shortened."""
    cookie_hash: str
    secret_hash: str
    created_at: str
    last_used_at: str


@dataclass(frozen=True, slots=True)
class OutboundConnection:
    """One connection that left the machine, or was about to: where to and what for, never the path or query."""

    at: str
    host: str
    port: int
    purpose: str
    outcome: str
    """`ok`, or the reason of the failure: blocked, dns, connect, tls, timeout, too_large, …"""
    address: str | None = None
    item_id: str | None = None
    bytes_sent: int = 0
    bytes_received: int = 0
    status: int | None = None
