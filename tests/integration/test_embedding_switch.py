"""Another embedding model: chosen, built in the background, swapped in; stopped, refused, away, changed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from tests.integration.embedding_library import EMBEDDED, OTHER, Switching, TurnedEmbedder, fill, switching

from cortex.db.repositories import embedding_spaces
from cortex.exceptions import ConflictError
from cortex.services.embedding_vectors import unpack


async def test_the_choice_is_estimated_built_and_swapped_in(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        await fill(one)
        estimate = await one.switch.estimate(OTHER)
        assert (estimate.passages, estimate.left_out, estimate.dimension) == (40, 0, 64)
        assert estimate.seconds >= 0
        assert estimate.disk_bytes == 40 * (64 + 8 + 40)
        assert estimate.leaves is None
        assert not estimate.needs_consent
        assert not estimate.is_instant
        assert (await one.switch.status()).active == EMBEDDED
        await one.switch.choose(OTHER)
        build = await one.until("done")
        assert (build.done, build.total, build.left_out, build.source) == (40, 40, 0, EMBEDDED)
        assert build.seconds > 0
        status = await one.switch.status()
        assert (status.active, status.fallback) == (OTHER, EMBEDDED)
        response = await one.find("bowl7")
        assert response.results[0].title == "Loaf 7"
        assert response.degraded is None
        assert any("bowl7" in text for text in one.other.seen)


async def test_vectors_are_what_the_model_gives_and_found_as_before(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        await fill(one, 20)
        before = await one.vectors((await one.active()).id)
        await one.switch.choose(OTHER)
        await one.until("done")
        space = await one.active()
        after = await one.vectors(space.id)
        assert after.keys() == before.keys()
        turned = np.roll(unpack([before[chunk] for chunk in before]), 7, axis=1)
        np.testing.assert_allclose(unpack([after[chunk] for chunk in before]), turned, atol=0.02)


async def _held_in_the_middle(one: Switching) -> None:
    """A filled library whose new space is being built, and does not go on before `other.gate` is set."""
    await fill(one)
    one.other.gate.clear()
    one.other.reached.clear()
    await one.switch.choose(OTHER)
    await one.other.reached.wait()


async def test_search_answers_from_the_old_space_until_the_swap(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        await _held_in_the_middle(one)
        response = await one.find("bowl7")
        assert response.results[0].title == "Loaf 7"
        assert response.degraded is None
        assert (await one.active()).is_base
        one.other.gate.set()
        await one.until("done")
        assert not (await one.active()).is_base


async def test_items_come_and_go_while_it_is_built(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        await _held_in_the_middle(one)
        await one.library.add("Newcomer", "A zeppelin over the harbour.")
        assert (await one.titles("zeppelin"))[0] == "Newcomer"
        await one.library.indexing.remove_item(one.library.ids["Loaf 3"])
        one.other.gate.set()
        await one.until("done")
        vectors = await one.vectors((await one.active()).id)
        assert len(vectors) == 40
        assert len(await one.vectors((await base(one)).id)) == 40
        assert (await one.titles("zeppelin"))[0] == "Newcomer"


async def base(one: Switching) -> embedding_spaces.EmbeddingSpace:
    found = await one.library.database.read(embedding_spaces.base)
    assert found is not None
    return found


async def test_it_is_paused_resumed_and_goes_on_where_it_was(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        await _held_in_the_middle(one)
        status = await one.switch.pause()
        assert status.build is not None
        assert status.build.state == "paused"
        one.other.gate.set()
        await one.switch.resume()
        build = await one.until("done")
        assert build.done == 40
        assert len([text for text in one.other.seen if "Knead" in text]) == 40  # none twice


async def test_cancelling_leaves_everything_as_it_was(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        await _held_in_the_middle(one)
        status = await one.switch.cancel()
        one.other.gate.set()
        assert status.build is not None
        assert (status.active, status.build.state) == (EMBEDDED, "cancelled")
        assert (await one.titles("bowl7"))[0] == "Loaf 7"
        with pytest.raises(ConflictError):
            await one.switch.resume()
        await one.switch.choose(OTHER)  # and it can be begun again
        await one.until("done")
        tables = await one.library.database.read(
            lambda raw: [row[0] for row in raw.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'vector_int8%'")]
        )
        assert len(tables) == 2


async def test_it_goes_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "cortex.db"
    other = TurnedEmbedder()
    async with switching(path, other=other) as one:
        await fill(one, 200)
        seen = asyncio.create_task(_gate_after(other, 30))
        await one.switch.choose(OTHER)
        await seen
    embedded = {text for text in other.seen if "Knead" in text}
    assert 0 < len(embedded) < 200
    again = TurnedEmbedder()
    async with switching(path, other=again) as two:
        build = await two.until("done")
        assert build.done == build.total == 200
        assert not [text for text in again.seen if text in embedded]
        assert len(await two.vectors((await two.active()).id)) == 200


async def _gate_after(other: TurnedEmbedder, count: int) -> None:
    """Close the gate once so many texts have passed, and wait until the next one stands before it."""
    while len([text for text in other.seen if "Knead" in text]) < count:
        other.reached.clear()
        await other.reached.wait()
    other.gate.clear()
    other.reached.clear()
    await other.reached.wait()


async def test_a_provider_that_is_away_is_waited_for(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        await fill(one)
        await one.switch.estimate(OTHER)
        one.other.available = False
        await one.switch.choose(OTHER)
        build = await one.until("waiting")
        assert build.error
        assert (await one.titles("bowl7"))[0] == "Loaf 7"
        one.other.available = True
        one.builder.wake()
        build = await one.until("done")
        assert build.error is None


async def test_texts_that_the_model_refuses_are_left_out(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        await fill(one)
        one.other.refuses = "bowl7."
        await one.switch.choose(OTHER)
        await one.until("done")
        assert len(await one.vectors((await one.active()).id)) == 39
        assert (await one.titles("bowl7"))[0] == "Loaf 7"


async def test_a_model_that_refuses_everything_stops_the_build(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        await fill(one)
        one.other.refuses = "Knead"
        await one.switch.choose(OTHER)
        build = await one.until("failed")
        assert build.error == "This text is not for me."
        assert (await one.active()).is_base
        one.other.refuses = ""
        await one.switch.resume()
        await one.until("done")


async def test_going_back_is_instant_and_gives_the_room_back(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        for number in range(30):
            await one.library.add(f"Book {number}", "\n\n".join(f"Loaf {number} {part} " * 30 for part in range(40)))
        size = (tmp_path / "cortex.db").stat().st_size
        await one.switch.choose(OTHER)
        await one.until("done")
        await one.until_freed()
        grown = await pages(one)
        assert (await one.switch.estimate(EMBEDDED)).is_instant
        status = await one.switch.choose(EMBEDDED)
        assert (status.active, status.fallback) == (EMBEDDED, None)
        assert status.build is not None
        assert status.build.state == "done"
        freed = await one.until_freed()
        assert await pages(one) < grown
        assert freed == 0 or freed == (grown - await pages(one))
        assert size > 0


async def test_a_search_that_began_with_the_old_vectors_ends_with_them(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        await fill(one)
        await one.switch.choose(OTHER)
        await one.until("done")
        query = await one.library.embeddings.query_vector(["the dough of loaf number 3"])
        assert query is not None
        await one.switch.choose(EMBEDDED)
        await one.find("bowl7")  # the builder has had its turn meanwhile
        assert len(await one.vectors(query.space.id)) == 40
        old = query.space.id
        del query
        await one.until_freed()
        assert await one.library.database.read(lambda raw: embedding_spaces.by_id(raw, old)) is None


async def pages(one: Switching) -> int:
    """Bytes in use."""
    return await one.library.database.read(
        lambda raw: (
            (raw.execute("PRAGMA page_count").fetchone()[0] - raw.execute("PRAGMA freelist_count").fetchone()[0])
            * int(raw.execute("PRAGMA page_size").fetchone()[0])
        )
    )


async def test_the_embedded_model_answers_while_the_other_is_away(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        await fill(one)
        await one.switch.choose(OTHER)
        await one.until("done")
        one.other.available = False
        response = await one.find("knead the dough of loaf")
        assert response.results
        assert response.degraded == "fallback_embeddings"
        await one.library.add("Newcomer", "A zeppelin over the harbour.")
        assert (await one.titles("zeppelin harbour"))[0] == "Newcomer"
        one.other.available = True
        one.builder.fall_behind()
        one.builder.wake()
        space = await one.active()
        async with asyncio.timeout(30):
            while len(await one.vectors(space.id)) < 41:  # noqa: ASYNC110 - the builder tells nobody of one item
                await asyncio.sleep(0)


async def test_a_server_that_changed_but_gives_the_same_vectors_goes_on(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        await fill(one)
        await one.switch.choose(OTHER)
        await one.until("done")
        one.other.version = "2"
        async with asyncio.timeout(30):
            # until the change is adopted, questions go to the embedded model
            while (await one.find("dough")).degraded is not None:  # noqa: ASYNC110 - nobody is told
                await asyncio.sleep(0)
        assert (await one.active()).identity.fingerprint == "digest@2"
        assert (await one.switch.status()).offer is None


async def test_a_model_that_changed_is_offered_and_never_mixed(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        await fill(one)
        await one.switch.choose(OTHER)
        await one.until("done")
        one.other.version, one.other.turn = "2", 13
        response = await one.find("bowl7")
        assert response.results[0].title == "Loaf 7"
        assert response.degraded == "fallback_embeddings"
        async with asyncio.timeout(30):
            with one.events.subscribe() as subscription:
                while (offer := (await one.switch.status()).offer) is None:
                    await subscription.take()
        assert (offer.choice, offer.reason) == (OTHER, "server_changed")
        earlier = await one.active()
        await one.switch.choose(offer.choice)
        await one.until("done")
        space = await one.active()
        assert space.id != earlier.id
        assert space.identity.fingerprint == "digest@2"
        assert (await one.switch.status()).offer is None
        assert (await one.find("bowl7")).degraded is None
        await one.until_freed()
        assert await one.library.database.read(lambda raw: embedding_spaces.by_id(raw, earlier.id)) is None


async def test_a_change_in_the_middle_begins_again(tmp_path: Path) -> None:
    other = TurnedEmbedder()
    async with switching(tmp_path / "cortex.db", other=other) as one:
        await fill(one, 200)
        seen = asyncio.create_task(_gate_after(other, 20))
        await one.switch.choose(OTHER)
        await seen
        other.version, other.turn = "2", 13
        other.gate.set()
        await one.until("done")
        space = await one.active()
        assert space.identity.fingerprint == "digest@2"
        assert len(await one.vectors(space.id)) == 200
        assert not await one.library.database.read(lambda raw: embedding_spaces.left_over(raw, in_use=space.id))


async def test_evidence_is_judged_by_the_embedded_model(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        await fill(one, 10)
        before = await one.library.passages.retrieve_passages("knead the dough of bowl7")
        await one.switch.choose(OTHER)
        await one.until("done")
        after = await one.library.passages.retrieve_passages("knead the dough of bowl7")
        known = {passage.chunk_id: passage.cosine for passage in before}
        for passage in after:
            assert passage.cosine == pytest.approx(known[passage.chunk_id], abs=1e-5)


async def test_what_must_not_leave_is_asked_of_the_embedded_model_alone(tmp_path: Path) -> None:
    other = TurnedEmbedder()
    async with switching(tmp_path / "cortex.db", other=other) as one:
        await fill(one, 10)
        await one.switch.choose(OTHER)
        await one.until("done")
        question = "knead the dough of bowl7"
        before = len(other.seen)
        found = await one.library.passages.retrieve_passages(question, stays_here=True)
        assert found
        assert found[0].cosine is not None
        assert other.seen[before:] == []
        await one.library.passages.retrieve_passages(question)
        assert other.seen[before:] == [question]


async def test_an_empty_library_changes_at_once(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        await one.switch.choose(OTHER)
        await one.until("done")
        await one.library.add("Bread", "Knead the dough.")
        assert await one.titles("dough") == ["Bread"]
        assert len(await one.vectors((await one.active()).id)) == 1
