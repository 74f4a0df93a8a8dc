"""The window is linted by the compiler's wrapper: a warning has to end it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import shell


@pytest.mark.parametrize(("source", "clean"), [("pub fn one() -> u8 {\n    return 1;\n}\n", False), ("", True)])
def test_a_warning_of_the_linter_is_an_error(tmp_path: Path, source: str, clean: bool) -> None:
    if (advice := shell.lacks("clippy")) is not None:
        pytest.skip(advice)
    (tmp_path / "lib.rs").write_text(source, encoding="utf-8")
    asked = subprocess.run(
        # as cargo calls a wrapper: it names the compiler first
        [shell.CLIPPY["RUSTC_WORKSPACE_WRAPPER"], "rustc", "--crate-type=lib", "--emit=metadata", "lib.rs"],
        cwd=tmp_path,
        env={**os.environ, **shell.CLIPPY},
        capture_output=True,
        text=True,
    )
    assert (asked.returncode == 0) == clean, asked.stderr
