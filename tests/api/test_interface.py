"""What a browser loads: one page for every view, files by their content, under a policy, without a token."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.conftest import ServerThread

from cortex.api.interface import VIEWS

PAGE = "<!doctype html><title>built</title>"
SCRIPT = "console.log('built')\n" * 200


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client without a token on a server with a built interface."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    (folder / "secret.txt").write_text("not to be served", encoding="utf-8")
    (folder / "assets" / "index-1a2b.js").write_text(SCRIPT, encoding="utf-8")
    (folder / "assets" / "index-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    with (
        ServerThread(data_dir=tmp_path_factory.mktemp("data"), ui_dir=folder) as server,
        httpx.Client(base_url=server.url, trust_env=False) as client,
    ):
        yield client


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_the_one_page_under_the_policy(browser: httpx.Client, view: str) -> None:
    answer = browser.get(view.replace("{", "").replace("}", ""))
    assert (answer.status_code, answer.text) == (200, PAGE)
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert answer.headers["cache-control"] == "no-cache"
    assert "access-control-allow-origin" not in answer.headers


def test_files_are_compressed_when_they_were_built_and_kept_for_good(browser: httpx.Client) -> None:
    packed = browser.get("/assets/index-1a2b.js", headers={"Accept-Encoding": "br, gzip"})
    plain = browser.get("/assets/index-1a2b.js", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text == SCRIPT
    for answer in (packed, plain):
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "immutable" in answer.headers["cache-control"]
        assert "Accept-Encoding" in answer.headers["vary"]


@pytest.mark.parametrize(
    "name", ["../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", ".cortex-sources", "none.js"]
)
def test_nothing_else_is_served(browser: httpx.Client, name: str) -> None:
    answer = browser.get(f"/assets/{name}")
    assert answer.status_code in (400, 401, 404)
    assert "not to be served" not in answer.text


def test_without_a_built_interface_there_is_the_plain_page(tmp_path: Path) -> None:
    with ServerThread(data_dir=tmp_path, ui_dir=None) as server, httpx.Client(trust_env=False) as client:
        answer = client.get(f"{server.url}/library")
        assert 'id="save"' in answer.text
        assert client.get(f"{server.url}/assets/index-1a2b.js").status_code == 404
