"""How is a statement said? The tree becomes SQL text with slots, by the dialect's answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..errors import CovetError, short
from ..query import ast
from ..query.joins import column
from ..schema.fields import Field
from ..schema.table import Table
from . import free
from .binding import as_it_is
from .dialects import Dialect
from .many import update_many
from .plan import Statement
from .selects import SelectCompiler, is_slice
from .text import SQL, Slot, clause, separated, sql


class Compiler(SelectCompiler):
    """Compiles statements for one dialect."""

    def compile(self, statement: ast.Statement) -> Statement:
        """The statement as text, ready for any values of its shape.

        Raises:
            QueryTooComplex: a condition nested deeper than the server's parser can take.
        """
        method = STATEMENTS.get(type(statement))
        if method is None:
            raise CovetError(f"The compiler does not know the statement {short(statement)}")
        return Statement(method(self, statement), self.dialect, bool(self.shared))

    # --- statements ----------------------------------------------------------------------------

    def insert(self, node: ast.Insert) -> SQL:
        """``INSERT INTO … VALUES … RETURNING …``"""
        rows = (
            sql("(", separated(", ", (self.stored(f, e) for f, e in pairs)), ")")
            for pairs in (zip(node.fields, row, strict=True) for row in node.rows)
        )
        values = (
            sql("(", self.columns(node.fields), ") VALUES ", separated(", ", rows))
            if node.fields
            else sql(self.dialect.default_values)
        )
        return sql(
            "INSERT INTO ",
            self.name(node.table.name),
            " ",
            values,
            self.conflict(node),
            self.returning(node.returning),
        )

    def insert_many(self, node: ast.InsertMany) -> SQL:
        """An INSERT of many rows: row by row, or one array for each column."""
        head = sql(
            "INSERT INTO ", self.name(node.table.name), " (", self.columns(node.fields), ") "
        )
        if self.dialect.bulk_insert_by_unnest:
            arrays = separated(", ", (self.array(n, f) for n, f in enumerate(node.fields)))
            body = sql("SELECT * FROM unnest(", arrays, ")")
        else:
            width = len(node.fields)
            row = [Slot(None, as_it_is, self.info(f).placeholder, f.sensitive) for f in node.fields]
            rows = (
                sql(
                    "(",
                    separated(
                        ", ", ((s._replace(place=r * width + n),) for n, s in enumerate(row))
                    ),
                    ")",
                )
                for r in range(node.rows)
            )
            body = sql("VALUES ", separated(", ", rows))
        return sql(head, body, self.conflict(node), self.returning(node.returning))

    def conflict(self, node: ast.Insert | ast.InsertMany) -> str:
        """``ON CONFLICT …``, what becomes of rows that are there already."""
        if node.conflict is None:
            return ""
        target, updates = (
            [self.name(field.column) for field in fields]
            for fields in (node.conflict.target, node.conflict.updates)
        )
        table, counter = node.table, node.table.auto_field
        known = (f for f in (*node.conflict.target, *table.local_fields) if not f.null)
        column = next((f for f in known if f is not counter), table.pk.members[0])
        return self.dialect.on_conflict(
            self.name(table.name), self.name(column.column), target, updates, column is counter
        )

    def array(self, index: int, field: Field[Any]) -> SQL:
        """A column's values as one array."""
        cast = self.info(field).cast
        return sql(Slot(index, as_it_is, f"{{p}}::{cast}[]", field.sensitive))

    def update(self, node: ast.Update) -> SQL:
        """``UPDATE … SET … WHERE …``"""
        if self.dialect.assigns_in_order:
            _check_order(node.assignments, self.dialect)
        assignments = (
            sql(self.name(a.field.column), " = ", self.stored(a.field, a.value))
            for a in node.assignments
        )
        return sql(
            "UPDATE ",
            self.changed(node.select),
            " SET ",
            separated(", ", assignments),
            self.those(node.select),
            clause("RETURNING", self.outputs(node.returning) if node.returning else ()),
        )

    def delete(self, node: ast.Delete) -> SQL:
        """``DELETE FROM … WHERE …``"""
        return sql(
            "DELETE FROM ",
            self.changed(node.select),
            self.those(node.select),
            clause("RETURNING", self.outputs(node.returning) if node.returning else ()),
        )

    def changed(self, select: ast.Select) -> str:
        """The name of the table whose rows an UPDATE or a DELETE is about."""
        if isinstance(select.table, ast.Bare):
            return free.name(self, select.table)
        return self.name(_changed(select).name)

    def those(self, select: ast.Select) -> SQL:
        """Which rows an UPDATE or DELETE changes: ``WHERE …``, and where it can, ``LIMIT …``"""
        if select.limit is None or select.offset is not None or not self.dialect.limits_changes:
            return clause("WHERE", self.rows_of(select))
        if select.joins or select.group_by or _has_subquery(select.where):
            return clause("WHERE", self.rows_of(select))
        order = separated(", ", map(self.order_term, select.order_by))
        return sql(
            clause("WHERE", self.where(select.where)),
            clause("ORDER BY", order),
            self.window(select),
        )

    def rows_of(self, select: ast.Select, table: str = "") -> SQL:
        """The condition of an UPDATE or DELETE; by key in a subquery where it joins tables.

        MySQL cannot read the table that it changes, except through a derived table. Another table
        in the statement may have columns of the same names; then it says which, with a dot.
        """
        if isinstance(select.table, ast.Bare):
            return self.where(select.where)
        pk: Any = _changed(select).pk
        above = _key_above(select)
        if above is not None:
            pk = above.field.target_field
        elif not (
            select.joins or select.group_by or _has_subquery(select.where) or is_slice(select)
        ):
            return self.where(select.where)
        members = pk.members
        key = ast.flat([above or column(select.alias, pk, False)])
        inner = self.numbered(replace(select, outputs=key))
        names = separated(", ", ((self.name(f"c{n}"),) for n in range(len(members))))
        columns = separated(", ", ((table + self.name(member.column),) for member in members))
        return sql(
            columns if len(members) == 1 else sql("(", columns, ")"),
            " IN (SELECT ",
            names,
            " FROM (",
            inner,
            f") AS {self.name('found')})",
        )

    def returning(self, fields: tuple[Field[Any], ...]) -> SQL:
        """``RETURNING …``"""
        return clause("RETURNING", self.columns(fields)) if fields else ()

    def columns(self, fields: tuple[Field[Any], ...]) -> SQL:
        """Columns by their bare names."""
        return separated(", ", ((self.name(field.column),) for field in fields))


