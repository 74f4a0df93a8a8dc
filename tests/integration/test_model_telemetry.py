"""Loading and running the embedded model tells nobody, and leaves no identifier of the machine behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cortex.providers.model_files import find_model_files

_EMBED = """
import sys
from pathlib import Path
from cortex.providers.embedded_session import SentenceSession, SentenceTokenizer
folder = Path(sys.argv[1])
graph = next(folder.glob("int*.onnx"))
print(SentenceSession(graph, SentenceTokenizer(folder / "tokenizer.json")).embed("a lighthouse").shape)
"""


def test_the_runtime_opens_no_reporting_library(tmp_path: Path) -> None:
    model = find_model_files(Path(os.environ["CORTEX_MODEL_DIR"]) if "CORTEX_MODEL_DIR" in os.environ else None)
    places = {name: str(tmp_path) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    # it is also quiet where it believes to be tested
    kept = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("ORT_")}
    done = subprocess.run(
        [sys.executable, "-B", "-c", _EMBED, str(model.directory)],
        capture_output=True,
        text=True,
        env={**kept, **places},
        timeout=60,
    )
    assert done.stdout == "(384,)\n", done.stderr
    assert list(tmp_path.iterdir()) == [], "ONNX Runtime's reporting keeps its session in a file"
