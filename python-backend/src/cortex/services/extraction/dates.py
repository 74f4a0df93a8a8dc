"""Dates as documents write them, as RFC 3339 UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

_ISO = re.compile(
    r"^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_PDF = re.compile(r"^D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:(Z|[+-])(\d{2})?'?(\d{2})?)?")
_FIRST_YEAR = 1450


def _rfc3339(moment: datetime) -> str | None:
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        return None
    if utc.year < _FIRST_YEAR or utc > datetime.now(UTC) + timedelta(days=366):
        return None
    return utc.strftime("%Y-%m-%dT%H:%M:%SZ") if utc.year >= 1000 else None


def published_date(value: object) -> str | None:
    """RFC 3339 UTC of an ISO date, a datetime, an RFC 2822 date or a PDF date; None where it is none of them.

    A bare date is midnight; a time without a zone is taken as UTC. Dates more than a year ahead are mistakes.
    """
    if isinstance(value, datetime):
        return _rfc3339(value if value.tzinfo else value.replace(tzinfo=UTC))
    if isinstance(value, date):
        return _rfc3339(datetime(value.year, value.month, value.day, tzinfo=UTC))
    if not isinstance(value, str):
        return None
    try:
        return _from_iso(value) or _from_pdf(value) or _from_mail(value)
    except ValueError:
        return None


def _zone(sign: str, hours: int, minutes: int) -> timezone:
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign == "-" else offset)


def _from_iso(value: str) -> str | None:
    found = _ISO.match(value)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    zone = found.group(7)
    tz = _zone(zone[0], int(zone[1:3]), int(zone[-2:])) if zone and zone.upper() != "Z" else UTC
    return _rfc3339(datetime(year, month, day, hour, minute, min(second, 59), tzinfo=tz))


def _from_pdf(value: str) -> str | None:
    found = _PDF.match(value)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in found.groups()[:6])
    sign, zone_hours, zone_minutes = found.groups()[6:]
    tz = _zone(sign, int(zone_hours or 0), int(zone_minutes or 0)) if sign in ("+", "-") else UTC
    return _rfc3339(datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0, min(second or 0, 59), tzinfo=tz))


def _from_mail(value: str) -> str | None:
    from email.utils import parsedate_to_datetime

    if not re.search(r"\d{1,2}\s+[A-Za-z]{3}\s+\d{4}", value):
        return None
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, IndexError):
        return None
    return _rfc3339(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
