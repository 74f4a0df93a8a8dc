"""The frames of answers that are made, not recorded; `test_ollama_stand_in.py` holds them against the recordings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tests.ollama_server.models import MOMENT, ServedModel

Kind = Literal["chat", "generate"]


@dataclass(frozen=True, slots=True)
class Said:
    """What a model says to one request, in the pieces in which it says it."""

    content: Sequence[str] = ()
    thinking: Sequence[str] = ()
    tool_calls: Sequence[tuple[str, dict[str, Any]]] = ()
    """Names with their arguments; they come whole, in one frame."""
    done_reason: Literal["stop", "length"] = "stop"


def line(value: dict[str, Any]) -> bytes:
    """One line of a stream."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def streamed(kind: Kind, model: str, said: Said) -> Iterator[dict[str, Any]]:
    """Thoughts, then words, then tool calls, then the end with its figures."""
    for thought in said.thinking:
        yield _frame(kind, model, "", thinking=thought)
    for piece in said.content:
        yield _frame(kind, model, piece)
    if said.tool_calls:
        yield _frame(kind, model, "", tool_calls=_calls(said))
    yield {**_frame(kind, model, ""), **_end(kind, said)}


def whole_answer(kind: Kind, model: str, said: Said) -> dict[str, Any]:
    """The same without streaming: one object."""
    parts: dict[str, Any] = {}
    if said.thinking:
        parts["thinking"] = "".join(said.thinking)
    if said.tool_calls:
        parts["tool_calls"] = _calls(said)
    return {**_frame(kind, model, "".join(said.content), **parts), **_end(kind, said)}


def without_words(kind: Kind, model: str, reason: Literal["load", "unload"]) -> dict[str, Any]:
    """A model was only loaded, or put away."""
    return {**_frame(kind, model, ""), "done": True, "done_reason": reason}


def embedded(model: str, vectors: list[list[float]], tokens: int) -> dict[str, Any]:
    """Vectors of texts; of no texts, without figures."""
    if not vectors:
        return {"model": model, "embeddings": []}
    figures = {"total_duration": 291_072_035, "load_duration": 12_535_082, "prompt_eval_count": tokens}
    return {"model": model, "embeddings": vectors, **figures}


def pulled(model: ServedModel, steps: int) -> Iterator[dict[str, Any]]:
    """A model is loaded down in one layer and `steps` steps."""
    digest = f"sha256:{model.digest}"
    yield {"status": "pulling manifest"}
    layer = {"status": f"pulling {model.digest[:12]}", "digest": digest, "total": model.size}
    yield layer
    for step in range(1, steps + 1):
        yield {**layer, "completed": model.size * step // steps}
    yield {"status": "verifying sha256 digest"}
    yield {"status": "writing manifest"}
    yield {"status": "success"}


def _frame(kind: Kind, model: str, content: str, **parts: Any) -> dict[str, Any]:
    if kind == "generate":
        return {"model": model, "created_at": MOMENT, "response": content, **parts, "done": False}
    message = {"role": "assistant", "content": content, **parts}
    return {"model": model, "created_at": MOMENT, "message": message, "done": False}


def _calls(said: Said) -> list[dict[str, Any]]:
    return [
        {"id": f"call_{index:08d}", "function": {"index": index, "name": name, "arguments": arguments}}
        for index, (name, arguments) in enumerate(said.tool_calls)
    ]


def _end(kind: Kind, said: Said) -> dict[str, Any]:
    return {
        "done": True,
        "done_reason": said.done_reason,
        **({"context": [2050, 745, 347]} if kind == "generate" else {}),
        "total_duration": 1_681_165_993,
        "load_duration": 2_958_700,
        "prompt_eval_count": 18,
        "prompt_eval_duration": 271_607_723,
        "eval_count": len(said.content) + len(said.thinking),
        "eval_duration": 1_404_771_709,
    }
