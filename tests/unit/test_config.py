"""Bad settings stop the start with one message that names them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cortex.config import Limits, Settings, load_settings
from cortex.exceptions import ConfigurationError


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CORTEX_PORT", "70000", "CORTEX_PORT: "),
        ("CORTEX_PORT", "eighty", "CORTEX_PORT: "),
        ("CORTEX_AI_PROVIDER", "skynet", "CORTEX_AI_PROVIDER: "),
        ("CORTEX_LIMITS__FETCH_SIZE", "-1", "CORTEX_LIMITS__FETCH_SIZE: "),
        ("CORTEX_CHUNK_OVERLAP", "900", "chunk_overlap must be smaller than chunk_size"),
        ("CORTEX_HOST", "0.0.0.0", "CORTEX_ALLOW_REMOTE=true"),  # noqa: S104 - that it is refused is the point
    ],
)
def test_a_bad_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match="Cortex was not started") as caught:
        load_settings()
    assert said in caught.value.message


def test_all_bad_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORTEX_PORT", "x")
    monkeypatch.setenv("CORTEX_LOG_LEVEL", "x")
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert "CORTEX_PORT" in caught.value.message
    assert "CORTEX_LOG_LEVEL" in caught.value.message


def test_the_command_line_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORTEX_PORT", "9000")
    assert load_settings().port == 9000
    assert load_settings(port=9001).port == 9001
    assert load_settings(port=None).port == 9000


def test_the_database_lies_in_the_data_directory_unless_named(tmp_path: Path) -> None:
    assert load_settings(data_dir=tmp_path).database_file == tmp_path / "cortex.db"
    assert load_settings(data_dir=tmp_path, db_path=tmp_path / "x.db").database_file == tmp_path / "x.db"
    assert load_settings(data_dir=Path("~/somewhere")).data_dir.is_absolute()


def test_the_token_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORTEX_TOKEN", "very-secret-token")
    assert "very-secret-token" not in repr(load_settings())


def test_development_origins_come_as_one_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORTEX_DEVELOPMENT_ORIGINS", "http://localhost:5173, http://localhost:3000")
    assert load_settings().development_origins == ("http://localhost:5173", "http://localhost:3000")


def test_the_settings_page_lists_exactly_the_settings() -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(CORTEX_\w+)`", page, re.MULTILINE))
    known = {f"CORTEX_{name.upper()}" for name in Settings.model_fields if name != "limits"}
    known |= {f"CORTEX_LIMITS__{name.upper()}" for name in Limits.model_fields}
    assert listed == known
