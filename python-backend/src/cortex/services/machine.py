"""What this machine has for a language model: memory, cores, and a graphics card where that is cheaply known."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

_GPU_DEVICES = (("NVIDIA", "/dev/nvidia0"), ("AMD", "/dev/kfd"))
_COMFORTABLE_WITHOUT_GPU = 6_000_000_000
"""Bytes of a model's file. Every word reads all of it from memory: beyond this, a processor says less than a few
words a second."""
_SHARE = 0.6
"""Of all memory: the rest belongs to the system, the browser and Cortex."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Sizes in bytes."""

    memory: int
    memory_available: int
    cores: int
    gpu: str | None
    """Whose it is; None where there is none, or where that would take more than a glance."""

    @property
    def model_room(self) -> int:
        """The largest file of a model that runs well here. It does not change while models come and go."""
        room = int(self.memory * _SHARE)
        return room if self.gpu else min(room, _COMFORTABLE_WITHOUT_GPU)


def this_machine() -> Machine:
    """Look. Takes well under a millisecond."""
    memory = psutil.virtual_memory()
    return Machine(memory.total, memory.available, os.cpu_count() or 1, _gpu())


def memory_needed(size: int) -> int:
    """Bytes that a model of this file size takes, with a usual context."""
    return int(size * 1.2) + 500_000_000


def _gpu() -> str | None:
    if sys.platform == "darwin":
        return "Apple" if platform.machine() == "arm64" else None
    return next((maker for maker, device in _GPU_DEVICES if Path(device).exists()), None)
