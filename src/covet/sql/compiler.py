"""How is a statement said? The tree becomes SQL text with slots, by the dialect's answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from ..errors import CovetError, short
from ..query import ast
from ..query.joins import column
from ..query.types import compared, family
from ..schema.fields import Field
from ..schema.table import Table
from .binding import as_it_is, column_of, item_of, keys_of, members_of, part_of, rounded
from .dialects import Dialect
from .many import update_many
from .plan import Statement
from .text import SQL, Bind, ListSlot, Slot, clause, separated, sql
from .types import binder, type_info

Node = TypeVar("Node")

WIDEST_GROUP = 500
"""SQLite reads ``a OR b OR …`` as a tree that leans to the left, and takes one 1000 levels high."""


class Compiler:
    """Compiles statements for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def compile(self, statement: ast.Statement) -> Statement:
        """The statement as text, ready for any values of its shape.

        Raises:
            QueryTooComplex: a condition nested deeper than the server's parser can take.
        """
        method = STATEMENTS.get(type(statement))
        if method is None:
            raise CovetError(f"The compiler does not know the statement {short(statement)}")
        return Statement(method(self, statement), self.dialect)

    # --- statements ----------------------------------------------------------------------------

    def select(self, node: ast.Select) -> SQL:
        """``SELECT … FROM … WHERE … ORDER BY … LIMIT …``"""
        return sql(self.head(node), self.outputs(node.outputs), self.tail(node), self.lock(node))

    def count_rows(self, node: ast.CountRows) -> SQL:
        """``SELECT COUNT(*)``, of a subquery where the rows are distinct or a slice."""
        inner = node.select
        if inner.distinct or inner.limit is not None or inner.offset is not None:
            return sql("SELECT COUNT(*) FROM (", self.numbered(inner), ") AS ", self.name("rows"))
        return sql("SELECT COUNT(*)", self.rows(inner))

    def ranked(self, node: ast.Ranked) -> SQL:
        """``SELECT … FROM (SELECT …, ROW_NUMBER() OVER (PARTITION BY key …)) WHERE place <= …``"""
        inner = node.select
        owner = separated(", ", map(self.expr, inner.outputs[-inner.keyed :]))
        order = separated(", ", map(self.order_term, node.order_by))
        place = self.name("place")
        counted = sql(
            ", ROW_NUMBER() OVER (PARTITION BY ", owner, " ORDER BY ", order, ") AS ", place
        )
        bounds = [
            sql(place, f" {operator} ", self.expr(bound))
            for operator, bound in ((">", node.low), ("<=", node.high))
            if bound is not None
        ]
        columns = ((self.name(f"c{n}"),) for n in range(len(inner.outputs)))
        return sql(
            "SELECT ",
            separated(", ", columns),
            sql(" FROM (", self.head(inner), self.numbers(inner), counted, self.tail(inner)),
            f") AS {self.name('ranked')}",
            clause("WHERE", separated(" AND ", bounds)),
            f" ORDER BY {place}",
        )

    def numbered(self, node: ast.Select) -> SQL:
        """A SELECT as a derived table, whose columns must have names that differ."""
        named = self.numbers(node) if node.outputs else sql("1 AS ", self.name("c0"))
        return sql(self.head(node), named, self.tail(node))

    def numbers(self, node: ast.Select) -> SQL:
        """The outputs of a SELECT, named by their numbers."""
        outputs = (
            sql(self.output(_unnamed(expr)), " AS ", self.name(f"c{n}"))
            for n, expr in enumerate(node.outputs)
        )
        return separated(", ", outputs)

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
            "INSERT INTO ", self.name(node.table.name), " ", values, self.returning(node.returning)
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
            row = [Slot(None, as_it_is, self.info(f).placeholder) for f in node.fields]
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

    def conflict(self, node: ast.InsertMany) -> str:
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
        return sql(Slot(index, as_it_is, f"{{p}}::{self.info(field).cast}[]"))

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
            self.name(_changed(node.select).name),
            " SET ",
            separated(", ", assignments),
            self.those(node.select),
            clause("RETURNING", self.outputs(node.returning) if node.returning else ()),
        )

    def delete(self, node: ast.Delete) -> SQL:
        """``DELETE FROM … WHERE …``"""
        return sql(
            "DELETE FROM ",
            self.name(_changed(node.select).name),
            self.those(node.select),
            clause("RETURNING", self.outputs(node.returning) if node.returning else ()),
        )

    # --- clauses -------------------------------------------------------------------------------

    def head(self, node: ast.Select) -> str:
        """``SELECT`` or ``SELECT DISTINCT``."""
        return "SELECT DISTINCT " if node.distinct and not _is_random(node) else "SELECT "

    def tail(self, node: ast.Select) -> SQL:
        """What stands behind the outputs: ``FROM … WHERE … ORDER BY … LIMIT …``"""
        return sql(
            self.rows(node),
            clause("GROUP BY", self.grouped(node)),
            clause("ORDER BY", separated(", ", map(self.order_term, node.order_by))),
            self.window(node),
        )

    def rows(self, node: ast.Select) -> SQL:
        """Which rows: ``FROM … JOIN … WHERE …``"""
        return sql(
            " FROM ",
            self.table(node.table, node.alias),
            *(self.join(join) for join in node.joins),
            clause("WHERE", self.where(node.where)),
        )

    def outputs(self, outputs: tuple[ast.Expr, ...]) -> SQL:
        """What is selected; ``1`` where only the existence of rows is asked."""
        return separated(", ", map(self.output, outputs)) if outputs else ("1",)

    def output(self, node: ast.Expr) -> SQL:
        """One output, with its name where it has one."""
        inner = _unnamed(node)
        text = self.expr(inner)
        if isinstance(inner, ast.Param):
            text = self.dialect.selected(text, inner.field)
        return sql(text, " AS ", self.name(node.name)) if isinstance(node, ast.Named) else text

    def grouped(self, node: ast.Select) -> SQL:
        """What makes rows distinct that come in random order, by which DISTINCT cannot order."""
        if not (node.distinct and _is_random(node)):
            return ()
        return separated(", ", map(self.expr, node.outputs))

    def table(self, table: Table | None, alias: str) -> str:
        """A table and its alias, where that is not its name."""
        if table is None:
            return f"(SELECT 1) AS {self.name('row')}"
        name = self.name(table.name)
        return name if alias == table.name else f"{name} AS {self.name(alias)}"

    def join(self, node: ast.Join) -> SQL:
        """``INNER JOIN … ON …`` or ``LEFT JOIN … ON …``"""
        return sql(
            " LEFT JOIN " if node.outer else " INNER JOIN ",
            self.table(node.table, node.alias),
            " ON ",
            separated(
                " AND ",
                (sql(self.column(one), " = ", self.column(other)) for one, other in node.pairs),
            ),
        )

    def where(self, condition: ast.Condition | None) -> SQL:
        """The condition behind WHERE, without brackets round the whole."""
        if condition is None:
            return ()
        self.dialect.check_depth(condition.depth)
        return self.condition(condition)

    def those(self, select: ast.Select) -> SQL:
        """Which rows an UPDATE or DELETE changes: ``WHERE …``, and where it can, ``LIMIT …``"""
        if select.limit is None or select.offset is not None or not self.dialect.limits_changes:
            return clause("WHERE", self.rows_of(select))
        if select.joins or _has_subquery(select.where):
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
        pk: Any = _changed(select).pk
        above = _key_above(select)
        if above is not None:
            pk = above.field.target_field
        elif not (select.joins or _has_subquery(select.where) or _is_slice(select)):
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

    def order_term(self, node: ast.OrderTerm) -> SQL:
        """One term of ORDER BY; says where NULLs go only where the database would differ."""
        if isinstance(node.expr, ast.Random):
            return (self.dialect.random,)
        expr = self.dialect.comparable(self.expr(node.expr), node.expr.field)
        usual = node.descending != self.dialect.nulls_are_smallest
        nulls_first = (
            None if node.nulls_first == usual or not node.expr.nullable else node.nulls_first
        )
        return self.dialect.order_term(expr, node.descending, nulls_first)

    def window(self, node: ast.Select) -> SQL:
        """``LIMIT … OFFSET …``"""
        if node.limit is None and node.offset is None:
            return ()
        limit: SQL = self.expr(node.limit) if node.limit is not None else (self.dialect.limit_all,)
        return sql(
            clause("LIMIT", limit if limit != ("",) else ()),
            clause("OFFSET", self.expr(node.offset) if node.offset is not None else ()),
        )

    def lock(self, node: ast.Select) -> SQL:
        """``FOR UPDATE OF … NOWAIT``; nothing where the database locks no rows.

        Raises:
            NotSupportedError: the database cannot lock rows in this way.
        """
        if node.lock is None or not self.dialect.locks_rows:
            return ()
        self.dialect.check_lock(node)
        return sql(
            f" FOR {node.lock.strength}",
            clause("OF", separated(", ", ((self.name(table),) for table in node.lock.tables))),
            f" {node.lock.wait}" if node.lock.wait else "",
        )

    def returning(self, fields: tuple[Field[Any], ...]) -> SQL:
        """``RETURNING …``"""
        return clause("RETURNING", self.columns(fields)) if fields else ()

    def columns(self, fields: tuple[Field[Any], ...]) -> SQL:
        """Columns by their bare names."""
        return separated(", ", ((self.name(field.column),) for field in fields))

    # --- conditions ----------------------------------------------------------------------------

    def condition(self, node: ast.Condition) -> SQL:
        """A condition; its groups are walked by an own stack, as users nest them in loops."""
        work: list[Any] = [node]
        done: list[SQL] = []
        while work:
            item = work.pop()
            if callable(item):
                item(done)
            elif isinstance(item, ast.Group):
                children = _deepest_first(item)
                work.append(self._closing(item, children))
                work.extend(reversed(children))
            elif isinstance(item, ast.Not):
                work.append(self._negation(item))
                work.append(item.child)
            else:
                done.append(self.leaf(item))
        return done[0]

    def _closing(
        self, group: ast.Group, children: tuple[ast.Condition, ...]
    ) -> Callable[[list[SQL]], None]:
        def close(done: list[SQL]) -> None:
            first = len(done) - len(children)
            texts = [
                sql("(", text, ")") if isinstance(child, ast.Group) else text
                for child, text in zip(children, done[first:], strict=True)
            ]
            done[first:] = [self.group(group.connector, texts)]

        return close

    def group(self, connector: str, children: list[SQL]) -> SQL:
        """Conditions joined; XOR is true where an odd number of them is."""
        if connector != "XOR":
            while len(children) > WIDEST_GROUP:
                children = [
                    sql("(", separated(f" {connector} ", children[n : n + WIDEST_GROUP]), ")")
                    for n in range(0, len(children), WIDEST_GROUP)
                ]
            return separated(f" {connector} ", children)
        ones = (sql("CASE WHEN ", child, " THEN 1 ELSE 0 END") for child in children)
        return sql("(", separated(" + ", ones), f") {self.dialect.modulo} 2 = 1")

    def _negation(self, node: ast.Not) -> Callable[[list[SQL]], None]:
        def close(done: list[SQL]) -> None:
            child = done.pop()
            if node.child.unknown:  # NOT leaves the unknown unknown; the complement takes it in
                done.append(sql("(", child, ") IS NOT TRUE"))
            elif isinstance(node.child, ast.Exists):
                done.append(sql("NOT ", child))
            else:
                done.append(sql("NOT (", child, ")"))

        return close

    def leaf(self, node: ast.Condition) -> SQL:
        """A condition that holds no others."""
        method = LEAVES.get(type(node))
        if method is None:
            raise CovetError(f"The compiler does not know the condition {short(node)}")
        return method(self, node)

    def truth(self, node: ast.Truth) -> SQL:
        """``1 = 1`` or ``1 = 0``"""
        return ("1 = 1" if node.value else "1 = 0",)

    def compare(self, node: ast.Compare) -> SQL:
        """``left = right``"""
        left, right = self.sides(node.left, node.right)
        return sql(left, f" {node.operator} ", right)

    def unless_null(self, node: ast.UnlessNull) -> SQL:
        """Known for all values: NULL stays unknown."""
        operand = self.expr(node.operand)
        return sql(operand, " = " if node.value else " <> ", operand)

    def is_null(self, node: ast.IsNull) -> SQL:
        """``IS NULL`` or ``IS NOT NULL``"""
        return sql(self.expr(node.operand), " IS NULL" if node.null else " IS NOT NULL")

    def among(self, node: ast.Among) -> SQL:
        """``IN (…)``, or ``= ANY(array)`` where one text serves lists of every length."""
        field: Any = node.members.field
        if isinstance(node.operand, ast.Columns):
            return self.keys_among(node.operand, node.members.index, field)
        operand = self.dialect.comparable(self.expr(node.operand), node.operand.field)
        members = members_of(self.bound(field))
        if self.dialect.array_parameters:
            cast = self.info(field).cast
            return sql(
                operand, " = ANY(", Slot(node.members.index, members, f"{{p}}::{cast}[]"), ")"
            )
        return sql(operand, " IN ", ListSlot(node.members.index, members))

    def keys_among(self, operand: ast.Columns, index: int, key: Field[Any]) -> SQL:
        """``(a, b) IN ((…, …), …)``, or of one array a column, so that one text serves all."""
        fields = [compared(member) for member in key.members]
        members = keys_of([self.bound(field) for field in fields], key)
        columns = (self.dialect.comparable(self.column(c), c.field) for c in operand.columns)
        row = sql("(", separated(", ", columns), ")")
        if self.dialect.array_parameters:
            arrays = (
                sql(Slot(index, column_of(members, n), f"{{p}}::{self.info(field).cast}[]"))
                for n, field in enumerate(fields)
            )
            return sql(row, " IN (SELECT * FROM unnest(", separated(", ", arrays), "))")
        return sql(row, " IN ", ListSlot(index, members, width=len(fields)))

    def between(self, node: ast.Between) -> SQL:
        """Both ends included."""
        operand, low = self.sides(node.operand, node.low)
        _, high = self.sides(node.operand, node.high)
        return sql(operand, " >= ", low, " AND ", operand, " <= ", high)

    def match(self, node: ast.Match) -> SQL:
        """Whether a text holds another."""
        operand, pattern = self.expr(node.operand), self.expr(node.pattern)
        is_value = isinstance(node.pattern, ast.Param)
        return self.dialect.match(node.kind, operand, pattern, is_value, node.ignore_case)

    def regex(self, node: ast.Regex) -> SQL:
        """Whether a text matches a regular expression."""
        operand, pattern = self.expr(node.operand), self.expr(node.pattern)
        return self.dialect.regex(operand, pattern, node.ignore_case)

    def exists(self, node: ast.Exists) -> SQL:
        """``EXISTS (SELECT 1 …)``"""
        return sql("EXISTS (", self.select(node.select), ")")

    def sides(self, left: ast.Expr, right: ast.Expr) -> tuple[SQL, SQL]:
        """Both sides of a comparison, made comparable where the database stores them otherwise."""
        return self.dialect.sides(self.expr(left), left.field, self.expr(right), right.field)

    # --- expressions ---------------------------------------------------------------------------

    def expr(self, node: ast.Expr) -> SQL:
        """An expression that has a value."""
        method = EXPRESSIONS.get(type(node))
        if method is None:
            raise CovetError(f"The compiler does not know the expression {short(node)}")
        return method(self, node)

    def column(self, node: ast.Column) -> SQL:
        """``"table"."column"``"""
        return (f"{self.name(node.alias)}.{self.name(node.field.column)}",)

    def param(self, node: ast.Param) -> SQL:
        """A placeholder, and what prepares its value."""
        assert node.field is not None
        bind = self.bound(node.field)
        if node.rounding is not None:
            bind = rounded(bind, node.rounding)
        if node.whole is not None:
            assert node.item is not None
            bind = part_of(bind, node.item, node.whole)
        elif node.item is not None:
            bind = item_of(bind, node.item, node.field)
        return (Slot(node.index, bind, self.info(node.field).placeholder),)

    def constant(self, node: ast.Constant) -> SQL:
        """A placeholder whose value belongs to the shape."""
        assert node.field is not None
        bound = self.bound(node.field)
        return (Slot(None, lambda _: bound(node.value), self.info(node.field).placeholder),)

    def named(self, node: ast.Named) -> SQL:
        """The name of an output."""
        return (self.name(node.name),)

    def null(self, node: ast.Null) -> SQL:
        """``NULL``"""
        return ("NULL",)

    def arithmetic(self, node: ast.Arithmetic) -> SQL:
        """Two numbers, moments or durations, and an operator."""
        left, right = self.expr(node.left), self.expr(node.right)
        fields = (node.left.field, node.right.field)
        result = family(node.field)
        if result in ("datetime", "duration"):
            return self.dialect.moment_arithmetic(node.operator, left, right, fields)
        return self.dialect.arithmetic(node.operator, left, right, fields, result)

    def part(self, node: ast.Part) -> SQL:
        """A part of a moment."""
        assert node.operand.field is not None
        return self.dialect.part(node.part, self.expr(node.operand), family(node.operand.field))

    def switch(self, node: ast.Switch) -> SQL:
        """``CASE … WHEN … THEN … END``; of several columns, ``CASE WHEN … AND … THEN … END``"""
        columns = [self.column(column) for column in ast.columns_of(node.operand)]
        is_one = len(columns) == 1
        ways: list[SQL] = []
        for values, result in node.pairs:
            texts = [self.expr(value) for value in values]
            same = [sql(c, " = ", text) for c, text in zip(columns, texts, strict=True)]
            condition = texts[0] if is_one else separated(" AND ", same)
            ways.append(sql("WHEN ", condition, " THEN ", self.stored(node.field, result)))
        operand = sql(columns[0], " ") if is_one else ()
        return sql("CASE ", operand, separated(" ", ways), " END")

    def stored(self, field: Field[Any], value: ast.Expr) -> SQL:
        """What a column is set to: an expression is made to fit the column's type."""
        text = self.expr(value)
        if isinstance(value, ast.Param | ast.Constant | ast.Null):
            return text
        return self.dialect.assigned(text, value.field, field.value_field)

    # --- names and types -----------------------------------------------------------------------

    def name(self, name: str) -> str:
        """A quoted identifier."""
        return self.dialect.quoted(name)

    def info(self, field: Field[Any]) -> Any:
        """How the database stores a field."""
        return type_info(self.dialect.name, field)

    def bound(self, field: Field[Any]) -> Bind:
        """What makes parameters of a field's values."""
        return binder(self.dialect.name, field)


