"""Writes the API's document, python-backend/openapi.json, from the routes.

    .venv/bin/python scripts/generate_openapi.py [--check]

--check writes nothing and ends with 1 when the committed document differs from the routes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from cortex.config import load_settings
from cortex.main import create_app

DOCUMENT = Path(__file__).resolve().parent.parent / "python-backend" / "openapi.json"


def render() -> str:
    """The document as committed: sorted, so that a difference is a difference in the API."""
    return (
        json.dumps(create_app(load_settings(in_memory=True)).openapi(), indent=2, sort_keys=True, ensure_ascii=False)
        + "\n"
    )


def main() -> int:
    """Write the document, or compare it."""
    parser = argparse.ArgumentParser(description="Write the API's document from the routes.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    text = render()
    if not parser.parse_args().check:
        DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == text:
        return 0
    print(f"{DOCUMENT.name} is not what the routes say: run scripts/generate_openapi.py and commit the result")
    return 1


if __name__ == "__main__":
    sys.exit(main())
