"""Answers in a given shape: asked for with a JSON schema, checked, and asked for once more when they are wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic import ValidationError as ShapeError

from cortex.observability.logs import get_logger
from cortex.providers.chat_model import ChatCapabilities, ChatIdentity, ChatMessage, ChatRequest
from cortex.providers.gateway.gateway import Build, CallPurpose, Completion, Gateway, Patience, Target
from cortex.services.fencing import RULE, Fence
from cortex.services.lenient_json import json_object
from cortex.services.token_estimates import beginning_within, tokens_at_most

log = get_logger(__name__)

Shape = TypeVar("Shape", bound=BaseModel)
Check = Callable[[Shape], Sequence[str]]
"""What is wrong with an answer that has the right shape, in sentences for the model; empty when nothing is."""

REPAIR_TOKENS = 1024
"""Kept free of each request, so that a wrong answer and what is wrong with it fit beside it."""
_MOST_COMPLAINTS = 8
_BOUNDS_OF_STRINGS = frozenset(
    {"title", "default", "examples", "minLength", "maxLength", "pattern", "format"}
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
)
"""Not told to servers: they refuse them, or make enormous grammars of them. The answer is checked against them."""
_BOUNDS_OF_LISTS = frozenset({"minItems", "maxItems", "uniqueItems"})


async def structured(
    gateway: Gateway,
    build: Build,
    shape: type[Shape],
    *,
    purpose: CallPurpose,
    patience: Patience = "background",
    local_only: bool = False,
    check: Check[Shape] | None = None,
    model: str | None = None,
) -> tuple[Shape, Completion] | None:
    """Ask for an answer of this shape; gives it with the completion that it came in, None when there was none.

    `build` makes the request without a schema: that is added here, in the way that the target understands. The target
    it is given has a smaller context than the real one, so that all that is added fits. An answer that is cut off, no
    JSON, of another shape or refused by `check` is shown to the model once, fenced, with what is wrong with it; if the
    second answer is wrong as well, there is none. With `local_only` no model is asked that is not on this machine.
    Raises AIProviderUnavailableError and AIProviderError as the gateway does: nobody answered, so nothing was wrong.
    """
    wrong: tuple[ChatIdentity, str, list[str]] | None = None
    for _ in range(2):
        completion = await gateway.complete(
            _builder(build, shape, wrong, local_only=local_only), purpose=purpose, patience=patience, model=model
        )
        found, complaints = _read(completion, shape, check)
        if found is not None:
            return found, completion
        log.info("answer without the right shape", purpose=purpose, model=completion.target.identity.name)
        wrong = (completion.target.identity, completion.text, complaints)
    return None


def schema_for(shape: type[BaseModel], *, bounded: bool = True) -> dict[str, object]:
    """The JSON schema of a shape as servers take it: no references, no other keys, all keys required.

    `bounded` keeps the limits of lists, which hold a small model back; some services refuse them.
    """
    whole = shape.model_json_schema()
    dropped = _BOUNDS_OF_STRINGS if bounded else _BOUNDS_OF_STRINGS | _BOUNDS_OF_LISTS
    plain = _plain(whole, whole.get("$defs", {}), dropped)
    if not isinstance(plain, dict):
        raise TypeError(f"{shape.__name__} is no object")
    return plain


def room_for(target: Target, shape: type[BaseModel]) -> int:
    """Tokens that a request and its answer may have together when this shape is asked of this target."""
    can = target.capabilities
    told = "" if can.schema else _told(schema_for(shape, bounded=target.identity.is_local))
    return max(can.context_tokens - tokens_at_most(told) - _reserve(can), 0)


def _reserve(can: ChatCapabilities) -> int:
    return min(REPAIR_TOKENS, can.context_tokens // 4)


def _builder(
    build: Build, shape: type[BaseModel], wrong: tuple[ChatIdentity, str, list[str]] | None, *, local_only: bool
) -> Build:
    """The request for a target: with the schema, and with the wrong answer if it was this very model's."""

    def make(target: Target) -> ChatRequest | None:
        if local_only and not target.identity.is_local:
            return None
        schema = schema_for(shape, bounded=target.identity.is_local)
        told = "" if target.capabilities.schema else _told(schema)
        can = target.capabilities
        request = build(
            Target(target.identity, ChatCapabilities(room_for(target, shape), can.tools, can.schema, can.thinking))
        )
        if request is None:
            return None
        messages = list(request.messages)
        if told:
            messages = _with_system(messages, told)
        if wrong is not None and wrong[0] == target.identity:
            messages += _repair(wrong[1], wrong[2], _reserve(can))
        return ChatRequest(
            tuple(messages),
            schema=schema if target.capabilities.schema else None,
            max_tokens=request.max_tokens,
            temperature=request.temperature,
            thinking=request.thinking,
        )

    return make


