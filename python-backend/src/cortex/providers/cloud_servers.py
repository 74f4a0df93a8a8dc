"""What servers of the owner's own say of a model: LM Studio, llama.cpp and vLLM, each in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx

from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.chat_model import ChatCapabilities
from cortex.providers.cloud_connection import CloudConnection

CAREFUL_CONTEXT_TOKENS = 4096
"""What LM Studio loads a model with, unless it is told otherwise."""
_QUICK_SECONDS = 5.0


async def described(connection: CloudConnection) -> ChatCapabilities:
    """Ask what a language model can do. What a server does not say is assumed to work: it refuses what does not.

    Raises AIProviderUnavailableError when nothing answers, AIProviderError when the key is refused.
    """
    said = await _asked_all(connection)
    return ChatCapabilities(said.context_tokens or CAREFUL_CONTEXT_TOKENS, tools=said.tools, schema=True)


async def context_tokens(connection: CloudConnection) -> int | None:
    """How much a model reads at once, where the server says so. Raises as `described` does."""
    return (await _asked_all(connection)).context_tokens


async def model_names(connection: CloudConnection, *, seconds: float = _QUICK_SECONDS) -> tuple[str, ...]:
    """The models that a server lists. Raises as `described` does."""
    return tuple(str(entry["id"]) for entry in await _listed(connection, seconds) if "id" in entry)


@dataclass(frozen=True, slots=True)
class _Said:
    context_tokens: int | None
    tools: bool = True


async def _asked_all(connection: CloudConnection) -> _Said:
    for entry in await _listed(connection, _QUICK_SECONDS):
        if entry.get("id") == connection.place.model and (context := _positive(entry.get("max_model_len"))):
            return _Said(context)  # vLLM
    async with connection.questions(_QUICK_SECONDS) as client:
        origin = _origin(connection)
        studio = _object(await _asked(client, f"{origin}/api/v0/models/{connection.place.model}"))
        if studio.get("object") == "model" and studio.get("type"):  # LM Studio
            abilities = studio.get("capabilities")
            tools = "tool_use" in abilities if isinstance(abilities, list) else True
            return _Said(_positive(studio.get("loaded_context_length")), tools)
        properties = _object(await _asked(client, f"{origin}/props"))  # llama.cpp
        settings, abilities = properties.get("default_generation_settings"), properties.get("chat_template_caps")
        return _Said(
            _positive(settings.get("n_ctx")) if isinstance(settings, dict) else None,
            bool(abilities.get("supports_tools", True)) if isinstance(abilities, dict) else True,
        )


def _positive(number: object) -> int | None:
    return number if isinstance(number, int) and number > 0 else None


async def _listed(connection: CloudConnection, seconds: float) -> list[dict[str, Any]]:
    place = connection.place
    async with connection.questions(seconds) as client:
        try:
            answer = await client.get(f"{place.address.url}/models")
        except httpx.TimeoutException as error:
            raise AIProviderUnavailableError(
                f"The model server at {place.host_and_port} did not answer in time."
            ) from error
        except httpx.HTTPError as error:
            raise AIProviderUnavailableError(
                f"The model server at {place.host_and_port} cannot be reached. Start it, or set its address in the "
                "settings."
            ) from error
    if answer.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise AIProviderError(
            f"The model server at {place.host_and_port} does not accept the key. Check the key in the settings.",
            details={"status": answer.status_code},
        )
    entries = _object(answer).get("data")
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _origin(connection: CloudConnection) -> str:
    """Above `/v1`, where servers put what is not OpenAI's."""
    return connection.place.address.url.removesuffix("/v1")


async def _asked(client: httpx.AsyncClient, url: str) -> httpx.Response | None:
    try:
        return await client.get(url)
    except httpx.HTTPError:
        return None  # a server that knows no such question may also just hang up


def _object(answer: httpx.Response | None) -> dict[str, Any]:
    """The JSON object that was answered; empty for anything else."""
    if answer is None or not answer.is_success:
        return {}
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
