"""A model server of a few lines: speaks as Ollama does, and as OpenAI does, and always says the same."""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

SAYS = "The lighthouse was built in 1868."
MODEL = "self-test"
_DETAILS = {"format": "gguf", "family": "llama", "parameter_size": "1M", "quantization_level": "F16"}
_ABILITIES = {
    "capabilities": ["completion"],
    "model_info": {"general.architecture": "llama", "llama.context_length": 8192},
    "details": _DETAILS,
}
_LISTED = {
    "name": f"{MODEL}:latest",
    "model": f"{MODEL}:latest",
    "modified_at": "2026-01-01T00:00:00Z",
    "size": 1,
    "digest": "0" * 64,
    "details": _DETAILS,
}


@contextlib.contextmanager
def model_server() -> Iterator[str]:
    """Serve on a free loopback port; gives the address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, name="model-server", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answers: dict[str, Any] = {
            "/api/version": {"version": "0.24.0"},
            "/api/tags": {"models": [_LISTED]},
            "/api/ps": {"models": []},
            "/v1/models": {"object": "list", "data": [{"id": MODEL, "object": "model"}]},
        }
        self._json(answers.get(self.path))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/api/show":
            self._json(_ABILITIES)
        elif self.path == "/api/chat":
            frame = {"model": MODEL, "created_at": "2026-01-01T00:00:00Z"}
            word = {**frame, "message": {"role": "assistant", "content": SAYS}, "done": False}
            end = {**frame, "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"}
            self._send("application/x-ndjson", "".join(f"{json.dumps(part)}\n" for part in (word, end)))
        elif self.path == "/v1/chat/completions":
            said, end = _chunk({"role": "assistant", "content": SAYS}, None), _chunk({}, "stop")
            events = [json.dumps(part) for part in (said, end)]
            self._send("text/event-stream", "".join(f"data: {event}\n\n" for event in (*events, "[DONE]")))
        else:
            self._json(None)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Says nothing."""

    def _json(self, value: object) -> None:
        self._send("application/json", json.dumps(value if value is not None else {"error": "not found"}), value)

    def _send(self, media_type: str, text: str, found: object = True) -> None:
        body = text.encode()
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _chunk(delta: dict[str, str], finish_reason: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": MODEL, "choices": [choice]}
