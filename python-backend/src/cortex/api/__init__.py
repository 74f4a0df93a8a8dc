"""HTTP and WebSocket: routes unpack, call one service or workflow, and return.

What FastAPI would load and build for what Cortex does not do, or seldom does, is put off here: 3 MB and a tenth of the
start. `schemas.base` does the same for our own bodies.
"""

import warnings
from typing import Any

from pydantic import BaseModel
from pydantic.warnings import UnsupportedFieldAttributeWarning

# FastAPI's forty models of the document of the API are only needed by whoever asks for it.
BaseModel.model_config["defer_build"] = True
import fastapi.openapi.models  # noqa: E402 - after what it is to be built by
import fastapi.utils  # noqa: E402 - the same

del BaseModel.model_config["defer_build"]


def _is_of_pydantic_1(annotation: Any) -> bool:
    return False


# FastAPI asks this of every annotation, and loads all of pydantic 1 to find out. Cortex has no such models.
fastapi.utils.annotation_is_pydantic_v1 = _is_of_pydantic_1  # type: ignore[attr-defined]
# FastAPI ignores this where it makes the adapters of its parameters; ours are built later.
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)
