"""PostgreSQL's JSON functions: ``jsonb`` has most of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...errors import FieldError, short
from ...query import ast
from ...query.types import family
from ..text import SQL, mapped, separated, sql
from .base import Functions
from .json_path import bound, is_index

if TYPE_CHECKING:
    from ..dialects.base import Dialect

MOST_PAIRS = 50  # a function has at most 100 arguments


def _path(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """``->`` for a key, and ``#>`` where it may count in a list as well."""
    found = arguments[0]
    for key in node.options:
        word = sql(bound(key), "::text") if "\x00" not in key else ("NULL",)
        found = sql(found, " #> ARRAY[", word, "]") if is_index(key) else sql(found, " -> ", word)
    return sql("(", found, ")")


def _text(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    text = _texted(arguments[0])
    if "scalar" not in node.options:
        return text
    kind = sql("jsonb_typeof(", arguments[0], ")")
    return sql("CASE WHEN ", kind, " NOT IN ('object', 'array') THEN ", text, " END")


def _texted(document: SQL) -> SQL:
    return sql("(", document, " #>> '{}')")


def _compare(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """Texts by code point: ``jsonb`` itself takes the order of the database."""
    left, right = arguments
    kinds = sql("jsonb_typeof(", left, "), jsonb_typeof(", right, ")")
    operator = f" {node.options[0]} "
    return sql(
        "CASE WHEN (", kinds, ") = ('number', 'number') THEN ", left, operator, right,
        " WHEN (", kinds, ") = ('string', 'string') THEN ",
        _texted(left), ' COLLATE "C"', operator, _texted(right), " END",
    )  # fmt: skip


def _has_keys(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """``?&`` and ``?|``, but of objects only: PostgreSQL looks into lists of texts as well."""
    is_any = node.options[0] == "any"

    def names(bind: Any) -> Any:
        def taken(value: Any) -> list[str] | None:
            found: list[str] = bind(value)
            possible = [name for name in found if "\x00" not in name]
            return possible if is_any or len(possible) == len(found) else None

        return taken

    keys = mapped(arguments[1], names)
    operator = " ?| " if is_any else " ?& "
    document = arguments[0]
    return sql(
        "(jsonb_typeof(", document, ") = 'object' AND ", document, operator, keys, ")"
    )  # fmt: skip


def _kind(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    document = arguments[0]
    return sql(
        "CASE jsonb_typeof(", document, ") WHEN 'null' THEN 0 WHEN 'boolean' THEN CASE WHEN ",
        document, " = 'true' THEN 2 ELSE 1 END WHEN 'number' THEN 3 WHEN 'string' THEN 4"
        " WHEN 'array' THEN 5 WHEN 'object' THEN 6 END",
    )  # fmt: skip


def _number(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    document = arguments[0]
    return sql(
        "CASE WHEN jsonb_typeof(", document, ") = 'number' THEN (", document, ")::numeric END"
    )  # fmt: skip


def _string(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    document = arguments[0]
    text = sql(_texted(document), ' COLLATE "C"')
    return sql("CASE WHEN jsonb_typeof(", document, ") = 'string' THEN ", text, " END")


FORMATS = {
    "datetime": """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')""",
    "time": "to_char(TIMESTAMP '2000-01-01' + {0}, 'HH24:MI:SS.US')",
    "any": "({0})::text",
}


def _of(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    field = node.arguments[0].field
    before, _, after = FORMATS.get("any" if field is None else family(field), "{0}").partition(
        "{0}"
    )
    return sql("to_jsonb(", before, arguments[0], after, ")")


def _object(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """``jsonb_build_object(…)``, several of them put together where there are many keys."""
    pairs: list[SQL] = []
    for key, value in zip(node.options[1:], arguments, strict=True):
        if "\x00" in key:
            raise FieldError(
                f"The key {short(key)} holds the character NUL, which PostgreSQL cannot store"
            )
        pairs.append(sql(bound(key), "::text, ", value))
    return _in_parts("jsonb_build_object(", pairs, MOST_PAIRS)


def _array(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    return _in_parts("jsonb_build_array(", arguments, 2 * MOST_PAIRS)


def _in_parts(function: str, items: list[SQL], most: int) -> SQL:
    starts = range(0, len(items) or 1, most)
    parts = [sql(function, separated(", ", items[n : n + most]), ")") for n in starts]
    return parts[0] if len(parts) == 1 else sql("(", separated(" || ", parts), ")")


FUNCTIONS: Functions = {
    "JSON_PATH": _path,
    "JSON_TEXT": _text,
    "JSON_CANONICAL": "{0}",
    "JSON_COMPARE": _compare,
    "JSON_CONTAINS": "{0} @> {1}",
    "JSON_CONTAINED_BY": "{0} <@ {1}",
    "JSON_HAS_KEYS": _has_keys,
    "JSON_KIND": _kind,
    "JSON_NUMBER": _number,
    "JSON_STRING": _string,
    "JSON_OF": _of,
    "JSON_OBJECT": _object,
    "JSON_ARRAY": _array,
}
