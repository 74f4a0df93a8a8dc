"""What Cortex does not need for its start is not loaded and not built by it."""

from __future__ import annotations

import subprocess
import sys

_START = """
import sys
from cortex.config import Settings
from cortex.main import create_app
create_app(Settings(in_memory=True))
from cortex.api.schemas.items import ItemPage
import fastapi.openapi.models
models = (ItemPage, fastapi.openapi.models.OpenAPI)
print("pydantic.v1" in sys.modules, *(model.__pydantic_complete__ for model in models))
"""


def test_pydantic_1_is_not_loaded_and_bodies_are_not_built() -> None:
    done = subprocess.run([sys.executable, "-c", _START], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["False", "False", "False"], done.stderr
