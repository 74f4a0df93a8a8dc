"""Only a loopback address is local; addresses are read in one way only."""

import pytest

from cortex.providers.ollama_answers import is_cloud_proxy, same_model
from cortex.providers.server_address import is_loopback, parse_server_address

LOCAL = ["127.0.0.1", "127.8.9.10", "::1", "[::1]", "localhost", "LOCALHOST", "localhost.", "::ffff:127.0.0.1"]
REMOTE = [
    "0.0.0.0",  # noqa: S104 - nothing is bound
    *("::", "192.168.1.5", "10.0.0.1", "169.254.1.1", "8.8.8.8", "::ffff:8.8.8.8", "fe80::1"),
    *("127.0.0.1.evil.com", "localhost.evil.com", "x.localhost", "evil.com", "127.1", "0x7f000001", "2130706433"),
    *("ollama", "ollama.local", "host.docker.internal", ""),
]


@pytest.mark.parametrize("host", LOCAL)
def test_loopback_is_local(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", REMOTE)
def test_everything_else_is_not(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("text", "url", "local"),
    [
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434", True),
        ("http://127.0.0.1:11434/", "http://127.0.0.1:11434", True),
        ("127.0.0.1", "http://127.0.0.1:11434", True),
        ("localhost:8000", "http://localhost:8000", True),
        ("http://localhost", "http://localhost:80", True),
        ("[::1]:1234", "http://[::1]:1234", True),
        ("http://[::1]", "http://[::1]:80", True),
        ("HTTPS://Ollama.Example.org", "https://ollama.example.org:443", False),
        ("https://example.org/proxy/ollama/", "https://example.org:443/proxy/ollama", False),
        ("192.168.1.7:11434", "http://192.168.1.7:11434", False),
        ("http://127.0.0.1.evil.com", "http://127.0.0.1.evil.com:80", False),
    ],
)
def test_an_address_is_read_as_ollama_reads_it(text: str, url: str, local: bool) -> None:
    address = parse_server_address(text)
    assert (address.url, address.is_local) == (url, local)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "   ",
            "http://",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
            "http://127.0.0.1:99999",
            "x:abc",
            "http://a b",
        ),
        *("http://127.0.0.1@evil.com", "http://user:secret@127.0.0.1", "http://evil.com\\@127.0.0.1", "http://[::1"),
        *("http://127.0.0.1:0", "http://127.0.0.1?x=1", "http://127.0.0.1#@evil.com", "javascript:alert(1)"),
    ],
)
def test_what_is_no_address_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="address of a model server"):
        parse_server_address(text)


@pytest.mark.parametrize(
    "text",
    [
        *("http://user:hunter2@127.0.0.1", "ftp://user:hunter2@127.0.0.1", "user:hunter2@127.0.0.1:99999"),
        *("http://127.0.0.1?key=hunter2", "http://127.0.0.1:0#hunter2"),
    ],
)
def test_what_may_be_a_secret_is_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="address of a model server") as refusal:
        parse_server_address(text)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "remote_host", "cloud"),
    [
        ("llama3.2:3b", None, False),
        ("llama3.2", "", False),
        ("cloudy:7b", None, False),
        ("my-cloud:latest", None, False),
        ("gpt-oss:120b-cloud", None, True),
        ("gemma4:cloud", None, True),
        ("registry.ollama.ai/library/gpt-oss:20B-CLOUD", None, True),
        ("my-own-name", "https://ollama.com:443", True),
    ],
)
def test_a_model_that_runs_elsewhere_is_not_local(name: str, remote_host: str | None, cloud: bool) -> None:
    assert is_cloud_proxy(name, remote_host) is cloud


def test_names_without_a_tag_mean_latest() -> None:
    assert same_model("all-minilm", "all-minilm:latest")
    assert same_model("Llama3.2:3B", "llama3.2:3b")
    assert same_model("registry.ollama.ai/library/tiny-chat", "tiny-chat:latest")
    assert same_model("localhost:5000/me/model", "localhost:5000/me/model:latest")
    assert not same_model("llama3.2:3b", "llama3.2")
    assert not same_model("llama3.2:3b", "llama3.2:1b")
