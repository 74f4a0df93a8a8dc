#!/usr/bin/env python3
"""Builds what is installed: the frozen sidecar, the window, the package.

    python3 scripts/build.py [--sidecar-only] [--deb [--quick]]

Prints where the result lies. Without options it builds the sidecar and the window, and the .deb where dpkg-deb is;
--deb insists on it, --quick packs it in a third of the time, a tenth larger: for trying it, not for giving it away.
Needs what scripts/run.py needs with the interface, and Rust with the headers of WebKitGTK for the window. What did not
change is not built again. The exit code is 1 when something is missing or did not work.
"""

from __future__ import annotations

import sys

import interpreter

if sys.version_info < interpreter.OLDEST:
    sys.exit(interpreter.too_old())

import argparse
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import environment
import interface
import lifeline
import shell
from bundling import deb, papers, places, sidecar


def main(arguments: Sequence[str] | None = None) -> int:
    """Build what is asked for; 0 when it is there."""
    options = _parse(arguments)
    lifeline.Lifeline()
    try:
        environment.prepare()
        print(_build(sidecar_only=options.sidecar_only, packed=options.deb, quickly=options.quick), flush=True)
    except environment.SetupError as error:
        environment.say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Build what is installed: sidecar, window, package.")
    wanted = parser.add_mutually_exclusive_group()
    wanted.add_argument("--sidecar-only", action="store_true", help="only the frozen program that serves the library")
    wanted.add_argument("--deb", action="store_true", help="fail where no .deb can be made")
    parser.add_argument("--quick", action="store_true", help="pack in less time, for a test")
    return parser.parse_args(arguments)


def _build(*, sidecar_only: bool, packed: bool, quickly: bool) -> Path:
    """The directory of the sidecar, else the package, else the directory with all that an installer needs."""
    lacking = interface.missing() or (None if sidecar_only else shell.missing())
    if lacking is not None:
        raise environment.SetupError(lacking)
    model = os.environ.get("CORTEX_MODEL_DIR") or environment.build_missing()["CORTEX_MODEL_DIR"]
    if sidecar_only:
        sidecar.build(Path(model), interface.build())
        return sidecar.DIRECTORY
    with shell.building(release=True) as built:  # both are long, and the sidecar's part keeps one core busy
        sidecar.build(Path(model), interface.build())
        program = built()
    folder = papers.build(version())
    if packed or shutil.which("dpkg-deb") is not None:
        into = places.BUILD / "quick" if quickly else places.BUILD  # neither is taken for the other
        into.mkdir(exist_ok=True)
        return deb.build(program, sidecar.DIRECTORY, folder, version=version(), quickly=quickly, into=into)
    return places.BUILD


def version() -> str:
    """Cortex's own, from the one place that states it."""
    text = (places.CORTEX / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    if found is None:
        raise environment.SetupError("cortex/__init__.py states no version.")
    return found[1]


if __name__ == "__main__":
    sys.exit(main())
