"""MariaDB's and MySQL's JSON functions.

MariaDB has no type for documents: they are texts. Its paths take a value for a list of one where a
list is meant, and its ``JSON_CONTAINS`` looks for values at any depth of lists, so both are said
here in other words.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from ...query import ast
from ...query.types import family
from ..text import SQL, Slot, ValueSlot, separated, sql
from .base import Functions
from .json_containment import contained, containing
from .json_mysql_paths import binary, is_mariadb, keys, names, normalized, path_of
from .json_path import array_pieces, object_pieces

if TYPE_CHECKING:
    from ..dialects.base import Dialect

OF_NUMBERS = tuple(
    f"WHEN '{kind}' THEN 3 " for kind in ("INTEGER", "DOUBLE", "UNSIGNED INTEGER", "DECIMAL")
)
NUMBERS = "('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL')"


Make: TypeAlias = "Callable[[Dialect, Any], SQL]"


def _text(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    document = arguments[0]
    unquoted = sql("JSON_UNQUOTE(", document, f") COLLATE {binary(dialect)}")
    if "scalar" in node.options or not is_mariadb(dialect):
        without = "('NULL', 'OBJECT', 'ARRAY')" if "scalar" in node.options else "('NULL')"
        kind = sql("JSON_TYPE(", document, f") NOT IN {without}")
        return sql("CASE WHEN ", kind, " THEN ", unquoted, " END")
    return sql(  # with spaces, as the other databases write documents
        "CASE JSON_TYPE(", document, ") WHEN 'NULL' THEN NULL WHEN 'STRING' THEN ", unquoted,
        " ELSE JSON_LOOSE(", document, f") COLLATE {binary(dialect)} END",
    )  # fmt: skip


def _canonical(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """``JSON_NORMALIZE``, which gives NULL for documents of 32 levels: those stay as they are."""
    document = arguments[0]
    if not is_mariadb(dialect):
        return sql("CAST(", document, " AS JSON)")
    if isinstance(node.arguments[0], ast.Param | ast.Constant):
        return document  # it is bound as one
    return sql("COALESCE(", normalized(dialect, document), ", ", document, ")")


def _compare(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """Numbers as floats, and as decimals where these are equal, as neither holds all of them."""
    operator = node.options[0]
    floats = [sql("CAST(", side, " AS DOUBLE)") for side in arguments]
    decimals = [sql("CAST(", side, " AS DECIMAL(65, 30))") for side in arguments]
    strict = operator[0]
    numbers = sql(
        floats[0], f" {strict} ", floats[1], " OR (", floats[0], " = ", floats[1], " AND ",
        decimals[0], f" {operator} ", decimals[1], ")",
    )  # fmt: skip
    texts = (_string(dialect, node, [side]) for side in arguments)
    are_numbers = separated(
        " AND ", (sql("JSON_TYPE(", side, f") IN {NUMBERS}") for side in arguments)
    )
    return sql(
        "CASE WHEN ", are_numbers, " THEN ", numbers, " ELSE ",
        separated(f" {operator} ", texts), " END",
    )  # fmt: skip


def _string(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    document = arguments[0]
    return sql(
        "CASE WHEN JSON_TYPE(", document, ") = 'STRING' THEN JSON_UNQUOTE(", document,
        f") COLLATE {binary(dialect)} END",
    )  # fmt: skip


def _number(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    document = arguments[0]
    return sql(
        "CASE WHEN JSON_TYPE(", document, f") IN {NUMBERS} THEN CAST(", document,
        " AS DECIMAL(65, 30)) END",
    )  # fmt: skip


def _kind(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    document = arguments[0]
    text = sql("JSON_UNQUOTE(", document, f") COLLATE {binary(dialect)}")
    return sql(
        "CASE JSON_TYPE(", document, ") WHEN 'NULL' THEN 0 WHEN 'BOOLEAN' THEN CASE WHEN ",
        text, " = 'true' THEN 2 ELSE 1 END WHEN 'STRING' THEN 4"
        " WHEN 'ARRAY' THEN 5 WHEN 'OBJECT' THEN 6 ", *OF_NUMBERS, "END",
    )  # fmt: skip


def _has_keys(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """All of the keys are among the object's; or any of both is the same."""
    document, wanted = arguments
    if node.options[0] == "all":
        return sql("JSON_CONTAINS(JSON_KEYS(", document, "), ", wanted, ")")
    return sql(
        "EXISTS (SELECT 1 FROM ", keys(dialect, document), " AS k JOIN ",
        names(dialect, wanted), " AS w ON k.name = w.name)",
    )  # fmt: skip


