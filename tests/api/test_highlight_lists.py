"""All highlights of the library: listed page by page, and taken elsewhere."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest
from tests.api.library import refused, save
from tests.api.test_highlights import mark
from tests.api.test_processed_items import processed

TEXT = "Words about tides.\n\nThe moon raises tides. The sun raises tides too.\n"


@pytest.fixture
def item(client: httpx.Client) -> dict[str, Any]:
    """A note that is ready."""
    saved = save(client, content=TEXT, content_type="text/plain", title="Tides", tags=["sea"])
    return processed(client, saved["id"], 1)


def listed(client: httpx.Client, **params: Any) -> dict[str, Any]:
    answer = client.get("/api/highlights", params=params)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def quotes(client: httpx.Client, **params: Any) -> list[str]:
    return [one["quote"] for one in listed(client, **params)["items"]]


def exported(client: httpx.Client, **params: Any) -> httpx.Response:
    answer = client.get("/api/highlights/export", params=params)
    assert answer.status_code == 200, answer.text
    return answer


def test_a_list_newest_first_with_items_page_by_page(client: httpx.Client, item: dict[str, Any]) -> None:
    for words in ("Words", "The moon", "The sun"):
        mark(client, item, words)
    whole = listed(client)
    assert [one["quote"] for one in whole["items"]] == ["The sun", "The moon", "Words"]
    assert (whole["total"], whole["next_cursor"]) == (3, None)
    of = whole["items"][0]["item"]
    assert (of["id"], of["title"], of["content_version"]) == (item["id"], "Tides", 1)
    first = listed(client, limit=2)
    assert [one["quote"] for one in first["items"]] == ["The sun", "The moon"]
    mark(client, item, "raises")
    assert quotes(client, limit=2, cursor=first["next_cursor"]) == ["Words"]
    assert quotes(client, limit=2, offset=2) == ["The moon", "Words"]
    refused(client.get("/api/highlights", params={"cursor": "x"}), 422, "validation_error")


def test_filters(client: httpx.Client, item: dict[str, Any]) -> None:
    other = processed(client, save(client, content="The moon is far.", content_type="text/plain")["id"], 1)
    mark(client, item, "The moon", note="so near", colour="green")
    mark(client, item, "The sun", colour="pink")
    mark(client, other, "far")
    assert quotes(client, query="MOON") == ["The moon"]
    assert quotes(client, query="near so") == ["The moon"]
    assert quotes(client, query="nea") == ["The moon"]
    assert quotes(client, query="ne") == []
    assert quotes(client, query='sun"(') == ["The sun"]
    assert quotes(client, query="()") == []
    assert quotes(client, query="raises") == []
    assert quotes(client, colour=["green", "pink"]) == ["The sun", "The moon"]
    assert quotes(client, item_id=other["id"]) == ["far"]
    assert quotes(client, tag="SEA") == ["The sun", "The moon"]
    assert quotes(client, noted=True) == ["The moon"]
    assert quotes(client, noted=False) == ["far", "The sun"]
    assert quotes(client, created_after="2000-01-01", created_before="2001-01-01") == []
    refused(client.get("/api/highlights", params={"colour": "invisible"}), 422, "validation_error")
    client.delete(f"/api/items/{item['id']}")
    assert quotes(client) == ["far"]


def test_a_list_says_where_highlights_stand_now(client: httpx.Client, item: dict[str, Any]) -> None:
    mark(client, item, "The moon")
    mark(client, item, "The sun")
    client.put(f"/api/items/{item['id']}", json={"content": "New words first.\n\nThe moon raises tides.\n"})
    new = processed(client, item["id"], 2)
    lost, kept = listed(client)["items"]
    assert (lost["content_version"], lost["item"]["content_version"]) == (1, 2)
    assert new["content_text"][kept["start"] : kept["end"]] == "The moon"


def test_an_export_is_a_download_of_what_is_filtered(client: httpx.Client, item: dict[str, Any]) -> None:
    other = processed(client, save(client, content="The moon is far.", content_type="text/plain", title="Far")["id"], 1)
    later, first = mark(client, item, "The sun"), mark(client, item, "Words", note="line\nline", colour="blue")
    mark(client, other, "far")
    answer = exported(client)
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="cortex-highlights-2')
    assert answer.headers["content-disposition"].endswith('.md"')
    origin = str(client.base_url).rstrip("/")
    day = first["created_at"][:10]
    assert answer.text == (
        f"## Far\n\n> far\n\nyellow · {day} · [Open in Cortex]({origin}/item/{other['id']}?at=12-15)\n\n\n"
        "## Tides\n\n> Words\n\nline\\\nline\n\n"
        f"blue · {day} · [Open in Cortex]({origin}/item/{item['id']}?at=0-5)\n\n> The sun\n\n"
        f"yellow · {day} · [Open in Cortex]({origin}/item/{item['id']}?at={later['start']}-{later['end']})\n\n"
    )
    assert "Tides" not in exported(client, item_id=other["id"]).text
    found = exported(client, format="json", colour="blue").json()["highlights"]
    assert [one["id"] for one in found] == [first["id"]]
    assert exported(client, format="json", query="()").json() == {"highlights": []}
    refused(client.get("/api/highlights/export", params={"format": "docx"}), 422, "validation_error")


def test_no_formula_gets_into_a_table(client: httpx.Client) -> None:
    text = "=cmd|' /C calc'!A0 is what they wrote, \"quoted\",\n潮汐 🌊"
    item = processed(client, save(client, content=text, content_type="text/plain", title="+title")["id"], 1)
    mark(client, item, item["content_text"], note="@SUM(1)\n-2")
    answer = exported(client, format="csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert row["quote"] == "'" + item["content_text"]
    assert (row["note"], row["item_title"], row["item_url"]) == ("'@SUM(1)\n-2", "'+title", "")


def test_an_export_of_many_leaves_none_out_and_tells_none_twice(client: httpx.Client) -> None:
    words = [f"word{number}" for number in range(450)]
    text = " ".join(words)
    item = processed(client, save(client, content=text, content_type="text/plain")["id"], 1)
    for word in reversed(words):
        mark(client, item, word)
    assert [one["quote"] for one in exported(client, format="json").json()["highlights"]] == words
    assert listed(client, limit=1)["total"] == 450
