"""What a cloud model can do, by LiteLLM's list of models, and how its thinking is asked for or left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from cortex.providers.chat_model import ChatCapabilities, ChatRequest
from cortex.providers.cloud_exchange import Exchange
from cortex.providers.cloud_place import CloudPlace

_MOST_CONTEXT_TOKENS = 131_072
"""More than this is not asked for: every token costs, and answers get no better."""
_UNLISTED_CONTEXT_TOKENS = 32_768
"""Of a model that is newer than the list: all that services offer now read at least this much."""
_REFUSALS = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.NOT_IMPLEMENTED,
        HTTPStatus.INTERNAL_SERVER_ERROR,  # llama.cpp without a template for tools
    }
)
_ABOUT_TOOLS = re.compile(rb"\btools?\b|tool_|function.call", re.IGNORECASE)
_ABOUT_SCHEMA = re.compile(rb"response_format|json_schema|grammar|structured", re.IGNORECASE)


def listed(library: Any, place: CloudPlace) -> Mapping[str, Any]:
    """LiteLLM's entry for a model; empty for one that it does not know."""
    try:
        entry: Mapping[str, Any] = library.get_model_info(f"{place.protocol}/{place.model}")
    except Exception:  # noqa: BLE001 - it raises a plain Exception for a model that is not on its list
        return {}
    return entry


def capabilities(entry: Mapping[str, Any]) -> ChatCapabilities:
    """From an entry. An unlisted model is asked for everything, until it refuses."""
    if not entry:
        return ChatCapabilities(_UNLISTED_CONTEXT_TOKENS, tools=True, schema=True)
    context = entry.get("max_input_tokens") or entry.get("max_tokens") or _UNLISTED_CONTEXT_TOKENS
    return ChatCapabilities(
        min(int(context), _MOST_CONTEXT_TOKENS),
        tools=bool(entry.get("supports_function_calling")),
        schema=bool(entry.get("supports_response_schema")),
        thinking=bool(entry.get("supports_reasoning")),
    )


def thinking(entry: Mapping[str, Any], place: CloudPlace, *, wanted: bool) -> dict[str, Any]:
    """The arguments that make a model think, or think as little as it can."""
    if not place.is_hosted:
        # Understood by llama.cpp, vLLM and others that run a model's own template; those that do not know it pass
        # over it. Only on this machine: services behind a gateway refuse what they do not know.
        flag = {"chat_template_kwargs": {"enable_thinking": wanted}}
        return {"extra_body": flag} if place.is_local and place.protocol == "openai" else {}
    if not entry.get("supports_reasoning"):
        return {}
    if wanted:
        return {"reasoning_effort": "medium"}
    if place.protocol == "openai":
        if entry.get("supports_none_reasoning_effort"):
            return {"reasoning_effort": "none"}
        return {"reasoning_effort": "minimal" if entry.get("supports_minimal_reasoning_effort") else "low"}
    if place.protocol == "gemini":
        return {"reasoning_effort": "minimal" if "pro" in place.model else "disable"}
    return {}  # the others think only when they are asked to


def after_refusal(known: ChatCapabilities, request: ChatRequest, exchange: Exchange) -> ChatCapabilities:
    """What a model can do, now that it answered this request with an error: not what the error is about."""
    if exchange.status not in _REFUSALS:
        return known
    said = exchange.error_body
    if request.tools and known.tools and _ABOUT_TOOLS.search(said):
        known = replace(known, tools=False)
    if request.schema is not None and known.schema and _ABOUT_SCHEMA.search(said):
        known = replace(known, schema=False)
    return known
