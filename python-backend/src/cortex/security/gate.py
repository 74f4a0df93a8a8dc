"""Who is calling: the owner's token, an API key, a session or a ticket."""

from __future__ import annotations

import time
from dataclasses import dataclass

from cortex.db.repositories.api_keys import ApiKeyRepository
from cortex.db.repositories.sessions import SessionRepository
from cortex.domain import clock
from cortex.domain.access import Scope, Session
from cortex.domain.ids import new_id
from cortex.exceptions import StorageError, StorageFullError, UnauthorizedError
from cortex.observability.logs import get_logger
from cortex.security.callers import Caller
from cortex.security.open_streams import OpenStreams
from cortex.security.proof import owner_proof_secret
from cortex.security.rate_limit import RateLimit
from cortex.security.tickets import Tickets
from cortex.security.tokens import OwnerToken, hash_secret, new_secret, same_hash

SESSION_IDLE_DAYS = 90
_TOUCH_EVERY_S = 60.0
_DAY_S = 86_400.0

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request carried. `cookie_suffices` is set for the few addresses that the cookie alone opens."""

    bearer: str | None = None
    session_secret: str | None = None
    session_cookie: str | None = None
    stream_ticket: str | None = None
    cookie_suffices: bool = False


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just made, with the two halves that are told once."""

    session: Session
    secret: str
    cookie: str


class Gate:
    """Tells callers apart. A right secret is never held up by wrong ones; wrong ones are counted."""

    def __init__(
        self,
        *,
        owner: OwnerToken,
        keys: ApiKeyRepository,
        sessions: SessionRepository,
        tickets: Tickets | None = None,
        wrong_secrets: RateLimit | None = None,
        wrong_tickets: RateLimit | None = None,
    ):
        self.owner = owner
        self.keys = keys
        self.sessions = sessions
        self.tickets = tickets or Tickets()
        # Secrets have 256 random bits: this bounds the noise of guessing, not its (nil) chance.
        self._wrong_secrets = wrong_secrets or RateLimit(burst=1000, per_second=5)
        self._wrong_tickets = wrong_tickets or RateLimit(burst=50, per_second=1)
        self.proofs = RateLimit(burst=120, per_second=5)
        """Proofs are made for anybody, so they are limited as a whole."""
        self.proof_secret = owner_proof_secret(owner)
        self.open_streams = OpenStreams()
        self._touched: dict[str, float] = {}

    async def identify(self, credentials: Credentials) -> Caller:
        """Whoever is calling. Raises UnauthorizedError, or RateLimitedError after very many wrong secrets."""
        if credentials.bearer is not None:
            caller = await self._bearer(credentials.bearer)
        elif credentials.session_secret is not None:
            caller = await self._session(credentials.session_secret, credentials.session_cookie)
        elif credentials.stream_ticket is not None:
            caller = self.tickets.redeem(credentials.stream_ticket, "stream")
            if caller is None:
                self._wrong_tickets.spend()
                raise UnauthorizedError("This ticket was used already, is older than a minute or never was one.")
        elif credentials.session_cookie is not None and credentials.cookie_suffices:
            caller = await self._cookie(credentials.session_cookie)
        else:
            raise UnauthorizedError
        if caller is None:
            self._wrong_secrets.spend()
            raise UnauthorizedError(
                "This token, key or session is not (or no longer) known. Run `cortex open` to sign a browser in."
            )
        return caller

    async def sign_in(self, ticket: str, client: str) -> NewSession:
        """Exchange a session ticket. Raises UnauthorizedError when it is not good, RateLimitedError after many."""
        if self.tickets.redeem(ticket, "session") is None:
            self._wrong_tickets.spend()
            raise UnauthorizedError(
                "This sign-in ticket was used already, is older than a minute or never was one. "
                "Run `cortex open` for a new one."
            )
        secret, cookie, moment = new_secret("session"), new_secret("cookie"), clock.now()
        session = Session(
            id=new_id("sess"),
            client=client[:200],
            cookie_hash=hash_secret(cookie),
            secret_hash=hash_secret(secret),
            created_at=moment,
            last_used_at=moment,
        )
        await self.sessions.delete_unused_since(clock.after(-SESSION_IDLE_DAYS * _DAY_S))
        await self.sessions.add(session)
        return NewSession(session, secret, cookie)

    async def revoke_key(self, key_id: str) -> bool:
        """Shut an API key out at once, with all that it has open; False when there was none."""
        if not await self.keys.delete(key_id):
            return False
        self._shut_out(key_id)
        return True

    async def revoke_session(self, session_id: str) -> bool:
        """Sign a browser out at once, with all that it has open; False when there was none."""
        if not await self.sessions.delete(session_id):
            return False
        self._shut_out(session_id)
        return True

    def _shut_out(self, identity: str) -> None:
        self.tickets.void(identity)
        self.open_streams.end(identity)
        self._touched.pop(identity, None)

    async def _bearer(self, presented: str) -> Caller | None:
        if self.owner.matches(presented):
            return Caller("owner", Scope.owner)
        key = await self.keys.by_secret_hash(hash_secret(presented))
        if key is None:
            return None
        await self._touch(self.keys, key.id)
        return Caller("key", key.scope, key.id)

    async def _session(self, secret: str, cookie: str | None) -> Caller | None:
        """Both halves, of one session: neither a stolen cookie nor a stolen secret is enough."""
        session = await self.sessions.by_hash("secret_hash", hash_secret(secret))
        if session is None or cookie is None or not same_hash(session.cookie_hash, hash_secret(cookie)):
            return None
        return await self._signed_in(session)

    async def _cookie(self, cookie: str) -> Caller | None:
        session = await self.sessions.by_hash("cookie_hash", hash_secret(cookie))
        return await self._signed_in(session) if session else None

    async def _signed_in(self, session: Session) -> Caller | None:
        if session.last_used_at < clock.after(-SESSION_IDLE_DAYS * _DAY_S):
            return None
        await self._touch(self.sessions, session.id)
        return Caller("session", Scope.owner, session.id)

    async def _touch(self, repository: ApiKeyRepository | SessionRepository, identity: str) -> None:
        """Note the use, at most once a minute, and never at the price of the request itself."""
        moment = time.monotonic()
        if moment - self._touched.get(identity, -_TOUCH_EVERY_S) < _TOUCH_EVERY_S:
            return
        self._touched[identity] = moment
        try:
            await repository.touch(identity, clock.now())
        except (StorageError, StorageFullError) as error:
            log.warning("last use not noted", id=identity, error=error.code)
