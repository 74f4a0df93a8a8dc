"""Which of the installed models of Ollama is asked: the chosen one, else the best of the others, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cortex.domain.settings import AIPreferences
from cortex.providers.ollama_answers import InstalledModel, ModelAbilities, same_model
from cortex.services.model_consent import consent_sentence, needs_consent, remote_places
from cortex.services.ollama_presence import Presence

KnownAbilities = Callable[[InstalledModel], ModelAbilities | None]
_EMBEDDING_FAMILIES = ("bert", "nomic-bert", "xlm-roberta")


@dataclass(frozen=True, slots=True)
class Pick:
    """The model to ask. `note` is a sentence for the owner when it is not the chosen one."""

    model: InstalledModel | None
    is_substitute: bool = False
    note: str | None = None
    consent_needed: tuple[str, ...] = ()


def can_chat(model: InstalledModel, abilities: ModelAbilities | None) -> bool:
    """Whether it answers in words; guessed from its name where it has not been asked, or does not say."""
    if abilities is not None and abilities.capabilities:
        return "completion" in abilities.capabilities
    return "embed" not in model.name.lower() and not model.family.lower().startswith(_EMBEDDING_FAMILIES)


def find(presence: Presence, name: str) -> InstalledModel | None:
    """The installed model of this name."""
    return next((model for model in presence.models if same_model(name, model.name)), None)


def pick(preferences: AIPreferences, presence: Presence, abilities: KnownAbilities, room: int) -> Pick:
    """The chosen model where it is there, can chat and is allowed; else the best that is; `room` is in bytes."""
    if presence.address is None or not presence.available:
        return Pick(None, consent_needed=presence.consent_needed, note=presence.error)
    address, chosen = presence.address, find(presence, preferences.chat_model)
    refused: tuple[str, ...] = ()
    if chosen is None:
        why = f"{preferences.chat_model} is not installed"
        how = f" `ollama pull {preferences.chat_model}` loads it down."
    elif not can_chat(chosen, abilities(chosen)):
        why, how = f"{chosen.name} cannot chat", " Choose another chat model in the AI settings."
    elif refused := needs_consent(preferences, remote_places(address, chosen)):
        why = f"{chosen.name} does not run on this computer"
        how = " " + " ".join(consent_sentence(place) for place in refused)
    else:
        return Pick(chosen)
    others = [
        model
        for model in presence.models
        if can_chat(model, abilities(model)) and not needs_consent(preferences, remote_places(address, model))
    ]
    best = _best(others, room)
    if best is None:
        return Pick(None, note=f"{why}, and no other installed model can be asked.{how}", consent_needed=refused)
    reason = "the largest one here that fits this computer" if best.size <= room else "the smallest one here"
    if len(others) == 1:
        reason = "the only other one here"
    return Pick(best, True, f"{why}; {best.name} is asked instead, {reason}.{how}", refused)


def _best(models: list[InstalledModel], room: int) -> InstalledModel | None:
    """What runs on Ollama's own machine before what it passes on; the largest that fits, else the smallest."""
    here = [model for model in models if not model.is_cloud_proxy] or models
    fitting = [model for model in here if model.size <= room]
    if fitting:
        return max(fitting, key=lambda model: model.size)
    return min(here, key=lambda model: model.size, default=None)
