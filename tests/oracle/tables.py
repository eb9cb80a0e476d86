"""What does the data look like: which tables, columns and relations, and which rows are there?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """A column; ``kind`` says which values it holds and which lookups it has."""

    kind: str
    null: bool = False
    digits: int = 0
    places: int = 0


@dataclass(frozen=True)
class ToOne:
    """A foreign key: the row holds the target's ``id`` in ``<name>_id``, or None."""

    target: str


@dataclass(frozen=True)
class ToMany:
    """The way back: the rows of ``source`` whose foreign key ``key`` points here."""

    source: str
    key: str


@dataclass(frozen=True)
class Table:
    """A table's columns and relations by name; the primary key is ``id`` in every table."""

    columns: Mapping[str, Column]
    relations: Mapping[str, ToOne | ToMany]


AUTHOR = Table(
    columns={
        "id": Column("key"),
        "name": Column("line"),
        "note": Column("text", null=True),
        "score": Column("integer", null=True),
        "rating": Column("float", null=True),
        "active": Column("boolean", null=True),
        "born": Column("date", null=True),
    },
    relations={
        "mentor": ToOne("author"),
        "apprentices": ToMany("author", "mentor"),
        "posts": ToMany("post", "author"),
    },
)

POST = Table(
    columns={
        "id": Column("key"),
        "title": Column("line"),
        "body": Column("text", null=True),
        "views": Column("integer"),
        "likes": Column("biginteger", null=True),
        "price": Column("decimal", null=True, digits=12, places=2),
        "weight": Column("decimal", null=True, digits=38, places=10),
        "ratio": Column("float", null=True),
        "draft": Column("boolean", null=True),
        "day": Column("date", null=True),
        "posted": Column("datetime", null=True),
        "starts": Column("time", null=True),
        "took": Column("duration", null=True),
        "token": Column("uuid", null=True),
        "blob": Column("binary", null=True),
    },
    relations={"author": ToOne("author")},
)

TABLES: Mapping[str, Table] = {"author": AUTHOR, "post": POST}


@dataclass(frozen=True)
class World:
    """Some rows of every table, in the order of their primary keys."""

    rows: Mapping[str, Sequence[Row]]
    by_id: Mapping[str, Mapping[int, Row]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found = {name: {row["id"]: row for row in rows} for name, rows in self.rows.items()}
        object.__setattr__(self, "by_id", found)

    def to_one(self, table: str, row: Row, name: str) -> Row | None:
        """The row that a foreign key points to; None where it is NULL."""
        relation = TABLES[table].relations[name]
        assert isinstance(relation, ToOne)
        key = row[f"{name}_id"]
        return None if key is None else self.by_id[relation.target][key]

    def to_many(self, table: str, row: Row, name: str) -> list[Row]:
        """The rows whose foreign key points to this one."""
        relation = TABLES[table].relations[name]
        assert isinstance(relation, ToMany)
        key = f"{relation.key}_id"
        return [other for other in self.rows[relation.source] if other[key] == row["id"]]

    def reached(self, table: str, row: Row, steps: Sequence[str]) -> list[Row]:
        """The rows at the end of a path of relations, each once."""
        rows = [row]
        for n, step in enumerate(steps):
            here = table_at(table, steps[:n])
            if isinstance(TABLES[here].relations[step], ToMany):
                rows = [other for one in rows for other in self.to_many(here, one, step)]
            else:
                others = (self.to_one(here, one, step) for one in rows)
                rows = [other for other in others if other is not None]
        return list({row["id"]: row for row in rows}.values())

    def __str__(self) -> str:
        lines = []
        for table, rows in self.rows.items():
            lines += [f"{table} {_sparse(row)}" for row in rows] or [f"no {table}"]
        return "\n".join(lines)


def _sparse(row: Row) -> str:
    """A row without its NULLs, so that a failure can be read."""
    return " ".join(f"{name}={value!r}" for name, value in row.items() if value is not None)


def table_at(table: str, steps: Sequence[str]) -> str:
    """The name of the table that a path of relations leads to."""
    for step in steps:
        relation = TABLES[table].relations[step]
        table = relation.target if isinstance(relation, ToOne) else relation.source
    return table
