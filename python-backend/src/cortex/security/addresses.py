"""Which addresses on the network Cortex may fetch from.

IPv4: globally reachable unicast. IPv6: 2000::/3 without the tunnels that carry another address inside, and NAT64,
judged by the IPv4 address inside. Everything else is somebody's inside: loopback, private, shared, link-local
(where clouds keep their metadata), multicast, reserved.
"""

from __future__ import annotations

import ipaddress

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_TUNNELS = tuple(map(ipaddress.ip_network, ("2001::/32", "2002::/16", "192.88.99.0/24")))  # Teredo, 6to4, its relays
_PRIVATE = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
)
# Metadata services of clouds that stand on public or private addresses: never of use to a reader.
_METADATA = frozenset(
    map(ipaddress.ip_address, ("168.63.129.16", "100.100.100.200", "192.0.0.192", "169.254.169.254", "fd00:ec2::254"))
)
_INSIDE_NAMES = ("localhost", "local", "internal", "intranet", "home.arpa", "lan", "corp", "home", "private")


def as_address(host: str) -> IPAddress | None:
    """The address that `host` spells, or None for a name.

    Raises ValueError for the spellings of IPv4 that only some programs read (`127.1`, `0x7f000001`, `0177.0.0.1`,
    `2130706433`): a name's last label is never a number.
    """
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        return ipaddress.ip_address(bare.removesuffix(".") if ":" not in bare else bare)
    except ValueError:
        last = host.removesuffix(".").rpartition(".")[2].lower()
        if ":" in host or last.isdigit() or last.startswith("0x"):
            raise ValueError(f"{host} is not an address that everybody reads the same way") from None
        return None


def is_inside_name(host: str) -> bool:
    """Whether a name can only mean something on this machine or network: one label, or a domain kept for inside."""
    name = host.removesuffix(".").lower()
    return "." not in name or any(name == suffix or name.endswith(f".{suffix}") for suffix in _INSIDE_NAMES)


def may_fetch(address: IPAddress, *, private_networks: bool) -> bool:
    """Whether pages may be fetched from `address`; `private_networks` also opens the owner's own networks.

    Loopback, link-local, multicast and cloud metadata stay closed either way.
    """
    inner = _inner(address)
    if inner in _METADATA or any(inner in network for network in _TUNNELS if network.version == inner.version):
        return False
    if private_networks and any(inner in network for network in _PRIVATE if network.version == inner.version):
        return True
    if inner.is_multicast or not inner.is_global:
        return False
    return inner.version == 4 or inner in _GLOBAL_UNICAST


def _inner(address: IPAddress) -> IPAddress:
    """The address that packets to `address` really reach, where IPv4 is wrapped in IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
