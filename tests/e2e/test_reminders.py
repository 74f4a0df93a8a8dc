"""A reminder survives `kill -9`: it comes once after the next start."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from tests.e2e.cortex_process import CortexProcess

from cortex.domain import clock

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def test_a_reminder_that_came_due_while_cortex_was_dead_goes_out_once(tmp_path: Path) -> None:
    process = CortexProcess(tmp_path / "data")
    process.until_ready()
    with process.client() as client:
        made = client.post("/api/tasks", json={"title": "Call", "remind_at": clock.after(1.5)}).json()
    process.kill()
    marks = []
    for _ in range(2):  # the second start finds it done
        process = CortexProcess(tmp_path / "data")
        process.until_ready()
        with process.client() as client:
            marks.append(_once_reminded(client, made["id"]))
        process.kill()
    assert marks[0] == marks[1] >= made["remind_at"]


def _once_reminded(client: httpx.Client, task_id: str) -> str:
    """When the reminder of a task went out. Whatever is told, the answer is what the task says."""
    with client.stream("GET", "/api/events") as stream:
        lines = stream.iter_lines()
        next(lines)
        shown = client.get(f"/api/tasks/{task_id}").json()
        while shown["reminded_at"] is None:
            if task_id in next(lines):
                shown = client.get(f"/api/tasks/{task_id}").json()
    moment: str = shown["reminded_at"]
    return moment
