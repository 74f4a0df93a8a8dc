"""What the window needs is said in words, and it is built outside the repository."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import environment
import shell


def program(folder: Path, name: str, said: str = "", code: int = 0) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\necho '{said}'\nexit {code}\n", encoding="utf-8")
    file.chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that programs are found in."""
    if sys.platform != "linux":
        pytest.skip("the stand-ins are shell scripts, the libraries those of Linux; run it there")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_without_rust_it_says_where_to_get_it(programs: Path) -> None:
    said = shell.missing()
    assert said is not None
    assert "Rust is not here" in said
    assert "https://rustup.rs" in said


@pytest.mark.parametrize(("version", "old"), [("1.9.0", True), ("1.89.0", True), ("1.90.0", False), ("1.100.1", False)])
def test_an_old_rust_is_no_rust(programs: Path, version: str, old: bool) -> None:
    program(programs, "cargo")
    program(programs, "rustc", f"rustc {version} (0123 2026-01-01)")
    said = shell.missing()
    assert said is not None, "the libraries are missing still"
    assert ("Rust here is" in said) is old


def test_the_packages_to_install_are_named(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(programs, "cargo")
    program(programs, "rustc", "rustc 1.95.0 (0123 2026-01-01)")
    program(programs, "cc")
    program(programs, "pkg-config", code=1)
    monkeypatch.setattr("interpreter.family", lambda: "debian")
    said = shell.missing()
    assert said is not None
    assert "sudo apt install libwebkit2gtk-4.1-dev librsvg2-dev" in said
    program(programs, "pkg-config")
    assert shell.missing() is None


def test_it_is_built_outside_the_repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CARGO_TARGET_DIR", "CORTEX_CACHE"):
        monkeypatch.delenv(name, raising=False)
    assert environment.ROOT not in shell.target_directory().parents
    monkeypatch.setenv("CORTEX_CACHE", str(tmp_path))
    assert shell.target_directory() == tmp_path / "target"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen; run it on Linux")
def test_there_is_a_screen_where_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not shell.can_be_shown()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert shell.can_be_shown()
