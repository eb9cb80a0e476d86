"""Python functions that stand in for what SQLite does not know of dates and time zones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from ...expressions.functions.zones import tzinfo_of

_zone = lru_cache(maxsize=256)(tzinfo_of)


def part(name: str, text: Any, kind: str) -> Any:
    """A part of a date, a time or a moment."""
    return None if text is None else PARTS[name](READ[kind](text))


def on_clock(text: Any, zone: str) -> Any:
    """A moment as it is on the clock of a time zone."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return moment.astimezone(_zone(zone)).replace(tzinfo=None).isoformat(" ")


def moment(text: Any, zone: str) -> Any:
    """The moment at which the clock of a time zone shows something, for the first time."""
    if text is None:
        return None
    shown = datetime.fromisoformat(text).replace(tzinfo=_zone(zone))
    return shown.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def trunc(kind: str, text: Any, source: str, target: str) -> Any:
    """The beginning of a year, an hour … that a date, a time or a moment is in."""
    if text is None:
        return None
    found = BEGINNINGS[kind](READ[source](text))
    if target == source:
        return found.isoformat(" ") if source == "datetime" else found.isoformat()
    return (found.date() if target == "date" else found.time()).isoformat()


READ: dict[str, Callable[[str], Any]] = {
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": datetime.fromisoformat,
}

PARTS: dict[str, Callable[[Any], int]] = {
    "year": lambda moment: moment.year,
    "iso_year": lambda moment: moment.isocalendar().year,
    "quarter": lambda moment: (moment.month + 2) // 3,
    "month": lambda moment: moment.month,
    "week": lambda moment: moment.isocalendar().week,
    "day": lambda moment: moment.day,
    "week_day": lambda moment: moment.isoweekday() % 7 + 1,
    "iso_week_day": lambda moment: moment.isoweekday(),
    "hour": lambda moment: moment.hour,
    "minute": lambda moment: moment.minute,
    "second": lambda moment: moment.second,
}


def _day(moment: Any) -> Any:
    return datetime(moment.year, moment.month, moment.day) if type(moment) is datetime else moment


BEGINNINGS: dict[str, Callable[[Any], Any]] = {
    "year": lambda moment: _day(moment).replace(month=1, day=1),
    "quarter": lambda moment: _day(moment).replace(month=(moment.month - 1) // 3 * 3 + 1, day=1),
    "month": lambda moment: _day(moment).replace(day=1),
    "week": lambda moment: _day(moment) - timedelta(days=moment.weekday()),
    "day": _day,
    "hour": lambda moment: moment.replace(minute=0, second=0, microsecond=0),
    "minute": lambda moment: moment.replace(second=0, microsecond=0),
    "second": lambda moment: moment.replace(microsecond=0),
}

FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("covet_part", 3, part),
    ("covet_on_clock", 2, on_clock),
    ("covet_moment", 2, moment),
    ("covet_trunc", 4, trunc),
)
