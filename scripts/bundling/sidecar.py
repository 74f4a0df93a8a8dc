"""The frozen sidecar: Cortex and its Python in one directory, which runs where nothing is installed."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import environment
import index_settings
import lifeline
from bundling import places
from bundling.places import BUILD, ROOT

LOCK = ROOT / "requirements-bundle.lock"
HERE = Path(__file__).resolve().parent
SPEC = HERE / "sidecar.spec"
VENV = BUILD / "sidecar-environment"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
WORK = BUILD / "sidecar-work"
DIRECTORY = BUILD / "sidecar"
"""The result: the program `cortex` (`cortex.exe`) and what belongs to it."""
PROGRAM = DIRECTORY / ("cortex.exe" if os.name == "nt" else "cortex")
PARTS = WORK / "sidecar" / "parts.json"
"""Where everything in it came from: paths of files, as the spec wrote them."""
_STAMP = BUILD / "sidecar.made-from"
_WITH_DEBUG_SYMBOLS = ("libpython*.so*", "pysqlite3/*.so", "_brotli*.so", "aiohttp/**/*.so", "yaml/*.so", "xxhash/*.so",
    "regex/*.so", "multidict/*.so", "python3*/lib-dynload/*.so")  # fmt: skip
"""Left in by their builders, 40 MB of them. Only these: stripping what auditwheel has patched (OpenBLAS) breaks it."""


def build(model: Path, interface: Path) -> bool:
    """Freeze Cortex with a model and the built interface, and let it test itself. Whether anything had to be done.

    Raises SetupError.
    """
    key = _key(model, interface)
    if PROGRAM.is_file() and places.is_made(_STAMP, key):
        return False
    _STAMP.unlink(missing_ok=True)
    _prepare_environment()
    environment.say("Freezing Cortex: two minutes of one core.")
    built = WORK / "dist"
    shutil.rmtree(built, ignore_errors=True)
    options: list[str | Path] = ["--noconfirm", "--log-level", "WARN", "--workpath", WORK, "--distpath", built]
    places.run(
        [PYTHON, "-m", "PyInstaller", *options, SPEC, "--", "--model", model, "--interface", interface],
        "Cortex could not be frozen; PyInstaller's message is above. If it misses libpython, install it (Debian: "
        "libpython3-dev) or use a Python built with --enable-shared.",
        # without columns code is a fifth smaller: they would point into sources that are not there
        env={"PYTHONHASHSEED": "0", "PYTHONNODEBUGRANGES": "1", "PYINSTALLER_CONFIG_DIR": str(BUILD / "pyinstaller")},
    )
    _strip(built / "sidecar" / "_internal")
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    (built / "sidecar").rename(DIRECTORY)
    self_test()
    _STAMP.write_text(key, encoding="utf-8")
    return True


def self_test() -> None:
    """Let the frozen program try all it is made of, away from everything that is installed. Raises SetupError."""
    environment.say("The frozen program tests itself.")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CORTEX_", "PYTHON"))}
    code, _ = lifeline.run([str(PROGRAM), "self-test"], cwd=BUILD, env=kept, stdout=environment.STANDARD_ERROR)
    if code != 0:
        raise environment.SetupError("The frozen program does not work: what failed is named above.")


def _prepare_environment() -> None:
    """The environment of the lock, and nothing else: what lies in it may end up in the bundle."""
    key = places.digest([LOCK], sys.version)
    stamp = VENV / "made-from"
    if places.is_made(stamp, key):
        return
    environment.say("Making the environment that Cortex is frozen from.")
    uv = environment.program("uv")
    shutil.rmtree(VENV, ignore_errors=True)
    places.run(
        [uv, "venv", "--quiet", "--no-project", "--python", environment.PYTHON, VENV], "No environment could be made."
    )
    found = index_settings.pip_configuration(environment.PYTHON, environment.variables())
    index, arguments = index_settings.for_uv(found, environment.variables())
    places.run(
        [uv, "pip", "sync", "--quiet", "--python", PYTHON, "--require-hashes", *arguments, LOCK],
        f"The packages of {LOCK.name} could not be installed; the messages are above.",
        env=index,
    )
    stamp.write_text(key, encoding="utf-8")


def _strip(folder: Path) -> None:
    strip = shutil.which("strip") if sys.platform == "linux" else None
    if strip is None:
        return
    files = [file for pattern in _WITH_DEBUG_SYMBOLS for file in folder.glob(pattern) if not file.is_symlink()]
    places.run([strip, "--strip-debug", *files], "Debug symbols could not be stripped.")


def _key(model: Path, interface: Path) -> str:
    sources = [file for file in places.below(places.CORTEX) if file.suffix != ".pyc"]
    own = [SPEC, Path(__file__), *places.below(HERE / "stand_ins")]
    return places.digest([*sources, *own, LOCK, model / "manifest.json", interface / ".cortex-sources"], sys.version)
