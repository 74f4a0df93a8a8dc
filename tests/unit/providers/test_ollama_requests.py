"""What Ollama is asked."""

from __future__ import annotations

import pytest

from cortex.providers.chat_model import ChatCapabilities, ChatMessage, ChatRequest, ToolCall
from cortex.providers.ollama_requests import chat_body, duration, preload_body


@pytest.mark.parametrize(
    ("given", "sent"),
    [("5m", "5m"), ("1h30m", "1h30m"), ("0", 0), ("-1", -1), ("300", 300), (300, 300), (-1, -1), ("-1m", "-1m")],
)
def test_seconds_are_sent_as_a_number_and_the_rest_as_text(given: str | int, sent: object) -> None:
    """Ollama refuses "-1" as text: it has no unit."""
    assert duration(given) == sent
    assert type(duration(given)) is type(sent)


def test_the_context_is_the_same_whatever_is_asked() -> None:
    can = ChatCapabilities(2048)
    short = chat_body("m", ChatRequest((ChatMessage("user", "x"),), max_tokens=1), can, keep_alive="5m")
    long = chat_body("m", ChatRequest((ChatMessage("user", "x " * 10_000),)), can, keep_alive="5m")
    loaded = preload_body("m", keep_alive="5m", context_tokens=2048)
    assert {body["options"]["num_ctx"] for body in (short, long, loaded)} == {2048}
    assert short["options"]["num_predict"] == 1
    assert long["options"]["num_predict"] == 2048


def test_what_was_not_asked_for_is_not_named() -> None:
    body = chat_body("m", ChatRequest((ChatMessage("user", "x"),)), ChatCapabilities(2048), keep_alive="5m")
    assert not body.keys() & {"think", "tools", "format"}
    assert "options" not in preload_body("m", keep_alive="5m", context_tokens=None)


def test_a_history_with_tools_keeps_who_called_what() -> None:
    history = (
        ChatMessage("assistant", "", tool_calls=(ToolCall("call_1", "f", {"x": 1}),)),
        ChatMessage("tool", "2", tool_call_id="call_1", name="f"),
        ChatMessage("tool", "3"),
    )
    body = chat_body("m", ChatRequest(history), ChatCapabilities(2048, tools=True), keep_alive="5m")
    assert body["messages"] == [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "call_1", "function": {"name": "f", "arguments": {"x": 1}}}],
        },
        {"role": "tool", "content": "2", "tool_name": "f", "tool_call_id": "call_1"},
        {"role": "tool", "content": "3"},
    ]
