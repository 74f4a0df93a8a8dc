"""How each part of Cortex is, asked when somebody wants to know; nothing is polled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Literal

from cortex.exceptions import CortexError

State = Literal["healthy", "degraded", "unavailable", "idle"]


@dataclass(frozen=True, slots=True)
class PartHealth:
    """One part's state, with a sentence where something is to be said; `latency_ms` is that of the check."""

    status: State
    detail: str | None = None
    latency_ms: float | None = None


Check = Callable[[], Awaitable[PartHealth]]


class HealthService:
    """Checks by name. Lasting problems are reported to it and make the whole degraded."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}
        self._problems: dict[str, str] = {}

    @property
    def is_healthy(self) -> bool:
        """Whether no lasting problem is known. Costs nothing."""
        return not self._problems

    def register(self, name: str, check: Check) -> None:
        """Add a part."""
        self._checks[name] = check

    def report_problem(self, name: str, detail: str) -> None:
        """Remember that a part has a lasting problem, in a sentence for the owner."""
        self._problems[name] = detail

    async def check(self, *, timeout_seconds: float = 2.0) -> dict[str, PartHealth]:
        """Every part's state; one that does not answer in time is degraded, one that fails is unavailable."""
        names = list(self._checks)
        results = await asyncio.gather(*(self._check_one(name, timeout_seconds) for name in names))
        parts = dict(zip(names, results, strict=True))
        for name, detail in self._problems.items():
            parts[name] = PartHealth("degraded", detail)
        return parts

    async def _check_one(self, name: str, timeout_seconds: float) -> PartHealth:
        started = time.perf_counter()
        try:
            part = await asyncio.wait_for(self._checks[name](), timeout_seconds)
        except TimeoutError:
            part = PartHealth("degraded", f"No answer within {timeout_seconds:g} s.")
        except CortexError as error:
            part = PartHealth("unavailable", error.message)
        return replace(part, latency_ms=round((time.perf_counter() - started) * 1000, 2))
