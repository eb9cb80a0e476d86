"""How does a SELECT become a table of another one?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from . import ast
from .types import BOOLEAN, INTEGER


class Pulled:
    """The outputs of a derived table, which grow as they are asked for.

    Args:
        alias: the name of the derived table.
        exprs: what it gives already.
    """

    def __init__(self, alias: str, exprs: Iterable[ast.Expr] = ()) -> None:
        self.alias = alias
        self.exprs: list[ast.Expr] = list(exprs)
        self.places: dict[ast.Expr, int] = {}
        for place, expr in enumerate(self.exprs):
            self.places.setdefault(_bare(expr), place)

    def output(self, expr: ast.Expr) -> ast.Output:
        """An expression of the inner SELECT, as a column of the derived table."""
        bare = _bare(expr)
        place = self.places.get(bare)
        if place is None:
            place = self.places[bare] = len(self.exprs)
            self.exprs.append(bare)
        return ast.Output(self.alias, f"c{place}", bare.field, bare.nullable)

    def __call__(self, node: Any) -> Any:
        """What stands outside in the place of something from inside; None to look further in."""
        if isinstance(node, PULLED):
            return self.output(node)
        if isinstance(node, ast.Exists | ast.InSelect):
            value = self.output(ast.Predicate(node, BOOLEAN, node.unknown))
            return ast.IsTrue(value, node.unknown, ast.NOWHERE)
        return None

    def of_aggregate(self, node: Any) -> Any:
        """The same where aggregates are outside, over values from inside."""
        if isinstance(node, ast.Aggregate):
            return replace(
                node,
                arguments=ast.changed(node.arguments, self),
                filter=ast.changed(node.filter, self),
                order_by=ast.changed(node.order_by, self),
            )
        return self(node)


PULLED = (ast.Column, ast.Columns, ast.Output, ast.Aggregate, ast.Over, ast.Scalar, ast.Named)


def _bare(expr: ast.Expr) -> ast.Expr:
    return expr.expr if isinstance(expr, ast.Named) else expr


def qualified(select: ast.Select, condition: ast.Condition, alias: str) -> ast.Select:
    """A SELECT of the rows of another one for which a condition on their windows is true.

    What it gives stands in the same places, so that rows are read as those of the other.
    """
    pulled = Pulled(alias, select.outputs)
    where = ast.changed(condition, pulled)
    order = ast.changed(select.order_by, pulled)
    outputs = tuple(
        ast.Output(alias, f"c{n}", expr.field, expr.nullable)
        for n, expr in enumerate(select.outputs)
    )
    inner = replace(
        select,
        outputs=tuple(pulled.exprs),
        order_by=(),
        limit=None,
        offset=None,
        distinct=False,
        distinct_on=None,
        lock=None,
        ctes=(),
    )
    return replace(
        select,
        table=ast.Derived(inner),
        alias=alias,
        outputs=outputs,
        joins=(),
        where=where,
        group_by=(),
        having=None,
        order_by=order,
        distinct_on=ast.changed(select.distinct_on, pulled),
    )


def firsts(select: ast.Select) -> ast.Select:
    """The same rows as by DISTINCT ON, counted by a window in a SELECT around them."""
    found = select.distinct_on
    assert found is not None
    if ast.contains((found.by, select.order_by), ast.Over):  # no window is ordered by another
        whole = qualified(select, ast.Truth(True), f"{found.alias}_all")
        return firsts(replace(whole, where=None))
    call = ast.Call("ROW_NUMBER", (), (), INTEGER, False)
    place = ast.Over(call, found.by, select.order_by, None, INTEGER, False)
    is_first = ast.Compare("=", place, ast.Constant(1, INTEGER), False, ast.NOWHERE)
    return qualified(replace(select, distinct_on=None), is_first, found.alias)


def without_hidden(select: ast.Select, alias: str) -> ast.Select:
    """A SELECT that gives only what another one shows."""
    shown = len(select.outputs) - select.hidden
    outputs = tuple(
        ast.Output(alias, f"c{n}", expr.field, expr.nullable)
        for n, expr in enumerate(select.outputs[:shown])
    )
    return ast.Select(
        ast.Derived(select),
        alias,
        outputs,
        related=select.related,
        fields=select.fields,
        names=select.names,
        widths=select.widths,
    )
