"""How does one get at a part of a JSON document on MariaDB and MySQL?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...errors import QueryTooComplex
from ...query import ast
from ..text import SQL, sql
from .json_path import bound, is_index, step

if TYPE_CHECKING:
    from ..dialects.base import Dialect

MOST_PLACES = 6  # the text of a path doubles with each
BINARY = "utf8mb4_nopad_bin"


def path_of(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """``JSON_EXTRACT``, of one path for all keys as far as these are keys of objects for sure."""
    if sum(map(is_index, node.options)) > MOST_PLACES:
        raise QueryTooComplex(
            f"A path has more than {MOST_PLACES} keys that are numbers",
            fix="MariaDB cannot tell places in lists from keys of objects; use fewer of them.",
        )
    found, path = arguments[0], "$"
    for key in node.options:
        if is_index(key):
            found, path = counted(dialect, found, path, key), "$"
        elif key.startswith("-"):  # which MariaDB finds by no path
            found, path = by_name(dialect, extract(found, path), key), "$"
        else:
            path += step(key)
    return extract(found, path)


def extract(document: SQL, path: str) -> SQL:
    return document if path == "$" else sql("JSON_EXTRACT(", document, ", ", bound(path), ")")


def counted(dialect: Dialect, document: SQL, path: str, key: str) -> SQL:
    """The place in a list; or the key of an object, which never is a list as well.

    ``$[0]`` of anything else would be that itself, but ``$[*]`` is nothing then.
    """
    members = extract(document, path + "[*]")
    if key.startswith("-"):
        member = sql("JSON_EXTRACT(", members, ", ", _from_end(members, key), ")")
        named = by_name(dialect, extract(document, path), key)
    else:
        member = extract(members, f"$[{key}]")
        named = extract(document, path + step(key))
    return sql("COALESCE(", member, ", ", named, ")")


def _from_end(members: SQL, key: str) -> SQL:
    """The path to a place counted from the end of a list, made anew for each row.

    MariaDB 10.11 counts ``$[last]`` from the end of the first row's list in all further rows.
    """
    place = sql("GREATEST(JSON_LENGTH(", members, ") - ", bound(-int(key)), ", -1)")
    return sql("CONCAT('$[', NULLIF(", place, ", -1), ']')")


def by_name(dialect: Dialect, document: SQL, key: str) -> SQL:
    """The value of a key, by its place among all keys."""
    return sql(
        "(SELECT JSON_EXTRACT(JSON_EXTRACT(", document, ", '$.*'), CONCAT('$[', k.n - 1, ']'))",
        " FROM ", keys(dialect, document, "n FOR ORDINALITY, "), " AS k WHERE k.name = ",
        bound(key), ")",
    )  # fmt: skip


def keys(dialect: Dialect, document: SQL, columns: str = "") -> SQL:
    """The keys of an object as a table; of anything else it has no rows."""
    return names(dialect, sql("JSON_KEYS(", document, ")"), columns)


def names(dialect: Dialect, texts: SQL, columns: str = "") -> SQL:
    """A list of texts as a table."""
    return sql(
        "JSON_TABLE(", texts, f", '$[*]' COLUMNS ({columns}name LONGTEXT CHARACTER SET utf8mb4 "
        f"COLLATE {binary(dialect)} PATH '$'))",
    )  # fmt: skip


def binary(dialect: Dialect) -> str:
    """The collation by code point, as this server calls it."""
    return dialect.column_type(BINARY)


def is_mariadb(dialect: Any) -> bool:
    """Whether documents are texts; MySQL has a type for them."""
    return bool(dialect.mariadb)


def normalized(dialect: Dialect, document: SQL) -> SQL:
    """``JSON_NORMALIZE``, with a space behind the document.

    MariaDB 10.11 reads past the end of a number that stands alone: ``9e-05`` became ``9.0E-55``,
    depending on what its memory held before.
    """
    collation = f" COLLATE {binary(dialect)}"
    return sql("JSON_NORMALIZE(CONCAT(", document, f"{collation}, ' ')){collation}")
