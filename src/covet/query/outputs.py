"""What does a SELECT give, and in which order?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from ..errors import FieldError, short
from ..expressions import Expression, OrderBy
from ..expressions.ctes import With
from ..schema.fields import BigIntegerField, Field
from . import ast, json, related
from .annotations import shown_names
from .loading import Mask
from .ordering import RANDOM, spelled_out, terms_of
from .sources import Sources
from .spec import ROWS

RANDOM_TERM = ast.OrderTerm(ast.Random(), False, True)
WHOLE: Field[Any] = BigIntegerField()


class Outputs(NamedTuple):
    """What a SELECT gives.

    Attributes:
        exprs: all of it.
        fields: the fields whose columns it begins with.
        related: the related rows among it.
        names: the names of the annotations that it ends with.
        widths: of values, how many columns each has.
    """

    exprs: tuple[ast.Expr, ...]
    fields: tuple[Field[Any], ...] = ()
    related: tuple[ast.Related, ...] = ()
    names: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()


def no_term(term: object, asked: str | None = None) -> FieldError:
    """The error for what cannot be a term of an ordering."""
    return FieldError(
        f"{short(term)} is nothing to order by",
        asked=asked,
        fix='Give "-views", or F("views").desc().',
    )


class Listing(Sources):
    """A spec as a list of rows: what each gives, their order, and which part of them is wanted."""

    def outputs(self) -> Outputs:
        """What is selected: values; or the columns of the rows, of those related, annotations."""
        spec = self.spec
        if spec.output.kind != "instances":
            values = [self._output(path, ()) for path in spec.output.paths]
            if spec.distinct:
                values = [json.distinct(value) for value in values]
            widths = tuple(len(ast.flat([value])) for value in values)
            return Outputs(ast.flat(values), widths=widths)
        if spec.origin is not None:
            return self._outputs_of(spec.origin)
        wanted = related.wanted(spec.table, spec.related)
        mask, asked_for = Mask.of(spec.loading), spec.related is not None
        fields = related.fields(spec.table, mask, wanted, asked_for)
        columns = self.scope.columns(self.scope.alias, fields, self.spec.table)
        beside = related.select(wanted, self.scope, self.scope.alias, columns, mask, asked_for)
        names = shown_names(spec.annotations)
        named = [self._output(name, columns) for name in names]
        return Outputs((*columns, *named), fields, beside, names)

    def _outputs_of(self, table: With) -> Outputs:
        """The instances of a common table expression, as it has them."""
        assert table.query is not None
        alias = self.scope.alias
        exprs = [
            ast.Output(alias, column.name, column.expr.field, column.expr.nullable)
            for column in self.columns
        ]
        fields = {field.attname: field for field in self.spec.table.fields}
        known = tuple(fields[c.labels[0]] for c in self.columns if c.labels[0] in fields)
        others = tuple(c.labels[0] for c in self.columns if c.labels[0] not in fields)
        names = shown_names(self.spec.annotations)
        named = [self._output(name, ()) for name in names]
        return Outputs((*exprs, *named), known, (), (*others, *names))

    def _output(self, path: str, beside: Iterable[ast.Column]) -> ast.Expr:
        """The value of a path; that of an annotation under a name that no column beside it has."""
        expr = self.value(path).expr
        if all(annotation.name != path for annotation in self.spec.annotations):
            return expr
        columns = {column.field.column.lower() for column in beside}
        while path.lower() in columns:
            path += "_"
        return ast.Named(path, expr, expr.field, expr.nullable)

    def window(self) -> tuple[ast.Param | None, ast.Param | None]:
        """How many rows are wanted at most, and how many before them are not."""
        place = len(self.spec.values) + self.base
        limit = offset = None
        if self.spec.high is not None:
            limit, place = ast.Param(place, WHOLE), place + 1
        if self.spec.low:
            offset = ast.Param(place, WHOLE)
        return limit, offset

    # --- order ---------------------------------------------------------------------------------

    def order(self) -> tuple[ast.OrderTerm, ...]:
        ordering = self.spec.ordering
        if ordering is not None:
            with self.conditions.allowing():
                terms = self.ordering(ordering.terms, ordering.start + self.base)
        elif self.spec.grouped in (None, ROWS):
            terms = self.ordering(self.spec.table.options.ordering, None)
        else:  # the model's order would make other groups
            terms = []
        # The same value in each row is no order, and MariaDB would take a number for a column's.
        terms = [term for term in terms if not isinstance(term.expr, ast.Param | ast.Constant)]
        if not self.spec.backwards:
            return tuple(terms)
        if not terms:  # the opposite of no order is the opposite of the key's
            terms = self.ordering(("pk",), None)
        return tuple(
            ast.OrderTerm(term.expr, not term.descending, not term.nulls_first) for term in terms
        )

    def ordering(self, terms: Iterable[Any], start: int | None) -> list[ast.OrderTerm]:
        """The terms of an ORDER BY; without ``start`` they must bring no values."""
        found: list[ast.OrderTerm] = []
        for term in terms:
            if isinstance(term, Expression):
                term = term.asc()
            if isinstance(term, OrderBy):
                if term.values and start is None:
                    raise FieldError(f"{term!r} in Meta.ordering holds a value")
                operand = self.conditions.expression(term.expression, start or 0, self.scope, None)
                found += terms_of(operand.expr, term.descending, term.nulls_first)
                start = start + len(term.values) if start is not None else None
            elif isinstance(term, str):
                is_random = term == RANDOM
                found += [RANDOM_TERM] if is_random else self._by_path(term)
            else:
                raise no_term(term)
        return found

    def _by_path(self, term: str) -> list[ast.OrderTerm]:
        """The terms of a path such as ``-author``."""
        return [
            one
            for name, descending in spelled_out(term, self.value)
            for one in terms_of(self.value(name).expr, descending, not descending)
        ]


def by_names(
    outputs: Iterable[ast.Expr], order: tuple[ast.OrderTerm, ...]
) -> tuple[ast.OrderTerm, ...]:
    """An order by the names of outputs, where they are the same.

    SQLite's ORDER BY inside of another query does not see the tables of that one.
    """
    names = {output.expr: output for output in outputs if isinstance(output, ast.Named)}
    return tuple(replace(term, expr=names.get(term.expr, term.expr)) for term in order)


def hidden_by(
    outputs: tuple[ast.Expr, ...], order: tuple[ast.OrderTerm, ...]
) -> tuple[tuple[ast.Expr, ...], tuple[ast.OrderTerm, ...]]:
    """What DISTINCT has to select besides, and the order by the names of that.

    It can only order by what it selects, and an expression with parameters is not known again.
    """
    hidden: dict[ast.Expr, ast.Expr] = {}
    shown = {output.expr for output in outputs if isinstance(output, ast.Named)} | {*outputs}
    for expr in (term.expr for term in order):
        if expr in shown or isinstance(expr, ast.Random):
            continue
        is_known = isinstance(expr, ast.Column)
        name = f"order_{len(hidden)}"
        hidden[expr] = expr if is_known else ast.Named(name, expr, expr.field, expr.nullable)
    return tuple(hidden.values()), by_names((*outputs, *hidden.values()), order)
