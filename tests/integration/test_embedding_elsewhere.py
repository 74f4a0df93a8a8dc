"""An embedding model on another machine: what the owner agreed to goes there, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.integration.embedding_library import ELSEWHERE, OTHER, TurnedEmbedder, fill, switching

from cortex.domain.embedding import EmbeddingChoice
from cortex.exceptions import AIProviderUnavailableError, ValidationError


async def test_nothing_of_local_only_items_goes_elsewhere_and_they_stay_findable(tmp_path: Path) -> None:
    other = TurnedEmbedder(place=ELSEWHERE)
    async with switching(tmp_path / "cortex.db", other=other) as one:
        await fill(one, 10)
        await one.library.add("Diary", "The secret zeppelin waits in hangar nine.", local_only=True)
        estimate = await one.switch.estimate(OTHER)
        assert (estimate.passages, estimate.left_out, estimate.needs_consent) == (10, 1, True)
        assert estimate.leaves is not None
        assert estimate.leaves.place == ELSEWHERE
        assert not [text for text in other.seen if "Knead" in text or "zeppelin" in text]
        with pytest.raises(ValidationError):
            await one.switch.choose(OTHER)
        await one.switch.choose(OTHER, consent=True)
        build = await one.until("done")
        assert (build.done, build.left_out) == (10, 1)
        await one.library.add("Letter", "Another zeppelin, just as secret.", local_only=True)
        assert not [text for text in other.seen if "secret" in text or "Diary" in text or "Letter" in text]
        assert set(await one.titles("zeppelin")) >= {"Diary", "Letter"}
        assert one.consented == [ELSEWHERE]


async def test_local_only_items_are_found_by_meaning_too(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db", other=TurnedEmbedder(place=ELSEWHERE)) as one:
        await fill(one)
        await one.library.add("Diary", "The secret zeppelin waits in hangar nine.", local_only=True)
        await one.library.add("Other diary", "Notes about tulips and their bulbs.", local_only=True)
        before = await one.find("zeppelin hangar nine", mode="semantic")
        await one.switch.choose(OTHER, consent=True)
        await one.until("done")
        after = await one.find("zeppelin hangar nine", mode="semantic")
        assert after.degraded is None
        assert after.results[0].title == before.results[0].title == "Diary"
        assert after.results[0].score == pytest.approx(before.results[0].score, abs=0.1)
        tulips = await one.find("tulips bulbs", mode="semantic")
        assert tulips.results[0].title == "Other diary"
        loaves = [
            result.title for result in (await one.find("knead the dough of loaf number 3", mode="semantic")).results
        ]
        assert "diary" not in " ".join(loaves[:3]).casefold()


async def test_texts_go_nowhere_else_than_agreed(tmp_path: Path) -> None:
    other = TurnedEmbedder(place=ELSEWHERE)
    async with switching(tmp_path / "cortex.db", other=other) as one:
        await fill(one, 5)
        await one.switch.choose(OTHER, consent=True)
        await one.until("done")
        other.place = "somewhere.example:11434"
        other.seen.clear()
        response = await one.find("dough")
        assert response.results
        assert response.degraded == "fallback_embeddings"
        await one.library.add("Newcomer", "A zeppelin over the harbour.")
        assert not other.seen


async def test_there_is_no_such_provider(tmp_path: Path) -> None:
    async with switching(tmp_path / "cortex.db") as one:
        with pytest.raises(AIProviderUnavailableError):
            await one.switch.choose(EmbeddingChoice("cloud", "openai/text-embedding-3-small"))
        assert (await one.switch.status()).build is None
