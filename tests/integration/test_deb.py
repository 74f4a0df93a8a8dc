"""The Debian package holds what the desktop looks for, where it looks, and takes nothing of the owner's with it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bundling import deb

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="packages are made where dpkg-deb is")


def _made_of(folder: Path) -> tuple[Path, Path, Path]:
    """Stand-ins for what takes minutes to build."""
    program, sidecar, papers = folder / "cortex-desktop", folder / "sidecar", folder / "papers"
    program.write_text("#!/bin/sh\necho window\n", encoding="utf-8")
    (sidecar / "_internal").mkdir(parents=True)
    (sidecar / "_internal" / "library.so").write_bytes(b"\x7fELF")
    (sidecar / "cortex").write_text("#!/bin/sh\necho sidecar\n", encoding="utf-8")
    (sidecar / "cortex").chmod(0o700)
    sidecar.with_name("sidecar.made-from").write_text("a key", encoding="utf-8")
    papers.mkdir()
    (papers / "LICENCES.txt").write_text("many", encoding="utf-8")
    return program, sidecar, papers


def _said(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_everything_is_where_the_desktop_and_the_window_look(tmp_path: Path) -> None:
    package = deb.build(*_made_of(tmp_path), version="1.2.3", into=tmp_path)
    _said("dpkg-deb", "-x", package, tmp_path / "root")
    root = tmp_path / "root"
    assert _said(root / "usr/bin/cortex") == "sidecar\n"
    assert _said(root / "usr/bin/cortex-desktop") == "window\n"
    assert (root / "usr/lib/Cortex/sidecar/_internal/library.so").stat().st_mode & 0o777 == 0o644
    assert (root / "usr/lib/Cortex/papers/LICENCES.txt").is_file()
    entry = (root / "usr/share/applications/cortex-desktop.desktop").read_text(encoding="utf-8").splitlines()
    assert "Exec=cortex-desktop %U" in entry
    assert any(line.startswith("MimeType=x-scheme-handler/cortex;") for line in entry)
    icons = {path.parent.parent.name for path in (root / "usr/share/icons/hicolor").rglob("cortex-desktop.*")}
    assert {"32x32", "128x128", "256x256", "512x512", "scalable"} <= icons
    assert _said("dpkg-deb", "-f", package, "Package", "Version").split("\n")[:2] == [
        "Package: cortex",
        "Version: 1.2.3",
    ]
    assert "libwebkit2gtk-4.1-0" in _said("dpkg-deb", "-f", package, "Depends")
    owners = {line.split()[1] for line in _said("dpkg-deb", "-c", package).splitlines()}
    assert owners == {"root/root"}


def test_it_is_packed_again_when_something_changed_and_only_then(tmp_path: Path) -> None:
    program, sidecar, papers = _made_of(tmp_path)
    package = deb.build(program, sidecar, papers, version="1.2.3", into=tmp_path)
    os.utime(package, (0, 0))
    assert deb.build(program, sidecar, papers, version="1.2.3", into=tmp_path).stat().st_mtime == 0
    program.write_text("#!/bin/sh\necho another\n", encoding="utf-8")
    assert deb.build(program, sidecar, papers, version="1.2.3", into=tmp_path).stat().st_mtime > 0


_TOOLS = ("update-desktop-database", "gtk-update-icon-cache")
_INDEXED = [
    "update-desktop-database -q /usr/share/applications",
    "gtk-update-icon-cache -q -t /usr/share/icons/hicolor",
]


@pytest.mark.parametrize(
    ("name", "argument", "called"),
    [
        ("postinst", "configure", _INDEXED),
        ("postinst", "abort-upgrade", []),
        ("postrm", "upgrade", []),
        ("postrm", "remove", _INDEXED),
        ("postrm", "purge", _INDEXED),
    ],
)
@pytest.mark.parametrize("code", [0, 1, None], ids=["tools", "tools that fail", "no tools"])
def test_installing_and_removing_index_and_touch_no_home(
    tmp_path: Path, name: str, argument: str, called: list[str], code: int | None
) -> None:
    package = deb.build(*_made_of(tmp_path), version="1.2.3", into=tmp_path)
    _said("dpkg-deb", "-e", package, tmp_path / "control")
    tools, home, calls = tmp_path / "tools", tmp_path / "home", tmp_path / "calls"
    tools.mkdir()
    for tool in _TOOLS if code is not None else ():
        (tools / tool).write_text(f'#!/bin/sh\necho "{tool} $*" >>"$CALLS"\nexit {code}\n', encoding="utf-8")
        (tools / tool).chmod(0o755)
    (home / ".cortex").mkdir(parents=True)
    (home / ".cortex" / "cortex.db").write_bytes(b"a library")
    subprocess.run(
        [tmp_path / "control" / name, argument],
        env={"HOME": str(home), "PATH": str(tools), "CALLS": str(calls)},
        cwd=home,
        check=True,
    )
    assert (calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []) == (
        called if code is not None else []
    )
    assert [path.relative_to(home).as_posix() for path in sorted(home.rglob("*"))] == [".cortex", ".cortex/cortex.db"]
    assert (home / ".cortex" / "cortex.db").read_bytes() == b"a library"
