"""What Ollama says of itself and its models.

The client's own classes leave out what decides where a model runs (`remote_host`) and what it can do, so these are
read instead; fields that Cortex does not use are ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import AwareDatetime, BaseModel

from cortex.domain import clock


class _Version(BaseModel):
    version: str


class _Details(BaseModel):
    family: str = ""
    parameter_size: str = ""
    quantization_level: str = ""


class _Tag(BaseModel):
    name: str
    size: int
    digest: str
    modified_at: AwareDatetime
    details: _Details | None = None
    remote_host: str | None = None


class _Tags(BaseModel):
    models: list[_Tag] | None


class _Show(BaseModel):
    capabilities: list[str] | None = None
    model_info: Mapping[str, object] | None = None
    remote_host: str | None = None


class _Running(BaseModel):
    name: str


class _Processes(BaseModel):
    models: list[_Running] | None


class _Embeddings(BaseModel):
    embeddings: list[list[float]]


class _Kept(BaseModel):
    done: bool


VERSION, TAGS, SHOW, PROCESSES, EMBEDDINGS = _Version, _Tags, _Show, _Processes, _Embeddings
"""The shapes of `/api/version`, `/api/tags`, `/api/show`, `/api/ps` and `/api/embed`."""
KEPT = _Kept
"""The shape of the answer to loading a model or putting it away."""


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that an Ollama has."""

    name: str
    """With its tag: `llama3.2:3b`."""
    size: int
    """Bytes on disk."""
    digest: str
    modified_at: str
    family: str
    parameter_size: str
    quantization: str
    remote_host: str | None
    """Where the model really runs, when this Ollama only passes requests on."""

    @property
    def is_cloud_proxy(self) -> bool:
        """Whether what it is asked leaves the machine that Ollama is on."""
        return is_cloud_proxy(self.name, self.remote_host)


@dataclass(frozen=True, slots=True)
class ModelAbilities:
    """What a model can do and how much it reads, as it says itself."""

    capabilities: tuple[str, ...]
    """`completion`, `tools`, `thinking`, `vision`, `embedding`, …"""
    context_length: int | None
    """Tokens."""
    embedding_length: int | None
    remote_host: str | None = None
    """Where it really runs, as in InstalledModel."""


@dataclass(frozen=True, slots=True)
class PullProgress:
    """One step of loading a model down. `completed` of `total` bytes of the layer `digest`, where it is about one."""

    status: str
    digest: str | None = None
    total: int | None = None
    completed: int | None = None

    @property
    def is_done(self) -> bool:
        return self.status == "success"


def installed(answer: _Tags) -> tuple[InstalledModel, ...]:
    """The models of a list."""
    return tuple(_installed(tag, tag.details or _Details()) for tag in answer.models or ())


def _installed(tag: _Tag, details: _Details) -> InstalledModel:
    return InstalledModel(
        name=tag.name,
        size=tag.size,
        digest=tag.digest,
        modified_at=clock.to_text(tag.modified_at),
        family=details.family,
        parameter_size=details.parameter_size,
        quantization=details.quantization_level,
        remote_host=tag.remote_host or None,
    )


def abilities(answer: _Show) -> ModelAbilities:
    """What one model says of itself."""
    info = answer.model_info or {}
    architecture = info.get("general.architecture")
    return ModelAbilities(
        capabilities=tuple(answer.capabilities or ()),
        context_length=_number(info.get(f"{architecture}.context_length")),
        embedding_length=_number(info.get(f"{architecture}.embedding_length")),
        remote_host=answer.remote_host or None,
    )


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def is_cloud_proxy(name: str, remote_host: str | None) -> bool:
    """Whether a model runs elsewhere. Ollama says so with `remote_host`; its cloud names count even without."""
    tag = name.rpartition("/")[2].partition(":")[2].lower()
    return bool(remote_host) or tag == "cloud" or tag.endswith("-cloud")


def same_model(one: str, other: str) -> bool:
    """Whether two names mean the same model: no tag means `latest`, and case makes no difference."""
    return _full_name(one) == _full_name(other)


def _full_name(name: str) -> str:
    bare = name.strip().lower().removeprefix("registry.ollama.ai/").removeprefix("library/")
    return bare if ":" in bare.rpartition("/")[2] else f"{bare}:latest"
