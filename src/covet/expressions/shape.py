"""Which part of a user's value is the shape of a query, and which part is only a value?

Two queries of one shape share one plan, so the shape must hold everything that changes the SQL
text: that a value is NULL, that a list is empty, which expression stands there. What is bound as
a parameter stays out of it. A shape is a flat tuple of strings, so that comparing and hashing it
never recurses, however deep the query is nested.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any
from uuid import UUID

VALUE = "."
LIST = "[*]"
EMPTY = "[]"
NULLS = "[null]"
NULL = "null"
TRUE = "true"
FALSE = "false"
ABOVE = "above"
BELOW = "below"

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1

PLAIN = frozenset({str, bytes, UUID, date, datetime, time, timedelta})
SINGLE = (str, bytes, bytearray, memoryview, Mapping)


class Shaped:
    """Something that brings its own shape: ``key`` is the shape, ``values`` what it binds.

    ``parts`` is what it is made of, in the order of the values; a leaf has none.
    """

    __slots__ = ("depth", "key", "values")

    key: tuple[str, ...]
    values: tuple[Any, ...]
    depth: int

    @property
    def parts(self) -> tuple[Shaped, ...]:
        """What it is made of."""
        return ()


class Queried:
    """A query that can stand inside of another one, as a queryset can."""

    def as_subquery(self) -> Shaped:
        """The query as an expression."""
        raise NotImplementedError


def shape(value: Any, key: list[str], values: list[Any]) -> None:
    """Append the shape of a value to ``key`` and what it binds to ``values``."""
    cls = value.__class__
    if cls is int:
        if INT64_MIN <= value <= INT64_MAX:
            key.append(VALUE)
        else:  # no integer column has such a value: the resolver decides what a comparison means
            key.append(ABOVE if value > 0 else BELOW)
        values.append(value)
    elif cls in PLAIN:
        key.append(VALUE)
        values.append(value)
    elif cls is float or cls is Decimal:
        is_finite = isfinite(value) if cls is float else value.is_finite()
        beyond = is_finite and not INT64_MIN <= value <= INT64_MAX
        key.append(VALUE if not beyond else ABOVE if value > 0 else BELOW)
        values.append(value)
    elif value is None:
        key.append(NULL)
    elif cls is bool:
        key.append(TRUE if value else FALSE)
        values.append(value)
    elif isinstance(value, Shaped):
        key.extend(value.key)
        values.extend(value.values)
    elif is_list(value):
        members = tuple(value)
        if not members:
            key.append(EMPTY)
        else:
            key.append(NULLS if all(member is None for member in members) else LIST)
            values.append(members)
    else:
        key.append(VALUE)
        values.append(value)


def is_list(value: Any) -> bool:
    """Whether a value stands for several: anything to go through but texts and mappings."""
    return isinstance(value, Iterable) and not isinstance(value, SINGLE)


DERIVED = frozenset({"_allowed", "_context", "_step", "_whole_digits"})
"""What fields work out from their options, and may be another object in each."""

TELLING = frozenset({str, bytes, int, bool, float, Decimal, type(None)})
"""The types of options whose ``repr`` says all of them."""


def type_shape(field: Any) -> str:
    """The shape of a field that says which type an expression has: what SQL and loaders depend on.

    Two fields made alike have one shape, so that an expression written in a loop has one plan. A
    field of the user's may have any options, and what it does may depend on each of them.
    """
    if field is None:
        return ""
    if getattr(field, "model", ""):  # it belongs to a model, and there is no other like it
        return f"{field!r}@{id(field)}"
    cls = type(field)
    options = [
        (name, value if type(value) in TELLING else _told(value))
        for name, value in getattr(field, "__dict__", {}).items()
        if name not in DERIVED
    ]
    return f"{cls.__module__}.{cls.__qualname__}@{id(cls)}{options}"


def _told(value: Any) -> Any:
    """An option of a field, in what ``repr`` tells apart; most objects are like no other."""
    if type(value) in TELLING:
        return value
    if type(value) in (list, tuple):
        return type(value)(map(_told, value))
    return (type(value).__name__, id(value))