STATEMENTS: dict[type, Callable[[Compiler, Any], SQL]] = {
    ast.Select: Compiler.select,
    ast.Ranked: Compiler.ranked,
    ast.CountRows: Compiler.count_rows,
    ast.Insert: Compiler.insert,
    ast.InsertMany: Compiler.insert_many,
    ast.Update: Compiler.update,
    ast.UpdateMany: update_many,
    ast.Delete: Compiler.delete,
}

LEAVES: dict[type, Callable[[Compiler, Any], SQL]] = {
    ast.Truth: Compiler.truth,
    ast.Compare: Compiler.compare,
    ast.UnlessNull: Compiler.unless_null,
    ast.IsNull: Compiler.is_null,
    ast.Among: Compiler.among,
    ast.Between: Compiler.between,
    ast.Match: Compiler.match,
    ast.Regex: Compiler.regex,
    ast.Exists: Compiler.exists,
}

EXPRESSIONS: dict[type, Callable[[Compiler, Any], SQL]] = {
    ast.Column: Compiler.column,
    ast.Param: Compiler.param,
    ast.Constant: Compiler.constant,
    ast.Null: Compiler.null,
    ast.Arithmetic: Compiler.arithmetic,
    ast.Part: Compiler.part,
    ast.Switch: Compiler.switch,
    ast.Named: Compiler.named,
}


