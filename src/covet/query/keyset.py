"""Which rows come behind a position in a query's order, and which before it?

The order is spelled out as terms of which the last ones tell every row from all others; a position
is a value for each. What is behind it is said by plain comparisons, as directions may differ:
``views < ? OR (views = ? AND id > ?)``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ..errors import FieldError, InvalidCursor, short
from ..expressions import Comparison, Expression, F, FieldRef, OrderBy, Q, Window
from ..expressions.shape import INT64_MAX
from ..schema.fields import Field
from . import ast
from .cursors import Position, Secret, keys, opened, sealed
from .operands import Operand
from .ordering import RANDOM, spelled_out
from .resolve import checker
from .spec import ROWS, QuerySpec
from .types import family

WITHOUT_ORDER = frozenset({"json"})
ALIKE = frozenset({"decimal", "float"})
"""Of these, two values that differ in the database may be equal in a comparison."""


class Term(NamedTuple):
    """One term of an order that has been spelled out.

    Attributes:
        order: the expression and its direction.
        field: the expression's type.
        nullable: whether it can be NULL.
    """

    order: OrderBy
    field: Field[Any]
    nullable: bool

    def reversed(self) -> Term:
        """The same in the opposite direction."""
        return self._replace(order=self.order.reversed())


class Walk(NamedTuple):
    """A query whose rows stand in an order that positions can be named in.

    Attributes:
        spec: the query.
        terms: its order.
        mark: what tells cursors of it from those of other queries.
        keys: what its cursors are signed with.
        asked: the call, for messages.
    """

    spec: QuerySpec
    terms: tuple[Term, ...]
    mark: str
    keys: tuple[bytes, ...]
    asked: str

    @classmethod
    def of(cls, spec: QuerySpec, secret: Secret | None, asked: str) -> Walk:
        """The walk through a query's rows.

        Raises:
            FieldError: the query's order is none that positions can be named in.
            ConfigurationError: no secret is set.
        """
        _check_rows(spec, asked)
        terms = tuple(_Order(spec, asked).terms())
        if not terms:
            raise FieldError("The query has one row, which is no order", asked=asked)
        return cls(spec, terms, _mark(spec, terms), keys(secret, asked), asked)

    def position(self, cursor: object) -> Position:
        """What a cursor stands for.

        Raises:
            InvalidCursor: it is none of this query's.
        """
        found = opened(cursor, self.mark, self.keys, self.asked)
        pairs = zip(self.terms, found.values, strict=False)
        is_odd = any(value is None and not term.nullable for term, value in pairs)
        if is_odd or len(found.values) != len(self.terms):
            raise InvalidCursor(
                f"The cursor in {self.asked} is of another model, or of another ordering"
            )
        return found

    def cursor(self, values: Sequence[Any], inclusive: bool = False) -> str:
        """The cursor of the row with these values."""
        return sealed(Position(tuple(values), inclusive), self.mark, self.keys[0])

    def beyond(self, position: Position, forward: bool) -> Q:
        """The condition that a row stands behind a position, or before it."""
        terms = self.terms if forward else tuple(term.reversed() for term in self.terms)
        return _beyond(terms, position)

    def ordered(self, spec: QuerySpec, forward: bool) -> QuerySpec:
        """A query in this order, or in the opposite one."""
        orders = [term.order if forward else term.order.reversed() for term in self.terms]
        return spec.ordered(tuple(orders))


class Asked(NamedTuple):
    """One page that was asked for.

    Attributes:
        walk: the query.
        size: how many rows a page has.
        start: the position that it begins behind, or ends before; None for an end of the query.
        forward: whether it is counted from its first row on.
    """

    walk: Walk
    size: int
    start: Position | None
    forward: bool

    @classmethod
    def of(cls, spec: QuerySpec, size: object, after: object, before: object, secret: Any) -> Asked:
        """The page of these arguments.

        Raises:
            FieldError: the size is no number of rows, or both cursors were given.
            InvalidCursor: the cursor is none of this query's.
        """
        asked = f"page({short(size)})"
        if type(size) is not int or not 0 < size < INT64_MAX:
            raise FieldError(f"A page has 1 row or more, not {short(size)}", asked=asked)
        if after is not None and before is not None:
            raise FieldError(
                "A page begins behind one cursor, or ends before one",
                asked="page(after=…, before=…)",
                fix="Narrow the query by the other: before(cursor).page(size, after=…).",
            )
        walk = Walk.of(spec, secret, asked)
        cursor = before if after is None else after
        start = None if cursor is None else walk.position(cursor)
        return cls(walk, size, start, before is None)

    @property
    def condition(self) -> Q:
        """What narrows the query to the rows from the start on."""
        return Q() if self.start is None else self.walk.beyond(self.start, self.forward)

    def limited(self, spec: QuerySpec) -> QuerySpec:
        """The narrowed query in the page's order, with one row more than the page has."""
        return self.walk.ordered(spec, self.forward).sliced(0, self.size + 1)

    def kept(self, rows: Sequence[Any]) -> list[Any]:
        """The rows of the page, in the query's order."""
        page = list(rows[: self.size])
        return page if self.forward else page[::-1]

    def ends(self, found: int) -> tuple[bool, bool]:
        """Whether there are rows before the page and behind it, so many having been found."""
        more = found > self.size
        came_from = self.start is not None
        return (came_from, more) if self.forward else (more, came_from)

    def cursors(self, first: Sequence[Any] | None, last: Sequence[Any] | None) -> tuple[Any, Any]:
        """The cursors of the page's first and last row; of an empty page, of where it begins."""
        if first is not None and last is not None:
            return self.walk.cursor(first), self.walk.cursor(last)
        if self.start is None:
            return None, None
        here = self.walk.cursor(self.start.values, not self.start.inclusive)
        return here, here


