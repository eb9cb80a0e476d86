"""Which time zones can an expression be about, and what are they called in its shape?"""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ...errors import FieldError, short

KEY = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")
IN_UTC = ("UTC", "Etc/UTC")
FIXED = "@"
"""What stands before the microseconds of an offset that is always the same."""


def zone_of(zone: tzinfo | None, asked: str) -> str:
    """The name of a time zone: empty for UTC, ``Europe/Berlin``, or ``@7200000000``.

    Args:
        zone: what the user gave.
        asked: the call that it was given to, for messages.

    Raises:
        FieldError: it is neither a ``ZoneInfo`` of a known name nor a fixed offset.
    """
    if zone is None:
        return ""
    if type(zone) is timezone:
        offset = zone.utcoffset(None) // timedelta(microseconds=1)
        return f"{FIXED}{offset}" if offset else ""
    if isinstance(zone, ZoneInfo) and zone.key is not None:
        if zone.key in IN_UTC:
            return ""
        if KEY.fullmatch(zone.key) and _is_known(zone.key):
            return zone.key
    raise FieldError(
        f"{asked} cannot use the time zone {short(zone)}",
        fix='Give ZoneInfo("Europe/Berlin"), or timezone(timedelta(hours=2)).',
    )


def tzinfo_of(name: str) -> tzinfo:
    """The time zone of a name that ``zone_of`` gave."""
    if not name:
        return UTC
    if name.startswith(FIXED):
        return timezone(offset_of(name))
    return ZoneInfo(name)


def is_fixed(name: str) -> bool:
    """Whether a name stands for an offset that is always the same."""
    return name.startswith(FIXED)


def offset_of(name: str) -> timedelta:
    """The offset that a name of that kind stands for."""
    return timedelta(microseconds=int(name.removeprefix(FIXED)))


def _is_known(key: str) -> bool:
    try:
        ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True
