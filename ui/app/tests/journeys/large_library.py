"""Fill a library that is not open with a hundred thousand items over ten years: python large_library.py DATA_DIR.

Written past the program, which would read and index each: these are only there to be listed.
"""

from __future__ import annotations

import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

ITEMS = 100_000
YEARS = 10
SITES = ("example.org", "news.example", "papers.example", "blog.example", "docs.example")


def main() -> None:
    """Write the items in one transaction."""
    database = sqlite3.connect(Path(sys.argv[1]) / "cortex.db")
    newest = datetime(2026, 6, 30, 12, tzinfo=UTC)
    apart = timedelta(days=365 * YEARS) / ITEMS
    with database:
        database.executemany(
            "INSERT INTO items (id, title, kind, source, status, site, excerpt, word_count, reading_minutes, "
            "created_at, updated_at) VALUES (?, ?, 'article', 'import', 'ready', ?, ?, 900, 4, ?, ?)",
            (
                (
                    f"item_{number:026d}",
                    f"Saved page number {number}",
                    SITES[number % len(SITES)],
                    f"The beginning of page {number}, as long as beginnings of pages are: "
                    + "words and more words " * 8,
                    moment,
                    moment,
                )
                for number in range(ITEMS)
                for moment in [(newest - apart * number).strftime("%Y-%m-%dT%H:%M:%S.000Z")]
            ),
        )
    database.close()


if __name__ == "__main__":
    main()