# --- the order ----------------------------------------------------------------------------------


class _Order:
    """Spells a query's order out."""

    def __init__(self, spec: QuerySpec, asked: str) -> None:
        self.spec = spec
        self.asked = asked
        resolver = checker(spec, asked)
        self.scope = resolver.scope
        self.conditions = resolver.conditions
        self.of_values = spec.grouped not in (None, ROWS)

    def terms(self) -> Iterator[Term]:
        """The terms up to those that tell each row from all others."""
        lacking = {self.operand(part.expression).expr: part for part in self.parts()}
        seen: set[tuple[str, ...]] = set()
        descending = False
        for order in self.given():
            operand = self.operand(order.expression)
            if order.expression.key in seen or isinstance(operand.expr, ast.Param | ast.Constant):
                continue
            seen.add(order.expression.key)
            descending = order.descending
            yield Term(order, operand.field, operand.nullable)
            lacking.pop(operand.expr, None)
            if not lacking or self.is_unique(operand.expr):
                return
        for part in lacking.values():
            operand = self.operand(part.expression)
            order = OrderBy(part.expression, descending)
            yield Term(order, operand.field, operand.nullable)

    def parts(self) -> Iterator[OrderBy]:
        """What tells rows apart: the primary key, or of groups what they are grouped by."""
        if self.of_values:
            for path in self.spec.grouped or ():
                yield from self.columns(OrderBy(F(path)))
        else:
            for member in self.spec.table.pk.members:
                yield OrderBy(F(member.attname))

    def is_unique(self, expr: ast.Expr) -> bool:
        """Whether no two rows have the same value of an expression."""
        if self.of_values or not isinstance(expr, ast.Column) or expr.alias != self.scope.alias:
            return False
        return expr.field.unique and not expr.nullable and family(expr.field) not in ALIKE

    def given(self) -> Iterator[OrderBy]:
        """What the query is ordered by, in the direction in which its rows come."""
        ordering = self.spec.ordering
        if ordering is not None:
            terms = ordering.terms
        else:
            terms = () if self.of_values else self.spec.table.options.ordering
        if self.spec.backwards and not terms and not self.of_values:
            terms = ("pk",)
        for term in terms:
            for order in self.orders(term):
                yield order.reversed() if self.spec.backwards else order

    def orders(self, term: Any) -> Iterator[OrderBy]:
        """A term by its columns."""
        if isinstance(term, str):
            if term == RANDOM:
                raise self.refused("'?' gives another order each time", "Order by a field.")
            for name, descending in spelled_out(term, self.value):
                yield from self.columns(OrderBy(F(name), descending))
            return
        order = term.asc() if isinstance(term, Expression) else term
        if isinstance(order.expression, FieldRef):
            yield from self.columns(_with(order, F(order.expression.path)))
        else:
            yield from self.columns(order)

    def columns(self, order: OrderBy) -> Iterator[OrderBy]:
        """A key of several columns as these; anything else as it is."""
        expr = self.operand(order.expression).expr
        if not isinstance(expr, ast.Columns):
            yield order
            return
        assert isinstance(order.expression, F)
        before = order.expression.path.rpartition("__")[0]
        for one in expr.columns:
            yield _with(order, F(f"{before}__{one.field.attname}" if before else one.field.attname))

    def value(self, path: str) -> Operand:
        """What a path names."""
        return self.conditions.value(path, self.scope, None, self.asked)[0]

    def operand(self, expression: Expression[Any]) -> Operand:
        """What an expression stands for; it has one value in each row, which compares."""
        paths = self.conditions._paths(expression, self.spec.table)
        if any(path.many for path in paths):
            raise self.refused(
                f"{short(expression)} has several values for one row",
                "Give it a name with alias(), which makes a row of each, or use Paginator.",
            )
        with self.conditions.allowing():
            found = self.conditions.expression(expression, 0, self.scope, None)
        if family(found.field) in WITHOUT_ORDER:
            raise self.refused(
                f"{short(expression)} is a JSON document, which has no order",
                "Order by something else.",
            )
        return found

    def refused(self, wrong: str, fix: str) -> FieldError:
        """The error for an order that no position can be named in."""
        return FieldError(f"No cursor can go by this order: {wrong}", asked=self.asked, fix=fix)


