"""Which statement over tables and columns does a spec stand for?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..errors import FieldError, QueryTooComplex, short
from ..expressions import Expression, OrderBy, Q
from ..expressions.q import AND
from ..schema.fields import BigIntegerField, Field
from ..schema.table import Table
from . import ast, related
from .conditions import Conditions, joined
from .joins import Aliases, Scope
from .paths import Path, parse
from .spec import Keyed, QuerySpec

RANDOM = "?"
RANDOM_TERM = ast.OrderTerm(ast.Random(), False, True)
DEEPEST_ORDERING = 10
DEEPEST_CONDITION = 1000  # no server takes as many; where each stops, its dialect says
WHOLE: Field[Any] = BigIntegerField()


def select(spec: QuerySpec) -> ast.Select | ast.Ranked:
    """The SELECT that gives a query's rows."""
    if spec.keyed is not None and spec.is_sliced:
        return _Resolver(spec).ranked()
    return _Resolver(spec).select()


def select_keys(spec: QuerySpec) -> ast.Select:
    """The SELECT whose rows an UPDATE or a DELETE is about: no outputs, no order."""
    return _Resolver(spec).rows()


def count(spec: QuerySpec) -> ast.Select | ast.CountRows:
    """The SELECT that counts a query's rows."""
    resolver = _Resolver(spec)
    if spec.distinct:
        counted = _without_columns(resolver.select(), spec)
    else:
        counted = resolver.rows(window=True)
    return ast.CountRows(counted)


def _without_columns(select: ast.Select, spec: QuerySpec) -> ast.Select:
    """Distinct rows to be counted: of instances the key says as much as all columns."""
    outputs = select.outputs
    if spec.output.kind == "instances":
        hidden = outputs[len(outputs) - select.hidden :]
        outputs = (ast.Column(select.alias, spec.table.pk, False), *hidden)
    return replace(select, outputs=outputs, order_by=())


def exists(spec: QuerySpec) -> ast.Select:
    """The SELECT that has a row if a query has one."""
    resolver = _Resolver(spec)
    found = resolver.select() if spec.distinct and spec.low else resolver.rows(window=True)
    return replace(found, limit=ast.Constant(1, WHOLE))


def check_condition(table: Table, condition: Q, asked: str) -> None:
    """Refuse a condition that does not fit a table, once for each shape of it.

    Raises:
        FieldError: it names what the model does not have, or compares what cannot be compared.
    """
    if condition.key in table.checked:
        return
    if condition.depth > DEEPEST_CONDITION:
        raise QueryTooComplex(
            f"A condition is nested {condition.depth} levels deep; the limit is "
            f"{DEEPEST_CONDITION}",
            fix="Flatten it with Q(a) | Q(b) | … on one level.",
        )
    Conditions(asked).condition(condition, 0, Scope(table, Aliases()), 0)
    table.remember(condition.key)


def check_ordering(table: Table, terms: tuple[str | OrderBy, ...], asked: str) -> None:
    """Refuse an ordering that does not fit a table, once for each shape of it.

    Raises:
        FieldError: it names what the model does not have.
    """
    key = ("order by", *map(_key_of_term, terms))
    if key in table.checked:
        return
    _Resolver(QuerySpec(table), asked).ordering(terms, 0)
    table.remember(key)


def _key_of_term(term: str | OrderBy) -> Any:
    if isinstance(term, str):
        return term
    if isinstance(term, OrderBy):
        return term.key
    raise _no_term(term)


def _no_term(term: object) -> FieldError:
    return FieldError(
        f"{short(term)} is nothing to order by", fix='Give "-views", or F("views").desc().'
    )


def check_outputs(table: Table, paths: tuple[str, ...], asked: str) -> None:
    """Refuse names in ``values()`` that a table does not have, once for each list of them.

    Raises:
        FieldError: one of them is no path.
    """
    key = ("output of", *paths)
    if key in table.checked:
        return
    for path in paths:
        value_path(table, path, asked)
    table.remember(key)


def value_path(table: Table, path: str, asked: str | None) -> Path:
    """A path that names a value; a lookup at its end is an error."""
    found = parse(table, path, asked)
    last = path.rpartition("__")[2]
    if found.lookup != "exact" or (last == "exact" and last != found.field.name):
        raise FieldError(f"{short(path)} names a lookup where a field is wanted", asked=asked)
    return found


