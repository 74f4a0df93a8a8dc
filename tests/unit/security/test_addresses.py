"""Which addresses are somebody's inside."""

from __future__ import annotations

import ipaddress

import pytest

from cortex.security.addresses import as_address, is_inside_name, may_fetch


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "192.0.0.9"])
def test_the_open_internet(address: str) -> None:
    assert may_fetch(ipaddress.ip_address(address), private_networks=False)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",  # noqa: S104 - asked about, not bound
        "0.1.2.3",
        "169.254.169.254",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "192.88.99.1",
        "198.18.0.1",
        "203.0.113.5",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "2001:0:7f00:1::",
        "2002:7f00:1::",
        "2001:db8::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "fd00:ec2::254",
    ],
)
def test_closed_either_way(address: str) -> None:
    for private_networks in (False, True):
        assert not may_fetch(ipaddress.ip_address(address), private_networks=private_networks)


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "172.31.0.1", "192.168.0.1", "100.64.0.1", "fd12::1", "::ffff:10.0.0.1"]
)
def test_private_networks_open_by_the_owners_setting(address: str) -> None:
    assert not may_fetch(ipaddress.ip_address(address), private_networks=False)
    assert may_fetch(ipaddress.ip_address(address), private_networks=True)


def test_addresses_have_one_spelling() -> None:
    assert str(as_address("127.0.0.1.")) == "127.0.0.1"
    assert str(as_address("[::1]")) == "::1"
    assert as_address("example.org") is None
    assert as_address("3com.example") is None
    for odd in ("127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "1.2.3.4.5", "1::2::3", "example.1"):
        with pytest.raises(ValueError, match="reads the same way"):
            as_address(odd)


def test_names_that_mean_something_inside_only() -> None:
    for name in ("localhost", "metadata", "LOCALHOST.", "a.localhost", "nas.local", "x.internal", "r.home.arpa"):
        assert is_inside_name(name)
    for name in ("example.org", "localhost.example", "internal.example", "mylocal.example"):
        assert not is_inside_name(name)
