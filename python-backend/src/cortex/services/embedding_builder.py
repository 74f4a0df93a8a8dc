"""Makes the vectors of the model that the owner chose, in the background, and swaps when they are complete.

All that must survive a crash stands in the database: the build, and each vector. Starting again goes on with what is
missing. See docs/adr/0023-embedding-spaces.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import Awaitable, Callable, Sequence

from cortex.db import room
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import embedding_builds, embedding_spaces, unembedded
from cortex.db.repositories.chunks import Unembedded
from cortex.db.repositories.embedding_spaces import EmbeddingSpace
from cortex.domain.embedding import BuildState, EmbeddingBuild
from cortex.exceptions import AIProviderError, AIProviderUnavailableError, CortexError, StorageError, StorageFullError
from cortex.observability.logs import get_logger
from cortex.providers.base import Embedder
from cortex.services.embedders import Embedders
from cortex.services.embedding_changes import EmbeddingChanges
from cortex.services.embeddings import EmbeddingService
from cortex.services.events import EventBus

_FEWEST, _FIRST, _MOST = 4, 16, 64
_BATCH_SECONDS = 0.5
"""A batch is made as large as takes about this long: a question that comes meanwhile waits no longer."""
_GIVE_WAY_SECONDS = 1.0
"""Before each batch at most, while captures are processed: a long import slows a build, and does not stop it."""
_LOOK_SECONDS = 0.02
_TELL_SECONDS = 1.0
_SHORTEST_REST, _LONGEST_REST = 2.0, 60.0
"""While the provider is away, doubling."""
_LOOK_FOR_CHANGES_SECONDS = 600.0
_HELD_SECONDS, _SEARCH_SECONDS, _LONGEST_HELD_SECONDS = 0.2, 3.0, 30.0

log = get_logger(__name__)


class EmbeddingBuilder:
    """Runs the owner's build, and gives the model in use what its space lacks."""

    def __init__(
        self,
        database: Database,
        embeddings: EmbeddingService,
        embedders: Embedders,
        changes: EmbeddingChanges,
        events: EventBus,
        is_processing: Callable[[], Awaitable[bool]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._database = database
        self._embeddings = embeddings
        self._embedders = embedders
        self._changes = changes
        self._events = events
        self._is_processing = is_processing
        self._clock = clock
        self._woken = asyncio.Event()
        self._counted: int | None = None
        """The build whose passages this run has counted."""
        self._space: int | None = None
        self._after = 0
        self._found = False
        self._batch = _FIRST
        self._failures = 0
        self._refused: set[int] = set()
        """Passages that the model does not take, also one at a time."""
        self._is_behind = True
        self._room_to_give_back: int | None = None
        self._held_since: dict[int, float] = {}
        self._told_at = 0.0

    def wake(self) -> None:
        """There may be something to do: a build was begun or changed."""
        self._failures = 0
        self._woken.set()

    def fall_behind(self) -> None:
        """Items may lack vectors of the model in use."""
        self._is_behind = True
        self._woken.set()

    def look_for_changes(self) -> None:
        """The model in use gave another fingerprint than its vectors have."""
        self._woken.set()

    def give_room_back(self, build: int) -> None:
        """A swap left free pages behind."""
        self._room_to_give_back = build
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        last = await self._database.read(embedding_builds.latest)
        if last is not None and last.state == "done" and last.freed_bytes is None:
            self._room_to_give_back = last.id  # the run before was stopped in between
        while True:
            self._woken.clear()
            try:
                rest = await self._turn()
            except (StorageError, StorageFullError) as error:
                log.warning("building vectors put off", error=error.code)
                rest = self._pause_after_failure()
            if rest > 0:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(rest):
                        await self._woken.wait()

    async def _turn(self) -> float:
        """One step; gives the seconds until the next."""
        build = await self._database.read(embedding_builds.unfinished)
        if build is not None and build.state in ("running", "waiting"):
            return await self._advance(build)
        if build is None and (rest := await self._drop_left_over()):
            return rest
        if self._room_to_give_back is not None:
            await self._give_room_back(self._room_to_give_back)
        await self._changes.look()
        if self._is_behind:
            return await self._catch_up()
        return _LOOK_FOR_CHANGES_SECONDS

    async def _drop_left_over(self) -> float:
        """Drop what a swap or a cancelled build left; the seconds to wait while a search still reads of it, else 0."""
        spaces = await self._database.read(lambda raw: embedding_spaces.left_over(raw, in_use=None))
        free = [space for space in spaces if not self._is_held(space)]

        def drop(raw: Connection) -> None:
            if embedding_builds.unfinished(raw) is None:  # else the owner may just have chosen one of them again
                for space in set(free) & set(embedding_spaces.left_over(raw, in_use=None)):
                    embedding_spaces.drop(raw, space)

        if free:
            await self._database.write(drop)
        for space in free:
            self._held_since.pop(space, None)
        if len(free) == len(spaces):
            return 0
        if self._clock() - min(self._held_since[space] for space in spaces if space not in free) < _SEARCH_SECONDS:
            return _HELD_SECONDS
        gc.collect()  # the search is over, but left its space in a circle that Python finds late
        return _SEARCH_SECONDS

    def _is_held(self, space: int) -> bool:
        """Whether a search still reads it. None takes this long; what holds it then is a task that is over."""
        since = self._held_since.setdefault(space, self._clock())
        return self._embeddings.is_held(space) and self._clock() - since < _LONGEST_HELD_SECONDS

    async def _advance(self, build: EmbeddingBuild) -> float:
        try:
            embedder = await self._embedders.at_place(build.target, build.place)
            space = await self._space_of(build, embedder)
            rows = await self._next(space, embedder)
            if rows is None:
                await self._swap(build, space, embedder)
                return 0
            if not rows:
                return 0
            await self._give_way()
            started = self._clock()
            done = await self._embed(space, embedder, rows)
            seconds = self._clock() - started
        except AIProviderUnavailableError as away:
            self._embedders.try_again()
            await self._show(build, "waiting", away.message)
            return self._pause_after_failure()
        except AIProviderError as refusal:
            await self._show(build, "failed", refusal.message)
            return _LOOK_FOR_CHANGES_SECONDS
        self._failures = 0
        self._found = self._found or done > 0
        self._batch = max(_FEWEST, min(_MOST, round(self._batch * _BATCH_SECONDS / max(seconds, 0.01))))
        await self._database.write(lambda raw: embedding_builds.add_progress(raw, build.id, done=done, seconds=seconds))
        if build.state == "waiting":
            await self._show(build, "running", None)
        elif self._clock() - self._told_at >= _TELL_SECONDS:
            self._tell()
        return 0

    async def _space_of(self, build: EmbeddingBuild, embedder: Embedder) -> EmbeddingSpace:
        """The space of the target as it is now: a model that changes in the middle begins again."""
        space = await self._embeddings.open_space(embedder, chosen=build.target.model, place=build.place)
        if build.space == space.id == self._space and self._counted == build.id:
            return space
        with_local_only = space.is_base or embedder.identity.is_local

        def count(raw: Connection) -> None:
            _drop_unfinished(raw, build.space, other_than=space.id)
            counts = unembedded.counts(raw, space.id, with_local_only=with_local_only)
            embedding_builds.set_space(
                raw,
                build.id,
                space.id,
                done=counts.total - counts.missing,
                total=counts.total,
                left_out=counts.left_out,
            )

        await self._database.write(count)
        self._space, self._counted = space.id, build.id
        self._after, self._found = 0, False
        self._refused.clear()
        return space

    async def _next(self, space: EmbeddingSpace, embedder: Embedder) -> list[Unembedded] | None:
        """The next passages; None once a whole round found none that lacks a vector."""
        with_local_only = space.is_base or embedder.identity.is_local
        rows = await self._database.read(
            lambda raw: unembedded.after(raw, space.id, self._after, with_local_only=with_local_only, limit=self._batch)
        )
        if rows:
            self._after = rows[-1].number
            return [row for row in rows if row.number not in self._refused]
        if self._found:  # others may have come before the place where this round is
            self._after, self._found = 0, False
            return []
        return None

    async def _embed(self, space: EmbeddingSpace, embedder: Embedder, rows: Sequence[Unembedded]) -> int:
        """Embed and store; a passage that the model refuses by itself is left out, unless it refuses all."""
        try:
            await self._embeddings.store(space, embedder, rows)
            return len(rows)
        except AIProviderError as error:
            refusal = error
        done = 0
        for row in rows:
            try:
                await self._embeddings.store(space, embedder, [row])
                done += 1
            except AIProviderError as error:
                refusal = error
                self._refused.add(row.number)
        if not done:
            self._refused.clear()
            raise refusal
        log.warning("passages refused by the embedding model", count=len(rows) - done)
        return done

    async def _swap(self, build: EmbeddingBuild, space: EmbeddingSpace, embedder: Embedder) -> None:
        """If nothing is missing at this very moment, let search read the new space from now on."""
        with_local_only = space.is_base or embedder.identity.is_local

        def swap(raw: Connection) -> bool:
            lacking = unembedded.after(raw, space.id, 0, with_local_only=with_local_only, limit=len(self._refused) + 1)
            if any(row.number not in self._refused for row in lacking):
                return False
            if not embedding_builds.set_state(raw, build.id, "done"):
                return False  # cancelled or paused just now
            embedding_spaces.activate(raw, space)
            return True

        if await self._database.write(swap):
            await self._changes.swapped(build.target)
            self._room_to_give_back = build.id
            log.info("search reads new vectors", model=build.target.model, passages=build.total)
            self._tell()
        self._after, self._found = 0, False

    async def _catch_up(self) -> float:
        """Vectors of the model in use for items that came or came back while it was away."""
        space = await self._embeddings.searchable_space()
        if space is None or space.is_base:
            self._is_behind = False
            return _LOOK_FOR_CHANGES_SECONDS
        if self._space != space.id or self._counted is not None:
            self._space, self._counted, self._after, self._found = space.id, None, 0, False
            self._refused.clear()
        try:
            embedder = await self._embedders.of_space(space)
            if not await self._changes.is_unchanged(space, embedder):
                return _LOOK_FOR_CHANGES_SECONDS
            rows = await self._next(space, embedder)
            if rows:
                await self._give_way()
                self._found = await self._embed(space, embedder, rows) > 0
        except (AIProviderError, AIProviderUnavailableError) as error:
            log.info("vectors of the model in use wait for it", error=error.code)
            return self._pause_after_failure()
        self._failures = 0
        if rows is None:
            self._is_behind = False
            self._after = 0
            return _LOOK_FOR_CHANGES_SECONDS
        return 0

    async def _give_way(self) -> None:
        """Captures and questions first."""
        limit = self._clock() + _GIVE_WAY_SECONDS
        while self._clock() < limit and (self._embeddings.is_asked or await self._is_processing()):  # noqa: ASYNC110 - two states, not one event
            await asyncio.sleep(_LOOK_SECONDS)

    async def _give_room_back(self, build: int) -> None:
        self._room_to_give_back = None
        await self._give_way()
        try:
            freed = await room.give_back(self._database)
            await self._database.write(lambda raw: embedding_builds.set_freed(raw, build, freed))
        except CortexError as error:  # the room stays in the file, for what comes next
            log.warning("room not given back", error=error.code)
            return
        log.info("room given back", bytes=freed)
        self._tell()

    async def _show(self, build: EmbeddingBuild, state: BuildState, error: str | None) -> None:
        if (build.state, build.error) == (state, error):
            return
        log.info("embedding build", state=state, error=error)

        def show(raw: Connection) -> None:
            now = embedding_builds.unfinished(raw)
            if now is not None and now.id == build.id and now.state == build.state:  # else the owner was quicker
                embedding_builds.set_state(raw, build.id, state, error)

        await self._database.write(show)
        self._tell()

    def _pause_after_failure(self) -> float:
        self._failures += 1
        self._after = 0  # what was just tried is still missing
        return float(min(_SHORTEST_REST * 2 ** (self._failures - 1), _LONGEST_REST))

    def _tell(self) -> None:
        self._told_at = self._clock()
        self._events.publish("embeddings.updated", {})


def _drop_unfinished(connection: Connection, space: int | None, *, other_than: int) -> None:
    """Drop what an earlier state of the model left half done."""
    if space is None or space == other_than:
        return
    earlier = embedding_spaces.by_id(connection, space)
    if earlier is not None and earlier.state == "building" and not earlier.is_base:
        embedding_spaces.drop(connection, space)
