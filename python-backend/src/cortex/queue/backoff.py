"""How long a job rests before its next try."""

from __future__ import annotations

import math
import random

MAX_ATTEMPTS = 5
MAX_INTERRUPTIONS = 10


def retry_seconds(attempts: int) -> float:
    """After the given number of failed tries: 2, 8, 32, 128 s, ± 25 % so that jobs do not come back in step."""
    return 2.0 * math.pow(4.0, max(attempts, 1) - 1) * random.uniform(0.75, 1.25)  # noqa: S311 - no secret


def wait_seconds(waits: int) -> float:
    """While the network or a model is away: 15 s, doubling up to 15 minutes, ± 10 %."""
    return min(15.0 * math.pow(2.0, min(max(waits, 1) - 1, 10)), 900.0) * random.uniform(0.9, 1.1)  # noqa: S311 - no secret


def interruption_seconds(interruptions: int) -> float:
    """After the process ended in the middle of it: at once the first two times, then 5 s more each time."""
    return 5.0 * max(interruptions - 2, 0)
