"""How do MariaDB and MySQL cast? Their CAST takes anything, so what it must not take is sorted out.

They warn where other databases refuse. A number beyond 64 bits is an error here too, so one is
calculated where there is no result.
"""

from __future__ import annotations

from typing import Any

from ...query.types import family
from .base import Casts, scale

REFUSED = "9223372036854775807 + 1 + CHAR_LENGTH({0})"
"""What is an error, and only in a row that it is calculated for."""
EXACT = "CAST({0} AS DECIMAL(65, 30))"
UNSCALED = "TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {}))"
WITHOUT_ZEROS = "REPLACE({}, '.000000', '')"
TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?"
NUMBER = "([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?"


def _if(condition: str, result: str) -> str:
    """The result where the condition holds, an error where it does not, and NULL for NULL."""
    return f"CASE WHEN {condition} THEN {result} WHEN {{0}} IS NOT NULL THEN {REFUSED} END"


def _matches(pattern: str) -> str:
    return f"{{0}} REGEXP '^ *{pattern} *$'"


def _decimal(source: Any, target: Any) -> str:
    exact = EXACT
    if family(source) == "text":
        exact = f"CAST({_if(_matches(f'[-+]?{NUMBER}'), '{0}')} AS DECIMAL(65, 30))"
    limits = scale(target)
    if limits is None:
        return exact
    digits, places = limits
    fits = f"ABS(ROUND({exact}, {places})) < 1{'0' * (digits - places)}"
    return f"CAST({_if(fits, exact)} AS DECIMAL({digits}, {places}))"


def _decimal_limits(source: Any, target: Any) -> str:
    return "{0}" if scale(target) is None else _decimal(source, target)


def _decimal_text(source: Any, target: Any) -> str:
    text = "CAST({0} AS CHAR)"
    return text if scale(source) else _unscaled(text)


def _unscaled(text: str) -> str:
    return f"CASE WHEN INSTR({text}, '.') THEN {UNSCALED.format(text)} ELSE {text} END"


YES = "LOWER({0}) IN ('true', 't', 'yes', 'y', 'on', '1')"
NO = "LOWER({0}) IN ('false', 'f', 'no', 'n', 'off', '0')"
FLOAT_TEXT = (
    f"CASE WHEN {{0}} = 0 THEN '0' WHEN ABS({{0}}) BETWEEN 1e-13 AND 1e34 THEN "
    f"{UNSCALED.format(f'CAST({EXACT} AS CHAR)')} ELSE CAST({{0}} AS CHAR) END"
)
"""Without an exponent, as far as decimals have the digits of the float."""

CASTS: Casts = {
    ("integer", "text"): "CAST({0} AS CHAR)",
    ("float", "text"): FLOAT_TEXT,
    ("decimal", "text"): _decimal_text,
    ("boolean", "text"): "CASE WHEN {0} THEN 'true' WHEN NOT {0} THEN 'false' END",
    ("uuid", "text"): "INSERT(INSERT(INSERT(INSERT({0}, 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), "
    "24, 0, '-')",
    ("binary", "text"): "CAST({0} AS CHAR)",
    ("date", "text"): "CAST({0} AS CHAR)",
    ("time", "text"): WITHOUT_ZEROS.format("TIME_FORMAT({0}, '%H:%i:%s.%f')"),
    ("datetime", "text"): WITHOUT_ZEROS.format("DATE_FORMAT({0}, '%Y-%m-%d %H:%i:%s.%f')"),
    ("any", "text"): "CAST({0} AS CHAR)",
    ("text", "integer"): _if(_matches("[-+]?[0-9]{1,65}"), "CAST({0} AS DECIMAL(65, 0)) DIV 1"),
    ("float", "integer"): f"(ROUND({EXACT}) DIV 1)",
    ("decimal", "integer"): "(ROUND({0}) DIV 1)",
    ("any", "integer"): "CAST({0} AS SIGNED)",
    ("text", "float"): f"CAST({_if(_matches(f'[-+]?{NUMBER}'), '{0}')} AS DOUBLE)",
    ("integer", "float"): "CAST({0} AS DOUBLE)",
    ("decimal", "float"): "CAST({0} AS DOUBLE)",
    ("any", "float"): "CAST({0} AS DOUBLE)",
    ("text", "decimal"): _decimal,
    ("integer", "decimal"): _decimal,
    ("float", "decimal"): _decimal,
    ("decimal", "decimal"): _decimal_limits,
    ("text", "boolean"): f"CASE WHEN {YES} THEN 1 WHEN {NO} THEN 0 "
    f"WHEN {{0}} IS NOT NULL THEN {REFUSED} END",
    ("integer", "boolean"): "({0} <> 0)",
    ("float", "boolean"): "({0} <> 0)",
    ("decimal", "boolean"): "({0} <> 0)",
    ("text", "date"): f"CAST({_if('CAST({0} AS DATE) IS NOT NULL', '{0}')} AS DATE)",
    ("datetime", "date"): "DATE({0})",
    ("text", "time"): f"CAST({_if(_matches(TIME), '{0}')} AS TIME(6))",
    ("datetime", "time"): "TIME({0})",
    ("text", "datetime"): "CAST("
    + _if(
        f"{{0}} REGEXP '^[0-9]{{4,4}}-[0-9][0-9]-[0-9][0-9]([ T]{TIME})?$' "
        "AND CAST({0} AS DATETIME(6)) IS NOT NULL",
        "{0}",
    )
    + " AS DATETIME(6))",
    ("date", "datetime"): "CAST({0} AS DATETIME(6))",
    ("text", "uuid"): _if(
        "REPLACE({0}, '-', '') REGEXP '^[0-9a-fA-F]{32,32}$'", "LOWER(REPLACE({0}, '-', ''))"
    ),
    ("text", "json"): _if("JSON_VALID({0})", "{0}"),
    ("integer", "json"): "CAST({0} AS CHAR)",
    ("float", "json"): FLOAT_TEXT,
    ("decimal", "json"): "CAST({0} AS CHAR)",
    ("boolean", "json"): "CASE WHEN {0} THEN 'true' WHEN NOT {0} THEN 'false' END",
    ("text", "binary"): "CAST({0} AS BINARY)",
}
