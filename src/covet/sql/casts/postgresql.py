"""How does PostgreSQL cast? With ``::``, and with the forms of texts spelled out.

What comes from another type has the collation ``"C"``, as columns of texts have.
"""

from __future__ import annotations

from typing import Any

from ...query.types import family
from .base import Casts, scale


def _text(template: str) -> str:
    return f'({template} COLLATE "C")'


def _decimal(source: Any, target: Any) -> str:
    limits = scale(target)
    value = "(({0})::text)" if family(source) == "float" else "({0})"
    return f"{value}::numeric" + ("" if limits is None else f"({limits[0]}, {limits[1]})")


def _decimal_text(source: Any, target: Any) -> str:
    return _text("({0})::text" if scale(source) else "TRIM_SCALE({0})::text")


WITHOUT_ZEROS = "REPLACE({}, '.000000', '')"
SHORTEST = "(({0})::text)::numeric"
"""A float by the digits that tell it from all others; a cast to numeric has 15 of them."""

CASTS: Casts = {
    ("integer", "text"): _text("({0})::text"),
    ("float", "text"): _text(f"({SHORTEST})::text"),
    ("decimal", "text"): _decimal_text,
    ("boolean", "text"): _text("({0})::text"),
    ("uuid", "text"): _text("({0})::text"),
    ("json", "text"): _text("({0})::text"),
    ("binary", "text"): _text("CONVERT_FROM({0}, 'UTF8')"),
    ("date", "text"): _text("TO_CHAR({0}, 'YYYY-MM-DD')"),
    ("time", "text"): _text(WITHOUT_ZEROS.format("TO_CHAR({0}, 'HH24:MI:SS.US')")),
    ("datetime", "text"): _text(
        WITHOUT_ZEROS.format("TO_CHAR({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')")
    ),
    ("any", "text"): "({0})::text",
    ("text", "integer"): "({0})::bigint",
    ("float", "integer"): f"ROUND({SHORTEST})::bigint",
    ("decimal", "integer"): "ROUND({0})::bigint",
    ("boolean", "integer"): "(({0})::integer)::bigint",
    ("duration", "integer"): "ROUND((EXTRACT(EPOCH FROM {0}) * 1000000)::numeric)::bigint",
    ("text", "float"): "({0})::double precision",
    ("integer", "float"): "({0})::double precision",
    ("decimal", "float"): "({0})::double precision",
    ("text", "decimal"): _decimal,
    ("integer", "decimal"): _decimal,
    ("float", "decimal"): _decimal,
    ("decimal", "decimal"): _decimal,
    ("text", "boolean"): "({0})::boolean",
    ("integer", "boolean"): "({0} <> 0)",
    ("float", "boolean"): "({0} <> 0)",
    ("decimal", "boolean"): "({0} <> 0)",
    ("text", "date"): "({0})::date",
    ("datetime", "date"): "({0} AT TIME ZONE 'UTC')::date",
    ("text", "time"): "({0})::time",
    ("datetime", "time"): "({0} AT TIME ZONE 'UTC')::time",
    ("text", "datetime"): "({0})::timestamptz",
    ("date", "datetime"): "(({0})::timestamp AT TIME ZONE 'UTC')",
    ("integer", "duration"): "(({0} / 1000000) * INTERVAL '1 second' "
    "+ ({0} % 1000000) * INTERVAL '1 microsecond')",
    ("text", "uuid"): "({0})::uuid",
    ("text", "json"): "({0})::jsonb",
    ("integer", "json"): "TO_JSONB({0})",
    ("float", "json"): "TO_JSONB({0})",
    ("decimal", "json"): "TO_JSONB({0})",
    ("boolean", "json"): "TO_JSONB({0})",
    ("text", "binary"): "CONVERT_TO({0}, 'UTF8')",
}
