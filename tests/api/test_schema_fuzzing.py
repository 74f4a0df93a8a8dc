"""Requests made from the API's own document: no 500, no answer that the document does not declare."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import RunningServer

_EXCLUDED = ",".join(
    (
        # Cursors, times and addresses have rules that a JSON schema cannot say; 422 with the reason is right there.
        "positive_data_acceptance",
        # 0 and 1 are taken as booleans, numbers in texts as numbers: lenient on purpose, as scripts send them.
        "negative_data_rejection",
        # The identity of whoever calls is tested row by row in tests/security.
        "ignored_auth",
    )
)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_no_request_gets_an_undeclared_answer_or_a_500(server: RunningServer, tmp_path: Path) -> None:
    with server.client() as http:  # something to find, list and read
        http.post("/api/items", json={"content": "# Notes on tides\n\nThe moon raises two bulges of water."})
        document = http.get("/openapi.json").json()
    for operations in document["paths"].values():
        for operation in operations.values():
            # The generator repeats its keys, so that most requests would be answered by what an earlier one got.
            operation["parameters"] = [
                one for one in operation.get("parameters", []) if one["name"] != "Idempotency-Key"
            ]
    described = tmp_path / "openapi.json"
    described.write_text(json.dumps(document), encoding="utf-8")
    # Without a model 502 and 503 are right; where the document does not declare them, they are found all the same.
    expected = '[checks.not_a_server_error]\nexpected-statuses = ["2xx", "3xx", "4xx", "502", "503"]\n'
    (tmp_path / "schemathesis.toml").write_text(expected, encoding="utf-8")
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        *("run", str(described), "--url", server.url),
        *("-H", f"Authorization: Bearer {server.token}"),
        *("--max-examples", "12", "--seed", "1", "--phases", "examples,coverage,fuzzing"),
        *("--exclude-path", "/api/events"),  # a stream that ends with the server
        *("--exclude-path", "/api/providers/ollama/pull"),  # without an Ollama its 503 is right
        *("--exclude-checks", _EXCLUDED),
        *("--request-timeout", "30", "--no-color"),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=380)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
