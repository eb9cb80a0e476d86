"""What does one database need to know about the type of a field?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from ...expressions.functions.zones import tzinfo_of
from ...schema.fields.base import AnyField


def unlimited(field: AnyField) -> str | None:
    """The check of a type whose column itself refuses what is out of range."""
    return None


class TypeInfo(NamedTuple):
    """How values of a field live in a database.

    Attributes:
        column: gives the column's type for a field, such as ``varchar(200)``.
        cast: the name of the type in casts, and in array casts on PostgreSQL.
        adapt: checked Python value → driver's parameter; None where the value goes as it is.
        convert: driver's value → Python value, as an expression over ``{x}``; None as it comes.
            It never meets None.
        names: what the names in ``convert`` mean.
        placeholder: what stands in SQL for a parameter ``{p}``.
        check: gives the condition over ``{column}`` that the column holds to, or None. It makes
            updates such as ``F("views") * 1000`` overflow alike on all databases.
    """

    column: Callable[[AnyField], str]
    cast: str
    adapt: Callable[[Any], Any] | None = None
    convert: str | None = None
    names: Mapping[str, Any] = MappingProxyType({})
    placeholder: str = "{p}"
    check: Callable[[AnyField], str | None] = unlimited


Types: TypeAlias = Mapping[str, TypeInfo | Callable[[AnyField], TypeInfo]]
"""A database's table: kind → type, or a function where the type depends on the field's options."""


def named(name: str) -> Callable[[AnyField], str]:
    """A column type that is the same for all fields of a kind."""
    return lambda field: name


def at_least_zero(field: AnyField) -> str:
    """The check of the positive kinds, which no database has a type of the right range for."""
    return "{column} >= 0"


def between_limits(field: Any) -> str:
    """The check of whole numbers where the column would take larger ones."""
    return f"{{column}} between {field.lowest} and {field.highest}"


def finite(field: AnyField) -> str:
    """The check of floats where a result beyond all numbers would be infinite."""
    return f"{{column}} between -{sys.float_info.max!r} and {sys.float_info.max!r}"


def zero_or_one(field: AnyField) -> str:
    """The check of truth values that are stored as numbers."""
    return "{column} in (0, 1)"


def length_at_most(function: str) -> Callable[[Any], str | None]:
    """The check of ``max_length``, measured by an SQL function."""

    def check(field: Any) -> str | None:
        limit = field.max_length
        return None if limit is None else f"{function}({{column}}) <= {limit}"

    return check


def in_zone(moments: TypeInfo) -> Callable[[Any], TypeInfo]:
    """The type of moments that come back in the time zone that their field says."""

    def info(field: Any) -> TypeInfo:
        convert = f"{moments.convert or '{x}'}.astimezone(zone)"
        return moments._replace(
            convert=convert, names={**moments.names, "zone": tzinfo_of(field.zone)}
        )

    return info
