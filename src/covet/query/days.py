"""Which dates or moments are there, once each? The question behind ``dates()``, ``datetimes()``."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from ..errors import FieldError, short
from ..expressions.functions.dates import DAY_KINDS, KINDS, Trunc, chosen
from ..schema.fields import DateField, DateTimeField
from .builder import Builder

DAYS = tuple(kind for kind in DAY_KINDS if kind != "quarter")
MOMENTS = tuple(kind for kind in KINDS if kind != "quarter")
DATE: Any = DateField()
DATETIME: Any = DateTimeField()


def dates(query: Builder[Any], field: str, kind: str, order: str) -> Any:
    """The query of the beginnings of years, months … that the dates of a field are in."""
    return _beginnings(query, "dates", field, chosen("dates", kind, DAYS, "kind"), order)


def datetimes(query: Builder[Any], field: str, kind: str, order: str, tzinfo: tzinfo | None) -> Any:
    """The query of the beginnings of years, hours … that the moments of a field are in."""
    word = chosen("datetimes", kind, MOMENTS, "kind")
    return _beginnings(query, "datetimes", field, word, order, tzinfo)


def _beginnings(
    query: Any, call: str, field: str, kind: str, order: str, tzinfo: tzinfo | None = None
) -> Any:
    if order not in ("ASC", "DESC"):
        raise FieldError(f"{call}() has no order {short(order)}", fix="Orders: ASC, DESC.")
    if not isinstance(field, str):
        raise FieldError(f"{call}() takes the name of a field, not {short(field)}")
    output = DATE if call == "dates" else DATETIME
    there = query.filter(**{f"{field}__isnull": False})
    found = there._giving(call, "flat", (Trunc(field, kind, output, tzinfo),))
    name = found._spec.output.paths[0]
    return found.distinct().order_by(name if order == "ASC" else f"-{name}")
