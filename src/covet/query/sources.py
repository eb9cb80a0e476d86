"""Which tables and columns do the names in a spec mean?"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Self

from ..errors import FieldError, short
from ..expressions.ctes import With
from . import ast, json
from .conditions import Ask, Conditions
from .ctes import Defined, Definition, Joined, Labelled, columns_of, labelled
from .deriving import without_hidden
from .joins import Aliases, Scope
from .operands import Operand
from .parts import At
from .spec import QuerySpec


class Sources(ABC):
    """The tables of a spec under their names, and what its paths mean.

    Args:
        spec: what is asked.
        ask: what resolves a query inside of it.
        asked: the call that the user wrote, for messages.
        base: where its values begin among those of the statement.
        aliases: the names taken in the statement so far.
        outer: the conditions and the tables of the query around it.
        unfinished: whether it may yet be put into another query.
    """

    def __init__(
        self,
        spec: QuerySpec,
        ask: Ask | None,
        asked: str | None = None,
        *,
        base: int = 0,
        aliases: Aliases | None = None,
        outer: tuple[Conditions, Scope] | None = None,
        unfinished: bool = False,
    ) -> None:
        self.recurring: tuple[With, str] | None = None
        self.spec = spec
        self.asked = asked
        self.base = base
        self.aliases = aliases or Aliases(Defined(spec.table))
        self.source: ast.Source = spec.table
        alias = None
        if spec.origin is not None:
            alias = self.aliases.take(spec.origin.name)
        elif spec.combined is not None:
            alias = self.aliases.take("rows")
        self.scope = Scope(spec.table, self.aliases, alias)
        self.conditions = Conditions(
            asked,
            spec.annotations,
            self.scope,
            base=base,
            outer=outer,
            ask=ask,
            unfinished=unfinished,
        )
        self.ctes = tuple(map(self._defined, spec.ctes))
        self.columns: tuple[Labelled, ...] = ()
        if spec.origin is not None:
            name, self.columns = self._known(spec.origin)
            self.source = ast.CteRef(name)
            self.conditions.outputs = columns_of(self.scope.alias, self.columns, False)
        for own in spec.beside:
            self._join(own)

    @abstractmethod
    def select(self, marked: bool = False) -> ast.Select:
        """The SELECT of the rows."""

    def value(self, path: str) -> Operand:
        """What a path names; a lookup at its end is an error."""
        found, lookup = self.conditions.value(path, self.scope, None, self.asked)
        last = path.rpartition("__")[2]
        if json.is_json(found):
            return json.key_at_end(found, path, lookup)
        if lookup != "exact" or (last == "exact" and last != found.field.name):
            raise FieldError(
                f"{short(path)} names a lookup where a field is wanted", asked=self.asked
            )
        return found

    # --- tables of its own ---------------------------------------------------------------------

    def _defined(self, definition: Definition) -> ast.Cte:
        """The definition of a common table expression."""
        table, defined = definition.table, self.aliases.defined
        assert table.query is not None
        spec = table.query.spec
        name = defined.name_for(table)
        resolver = self._inside(spec, definition.start)
        if table.is_recursive:
            resolver.recurring = (table, name)
        select = self._shown(resolver.select())
        columns = labelled(spec, select)
        defined.add(table, name, columns)
        names = tuple(column.name for column in columns)
        return ast.Cte(name, names, replace(select, lock=None), table.is_recursive)

    def _shown(self, select: ast.Select) -> ast.Select:
        """A query inside of this one, with no more columns than it shows."""
        return without_hidden(select, self.aliases.take("part")) if select.hidden else select

    def _inside(
        self, spec: QuerySpec, start: int, outer: tuple[Conditions, Scope] | None = None
    ) -> Self:
        """The resolver of a query that stands in this one.

        Args:
            spec: what it asks.
            start: where its values begin among those of this one.
            outer: the conditions and the tables that it sees; else it sees what this one does.
        """
        aliases = Aliases(self.aliases.defined)
        aliases.taken |= self.aliases.taken
        return type(self)(
            spec,
            self.conditions.ask,
            self.asked,
            base=self.base + start,
            aliases=aliases,
            outer=outer or self.conditions.outer,
            unfinished=self.conditions.unfinished,
        )

    def _known(self, table: With) -> tuple[str, tuple[Labelled, ...]]:
        """The name and the columns of a common table expression.

        Raises:
            FieldError: no query around defines it.
        """
        found = self.aliases.defined.found.get(table)
        if found is not None:
            return found
        if not self.conditions.unfinished:
            raise FieldError(
                f"{table!r} is not defined here",
                fix=f"Add .with_cte({table.name}) to the query, or to one around it.",
            )
        if table.query is None:
            return table.name, ()
        self._inside(QuerySpec(table.query.spec.table).defining([table]), 0)
        return self.aliases.defined.found.pop(table)

    def _join(self, own: Joined) -> None:
        """Join a query as a table."""
        table = own.table
        alias = self.aliases.take(table.name)
        source: ast.Source
        if isinstance(table, With):
            name, columns = self._known(table)
            source = ast.CteRef(name)
        else:
            assert table.query is not None
            around = (self.conditions, self.scope)
            select = self._shown(self._inside(table.query.spec, own.start, around).select())
            columns = labelled(table.query.spec, select)
            source = ast.LateralSelect(select, tuple(column.name for column in columns))
        self.scope.chains[alias] = frozenset({alias})
        known = columns_of(alias, columns, own.outer)
        self.conditions.own[table] = known if columns else None
        condition: ast.Condition = ast.Truth(True)
        if own.condition.children:
            at = At(own.condition_start + self.base, self.scope, None)
            condition = self.conditions.rowwise(own.condition, at)
        self.scope.join_own(source, alias, own.outer, condition)
