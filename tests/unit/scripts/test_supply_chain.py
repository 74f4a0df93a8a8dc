"""The lock's guard sees what it is there to see."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import supply_chain

ROOT = Path(supply_chain.__file__).resolve().parent.parent
HASH = " \\\n    --hash=sha256:" + "0" * 64


@pytest.fixture
def project() -> dict[str, Any]:
    return {
        "project": {"dependencies": ["starlette>=1.3.0", "litellm>=1.80"]},
        "build-system": {"requires": []},
        "dependency-groups": {"dev": [{"include-group": "build"}]},
    }


GOOD = f"litellm==1.106.2{HASH}\nstarlette==1.10.0{HASH}\n"


def problems(text: str, project: dict[str, Any]) -> str:
    return "\n".join(supply_chain.lock_problems(text, supply_chain.wanted(project)))


def test_a_good_lock_has_no_problems(project: dict[str, Any]) -> None:
    assert not problems(GOOD, project)


def test_the_committed_lock_is_fresh_and_names_no_host() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not problems(text, tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8")))


def test_the_lock_of_the_bundle_is_as_good_and_has_the_versions_that_are_tested() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    bundled = (ROOT / "requirements-bundle.lock").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert not list(supply_chain.lock_problems(bundled, supply_chain.shipped(project)))
    assert not list(supply_chain.apart_problems(text, bundled))
    assert "pytest" not in supply_chain.locked(bundled)


def test_a_bundle_of_other_versions_and_an_old_freezer_are_named(project: dict[str, Any]) -> None:
    assert "ship starlette 1.9.0; tested is 1.10.0" in "".join(
        supply_chain.apart_problems(GOOD, GOOD.replace("1.10.0", "1.9.0"))
    )
    old = f"{GOOD}pyinstaller==5.13.2{HASH}\n"
    assert "pyinstaller==5.13.2 has a known vulnerability" in problems(old, project)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("litellm==1.106.2" + HASH + "\n", ""), "does not satisfy litellm"),
        (GOOD.replace("starlette==1.10.0", "starlette==1.2.9"), "does not satisfy starlette"),
        (GOOD.replace("1.106.2", "1.82.7"), "malicious"),
        (GOOD.replace("1.106.2", "1.82.0"), "known vulnerability"),
        (GOOD + "h11==0.16.0\n", "h11==0.16.0 has no hash"),
        ("--index-url https://mirror.example/simple\n" + GOOD, "names a place (line 1)"),
        ("--find-links /srv/wheels\n" + GOOD, "names a place (line 1)"),
        ("-f /srv/wheels\n" + GOOD, "names a place (line 1)"),
        (GOOD + f"h11 @ file:///srv/h11.whl{HASH}\n", "names a place"),
    ],
)
def test_each_fault_is_named(project: dict[str, Any], text: str, said: str) -> None:
    assert said in problems(text, project)


CRATES = f"""
[[package]]
name = "cortex-shell"
version = "0.1.0"

[[package]]
name = "tauri"
version = "2.12.5"
source = "{supply_chain.CRATES_FROM}"
checksum = "{"0" * 64}"
"""


def test_good_crates_have_no_problems() -> None:
    assert not list(supply_chain.crate_problems(CRATES))
    assert not list(supply_chain.crate_problems((ROOT / "src-tauri" / "Cargo.lock").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CRATES.replace("2.12.5", "2.11.0"), "known vulnerability"),
        (CRATES.replace("0" * 64, ""), "no checksum"),
        (CRATES.replace(supply_chain.CRATES_FROM, "git+https://example.org/tauri"), "elsewhere than crates.io"),
        (CRATES.replace('name = "cortex-shell"', 'name = "patched"'), "from a folder"),
    ],
)
def test_each_fault_of_a_crate_is_named(text: str, said: str) -> None:
    assert said in "\n".join(supply_chain.crate_problems(text))


def test_an_unknown_pth_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "_editable_impl_cortex.pth").touch()
    assert not list(supply_chain.pth_problems(tmp_path))
    (tmp_path / "litellm_init.pth").write_text("import os\n", encoding="utf-8")
    assert "litellm_init.pth" in "".join(supply_chain.pth_problems(tmp_path))
