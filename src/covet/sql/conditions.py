"""How is a condition said?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import CovetError, short
from ..query import ast
from ..query.json import ComparedDocument
from ..query.types import compared, family
from ..schema.fields import Field
from .binding import column_of, keys_of, members_of
from .expressions import ExpressionCompiler
from .hidden import hiding, names_sensitive
from .text import SQL, ListSlot, Slot, separated, sql

WIDEST_GROUP = 500
"""SQLite reads ``a OR b OR …`` as a tree that leans to the left, and takes one 1000 levels high."""


class ConditionCompiler(ExpressionCompiler):
    """Compiles what is true or false, for one statement of one dialect."""

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
        text = method(self, node)
        return hiding(text) if names_sensitive(node) else text

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
        none_means = field.none_means if isinstance(field, ComparedDocument) else None
        members = members_of(self.bound(field), none_means)
        if self.dialect.array_parameters and family(field) != "any":
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

    def is_true(self, node: ast.IsTrue) -> SQL:
        """An expression that is true or false by itself."""
        return self.expr(node.operand)

    def in_raw(self, node: ast.InRaw) -> SQL:
        """``IN (…)``"""
        return sql(self.expr(node.operand), " IN ", self.expr(node.raw))

    def in_select(self, node: ast.InSelect) -> SQL:
        """``IN (SELECT …)``; through a derived table where a slice cannot stand there."""
        select = node.select
        columns = [
            self.dialect.comparable(self.expr(each), each.field)
            for each in ast.flat([node.operand])
        ]
        operand = columns[0] if len(columns) == 1 else sql("(", separated(", ", columns), ")")
        is_sliced = select.limit is not None or select.offset is not None
        if select.hidden or (is_sliced and not self.dialect.slices_in_subquery):
            shown = len(select.outputs) - select.hidden
            names = separated(", ", ((self.name(f"c{n}"),) for n in range(shown)))
            derived = self.table(ast.Derived(select), "found")
            return sql(operand, " IN (SELECT ", names, " FROM ", derived, ")")
        return sql(operand, " IN (", self.select(select), ")")

    def table(self, source: ast.Source | None, alias: str) -> SQL:
        """What rows come from."""
        raise NotImplementedError


LEAVES: dict[type, Callable[[Any, Any], SQL]] = {
    ast.Truth: ConditionCompiler.truth,
    ast.Compare: ConditionCompiler.compare,
    ast.UnlessNull: ConditionCompiler.unless_null,
    ast.IsNull: ConditionCompiler.is_null,
    ast.Among: ConditionCompiler.among,
    ast.Between: ConditionCompiler.between,
    ast.Match: ConditionCompiler.match,
    ast.Regex: ConditionCompiler.regex,
    ast.Exists: ConditionCompiler.exists,
    ast.IsTrue: ConditionCompiler.is_true,
    ast.InRaw: ConditionCompiler.in_raw,
    ast.InSelect: ConditionCompiler.in_select,
}


def _deepest_first(group: ast.Group) -> tuple[ast.Condition, ...]:
    """AND and OR do not care for order, and a parser's stack grows least if the deepest is first.

    SQLite's holds 100 entries: 90 levels nested to the left, but only 30 to the right (measured).
    """
    deepest = max(range(len(group.children)), key=lambda n: group.children[n].depth)
    if group.children[deepest].depth == 1:
        return group.children
    rest = group.children[:deepest] + group.children[deepest + 1 :]
    return (group.children[deepest], *rest)
