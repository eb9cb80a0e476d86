"""What does a failure of the oracle tell: the condition, the SQL and the data?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from .tables import TABLES, Row, ToOne, World


class Undo(Exception):
    """Ends an example's transaction, so that its rows are gone."""


@contextmanager
def told(world: World, asked: object, *queries: Any) -> Iterator[None]:
    """Add to an error what was asked, of which data, and with which SQL."""
    try:
        yield
    except Exception as error:
        error.add_note(f"asked: {asked}")
        for query in queries:
            error.add_note(_sql(query))
        error.add_note(str(world))
        raise


def _sql(query: Any) -> str:
    try:
        return f"SQL: {query.sql()}"
    except Exception as error:  # what it was compiled to is not worth hiding the first error
        return f"no SQL: {error!r}"


def types_of(rows: Iterable[Iterable[Any]]) -> list[list[type[Any]]]:
    """The type of each value, as 1, 1.0, True and Decimal(1) are equal."""
    return [[type(value) for value in row] for row in rows]


def ids(rows: Iterable[Row]) -> list[int]:
    """The primary keys, sorted."""
    return sorted(row["id"] for row in rows)


def rows_of(instances: Iterable[Any], table: str) -> list[dict[str, Any]]:
    """Instances of a model as the rows that the oracle stores, and each value of its own type."""
    names = ["id", *TABLES[table].columns]
    names += [f"{n}_id" for n, to in TABLES[table].relations.items() if isinstance(to, ToOne)]
    return [{name: getattr(one, name) for name in dict.fromkeys(names)} for one in instances]


def values_in(rows: Iterable[Row]) -> list[list[Any]]:
    """The values of rows in the order of their names."""
    return [[row[name] for name in sorted(row)] for row in rows]
