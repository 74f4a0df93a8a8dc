"""`cortex self-test` tries what Cortex is made of, and says what does not work."""

from __future__ import annotations

import json

import pytest
from tests.e2e.program import cortex

pytestmark = pytest.mark.slow


def test_everything_works_and_nothing_is_left_behind(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    tried = cortex("self-test", "--json", data_dir=home / "library", TMPDIR=str(home))
    failed = [result for result in json.loads(tried.stdout)["results"] if not result["ok"]]
    assert failed == []
    assert (tried.returncode, tried.stderr) == (0, "")
    assert list(home.glob("*cortex*")) == []
    assert not (home / "library").exists()


def test_what_does_not_work_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    tried = cortex("self-test", data_dir=home, CORTEX_MODEL_DIR=str(home / "none"))
    assert tried.returncode == 1
    said = {line.partition(":")[0] for line in tried.stdout.splitlines()}
    assert said >= {
        "FAILED  embedded model",
        "FAILED  search by meaning",
        "ok      database",
        "ok      search by words",
    }
