"""Tokens, tickets, rate limits and proofs, without a server."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from cortex.exceptions import ConfigurationError, RateLimitedError
from cortex.security.callers import Caller
from cortex.security.proof import make_proof, owner_proof_secret, proof_holds
from cortex.security.rate_limit import RateLimit
from cortex.security.scopes import Access, Scope
from cortex.security.tickets import LIFETIME_S, Tickets
from cortex.security.tokens import OwnerToken, owner_token, read_token

OWNER = Caller("owner", Scope.owner)


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_token_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    made = owner_token(None, tmp_path / "data")
    again = owner_token(None, tmp_path / "data")
    assert again.matches(made.reveal())
    assert not again.matches(made.reveal() + "x")
    assert len(made.reveal()) > 40
    assert made.reveal() not in repr(made)
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["token"], "no draft is left behind"


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps files by access lists, not modes")
def test_a_token_file_others_could_read_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("made-by-hand\n")
    path.chmod(0o644)
    token = read_token(tmp_path)
    assert token is not None
    assert token.matches("made-by-hand")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_configured_token_wins_and_must_fit_in_a_header(tmp_path: Path) -> None:
    assert owner_token("configured", tmp_path).matches("configured")
    assert not (tmp_path / "token").exists()
    for unsendable in ("", "two words", "tökén", "line\nbreak"):
        with pytest.raises(ConfigurationError) as caught:
            owner_token(unsendable, tmp_path)
        assert not unsendable or unsendable not in str(caught.value)
    (tmp_path / "token").write_text("\n")
    with pytest.raises(ConfigurationError):
        owner_token(None, tmp_path)


def test_a_library_in_memory_has_a_token_of_its_own() -> None:
    assert not owner_token(None, None).matches(owner_token(None, None).reveal())


def test_tickets_are_good_once_for_a_minute_for_one_purpose() -> None:
    clock = Clock()
    tickets = Tickets(clock)
    ticket = tickets.issue("session", OWNER)
    assert tickets.redeem(ticket, "session") == OWNER
    assert tickets.redeem(ticket, "session") is None
    late = tickets.issue("session", OWNER)
    clock.now += LIFETIME_S
    assert tickets.redeem(late, "session") is None
    other = tickets.issue("stream", OWNER)
    assert tickets.redeem(other, "session") is None
    assert tickets.redeem(other, "stream") is None, "a ticket shown in the wrong place is spent"
    assert tickets.redeem("never issued", "session") is None


def test_tickets_do_not_pile_up() -> None:
    tickets = Tickets(Clock())
    first = tickets.issue("stream", OWNER)
    newest = [tickets.issue("stream", OWNER) for _ in range(1000)][-1]
    assert tickets.redeem(first, "stream") is None
    assert tickets.redeem(newest, "stream") == OWNER


def test_a_rate_limit_says_when_to_come_back() -> None:
    clock = Clock()
    limit = RateLimit(burst=3, per_second=0.5, clock=clock)
    for _ in range(3):
        limit.spend()
    with pytest.raises(RateLimitedError) as caught:
        limit.spend()
    assert caught.value.retry_after == pytest.approx(2.0)
    clock.now += 2
    limit.spend()


def test_a_proof_holds_for_its_origin_key_and_nonce_only() -> None:
    secret = owner_proof_secret(OwnerToken("token"))
    given = {"origin": "http://127.0.0.1:8742", "key_id": "owner", "nonce": "n" * 32}
    proof = make_proof(secret, **given)
    assert "=" not in proof
    assert proof_holds(proof, secret, **given)
    assert proof_holds(proof + "=", secret, **given), "padding is a matter of taste"
    for change in ({"origin": "http://127.0.0.1:8743"}, {"key_id": "key_x"}, {"nonce": "m" * 32}):
        assert not proof_holds(proof, secret, **(given | change))
    assert not proof_holds(proof, owner_proof_secret(OwnerToken("other")), **given)
    with pytest.raises(ValueError, match="nonce"):
        make_proof(secret, **(given | {"nonce": "a|b" * 8}))


def test_what_each_scope_covers() -> None:
    admitted = {scope: {held for held in Scope if Access(frozenset({scope})).admits(held)} for scope in Scope}
    assert admitted == {
        Scope.owner: {Scope.owner},
        Scope.write: {Scope.owner, Scope.write},
        Scope.read: {Scope.owner, Scope.write, Scope.read},
        Scope.companion: {Scope.owner, Scope.write, Scope.companion},
        Scope.capture: {Scope.owner, Scope.write, Scope.companion, Scope.capture},
    }
