"""A slow machine gets its time, a dead one does not."""

from cortex.providers.chat_model import ChatIdentity, ChatMessage, ChatRequest
from cortex.providers.gateway.deadlines import Deadlines, Patience, deadlines_for, prompt_tokens

LOCAL = ChatIdentity("ollama", "m", True, "127.0.0.1:11434")
REMOTE = ChatIdentity("openai", "m", False, "api.openai.com")


def asked(
    characters: int, identity: ChatIdentity = LOCAL, patience: Patience = "interactive", *, has_fallback: bool = False
) -> Deadlines:
    request = ChatRequest((ChatMessage("user", "x" * characters),))
    return deadlines_for(identity, request, patience=patience, has_fallback=has_fallback)


def test_the_first_piece_may_take_loading_and_reading() -> None:
    assert asked(10).first_part >= 120
    assert asked(12_000).first_part >= 120 + 4000 / 15
    assert asked(1_000_000).first_part == 900


def test_scripts_with_more_tokens_to_a_character_get_more() -> None:
    assert prompt_tokens([ChatMessage("user", "灯" * 3000)]) > 2.5 * prompt_tokens([ChatMessage("user", "l" * 3000)])
    assert prompt_tokens([ChatMessage("user", "\ud800")]) > 0


def test_with_a_fallback_a_question_is_not_kept_waiting() -> None:
    hurried = [asked(characters, has_fallback=True).give_way or 0 for characters in (300, 3000, 9000)]
    assert 15 < hurried[0] < hurried[1] < hurried[2] < 60
    assert asked(300, has_fallback=True).first_part >= 120, "if the other one does not take it"
    assert asked(300).give_way is None
    assert asked(300, patience="background", has_fallback=True).give_way is None


def test_a_service_elsewhere_needs_no_loading() -> None:
    assert asked(300, REMOTE).first_part < 35


def test_who_burns_the_processor_twice() -> None:
    assert asked(300).may_repeat_long
    assert not asked(12_000).may_repeat_long
    assert asked(12_000, REMOTE).may_repeat_long
