"""Starts that are refused, and what a start leaves on the disk."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from tests.e2e.program import Program, cortex, ok
from tests.e2e.small_disk import fill

from cortex.cli.exit_codes import REFUSED

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("left", [0, 4096])
def test_a_full_disk_refuses_a_library_in_words_and_keeps_it(small_disk: Path, left: int) -> None:
    data = small_disk / "data"
    first = Program(data)
    try:
        with first.client() as client:
            saved = ok(client.post("/api/items", json={"content": "A note.", "title": "Saved in time"}))["id"]
    finally:
        first.stop()
    before = {path.name for path in data.iterdir()}
    filler = fill(small_disk, but=left)
    refused = cortex("serve", "--port", "0", "--exit-with-stdin", data_dir=data)
    said = [line for line in refused.stderr.splitlines() if not line.startswith("{")]
    assert "Traceback" not in refused.stderr
    assert refused.returncode == REFUSED
    assert len(said) == 1
    for part in (str(data), "is full", "All that was saved is there", "Free some room"):
        assert part in said[0]
    assert not {"running", "instance.json", "instance.tmp"} & {path.name for path in data.iterdir()}
    assert before <= {path.name for path in data.iterdir()}

    filler.unlink()
    again = Program(data)
    try:
        with again.client() as client:
            assert ok(client.get(f"/api/items/{saved}"))["title"] == "Saved in time"
    finally:
        again.stop()


def test_a_full_disk_refuses_a_new_library_in_words(small_disk: Path) -> None:
    fill(small_disk)
    refused = cortex("serve", "--port", "0", "--exit-with-stdin", data_dir=small_disk / "data")
    assert refused.returncode == REFUSED
    assert "is full" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_directory_that_cannot_be_written_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory", encoding="utf-8")
    refused = cortex("serve", "--port", "0", data_dir=tmp_path / "file")
    assert refused.returncode == REFUSED
    assert "cannot be used" in refused.stderr
    assert "--data-dir" in refused.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="rights are kept elsewhere there")
def test_all_that_a_library_makes_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Also in a directory that was there before, with wider rights, made by an earlier Cortex."""
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    data.chmod(0o755)
    for name in ("cortex.lock", "checkpoints.db"):
        (data / name).touch(mode=0o644)
    (data / "originals").mkdir(mode=0o755)
    usual = os.umask(0o022)
    try:
        running = Program(data)
    finally:
        os.umask(usual)
    try:
        with running.client() as client:
            ok(client.post("/api/items", json={"content": "Only for me.", "content_type": "text/markdown"}))
        made = [data, *data.rglob("*")]
        assert {"cortex.db", "cortex.db-wal", "instance.json", "running"} <= {path.name for path in made}
        assert len([path for path in made if path.is_file() and path.parent.parent.name == "originals"]) == 1
        open_to_others = {str(path): oct(stat.S_IMODE(mode)) for path in made if (mode := path.stat().st_mode) & 0o077}
        assert open_to_others == {}
    finally:
        running.stop()