def _contains(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    return _by_value(dialect, node, arguments, containing)


def _contained_by(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    return _by_value(dialect, node, arguments, contained)


def _by_value(dialect: Dialect, node: ast.Call, arguments: list[SQL], make: Make) -> SQL:
    """A condition that is made of the very value, when it is bound.

    Raises:
        NotSupportedError: the value is an expression.
    """
    document, given = arguments
    slot = given[0]
    if not isinstance(slot, Slot) or not isinstance(node.arguments[1], ast.Param | ast.Constant):
        raise dialect.unsupported(
            "way to look for one column's document in another's",
            "Give a value to contains or contained_by.",
        )
    table = sql("JSON_TABLE(", document, ", '$' COLUMNS (v JSON PATH '$')) AS j0")

    def made(value: Any) -> SQL:
        return make(dialect, json.loads(slot.bind(value)))

    inside: SQL = made(None) if slot.place is None else (ValueSlot(slot.place, made),)
    return sql("EXISTS (SELECT 1 FROM ", table, " WHERE ", inside, ")")


def _of(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    field = node.arguments[0].field
    before, _, after = OF["any" if field is None else family(field)].partition("{0}")
    return sql(dialect.in_text(before), arguments[0], dialect.in_text(after))


_NUMBER = "CAST({0} AS CHAR)"
_QUOTED = "JSON_QUOTE(CAST({0} AS CHAR CHARACTER SET utf8mb4))"
OF = {
    "integer": _NUMBER,
    "float": _NUMBER,
    "decimal": _NUMBER,
    "boolean": "ELT({0} + 1, 'false', 'true')",
    "text": _QUOTED,
    "any": _QUOTED,
    "date": _QUOTED,
    "datetime": "DATE_FORMAT({0}, '\"%Y-%m-%dT%H:%i:%s.%f+00:00\"')",
    "time": "TIME_FORMAT({0}, '\"%H:%i:%s.%f\"')",
    "uuid": "JSON_QUOTE("
    + "INSERT(" * 4
    + "{0}, 21, 0, '-'), 17, 0, '-'), 13, 0, '-'), 9, 0, '-'))",
}


def _object(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    pieces = object_pieces(node.options[1:], _collated(dialect, arguments))
    return sql("CONCAT(", separated(", ", pieces), ")")


def _array(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    return sql("CONCAT(", separated(", ", array_pieces(_collated(dialect, arguments))), ")")


def _collated(dialect: Dialect, texts: list[SQL]) -> list[SQL]:
    """Texts of one collation, as MariaDB's functions and the connection have two."""
    return [sql(text, f" COLLATE {binary(dialect)}") for text in texts]


FUNCTIONS: Functions = {
    "JSON_PATH": path_of,
    "JSON_TEXT": _text,
    "JSON_CANONICAL": _canonical,
    "JSON_COMPARE": _compare,
    "JSON_CONTAINS": _contains,
    "JSON_CONTAINED_BY": _contained_by,
    "JSON_HAS_KEYS": _has_keys,
    "JSON_KIND": _kind,
    "JSON_NUMBER": _number,
    "JSON_STRING": _string,
    "JSON_OF": _of,
    "JSON_OBJECT": _object,
    "JSON_ARRAY": _array,
}
