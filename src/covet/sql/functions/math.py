"""How does each database say the functions of numbers?

What has no result is NULL. MariaDB says so itself most of the time, PostgreSQL raises an error, so
that both are only asked for what there is. SQLite may have been built without such functions; it
is given Python's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...query import ast
from ...query.types import family
from ..text import SQL, sql
from .base import Functions, filled

if TYPE_CHECKING:
    from ..dialects.base import Dialect

Call = Callable[["Dialect", ast.Call, list[SQL]], SQL]

FLOATS = {
    "ACOS": "ACOS(CASE WHEN {0} BETWEEN -1 AND 1 THEN {0} END)",
    "ASIN": "ASIN(CASE WHEN {0} BETWEEN -1 AND 1 THEN {0} END)",
    "ATAN": "ATAN({0})",
    "ATAN2": "ATAN2({0}, {1})",
    "COS": "COS({0})",
    "COT": "COT(NULLIF({0}, 0))",
    "DEGREES": "DEGREES({0})",
    "EXP": "CASE WHEN {0} < -745 THEN 0 ELSE EXP({0}) END",  # PostgreSQL has no underflow
    "LN": "LN(CASE WHEN {0} > 0 THEN {0} END)",
    "LOG": "(LN(CASE WHEN {1} > 0 THEN {1} END) / NULLIF(LN(CASE WHEN {0} > 0 THEN {0} END), 0))",
    "RADIANS": "RADIANS({0})",
    "SIN": "SIN({0})",
    "SQRT": "SQRT(CASE WHEN {0} >= 0 THEN {0} END)",
    "TAN": "TAN({0})",
}
"""Of floats, and giving floats."""

POWER = (
    "CASE WHEN {0} = 0 AND {1} < 0 OR {0} < 0 AND {1} <> FLOOR({1}) THEN NULL "
    "ELSE POWER({0}, {1}) END"
)
PI = "3.141592653589793"


def of_family(**templates: str) -> Call:
    """A function that is said another way for each type of number."""

    def said(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
        field = node.arguments[0].field
        kind = family(field) if field is not None else "float"
        template = templates.get(kind, templates["float"])
        return filled(dialect.in_text(template), arguments)

    return said


def of_floats(template: str) -> Call:
    """A function of floats on PostgreSQL, which would calculate with numerics otherwise."""

    def said(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
        return filled(template, [sql("(", each, ")::double precision") for each in arguments])

    return said


SQLITE: Functions = {
    **{
        name: f"covet_{name.lower()}({{0}}{', {1}' if '{1}' in template else ''})"
        for name, template in FLOATS.items()
    },
    "ABS": of_family(integer="covet_abs({0})", float="ABS({0})", decimal="covet_abs({0})"),
    "CEIL": of_family(integer="{0}", float="covet_ceil({0})"),
    "FLOOR": of_family(integer="{0}", float="covet_floor({0})"),
    "ROUND": "covet_round({0}, {1})",
    "SIGN": "covet_sign({0})",
    "PI": PI,
    "RANDOM": "((RANDOM() & 9007199254740991) / 9007199254740992.0)",
}

POSTGRESQL: Functions = {
    **{name: of_floats(template) for name, template in FLOATS.items()},
    "ABS": of_family(integer="ABS(({0})::bigint)", float="ABS({0})"),
    "CEIL": of_family(integer="{0}", float="CEIL({0})"),
    "FLOOR": of_family(integer="{0}", float="FLOOR({0})"),
    "ROUND": of_family(  # a float by its shortest digits, as a cast to numeric has 15 of them
        integer="ROUND(({0})::numeric, ({1})::integer)::bigint",
        decimal="ROUND({0}, ({1})::integer)",
        float="ROUND((({0})::text)::numeric, ({1})::integer)::double precision",
    ),
    "SIGN": of_family(integer="SIGN(({0})::numeric)::bigint", float="SIGN({0})::bigint"),
    "PI": f"{PI}::double precision",
    "RANDOM": "RANDOM()",
}

MYSQL: Functions = {
    **FLOATS,
    "ABS": "ABS({0})",
    "CEIL": of_family(
        integer="{0}", decimal="CAST(CEILING({0}) AS DECIMAL(65, 0))", float="CEILING({0})"
    ),
    "FLOOR": of_family(
        integer="{0}", decimal="CAST(FLOOR({0}) AS DECIMAL(65, 0))", float="FLOOR({0})"
    ),
    "ROUND": of_family(  # a float as a decimal, as halves would be rounded to the even number
        integer="(ROUND(CAST({0} AS DECIMAL(65, 0)), {1}) DIV 1)",
        decimal="ROUND({0}, {1})",
        float="CASE WHEN ABS({0}) < 1e15 THEN "
        "CAST(ROUND(CAST({0} AS DECIMAL(65, 30)), {1}) AS DOUBLE) ELSE ROUND({0}, {1}) END",
    ),
    "SIGN": "SIGN({0})",
    "PI": f"{PI}e0",  # PI() comes with six places
    "RANDOM": "RAND()",
}
