"""How is said what is about tables without models?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..query import ast
from .text import SQL, clause, separated, sql

if TYPE_CHECKING:
    from .compiler import Compiler
    from .selects import SelectCompiler


OUTER = {
    "FULL": (
        "joins_fully",
        "Put together with union_all() what left_join() gives, and the rows of the other table "
        "for which ~Exists(…) is true.",
    ),
    "RIGHT": ("joins_from_right", "Begin with the other table, and use left_join()."),
}
"""Which dialects have these joins, and what the others do instead."""


def name(compiler: SelectCompiler, table: ast.Bare) -> str:
    """``"schema"."table"``"""
    return ".".join(compiler.name(part) for part in (table.schema, table.name) if part)


def table(compiler: SelectCompiler, source: ast.Bare, alias: str) -> SQL:
    """The table, and its alias where that is not its name."""
    full = name(compiler, source)
    return (full if alias == source.name else f"{full} AS {compiler.name(alias)}",)


def members(compiler: SelectCompiler, source: ast.Compound) -> SQL:
    """``SELECT … UNION SELECT …``, where each SELECT has an order and a slice of its own."""
    operator = f" {source.operator}{' ALL' if source.all else ''} "
    return separated(operator, (_member(compiler, each) for each in source.selects))


def _member(compiler: SelectCompiler, node: ast.Select) -> SQL:
    if not (node.order_by or node.limit or node.offset or node.ctes):
        return compiler.select(node)
    part = compiler.table(ast.Derived(node, named=True), "part")
    return sql("SELECT * FROM ", part)


def cte(compiler: SelectCompiler, node: ast.Cte) -> SQL:
    """``"tree" ("id", "depth") AS (SELECT …)``; a recursive one is a bare union."""
    table = node.select.table
    bare = node.recursive and isinstance(table, ast.Compound)
    text = members(compiler, table) if bare else compiler.select(node.select)  # type: ignore[arg-type]
    names = f" ({', '.join(map(compiler.name, node.columns))})" if node.columns else ""
    return sql(f"{compiler.name(node.name)}{names} AS (", text, ")")


def join(compiler: SelectCompiler, node: ast.JoinOn) -> SQL:
    """``LEFT JOIN … ON …``

    Raises:
        NotSupportedError: the database has no such join.
    """
    if node.kind in OUTER and not getattr(compiler.dialect, OUTER[node.kind][0]):
        raise compiler.dialect.unsupported(f"{node.kind} JOIN", OUTER[node.kind][1])
    return sql(
        f" {node.kind} JOIN ",
        compiler.table(node.table, node.alias),
        clause("ON", compiler.where(node.on)),
    )


def insert(compiler: Compiler, node: ast.InsertRows) -> SQL:
    """``INSERT INTO … VALUES …`` or ``INSERT INTO … SELECT …``, ``ON CONFLICT … RETURNING …``"""
    return sql(
        "INSERT INTO ",
        name(compiler, node.table),
        " ",
        _rows(compiler, node),
        _conflict(compiler, node),
        clause("RETURNING", compiler.outputs(node.returning) if node.returning else ()),
    )


def _rows(compiler: Compiler, node: ast.InsertRows) -> SQL:
    columns = sql("(", compiler.columns(node.fields), ") ")
    if isinstance(node.rows, ast.Select):
        if node.conflict is None:
            return sql(columns, compiler.select(node.rows))
        is_open = ast.contains(node.rows.outputs, ast.Everything)
        inner = compiler.select(node.rows) if is_open else compiler.numbered(node.rows)
        # Without a WHERE, SQLite would read ON CONFLICT as the condition of a join.
        rows = f") AS {compiler.name('rows')} WHERE 1 = 1"
        return sql(columns, "SELECT * FROM (", inner, rows)
    if not node.fields:
        return (compiler.dialect.default_values,)
    rows_of = (sql("(", separated(", ", map(compiler.expr, row)), ")") for row in node.rows)
    return sql(columns, "VALUES ", separated(", ", rows_of))


def _conflict(compiler: Compiler, node: ast.InsertRows) -> str:
    """What becomes of rows that are there already.

    Nothing is known of the columns: any of them may count up for a NULL.
    """
    if node.conflict is None:
        return ""
    target, updates = (
        [compiler.name(field.column) for field in fields]
        for fields in (node.conflict.target, node.conflict.updates)
    )
    some: Any = (*node.conflict.target, *node.fields)
    full = name(compiler, node.table)
    column, of_select = compiler.name(some[0].column), isinstance(node.rows, ast.Select)
    return compiler.dialect.on_conflict(full, column, target, updates, True, of_select)
