"""Nothing that is asked is traced anywhere, whatever the environment says to LangChain's and FastAPI's programs."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.e2e.cortex_process import CortexProcess
from tests.ollama_server.wire import Reply, Request, WireServer, text

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


async def _tracing_service(request: Request) -> Reply:
    return text(404, "not found")


def test_searches_and_questions_are_traced_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Right after a start, when nothing was processed yet."""
    with WireServer(_tracing_service) as service:
        for prefix in ("LANGSMITH", "LANGCHAIN"):
            monkeypatch.setenv(f"{prefix}_TRACING", "true")
            monkeypatch.setenv(f"{prefix}_TRACING_V2", "true")
            monkeypatch.setenv(f"{prefix}_API_KEY", "lsv2_pt_of_nobody")
            monkeypatch.setenv(f"{prefix}_ENDPOINT", service.url)
        # where FastAPI obeyed these, it would say that the exporters are not installed
        monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", service.url)
        cortex = CortexProcess(tmp_path / "data")
        try:
            cortex.until_ready()
            with cortex.client() as client:
                client.post("/api/search", json={"query": "lighthouse"}).raise_for_status()
                conversation = client.post("/api/conversations", json={}).raise_for_status().json()["id"]
                asked = client.post(f"/api/conversations/{conversation}/messages", json={"content": "Who built it?"})
                assert asked.status_code == 200
        finally:
            cortex.stop()  # what is to be sent is sent by then
        assert [request.path for request in service.seen] == []
    assert "telemetry" not in (tmp_path / "cortex.log").read_text(encoding="utf-8")