def _with_system(messages: list[ChatMessage], told: str) -> list[ChatMessage]:
    """With this in the first system message: templates of small models know only one."""
    if messages[0].role != "system":
        return [ChatMessage("system", told), *messages]
    return [ChatMessage("system", f"{messages[0].content}\n\n{told}"), *messages[1:]]


def _told(schema: Mapping[str, object]) -> str:
    return (
        "Answer with one JSON object that holds this JSON schema, and with nothing else: no prose, no code fence.\n"
        + json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    )


def _repair(said: str, complaints: Sequence[str], tokens: int) -> list[ChatMessage]:
    """What was said, and what is wrong with it, within so many tokens. It may hold saved text, so it is fenced."""
    fence = Fence()
    listed = beginning_within("\n".join(f"- {one}" for one in complaints), tokens // 3)
    frame = (
        f"{RULE}\nYour last answer could not be used. It stands in the first fence, what is wrong with it in the "
        "second. Answer the same question again, with one whole JSON object of the right shape and nothing else.\n"
    )
    answer = beginning_within(said, tokens - tokens_at_most(frame) - tokens_at_most(listed) - 60)
    return [ChatMessage("user", frame + fence.around(answer, n=1) + "\n" + fence.around(listed, n=2))]


def _read(completion: Completion, shape: type[Shape], check: Check[Shape] | None) -> tuple[Shape | None, list[str]]:
    """The answer in its shape, or what is wrong with it."""
    if completion.reason == "length":
        return None, ["The answer was cut off before its end because it was too long. Say less."]
    found = json_object(completion.text)
    if found is None:
        return None, ["There is no whole JSON object in the answer."]
    try:
        answer = shape.model_validate(found)
    except ShapeError as error:
        return None, [
            f"{'.'.join(str(part)[:60] for part in problem['loc']) or 'the object'}: {problem['msg'][:200]}"
            for problem in error.errors(include_url=False, include_context=False, include_input=False)
        ][:_MOST_COMPLAINTS]
    complaints = list(check(answer)) if check is not None else []
    return (None, complaints[:_MOST_COMPLAINTS]) if complaints else (answer, [])


def _plain(part: Any, definitions: Mapping[str, Any], dropped: frozenset[str]) -> Any:
    """A schema with its references filled in and what servers do not take left out."""
    if isinstance(part, list):
        return [_plain(one, definitions, dropped) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        filled = _plain(definitions[str(part["$ref"]).rpartition("/")[2]], definitions, dropped)
        return filled | {key: part[key] for key in part.keys() & {"description"}}
    kept = {key: _plain(value, definitions, dropped) for key, value in part.items() if key not in {"$defs", *dropped}}
    if "properties" in part:
        # here the keys are names of the shape's own, whatever they are called
        kept["properties"] = {name: _plain(value, definitions, dropped) for name, value in part["properties"].items()}
        kept |= {"required": list(part["properties"]), "additionalProperties": False}
    return kept
