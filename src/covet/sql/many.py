"""How does one UPDATE give each of many rows values of its own? It joins them as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..query import ast
from ..schema.fields import Field
from .binding import as_it_is
from .text import SQL, Slot, clause, separated, sql

if TYPE_CHECKING:
    from .compiler import Compiler


def update_many(compiler: Compiler, node: ast.UpdateMany) -> SQL:
    """``UPDATE … SET a = given.column2 FROM (VALUES …) AS given WHERE id = given.column1 …``

    Of MariaDB's texts the same as a join. A ``CASE`` with a branch for each row takes two to five
    times as long, and each statement of it has a text of its own length on PostgreSQL too.
    """
    table: Any = node.select.table
    name = compiler.name(table.name)
    given = compiler.name("given" if table.name != "given" else "given_values")
    fields = (*table.pk.members, *node.fields)
    values = [(f"{given}.{compiler.name(f'column{n}')}",) for n in range(1, len(fields) + 1)]
    width = len(table.pk.members)
    same = separated(
        " AND ",
        (
            sql(left, " = ", right)
            for left, right in (
                compiler.dialect.sides((_column(compiler, name, field),), field, value, field)
                for field, value in zip(table.pk.members, values[:width], strict=True)
            )
        ),
    )
    condition = compiler.rows_of(node.select, f"{name}.")
    by_join = compiler.dialect.updates_by_join
    prefix = f"{name}." if by_join else ""
    changes = separated(
        ", ",
        (
            sql(prefix, compiler.name(field.column), " = ", value)
            for field, value in zip(node.fields, values[width:], strict=True)
        ),
    )
    joined = sql(_given(compiler, node, fields), " AS ", given)
    if by_join:
        head = sql("UPDATE ", name, " INNER JOIN ", joined, " ON ", same, " SET ", changes)
        return sql(head, clause("WHERE", condition))
    if compiler.dialect.bulk_insert_by_unnest:
        names = (compiler.name(f"column{n}") for n in range(1, len(fields) + 1))
        joined = sql(joined, f"({', '.join(names)})")
    rest = sql(" AND (", condition, ")") if condition else ()
    return sql("UPDATE ", name, " SET ", changes, " FROM ", joined, " WHERE ", same, rest)


def _column(compiler: Compiler, table: str, field: Field[Any]) -> str:
    return f"{table}.{compiler.name(field.column)}"


def _given(compiler: Compiler, node: ast.UpdateMany, fields: tuple[Field[Any], ...]) -> SQL:
    """The values as a table: one array a column, or row by row."""
    if compiler.dialect.bulk_insert_by_unnest:
        arrays = (compiler.array(node.start + n, field) for n, field in enumerate(fields))
        return sql("unnest(", separated(", ", arrays), ")")
    rows = []
    for row in range(node.rows):
        start = node.start + row * len(fields)
        slots = (
            sql(Slot(start + n, as_it_is, compiler.info(field).placeholder, field.sensitive))
            for n, field in enumerate(fields)
        )
        rows.append(_row(compiler, tuple(slots), is_first=row == 0))
    if compiler.dialect.updates_by_join:
        return sql("(", separated(" UNION ALL ", rows), ")")
    return sql("(VALUES ", separated(", ", rows), ")")


def _row(compiler: Compiler, slots: tuple[SQL, ...], is_first: bool) -> SQL:
    if not compiler.dialect.updates_by_join:
        return sql("(", separated(", ", slots), ")")
    if is_first:
        slots = tuple(
            sql(slot, " AS ", compiler.name(f"column{n}")) for n, slot in enumerate(slots, 1)
        )
    return sql("SELECT ", separated(", ", slots))
