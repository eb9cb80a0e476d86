"""How does a user's value become what the driver is given, beyond what its field does with it?"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from ..errors import QueryTooComplex, ValidationError, short
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

    def whole(value: Any) -> Any:
        if isinstance(value, float | Decimal) and math.isfinite(value):
            value = rounding(value)
        return bind(value)

    return whole


def item_of(bind: Bind, item: int, field: Field[Any]) -> Bind:
    """One end of a range, which has two."""

    def one(value: Any) -> Any:
        if len(value) != 2 or value[item] is None:
            raise ValidationError(
                {field.name: [f"__range takes two values that are not None, not {short(value)}"]},
                model=field.model or None,
            )
        return bind(value[item])

    return one


def members_of(bind: Bind) -> Bind:
    """The members of a list; one that no row can have is left out."""

    def members(values: Any) -> list[Any]:
        if len(values) > MOST_MEMBERS:
            raise QueryTooComplex(f"A list of {len(values)} values; the limit is {MOST_MEMBERS}")
        found = []
        for value in values:
            if value is None:
                continue
            try:
                found.append(bind(value))
            except ValidationError as error:
                if error.code not in CANNOT_EQUAL:
                    raise
        return found

    return members
