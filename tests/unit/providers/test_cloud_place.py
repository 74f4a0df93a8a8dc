"""Where a cloud model is asked: read from the owner's settings, and from nothing else."""

from __future__ import annotations

import pytest

from cortex.providers.cloud_place import cloud_place


@pytest.mark.parametrize(
    ("model", "api_base", "provider", "name", "place", "is_local"),
    [
        ("openai/gpt-5-mini", None, "openai", "gpt-5-mini", "api.openai.com", False),
        ("Anthropic/claude-sonnet-4-5", "", "anthropic", "claude-sonnet-4-5", "api.anthropic.com", False),
        ("gemini/gemini-2.5-flash", None, "gemini", "gemini-2.5-flash", "generativelanguage.googleapis.com", False),
        ("openrouter/qwen/qwen3-8b", None, "openrouter", "qwen/qwen3-8b", "openrouter.ai", False),
        ("mistral/mistral-small-latest", None, "mistral", "mistral-small-latest", "api.mistral.ai", False),
        ("openai/gpt-4o", "https://api.openai.com/v1", "openai", "gpt-4o", "api.openai.com", False),
        ("openai/qwen3-8b", "http://127.0.0.1:1234/v1", "compatible", "qwen3-8b", "127.0.0.1:1234", True),
        ("qwen/qwen3-8b", "http://localhost:1234", "compatible", "qwen/qwen3-8b", "localhost:1234", True),
        ("llama", "http://[::1]:8080", "compatible", "llama", "[::1]:8080", True),
        ("llama", "http://192.168.1.5:8080/v1", "compatible", "llama", "192.168.1.5:8080", False),
        ("llama", "https://models.example/v1", "compatible", "llama", "models.example", False),
        ("llama", "http://localhost.example:80/v1", "compatible", "llama", "localhost.example", False),
        ("gpt-oss:120b-cloud", "http://127.0.0.1:11434/v1", "compatible", "gpt-oss:120b-cloud", "ollama.com", False),
        ("gpt-4o", "http://api.openai.com/v1", "compatible", "gpt-4o", "api.openai.com", False),
    ],
)
def test_reading_settings(
    model: str, api_base: str | None, provider: str, name: str, place: str, is_local: bool
) -> None:
    read = cloud_place(model, api_base)

    assert (read.provider, read.model, read.host_and_port, read.is_local) == (provider, name, place, is_local)


def test_the_path_that_is_mostly_forgotten() -> None:
    assert cloud_place("llama", "http://127.0.0.1:1234").address.url == "http://127.0.0.1:1234/v1"
    assert cloud_place("llama", "http://127.0.0.1:1234/api/").address.url == "http://127.0.0.1:1234/api"


@pytest.mark.parametrize(
    ("model", "api_base"),
    [
        ("gpt-5-mini", None),
        ("groq/llama", None),
        ("openai/", None),
        ("", "http://127.0.0.1:1"),
        ("openai/two words", None),
        ("llama", "127.0.0.1:1234"),
        ("llama", "ftp://127.0.0.1/v1"),
        ("llama", "http://user@127.0.0.1/v1"),
        ("llama", "http://127.0.0.1:1234/v1?to=elsewhere"),
        ("llama", "http://"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(model: str, api_base: str | None) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        cloud_place(model, api_base)


def test_a_key_goes_over_tls_or_nowhere() -> None:
    assert cloud_place("openai/gpt-4o", None).may_be_sent_key
    assert cloud_place("llama", "http://127.0.0.1:1234/v1").may_be_sent_key
    assert not cloud_place("llama", "http://192.168.1.5:1234/v1").may_be_sent_key
    assert cloud_place("llama", "https://192.168.1.5:1234/v1").may_be_sent_key
