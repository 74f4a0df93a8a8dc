"""The plain page in a real browser: sign in by ticket, save, search, ask, all under the strict policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.e2e.program import SAMPLES, Program, cortex, processed, upload

from browser import Page, browsing, find_browser

pytestmark = pytest.mark.slow

SCRIPT = "`<img src=x onerror=\"document.title='broken in'\"><script>document.title='broken in'</script>`"
"""As code in Markdown: the text that is saved, found and shown has every character of it."""


@dataclass
class SignedIn:
    """A browser that was signed in by a ticket."""

    page: Page
    program: Program
    address: str


@pytest.fixture(scope="module")
def signed_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignedIn]:
    if find_browser() is None:
        pytest.skip("no Chromium, Chrome or Edge is installed here")
    program = Program(tmp_path_factory.mktemp("page") / "data")
    try:
        with program.client() as client:
            saved = upload(client, *(SAMPLES / name for name in ("kiln-handbook.pdf", "berry-netting.html")))
            processed(client, [item["id"] for item in saved])
        address = cortex("open", "--print", data_dir=program.data_dir).stdout.strip()
        with browsing() as page:
            page.open(address)
            page.wait("!document.querySelector('#library').hidden")
            yield SignedIn(page, program, address)
    finally:
        program.end()


def test_the_ticket_leaves_the_address_bar(signed_in: SignedIn) -> None:
    assert signed_in.page.value("location.href") == f"{signed_in.program.url}/"
    assert "2 items" in signed_in.page.value("document.querySelector('#state').textContent")


def test_text_is_saved_and_found(signed_in: SignedIn) -> None:
    page = signed_in.page
    page.type("#save-text", f"# Lighthouse keys\n\nThe keys hang behind the barometer. {SCRIPT}")
    page.click("#save button[type=submit]")
    page.wait("document.querySelector('#saved li')?.textContent.includes('ready')")
    assert "Lighthouse keys" in page.value("document.querySelector('#saved li .title').textContent")
    _search(page, "barometer")
    assert page.value("document.querySelector('#results .title').textContent") == "Lighthouse keys"
    assert page.value("document.querySelector('#results mark').textContent") == "barometer"


def test_saved_scripts_stay_text(signed_in: SignedIn) -> None:
    page = signed_in.page
    _search(page, '"broken in"')
    assert "onerror=" in page.value("document.querySelector('#results li').textContent")
    assert page.value("document.querySelectorAll('#results img, #results script').length") == 0
    assert page.value("document.title") == "Cortex"


def test_a_question_is_answered_with_its_sources(signed_in: SignedIn) -> None:
    page = signed_in.page
    page.type("#question", "How high is the chimney of the kiln?")
    page.click("#ask button[type=submit]")
    page.wait("document.querySelector('#answers .sources li')")
    assert "5.2 metres" in page.value("document.querySelector('#answers article').textContent")
    assert "Wood kiln" in page.value("document.querySelector('#answers article').textContent")
    page.wait("document.querySelector('#stop').hidden")


def test_a_file_is_saved(signed_in: SignedIn) -> None:
    page = signed_in.page
    field = page.call("Runtime.evaluate", expression="document.querySelector('#save-files')")["result"]["objectId"]
    page.call("DOM.setFileInputFiles", objectId=field, files=[str(SAMPLES / "swift-boxes.pdf")])
    page.wait("document.querySelector('#saved li')?.textContent.includes('Swift boxes')")
    page.wait("document.querySelector('#saved li')?.textContent.includes('ready')")


def test_the_session_outlives_a_reload(signed_in: SignedIn) -> None:
    page = signed_in.page
    page.open(f"{signed_in.program.url}/")
    page.wait("!document.querySelector('#library').hidden")


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_window(signed_in: SignedIn, width: int) -> None:
    signed_in.page.picture(width=width)
    assert signed_in.page.value("document.documentElement.scrollWidth") <= width


def test_nothing_was_refused_by_the_policy_or_asked_of_others(signed_in: SignedIn) -> None:
    page = signed_in.page
    page.value("1")  # takes in what the browser has reported until now
    assert page.complaints == []
    own = urlsplit(signed_in.program.url).netloc
    assert {urlsplit(address).netloc for address in page.requested if not address.startswith("data:")} <= {own}


def test_a_ticket_does_not_work_twice(signed_in: SignedIn, tmp_path: Path) -> None:
    with browsing() as other:
        other.open(signed_in.address)
        other.wait("!document.querySelector('#sign-in').hidden")
        assert "cortex open" in other.value("document.querySelector('#sign-in').textContent")
        assert other.value("document.querySelector('#library').hidden") is True
        assert "ticket" not in other.value("location.href")


def _search(page: Page, query: str) -> None:
    page.value("document.querySelector('#query').value = ''")
    page.value("document.querySelector('#search-state').textContent = ''")
    page.type("#query", query)
    page.click("#search button[type=submit]")
    page.wait("document.querySelector('#search-state').textContent.includes('found')")
