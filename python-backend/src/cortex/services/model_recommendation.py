"""Which models suit this machine: by its memory, its speed, and what is there already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from cortex.db.database import Database
from cortex.db.repositories import model_speeds
from cortex.providers.ollama_answers import ModelAbilities, same_model
from cortex.services.machine import Machine, memory_needed, this_machine
from cortex.services.model_catalogue import CHAT_MODELS, EMBEDDING_MODELS, LibraryModel
from cortex.services.model_ranking import can_chat
from cortex.services.ollama import OllamaService, OllamaStatus

_COMFORTABLE_TOKENS_A_SECOND = 6.0
"""About as fast as people read along without impatience."""
_BYTES_A_SECOND_AND_CORE = 4e9
_MOST_CORES = 8
"""More do not help: memory is the limit then."""
_GOOD_ENOUGH = 0.6
"""An installed model of so much of the best one's size is not worth another download."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model for this machine. Sizes in bytes."""

    name: str
    size: int
    installed: bool
    uses_tools: bool
    strength: str
    fits: bool
    """Whether its memory is free now."""
    tokens_per_second: float | None
    """Of its last answers; None where there were none."""
    estimated_tokens_per_second: float | None
    """From the speed of other models here, else from the processor; None with a graphics card nobody measured."""

    @property
    def is_quick(self) -> bool:
        """Whether reading along is comfortable, as far as that is known."""
        speed = self.tokens_per_second or self.estimated_tokens_per_second
        return speed is None or speed >= _COMFORTABLE_TOKENS_A_SECOND


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One model, why, and what else there is."""

    model: Candidate
    reason: str
    others: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Recommendations:
    """For chat and for vectors."""

    machine: Machine
    ollama: OllamaStatus
    chat: Recommendation
    embedding: Recommendation


class ModelRecommendation:
    """Looks at the machine, at Ollama and at the books, and recommends."""

    def __init__(self, database: Database, ollama: OllamaService, *, machine: Callable[[], Machine] = this_machine):
        self._database = database
        self._ollama = ollama
        self._machine = machine

    async def recommend(self) -> Recommendations:
        """Ask Ollama what it has, and choose. Its being away is no error: then nothing is installed."""
        status = await self._ollama.status(with_abilities=True)
        speeds = await self._database.read(model_speeds.of_ollama)
        return recommend(self._machine(), status, speeds)


def recommend(machine: Machine, status: OllamaStatus, speeds: Mapping[str, float]) -> Recommendations:
    """The choice itself."""
    loaded = sum(memory_needed(one.size) for one in status.models if status.is_local and one.name in status.running)
    free = min(machine.memory_available + loaded, int(machine.memory * 0.8))
    pace = _bytes_a_second(machine, status, speeds)
    chat = [_candidate(one, status, speeds, free, pace) for one in _known(CHAT_MODELS, status)]
    embedding = [
        replace(_candidate(one, status, {}, free, None), estimated_tokens_per_second=None)
        for one in _known(EMBEDDING_MODELS, status)
    ]
    return Recommendations(machine, status, _chat(chat, machine, status), _embedding(embedding, status))


def _known(library: Iterable[LibraryModel], status: OllamaStatus) -> list[LibraryModel]:
    """The library's models and whatever else of the kind is installed on Ollama's own machine, by size."""
    models = list(library)
    kind = models[0].kind
    pairs = zip(status.models, status.abilities or (None,) * len(status.models), strict=True)
    for model, abilities in pairs:
        if model.is_cloud_proxy or any(same_model(model.name, one.name) for one in models):
            continue
        if can_chat(model, abilities) == (kind == "chat") and (kind == "chat" or _embeds(abilities)):
            tools = abilities is not None and "tools" in abilities.capabilities
            models.append(LibraryModel(model.name, model.size, kind, "yours already", tools))
    return sorted(models, key=lambda one: one.size)


def _embeds(abilities: ModelAbilities | None) -> bool:
    return abilities is not None and "embedding" in abilities.capabilities


def _candidate(
    model: LibraryModel, status: OllamaStatus, speeds: Mapping[str, float], free: int, pace: float | None
) -> Candidate:
    found = next((one for one in status.models if same_model(one.name, model.name)), None)
    size = found.size if found is not None else model.size
    return Candidate(
        name=found.name if found is not None else model.name,
        size=size,
        installed=found is not None,
        uses_tools=model.uses_tools,
        strength=model.strength,
        fits=memory_needed(size) <= free,
        tokens_per_second=next((speed for name, speed in speeds.items() if same_model(name, model.name)), None),
        estimated_tokens_per_second=round(pace / size, 1) if pace is not None else None,
    )


def _bytes_a_second(machine: Machine, status: OllamaStatus, speeds: Mapping[str, float]) -> float | None:
    """How much of a model is read in a second: each word takes all of it."""
    measured = [
        speed * model.size
        for model in status.models
        for name, speed in speeds.items()
        if same_model(name, model.name) and not model.is_cloud_proxy
    ]
    if measured:
        return max(measured)
    if machine.gpu is not None or not status.is_local:
        return None
    return _BYTES_A_SECOND_AND_CORE * min(machine.cores, _MOST_CORES)


def _chat(candidates: list[Candidate], machine: Machine, status: OllamaStatus) -> Recommendation:
    fitting = [one for one in candidates if one.fits]
    quick = [one for one in fitting if one.is_quick]
    pool = quick or fitting[:1] or candidates[:1]
    best = _largest([one for one in pool if one.uses_tools] or pool)
    kept = [one for one in pool if one.installed and one.size >= best.size * _GOOD_ENOUGH]
    model = best if best.installed or not kept else _largest(kept)
    why = [f"{model.name}: {model.strength}."]
    if not fitting:
        why.append(
            f"Even the smallest model wants {_gigabytes(memory_needed(model.size))} of memory, and "
            f"{_gigabytes(machine.memory_available)} are free: close something first."
        )
    elif not quick:
        why.append("It is the quickest one; larger ones would write slower than one reads.")
    else:
        why.append(
            f"Of {_gigabytes(machine.memory)} of memory {_gigabytes(machine.memory_available)} are free; it takes "
            f"about {_gigabytes(memory_needed(model.size))}."
        )
    if model.tokens_per_second is not None:
        why.append(f"It wrote {model.tokens_per_second:g} tokens a second lately.")
    elif model.estimated_tokens_per_second is not None:
        why.append(f"It should write about {model.estimated_tokens_per_second:.0f} tokens a second here.")
    why.append(_how(model, status))
    return _recommended(model, why, candidates)


def _embedding(candidates: list[Candidate], status: OllamaStatus) -> Recommendation:
    wanted = ("embeddinggemma", "nomic-embed-text", "all-minilm")
    order = [one for name in wanted for one in candidates if same_model(one.name, name)]
    fitting = [one for one in order if one.fits] or order[-1:]
    model = next((one for one in fitting if one.installed), fitting[0])
    why = [
        f"{model.name}: {model.strength}.",
        "Search works without it, with the embedded model; changing builds all vectors anew in the background.",
        _how(model, status),
    ]
    return _recommended(model, why, candidates)


def _recommended(model: Candidate, why: list[str], candidates: list[Candidate]) -> Recommendation:
    others = tuple(one for one in candidates if one is not model)
    return Recommendation(model, " ".join(part for part in why if part), others)


def _how(model: Candidate, status: OllamaStatus) -> str:
    if model.installed:
        return "It is installed."
    if not status.available:
        return f"Start Ollama, then `ollama pull {model.name}` loads it down ({_gigabytes(model.size)})."
    if not status.is_local:
        return f"`ollama pull {model.name}` loads it down. That computer's memory is not known here."
    return f"`ollama pull {model.name}` loads it down ({_gigabytes(model.size)})."


def _largest(candidates: list[Candidate]) -> Candidate:
    return max(candidates, key=lambda one: one.size)


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
