"""How quickly the interface shows and answers over a hundred thousand items and a long PDF, in a headless Chromium.

    python3 scripts/bench.py interface

The items are only there to be listed: they were written past the program. Forty notes are there to be searched, too,
and a PDF of two thousand pages to be opened. Needs Node and a Chromium.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

import interface
from benchmarks.server_process import ServerProcess, serving

JOURNEYS = interface.UI / "app" / "tests" / "journeys"
NOTES = 40
TIMINGS = interface.UI / "app" / "scripts" / "timings.mjs"


def run() -> dict[str, Any]:
    """Milliseconds to the frame, the first rows, a PDF's first page, of an interaction, and to results.

    Raises FileNotFoundError.
    """
    if (advice := interface.missing()) is not None:
        raise FileNotFoundError(advice)
    if interface.browser() is None:
        raise FileNotFoundError("no Chromium is here; install it to measure the interface")
    os.environ["CORTEX_UI_DIR"] = str(interface.build())
    with tempfile.TemporaryDirectory(prefix="cortex-bench-") as folder:
        data_dir = Path(folder) / "data"
        with serving(data_dir):
            pass  # makes the library
        subprocess.run([sys.executable, str(JOURNEYS / "large_library.py"), str(data_dir)], check=True)
        pdf = Path(folder) / "long.pdf"
        subprocess.run([sys.executable, str(JOURNEYS / "large_pdf.py"), str(pdf)], check=True)
        with serving(data_dir) as server:
            _save_notes(server)
            item_id = _upload(server, pdf)
            node = shutil.which("node") or "node"
            measured = subprocess.run(
                [node, str(TIMINGS), server.url, server.token, item_id],
                cwd=interface.UI / "app",
                env=interface.variables(),
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
    figures: dict[str, Any] = json.loads(measured.stdout.strip().splitlines()[-1])
    return figures


def _save_notes(server: ServerProcess) -> None:
    with server.client() as client:
        saved = [
            client.post("/api/items", json={"content": note, "content_type": "text/markdown"}).raise_for_status().json()
            for note in (f"# Page number {n}\n\nA saved page with more words on tides." for n in range(NOTES))
        ]
        for each in saved:
            _wait_until_ready(client, each["id"])


def _upload(server: ServerProcess, file: Path) -> str:
    with server.client() as client, file.open("rb") as content:
        answer = client.post("/api/items/upload", files={"files": (file.name, content, "application/pdf")})
        item_id: str = answer.raise_for_status().json()["items"][0]["id"]
        _wait_until_ready(client, item_id)
    return item_id


def _wait_until_ready(client: httpx.Client, item_id: str) -> None:
    while client.get(f"/api/items/{item_id}", params={"content": False}).json()["status"] != "ready":
        time.sleep(0.2)
