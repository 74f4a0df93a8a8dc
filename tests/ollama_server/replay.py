"""Replay: serves what a real Ollama was recorded saying, byte for byte, and fails on what was never recorded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.ollama_server import models
from tests.ollama_server.wire import Reply, Request, TornError, WireServer, text, whole

COMMITTED = Path(__file__).parent / "recordings"
_DEFAULTS: dict[str, object] = {"stream": True, "insecure": False}
"""What Ollama assumes where a body says nothing."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One exchange. `name` is the file's name without its ending; `gaps` are milliseconds before each line."""

    name: str
    method: str
    path: str
    request_headers: dict[str, str]
    request_body: Any
    status: int
    headers: tuple[tuple[str, str], ...]
    wait: float
    """Milliseconds until the headers came."""
    body: str
    lines: tuple[str, ...] | None
    gaps: tuple[float, ...]
    torn: bool
    """Whether the server died in the middle, so that the stream just ended."""

    @property
    def values(self) -> list[Any]:
        """The parsed answer: one value for each line of a stream."""
        return [json.loads(line) for line in self.lines] if self.lines is not None else [json.loads(self.body)]


def load(name: str, directory: Path = COMMITTED) -> Recording:
    """Read one recording."""
    found = json.loads((directory / f"{name}.json").read_text(encoding="utf-8"))
    request, response = found["request"], found["response"]
    lines = tuple(response["lines"]) if "lines" in response else None
    last = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    return Recording(
        name=name,
        method=request["method"],
        path=request["path"],
        request_headers={key.lower(): value for key, value in (request.get("headers") or {}).items()},
        request_body=request.get("body"),
        status=response["status"],
        headers=tuple((key, value) for key, value in response["headers"]),
        wait=response.get("headers_after_ms") or 0.0,
        body=response.get("body") or "",
        lines=lines,
        gaps=tuple(response.get("gaps_ms", ())),
        torn="killed" in found.get("note", "") and not last.get("done") and "error" not in last,
    )


def names(directory: Path = COMMITTED) -> list[str]:
    """The names of all recordings in a directory."""
    return sorted(path.stem for path in directory.glob("*.json"))


class ReplayServer(WireServer):
    """Serves recordings. Of several that fit a request equally well the first one named is served.

    `pace` scales the recorded gaps; 0 leaves them out. `described` are models of which `/api/show` was not recorded.
    A request that nothing fits gets 501, and the `with` block fails at its end naming it; unless `whatever` is asked
    (other than a description) is to be answered by the first recording: one of a request that Cortex never makes.
    """

    def __init__(
        self,
        recordings: Iterable[str],
        *,
        directory: Path = COMMITTED,
        pace: float = 0.0,
        described: Iterable[models.ServedModel] = (),
        whatever: bool = False,
    ):
        super().__init__(self._answer)
        self._recordings = [load(name, directory) for name in recordings]
        self._pace = pace
        self._described = {model.name: model for model in described}
        self._whatever = whatever
        self.unknown: list[str] = []
        self.paused: list[float] = []
        """Milliseconds that were waited, by recorded time, before headers and lines."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        assert not self.unknown or error is not None, f"never recorded: {self.unknown}"

    async def _answer(self, request: Request) -> Reply:
        if request.path == "/api/show" and (model := self._described.get(_full(request.json().get("model")))):
            return whole(200, models.show(model))
        recording = self._recordings[0] if self._whatever else closest(request, self._recordings)
        if recording is None:
            self.unknown.append(f"{request.method} {request.path} {request.body[:200]!r}")
            return text(501, f"never recorded: {self.unknown[-1]}")
        await self._pause(recording.wait)
        if recording.lines is None:
            body = recording.body.encode()
            lengths = {"Content-Length": str(len(body))}  # one body is shorter than its recorded length
            headers = [(key, lengths.get(key, value)) for key, value in recording.headers]
            return Reply(recording.status, headers, body)
        return Reply(recording.status, recording.headers, frames=self._lines(recording))

    async def _lines(self, recording: Recording) -> AsyncIterator[bytes]:
        for index, line in enumerate(recording.lines or ()):
            if index:  # the first gap is the wait for the headers
                await self._pause(recording.gaps[index])
            yield line.encode()
        if recording.torn:
            raise TornError

    async def _pause(self, milliseconds: float) -> None:
        if self._pace:
            self.paused.append(milliseconds)
            await asyncio.sleep(milliseconds * self._pace / 1000)


def closest(request: Request, recordings: Iterable[Recording]) -> Recording | None:
    """The recording of the same method, path, model and way of answering that differs in the fewest fields."""
    found: list[tuple[int, Recording]] = []
    for recording in recordings:
        if (recording.method, recording.path) != (request.method, request.path):
            continue
        difference = _difference(request, recording)
        if difference is not None:
            found.append((difference, recording))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _difference(request: Request, recording: Recording) -> int | None:
    """In how many fields they differ; None where they are not about the same thing."""
    special = {key: value for key, value in recording.request_headers.items() if key in ("origin", "host")}
    if any(request.headers.get(key) != value for key, value in special.items()):
        return None
    if not isinstance(recording.request_body, dict):
        if recording.status == 503:  # six at once: the body tells how it came about, not what was sent
            return 100
        return 0 if request.body.decode("utf-8", "replace") == (recording.request_body or "") else None
    try:
        asked: dict[str, object] = {**_DEFAULTS, **request.json()}
    except (ValueError, TypeError):
        return None
    recorded: dict[str, object] = {**_DEFAULTS, **recording.request_body}
    if _full(asked.get("model")) != _full(recorded.get("model")) or asked["stream"] != recorded["stream"]:
        return None
    return sum(asked.get(key) != recorded.get(key) for key in asked.keys() | recorded.keys())


def _full(name: object) -> str:
    """A model's name with its tag, which Ollama takes for `latest` where there is none."""
    return str(name) if ":" in str(name) else f"{name}:latest"
