"""An Ollama that makes its answers: scripted words and tool calls, vectors of a real embedder, pulls with progress.

`compatible.py` tells what it serves under `/v1`.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any, Literal

from tests.ollama_server import compatible, frames, models
from tests.ollama_server.faults import Fault
from tests.ollama_server.frames import Said
from tests.ollama_server.models import ServedModel
from tests.ollama_server.wire import Reply, Request, WireServer, stream, text, whole

from cortex.providers.base import Embedder
from cortex.providers.fake import FakeEmbedder

Script = Callable[[dict[str, Any]], Said]
_GET = ("/api/version", "/api/tags", "/api/ps")
_POST = ("/api/show", "/api/chat", "/api/generate", "/api/embed", "/api/pull")


def echo(body: dict[str, Any]) -> Said:
    """Repeats the last thing that was said to it, word by word."""
    said = body["messages"][-1]["content"] if "messages" in body else body.get("prompt", "")
    return Said(content=[f"{word} " for word in said.split()])


class GenerativeOllama(WireServer):
    """Serves `served`; `library` are models that can be pulled. `say` is what a model says to a request.

    Put a fault on a path with `faults["/api/pull"] = KilledMidStream(2)`.
    """

    def __init__(
        self,
        served: Iterable[ServedModel] = (models.CHAT, models.EMBEDDING),
        *,
        version: str = "0.24.0",
        library: Iterable[ServedModel] = (),
        say: Script = echo,
        embedder: Embedder | None = None,
    ):
        super().__init__(self._answer)
        self.models = {model.name: model for model in served}
        self.loaded: set[str] = set()
        self.loads: list[tuple[str, int | None]] = []
        """Each time that a model was read into memory, with the context it was given room for."""
        self.faults: dict[str, Fault] = {}
        self._version = version
        self._library = {model.name: model for model in library}
        self._say = say
        self._embedder: Embedder = embedder or FakeEmbedder()

    async def _answer(self, request: Request) -> Reply:
        if request.path.startswith("/v1/"):
            return await self._compatible(request)
        return await self._spoiled(request.path, await self._well(request))

    async def _spoiled(self, path: str, reply: Reply) -> Reply:
        fault = self.faults.get(path)
        return await fault.spoil(reply) if fault else reply

    async def _compatible(self, request: Request) -> Reply:
        path, name = request.path, request.path.removeprefix(f"{compatible.MODELS}/")
        if path in (compatible.CHAT, compatible.EMBEDDINGS) and request.method == "POST":
            try:
                asked: dict[str, Any] = request.json()
            except json.JSONDecodeError:
                return compatible.failure(400, "unexpected EOF")
            chats = path == compatible.CHAT
            body = json.dumps(compatible.native_body(asked) if chats else asked).encode()
            native = Request("POST", "/api/chat" if chats else "/api/embed", request.headers, body)
            reply = await self._spoiled(path, await self._well(native))
            return compatible.translated(reply, asked) if chats else compatible.vectors(reply, asked)
        if path == compatible.MODELS and request.method == "GET":
            return whole(200, compatible.models(self.models.values()), "application/json")
        if name != path and request.method == "GET":
            model = self.models.get(_full(name))
            missing = compatible.failure(404, f"model '{name}' not found")
            return missing if model is None else whole(200, {**compatible.model(model), "id": name}, "application/json")
        return text(404, "404 page not found")

    async def _well(self, request: Request) -> Reply:
        path = request.path
        if path not in _GET + _POST:
            return text(404, "404 page not found")
        if request.method != ("GET" if path in _GET else "POST"):
            return text(405, "405 method not allowed")
        if path in _GET:
            return whole(200, self._listed(path))
        try:
            body: dict[str, Any] = request.json()
        except json.JSONDecodeError:
            return whole(400, {"error": "unexpected EOF"})
        name = body.get("model")
        if not name:
            return whole(400, {"error": "model is required"})
        if path == "/api/pull":
            return self._pulled(body)
        model = self.models.get(_full(name))
        if model is None:
            wording = f"model '{name}' not found"
            return whole(
                404, {"error": f'model "{name}" not found, try pulling it first' if "embed" in path else wording}
            )
        if path == "/api/show":
            return whole(200, models.show(model))
        if path == "/api/embed":
            return await self._embedded(model, body)
        return self._said("chat" if path == "/api/chat" else "generate", model, body)

    def _listed(self, path: str) -> dict[str, Any]:
        if path == "/api/version":
            return {"version": self._version}
        if path == "/api/ps":
            return {"models": [models.running(self.models[name]) for name in sorted(self.loaded)]}
        return {"models": [models.tag(model) for model in self.models.values()]}

    def _pulled(self, body: dict[str, Any]) -> Reply:
        name = body["model"]
        if " " in name:
            return whole(400, {"error": "invalid model name"})
        model = self._library.get(_full(name))
        reason = {"error": "pull model manifest: file does not exist"}
        if body.get("stream") is False:
            status, value = (500, reason) if model is None else (200, {"status": "success"})
            return whole(status, value, "application/json")

        async def lines() -> AsyncIterator[bytes]:
            if model is None:
                yield frames.line({"status": "pulling manifest"})
                yield frames.line(reason)
                return
            for frame in frames.pulled(model, steps=4):
                if frame["status"] == "success":
                    self.models[model.name] = model
                yield frames.line(frame)

        return stream(lines())

    async def _embedded(self, model: ServedModel, body: dict[str, Any]) -> Reply:
        given = body["input"]
        texts = [given] if isinstance(given, str) else list(given)
        self.loaded.add(model.name)
        vectors = (await self._embedder.embed(texts, purpose="document")).tolist() if texts else []
        tokens = sum(len(self._embedder.token_spans(each)) + 2 for each in texts)
        return whole(200, frames.embedded(body["model"], vectors, tokens))

    def _load(self, model: ServedModel, context: int | None) -> None:
        known = [given for name, given in self.loads if name == model.name]
        if model.name not in self.loaded or known[-1:] != [context]:
            self.loads.append((model.name, context))
        self.loaded.add(model.name)

    def _said(self, kind: Literal["chat", "generate"], model: ServedModel, body: dict[str, Any]) -> Reply:
        name = body["model"]
        for wanted, capability in _abilities_asked(kind, body):
            if capability not in model.capabilities:
                return whole(400, {"error": f'"{name}" does not support {wanted}'})
        if not _is_duration(body.get("keep_alive")):
            return whole(400, {"error": f'time: invalid duration "{body["keep_alive"]}"'})
        if isinstance(body.get("format"), str) and body["format"] not in ("", "json"):
            wording = 'expected "json" or a valid JSON Schema object'
            return whole(500, {"error": f'invalid format: "{body["format"]}"; {wording}'})
        if body.get("keep_alive") == 0 and not body.get("messages") and not body.get("prompt"):
            self.loaded.discard(model.name)
            return whole(200, frames.without_words(kind, name, "unload"))
        options = body.get("options") or {}
        self._load(model, options.get("num_ctx"))
        if not body.get("messages") and not body.get("prompt"):
            return whole(200, frames.without_words(kind, name, "load"))
        if body.get("truncate") is False and _words(body) > options.get("num_ctx", model.context_length):
            return whole(400, {"error": "the input length exceeds the context length"})
        said = _cut(self._say(body), options.get("num_predict"))
        if body.get("think") is False:
            said = Said(said.content, (), said.tool_calls, said.done_reason)
        if body.get("stream") is False:
            return whole(200, frames.whole_answer(kind, name, said))

        async def lines() -> AsyncIterator[bytes]:
            for frame in frames.streamed(kind, name, said):
                yield frames.line(frame)

        return stream(lines())


def _is_duration(given: object) -> bool:
    """As Ollama reads it: a number of seconds, or text with a unit."""
    return not isinstance(given, str) or re.fullmatch(r"-?0|-?([\d.]+(ns|us|ms|s|m|h))+", given) is not None


def _words(body: dict[str, Any]) -> int:
    """The length of what is asked, taking a word for a token."""
    return sum(len(message["content"].split()) for message in body.get("messages") or ())


def _abilities_asked(kind: str, body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield kind, "completion"
    if body.get("think"):
        yield "thinking", "thinking"
    if body.get("tools"):
        yield "tools", "tools"


def _cut(said: Said, most: int | None) -> Said:
    """The first `most` pieces, and the reason why there are no more."""
    if most is None or most < 0 or len(said.content) <= most:
        return said
    return Said(said.content[:most], said.thinking, said.tool_calls, "length")


def _full(name: str) -> str:
    return name if ":" in name else f"{name}:latest"
