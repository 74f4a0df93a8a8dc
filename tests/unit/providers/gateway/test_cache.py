"""Answers that would come out the same again are kept, within bounds."""

from dataclasses import replace

import pytest

from cortex.providers.chat_model import ChatCapabilities, ChatIdentity, ChatMessage, ChatRequest, Tool
from cortex.providers.gateway.cache import AnswerCache, CachedAnswer, is_deterministic, key_of
from cortex.services.fencing import Fence

REQUEST = ChatRequest((ChatMessage("user", "Sum up."),))
IDENTITY = ChatIdentity("ollama", "m", True, "127.0.0.1:11434")
ABLE = ChatCapabilities(8192)


def test_only_what_comes_out_the_same_is_kept() -> None:
    assert is_deterministic(REQUEST, "background")
    assert not is_deterministic(REQUEST, "interactive")
    assert not is_deterministic(replace(REQUEST, temperature=0.7), "background")
    assert not is_deterministic(replace(REQUEST, tools=(Tool("t", "", {}),)), "background")


@pytest.mark.parametrize(
    "other",
    [
        key_of(replace(REQUEST, max_tokens=5), IDENTITY, ABLE),
        key_of(replace(REQUEST, schema={"type": "object"}), IDENTITY, ABLE),
        key_of(replace(REQUEST, thinking=True), IDENTITY, ABLE),
        key_of(ChatRequest((ChatMessage("system", "Sum up."),)), IDENTITY, ABLE),
        key_of(REQUEST, replace(IDENTITY, model="n"), ABLE),
        key_of(REQUEST, replace(IDENTITY, place="elsewhere"), ABLE),
        key_of(REQUEST, IDENTITY, ChatCapabilities(4096)),
        key_of(REQUEST, IDENTITY, replace(ABLE, digest="sha256:1")),
    ],
)
def test_everything_about_a_request_counts(other: bytes) -> None:
    assert key_of(REQUEST, IDENTITY, ABLE) != other


def test_the_same_saved_text_in_another_fence_is_the_same_question() -> None:
    def asked(text: str) -> bytes:
        fence = Fence()
        prompt = f"{fence.around(text, n=1, title='T')}\nOf what stands in {fence.tag}: sum up."
        return key_of(ChatRequest((ChatMessage("user", prompt),)), IDENTITY, ABLE)

    assert asked("A note.") == asked("A note.")
    assert asked("A note.") != asked("Another note.")
    assert asked("<saved-00000000 n=1>") != asked("<saved-11111111 n=1>")


def test_what_was_not_used_for_longest_makes_room() -> None:
    cache = AnswerCache(size=8 * 1200)
    for number in range(8):
        cache.put(bytes([number]), CachedAnswer("x" * 1000, "stop"))
    assert cache.get(b"\0") is not None
    cache.put(b"new", CachedAnswer("x" * 1000, "stop"))
    assert cache.get(b"\0") is not None
    assert cache.get(b"\1") is None
    assert cache.get(b"new") is not None


def test_replacing_an_answer_does_not_use_up_the_room() -> None:
    cache = AnswerCache(size=8 * 1200)
    cache.put(b"kept", CachedAnswer("y", "stop"))
    for _ in range(100):
        cache.put(b"same", CachedAnswer("x" * 1000, "stop"))
    assert cache.get(b"kept") is not None


def test_one_huge_answer_does_not_drive_out_the_others() -> None:
    cache = AnswerCache(size=8000)
    cache.put(b"small", CachedAnswer("x", "stop"))
    cache.put(b"huge", CachedAnswer("x" * 5000, "stop"))
    assert cache.get(b"huge") is None
    assert cache.get(b"small") is not None
