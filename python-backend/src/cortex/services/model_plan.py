"""What a change of the AI settings comes to, checked before anything is stored or tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import SecretStr

from cortex.domain.settings import AIPreferences, CloudPreferences, FallbackModel
from cortex.exceptions import ValidationError
from cortex.providers.cloud_place import HOSTED, CloudPlace
from cortex.services.model_places import fallback_place, main_place, named_places

_OPENAI_NAMES = ("gpt-", "chatgpt-", "o1", "o3", "o4", "text-embedding-")


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """The settings after a change, and what becomes of keys."""

    preferences: AIPreferences
    keys: Mapping[str, SecretStr]
    """To be kept, by their names in the store of secrets."""
    forgotten: frozenset[str]
    """Names of keys that go: of places that are no longer named, or that are new and came without one."""


def plan_change(before: AIPreferences, change: Mapping[str, Any]) -> ChangePlan:
    """Lay a change over the settings; `change` has the shape of the request, and only what was named in it.

    Raises ValidationError.
    """
    plain = {name: value for name, value in change.items() if name not in ("cloud", "fallbacks")}
    after = replace(before, **plain)
    cloud: Mapping[str, Any] = change.get("cloud") or {}
    if {"provider", "cloud"} & change.keys():
        after = replace(after, cloud=_cloud(after, cloud))
        _check_provider(after)
    entries: Sequence[Mapping[str, Any]] = change.get("fallbacks") or ()
    if "fallbacks" in change:
        after = replace(after, fallbacks=_fallbacks(after, entries))
    keys, dropped = _keys(after, cloud, entries)
    named, known = named_places(after), named_places(before)
    forgotten = (known.keys() - named.keys()) | (named.keys() - known.keys()) | dropped
    return ChangePlan(after, keys, frozenset(forgotten) - keys.keys())


def check_key(place: CloudPlace) -> None:
    """Raises ValidationError when a key would be readable on its way to a place."""
    if not place.may_be_sent_key:
        raise wrong(
            ("cloud", "api_base"),
            f"{place.address.url} is on another computer and speaks plain HTTP: everybody on the way could read the "
            "key. Use https://, or leave the key out. Nothing was changed.",
        )


def wrong(where: tuple[str | int, ...], message: str) -> ValidationError:
    """A refusal of one field of the body."""
    return ValidationError(message, details=[{"loc": ["body", *map(str, where)], "msg": message, "type": "value"}])


def _cloud(preferences: AIPreferences, given: Mapping[str, Any]) -> CloudPreferences:
    model = given.get("model", preferences.cloud.model) or None
    api_base = given.get("api_base", preferences.cloud.api_base) or None
    if model is not None and api_base is None:
        model = _with_service(model, is_openai=preferences.provider == "openai")
    cloud = CloudPreferences(model, api_base)
    try:
        main_place(replace(preferences, cloud=cloud))
        if model is None and api_base is not None:  # it will be asked in OpenAI's way, whatever the model's name
            main_place(replace(preferences, cloud=CloudPreferences("any", api_base)))
    except ValueError as error:
        raise wrong(("cloud", "model" if api_base is None else "api_base"), str(error)) from error
    return cloud


def _with_service(model: str, *, is_openai: bool) -> str:
    """OpenAI's names need no `openai/` in front; nor does any where OpenAI was chosen."""
    if "/" in model or not (is_openai or model.lower().startswith(_OPENAI_NAMES)):
        return model
    return f"openai/{model}"


def _fallbacks(preferences: AIPreferences, entries: Sequence[Mapping[str, Any]]) -> tuple[FallbackModel, ...]:
    found: dict[FallbackModel, None] = {}
    for number, entry in enumerate(entries):
        fallback = FallbackModel(entry["provider"], entry["model"])
        if fallback.provider == "cloud":
            fallback = replace(fallback, model=_with_service(fallback.model, is_openai=False))
            try:
                fallback_place(preferences, fallback)
            except ValueError as error:
                raise wrong(("fallbacks", number, "model"), str(error)) from error
        found.setdefault(fallback)
    return tuple(found)


def _check_provider(preferences: AIPreferences) -> None:
    if preferences.provider not in ("cloud", "openai"):
        return
    place = main_place(preferences)
    if place is None:
        raise wrong(
            ("cloud", "model"),
            f"{preferences.provider} was chosen, but no model: name one in cloud.model, such as openai/gpt-5-mini. "
            "Nothing was changed.",
        )
    if preferences.provider == "openai" and place.protocol != "openai":
        raise wrong(
            ("provider",),
            f"{preferences.cloud.model} is not a model of OpenAI: choose the provider cloud for it. "
            "Nothing was changed.",
        )


def _keys(
    preferences: AIPreferences, cloud: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, SecretStr], set[str]]:
    """The given keys by their names, and the names of those that are to go."""
    given: list[tuple[CloudPlace | None, Any]] = []
    if "api_key" in cloud:
        given.append((main_place(preferences), cloud["api_key"]))
    for entry in entries:
        if "api_key" in entry and entry["provider"] == "cloud":
            model = _with_service(entry["model"], is_openai=False)
            given.append((fallback_place(preferences, FallbackModel("cloud", model)), entry["api_key"]))
    keys: dict[str, SecretStr] = {}
    dropped: set[str] = set()
    for place, key in given:
        if place is None:
            if key is not None:
                raise wrong(
                    ("cloud", "model"),
                    f"Whose key is this? Name the model as well ({', '.join(f'{service}/…' for service in HOSTED)}): "
                    "a key is only ever sent to the place that it was given for. Nothing was changed.",
                )
        elif key is None:
            dropped.add(place.key_name)
        else:
            check_key(place)
            keys[place.key_name] = key
    return keys, dropped
