"""Whether the vulnerability service answered: an audit that could not be made is skipped, never passed or failed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def command() -> ModuleType:
    path = Path(__file__).resolve().parents[3] / "scripts" / "test.py"
    spec = importlib.util.spec_from_file_location("cortex_test_command", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("code", "said", "answered"),
    [
        (0, "No known vulnerabilities found", True),
        (1, "Found 2 known vulnerabilities in 1 package", True),
        (1, "Found 1 known vulnerability in 1 package", True),
        (1, "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed", False),
        (1, "ERROR:pip_audit._cli:idna: Dependency not found and could not be audited: idna (3.20)", False),
    ],
)
def test_an_audit_counts_only_when_its_service_answered(
    command: ModuleType, code: int, said: str, answered: bool
) -> None:
    assert command.audit_answered(code, said) is answered