class _Resolver:
    def __init__(self, spec: QuerySpec, asked: str | None = None) -> None:
        self.spec = spec
        self.asked = asked
        self.scope = Scope(spec.table, Aliases())
        self.conditions = Conditions(asked)

    def select(self) -> ast.Select:
        where = self.where()
        outputs, beside = self.outputs()
        order = self.order()
        hidden: tuple[ast.Expr, ...] = ()
        if self.spec.distinct:
            hidden, order = self._hidden(outputs, order)
        if self.spec.keyed is not None:
            hidden = (*hidden, self._key(self.spec.keyed))
        limit, offset = self.window()
        return ast.Select(
            self.spec.table,
            self.scope.alias,
            (*outputs, *hidden),
            self._joins(where),
            where,
            order,
            limit,
            offset,
            self.spec.distinct,
            len(hidden),
            beside,
            self.spec.keyed is not None,
        )

    def ranked(self) -> ast.Ranked:
        """The slice of each owner's rows."""
        if self.spec.distinct:
            raise FieldError(
                "A slice of each owner's rows cannot be distinct as well",
                fix="Take away distinct(), or the slice.",
            )
        found = self.select()
        order = found.order_by or tuple(self.ordering(("pk",), None))
        select = replace(found, order_by=(), limit=None, offset=None)
        return ast.Ranked(select, order, low=found.offset, high=found.limit)

    def _key(self, keyed: Keyed) -> ast.Expr:
        """The key of the owner, from the join that the clause about it made."""
        path = value_path(self.spec.table, keyed.path, self.asked)
        return self.conditions._operand(path, self.scope, keyed.clause).expr

    def rows(self, window: bool = False) -> ast.Select:
        """The rows without anything of them."""
        where = self.where()
        limit, offset = self.window() if window else (None, None)
        return ast.Select(
            self.spec.table,
            self.scope.alias,
            (),
            self._joins(where),
            where,
            limit=limit,
            offset=offset,
        )

    def _joins(self, where: ast.Condition | None) -> tuple[ast.Join, ...]:
        return self.scope.joins(where.needs if where is not None else ast.NOWHERE)

    def where(self) -> ast.Condition | None:
        found = [
            self.conditions.condition(clause.condition, clause.start, self.scope, clause.group)
            for clause in self.spec.clauses
        ]
        condition = joined(AND, found) if found else None
        return None if condition == ast.Truth(True) else condition

    def outputs(self) -> tuple[tuple[ast.Expr, ...], tuple[ast.Related, ...]]:
        """What is selected: values, or the columns of the rows and of those related to them."""
        output = self.spec.output
        if output.kind != "instances":
            return tuple(self._value(path) for path in output.paths), ()
        columns = [*self.scope.columns(self.scope.alias, self.spec.table)]
        wanted = related.wanted(self.spec.table, self.spec.related)
        beside = related.select(wanted, self.scope, self.scope.alias, columns)
        return tuple(columns), beside

    def _value(self, path: str) -> ast.Expr:
        found = value_path(self.spec.table, path, self.asked)
        return self.conditions._operand(found, self.scope, None).expr

    @staticmethod
    def _hidden(
        outputs: tuple[ast.Expr, ...], order: tuple[ast.OrderTerm, ...]
    ) -> tuple[tuple[ast.Expr, ...], tuple[ast.OrderTerm, ...]]:
        """What DISTINCT has to select besides, and the order by the names of that.

        It can only order by what it selects, and an expression with parameters is not known again.
        """
        hidden: dict[ast.Expr, ast.Expr] = {}
        for expr in (term.expr for term in order):
            if expr in outputs or isinstance(expr, ast.Random):
                continue
            name = f"order_{len(hidden)}"
            hidden[expr] = (
                expr
                if isinstance(expr, ast.Column)
                else ast.Named(name, expr, expr.field, expr.nullable)
            )
        named = tuple(replace(term, expr=hidden.get(term.expr, term.expr)) for term in order)
        return tuple(hidden.values()), named

    def window(self) -> tuple[ast.Param | None, ast.Param | None]:
        place = len(self.spec.values)
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
            terms = self.ordering(ordering.terms, ordering.start)
        else:
            terms = self.ordering(self.spec.table.options.ordering, None)
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
                found.append(ast.OrderTerm(operand.expr, term.descending, term.nulls_first))
                start = start + len(term.values) if start is not None else None
            elif isinstance(term, str):
                is_random = term == RANDOM
                found += [RANDOM_TERM] if is_random else self._by_path(term)
            else:
                raise _no_term(term)
        return found

    def _by_path(self, term: str, depth: int = 0) -> list[ast.OrderTerm]:
        """The terms of a path such as ``-author``: a relation is ordered as its model is."""
        descending = term.startswith("-")
        name = term.removeprefix("-").removeprefix("+")
        path = value_path(self.spec.table, name, self.asked)
        field: Any = path.field
        names_object = field.is_relation and name.rpartition("__")[2] == field.name
        ordering = field.target.options.ordering if names_object else ()
        if not ordering or depth >= DEEPEST_ORDERING or path.parts:
            expr = self.conditions._operand(path, self.scope, None).expr
            return [ast.OrderTerm(expr, descending, not descending)]
        found: list[ast.OrderTerm] = []
        for inner in ordering:
            if not isinstance(inner, str) or inner == RANDOM:
                raise FieldError(
                    f"{short(term)} orders by {field.target.model_name}, whose own ordering is no "
                    "list of names",
                    fix=f"Order by a field of it: {name}__…",
                )
            opposite = descending != inner.startswith("-")
            inner_name = inner.removeprefix("-")
            found += self._by_path(f"{'-' if opposite else ''}{name}__{inner_name}", depth + 1)
        return found
