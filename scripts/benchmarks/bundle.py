"""How large what is installed is, which packages make it so, and what the frozen program takes.

    python3 scripts/build.py && python3 scripts/bench.py bundle

Measured is what lies in `build/`. Sizes are on disk, after stripping; Python modules lie in the program itself.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.footprint import cpu_seconds, footprint
from benchmarks.server_process import serving
from bundling import sidecar
from bundling.places import BUILD

STARTS = 5
SETTLES_S = 5.0
LARGEST = 16
_NAMED = {"cortex": "cortex, with the model and the interface", "python3.11": "python's own libraries"}


def run() -> dict[str, Any]:
    """Megabytes (10^6 bytes) of package and directory, by package; MiB and CPU seconds of the program."""
    if not sidecar.PROGRAM.is_file():
        raise FileNotFoundError("nothing is frozen yet: run scripts/build.py")
    packages = sorted(BUILD.glob("cortex_*.deb"))
    by_package = _by_package()
    return {
        "package_mb": round(packages[-1].stat().st_size / 1e6, 1) if packages else None,
        "disk_mb": round(sum(by_package.values()) / 1e6, 1),
        "by_package_mb": {name: round(size / 1e6, 1) for name, size in by_package.most_common(LARGEST)},
        **_running(),
    }


def _by_package() -> Counter[str]:
    sizes: Counter[str] = Counter()
    for file in sidecar.DIRECTORY.rglob("*"):
        if file.is_file() and not file.is_symlink():
            parts = file.relative_to(sidecar.DIRECTORY).parts
            name = parts[1] if len(parts) > 1 else "Python modules, compressed"
            name = name.partition("-")[0] if name.endswith(".dist-info") else name.removesuffix(".libs")
            sizes[_NAMED.get(name, name)] += file.stat().st_size
    return sizes


def _running() -> dict[str, Any]:
    program = [str(sidecar.PROGRAM)]
    with tempfile.TemporaryDirectory(prefix="cortex-bench-") as folder:
        library = Path(folder)
        with serving(library, program=program):
            pass  # makes the library
        starts = [_start(library, program) for _ in range(STARTS)]
        with serving(library, program=program) as server:
            time.sleep(SETTLES_S)
            taken = footprint(server.process.pid)
    return {
        "starts": STARTS,
        "seconds_to_health_median": round(statistics.median(wall for wall, _ in starts), 3),
        "cpu_seconds_to_health_median": round(statistics.median(cpu for _, cpu in starts), 3),
        "idle_pss_mib": taken.proportional,
        "idle_rss_mib": taken.resident,
    }


def _start(library: Path, program: list[str]) -> tuple[float, float]:
    with serving(library, program=program) as server:
        return server.seconds, cpu_seconds(server.process.pid)
