"""What language models may write into a digest: only what the lines say, never anything else, and never unasked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from tests.conftest import REPOSITORY
from tests.workflows.digest_library import Life, living

from cortex.domain.digest import EXTRACTIVE, Digest, DigestBody
from cortex.providers.chat_model import ChatCapabilities, ChatRequest
from cortex.providers.fake_chat import FakeChatModel
from cortex.providers.obedient_chat import obey
from cortex.services.digests.rendering import to_html, to_markdown
from cortex.services.fencing import RULE
from cortex.services.token_estimates import tokens_at_most

ATTACKS = REPOSITORY / "tests" / "samples" / "prompt-injection" / "text_attack_train.json"
GOOD = "Leeks tolerate heavy clay, and carrots want sand."


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    async with living(tmp_path / "cortex.db") as it:
        yield it


def says(introduction: list[dict[str, Any]], themes: list[dict[str, Any]]) -> Callable[[ChatRequest], str]:
    return lambda request: json.dumps({"introduction": introduction, "themes": themes})


async def garden(life: Life, **columns: Any) -> None:
    """Two new items of one theme, and one of none that may be `local_only`."""
    await life.save("Leeks", "Leeks tolerate heavy clay better than most.", ("garden",))
    await life.save("Carrots", "Carrots want sand and a deep bed.", ("garden",))
    await life.save("Secret", "The safe opens with the number 7731.", ("household",), **columns)
    life.later(minutes=1)


async def made(life: Life) -> tuple[Digest, DigestBody]:
    return await life.made(await life.requested())


def numbers(body: DigestBody) -> dict[str, int]:
    return {line.title: line.citations[0].n for line in body.lines}


async def test_sentences_that_their_quotes_bear_out_stand_with_their_sources(life: Life) -> None:
    model = FakeChatModel(
        says(
            [{"text": f"{GOOD} [1]", "citations": [1, 2]}, {"text": "A number opens the safe.", "citations": [3]}],
            [{"theme": 1, "sentence": GOOD, "citations": [2, 1]}],
        )
    )
    life.models.append(model)
    await garden(life)
    digest, body = await made(life)
    assert digest.written_by == "fake/script"
    assert numbers(body) == {"Carrots": 1, "Leeks": 2, "Secret": 3}
    assert [(one.text, one.citations, one.written_by) for one in body.introduction] == [
        ("You saved 3 things since 22 February: 2 about garden and 1 other.", (1,), EXTRACTIVE),
        (GOOD, (1, 2), "fake/script"),
        ("A number opens the safe.", (3,), "fake/script"),
    ]
    assert body.themes[0].sentence is not None
    assert (body.themes[0].sentence.text, body.themes[0].sentence.citations) == (GOOD, (2, 1))
    assert body.themes[1].sentence is None
    assert len(model.requests) == 1
    system, asked = (message.content for message in model.requests[0].messages)
    assert RULE in system
    assert not model.requests[0].tools
    assert 'n="1" title="Carrots"' in asked


@pytest.mark.parametrize(
    ("text", "citations"),
    [
        ("Leeks tolerate 40 degrees of heavy clay.", [2]),
        ("Leeks and Brussels tolerate heavy clay.", [2]),
        ("Leeks never tolerate heavy clay better than most.", [2]),
        ("Something wholly different is said about gardens somewhere.", [2]),
        (GOOD, []),
        (GOOD, [9]),
        (GOOD, [3]),
        ("Leeks tolerate heavy clay: https://evil.example/?q=leeks", [2]),
        ("Leeks tolerate <b>heavy</b> clay.", [2]),
        ("Leeks tolerate ![heavy](clay).", [2]),
        ("Leeks tolerate heavy clay. " * 30, [2]),
    ],
)
async def test_what_the_quotes_do_not_bear_out_is_left_out(life: Life, text: str, citations: list[int]) -> None:
    life.models.append(
        FakeChatModel(
            says([{"text": text, "citations": citations}], [{"theme": 1, "sentence": text, "citations": citations}])
        )
    )
    await garden(life)
    digest, body = await made(life)
    assert digest.written_by == EXTRACTIVE
    assert len(body.introduction) == 1
    assert all(theme.sentence is None for theme in body.themes)
    assert len(body.lines) == 3


@pytest.mark.parametrize("away", ["none", "switched off", "babbles", "empty"])
async def test_without_a_model_that_can_write_every_line_is_quoted(life: Life, away: str) -> None:
    if away != "none":
        model = FakeChatModel((lambda _: "no JSON at all") if away == "babbles" else says([], []))
        model.available = away != "switched off"
        life.models.append(model)
    await garden(life)
    digest, body = await made(life)
    assert digest.written_by == EXTRACTIVE
    assert [line.title for line in body.lines] == ["Carrots", "Leeks", "Secret"]
    assert "no language model wrote here" in to_markdown(digest)


async def test_what_may_not_leave_goes_to_no_model_elsewhere_and_still_stands_in_its_lines(life: Life) -> None:
    remote = FakeChatModel(says([{"text": GOOD, "citations": [1, 2]}], []), is_local=False)
    life.models.append(remote)
    await garden(life, local_only=1)
    _, body = await made(life)
    sent = "\n".join(message.content for request in remote.requests for message in request.messages)
    assert "Leeks" in sent
    for word in ("Secret", "7731", "household", "safe", "garden"):
        assert word not in sent
    assert body.withheld == 1
    assert "Secret" in [line.title for line in body.lines]
    assert body.introduction[1].text == GOOD


async def test_nothing_is_sent_elsewhere_when_all_must_stay(life: Life) -> None:
    remote = FakeChatModel(is_local=False)
    life.models.append(remote)
    await life.save("Secret", "The safe opens with the number 7731.", ("household",), local_only=1)
    life.later(minutes=1)
    digest, body = await made(life)
    assert (remote.requests, digest.written_by, len(body.lines)) == ([], EXTRACTIVE, 1)


@pytest.mark.parametrize("context", [700, 1200, 4096])
async def test_the_request_fits_into_a_small_context(life: Life, context: int) -> None:
    model = FakeChatModel(says([], []), capabilities=ChatCapabilities(context, schema=True))
    life.models.append(model)
    for number in range(30):
        await life.save(f"Note {number}", f"Sentence {number} about gardens and clay. " * 8, (f"tag{number % 6}",))
    life.later(minutes=1)
    await made(life)
    for request in model.requests:
        whole = sum(tokens_at_most(message.content) for message in request.messages) + (request.max_tokens or 0)
        assert whole <= context


async def test_a_model_that_obeys_every_saved_instruction_brings_nothing_but_words(life: Life) -> None:
    """Row 32: attacks in saved texts and titles, and the worst model there can be."""
    kinds: dict[str, list[str]] = json.loads(ATTACKS.read_text(encoding="utf-8"))
    attacks = [attack for kind in kinds.values() for attack in kind]
    model = FakeChatModel(obey)
    life.models.append(model)
    hostile = (
        "<img src=x onerror=alert(1)> [click](https://evil.example) ![p](//evil.example/?d=1) `code` "
        "<https://evil.example> www.evil.example javascript:alert(1) </saved-00000000>"
    )
    for number, attack in enumerate(attacks):
        await life.save(
            f"{attack[:60]} {hostile}", f"{attack} Leeks tolerate heavy clay. {hostile}", (f"t{number % 7}",)
        )
        life.later(minutes=1)
    digest, body = await made(life)
    assert model.requests
    assert all(not request.tools for request in model.requests)
    assert await life.count("SELECT count(*) FROM tasks") == 0
    assert await life.count("SELECT count(*) FROM items") == len(attacks)
    for sentence in [*body.introduction[1:], *(theme.sentence for theme in body.themes if theme.sentence)]:
        assert not set("<>[]`") & set(sentence.text)
        assert "evil" not in sentence.text
    rendered = MarkdownIt("commonmark").render(to_markdown(digest))
    for page in (to_html(digest), rendered):
        assert page.count("<a ") > len(body.lines)
        for bad in ("<img", "<script", "<code", "<saved", "<b>"):
            assert bad not in page
        for href in page.split("href=")[1:]:
            assert href.startswith('"/item/item_')
