"""How is an expression said?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeGuard

from ..errors import CovetError, short
from ..expressions.functions.base import PLACES
from ..query import ast
from ..query.types import family
from ..schema.fields import Field
from .binding import item_of, part_of, rounded, year_end
from .dialects import Dialect
from .functions.aggregates import Parts
from .hidden import hiding
from .text import SQL, Bind, Slot, clause, separated, sql
from .types import binder, type_info

GROWING = ("+", "-", "*", "/")
"""The operators whose result may be beyond the type of what they are between."""


class ExpressionCompiler:
    """Compiles what has a value, for one statement of one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.shared: dict[ast.Expr, SQL | None] = {}

    def condition(self, node: ast.Condition) -> SQL:
        """A condition, such as that of a CASE."""
        raise NotImplementedError

    def select(self, node: ast.Select) -> SQL:
        """A subquery."""
        raise NotImplementedError

    def order_term(self, node: ast.OrderTerm) -> SQL:
        """One term of an ORDER BY."""
        raise NotImplementedError

    def placed(self, node: ast.OrderTerm, expr: SQL) -> SQL:
        """A term whose expression is there already."""
        raise NotImplementedError

    def expr(self, node: ast.Expr) -> SQL:
        """An expression that has a value.

        What a query is grouped by has the very same parameters wherever it stands, as a server
        would not know it again otherwise.
        """
        if self.shared and node in self.shared:
            known = self.shared[node]
            if known is None:
                known = self.shared[node] = self.group_expr(node)
            return known
        return self._expr(node)

    def group_expr(self, node: ast.Expr) -> SQL:
        """An expression that makes groups of rows."""
        return self.dialect.grouped(self._expr(node), node.field)

    def _expr(self, node: ast.Expr) -> SQL:
        method = EXPRESSIONS.get(type(node))
        if method is None:
            raise CovetError(f"The compiler does not know the expression {short(node)}")
        return method(self, node)

    def argument(self, node: ast.Expr) -> SQL:
        """An expression inside of a function, where a parameter has to say its type."""
        text = self.expr(node)
        if isinstance(node, ast.Param | ast.Constant | ast.Null):
            return self.dialect.argument(text, node.field)
        return text

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
        """Two numbers, moments or durations, and an operator; an error beyond what they can be."""
        text = self.calculated(node)
        if node.operator not in GROWING:
            return text
        is_known = not any(each.field and family(each.field) == "any" for each in _operands(node))
        return self.dialect.within(text, node.field) if is_known else text

    def calculated(self, node: ast.Arithmetic) -> SQL:
        """The same, whatever comes out."""
        left, right = (
            self.calculated(side) if _goes_on(side, node) else self.expr(side)
            for side in (node.left, node.right)
        )
        fields = (node.left.field, node.right.field)
        result = family(node.field)
        if result in ("datetime", "duration"):
            return self.dialect.moment_arithmetic(node.operator, left, right, fields)
        return self.dialect.arithmetic(node.operator, left, right, fields, result)

    def year_end(self, node: ast.YearEnd) -> SQL:
        """A placeholder for a moment that is made of a year."""
        moment = self.bound(node.field)
        return tuple(
            Slot(
                each.place,
                year_end(each.bind, moment, node),
                self.info(node.field).placeholder,
            )
            for each in self.param(node.year)
            if isinstance(each, Slot)
        )

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
        if not isinstance(value, ast.Param | ast.Constant | ast.Null):
            text = self.dialect.assigned(text, value.field, field.value_field)
        return hiding(text) if field.sensitive else text

    def output_column(self, node: ast.Output) -> SQL:
        """``"rows"."c0"``"""
        return (f"{self.name(node.alias)}.{self.name(node.name)}",)

    def typed(self, node: ast.Typed) -> SQL:
        """The expression itself: only Python reads it otherwise."""
        return self.expr(node.operand)

    def call(self, node: ast.Call) -> SQL:
        """A function, as the dialect says it."""
        return self.dialect.call(node, [self.argument(each) for each in node.arguments])

    def own_call(self, node: ast.OwnCall) -> SQL:
        """A function of the user's: its template with its name and its arguments."""
        template = dict(node.templates)[self.dialect.name]
        arguments = [self.argument(each) for each in node.arguments]
        if not template:
            raise self.dialect.unsupported(
                f"template of the lookup {node.name}", "Give it one in templates = {…}."
            )
        places: dict[str | None, SQL] = {
            None: (self.dialect.in_text("%"),),  # written %%
            "function": (self.dialect.in_text(node.name),),
            "expressions": separated(self.dialect.in_text(node.joiner), arguments),
        }
        if "lhs" in template:
            places |= {"lhs": arguments[0], "rhs": arguments[-1]}
        texts = PLACES.split(template)
        first, rest = texts[0], zip(texts[1::2], texts[2::2], strict=True)
        return sql(first, *(sql(places[place], text) for place, text in rest))

    def case(self, node: ast.Case) -> SQL:
        """``CASE WHEN … THEN … ELSE … END``"""
        ways = (
            sql(" WHEN ", self.condition(condition), " THEN ", self.one_of(value, node))
            for condition, value in node.ways
        )
        case = sql("CASE", *ways, " ELSE ", self.one_of(node.default, node), " END")
        return self.dialect.case(case, node.field)

    def one_of(self, value: ast.Expr, node: ast.Case) -> SQL:
        """One of the values that a CASE may have."""
        return self.dialect.as_common(self.argument(value), value.field, node.field)

    def predicate(self, node: ast.Predicate) -> SQL:
        """A condition in brackets."""
        return sql("(", self.condition(node.condition), ")")

    def raw(self, node: ast.Raw) -> SQL:
        """The user's own text in brackets, with parameters in its places."""
        first, *rest = (self.dialect.in_text(piece) for piece in node.pieces)
        inside = [sql(self.expr(p), text) for p, text in zip(node.params, rest, strict=True)]
        return sql("(", first, *inside, ")")

    def scalar(self, node: ast.Scalar) -> SQL:
        """``(SELECT …)``"""
        return sql("(", self.select(node.select), ")")

    def star(self, node: ast.Star) -> SQL:
        """``*``"""
        return ("*",)

    def everything(self, node: ast.Everything) -> SQL:
        """``*`` or ``"table".*``"""
        return ("*" if node.alias is None else f"{self.name(node.alias)}.*",)

    def aggregate(self, node: ast.Aggregate, over: SQL = ()) -> SQL:
        """``SUM(DISTINCT …) FILTER (WHERE …) OVER (…)``"""
        arguments = [self.argument(each) for each in node.arguments]
        if node.distinct:
            fields = [each.field for each in node.arguments]
            arguments = list(map(self.dialect.grouped, arguments, fields))
        condition = self.condition(node.filter) if node.filter is not None else ()
        order = separated(", ", map(self.order_term, node.order_by))
        keys = [self.expr(term.expr) for term in node.order_by]
        return self.dialect.aggregate(Parts(node, arguments, condition, order, keys, over))

    def over(self, node: ast.Over) -> SQL:
        """``RANK() OVER (PARTITION BY … ORDER BY … ROWS BETWEEN … AND …)``"""
        frame = node.frame
        is_range = frame is not None and frame[0] == "RANGE" and bool(frame[1] or frame[2])
        self.dialect.check_window(node, is_range)
        term = self.range_term if is_range else self.order_term
        inside = sql(
            clause("PARTITION BY", separated(", ", map(self.compared, node.partition_by))),
            clause("ORDER BY", separated(", ", map(term, node.order_by))),
            self.dialect.frame(node.frame) if node.frame is not None else "",
        )
        over = sql(" OVER (", _trimmed(inside), ")")
        if isinstance(node.function, ast.Aggregate):
            return self.aggregate(node.function, over)
        arguments = [self.argument(each) for each in node.function.arguments]
        return self.dialect.window_call(node.function, arguments, over)

    def compared(self, node: ast.Expr) -> SQL:
        """An expression that is compared with itself in other rows."""
        return self.dialect.comparable(self.group_expr(node), node.field)

    def range_term(self, node: ast.OrderTerm) -> SQL:
        """The number that the bounds of a range are about."""
        expr = self.dialect.counted_from(self.expr(node.expr), node.expr.field)
        return self.placed(node, expr)

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


