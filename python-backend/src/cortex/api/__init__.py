"""HTTP and WebSocket: routes unpack, call one service or workflow, and return."""

import warnings
from typing import Any

import fastapi.utils
from pydantic.warnings import UnsupportedFieldAttributeWarning


def _is_of_pydantic_1(annotation: Any) -> bool:
    return False


# FastAPI asks this of every annotation, and loads all of pydantic 1 to find out: 1.5 MB and a tenth of the start, for
# models of which Cortex has none.
fastapi.utils.annotation_is_pydantic_v1 = _is_of_pydantic_1  # type: ignore[attr-defined]
# FastAPI ignores this where it makes the adapters of its parameters; ours are built later (schemas.base).
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)
