"""What Cortex does not need for its start is not loaded and not built by it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
_SERVE = """
import sys
import cortex.cli.serve  # before what it serves with, as the program does
from cortex import main
from cortex.__main__ import main as cortex
main.serve = lambda settings, **_: print(settings.port, settings.data_dir, *({"typer", "rich"} & set(sys.modules)))
sys.argv = ["cortex", "serve", "--port", "18000", "--data-dir", sys.argv[1]]
cortex()
"""


_INTERRUPTED = """
import sys
from cortex.__main__ import main as cortex
from cortex.cli import serve
def interrupt(**_):
    raise KeyboardInterrupt
serve.load_settings = interrupt
sys.argv = ["cortex", "serve"]
cortex()
"""


def _run(program: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_pydantic_1_is_not_loaded_and_bodies_are_not_built() -> None:
    assert _run(_START).split() == ["False", "False", "False"]


def test_the_process_that_stays_does_not_hold_what_other_commands_are_read_with(tmp_path: Path) -> None:
    assert _run(_SERVE, str(tmp_path)).split() == ["18000", str(tmp_path)]


def test_ctrl_c_during_the_start_ends_it_without_a_word() -> None:
    done = subprocess.run([sys.executable, "-c", _INTERRUPTED], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (130, "")
