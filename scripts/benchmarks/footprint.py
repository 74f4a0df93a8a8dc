"""What a process and its children take: memory and CPU time."""

from __future__ import annotations

import contextlib
import re
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Footprint:
    """Memory of a process tree in MiB. `proportional` shares pages between the processes that share them (PSS); where
    the system does not tell, it is the resident size, which counts them several times."""

    proportional: float
    resident: float
    processes: int


def footprint(pid: int) -> Footprint:
    """The memory of a process and everything below it, now."""
    proportional = resident = 0.0
    tree = _tree(pid)
    for process in tree:
        with contextlib.suppress(psutil.NoSuchProcess):
            size = process.memory_info().rss / MEBIBYTE
            resident += size
            proportional += _pss(process.pid) or size
    return Footprint(round(proportional, 1), round(resident, 1), len(tree))


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and everything below it; of children that ended, too, where the system counts them."""
    total = 0.0
    for process in _tree(pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def idle_cpu_percent(pid: int, seconds: float) -> float:
    """CPU time that the tree takes while nobody asks for anything, in percent of one core."""
    before = cpu_seconds(pid)
    time.sleep(seconds)
    return round(100 * (cpu_seconds(pid) - before) / seconds, 2)


def _tree(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _pss(pid: int) -> float | None:
    try:
        found = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii"))
    except OSError:
        return None
    return int(found[1]) / 1024 if found else None
