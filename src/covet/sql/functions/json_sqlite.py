"""SQLite's JSON functions are Python functions, as its own differ from release to release."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ...query import ast
from ...query.types import family
from ..text import SQL, separated, sql
from .base import Functions
from .json_path import array_pieces, bound, object_pieces

if TYPE_CHECKING:
    from ..dialects.base import Dialect


def _path(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    keys = json.dumps(node.options)
    return sql("covet_json_path(", arguments[0], ", ", bound(keys), ")")


def _text(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    return sql("covet_json_text(", arguments[0], f", {int('scalar' in node.options)})")


def _canonical(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    is_bound = isinstance(node.arguments[0], ast.Param | ast.Constant)
    return arguments[0] if is_bound else sql("covet_json_canonical(", arguments[0], ")")


def _compare(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    sides = separated(", ", arguments)
    return sql("covet_json_compare(", sides, f") {node.options[0]} 0")


def _has_keys(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    return sql("covet_json_has_keys(", *_both(arguments), f", {int(node.options[0] == 'any')})")


def _both(arguments: list[SQL]) -> tuple[SQL, str, SQL]:
    return arguments[0], ", ", arguments[1]


def _of(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    field = node.arguments[0].field
    kind = "any" if field is None else family(field)
    return sql("covet_json_of(", arguments[0], f", '{kind}')")


def _object(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    return sql("(", separated(" || ", object_pieces(node.options[1:], arguments)), ")")


def _array(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    return sql("(", separated(" || ", array_pieces(arguments)), ")")


FUNCTIONS: Functions = {
    "JSON_PATH": _path,
    "JSON_TEXT": _text,
    "JSON_CANONICAL": _canonical,
    "JSON_COMPARE": _compare,
    "JSON_CONTAINS": "covet_json_contains({0}, {1})",
    "JSON_CONTAINED_BY": "covet_json_contains({1}, {0})",
    "JSON_HAS_KEYS": _has_keys,
    "JSON_KIND": "covet_json_kind({0})",
    "JSON_NUMBER": "covet_json_number({0})",
    "JSON_STRING": "covet_json_string({0})",
    "JSON_OF": _of,
    "JSON_OBJECT": _object,
    "JSON_ARRAY": _array,
}
