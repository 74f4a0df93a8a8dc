"""The command line as people and scripts use it: with a Cortex running, without one, with an impostor in its place."""

from __future__ import annotations

import http.server
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tests.e2e.program import SAMPLES, Program, cortex

from cortex.cli import exit_codes

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    running = Program(tmp_path_factory.mktemp("cli") / "data")
    yield running
    running.end()


def _json(stdout: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(stdout)
    return parsed


def test_add_search_and_ask_through_the_running_cortex(program: Program) -> None:
    samples = [str(SAMPLES / "kiln-handbook.pdf"), str(SAMPLES / "sourdough-log.md")]
    added = cortex("add", "--json", "--wait", "--tag", "samples", *samples, data_dir=program.data_dir)
    assert added.returncode == 0, added.stderr
    items = _json(added.stdout)["items"]
    assert [(item["status"], item["duplicate"]) for item in items] == [("ready", False), ("ready", False)]

    again = cortex("add", str(SAMPLES / "sourdough-log.md"), data_dir=program.data_dir)
    assert again.returncode == 0
    assert "was saved already" in again.stdout

    found = cortex("search", "--json", "tag:samples", "damper", data_dir=program.data_dir)
    assert found.returncode == 0
    assert _json(found.stdout)["results"][0]["title"] == "Wood kiln: firing handbook"
    table = cortex("search", "rye", "starter", data_dir=program.data_dir)
    assert "Sourdough log, winter" in table.stdout
    assert "<mark>" not in table.stdout
    assert cortex("search", '"no such phrase anywhere"', data_dir=program.data_dir).returncode == 1

    answer = cortex("ask", "--json", "How high is the chimney of the kiln?", data_dir=program.data_dir)
    assert answer.returncode == 0, answer.stderr
    message = _json(answer.stdout)
    assert any("5.2 metres" in citation["quote"] for citation in message["citations"])
    follow_up = cortex(
        "ask", "--conversation", message["conversation_id"], "When was it relined?", data_dir=program.data_dir
    )
    assert follow_up.returncode == 0
    assert "[1]" in follow_up.stdout
    unknown = cortex("ask", "Which enzyme limits the rate of cholesterol synthesis?", data_dir=program.data_dir)
    assert unknown.returncode == 1
    assert "not in your library" in unknown.stdout


def test_standard_input_and_folders_are_saved(program: Program, tmp_path: Path) -> None:
    piped = cortex("add", "--json", "-", data_dir=program.data_dir, text="# Piped\n\nA note from a pipe.\n")
    assert piped.returncode == 0
    assert _json(piped.stdout)["items"][0]["title"] == "Piped"
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "one.md").write_text("# One\n\nThe first.\n", encoding="utf-8")
    (tmp_path / "notes" / ".hidden.md").write_text("# Hidden\n", encoding="utf-8")
    folder = cortex("add", "--json", str(tmp_path / "notes"), data_dir=program.data_dir)
    assert [Path(item["target"]).name for item in _json(folder.stdout)["items"]] == ["one.md"]


def test_what_is_refused_is_said_and_counts_as_a_failure(program: Program, tmp_path: Path) -> None:
    missing = cortex("add", str(tmp_path / "missing.pdf"), data_dir=program.data_dir)
    assert missing.returncode == 1
    assert "refused" in missing.stdout
    inside = cortex("add", "--json", "--wait", "http://127.0.0.1:1/secret", data_dir=program.data_dir)
    assert inside.returncode == 1
    assert _json(inside.stdout)["items"][0]["message"]


def test_open_prints_an_address_that_works_once(program: Program) -> None:
    printed = cortex("open", "--print", data_dir=program.data_dir)
    assert printed.returncode == 0
    address = urlsplit(printed.stdout.strip())
    assert f"{address.scheme}://{address.netloc}" == program.url
    ticket = {"ticket": parse_qs(address.query)["ticket"][0]}
    with httpx.Client(base_url=program.url, trust_env=False) as browser:
        assert browser.post("/api/auth/sessions", json=ticket).is_success
        assert browser.post("/api/auth/sessions", json=ticket).status_code == 401


