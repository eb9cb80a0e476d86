"""How does SQLite cast? By Python, but for what its own CAST does as well."""

from __future__ import annotations

from typing import Any

from ...query.casting import CASTS as POSSIBLE
from ...query.types import family
from .base import Casts, scale


def _decimal(source: Any, target: Any) -> str:
    is_whole = family(source) == "integer"
    number = "CAST({0} AS TEXT)" if is_whole else "covet_cast('text', 'decimal', {0})"
    limits = scale(target)
    return number if limits is None else f"covet_quantize({number}, {limits[0]}, {limits[1]})"


def _decimal_text(source: Any, target: Any) -> str:
    return "{0}" if scale(source) else "covet_cast('decimal', 'text', {0})"


def _decimal_limits(source: Any, target: Any) -> str:
    return "{0}" if scale(target) is None else _decimal(source, target)


CASTS: Casts = {
    **{
        (source, target): f"covet_cast('{source}', '{target}', {{0}})"
        for source, targets in POSSIBLE.items()
        for target in targets
    },
    **{(source, "decimal"): _decimal for source in ("text", "integer", "float")},
    ("decimal", "decimal"): _decimal_limits,
    ("decimal", "text"): _decimal_text,
    ("integer", "text"): "CAST({0} AS TEXT)",
    ("integer", "float"): "CAST({0} AS REAL)",
    ("integer", "boolean"): "({0} <> 0)",
    ("float", "boolean"): "({0} <> 0)",
    ("boolean", "integer"): "{0}",
    ("integer", "duration"): "{0}",
    ("duration", "integer"): "{0}",
    ("date", "text"): "{0}",
    ("time", "text"): "{0}",
    ("datetime", "text"): "{0}",
    ("datetime", "date"): "SUBSTR({0}, 1, 10)",
    ("datetime", "time"): "SUBSTR({0}, 12)",
    ("date", "datetime"): "({0} || ' 00:00:00')",
    ("text", "binary"): "CAST({0} AS BLOB)",
    ("text", "ip"): "{0}",
    ("ip", "text"): "{0}",
    ("json", "text"): "{0}",
    ("any", "text"): "CAST({0} AS TEXT)",
}
