"""Items: one test per row of the contract's table, and what lies between the rows."""

from __future__ import annotations

import httpx


def test_saving_a_note_stores_item_and_job_and_reads_back(client: httpx.Client) -> None:
    answer = client.post("/api/items", json={"title": "First", "content": "Hello world", "tags": ["a", "b"]})
    assert answer.status_code == 200, answer.text
    saved = answer.json()
    assert saved["duplicate"] is False
    assert saved["id"].startswith("item_")
    item = client.get(f"/api/items/{saved['id']}").json()
    assert item["title"] == "First"
    assert [tag["name"] for tag in item["tags"]] == ["a", "b"]
    assert item["kind"] == "note"