def test_token_and_doctor(program: Program) -> None:
    printed = cortex("token", data_dir=program.data_dir)
    assert printed.stdout.strip() == program.token
    looked = cortex("doctor", "--json", data_dir=program.data_dir)
    findings = _json(looked.stdout)["findings"]
    assert looked.returncode == 0, findings
    assert all(finding["ok"] for finding in findings)
    assert any(program.url in finding["detail"] for finding in findings)


def test_without_a_running_cortex_commands_serve_themselves(tmp_path: Path) -> None:
    data = tmp_path / "data"
    added = cortex("add", "--json", str(SAMPLES / "swift-boxes.pdf"), data_dir=data)
    assert added.returncode == 0, added.stderr
    assert _json(added.stdout)["items"][0]["status"] == "ready"
    found = cortex("search", "--json", "loudspeaker", data_dir=data)
    assert found.returncode == 0
    assert _json(found.stdout)["results"][0]["page"] == 2
    assert not (data / "running").exists()
    opened = cortex("open", "--print", data_dir=data)
    assert opened.returncode == 2
    assert "cortex serve" in opened.stderr
    assert opened.stdout == ""


def test_an_impostor_gets_nothing(program: Program, tmp_path: Path) -> None:
    received: list[str] = []

    class Impostor(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            received.append(f"{self.requestline}\n{self.headers}")
            answer = httpx.get(program.url + self.path, trust_env=False)  # it even asks the real one
            self.send_response(answer.status_code)
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: object) -> None:
            pass

    data = tmp_path / "data"
    data.mkdir()
    (data / "token").write_text(program.token, encoding="utf-8")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Impostor)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    instance = {"pid": 1, "url": f"http://127.0.0.1:{port}", "started_at": "2026-01-01T00:00:00Z"}
    (data / "instance.json").write_text(json.dumps(instance), encoding="utf-8")
    try:
        for command in (("add", "-"), ("search", "secret"), ("ask", "secret"), ("open", "--print")):
            refused = cortex(*command, data_dir=data, text="a secret note")
            assert refused.returncode == 2, command
            assert "could not prove" in refused.stderr
            assert "Traceback" not in refused.stderr
        named = cortex("search", "secret", "--port", str(port), data_dir=data)
        assert named.returncode == 2
    finally:
        server.shutdown()
        server.server_close()
    assert len(received) == 5
    for request in received:
        assert re.match(r"GET /api/auth/proof\?", request)
        assert "secret" not in request
        assert program.token not in request


def test_a_wrong_setting_is_one_readable_message(tmp_path: Path) -> None:
    wrong = cortex("serve", data_dir=tmp_path, CORTEX_CHUNK_SIZE="many")
    assert wrong.returncode == 2
    assert "CORTEX_CHUNK_SIZE" in wrong.stderr
    assert "Traceback" not in wrong.stderr


def test_a_library_that_is_open_already_is_said_once_with_a_code_of_its_own(program: Program) -> None:
    second = cortex("serve", "--port", "0", data_dir=program.data_dir)
    assert second.returncode == exit_codes.LIBRARY_LOCKED
    assert f"process {program.process.pid}, {program.url}" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_taken_port_has_a_code_of_its_own_and_names_the_holder(program: Program, tmp_path: Path) -> None:
    port = str(urlsplit(program.url).port)
    second = cortex("serve", "--port", port, data_dir=tmp_path / "other")
    assert second.returncode == exit_codes.PORT_TAKEN
    assert f"port {port} on 127.0.0.1" in second.stderr
    assert f"(process {program.process.pid})" in second.stderr
    assert not (tmp_path / "other").exists()


def test_help_names_every_command() -> None:
    shown = cortex("--help")
    assert shown.returncode == 0
    for command in ("serve", "open", "add", "search", "ask", "token", "doctor"):
        assert command in shown.stdout
