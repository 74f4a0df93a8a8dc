"""Times as Cortex stores and shows them: RFC 3339, UTC, milliseconds, `Z`. They sort as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def now() -> str:
    """The present moment, such as `2026-11-21T10:20:30.123Z`."""
    return to_text(datetime.now(UTC))


def after(seconds: float) -> str:
    """The moment `seconds` from now (negative: ago)."""
    return to_text(datetime.now(UTC) + timedelta(seconds=seconds))


def to_text(moment: datetime) -> str:
    """A moment as text; one without a time zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """The moment that a text names. Raises ValueError when it names none."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
