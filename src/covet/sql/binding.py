"""How does a user's value become what the driver is given, beyond what its field does with it?"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ..errors import QueryTooComplex, ValidationError, short
from ..expressions.shape import INT64_MAX, INT64_MIN
from ..query import ast
from ..query.types import family
from ..schema.fields import Field
from .text import Bind
from .types import CANNOT_EQUAL

MOST_MEMBERS = 1_000_000


def as_it_is(value: Any) -> Any:
    """The bind of a parameter that comes ready made."""
    return value


def rounded(bind: Bind, direction: str) -> Bind:
    """A fraction compared with whole numbers becomes the whole number next to it."""
    rounding = math.floor if direction == "floor" else math.ceil

    return lambda value: bind(_whole(value, rounding))


def item_of(bind: Bind, item: int, field: Field[Any]) -> Bind:
    """One end of a range, which has two."""
    ends = whole_ends if family(field) == "integer" else as_it_is

    def one(value: Any) -> Any:
        if len(value) != 2 or any(end is None for end in value):
            wrong = f"needs both ends of a range, and not {short(value)}"
            raise ValidationError({field.name: [wrong]}, model=field.model or None)
        return bind(ends(value)[item])

    return one


def whole_ends(pair: tuple[Any, Any]) -> tuple[Any, Any]:
    """The ends of a range of whole numbers: fractions become the next one inside.

    An end beyond 64 bits is the last number that a column can hold, if the range has any.
    """
    low, high = _whole(pair[0], math.ceil), _whole(pair[1], math.floor)
    if isinstance(low, int) and isinstance(high, int):
        if low > INT64_MAX or high < INT64_MIN:
            return 1, 0
        return max(low, INT64_MIN), min(high, INT64_MAX)
    return low, high


def _whole(value: Any, rounding: Callable[[Any], int]) -> Any:
    is_finite = (
        value.is_finite()
        if isinstance(value, Decimal)
        else isinstance(value, float) and math.isfinite(value)
    )
    return rounding(value) if is_finite else value


def part_of(bind: Bind, item: int, key: Field[Any]) -> Bind:
    """One part of a key of several columns.

    Raises:
        ValidationError: when it is bound, a key that is none, or whose part is missing.
    """

    def one(value: Any) -> Any:
        part = key.apart(value)[item]
        if part is None:
            raise key.invalid(f"is compared with {short(value)}, a part of which is missing")
        return bind(part)

    return one


def members_of(bind: Bind, null: Any = None) -> Bind:
    """The members of a list; one that no row can have is left out.

    Args:
        bind: makes a parameter of one.
        null: what None stands for; None where it is no member.
    """

    def members(values: Any) -> list[Any]:
        if len(values) > MOST_MEMBERS:
            raise QueryTooComplex(f"A list of {len(values)} values; the limit is {MOST_MEMBERS}")
        found = []
        for value in values:
            value = null if value is None else value
            if value is None:
                continue
            try:
                found.append(bind(value))
            except ValidationError as error:
                if error.code not in CANNOT_EQUAL:
                    raise
        return found

    return members


def keys_of(binds: Sequence[Bind], key: Field[Any]) -> Bind:
    """A list of keys of several columns, each as its parts; one with a part missing is left out."""

    def one(value: Any) -> tuple[Any, ...] | None:
        parts = key.apart(value)
        if any(part is None for part in parts):
            return None
        return tuple([bind(part) for bind, part in zip(binds, parts, strict=True)])

    members = members_of(one)
    return lambda values: [member for member in members(values) if member is not None]


def column_of(members: Bind, place: int) -> Bind:
    """One column of a list of keys, as a list."""
    return lambda values: [member[place] for member in members(values)]


def year_end(year: Bind, moment: Bind, node: ast.YearEnd) -> Bind:
    """The first or the last moment of a year, as a column of its type has it."""
    has_time = family(node.field) == "datetime"

    def end(value: Any) -> Any:
        number = year(value)
        if number is None:
            return None
        number += node.step
        if (number < MINYEAR and node.last) or (number > MAXYEAR and not node.last):
            return None
        day = _last_day(number, node.part) if node.last else _first_day(number, node.part)
        if not has_time:
            return moment(day)
        return moment(datetime.combine(day, time.max if node.last else time.min, UTC))

    return end


def _first_day(year: int, part: str) -> date:
    if year < MINYEAR:
        return date.min
    return date(year, 1, 1) if part == "year" else date.fromisocalendar(year, 1, 1)


def _last_day(year: int, part: str) -> date:
    if year >= MAXYEAR:
        return date.max
    return _first_day(year + 1, part) - timedelta(days=1)
