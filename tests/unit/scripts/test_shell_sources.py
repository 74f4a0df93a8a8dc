"""The window is built again whenever any of its sources changed."""

from __future__ import annotations

import shell


def test_every_rust_file_counts() -> None:
    assert set(shell._sources()) >= set((shell.SHELL / "src").rglob("*.rs"))