def _trimmed(piece: SQL) -> SQL:
    """A piece without the space before its first word."""
    if piece and isinstance(piece[0], str):
        return (piece[0].lstrip(), *piece[1:])
    return piece


EXPRESSIONS: dict[type, Callable[[Any, Any], SQL]] = {
    ast.Column: ExpressionCompiler.column,
    ast.Param: ExpressionCompiler.param,
    ast.Constant: ExpressionCompiler.constant,
    ast.Null: ExpressionCompiler.null,
    ast.Arithmetic: ExpressionCompiler.arithmetic,
    ast.YearEnd: ExpressionCompiler.year_end,
    ast.Switch: ExpressionCompiler.switch,
    ast.Named: ExpressionCompiler.named,
    ast.Output: ExpressionCompiler.output_column,
    ast.Typed: ExpressionCompiler.typed,
    ast.Call: ExpressionCompiler.call,
    ast.OwnCall: ExpressionCompiler.own_call,
    ast.Case: ExpressionCompiler.case,
    ast.Predicate: ExpressionCompiler.predicate,
    ast.Raw: ExpressionCompiler.raw,
    ast.Scalar: ExpressionCompiler.scalar,
    ast.Star: ExpressionCompiler.star,
    ast.Everything: ExpressionCompiler.everything,
    ast.Aggregate: ExpressionCompiler.aggregate,
    ast.Over: ExpressionCompiler.over,
}


def _goes_on(side: ast.Expr, node: ast.Arithmetic) -> TypeGuard[ast.Arithmetic]:
    """Whether what is beyond its type on one side is so on the whole."""
    is_one = isinstance(side, ast.Arithmetic) and family(side.field) == family(node.field)
    return is_one and node.operator in GROWING


def _operands(node: ast.Arithmetic) -> Iterator[ast.Expr]:
    """What is calculated with, down to what is no part of the same calculation."""
    for side in (node.left, node.right):
        if _goes_on(side, node):
            yield from _operands(side)
        else:
            yield side
