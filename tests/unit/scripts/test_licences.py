"""Nothing ships whose licence would bind Cortex, or whose licence nobody knows."""

from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

import supply_chain
from bundling import components, licences

ROOT = Path(supply_chain.__file__).resolve().parent.parent
# Locked because something asks for them, and left out by sidecar.spec.
NOT_SHIPPED = {"chardet"}


@pytest.mark.parametrize(
    ("expression", "may"),
    [
        ("MIT", True),
        ("MIT OR Apache-2.0", True),
        ("MIT/Apache-2.0", True),
        ("(MPL-2.0 OR Apache-2.0)", True),
        ("GPL-3.0-only OR MIT", True),
        ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", True),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", True),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", True),
        ("GPL-3.0-or-later", False),
        ("MIT AND GPL-3.0-only", False),
        ("MIT AND (GPL-2.0-only OR LGPL-2.1-or-later)", False),
        ("MIT AND", False),
        ("(MIT", False),
        ("MIT) OR GPL-3.0-only", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_an_expression_is_read_as_spdx_says(expression: str, may: bool) -> None:
    assert licences.may_ship(expression) is may


@pytest.mark.parametrize(
    ("words", "identifier"),
    [
        ("License :: OSI Approved :: MIT License", "MIT"),
        ("License :: OSI Approved :: Apache Software License", "Apache-2.0"),
        ("License :: OSI Approved :: GNU Lesser General Public License v2 or later (LGPLv2+)", "LGPL-2.1-or-later"),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", "GPL-3.0-only"),
        ("3-Clause BSD License", "BSD-3-Clause"),
        ("ask my lawyer", None),
    ],
)
def test_names_of_licences_are_known(words: str, identifier: str | None) -> None:
    assert licences.named(words) == identifier


def test_every_package_that_ships_may() -> None:
    """As installed here, where the lock's packages for other systems are not."""
    pins = supply_chain.locked((ROOT / "requirements-bundle.lock").read_text(encoding="utf-8"))
    group = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]["bundle"]
    assert group
    looked_at, refused = 0, []
    for distribution in metadata.distributions():
        name = canonicalize_name(distribution.metadata["Name"])
        if name in pins and name not in NOT_SHIPPED:
            looked_at += 1
            stated = components.licence_of(name, distribution.metadata)
            if not licences.may_ship(stated):
                refused.append(f"{name}: {stated or 'says nothing'}")
    assert refused == []
    assert looked_at > 100


def test_every_package_of_the_interface_that_ships_may() -> None:
    shipped = components.npm_packages(ROOT / "ui")
    assert len(shipped) > 50
    assert [each for each in shipped if not licences.may_ship(each.licence)] == []
