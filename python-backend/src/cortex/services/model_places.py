"""The services that the settings name besides Ollama, and whose keys they have."""

from __future__ import annotations

import contextlib

from cortex.domain.settings import AIPreferences, FallbackModel
from cortex.providers.cloud_place import CloudPlace, cloud_place


def main_place(preferences: AIPreferences) -> CloudPlace | None:
    """Where the cloud model is asked; None while none is set. Raises ValueError when that makes no sense."""
    cloud = preferences.cloud
    return cloud_place(cloud.model, cloud.api_base) if cloud.model else None


def place_like_main(preferences: AIPreferences, model: str) -> CloudPlace:
    """Where another model is asked: of the same service as the cloud model at its address, else at the service's own.

    A server of the owner's that stands for a service stands for it here, too. Raises ValueError.
    """
    api_base = preferences.cloud.api_base
    main = main_place(preferences)
    if api_base is None or main is None:
        return cloud_place(model, None)
    own = cloud_place(model, api_base)
    if own.protocol == main.protocol:
        return own
    return cloud_place(model, None)


def fallback_place(preferences: AIPreferences, fallback: FallbackModel) -> CloudPlace:
    """Where a fallback of a cloud is asked. Raises ValueError."""
    return place_like_main(preferences, fallback.model)


def named_places(preferences: AIPreferences) -> dict[str, CloudPlace]:
    """Every place that the settings name, by the name of its key."""
    found: list[CloudPlace] = []
    with contextlib.suppress(ValueError):
        main = main_place(preferences)
        found += [main] if main else []
    for fallback in preferences.fallbacks:
        if fallback.provider == "cloud":
            with contextlib.suppress(ValueError):
                found.append(fallback_place(preferences, fallback))
    if preferences.embedding_provider == "cloud":
        with contextlib.suppress(ValueError):
            found.append(place_like_main(preferences, preferences.embedding_model))
    return {place.key_name: place for place in found}
