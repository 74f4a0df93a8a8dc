"""Where the window cannot be had, Cortex opens in the browser, and one line says why."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import environment
import run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the stand-ins are shell scripts; run it on Linux")


def _program(folder: Path, name: str, lines: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that programs are found in, with all that the window is built with but cargo; and a screen."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("pkg-config", "cc"):
        _program(folder, name, "exit 0")
    _program(folder, "rustc", "echo 'rustc 1.95.0 (0123 2026-01-01)'")
    for name in ("CARGO_TARGET_DIR", "CORTEX_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("CORTEX_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DISPLAY", ":0")
    return folder


@pytest.mark.parametrize(
    ("cargo", "reason"),
    [
        ("exit 101", "could not be fetched"),
        ('[ "$1" = fetch ] || exit 101', "could not be built"),
    ],
    ids=["no registry", "an error of the compiler"],
)
def test_a_window_that_cannot_be_built_leaves_the_browser(
    programs: Path, capsys: pytest.CaptureFixture[str], cargo: str, reason: str
) -> None:
    _program(programs, "cargo", cargo)
    assert run._window(run._parse([])) is None
    said = capsys.readouterr().err.splitlines()[-1]
    assert reason in said
    assert said.endswith("Until then Cortex opens in the browser.")


def test_a_window_that_is_not_wanted_is_not_built(programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _program(programs, "cargo", "exit 101")
    assert run._window(run._parse(["--headless"])) is None
    assert capsys.readouterr().err == ""


def test_a_screen_that_cannot_be_drawn_on_leaves_the_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _program(tmp_path, "cortex-desktop", f"exit {run.NO_SCREEN}")
    monkeypatch.setattr(environment, "prepare", lambda: None)
    monkeypatch.setattr(environment, "build_missing", dict)
    monkeypatch.setattr(run, "_interface", dict)
    monkeypatch.setattr(run, "_window", lambda _options: tmp_path / "cortex-desktop")
    monkeypatch.setattr(run, "_serve", lambda *_: 0)
    monkeypatch.setattr(run, "Lifeline", lambda: SimpleNamespace(check=lambda: None))
    assert run.main(["--port", "0"]) == 0
    assert "in the browser instead" in capsys.readouterr().err


def test_the_window_means_the_same_by_that_code() -> None:
    source = (environment.ROOT / "src-tauri" / "src" / "lib.rs").read_text(encoding="utf-8")
    assert f"const NO_SCREEN: u8 = {run.NO_SCREEN};" in source