STATEMENTS: dict[type, Callable[[Compiler, Any], SQL]] = {
    ast.Select: Compiler.select,
    ast.Ranked: Compiler.ranked,
    ast.CountRows: Compiler.count_rows,
    ast.Insert: Compiler.insert,
    ast.InsertMany: Compiler.insert_many,
    ast.InsertRows: free.insert,
    ast.Update: Compiler.update,
    ast.UpdateMany: update_many,
    ast.Delete: Compiler.delete,
}


def compiled(statement: ast.Statement, dialect: Dialect) -> Statement:
    """A statement as text of a dialect, ready for any values of its shape.

    Raises:
        QueryTooComplex: a condition nested deeper than the server's parser can take.
        NotSupportedError: the database has no way to say it.
    """
    return Compiler(dialect).compile(statement)


def _check_order(assignments: tuple[ast.Assignment, ...], dialect: Dialect) -> None:
    """Refuse an assignment that reads a column which an earlier one has changed by then.

    Raises:
        NotSupportedError: naming both.
    """
    changed: set[str] = set()
    for assignment in assignments:
        for node in ast.walk(assignment.value, deep=True):
            if isinstance(node, ast.Column) and node.field.name in changed:
                raise dialect.unsupported(
                    f"way to set {assignment.field.name} from the old {node.field.name} in the "
                    "statement that changes it too",
                    "Make two updates of it, the one that reads first.",
                )
        changed.add(assignment.field.name)


def _changed(select: ast.Select) -> Table:
    """The table whose rows an UPDATE or a DELETE is about."""
    key = _key_above(select)
    table = select.table if key is None else key.field.target
    assert isinstance(table, Table)
    return table


def _key_above(select: ast.Select) -> Any:
    """The key that points to the rows of a parent, if an UPDATE or a DELETE is about those."""
    return select.outputs[0] if select.outputs else None


def _has_subquery(condition: ast.Condition | None) -> bool:
    return ast.contains(condition, (ast.Exists, ast.InSelect, ast.Scalar))
