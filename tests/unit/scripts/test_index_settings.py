"""uv fetches from where pip would."""

from __future__ import annotations

from pathlib import Path

from index_settings import for_uv


def test_pip_index_certificate_and_proxy_are_passed_on(tmp_path: Path) -> None:
    pip = {
        "index-url": "https://owner:secret@mirror.example/simple",
        "extra-index-url": "https://a.example/simple https://b.example/simple",
        "find-links": f"{tmp_path} {tmp_path / 'absent'}",
        "cert": "/etc/company.pem",
        "trusted-host": "mirror.example",
        "proxy": "http://proxy.example:3128",
        "timeout": "60",
    }
    variables, arguments = for_uv(pip, {})
    assert variables == {
        "UV_SYSTEM_CERTS": "1",
        "UV_DEFAULT_INDEX": "https://owner:secret@mirror.example/simple",
        "UV_INDEX": "https://a.example/simple https://b.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": str(tmp_path),
        "SSL_CERT_FILE": "/etc/company.pem",
        "UV_INSECURE_HOST": "mirror.example",
        "ALL_PROXY": "http://proxy.example:3128",
        "UV_HTTP_TIMEOUT": "60",
    }
    assert arguments == []


def test_a_configured_uv_is_left_alone() -> None:
    environment = {"UV_DEFAULT_INDEX": "https://mine.example/simple", "SSL_CERT_FILE": "/mine.pem"}
    variables, _ = for_uv({"index-url": "https://mirror.example/simple", "cert": "/etc/company.pem"}, environment)
    assert variables == {"UV_SYSTEM_CERTS": "1"}


def test_no_index_is_passed_on() -> None:
    assert for_uv({"no-index": "true"}, {})[1] == ["--no-index"]
