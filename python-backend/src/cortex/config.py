"""Settings from the environment (`CORTEX_…`): the only reader of environment and of files of settings."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Literal

import pydantic
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cortex.exceptions import ConfigurationError

AIProvider = Literal["auto", "embedded", "ollama", "cloud", "openai", "hybrid"]
MEBIBYTE = 1024 * 1024
_BUNDLED_INTERFACE = Path(__file__).with_name("_interface")
"""Where an installer puts the built interface: inside the package, beside the model."""


def _bundled_interface() -> Path | None:
    return _BUNDLED_INTERFACE if _BUNDLED_INTERFACE.is_dir() else None


class Limits(pydantic.BaseModel):
    """Upper bounds; sizes in bytes, times in seconds."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    capture_body: int = Field(32 * MEBIBYTE, ge=1024)
    upload_file: int = Field(256 * MEBIBYTE, ge=1024)
    other_body: int = Field(MEBIBYTE, ge=1024)
    fetch_size: int = Field(64 * MEBIBYTE, ge=1024)
    fetch_seconds: float = Field(30.0, gt=0)
    fetch_redirects: int = Field(10, ge=0, le=20)
    image_size: int = Field(16 * MEBIBYTE, ge=1024)
    item_images: int = Field(200, ge=1)
    item_images_size: int = Field(128 * MEBIBYTE, ge=1024)
    parse_cpu_seconds: int = Field(10, ge=1)
    parse_seconds: float = Field(20.0, gt=0)
    parse_memory: int = Field(1024 * MEBIBYTE, ge=128 * MEBIBYTE)
    text_characters: int = Field(20_000_000, ge=1000)


class Settings(BaseSettings):
    """Every start-up setting, as `CORTEX_<NAME>`; limits as `CORTEX_LIMITS__<NAME>`."""

    model_config = SettingsConfigDict(
        env_prefix="CORTEX_", env_nested_delimiter="__", extra="ignore", frozen=True, populate_by_name=True
    )

    host: str = "127.0.0.1"
    port: int = Field(8742, ge=0, le=65535)
    allow_remote: bool = False
    """Confirms that binding to an address other than loopback, without TLS, is meant."""
    data_dir: Path = Path("~/.cortex")
    db_path: Path | None = None
    """An explicit database file; otherwise `cortex.db` in the data directory."""
    token: SecretStr | None = None
    in_memory: bool = False
    demo: bool = False
    """Starts with a sample library, in memory."""
    ai_provider: AIProvider = "auto"
    ollama_host: str = "http://127.0.0.1:11434"
    embedding_model: Literal["all-minilm-l6-v2"] = "all-minilm-l6-v2"
    """The embedded one is the only one there is: another name would be shown, and never used."""
    model_dir: Path | None = None
    ui_dir: Path | None = Field(default_factory=_bundled_interface)
    """Where the built interface lies; without it, and where none was installed, there is the plain page."""
    chat_model: str = "llama3.2:3b"
    max_concurrent_processing: int = Field(2, ge=1, le=32)
    chunk_size: int = Field(500, ge=32, le=8192)
    chunk_overlap: int = Field(50, ge=0)
    fetch_private_networks: bool = False
    """Lets "save this URL" reach private addresses (an intranet wiki, say). Loopback stays closed."""
    development_origins: Annotated[tuple[str, ...], NoDecode] = ()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    limits: Limits = Limits()

    @field_validator("development_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Origins come as one comma-separated variable."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("data_dir", "db_path", "model_dir", "ui_dir", mode="after")
    @classmethod
    def _expand(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value is not None else None

    @model_validator(mode="after")
    def _consistent(self) -> Settings:
        if self.demo and not self.in_memory:
            raise ValueError("demo keeps nothing: it needs in_memory")
        if self.chunk_overlap >= self.chunk_size:
            raise ValueError("chunk_overlap must be smaller than chunk_size")
        if not self.is_loopback and not self.allow_remote:
            raise ValueError(
                f"host {self.host} is reachable from other machines and Cortex speaks plain HTTP there; "
                "set CORTEX_ALLOW_REMOTE=true to confirm that this is meant"
            )
        return self

    @property
    def is_loopback(self) -> bool:
        """Whether the server is reachable from this machine alone."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def database_file(self) -> Path:
        return self.db_path or self.data_dir / "cortex.db"


def forbid_tracing() -> None:
    """Take out of the environment whatever makes LangGraph and LangChain report runs to a service.

    Call before their first import: they read the environment then.
    """
    for name in [name for name in os.environ if name.startswith(("LANGSMITH_", "LANGCHAIN_", "LANGGRAPH_"))]:
        del os.environ[name]
    os.environ["LANGSMITH_TRACING"] = "false"


def forbid_runtime_telemetry() -> None:
    """Let ONNX Runtime report nothing to its makers. Call before its first import: it opens their library then.

    From 1.29 on, the published builds send what models are loaded, and keep an identifier of the machine.
    """
    os.environ.update(ORT_DISABLE_TELEMETRY="1", ORT_TELEMETRY_DISABLED="1")  # the second is the older name


def forbid_litellm_extras() -> None:
    """Let LiteLLM know nothing but what it is told in a call. Call before its first import: it reads much then.

    It would fetch its price list and other lists from the network, load a `.env` file from the present folder, and
    take keys and addresses meant for other programs out of the environment.
    """
    foreign = (
        "LITELLM_",
        "OR_SITE_",
        "OR_APP_",
        "OR_API_",
        "OPENAI_",
        "ANTHROPIC_",
        "GEMINI_",
        "GOOGLE_API_",
        "OPENROUTER_",
        "MISTRAL_",
    )
    for name in [name for name in os.environ if name.startswith(foreign)]:
        del os.environ[name]
    os.environ.update(
        LITELLM_MODE="PRODUCTION",  # loads no .env
        LITELLM_LOCAL_MODEL_COST_MAP="True",
        LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS="True",
        LITELLM_LOCAL_BLOG_POSTS="True",
        LITELLM_LOCAL_AUTOROUTER_PRESETS="True",
        LITELLM_LOCAL_POLICY_TEMPLATES="True",
        LITELLM_RUST="false",  # its native HTTP client could not be watched
    )


def load_settings(**overrides: object) -> Settings:
    """Read the settings; `overrides` (from the command line) win over the environment.

    Raises ConfigurationError naming every setting that is wrong, in one readable message.
    """
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})  # type: ignore[arg-type] # pydantic checks them
    except pydantic.ValidationError as error:
        lines = []
        for problem in error.errors():
            name = "__".join(str(part) for part in problem["loc"]).upper()
            setting = f"CORTEX_{name}: " if name else ""
            lines.append(f"  {setting}{problem['msg'].removeprefix('Value error, ')}")
        raise ConfigurationError("Cortex was not started, because of its settings:\n" + "\n".join(lines)) from None
