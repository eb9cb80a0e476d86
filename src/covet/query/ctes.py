"""Which tables of its own does a query have, and what are their columns called?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from ..errors import FieldError, UnknownField
from ..expressions import Q
from ..expressions.ctes import OwnColumn, OwnTable, With
from ..schema.table import Table
from . import ast
from .combined import labels
from .operands import Operand
from .types import ANY

if TYPE_CHECKING:
    from .spec import QuerySpec

Columns = dict[str, Operand]
"""What can be named of a table, by the names of its columns."""


class Definition(NamedTuple):
    """One ``with_cte()``: the expression, and where the values of its query begin."""

    table: With
    start: int


class Joined(NamedTuple):
    """One join of a query that is used as a table.

    Attributes:
        table: the query.
        condition: which rows belong together.
        outer: whether rows that none belongs to are kept.
        start: where the values begin: of a lateral query its own, then those of the condition.
    """

    table: OwnTable
    condition: Q
    outer: bool
    start: int

    @property
    def condition_start(self) -> int:
        """Where the values of the condition begin."""
        own = 0 if isinstance(self.table, With) else len(self.table.shape.values)
        return self.start + own


class Defined:
    """The common table expressions of a statement, as far as they are known.

    Args:
        table: the table that the statement is about; None for one without models.
    """

    def __init__(self, table: Table | None = None) -> None:
        self.table = table
        self.found: dict[With, tuple[str, tuple[Labelled, ...]]] = {}

    def name_for(self, table: With) -> str:
        """What it is called in the SQL.

        Raises:
            FieldError: another one is called so.
        """
        name = f"{table.name}_cte" if self._is_of_a_model(table.name) else table.name
        if any(name.lower() == other.lower() for other, _ in self.found.values()):
            raise FieldError(
                f"Two queries of one statement are called {table.name!r}",
                fix='Give one another name: With(queryset, name="…").',
            )
        return name

    def _is_of_a_model(self, name: str) -> bool:
        """Whether a table of a model that the statement may have to do with is called so."""
        if self.table is None:
            return False
        registry = self.table.registry
        models = () if registry is None else registry.models.values()
        tables = [self.table, *(model._table for model in models)]
        return any(table.name.lower() == name.lower() for table in tables)

    def add(self, table: With, name: str, columns: tuple[Labelled, ...]) -> None:
        """Make it known, with its columns."""
        self.found[table] = (name, columns)


class Labelled(NamedTuple):
    """A column of a query that is used as a table.

    Attributes:
        name: its name in the SQL.
        labels: what it can be called: a field by its name and by that of its attribute.
        expr: what it is there.
    """

    name: str
    labels: tuple[str, ...]
    expr: ast.Expr


def labelled(spec: QuerySpec, select: ast.Select) -> tuple[Labelled, ...]:
    """The columns of a query, with names that differ."""
    taken: set[str] = set()
    found: list[Labelled] = []
    for names, expr in zip(labels(spec, select), select.outputs, strict=False):
        name = base = names[0][:50]
        n = 1
        while name.lower() in taken:
            n += 1
            name = f"{base}_{n}"
        taken.add(name.lower())
        found.append(Labelled(name, names, expr))
    return tuple(found)


def columns_of(alias: str, columns: Iterable[Labelled], misses: bool) -> Columns:
    """What the columns can be called, where the table has an alias."""
    found: Columns = {}
    for column in columns:
        field = column.expr.field or ANY
        output = ast.Output(alias, column.name, field, column.expr.nullable or misses)
        for label in column.labels:
            found.setdefault(label, Operand(output, field, frozenset({alias})))
    return found


def column_of(
    table: OwnTable, name: str, columns: Mapping[str, Operand] | None, expression: OwnColumn
) -> Operand:
    """What a column stands for, where its table is joined.

    Raises:
        FieldError: it is not.
        UnknownField: it has no such column.
    """
    if columns is None:
        raise FieldError(
            f"{expression!r} belongs to {table!r}, which is not joined here",
            fix=f"Begin with {table.name}.join(Model, …), or with {table.name}.queryset().",
        )
    found = columns.get(name)
    if found is None:
        raise UnknownField(table.name, name, [*columns])
    return found
