"""Which variant this machine uses: chosen by the self-check once, then remembered beside the cached models."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import logging
import platform
from pathlib import Path

from cortex.providers.model_files import RECIPE, VARIANTS, Variant

CHOICE_FILE = "embedded-variant.json"
logger = logging.getLogger(__name__)


def processor_key() -> str:
    """Names what the choice depends on: the processor, ONNX Runtime's version and the recipe."""
    facts = [platform.machine(), platform.processor(), importlib.metadata.version("onnxruntime"), RECIPE.key]
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():  # elsewhere platform.processor() says enough
        described = {"model name", "flags", "Features", "CPU part"}
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
        facts += sorted({line for line in lines if line.partition(":")[0].strip() in described})
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


def remembered_variant(cache: Path) -> Variant | None:
    """What the self-check chose on this machine before, if it was ever run."""
    try:
        choices = json.loads((cache / CHOICE_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        logger.warning("the remembered model variant cannot be read, choosing anew: %s", error)
        return None
    found = choices.get(processor_key()) if isinstance(choices, dict) else None
    return next((variant for variant in VARIANTS if variant == found), None)


def remember_variant(cache: Path, variant: Variant) -> None:
    """Keep the choice of this machine only; without a writable cache the self-check runs at each start."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        text = json.dumps({processor_key(): variant})
        temporary = cache / f"{CHOICE_FILE}.new"
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(cache / CHOICE_FILE)
    except OSError as error:
        logger.warning("the chosen model variant cannot be remembered: %s", error)
