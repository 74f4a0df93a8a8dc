"""What the window stores on the disk: sign-ins among it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from tests.e2e.program import until
from tests.system.desktop import Desktop
from tests.system.window import driven

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_what_the_window_stores_is_for_its_owner_alone(program: Path, screen: Desktop) -> None:
    library = screen.home / "library"
    pages = screen.home / ".local/share/org.cortex.desktop/pages"
    pages.mkdir(parents=True)
    pages.chmod(0o755)  # as an earlier window made it
    with driven(screen, program, "--data-dir", str(library), "--port", "0") as window:
        window.wait_for("Save something")
        (stored,) = until(lambda: list(pages.iterdir()), 30)
        until(lambda: list(stored.iterdir()), 30)
        for folder in (pages, stored, library):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
