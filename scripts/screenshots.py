#!/usr/bin/env python3
"""Takes the pictures of the page that the documents show: docs/images/page.png, and with --all every variant.

    .venv/bin/python scripts/screenshots.py [--all DIRECTORY]

Serves the demonstration library (in memory), drives a headless Chromium, Chrome or Edge through saving, searching and
asking, and photographs the result.
"""

from __future__ import annotations

import argparse
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from browser import Page, browsing

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "page.png"
NOTE = ROOT / "tests" / "samples" / "journey" / "sourdough-log.md"
TOKEN = "token-of-the-screenshots"  # noqa: S105 - of a library that ends with this program
WIDE, NARROW = 960, 390


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures; 1 when there is no browser."""
    parser = argparse.ArgumentParser(description="Photograph the page.")
    parser.add_argument("--all", type=Path, metavar="DIRECTORY", help="also write every variant into this directory")
    everything: Path | None = parser.parse_args(arguments).all
    try:
        with tempfile.TemporaryDirectory(prefix="cortex-pictures-") as folder, browsing() as page:
            _photograph(page, Path(folder), everything)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _photograph(page: Page, folder: Path, everything: Path | None) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "cortex", "serve", "--demo", "--port", "0", "--exit-with-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"CORTEX_TOKEN": TOKEN, "CORTEX_DATA_DIR": str(folder), "CORTEX_LOG_LEVEL": "error"},
    )
    try:
        address = _address(server)
        with httpx.Client(
            base_url=address, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False, timeout=60
        ) as client:
            _wait_until_processed(client)
            ticket = client.post("/api/auth/tickets", json={"purpose": "session"}).raise_for_status().json()["ticket"]
        if everything:
            everything.mkdir(parents=True, exist_ok=True)
            page.open(address)
            page.wait("!document.querySelector('#sign-in').hidden")
            (everything / "sign-in.png").write_bytes(page.picture(width=WIDE))
        page.open(f"{address}/?ticket={ticket}")
        page.wait("!document.querySelector('#library').hidden")
        _use(page)
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        PICTURE.write_bytes(page.picture(width=WIDE, scale=1.5))
        if everything:
            for name, width in (("wide", WIDE), ("narrow", NARROW)):
                for dark in (False, True):
                    shade = "dark" if dark else "light"
                    (everything / f"{name}-{shade}.png").write_bytes(page.picture(width=width, dark=dark))
    finally:
        server.communicate()


def _address(server: subprocess.Popen[str]) -> str:
    lines: queue.Queue[str] = queue.Queue()
    assert server.stdout is not None
    threading.Thread(target=lambda stream: lines.put(stream.readline()), args=(server.stdout,), daemon=True).start()
    return lines.get(timeout=60).removeprefix("Cortex is ready at ").strip()


def _wait_until_processed(client: httpx.Client) -> None:
    while True:
        queued = client.get("/api/processing/queue").raise_for_status().json()
        if not queued["pending"] and not queued["processing"]:
            return
        time.sleep(0.1)


def _use(page: Page) -> None:
    page.type("#save-text", NOTE.read_text(encoding="utf-8"))
    page.click("#save button[type=submit]")
    page.wait("document.querySelector('#saved li')?.textContent.includes('ready')")
    page.type("#query", '"egg white" -tommy')
    page.click("#search button[type=submit]")
    page.wait("document.querySelector('#search-state').textContent.includes('found')")
    page.type("#question", "How hot must the oven be so that the loaf does not tear?")
    page.click("#ask button[type=submit]")
    page.wait("document.querySelector('#answers .sources li') && document.querySelector('#stop').hidden")
    page.value("document.activeElement.blur()")


if __name__ == "__main__":
    sys.exit(main())
