"""Originals: the stored file as it came, a part of it, and a page as it looked; nothing of it runs or asks."""

from __future__ import annotations

import httpx
import pytest
from tests.api.library import refused, save


@pytest.fixture
def client(quiet_client: httpx.Client) -> httpx.Client:
    """Nothing is processed meanwhile."""
    return quiet_client


def test_originals_are_downloads_that_run_nothing(client: httpx.Client) -> None:
    body = "<script>alert(1)</script><p>é</p>"
    item_id = save(client, title='A "quoted"/name é', content=body, content_type="text/html")["id"]
    answer = client.get(f"/api/items/{item_id}/original")
    assert answer.content == body.encode()
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert "/" not in disposition.partition("filename*=")[0]
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_page_is_shown_as_it_looked_without_what_runs_or_asks(client: httpx.Client) -> None:
    body = """<html><head><title>T</title><link rel="preconnect" href="https://canary.example">
    <meta http-equiv="refresh" content="0;url=https://canary.example">
    <style>h1 { color: teal; background: url(https://canary.example/a) } @import "//canary.example/b";
    p { background: u\\72l(//canary.example/c); margin: 1em }</style></head>
    <body onload="alert(1)"><h1 style="font-size: 3em; cursor: url('//canary.example/d'), auto">Title é</h1>
    <script src="https://canary.example/e"></script><iframe src="https://canary.example/f"></iframe>
    <p>Words</p><img src="https://canary.example/g" srcset="//canary.example/h 2x" alt="A bridge">
    <img src="data:image/png;base64,iVBORw0KGgo=" alt="A dot"><a href="https://example.com/on">on</a>
    <a href="javascript:alert(1)">no</a></body></html>"""
    item_id = save(client, content=body, content_type="text/html")["id"]
    answer = client.get(f"/api/items/{item_id}/original", params={"inline": "true"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none';")
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    page = answer.text
    for gone in ("canary", "script", "alert", "<meta http", "<link", "iframe", "srcset"):
        assert gone not in page, gone
    for kept in ("color: teal", "margin: 1em", "font-size: 3em", "Title é", "Words", "A bridge", "https://example.com/on",
                 "data:image/png;base64,iVBORw0KGgo="):  # fmt: skip
        assert kept in page, kept


def test_only_pages_are_shown_as_they_looked(client: httpx.Client) -> None:
    item_id = save(client, content="# A note", content_type="text/markdown")["id"]
    refused(client.get(f"/api/items/{item_id}/original", params={"inline": "true"}), 404, "asset_not_found")


def test_what_was_not_fetched_has_no_original(client: httpx.Client) -> None:
    item_id = save(client, url="https://nowhere.invalid/x")["id"]
    refused(client.get(f"/api/items/{item_id}/original"), 404, "asset_not_found")
    refused(client.get(f"/api/items/{item_id}/assets/a.png"), 404, "asset_not_found")


def test_parts_of_an_original_can_be_asked_for(client: httpx.Client) -> None:
    item_id = save(client, content="0123456789")["id"]
    path = f"/api/items/{item_id}/original"
    part = client.get(path, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
    assert "sandbox" in part.headers["content-security-policy"]
    assert client.get(path, headers={"Range": "bytes=-3"}).content == b"789"
    many = ",".join(f"{number % 10}-{number % 10}" for number in range(5000))
    for asked in ("bytes=99-", f"bytes={many}", "bytes=-", "bytes=5-2", "lines=1-2", "nonsense"):
        body = refused(client.get(path, headers={"Range": asked}), 416, "range_not_satisfiable")
        assert "10 bytes" in body["message"]
