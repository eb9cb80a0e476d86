"""What do rows give that are changed or deleted, and which statement gives it?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ..errors import FieldError, short
from ..expressions import Q
from ..query import ast, resolve, writes
from ..query.loading import EVERYTHING
from ..query.reach import by_nobody, is_plain
from ..query.spec import INSTANCES, Output, QuerySpec
from ..query.writes import Assigned
from ..schema.record import Record
from ..schema.table import Table
from ..sql.compiler import compiled
from ..sql.dialects import Dialect
from .loader import loader
from .locks import locking_own
from .named import row_class
from .plans import ReadPlan, planned


class Wanted:
    """What ``returning()`` was asked for: instances, or some of their fields.

    Args:
        spec: the query.
        fields: names of fields; none for instances.

    Raises:
        UnknownField: a name that the model does not have.
        FieldError: a field of another table.
    """

    def __init__(self, spec: QuerySpec, fields: tuple[str, ...]) -> None:
        table = spec.table
        shown = f"returning({', '.join(map(short, fields))})"
        for name in fields:
            if not isinstance(name, str):
                raise FieldError(f"returning() takes names of fields, not {short(name)}")
        self.fields = fields
        self.output = Output("list", fields) if fields else INSTANCES
        resolve.check_outputs(QuerySpec(table), fields, shown)
        for name in fields:
            if name not in table.names:
                raise FieldError(
                    f"{name!r} is no field of {table.model_name} itself",
                    asked=shown,
                    fix=f"Choices: {', '.join(field.name for field in table.declared)}.",
                )
        loading = EVERYTHING if fields else spec.loading
        self._plain = QuerySpec(table).ordered(()).with_loading(loading)
        self.outputs = self._plain.giving(self.output)

    def of_keys(self, keys: Sequence[Any]) -> QuerySpec:
        """The query for what is wanted of rows with these keys."""
        return self.outputs.where(Q(pk__in=list(keys)))

    def rows_of(self, keys: Sequence[Any]) -> QuerySpec:
        """The query for the rows with these keys, whatever else was asked."""
        return self._plain.where(Q(pk__in=list(keys)))

    def locked(self, spec: QuerySpec, dialect: Dialect) -> QuerySpec:
        """The query for what is wanted of the rows of another; fields have the key behind them."""
        own = spec.with_related(()).with_loading(self._plain.loading)
        if self.fields:
            own = own.giving(Output("list", (*self.fields, "pk")))
        return locking_own(own, dialect)

    def apart(self, rows: list[Any]) -> tuple[list[Any], list[Any]]:
        """The rows of ``locked()`` and their keys."""
        if not self.fields:
            return rows, [row.pk for row in rows]
        return [row[:-1] for row in rows], [row[-1] for row in rows]

    def given(self, rows: list[Any]) -> list[Any]:
        """What the user gets for rows."""
        return list(map(row_class(self.fields), rows)) if self.fields else rows


def updates_natively(spec: QuerySpec, dialect: Dialect) -> bool:
    """Whether one UPDATE changes a query's rows and gives them."""
    return dialect.returning_on_update and not spec.table.parents and not spec.is_changed_by_keys


def deletes_natively(
    spec: QuerySpec, dialect: Dialect, observed: Callable[[type[Record]], bool] = by_nobody
) -> bool:
    """Whether one DELETE does it: nothing hangs on them, and nobody is told of them."""
    plain = is_plain(spec.table, observed) and not spec.is_changed_by_keys
    return dialect.returning_on_delete and plain


def check_keys_stay(table: Table, written: Assigned, dialect: Dialect) -> None:
    """Refuse to change keys where rows have to be found again by them.

    Raises:
        NotSupportedError: one would be.
    """
    keys = {member for part in table.parts for member in part.pk.members}
    for field in written.fields:
        if field in keys:
            raise dialect.unsupported(
                f"UPDATE … RETURNING, by which rows could be given whose {field.name} changes",
                "Update without returning().",
            )


def update_plan(
    model: type[Record], spec: QuerySpec, written: Assigned, wanted: Wanted, dialect: Dialect
) -> ReadPlan:
    """The plan of an ``UPDATE … RETURNING``; it binds as an UPDATE's."""
    key = (dialect, "update returning", spec.window, spec.key, written.key, wanted.outputs.key)
    return _plan(model, key, wanted, dialect, lambda: writes.update(spec, written))


def delete_plan(model: type[Record], spec: QuerySpec, wanted: Wanted, dialect: Dialect) -> ReadPlan:
    """The plan of a ``DELETE … RETURNING``; it binds as a DELETE's."""
    key = (dialect, "delete returning", spec.window, spec.key, wanted.outputs.key)
    return _plan(model, key, wanted, dialect, lambda: writes.delete(spec))


def _plan(
    model: type[Record],
    key: tuple[Any, ...],
    wanted: Wanted,
    dialect: Dialect,
    make: Callable[[], ast.Update | ast.Delete],
) -> ReadPlan:
    plan: ReadPlan | None = model._plans.get(key)
    if plan is None:
        select: Any = resolve.select(wanted.outputs)
        statement = compiled(replace(make(), returning=select.outputs), dialect)
        load = loader(model, wanted.output, select, dialect)
        plan = planned(model, key, lambda: ReadPlan(statement, load))
    return plan
