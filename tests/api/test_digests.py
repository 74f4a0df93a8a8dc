"""Digests over HTTP: asked for, listed, read in three forms, judged, deleted and brought back."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import httpx
import pytest
from tests.api.library import refused, save, undo
from tests.api.test_processed_items import processed
from tests.conftest import RunningServer

LEEKS = "Leeks tolerate heavy clay better than carrots do, provided that the bed drains before winter."
CARROTS = "Carrots want sand and a deep bed, and they fork where stones lie in heavy clay."


def ready(client: httpx.Client, digest_id: str) -> dict[str, Any]:
    """The digest once it is made."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        digest: dict[str, Any] = client.get(f"/api/digests/{digest_id}").json()
        if digest["status"] != "pending":
            assert digest["status"] == "ready", digest["error"]
            return digest
        threading.Event().wait(0.02)
    raise AssertionError("the digest was not made")


def asked(client: httpx.Client, **body: object) -> dict[str, Any]:
    answer = client.post("/api/digests", json=body)
    assert answer.status_code == 202, answer.text
    return ready(client, answer.json()["id"])


@pytest.fixture
def garden(client: httpx.Client) -> dict[str, str]:
    """Two things about a garden, ready."""
    ids = {}
    for title, text in (("Leeks", LEEKS), ("Carrots", CARROTS)):
        ids[title] = save(client, title=title, content=text, content_type="text/plain", tags=["garden"])["id"]
        processed(client, ids[title], 1)
    return ids


def test_one_is_made_and_every_line_leads_to_its_words(client: httpx.Client, garden: dict[str, str]) -> None:
    digest = asked(client)
    assert (digest["made_for"], digest["written_by"], digest["is_empty"]) == ("request", "extractive", False)
    body = digest["body"]
    assert [theme["heading"] for theme in body["themes"]] == ["garden"]
    lines = body["themes"][0]["lines"]
    assert {line["item_id"] for line in lines} == set(garden.values())
    for line in lines:
        cited = line["citations"][0]
        text = client.get(f"/api/items/{line['item_id']}").json()["content_text"]
        assert text[cited["start"] : cited["end"]] == cited["quote"] == line["text"]
        assert "tagged garden" in line["reason"]
    assert body["introduction"][0]["citations"] == [1]
    assert body["links"].startswith("Saved addresses were not looked at")


