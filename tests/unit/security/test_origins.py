"""Host and Origin by exact comparison."""

from __future__ import annotations

import pytest

from cortex.exceptions import ForbiddenError
from cortex.security.origins import OriginPolicy, ServedAt

SERVED = ServedAt("127.0.0.1", 8742)


def test_the_serving_origin_is_that_of_the_socket() -> None:
    assert SERVED.origin == "http://127.0.0.1:8742"
    assert ServedAt("::1", 80).origin == "http://[::1]:80"


def test_a_host_without_a_port_names_port_80() -> None:
    policy = OriginPolicy()
    policy.check_host(["localhost"], ServedAt("127.0.0.1", 80))
    with pytest.raises(ForbiddenError):
        policy.check_host(["localhost"], SERVED)


def test_development_origins_are_exact_or_any_port_of_localhost() -> None:
    exact = OriginPolicy(development=["http://localhost:5173"])
    assert exact.check_origin(["http://localhost:5173"], SERVED) == "http://localhost:5173"
    any_port = OriginPolicy(development=["http://localhost:*"])
    assert any_port.check_origin(["http://localhost:3000"], SERVED) == "http://localhost:3000"
    for policy, origin in (
        (exact, "http://localhost:5174"),
        (exact, "http://localhost:51730"),
        (any_port, "http://localhost:*"),
        (any_port, "http://localhost:3000.evil.com"),
        (any_port, "http://localhost:"),
        (any_port, "https://localhost:3000"),
        (any_port, "http://127.0.0.1:3000"),
        (OriginPolicy(), "http://localhost:3000"),
    ):
        with pytest.raises(ForbiddenError):
            policy.check_origin([origin], SERVED)


def test_only_a_confirmed_remote_server_answers_to_its_address_and_never_to_a_name() -> None:
    lan = ServedAt("192.168.1.5", 8742)
    OriginPolicy(remote=True).check_host(["192.168.1.5:8742"], lan)
    for policy, host in ((OriginPolicy(), "192.168.1.5:8742"), (OriginPolicy(remote=True), "nas.lan:8742")):
        with pytest.raises(ForbiddenError):
            policy.check_host([host], lan)


def test_no_origin_is_allowed_and_extensions_only_where_said() -> None:
    policy = OriginPolicy()
    extension = f"chrome-extension://{'p' * 32}"
    assert policy.check_origin([], SERVED) is None
    assert policy.check_origin([extension], SERVED, extensions=True) == extension
    for origin in (f"chrome-extension://{'q' * 32}", f"{extension}/", "moz-extension://evil", "chrome-extension://"):
        with pytest.raises(ForbiddenError):
            policy.check_origin([origin], SERVED, extensions=True)
