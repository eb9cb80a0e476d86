"""When does a JSON document hold a value, or a value the document? Said for MariaDB and MySQL.

A condition that is made of the very value: for each part of it, what there has to be in the
document. ``JSON_CONTAINS`` would find ``1`` in ``[[1]]``, and ``{"a": 1}`` in ``[{"a": 1}]``.
"""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

from ...errors import QueryTooComplex
from ...schema.fields.canonical import canonical_text
from ..text import SQL, separated, sql
from .json_mysql_paths import by_name, is_mariadb, normalized
from .json_path import bound, step

if TYPE_CHECKING:
    from ..dialects.base import Dialect

MOST_PARTS = 300


def containing(dialect: Dialect, part: Any) -> SQL:
    """The condition that the document ``j0.v`` holds a value."""
    made = Containment(dialect)
    found = made.holds(("j0.v",), part)
    if isinstance(part, list | dict):
        return found
    return _either([found, made.holds(("j0.v",), [part])])


def contained(dialect: Dialect, whole: Any) -> SQL:
    """The condition that the document ``j0.v`` is held by a value."""
    made = Containment(dialect)
    ways = [made.within(("j0.v",), whole)]
    if isinstance(whole, list):
        scalars = (item for item in whole if not isinstance(item, list | dict))
        ways += [made.equal(("j0.v",), item) for item in scalars]
    return _either(ways)


class Containment:
    """Makes the conditions of one value."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.names = count(1)

    def holds(self, document: SQL, part: Any) -> SQL:
        """The condition that a document holds a part of the value."""
        if isinstance(part, dict):
            found = [self.holds(self.value(document, key), part[key]) for key in part]
            return _all([_is(document, "OBJECT"), *found])
        if isinstance(part, list):
            found = [self.some(document, lambda v, item=item: self.holds(v, item)) for item in part]
            return _all([_is(document, "ARRAY"), *found])
        return self.equal(document, part)

    def within(self, document: SQL, whole: Any) -> SQL:
        """The condition that a part of the value holds a document."""
        if isinstance(whole, dict):
            names = bound(json.dumps(list(whole), ensure_ascii=False))
            found = [sql("JSON_CONTAINS(", names, ", JSON_KEYS(", document, "))")]
            for key, item in whole.items():
                value = self.value(document, key)
                found.append(_either([sql(value, " IS NULL"), self.within(value, item)]))
            return _all([_is(document, "OBJECT"), *found])
        if isinstance(whole, list):
            return _all(
                [_is(document, "ARRAY"), sql("NOT ", self.some(document, self.none(whole)))]
            )
        return self.equal(document, whole)

    def none(self, items: list[Any]) -> Any:
        """The condition that none of several parts of the value holds a document."""

        def made(document: SQL) -> SQL:
            if not items:
                return ("TRUE",)
            return sql(_either([self.within(document, item) for item in items]), " IS NOT TRUE")

        return made

    def some(self, document: SQL, condition: Any) -> SQL:
        """The condition that something is true of a member of a list."""
        name = self.name()
        table = sql("JSON_TABLE(", document, f", '$[*]' COLUMNS (v JSON PATH '$')) AS {name}")
        return sql("EXISTS (SELECT 1 FROM ", table, " WHERE ", condition((f"{name}.v",)), ")")

    def equal(self, document: SQL, value: Any) -> SQL:
        """The condition that a document is a number, a text, a truth value or null."""
        self.name()
        text = bound(canonical_text(value))
        if not is_mariadb(self.dialect):
            return sql("CAST(", document, " AS JSON) = CAST(", text, " AS JSON)")
        return sql(normalized(self.dialect, document), " = ", text)

    def value(self, document: SQL, key: str) -> SQL:
        """The value of an object's key."""
        if key.startswith("-"):
            return by_name(self.dialect, document, key)
        return sql("JSON_EXTRACT(", document, ", ", bound(f"${step(key)}"), ")")

    def name(self) -> str:
        """A name for one more table.

        Raises:
            QueryTooComplex: the value has more parts than a statement should.
        """
        number = next(self.names)
        if number > MOST_PARTS:
            raise QueryTooComplex(
                f"A JSON document of more than {MOST_PARTS} values cannot be looked for on "
                f"{self.dialect.product}",
                fix="Look for a smaller part of it, or for what is at single paths.",
            )
        return f"j{number}"


def _is(document: SQL, kind: str) -> SQL:
    return sql("JSON_TYPE(", document, f") = '{kind}'")


def _all(conditions: list[SQL]) -> SQL:
    return separated(" AND ", conditions)


def _either(conditions: list[SQL]) -> SQL:
    return sql("(", separated(" OR ", conditions), ")")
