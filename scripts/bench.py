#!/usr/bin/env python3
"""Measures Cortex and prints each figure beside its target.

    python3 scripts/bench.py [part ...]        # extraction retrieval evidence tags embedding ingest search …

Without a part it runs all of them, which takes an hour on two cores. Parts that need the evaluation data are skipped,
visibly, where that is not there. Figures in full go to bench-results/, one JSON file a part. The exit code is 1 when a
part failed, not when a target was missed. Needs Python 3.11 and nothing else: it works in the project's own `.venv`.
"""

from __future__ import annotations

import sys

import interpreter

if sys.version_info < interpreter.OLDEST:
    sys.exit(interpreter.too_old())

import argparse
import importlib
import json
import os
import platform
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import environment

PARTS = (
    "startup", "search", "ingest", "extraction", "retrieval", "evidence", "claims", "answers", "tags", "embedding",
    "switch", "interface", "desktop", "bundle", "journey",
)  # fmt: skip
RESULTS = environment.ROOT / "bench-results"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts, print their tables; 1 when a part could not be run to its end."""
    parts = _parse(arguments)
    if Path(sys.prefix).resolve() != environment.VENV.resolve():
        return _again_in_venv(parts)
    failed = [part for part in parts if not _run(part)]
    if failed:
        print(f"\nCould not be measured: {', '.join(failed)}. The reasons are above.", flush=True)
    return 1 if failed else 0


def _parse(arguments: Sequence[str] | None) -> list[str]:
    parser = argparse.ArgumentParser(description="Measure Cortex beside its targets.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"only these: {', '.join(PARTS)}, all")
    parts: list[str] = parser.parse_args(arguments).parts
    unknown = [part for part in parts if part not in (*PARTS, "all")]
    if unknown:
        parser.error(f"no part {unknown[0]}; there are: {', '.join(PARTS)}")
    return list(PARTS) if not parts or "all" in parts else parts


def _again_in_venv(parts: Sequence[str]) -> int:
    try:
        environment.prepare()
        built = environment.build_missing()
    except environment.SetupError as error:
        environment.say(str(error))
        return 1
    command = [str(environment.PYTHON), str(Path(__file__).resolve()), *parts]
    try:
        return subprocess.run(command, env={**environment.variables(), **built}).returncode
    except KeyboardInterrupt:
        return 130


def _run(part: str) -> bool:
    from benchmarks import targets

    print(f"\n=== {part}", flush=True)
    started = time.perf_counter()
    try:
        figures: dict[str, Any] = importlib.import_module(f"benchmarks.{part}").run()
    except FileNotFoundError as error:
        figures = {"skipped": str(error)}
    except Exception as error:  # noqa: BLE001 - the next part is measured all the same, and the exit code tells
        print(f"{part} failed: {type(error).__name__}: {error}", flush=True)
        return False
    record = {
        "part": part,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": _machine(),
        "seconds": round(time.perf_counter() - started, 1),
        "figures": figures,
    }
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{part}.json"
    file.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2, ensure_ascii=False)[:4000])
    print("\n".join(["", targets.HEADER, *targets.table(part, figures)]))
    print(f"({record['seconds']} s; in full: {file.relative_to(environment.ROOT)})", flush=True)
    return True


def _machine() -> dict[str, Any]:
    import psutil

    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
        "logical_cores": os.cpu_count(),
        "load_average": [round(load, 2) for load in psutil.getloadavg()],
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    sys.exit(main())
