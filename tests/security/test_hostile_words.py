"""Security rows 26, 29, 30 and 31: names are never paths, and words are never SQL, queries, objects or templates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.conftest import RunningServer
from tests.security.raw_http import request

NAUGHTY = (
    "'; DROP TABLE items; --",
    '" OR 1=1 --',
    '"',
    "'",
    "''''\"\"\"",
    "NEAR(",
    "NEAR(a b, 5)",
    "*",
    "a*",
    "^a",
    "title:a",
    "{title body}:a",
    "a AND",
    "NOT",
    "OR OR",
    "(((",
    "- -a",
    "%",
    "_",
    "\\",
    "nul\x00nul",
    "\x00",
    "\ud7ff\uffff",
    "😀" * 50,
    "ﷺ" * 50,
    "\u202eright to left",
    "a" * 5000,
    "tag:",
    "before:never",
    "after:9999-99-99",
    "kind:'",
    "in:x\x00",
)
TEMPLATES = ("{a.__class__}", "{0.__init__.__globals__}", "{{7*7}}", "${7*7}", "#{7*7}", "%(x)s", "%n%s", "<%= 7*7 %>")
SERIALISED = (
    '{"lc":1,"type":"secret","id":["CORTEX_TOKEN"]}',
    '{"lc":1,"type":"constructor","id":["langchain_core","prompts","PromptTemplate"],"kwargs":{}}',
)


@pytest.fixture(scope="module")
def client(server: RunningServer) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def _never_500(answer: httpx.Response, *allowed: int) -> None:
    assert answer.status_code in allowed, f"{answer.status_code}: {answer.text[:300]}"


def _try_everywhere(client: httpx.Client, text: str) -> None:
    """Use `text` as content, title, tag, query, filter, cursor and id."""
    made = client.post(
        "/api/items", json={"content": f"words {text}", "content_type": "text/plain", "title": text, "tags": [text]}
    )
    _never_500(made, 200, 422)
    for name in ("tag", "site", "kind", "status", "collection_id", "source", "created_after", "sort", "cursor"):
        _never_500(client.get("/api/items", params={name: text}), 200, 422)
    _never_500(client.post("/api/search", json={"query": text}), 200, 422)
    _never_500(client.post("/api/search", json={"query": f'words "{text}" -{text} tag:{text}'}), 200, 422)
    _never_500(client.get("/api/search/suggestions", params={"q": text}), 200, 422)
    _never_500(client.get("/api/items/lookup", params={"url": text}), 200, 422)
    _never_500(client.post("/api/auth/keys", json={"name": text, "scope": text}), 422)
    named = client.post("/api/auth/keys", json={"name": text, "scope": "read"})
    _never_500(named, 200, 422)
    if named.status_code == 200:
        assert named.json()["name"] == text
    if made.status_code == 200:
        _never_500(client.get(f"/api/items/{made.json()['id']}"), 200)


@pytest.mark.parametrize("text", NAUGHTY, ids=range(len(NAUGHTY)))
def test_row_29_words_are_taken_literally(client: httpx.Client, text: str) -> None:
    _try_everywhere(client, text)


def test_row_29_the_list_of_naughty_strings(client: httpx.Client, shared: Path) -> None:
    strings = json.loads((shared / "data/hostile/naughty-strings.json").read_text(encoding="utf-8"))
    for text in [string for string in strings if string.strip()][::4]:
        _try_everywhere(client, text)


def test_row_29_the_library_is_whole_afterwards(client: httpx.Client) -> None:
    client.post("/api/items", json={"content": "still here", "content_type": "text/plain"})
    assert client.get("/api/items").json()["total"] > 0


@pytest.mark.parametrize("text", [*TEMPLATES, *SERIALISED])
def test_rows_30_and_31_objects_and_templates_are_text(client: httpx.Client, text: str) -> None:
    made = client.post("/api/items", json={"content": text, "content_type": "text/plain", "title": text, "note": text})
    item = client.get(f"/api/items/{made.json()['id']}").json()
    assert item["title"] == text
    assert item["note"] == text
    original = client.get(f"/api/items/{made.json()['id']}/original")
    assert original.text == text
    conversation = client.post("/api/conversations", json={"title": text}).json()
    assert client.get(f"/api/conversations/{conversation['id']}").json()["title"] == text


@pytest.mark.parametrize(
    "target",
    [
        "/ui/..%2f..%2fconfig.py",
        "/ui/../../config.py",
        "/ui/..%5c..%5cconfig.py",
        "/ui/%2e%2e/%2e%2e/config.py",
        "/ui/app.js%00.py",
        "/ui//etc/passwd",
        "/ui/%2fetc%2fpasswd",
        "/docs/..%2f..%2fmain.py",
        "/docs/%00",
        "/api/items/..%2f..%2ftoken/original",
        "/api/items/x/assets/..%2f..%2f..%2ftoken",
        "/api/items/x/assets/..%5c..%5ctoken",
        "/api/items/x/assets/%00",
        "/api/items/../../../../etc/passwd",
        "/api/items/%2e%2e%2f%2e%2e%2fcortex.db",
        "/../../../etc/passwd",
    ],
)
def test_row_26_paths_stay_inside(server: RunningServer, target: str) -> None:
    answer = request(server, target=target)
    assert answer.status in (400, 404, 422), answer
    assert b"root:" not in answer.body
    assert server.token.encode() not in answer.body


@pytest.mark.parametrize(
    "name",
    ["../../x.txt", "..\\..\\x.txt", "/etc/x.txt", "C:\\x.txt", "a\x00.txt", "x" * 300 + ".txt", "..", "con.txt"],
)
def test_row_26_file_names_are_never_paths(server: RunningServer, client: httpx.Client, name: str) -> None:
    data_dir = server.settings.data_dir
    outside = set(data_dir.parent.iterdir())
    answer = client.post("/api/items/upload", files={"files": (name, b"some words", "text/plain")})
    _never_500(answer, 200, 400, 422)
    assert set(data_dir.parent.iterdir()) == outside
    assert not [path for path in data_dir.rglob("*") if path.name in ("x.txt", "con.txt", name)]
    if answer.status_code == 200:
        original = client.get(f"/api/items/{answer.json()['items'][0]['id']}/original")
        disposition = original.headers["content-disposition"]
        assert disposition.startswith("attachment")
        assert not any(part in disposition for part in ("../", "..\\", "/etc", "C:\\", "\x00"))
