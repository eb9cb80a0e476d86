"""When did the clock of a time zone change, and by how much?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)
FROM: Final = 1840
UNTIL: Final = 2100
"""The years whose changes are looked for: before, clocks went by the sun."""
DAY: Final = 86_400


class Changes(NamedTuple):
    """The changes of a clock, in seconds since the year 1.

    Attributes:
        moments: when they are.
        on_clock: what the clock shows then; of what it shows twice, the first belongs to before.
        offsets: how far it is ahead, in seconds: before the first change, and after each.
    """

    moments: tuple[int, ...]
    on_clock: tuple[int, ...]
    offsets: tuple[int, ...]


@lru_cache(maxsize=128)
def changes(name: str) -> Changes:
    """The changes of a time zone's clock as Python knows them, up to the year 2100.

    Each day is looked at; there is no list of them to be had.
    """
    zone = ZoneInfo(name)
    first, last = (_seconds(datetime(year, 1, 1, tzinfo=UTC)) for year in (FROM, UNTIL))
    moments: list[int] = []
    offsets = [_offset(zone, first)]
    before = offsets[0]
    for day in range(first + DAY, last + DAY, DAY):
        after = _offset(zone, day)
        if after != before:
            for moment in _between(zone, day - DAY, day):
                moments.append(moment)
                offsets.append(_offset(zone, moment))
            before = after
    on_clock = [moment + max(pair) for moment, pair in zip(moments, pairwise(offsets), strict=True)]
    return Changes(tuple(moments), tuple(on_clock), tuple(offsets))


def _between(zone: ZoneInfo, low: int, high: int) -> Iterator[int]:
    """The changes behind one second and up to another."""
    if _offset(zone, low) == _offset(zone, high):
        return
    if high - low == 1:
        yield high
        return
    middle = (low + high) // 2
    yield from _between(zone, low, middle)
    yield from _between(zone, middle, high)


def _offset(zone: ZoneInfo, seconds: int) -> int:
    moment = (BEGINNING + timedelta(seconds=seconds)).replace(tzinfo=zone)
    there = zone.fromutc(moment)
    return (there.replace(tzinfo=None) - moment.replace(tzinfo=None)) // timedelta(seconds=1)


def _seconds(moment: datetime) -> int:
    return (moment - BEGINNING) // timedelta(seconds=1)
