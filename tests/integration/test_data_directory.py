"""One owner a directory, originals that are whole or absent, and a stop that was not clean."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from cortex.bootstrap import assemble
from cortex.config import load_settings
from cortex.db.blobs import BlobStore
from cortex.db.instance import DataDirectory, read_instance
from cortex.db.migrate import copy_to
from cortex.exceptions import AssetNotFoundError, LibraryLockedError, StorageError


async def test_an_original_is_stored_once_and_read_back(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    sha256 = await store.put(b"a page")
    assert await store.put(b"a page") == sha256
    assert await store.get(sha256) == b"a page"
    assert len([path for path in tmp_path.glob("*/*") if path.is_file()]) == 1


async def test_a_cut_original_is_written_again(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    sha256 = await store.put(b"a page")
    store.path_of(sha256).write_bytes(b"a p")
    await store.put(b"a page")
    assert await store.get(sha256) == b"a page"


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "a" * 63, "A" * 64, "a" * 64 + "/../x"])
async def test_a_key_that_is_no_hash_reaches_no_path(tmp_path: Path, key: str) -> None:
    with pytest.raises(AssetNotFoundError):
        await BlobStore(tmp_path).get(key)


async def test_the_sweep_takes_only_old_files_that_no_row_names(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    known, old, young = [await store.put(data) for data in (b"known", b"old", b"young")]
    past = time.time() - 7200
    os.utime(store.path_of(known), (past, past))
    os.utime(store.path_of(old), (past, past))
    assert await store.strays(lambda sha256: sha256 == known) == [store.path_of(old)]
    assert store.discard_stray(store.path_of(old))
    assert store.path_of(known).exists()
    assert store.path_of(young).exists()
    assert not store.path_of(old).exists()


async def test_what_is_stored_again_is_no_stray_any_more(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    key = await store.put(b"old")
    past = time.time() - 7200
    os.utime(store.path_of(key), (past, past))
    (stray,) = await store.strays(lambda _: False)
    await store.put(b"old")
    assert not store.discard_stray(stray)
    assert await store.get(key) == b"old"


def test_a_second_owner_is_told_who_holds_the_directory(tmp_path: Path) -> None:
    first = DataDirectory(tmp_path)
    first.acquire("http://127.0.0.1:8742")
    with pytest.raises(LibraryLockedError, match=f"process {os.getpid()}, http://127.0.0.1:8742"):
        DataDirectory(tmp_path).acquire("http://127.0.0.1:9999")
    first.release()
    assert read_instance(tmp_path) is None
    DataDirectory(tmp_path).acquire("http://127.0.0.1:9999")


async def test_an_unclean_stop_is_noticed_and_the_file_is_checked(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    async with assemble(settings):
        pass
    assert not (tmp_path / "running").exists()
    (tmp_path / "running").touch()
    async with assemble(settings) as application:
        assert application.health.is_healthy
    assert not (tmp_path / "running").exists()


@pytest.mark.skipif(os.name == "nt", reason="rights are kept elsewhere there")
def test_a_directory_that_is_everybodys_stays_so_and_the_librarys_own_files_are_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    (tmp_path / "backups").mkdir(mode=0o755)
    (tmp_path / "cortex.db").touch(mode=0o644)
    DataDirectory(tmp_path).acquire("http://127.0.0.1:8742")
    modes = {name: (tmp_path / name).stat().st_mode & 0o7777 for name in (".", "backups", "cortex.db")}
    assert modes == {".": 0o1777, "backups": 0o755, "cortex.db": 0o600}


@pytest.mark.skipif(os.name == "nt", reason="rights are kept elsewhere there")
def test_a_directory_with_other_things_in_it_stays_as_it_is(tmp_path: Path) -> None:
    shared = tmp_path / "project"
    shared.mkdir()
    shared.chmod(0o2775)
    (shared / "report.md").touch(mode=0o664)
    (shared / "logs").mkdir(mode=0o755)
    DataDirectory(shared).acquire("http://127.0.0.1:8742")
    modes = {name: (shared / name).stat().st_mode & 0o777 for name in (".", "logs", "cortex.lock")}
    assert (modes["."], modes["logs"]) == (0o775, 0o755)
    assert modes["cortex.lock"] & 0o077 == 0


@pytest.mark.skipif(os.name == "nt", reason="rights are kept elsewhere there")
def test_a_directory_that_lies_elsewhere_is_closed_where_it_lies(tmp_path: Path) -> None:
    elsewhere = tmp_path / "other-disk"
    elsewhere.mkdir()
    elsewhere.chmod(0o755)
    (tmp_path / "library").symlink_to(elsewhere)
    DataDirectory(tmp_path / "library").acquire("http://127.0.0.1:8742")
    assert elsewhere.stat().st_mode & 0o777 == 0o700


async def test_a_copy_that_does_not_fit_leaves_nothing_behind(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    async with assemble(load_settings(data_dir=tmp_path / "data")) as application:
        target = tmp_path / "copies" / "copy.db"
        target.parent.mkdir()
        size = (tmp_path / "data" / "cortex.db").stat().st_size
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size // 4, hard))
        try:
            with pytest.raises(Exception, match=r"full|I/O|large"):
                await copy_to(application.database, target)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert list(target.parent.iterdir()) == []


async def test_a_copy_takes_nothing_away_that_was_there(tmp_path: Path) -> None:
    async with assemble(load_settings(data_dir=tmp_path / "data")) as application:
        earlier = tmp_path / "copy.db"
        earlier.write_bytes(b"an earlier copy")
        with pytest.raises(StorageError, match="is there already"):
            await copy_to(application.database, earlier)
        assert earlier.read_bytes() == b"an earlier copy"