@lru_cache(maxsize=64)
def compiler_for(dialect: Dialect) -> Compiler:
    """The compiler of a dialect."""
    return Compiler(dialect)


def _check_order(assignments: tuple[ast.Assignment, ...], dialect: Dialect) -> None:
    """Refuse an assignment that reads a column which an earlier one has changed by then.

    Raises:
        NotSupportedError: naming both.
    """
    changed: set[str] = set()
    for assignment in assignments:
        stack: list[Any] = [assignment.value]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.Column) and node.field.name in changed:
                raise dialect.unsupported(
                    f"way to set {assignment.field.name} from the old {node.field.name} in the "
                    "statement that changes it too",
                    "Make two updates of it, the one that reads first.",
                )
            if isinstance(node, ast.Arithmetic):
                stack += [node.left, node.right]
        changed.add(assignment.field.name)


def _changed(select: ast.Select) -> Table:
    """The table whose rows an UPDATE or a DELETE is about."""
    key = _key_above(select)
    table = select.table if key is None else key.field.target
    assert table is not None
    return table


def _key_above(select: ast.Select) -> Any:
    """The key that points to the rows of a parent, if an UPDATE or a DELETE is about those."""
    return select.outputs[0] if select.outputs else None


def _deepest_first(group: ast.Group) -> tuple[ast.Condition, ...]:
    """AND and OR do not care for order, and a parser's stack grows least if the deepest is first.

    SQLite's holds 100 entries: 90 levels nested to the left, but only 30 to the right (measured).
    """
    deepest = max(range(len(group.children)), key=lambda n: group.children[n].depth)
    if group.children[deepest].depth == 1:
        return group.children
    rest = group.children[:deepest] + group.children[deepest + 1 :]
    return (group.children[deepest], *rest)


def _unnamed(node: ast.Expr) -> ast.Expr:
    return node.expr if isinstance(node, ast.Named) else node


def _is_random(select: ast.Select) -> bool:
    return any(isinstance(term.expr, ast.Random) for term in select.order_by)


def _is_slice(select: ast.Select) -> bool:
    return select.limit is not None or select.offset is not None


def _has_subquery(condition: ast.Condition | None) -> bool:
    stack: list[Any] = [condition]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Exists):
            return True
        if isinstance(node, ast.Group):
            stack.extend(node.children)
        elif isinstance(node, ast.Not):
            stack.append(node.child)
    return False
