"""A language model helps a search that found little, for who asks for it; and never where it is not wanted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from tests.findable import Library, open_library

from cortex.domain.search import SearchRequest, SearchResponse
from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.chat_model import ChatCapabilities, ChatModel, ChatRequest
from cortex.providers.fake_chat import FakeChatModel
from cortex.providers.gateway.gateway import Gateway
from cortex.services.retrieval.enhancement import Enhancement
from cortex.services.retrieval.expansion import QueryExpander
from cortex.services.retrieval.legs import Legs
from cortex.services.retrieval.reranking import Candidate, Reranker
from cortex.workflows.search import SearchWorkflow

PAGES = {
    "Sourdough": "Feed the starter twice a day. Bake bread until the crust is brown.",
    "Rye": "Rye bread needs a sour starter and a long rest.",
    "Bicycle": "Oil the chain after rain. Check the brakes before every ride.",
    "Secret": "The brakes of the tandem were bought second-hand.",
}


def says(ways: Sequence[str] = (), order: Sequence[int] = ()) -> Callable[[ChatRequest], str]:
    """A model that gives these other words, and this order."""

    def script(request: ChatRequest) -> str:
        wants_order = "passages" in request.messages[0].content
        return json.dumps({"order": list(order)} if wants_order else {"queries": list(ways)})

    return script


class Searcher:
    """Search over a library, with models."""

    def __init__(
        self, library: Library, *models: ChatModel, now: Callable[[], float] = lambda: 0.0, seconds: float = 5
    ):
        async def chain(_: str | None) -> Sequence[ChatModel]:
            return models

        gateway = Gateway(chain, sleep=_no_time)
        enhancement = Enhancement(
            library.database,
            library.passages,
            QueryExpander(gateway, seconds=seconds),
            Reranker(gateway, seconds=seconds),
            now=now,
        )
        self._workflow = SearchWorkflow(library.database, Legs(library.database, library.embeddings), enhancement)

    async def find(self, query: str, **options: object) -> SearchResponse:
        options = {"enhance": True, **options}
        return await self._workflow.run(SearchRequest(query, **options))  # type: ignore[arg-type] # as the class has them


async def _no_time(_: float) -> None:
    pass


def titles(response: SearchResponse) -> list[str]:
    return [result.title for result in response.results]


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    async with open_library(tmp_path / "cortex.db") as opened:
        for title, text in PAGES.items():
            await opened.add(title, text, local_only=title == "Secret")
        yield opened


async def test_other_words_find_what_the_given_ones_do_not(library: Library) -> None:
    model = FakeChatModel(says(["bicycle chain brakes"]))
    searcher = Searcher(library, model)
    plain = await searcher.find("velocipede upkeep", enhance=False)
    assert "Bicycle" not in titles(plain)
    assert (plain.enhanced, plain.also_searched, model.requests) == (None, (), [])
    helped = await searcher.find("velocipede upkeep")
    assert titles(helped)[0] == "Bicycle"
    assert helped.enhanced == "expanded"
    assert helped.also_searched == ("bicycle chain brakes",)
    assert helped.query_type == plain.query_type
    assert "<mark>chain</mark>" in helped.results[0].snippet
    assert [message.content for message in model.requests[0].messages][1] == "velocipede upkeep"


async def test_where_enough_is_found_no_model_is_asked(library: Library) -> None:
    model = FakeChatModel(says(["anything"]))
    found = await Searcher(library, model).find("rye bread starter")
    assert titles(found)[0] == "Rye"
    assert (found.enhanced, model.requests) == (None, [])


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ('"velocipede upkeep"', {}),
        ("tag:velocipede", {}),
        ("", {}),
        ("velocipede upkeep", {"mode": "keyword"}),
        ("velocipede upkeep", {"mode": "semantic"}),
        ("velocipede upkeep", {"mode": "hybrid"}),
        ("velocipede upkeep", {"offset": 10}),
    ],
)
async def test_what_was_asked_for_exactly_is_left_as_it_is(
    library: Library, query: str, options: dict[str, object]
) -> None:
    model = FakeChatModel(says(["bicycle chain brakes"]))
    assert (await Searcher(library, model).find(query, **options)).enhanced is None
    assert model.requests == []


@pytest.mark.parametrize(
    "said", ["I cannot help with that.", '{"queries": "brakes"}', '{"queries": [1, "", "x y"]}', "{}"]
)
async def test_what_a_model_says_beside_the_point_changes_nothing(library: Library, said: str) -> None:
    searcher = Searcher(library, FakeChatModel(lambda _: said))
    plain = await searcher.find("x y", enhance=False)
    found = await searcher.find("x y")
    assert (titles(found), found.enhanced) == (titles(plain), None)


async def test_without_a_model_the_plain_answer_stands(library: Library) -> None:
    away = FakeChatModel()
    away.available = False
    for models in ((), (away,)):
        found = await Searcher(library, *models).find("velocipede brakes upkeep")
        assert titles(found)
        assert found.enhanced is None


async def test_a_model_that_is_too_slow_is_not_waited_for(library: Library) -> None:
    class Slow(FakeChatModel):
        async def capabilities(self) -> ChatCapabilities:
            await asyncio.Event().wait()
            raise AIProviderUnavailableError

    found = await Searcher(library, Slow(), seconds=0.01).find("velocipede upkeep")
    assert found.enhanced is None


async def test_filters_hold_for_other_words_too(library: Library) -> None:
    searcher = Searcher(library, FakeChatModel(says(["bicycle chain brakes"])))
    assert "Bicycle" not in titles(await searcher.find("velocipede upkeep -chain"))


async def test_results_come_in_the_models_order(library: Library) -> None:
    model = FakeChatModel(says(["bread starter"], order=[2, 1]))
    found = await Searcher(library, model).find("Sauerteig backen")
    assert found.enhanced == "reranked"
    expanded = await Searcher(library, FakeChatModel(says(["bread starter"]))).find("Sauerteig backen")
    assert expanded.enhanced == "expanded"
    first, second, *rest = titles(expanded)
    assert titles(found) == [second, first, *rest]
    assert [result.score for result in found.results] == [result.score for result in expanded.results]
    assert all("<saved-" in line for line in model.requests[1].messages[1].content.splitlines() if "title=" in line)


async def test_where_other_words_took_long_there_is_no_time_for_an_order(library: Library) -> None:
    moments = iter((0.0, 30.0))
    model = FakeChatModel(says(["bread starter"], order=[2, 1]))
    found = await Searcher(library, model, now=lambda: next(moments)).find("Sauerteig backen")
    assert found.enhanced == "expanded"
    assert len(model.requests) == 1


async def test_what_must_not_leave_is_shown_to_no_model_elsewhere(library: Library) -> None:
    model = FakeChatModel(says(["brakes chain bread starter"], order=[3, 2, 1]), is_local=False)
    found = await Searcher(library, model).find("velocipede upkeep")
    assert found.enhanced == "reranked"
    assert "Secret" in titles(found)
    assert "tandem" not in str(model.requests)
    assert "Secret" not in str(model.requests)
    plain = await Searcher(library, FakeChatModel(says(["brakes chain bread starter"]))).find("velocipede upkeep")
    assert titles(found).index("Secret") == titles(plain).index("Secret"), "it keeps its place"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('{"order": [3, 1, 2]}', [2, 0, 1]),
        ('{"order": [3]}', [2, 0, 1]),
        ('{"order": [3, 3, 9, -1, true, "2"]}', [2, 0, 1]),
        ('{"order": [1, 2, 3]}', None),
        ('{"order": []}', None),
        ("the third one", None),
    ],
)
async def test_an_order_is_read_with_care(said: str, expected: list[int] | None) -> None:
    async def chain(_: str | None) -> Sequence[ChatModel]:
        return [FakeChatModel(lambda _: said)]

    candidates = [Candidate(f"Title {number}", "Text.", local_only=False) for number in range(3)]
    assert await Reranker(Gateway(chain)).order("which?", candidates) == expected
