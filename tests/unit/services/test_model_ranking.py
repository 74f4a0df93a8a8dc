"""Which installed model is asked when the chosen one is not there, and what is recommended for a machine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cortex.domain.settings import AIPreferences
from cortex.providers.ollama_answers import InstalledModel, ModelAbilities
from cortex.providers.server_address import parse_server_address
from cortex.services.machine import Machine
from cortex.services.model_consent import as_place, needs_consent, remote_places
from cortex.services.model_ranking import can_chat, pick
from cortex.services.model_recommendation import recommend
from cortex.services.ollama import OllamaStatus
from cortex.services.ollama_presence import Presence

GB = 1_000_000_000
PREFERENCES = AIPreferences("auto", "http://127.0.0.1:11434", "llama3.2:3b", "embedded", "all-minilm-l6-v2")
HERE = parse_server_address("127.0.0.1")
LAPTOP = Machine(memory=16 * GB, memory_available=9 * GB, cores=8, gpu=None)


def installed(name: str, size: float = 2.0, *, family: str = "llama", remote_host: str | None = None) -> InstalledModel:
    return InstalledModel(name, int(size * GB), name, "2026-01-01T00:00:00Z", family, "3B", "Q4_K_M", remote_host)


def picked(*models: InstalledModel, room: float = 6.0, **chosen: object) -> str | None:
    preferences = replace(PREFERENCES, **chosen)  # type: ignore[arg-type] # fields of the settings
    found = pick(preferences, Presence(HERE, available=True, models=models), lambda _: None, int(room * GB))
    return found.model.name if found.model else None


def test_the_chosen_model_is_taken_whatever_its_tag_or_size() -> None:
    assert picked(installed("llama3.2:3b", 40), installed("qwen3:4b")) == "llama3.2:3b"
    assert picked(installed("mine:latest"), chat_model="mine") == "mine:latest"


def test_else_the_largest_that_fits_and_chats() -> None:
    small, fitting, large = installed("a:1b", 1), installed("b:4b", 3), installed("c:70b", 40)
    embedding = installed("nomic-embed-text:latest", 5, family="nomic-bert")
    proxy = installed("gpt-oss:120b-cloud", 0.1, remote_host="https://ollama.com:443")
    assert picked(small, large, fitting, embedding, proxy) == "b:4b"
    assert picked(large, installed("d:30b", 20)) == "d:30b", "the smallest, where nothing fits"
    assert picked(proxy, small, remote_hosts=("ollama.com",)) == "a:1b", "here before there"
    assert picked(proxy, remote_hosts=("ollama.com",)) == "gpt-oss:120b-cloud"
    assert picked(proxy) is None
    assert picked(embedding) is None


def test_what_a_model_says_counts_more_than_its_name() -> None:
    says = ModelAbilities(("embedding",), 512, 384)
    assert not can_chat(installed("chatty"), says)
    assert can_chat(installed("embed-but-talks"), ModelAbilities(("completion",), 512, None))
    assert not can_chat(installed("x", family="bert"), None)
    assert can_chat(installed("x"), ModelAbilities((), None, None)), "an older Ollama says nothing"


def test_places_are_compared_in_one_spelling() -> None:
    nas = parse_server_address("http://NAS.home:11434")
    assert remote_places(HERE) == ()
    assert remote_places(nas) == ("nas.home:11434",)
    proxy = installed("x-cloud", remote_host="https://ollama.com:443")
    assert remote_places(nas, proxy) == ("nas.home:11434", "ollama.com")
    assert remote_places(HERE, installed("y:cloud")) == ("ollama.com",)
    for given in ("nas.home", "NAS.home:11434", "http://nas.home:11434/"):
        allowed = replace(PREFERENCES, remote_hosts=(as_place(given),))
        assert needs_consent(allowed, remote_places(nas)) == (), given
    other_port = replace(PREFERENCES, remote_hosts=("nas.home:1",))
    assert needs_consent(other_port, remote_places(nas)) == ("nas.home:11434",)
    assert as_place("[fe80::1]") == "[fe80::1]"
    assert as_place("[fe80::1]:11434") == "[fe80::1]:11434"
    assert as_place("https://ollama.com") == "ollama.com"


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        (Machine(memory=4 * GB, memory_available=int(1.5 * GB), cores=2, gpu=None), "qwen3:0.6b"),
        (Machine(memory=8 * GB, memory_available=4 * GB, cores=2, gpu=None), "llama3.2:1b"),
        (Machine(memory=16 * GB, memory_available=9 * GB, cores=4, gpu=None), "qwen3:4b"),
        (LAPTOP, "qwen3:8b"),
        (Machine(memory=1 * GB, memory_available=GB // 4, cores=1, gpu=None), "qwen3:0.6b"),
    ],
)
def test_a_recommendation_fits_memory_and_speed(machine: Machine, expected: str) -> None:
    found = recommend(machine, OllamaStatus("http://127.0.0.1:11434", True), {})
    assert found.chat.model.name == expected
    assert expected in found.chat.reason


def test_measured_speed_and_what_is_there_decide() -> None:
    models = (installed("llama3.2:3b", 2.0), installed("llama3.2:1b", 1.3), installed("qwen3:8b", 5.2))
    status = OllamaStatus("http://127.0.0.1:11434", True, available=True, models=models)
    slow = recommend(LAPTOP, status, {"llama3.2:3b": 4.5})
    assert slow.chat.model.name == "llama3.2:1b", "9 GB a second: nothing larger is quick"
    assert "installed" in slow.chat.reason
    quick = recommend(LAPTOP, status, {"llama3.2:3b": 30.0})
    assert quick.chat.model.name == "qwen3:8b"
    kept = recommend(LAPTOP, replace(status, models=(installed("mine:7b", 4.0),)), {})
    assert kept.chat.model.name == "mine:7b", "good enough is not worth another download"
