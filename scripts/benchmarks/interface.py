"""How quickly the interface shows and answers over a hundred thousand items, in a headless Chromium.

    python3 scripts/bench.py interface

The items are only there to be listed: they were written past the program. Forty notes are there to be searched, too.
Needs Node and a Chromium.
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

import interface
from benchmarks.server_process import ServerProcess, serving

FILLER = interface.UI / "app" / "tests" / "journeys" / "large_library.py"
NOTES = 40
TIMINGS = interface.UI / "app" / "scripts" / "timings.mjs"


def run() -> dict[str, Any]:
    """Milliseconds to the frame, to the first rows, of an interaction, and to results. Raises FileNotFoundError."""
    if (advice := interface.missing()) is not None:
        raise FileNotFoundError(advice)
    if interface.browser() is None:
        raise FileNotFoundError("no Chromium is here; install it to measure the interface")
    os.environ["CORTEX_UI_DIR"] = str(interface.build())
    with tempfile.TemporaryDirectory(prefix="cortex-bench-") as folder:
        data_dir = Path(folder) / "data"
        with serving(data_dir):
            pass  # makes the library
        subprocess.run([sys.executable, str(FILLER), str(data_dir)], check=True)
        with serving(data_dir) as server:
            _save_notes(server)
            node = shutil.which("node") or "node"
            measured = subprocess.run(
                [node, str(TIMINGS), server.url, server.token],
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
        while any(client.get(f"/api/items/{each['id']}").json()["status"] != "ready" for each in saved):
            time.sleep(0.2)