def _with(order: OrderBy, expression: Expression[Any]) -> OrderBy:
    return OrderBy(
        expression,
        order.descending,
        nulls_first=order.nulls_first,
        nulls_last=not order.nulls_first,
    )


def _check_rows(spec: QuerySpec, asked: str) -> None:
    if spec.combined is not None or spec.origin is not None:
        raise FieldError(
            "No cursor can go by the rows of a union() or of a With, which are of no table",
            asked=asked,
            fix="Use Paginator.",
        )
    if spec.distinct and spec.output.kind != "instances":
        raise FieldError(
            "No cursor can go by distinct values, as they are of no row",
            asked=asked,
            fix="Take distinct() or values() away, or use Paginator.",
        )
    if spec.distinct_on:
        raise FieldError(
            "No cursor can go by the first rows of something, which would be others from there on",
            asked=asked,
            fix="Take distinct(…) away, or use Paginator.",
        )
    terms = () if spec.ordering is None else spec.ordering.terms
    given = [annotation.expression for annotation in spec.annotations]
    if any(_has_window(part) for part in (*given, *terms) if not isinstance(part, str)):
        raise FieldError(
            "No cursor can go by the rows of windows, which would be about those of the page only",
            asked=asked,
            fix="Use Paginator.",
        )


def _has_window(expression: Any) -> bool:
    parts: list[Any] = [expression]
    for part in parts:
        parts += part.parts
    return any(isinstance(part, Window) for part in parts)


def _mark(spec: QuerySpec, terms: tuple[Term, ...]) -> str:
    """What tells cursors of a query from those of others: its table and its order."""
    parts: list[Any] = [spec.table.name]
    for term in terms:
        parts += [term.order.key, family(term.field), term.order.values]
    names = {annotation.name for annotation in spec.annotations}
    words = {word.split("__")[0] for term in terms for word in term.order.key if type(word) is str}
    if names & words:  # they may name each other
        parts.append(spec.named)
        parts += [annotation.expression.values for annotation in spec.annotations]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:20]


# --- the condition ------------------------------------------------------------------------------


def _beyond(terms: tuple[Term, ...], position: Position) -> Q:
    """Behind a position: by the first term that differs."""
    found: Q | None = None
    for n, (term, value) in reversed(list(enumerate(zip(terms, position.values, strict=True)))):
        further = _further(term, value)
        if n < len(terms) - 1:
            further = _either(further, _both(_equal(term, value), found))
        elif position.inclusive:
            further = _either(further, _equal(term, value))
        found = further
    bound = _bound(terms, position.values)
    if found is None:  # nothing is
        return _compared(terms[-1], "in", ())
    return found if bound is None else bound & found


def _further(term: Term, value: Any) -> Q | None:
    """Behind a value of one term; None if nothing is."""
    nulls_last = not term.order.nulls_first
    if value is None:
        return None if nulls_last else _compared(term, "isnull", False)
    nulls = _compared(term, "isnull", True) if term.nullable and nulls_last else None
    return _either(_compared_strictly(term, value), nulls)


def _compared_strictly(term: Term, value: Any) -> Q | None:
    if isinstance(value, bool):  # truth values are told apart, and not compared by size
        return _compared(term, "exact", not value) if value == term.order.descending else None
    return _compared(term, "lt" if term.order.descending else "gt", value)


def _equal(term: Term, value: Any) -> Q:
    if value is None:
        return _compared(term, "isnull", True)
    return _compared(term, "exact", value)


def _bound(terms: tuple[Term, ...], values: tuple[Any, ...]) -> Q | None:
    """What all the rows have in common, said once more: databases find an index by it."""
    term, value = terms[0], values[0]
    nulls_last = term.nullable and not term.order.nulls_first
    if len(terms) == 1 or nulls_last or value is None or isinstance(value, bool):
        return None
    return _compared(term, "lte" if term.order.descending else "gte", value)


def _compared(term: Term, lookup: str, value: Any) -> Q:
    return Q(Comparison(term.order.expression, lookup, value))


def _either(one: Q | None, other: Q | None) -> Q | None:
    if one is None or other is None:
        return other if one is None else one
    return one | other


def _both(one: Q, other: Q | None) -> Q | None:
    return None if other is None else one & other
