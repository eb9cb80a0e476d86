"""What does a name mean in a query on tables without models?"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from ...errors import FieldError
from ...expressions import Expression, F, FieldRef, Window
from ...schema.table import Table
from .. import ast
from ..conditions import Conditions
from ..joins import Aliases, Scope
from ..operands import Operand
from ..parts import At
from ..paths import Path
from .names import AnyColumn, apart, checked_name


class FreeScope(Scope):
    """The tables of one SELECT, by the names that the user gave them.

    Attributes:
        tables: what each of them is called in the statement, where a name can be taken already.
        outputs: what the query gives under a name of its own, as far as that may stand here.
    """

    def __init__(self, aliases: Aliases) -> None:
        self.aliases = aliases
        self.table: Any = None  # no model's
        self.joined: dict[Hashable, ast.Join] = {}
        self.tables: dict[str, str] = {}
        self.outputs: Mapping[str, Operand] = {}

    def add(self, name: str, alias: str | None = None, asked: str | None = None) -> str:
        """One more table; what it is called in the statement.

        Args:
            name: what the user calls it.
            alias: what it is called there, where that is settled.
            asked: the call that the user wrote.

        Raises:
            FieldError: another table has that name.
        """
        if name in self.tables:
            raise FieldError(
                f"Two tables of the query are called {name!r}",
                asked=asked,
                fix=f'Give this one a name of its own: join("{name}", "other", on=…).',
            )
        if not self.tables:
            self.main = name
        self.tables[name] = alias or self.aliases.take(name)
        return self.tables[name]

    def naming(self, outputs: Mapping[str, Operand]) -> FreeScope:
        """The same tables where names of what the query gives come first."""
        scope = FreeScope(self.aliases)
        scope.main, scope.tables, scope.outputs = self.main, self.tables, outputs
        return scope

    @property
    def of_rows(self) -> FreeScope:
        """Inside of a function of many rows, only columns can be named."""
        return self.naming({}) if self.outputs else self

    def known(self, table: str | None, asked: str | None) -> tuple[str, str]:
        """A table by the user's name, the first one without any, and its name in the statement.

        Raises:
            FieldError: the query has no such table.
        """
        name = self.main if table is None else table
        if name not in self.tables:
            raise FieldError(
                f"The query has no table {name!r}",
                asked=asked,
                possible=list(self.tables),
                fix=f"Tables: {', '.join(self.tables)}. Add it with join({name!r}, on=…).",
            )
        return name, self.tables[name]


class FreeConditions(Conditions):
    """Resolves conditions and expressions that name columns as SQL does: ``title``, ``p.title``."""

    def value(
        self, path: str, scope: Scope, group: Hashable, asked: str | None = None
    ) -> tuple[Operand, str]:
        """What a name stands for: something that the query gives, or a column; and the lookup.

        Raises:
            FieldError: what stands there is no name.
            UnknownLookup: what stands behind the name is no lookup.
        """
        assert isinstance(scope, FreeScope)
        asked = asked or self.asked
        table, rest = apart(path, "a column", asked)
        name, *words = rest.split("__")
        found = scope.outputs.get(name) if table is None else None
        if found is None:
            found = self.column(name, table, scope, asked)
        said = (table or scope.main, name, asked)
        return self._behind(found, words, said, At(0, scope, group))

    @staticmethod
    def column(name: str, table: str | None, scope: FreeScope, asked: str | None) -> Operand:
        """A column of a table."""
        checked_name(name, "a column", asked)
        known, alias = scope.known(table, asked)
        field = AnyColumn(known, name)
        return Operand(ast.Column(alias, field, True), field, ast.NOWHERE)

    def check_owner(self, f: F[Any], table: Table) -> None:
        """Refuse a field of a model, whose column may be called otherwise.

        Raises:
            FieldError: it is one.
        """
        if isinstance(f, FieldRef):
            raise FieldError(
                f"{f!r} belongs to a model, and this query is about tables",
                asked=self.asked,
                fix="Name the column: F('table.column').",
            )

    def elsewhere(self, expression: Expression[Any]) -> str:
        """Where a function of many rows belongs that cannot stand here, for messages."""
        if isinstance(expression, Window):
            return (
                'Give it a name in a query of its own, and ask that: Query(query, "rows").where(…).'
            )
        return "A condition on groups goes into having(…)."

    def _paths(self, part: Any, table: Table) -> list[Path]:
        """No name here leads to another table by itself."""
        return []

    def _with_many(self, q: Any, table: Table) -> set[int]:
        """Nor to several rows of one."""
        return set()
