"""What is missing on a machine is explained with the package to install."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import interpreter


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("ID=debian\nVERSION_ID=12\n", "debian"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', "debian"),
        ("ID=fedora\n", "fedora"),
        ('ID="rocky"\nID_LIKE="rhel centos fedora"\n', "fedora"),
        ("ID=arch\n", "arch"),
        ('ID=manjaro\nID_LIKE="arch"\n', "arch"),
        ('ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', "suse"),
        ("ID=alpine\n", "alpine"),
        ("ID=unheard-of\n", None),
    ],
)
def test_distributions_are_known_by_what_they_derive_from(tmp_path: Path, text: str, family: str | None) -> None:
    release = tmp_path / "os-release"
    release.write_text(text, encoding="utf-8")
    assert interpreter.family(release, "linux") == family


def test_other_systems_need_no_file(tmp_path: Path) -> None:
    assert interpreter.family(tmp_path / "absent", "darwin") == "macos"
    assert interpreter.family(tmp_path / "absent", "win32") == "windows"
    assert interpreter.family(tmp_path / "absent", "linux") is None


def test_an_old_python_is_told_where_a_newer_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = tmp_path / "python3.13"
    newer.write_text("#!/bin/sh\n", encoding="utf-8")
    newer.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert str(newer) in interpreter.too_old("debian")


def test_an_old_python_alone_is_told_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "sudo dnf install" in interpreter.too_old("fedora")


def test_nothing_is_missing_here() -> None:
    assert interpreter.lacks_venv("debian") is None


def test_a_missing_compiler_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    advice = interpreter.lacks_compiler("debian")
    assert advice is not None
    assert "build-essential" in advice


def test_python_without_ensurepip_is_explained_before_anything_is_made(tmp_path: Path) -> None:
    """As on a fresh Debian: an interpreter whose standard library lacks ensurepip."""
    code = "import sys; sys.modules['ensurepip'] = None; import importlib.util as u; real = u.find_spec\n"
    code += "u.find_spec = lambda name: None if name == 'ensurepip' else real(name)\n"
    code += f"sys.path.insert(0, {str(Path(interpreter.__file__).parent)!r}); import interpreter\n"
    code += "print(interpreter.lacks_venv('debian'))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True).stdout
    assert "ensurepip" in said
    assert "sudo apt install python3" in said
    assert "-venv" in said
