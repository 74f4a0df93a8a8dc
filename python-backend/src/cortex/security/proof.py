"""Proof that a server knows a secret, so that clients give nothing to another program on the port.

The proof is base64url (without padding) of HMAC-SHA-256 over `cortex-proof-v1|<serving origin>|<key id>|<nonce>`.
For `key_id=owner` the HMAC key is HMAC-SHA-256(key = the owner's token in UTF-8, message = `cortex-owner-proof-v1`):
the token itself keys nothing that a stranger may ask for.
The origin is that of the socket the server was reached on, not of the `Host` it was sent: a relay on another port
gets a proof for the wrong origin.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from cortex.security.tokens import OwnerToken

OWNER_KEY_ID = "owner"
NONCE = re.compile(r"[A-Za-z0-9_-]{16,128}")


def owner_proof_secret(token: OwnerToken) -> bytes:
    """The key that proves knowledge of the owner's token."""
    return hmac.digest(token.reveal().encode(), b"cortex-owner-proof-v1", hashlib.sha256)


def make_proof(secret: bytes, *, origin: str, key_id: str, nonce: str) -> str:
    """The proof for one nonce. Raises ValueError when the nonce is not 16–128 characters of base64url."""
    if not NONCE.fullmatch(nonce):
        raise ValueError("a nonce is 16 to 128 characters of A–Z, a–z, 0–9, - and _")
    message = f"cortex-proof-v1|{origin}|{key_id}|{nonce}".encode()
    return base64.urlsafe_b64encode(hmac.digest(secret, message, hashlib.sha256)).rstrip(b"=").decode()


def proof_holds(proof: str, secret: bytes, *, origin: str, key_id: str, nonce: str) -> bool:
    """Whether `proof` was made with `secret` for this origin, key and nonce; in constant time."""
    expected = make_proof(secret, origin=origin, key_id=key_id, nonce=nonce)
    return hmac.compare_digest(expected.encode(), proof.rstrip("=").encode("utf-8", "replace"))
