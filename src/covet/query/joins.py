"""Which tables does a query join, and under which names?"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import Any

from ..errors import QueryTooComplex
from ..schema.fields import Field
from ..schema.relations import ForeignKeyField
from ..schema.table import Table
from . import ast
from .ctes import Defined
from .paths import Path, Step, stored_in

MOST_JOINS = 60  # SQLite takes 64, MariaDB 61
LONGEST_ALIAS = 60


class Aliases:
    """The names of tables in one statement: a table's own, then numbered.

    Args:
        defined: the common table expressions of the statement.
    """

    def __init__(self, defined: Defined | None = None) -> None:
        self.taken: set[str] = set()
        self.defined = defined or Defined()

    def take(self, name: str) -> str:
        """A name for one more use of a table.

        Raises:
            QueryTooComplex: the statement has more tables than the databases take.
        """
        if len(self.taken) > MOST_JOINS:
            raise QueryTooComplex(f"A query joins more than {MOST_JOINS} tables")
        alias, n = name, 1
        while alias.lower() in self.taken:
            n += 1
            alias = f"{name[:50]}_{n}"
        self.taken.add(alias.lower())
        return alias


class Scope:
    """The tables of one SELECT.

    A relation to one row is joined once. A relation to many rows is joined once for each ``filter``
    call, as Django documents: conditions in one call are about the same related row.

    Args:
        table: the table that paths begin at.
        aliases: the names taken in the whole statement.
        alias: the name of that table in the query around this one, in a subquery about its rows.
    """

    def __init__(self, table: Table, aliases: Aliases, alias: str | None = None) -> None:
        self.table = table
        self.aliases = aliases
        self.alias = alias or aliases.take(table.name)
        self.joined: dict[Hashable, ast.Join] = {}
        self.chains: dict[str, frozenset[str]] = {self.alias: frozenset()}

    @property
    def of_rows(self) -> Scope:
        """What can be named inside of a function of many rows."""
        return self

    def column(
        self, path: Path, group: Hashable
    ) -> tuple[ast.Column | ast.Columns, frozenset[str]]:
        """The column, or the columns, at the end of a path, and the joins it goes through.

        Args:
            path: where it is.
            group: the filter call it belongs to; None takes any join that is there already.
        """
        alias = self.alias
        for step in path.steps:
            alias = self.join(alias, step, group)
        chain = self.chains[alias]
        return column(alias, path.field, self.may_miss(alias)), chain

    def join(self, alias: str, step: Step, group: Hashable) -> str:
        """The name of the table that a step leads to from another; joined if it is not yet."""
        key = (alias, step.field, step.reverse)
        full_key = (*key, group) if step.many else key
        found = self.joined.get(full_key)
        if found is None and step.many and group is None:
            found = next((j for k, j in self.joined.items() if k[:3] == key), None)  # type: ignore[index]
        if found is None:
            found = self.made(alias, step)
            self.joined[full_key] = found
        return found.alias

    def made(self, alias: str, step: Step, outer: bool = False) -> ast.Join:
        """The join of the table that a step leads to from another.

        Args:
            alias: the name of the other.
            step: the relation.
            outer: whether there may be no row even where the relation always has one.
        """
        field = step.field
        near: Any = field.target_field if step.reverse else field
        far: Any = field if step.reverse else field.target_field
        table = step.destination
        new = self.aliases.take(table.name)
        self.chains[new] = self.chains[alias] | {new}
        outer = outer or step.reverse or field.null or self.may_miss(alias)
        left = column(alias, near, self.may_miss(alias))
        return ast.Join(table, new, outer, left, column(new, far, outer))

    @property
    def meets_many(self) -> bool:
        """Whether a relation to many rows is joined, which has the filter call in its key."""
        return any(isinstance(key, tuple) and len(key) > 3 for key in self.joined)

    def columns(self, alias: str, fields: Iterable[Field[Any]], table: Table) -> list[ast.Column]:
        """Columns of a table."""
        misses = self.may_miss(alias)
        columns = []
        for field in fields:
            links, stored = stored_in(table.inherited.get(field, ()), field)
            columns.append(ast.Column(self.along(alias, links), stored, field.null or misses))
        return columns

    def along(self, alias: str, links: tuple[ForeignKeyField[Any], ...]) -> str:
        """The name of the table with the columns that a row inherits; joined if it is not yet.

        Where the row was reached from its parent, that is the parent.
        """
        for link in links:
            back: Any = next((j for j in self.joined.values() if j.alias == alias), None)
            is_back = back and back.left and back.left.field is link.target_field
            if is_back and back.right.field is link:
                alias = back.left.alias
            else:
                alias = self.join(alias, Step(link, reverse=False), None)
        return alias

    def may_miss(self, alias: str) -> bool:
        """Whether the joins up to here may find no row."""
        return any(j.alias == alias and j.outer for j in self.joined.values())

    def joins(self, needs: frozenset[str]) -> tuple[ast.Join, ...]:
        """The joins in order; those that the WHERE needs a row of are inner joins."""
        return tuple(
            replace(j, outer=j.outer and j.alias not in needs) for j in self.joined.values()
        )

    def join_own(self, source: ast.Source, alias: str, outer: bool, on: ast.Condition) -> None:
        """Join a table that the query has of its own."""
        self.joined["own", alias] = ast.Join(source, alias, outer, on=on)


def column(alias: str, field: Field[Any], misses: bool) -> ast.Column | ast.Columns:
    """A field as a table has it, whose rows may be missing: a column, or several."""
    members = field.members
    if len(members) == 1:
        return ast.Column(alias, field, field.null or misses)
    columns = tuple(ast.Column(alias, member, member.null or misses) for member in members)
    return ast.Columns(alias, columns, field, field.null or misses)
