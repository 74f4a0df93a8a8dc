"""Highlights as Markdown, JSON and CSV: what was marked stands there as it was, and nothing of it acts."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from cortex.domain.highlight import Highlight, HighlightItem, ListedHighlight
from cortex.services.highlight_export import TEXTS, ExportFormat

ORIGIN = "http://127.0.0.1:8742"


def listed(quote: str, item: str = "item_1", **more: Any) -> ListedHighlight:
    of_item = {name: more.pop(name) for name in ("title", "url", "site_name") if name in more}
    known: dict[str, Any] = {"id": "mark_1", "content_version": 1, "start": 5, "end": 9, "colour": "yellow"}
    day = "2026-11-03T10:00:00.000Z"
    highlight = Highlight(**{**known, **more}, item_id=item, quote=quote, created_at=day, updated_at=day)
    shown = {"title": "Tides", "url": "https://example.org/tides", "site_name": "Example", **of_item}
    return ListedHighlight(highlight, HighlightItem(id=item, kind="article", content_version=1, **shown))


def written(form: ExportFormat, *batches: list[ListedHighlight]) -> str:
    text = TEXTS[form](ORIGIN)
    return text.head() + "".join(text.some(batch) for batch in batches) + text.tail()


def cells(*found: ListedHighlight) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written("csv", list(found)), newline="")))


def test_markdown_has_a_section_for_each_item() -> None:
    text = written(
        "markdown",
        [listed("The moon raises tides.", note="So it does"), listed("The sun too", colour="green", start=30, end=41)],
        [listed("A page", item="item_2", title="Book", url=None, page=3)],
    )
    assert text == (
        "## Tides\n\n<https://example.org/tides>\n\n"
        "> The moon raises tides.\n\nSo it does\n\n"
        "yellow · 2026-11-03 · [Open in Cortex](http://127.0.0.1:8742/item/item_1?at=5-9)\n\n"
        "> The sun too\n\n"
        "green · 2026-11-03 · [Open in Cortex](http://127.0.0.1:8742/item/item_1?at=30-41)\n\n"
        "\n## Book\n\n"
        "> A page\n\n"
        "yellow · 2026-11-03 · page 3 · [Open in Cortex](http://127.0.0.1:8742/item/item_2?at=5-9&view=pdf&page=3)\n\n"
    )


def test_an_item_goes_on_in_the_next_batch() -> None:
    text = written("markdown", [listed("One")], [listed("Two")])
    assert text.count("## Tides") == 1


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("*bold* _slanted_ snake_case `code`", r"\*bold\* \_slanted\_ snake_case \`code\`"),
        ("[a](https://x) <img src=x> &amp; ~~no~~ c:\\d", r"\[a\](https://x) \<img src=x\> \&amp; \~\~no\~\~ c:\\d"),
        ("# heading", r"\# heading"),
        ("1. first", r"1\. first"),
        ("- item", r"\- item"),
        ("line\nline\n\n\n   indented", "line\\\nline\n\nindented"),
        ("nul\x00 bell\x07 \u2028sep", "nul bell\\\nsep"),
        ("Flut 🌊 und 潮汐", "Flut 🌊 und 潮汐"),
    ],
)
def test_markdown_shows_signs_as_they_stand(given: str, shown: str) -> None:
    assert f"\n{shown}\n" in written("markdown", [listed("Quote", note=given)])
    in_quote = "\n".join(f"> {line}".rstrip() for line in shown.split("\n"))
    assert f"\n{in_quote}\n" in written("markdown", [listed(given)])


def test_markdown_keeps_titles_on_their_line_and_addresses_in_their_brackets() -> None:
    text = written("markdown", [listed("Quote", title="A\n# B ]( <x>", url="https://x.org/a b>\n<script>")])
    assert text.startswith("## A # B \\]( \\<x\\>\n\n<https://x.org/a%20b%3E%0A%3Cscript%3E>\n")
    for url in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"):
        assert url.split(":")[0] not in written("markdown", [listed("Quote", url=url)])


def test_what_lost_its_words_opens_at_the_item() -> None:
    assert "(http://127.0.0.1:8742/item/item_1)" in written("markdown", [listed("Old", content_version=0)])


@pytest.mark.parametrize(
    "formula", ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1dcmd()", "\ufeff=1", "\u200b=1"]
)
def test_csv_marks_formulas_as_text(formula: str) -> None:
    (row,) = cells(listed(formula, note=formula, title=formula, url=formula))
    assert {row[name] for name in ("quote", "note", "item_title", "item_url")} == {f"'{formula}"}


def test_csv_keeps_quotes_lines_and_numbers() -> None:
    (row,) = cells(listed('say "a, b"\nand c', note="3 - 1 = 2", page=12))
    assert (row["quote"], row["note"], row["page"]) == ('say "a, b"\nand c', "3 - 1 = 2", "12")
    assert row["link"] == "http://127.0.0.1:8742/item/item_1?at=5-9&view=pdf&page=12"
    assert written("csv").endswith("highlight_id\r\n")


def test_json_is_one_object_however_it_is_cut() -> None:
    found = [listed('odd "\\ \x00 🌊'), listed("Two", note=None)]
    whole = json.loads(written("json", found))
    assert whole == json.loads(written("json", found[:1], found[1:]))
    assert [one["quote"] for one in whole["highlights"]] == ['odd "\\ \x00 🌊', "Two"]
    assert whole["highlights"][0]["item"]["title"] == "Tides"
    assert json.loads(written("json")) == {"highlights": []}
