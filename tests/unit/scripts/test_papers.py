"""The papers of a bundle name everything, once, in the form that programs expect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

import environment
from bundling import papers
from bundling.components import Component

HELD = [
    Component("pypi", "starlette", "1.10.0", "BSD-3-Clause", ("Copyright of Starlette",)),
    Component("cargo", "serde", "1.0.0", "MIT/Apache-2.0", ("Permission is hereby granted",)),
    Component("npm", "@scope/thing", "2.0.0", "(MIT OR CC0-1.0)", ("Permission is hereby granted",)),
    Component("generic", "zlib", "", "Zlib"),
]


def test_the_list_names_each_package_and_each_text_once(tmp_path: Path) -> None:
    papers.write(tmp_path, HELD, version="1.2.3", own_licence="Apache License")
    text = (tmp_path / papers.LICENCES).read_text(encoding="utf-8")
    assert text.count("Permission is hereby granted") == 1
    assert "serde 1.0.0, @scope/thing 2.0.0" in text or "@scope/thing 2.0.0, serde 1.0.0" in text
    assert "Apache License" in text
    assert "zlib  " in text


def test_the_bill_of_materials_is_valid_and_the_same_each_time(tmp_path: Path) -> None:
    papers.write(tmp_path / "a", HELD, version="1.2.3", own_licence="")
    papers.write(tmp_path / "b", HELD[::-1], version="1.2.3", own_licence="")
    first = (tmp_path / "a" / papers.MATERIALS).read_text(encoding="utf-8")
    assert first == (tmp_path / "b" / papers.MATERIALS).read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(first) is None
    listed = {entry["purl"] for entry in json.loads(first)["components"]}
    assert listed == {
        "pkg:pypi/starlette@1.10.0",
        "pkg:cargo/serde@1.0.0",
        "pkg:npm/%40scope/thing@2.0.0",
        "pkg:generic/zlib",
    }


def test_what_may_not_ship_is_named(tmp_path: Path) -> None:
    with pytest.raises(environment.SetupError, match=r"taker 3\.0: AGPL-3\.0-only"):
        papers.write(tmp_path, [*HELD, Component("pypi", "taker", "3.0", "AGPL-3.0-only")], version="1", own_licence="")
    assert not list(tmp_path.iterdir())