def test_it_is_told_of_and_listed_page_by_page(client: httpx.Client, garden: dict[str, str]) -> None:
    made = [asked(client)["id"] for _ in range(3)]
    first = client.get("/api/digests", params={"limit": 2}).json()
    assert [one["id"] for one in first["items"]] == made[:0:-1]
    assert "body" not in first["items"][0]
    assert first["total"] == 3
    rest = client.get("/api/digests", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [one["id"] for one in rest["items"]] == made[:1]
    assert rest["next_cursor"] is None
    assert first["items"][0]["is_empty"], "nothing came in since the one before"
    jumped = client.get("/api/digests", params={"limit": 1, "offset": 1}).json()
    assert ([one["id"] for one in jumped["items"]], jumped["total"]) == ([made[1]], 3)
    after = client.get("/api/digests", params={"cursor": jumped["next_cursor"]}).json()
    assert [one["id"] for one in after["items"]] == made[:1]
    schedule = first["schedule"]
    assert (schedule["enabled"], schedule["hour"]) == (True, 8)
    assert schedule["next_at"] > first["items"][0]["created_at"]
    refused(client.get("/api/digests", params={"cursor": "x"}), 422, "validation_error")


def test_markdown_and_html_are_self_contained_and_inert(client: httpx.Client) -> None:
    hostile = "<img src=x onerror=alert(1)> [click](https://evil.example) **leeks** tolerate heavy clay."
    item = save(client, title="<script>alert(1)</script> a](javascript:1)", content=hostile, content_type="text/plain")
    processed(client, item["id"], 1)
    digest = asked(client)
    address = f"/api/digests/{digest['id']}"
    page = client.get(address, params={"format": "html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for bad in ("<img", "<script", 'href="http', "src=", "@import", "url("):
        assert bad not in page.text.replace("src=x", "")
    assert f'href="/item/{item["id"]}?at=' in page.text
    markdown = client.get(address, headers={"Accept": "text/markdown, */*"})
    assert markdown.headers["content-type"].startswith("text/markdown")
    assert "](https://evil" not in markdown.text
    assert "](javascript" not in markdown.text
    assert f"](/item/{item['id']}?at=" in markdown.text
    assert client.get(address, headers={"Accept": "*/*"}).json()["id"] == digest["id"]
    assert client.get(address, headers={"Accept": "text/html"}).text == page.text


def test_less_like_this_is_undone_and_taken_back(client: httpx.Client, garden: dict[str, str]) -> None:
    digest = asked(client)
    address = f"/api/digests/{digest['id']}/feedback"
    taken = client.post(address, json={"item_id": garden["Leeks"]}).json()
    assert taken["less"] is True
    learned = client.get("/api/insights/interests").json()
    assert [one["item_id"] for one in learned["less"]] == [garden["Leeks"]]
    assert "You asked for less about garden." in [one["reason"] for one in learned["interests"]]
    undo(client, taken["undo_id"])
    assert client.get("/api/insights/interests").json()["less"] == []
    client.post(address, json={"item_id": garden["Leeks"]})
    back = client.post(address, json={"item_id": garden["Leeks"], "less": False}).json()
    assert (back["less"], client.get("/api/insights/interests").json()["less"]) == (False, [])
    refused(client.post(address, json={"item_id": "item_nowhere"}), 404, "item_not_found")
    refused(client.post("/api/digests/digest_x/feedback", json={"item_id": "item_x"}), 404, "digest_not_found")


def test_deleting_can_be_undone(client: httpx.Client, garden: dict[str, str]) -> None:
    digest = asked(client)
    gone = client.delete(f"/api/digests/{digest['id']}")
    assert gone.status_code == 204
    refused(client.get(f"/api/digests/{digest['id']}"), 404, "digest_not_found")
    undo(client, gone.headers["x-undo-id"])
    assert client.get(f"/api/digests/{digest['id']}").json() == digest
    refused(client.delete("/api/digests/digest_x"), 404, "digest_not_found")


def test_every_window_hears_that_one_is_gone_and_back(
    server: RunningServer, client: httpx.Client, garden: dict[str, str]
) -> None:
    digest_id = asked(client)["id"]
    with server.application.events.subscribe() as changes:
        gone = client.delete(f"/api/digests/{digest_id}").raise_for_status()
        undo(client, gone.headers["x-undo-id"])

        async def heard() -> list[str]:
            told: list[str] = []
            async for event in changes:
                if event.data.get("digest_id") == digest_id:
                    told.append(event.type)
                if len(told) == 2:
                    break
            return told

        told = asyncio.run_coroutine_threadsafe(heard(), server.loop).result(30)
    assert told == ["digest.deleted", "digest.created"]


def test_asking_for_one_can_be_undone(client: httpx.Client, garden: dict[str, str]) -> None:
    requested = client.post("/api/digests").raise_for_status().json()
    digest = ready(client, requested["id"])
    undone = undo(client, requested["undo_id"])
    refused(client.get(f"/api/digests/{digest['id']}"), 404, "digest_not_found")
    undo(client, undone["undo_id"])
    assert client.get(f"/api/digests/{digest['id']}").json() == digest


def test_since_reaches_back_and_must_be_past(client: httpx.Client, garden: dict[str, str]) -> None:
    first = asked(client)
    assert asked(client, since=first["since"])["body"]["new_items"] == 2
    for since in ("2000-01-01T00:00:00Z", "2200-01-01T00:00:00Z", "yesterday"):
        refused(client.post("/api/digests", json={"since": since}), 422, "validation_error")


def test_reading_is_noted_and_counted(client: httpx.Client, garden: dict[str, str]) -> None:
    client.put(f"/api/items/{garden['Leeks']}", json={"read_progress": 0.5})
    client.put(f"/api/items/{garden['Leeks']}", json={"read_progress": 1.0})
    client.put(f"/api/items/{garden['Leeks']}", json={"read_progress": 0.9})
    insights = client.get("/api/insights", params={"days": 7}).json()
    assert len(insights["days"]) == 7
    today = insights["days"][-1]
    assert (today["saved"], today["read"]) == (2, 1)
    assert today["minutes"] >= 0
    assert [(topic["name"], topic["saved"]) for topic in insights["topics"]] == [("garden", 2)]
    assert (insights["library"]["items"], insights["library"]["unread"]) == (2, 2)
    learned = client.get("/api/insights/interests").json()["interests"]
    assert learned[0]["reason"] == "You read 1 of 2 things you saved about garden."
    refused(client.get("/api/insights", params={"days": 0}), 422, "validation_error")


def test_settings_choose_the_hour_and_a_paused_queue_is_no_obstacle(
    server: RunningServer, client: httpx.Client
) -> None:
    chosen = client.put("/api/settings", json={"digest_hour": 20, "digest_enabled": False, "check_links": True}).json()
    assert (chosen["digest_hour"], chosen["digest_enabled"], chosen["check_links"]) == (20, False, True)
    refused(client.put("/api/settings", json={"digest_hour": 24}), 422, "validation_error")
    assert client.get("/api/digests").json()["schedule"]["next_at"] is None
    client.post("/api/processing/pause")
    digest = asked(client)
    assert digest["is_empty"]
    assert digest["body"]["links"].startswith("Saved addresses are looked at")
