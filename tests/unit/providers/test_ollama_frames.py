"""What Ollama's frames mean."""

from __future__ import annotations

import pytest

from cortex.providers.chat_model import Finished, TokenUsage
from cortex.providers.ollama_frames import ChatFrame


@pytest.mark.parametrize(
    ("reason", "with_tools", "expected"),
    [
        ("stop", False, "stop"),
        ("stop", True, "tool_calls"),
        ("length", False, "length"),
        ("length", True, "length"),
        (None, False, "stop"),  # older ones do not say
    ],
)
def test_the_end_is_told_in_cortexs_words(reason: str | None, with_tools: bool, expected: str) -> None:
    frame = ChatFrame.model_validate({"message": {"content": ""}, "done": True, "done_reason": reason, "eval_count": 3})
    finished = frame.finished(with_tools=with_tools)
    assert isinstance(finished, Finished)
    assert finished.reason == expected
    assert finished.usage == TokenUsage(0, 3)


@pytest.mark.parametrize("value", [{}, {"done": True}, {"message": None, "done": True}, {"message": {"content": "x"}}])
def test_what_is_no_frame_is_not_taken_for_one(value: object) -> None:
    with pytest.raises(ValueError, match="validation error"):
        ChatFrame.model_validate(value)
