"""What models are told of tools, and which calls of theirs are taken for one."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator

import pytest

from cortex.providers.chat_model import ChatMessage, ToolCall
from cortex.services.chat_tools.exchange import LEFT_OUT, tokens_of, within
from cortex.services.chat_tools.moments import day_or_moment, moment, present, told
from cortex.services.chat_tools.reading import ReadItemArguments, SearchLibraryArguments
from cortex.services.chat_tools.tool import ToolRefusedError, named, schema_of
from cortex.services.chat_tools.writing import (
    CreateTaskArguments,
    SaveNoteArguments,
    SetReminderArguments,
    TagItemArguments,
)
from cortex.services.fencing import Fence

NOW = "2026-11-21T10:00:00.000Z"


@pytest.fixture
def in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    "arguments",
    [
        SearchLibraryArguments,
        ReadItemArguments,
        CreateTaskArguments,
        SaveNoteArguments,
        TagItemArguments,
        SetReminderArguments,
    ],
)
def test_schemas_are_flat_and_plain(arguments: type) -> None:
    schema = schema_of(arguments)
    text = json.dumps(schema)
    for word in ("anyOf", "$ref", "$defs", '"title":', "maxLength", '"default"', "null"):
        assert word not in text.replace('"title": {', "")
    assert schema["type"] == "object"
    properties = schema["properties"]
    assert isinstance(properties, dict)
    for name, field in properties.items():
        assert field["type"] in ("string", "integer", "array"), name
    assert set(schema["required"]) <= set(properties)  # type: ignore[call-overload] # a list of names


def test_a_field_called_title_stays() -> None:
    assert "title" in schema_of(CreateTaskArguments)["properties"]  # type: ignore[operator] # a mapping
    assert schema_of(CreateTaskArguments)["required"] == ["title"]


@pytest.mark.usefixtures("in_new_york")
def test_times_are_the_owners() -> None:
    assert moment("2026-11-23T09:00", NOW) == "2026-11-23T14:00:00.000Z"
    assert moment("2026-11-23T09:00:00Z", NOW) == "2026-11-23T09:00:00.000Z"
    assert moment("2026-11-23T09:00+02:00", NOW) == "2026-11-23T07:00:00.000Z"
    assert day_or_moment("2026-11-21", NOW) == "2026-11-21"
    assert told("2026-11-23T14:00:00.000Z") == "Monday 23 November 2026, 09:00"
    assert told("2026-11-23") == "Monday 23 November 2026"
    assert present(NOW) == ("It is Saturday 21 November 2026, 05:00 where the owner is (2026-11-21T05:00-05:00).")


@pytest.mark.usefixtures("in_new_york")
def test_today_is_the_owners_today() -> None:
    late_evening = "2026-11-22T02:00:00.000Z"  # still the 21st in New York
    assert day_or_moment("2026-11-21", late_evening) == "2026-11-21"
    with pytest.raises(ToolRefusedError, match="is over"):
        day_or_moment("2026-11-20", late_evening)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("tomorrow", "is not a time"),
        ("2026-11-23", "time of day"),
        ("2026-11-21T09:59:59Z", "is over"),
        ("2026-02-30T10:00", "is not a time"),
        ("0001-01-01T00:00", "is not a time"),
        ("9999-12-31T23:59:59-14:00", "is not a time"),
    ],
)
def test_times_that_are_none(when: str, said: str) -> None:
    with pytest.raises(ToolRefusedError, match=said):
        moment(when, NOW)


def test_days_that_are_none() -> None:
    with pytest.raises(ToolRefusedError, match="There is no day"):
        day_or_moment("2026-02-30", NOW)


def test_a_name_does_not_end_its_quotation_marks() -> None:
    assert named('Bread”, and nothing else. “ "\n«x»') == "“Bread', and nothing else. ' ' 'x'”"
    assert len(named("x" * 1000)) == 122


def said_by_tools(*contents: str) -> list[ChatMessage]:
    calls = tuple(ToolCall(str(n), "read_item", {"item_id": "item_1"}) for n in range(len(contents)))
    answers = [ChatMessage("tool", content, tool_call_id=str(n)) for n, content in enumerate(contents)]
    return [ChatMessage("assistant", "", tool_calls=calls), *answers]


def test_what_tools_gave_fits_the_window() -> None:
    long = Fence().around("word " * 2000, n=1)
    messages = said_by_tools(long, long, long)
    assert within(messages, 100_000) == messages
    for room in (8000, 4000, 1500, 400):
        fitted = within(messages, room)
        assert tokens_of(fitted) <= room
        assert [message.tool_call_id for message in fitted] == [message.tool_call_id for message in messages]
        last = fitted[-1].content
        assert last == long or re.search(r"\n</saved-[0-9a-f]+>\n\(cut: .*\)$", last)
    assert [message.content for message in within(messages, 1500)[1:3]] == [LEFT_OUT, LEFT_OUT]
