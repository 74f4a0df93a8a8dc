"""Signing in, sessions, API keys, and the proof that this is the owner's Cortex."""

from __future__ import annotations

from typing import Annotated

import pydantic
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from cortex.api.access import CurrentCaller
from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.base import Schema
from cortex.api.short_lists import Part
from cortex.domain import clock
from cortex.domain.access import ApiKey, Scope, Session
from cortex.domain.ids import new_id
from cortex.exceptions import ForbiddenError, KeyNotFoundError, SessionNotFoundError, UnauthorizedError
from cortex.security.credentials import session_cookie_name
from cortex.security.gate import SESSION_IDLE_DAYS
from cortex.security.origins import ServedAt
from cortex.security.proof import OWNER_KEY_ID, make_proof
from cortex.security.scopes import requires
from cortex.security.tickets import LIFETIME_S, Purpose
from cortex.security.tokens import hash_secret, new_secret

router = APIRouter(prefix="/api/auth", tags=["auth"])


class TicketRequest(Schema):
    """What a ticket is wanted for."""

    purpose: Purpose = "session"


class TicketIssued(Schema):
    """A ticket, good once."""

    ticket: str
    purpose: Purpose
    expires_in: int
    """Seconds."""


class TicketExchange(Schema):
    """The ticket from `/?ticket=…`."""

    ticket: str = Field(min_length=1, max_length=200)


class SignedIn(Schema):
    """The half of a new session that the page keeps; the other half is the cookie."""

    id: str
    secret: str


class SessionShown(Schema):
    """A signed-in browser."""

    id: str
    client: str
    created_at: str
    last_used_at: str
    current: bool


class Sessions(Schema):
    """Signed-in browsers, the one used last first."""

    items: list[SessionShown]
    next_cursor: str | None
    total: int


class KeyRequest(Schema):
    """A key to be made."""

    name: str = Field(min_length=1, max_length=100)
    scope: Scope


class KeyShown(Schema):
    """A key without its secret."""

    id: str
    name: str
    scope: Scope
    created_at: str
    last_used_at: str | None


class KeyCreated(KeyShown):
    """A new key with its secret, which is shown this once."""

    key: str


class Keys(Schema):
    """Keys, oldest first."""

    items: list[KeyShown]
    next_cursor: str | None
    total: int


class Proof(Schema):
    """HMAC over origin, key id and nonce (`cortex.security.proof`)."""

    proof: str
    key_id: str
    origin: str


@router.post("/tickets", operation_id="create_ticket", responses=responses(403))
@requires(Scope.read)
async def create_ticket(app: App, caller: CurrentCaller, wanted: TicketRequest | None = None) -> TicketIssued:
    """A single-use ticket: `session` signs a browser in, `stream` opens one WebSocket or event stream."""
    purpose = wanted.purpose if wanted else "session"
    if purpose == "session" and caller.scope is not Scope.owner:
        raise ForbiddenError("Only the owner may sign a browser in.")
    return TicketIssued(ticket=app.gate.tickets.issue(purpose, caller), purpose=purpose, expires_in=int(LIFETIME_S))


@router.post(
    "/sessions",
    operation_id="create_session",
    responses=responses(401, 429),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": TicketExchange.model_json_schema()}},
        }
    },
)
async def create_session(app: App, request: Request, response: Response) -> SignedIn:
    """Exchange a ticket for a session: the secret in the answer, the other half as a cookie."""
    try:
        # Read here and not as a parameter: to a stranger, a malformed body is a missing ticket.
        exchange = TicketExchange.model_validate_json(await request.body())
    except pydantic.ValidationError:
        raise UnauthorizedError("Signing in takes a ticket. Run `cortex open` for one.") from None
    made = await app.gate.sign_in(exchange.ticket, request.headers.get("user-agent", "unknown"))
    response.set_cookie(
        session_cookie_name(_served_at(request).port),
        made.cookie,
        max_age=SESSION_IDLE_DAYS * 86_400,
        path="/api",
        httponly=True,
        samesite="strict",
    )
    return SignedIn(id=made.session.id, secret=made.secret)


@router.get("/sessions", operation_id="list_sessions", responses=responses(422))
@requires(Scope.owner)
async def list_sessions(app: App, caller: CurrentCaller, part: Part[Session]) -> Sessions:
    """Every signed-in browser, the one used last first."""
    page = part.of(await app.gate.sessions.list())
    return Sessions(
        items=[
            SessionShown(
                id=session.id,
                client=session.client,
                created_at=session.created_at,
                last_used_at=session.last_used_at,
                current=session.id == caller.id,
            )
            for session in page.items
        ],
        next_cursor=page.next_cursor,
        total=page.total,
    )


@router.delete("/sessions/{session_id}", operation_id="revoke_session", status_code=204, responses=responses(404))
@requires(Scope.owner)
async def revoke_session(app: App, session_id: str) -> None:
    """Sign a browser out, at once."""
    if not await app.gate.revoke_session(session_id):
        raise SessionNotFoundError(f"No session {session_id}.")


@router.post("/keys", operation_id="create_key")
@requires(Scope.owner)
async def create_key(app: App, wanted: KeyRequest) -> KeyCreated:
    """Make an API key. Its secret is in this answer and nowhere else: only its hash is stored."""
    key = ApiKey(id=new_id("key"), name=wanted.name, scope=wanted.scope, created_at=clock.now())
    secret = new_secret("cortex_key")
    await app.gate.keys.add(key, hash_secret(secret))
    return KeyCreated(key=secret, **_shown(key).model_dump())


@router.get("/keys", operation_id="list_keys", responses=responses(422))
@requires(Scope.owner)
async def list_keys(app: App, part: Part[ApiKey]) -> Keys:
    """Every API key, without secrets."""
    page = part.of(await app.gate.keys.list())
    return Keys(items=[_shown(key) for key in page.items], next_cursor=page.next_cursor, total=page.total)


@router.delete("/keys/{key_id}", operation_id="revoke_key", status_code=204, responses=responses(404))
@requires(Scope.owner)
async def revoke_key(app: App, key_id: str) -> None:
    """Revoke an API key, at once."""
    if not await app.gate.revoke_key(key_id):
        raise KeyNotFoundError(f"No API key {key_id}.")


@router.get("/proof", operation_id="prove", responses=responses(404, 429))
async def prove(
    app: App,
    request: Request,
    nonce: Annotated[str, Query(pattern="^[A-Za-z0-9_-]{16,128}$")],
    key_id: Annotated[str, Query(min_length=1, max_length=100)] = OWNER_KEY_ID,
) -> Proof:
    """Prove that this server knows a client's secret, before the client sends it anything. Needs no token."""
    app.gate.proofs.spend()
    if key_id != OWNER_KEY_ID:
        raise KeyNotFoundError(f"No key {key_id} that could prove anything.")
    origin = _served_at(request).origin
    return Proof(
        proof=make_proof(app.gate.proof_secret, origin=origin, key_id=key_id, nonce=nonce), key_id=key_id, origin=origin
    )


def _served_at(request: Request) -> ServedAt:
    address, port = request.scope["server"]
    return ServedAt(address, port)


def _shown(key: ApiKey) -> KeyShown:
    return KeyShown(id=key.id, name=key.name, scope=key.scope, created_at=key.created_at, last_used_at=key.last_used_at)
