"""Which statement over tables and columns does a spec stand for?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

from ..errors import FieldError, QueryTooComplex, short
from ..expressions import Expression, OrderBy, Q
from ..expressions.q import AND
from ..schema.fields import BigIntegerField, Field
from ..schema.relations import ForeignKeyField
from ..schema.table import Table
from ..schema.ways import WayBack
from . import ast, related
from .annotations import shown_names
from .conditions import Conditions
from .grouping import joined
from .joins import Aliases, Scope, column
from .loading import Mask
from .operands import Operand
from .ordering import RANDOM, spelled_out
from .spec import Keyed, Lock, QuerySpec

RANDOM_TERM = ast.OrderTerm(ast.Random(), False, True)
DEEPEST_CONDITION = 1000  # no server takes as many; where each stops, its dialect says
WHOLE: Field[Any] = BigIntegerField()

Links: TypeAlias = tuple[ForeignKeyField[Any], ...]
"""The way from a table to one that it goes on from."""


def select(spec: QuerySpec) -> ast.Select | ast.Ranked:
    """The SELECT that gives a query's rows."""
    if spec.keyed is not None and spec.is_sliced:
        return _Resolver(spec).ranked()
    return _Resolver(spec).select()


def page(spec: QuerySpec) -> tuple[ast.Select, int]:
    """The SELECT of a page's rows, with what they are ordered by as its last outputs: how many."""
    found = _Resolver(spec).select(marked=True)
    return found, len(found.order_by)


def select_keys(spec: QuerySpec) -> ast.Select:
    """The SELECT whose rows an UPDATE or a DELETE is about: no outputs; an order for a slice."""
    resolver = _Resolver(spec)
    if not spec.is_sliced:
        return resolver.rows()
    order = resolver.order()  # which may join tables too
    return replace(resolver.rows(window=True), order_by=order)


def select_keys_above(spec: QuerySpec, links: Links) -> ast.Select:
    """The same where it is about rows of a parent; its output is the last link to them."""
    return _Resolver(spec).rows_above(links)


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
        beside = outputs[len(outputs) - select.hidden - len(select.names) :]
        outputs = (*ast.flat([column(select.alias, spec.table.pk, False)]), *beside)
    return replace(select, outputs=outputs, order_by=(), lock=None)


def exists(spec: QuerySpec) -> ast.Select:
    """The SELECT that has a row if a query has one."""
    resolver = _Resolver(spec)
    found = resolver.select() if spec.distinct and spec.low else resolver.rows(window=True)
    return replace(found, limit=ast.Constant(1, WHOLE), lock=None)


def check_condition(spec: QuerySpec, condition: Q, asked: str) -> None:
    """Refuse a condition that does not fit a query, once for each shape of it.

    Raises:
        FieldError: it names what the model does not have, or compares what cannot be compared.
    """
    table, key = spec.table, (*spec.named, *condition.key)
    if key in table.checked:
        return
    if condition.depth > DEEPEST_CONDITION:
        raise QueryTooComplex(
            f"A condition is nested {condition.depth} levels deep; the limit is "
            f"{DEEPEST_CONDITION}",
            fix="Flatten it with Q(a) | Q(b) | … on one level.",
        )
    resolver = _Resolver(spec, asked)
    resolver.conditions.condition(condition, 0, resolver.scope, 0)
    table.remember(key)


def check_ordering(spec: QuerySpec, terms: tuple[str | OrderBy, ...], asked: str) -> None:
    """Refuse an ordering that does not fit a query, once for each shape of it.

    Raises:
        FieldError: it names what the model does not have.
    """
    key = (*spec.named, "order by", *map(_key_of_term, terms))
    if key in spec.table.checked:
        return
    _Resolver(spec, asked).ordering(terms, 0)
    spec.table.remember(key)


def check_annotations(spec: QuerySpec, asked: str) -> None:
    """Refuse named expressions that do not fit a query's table, once for each shape of them.

    Raises:
        FieldError: one names what the model does not have, or calculates what cannot be.
    """
    if spec.named in spec.table.checked:
        return
    resolver = _Resolver(spec, asked)
    for place in range(len(spec.annotations)):
        resolver.conditions.annotation(place)
    spec.table.remember(spec.named)


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


def check_outputs(spec: QuerySpec, paths: tuple[str, ...], asked: str) -> None:
    """Refuse names in ``values()`` that a query does not have, once for each list of them.

    Raises:
        FieldError: one of them is no path, or an alias that rows are not to have.
    """
    key = (*spec.named, "output of", *paths)
    if key in spec.table.checked:
        return
    resolver = _Resolver(spec, asked)
    shown = shown_names(spec.annotations)
    hidden = {annotation.name for annotation in spec.annotations}.difference(shown)
    for path in paths:
        resolver.value(path)
        if path.split("__")[0] in hidden:
            raise FieldError(
                f"{short(path)} is an alias, which rows do not have",
                asked=asked,
                fix=f'Give it to the rows with annotate({path}=F("{path}")).',
            )
    spec.table.remember(key)


def _selected(
    beside: tuple[ast.Related, ...], before: str = ""
) -> Iterator[tuple[str, tuple[Table, str]]]:
    """The paths of selected related rows: their tables, and the names of these in the query."""
    for one in beside:
        way = one.way
        path = before + (way.relation.query_name if isinstance(way, WayBack) else way.name)
        yield path, (way.target, one.alias)
        yield from _selected(one.children, f"{path}__")


def _with_parents(path: str, table: Table) -> Iterator[tuple[str, Links]]:
    """The path of a row, and the paths of the rows that it goes on from; from there, the links."""
    yield path, ()
    before = "" if path == "self" else f"{path}__"
    for part in table.parts:
        for link in part.parents:
            yield before + link.name, (*table.inherited.get(link, ()), link)


def _not_selected(path: str, possible: list[str], lock: Lock) -> FieldError:
    return FieldError(
        f"{short(path)} is no row that this query selects",
        asked=f"select_for_update(of={lock.of!r})",
        possible=possible,
        fix=f"Choices: {', '.join(possible)}; relations are those of select_related().",
    )


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


class _Resolver:
    def __init__(self, spec: QuerySpec, asked: str | None = None) -> None:
        self.spec = spec
        self.asked = asked
        self.scope = Scope(spec.table, Aliases())
        self.conditions = Conditions(asked, spec.annotations, self.scope)

    def select(self, marked: bool = False) -> ast.Select:
        where = self.where()
        outputs, fields, beside, names, widths = self.outputs()
        order = self.order()
        marks = tuple(term.expr for term in order) if marked else ()
        hidden: tuple[ast.Expr, ...] = ()
        if self.spec.distinct:
            hidden, order = self._hidden(outputs, order)
        key = self._key(self.spec.keyed) if self.spec.keyed is not None else ()
        hidden = (*hidden, *key, *marks)
        limit, offset = self.window()
        lock = self.lock(beside)  # which may join the tables of parents
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
            len(key),
            fields,
            names,
            lock,
            widths,
        )

    def ranked(self) -> ast.Ranked:
        """The slice of each owner's rows."""
        if self.spec.distinct:
            raise FieldError(
                "A slice of each owner's rows cannot be distinct as well",
                fix="Take away distinct(), or the slice.",
            )
        if self.spec.lock is not None:
            raise FieldError(
                "A slice of each owner's rows cannot be locked",
                fix="Take away select_for_update(), or the slice.",
            )
        found = self.select()
        order = found.order_by or tuple(self.ordering(("pk",), None))
        select = replace(found, order_by=(), limit=None, offset=None)
        return ast.Ranked(select, order, low=found.offset, high=found.limit)

    def _key(self, keyed: Keyed) -> tuple[ast.Expr, ...]:
        """The key of the owner, from the join that the clause about it made."""
        return ast.flat([self.conditions.value(keyed.path, self.scope, keyed.clause)[0].expr])

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

    def rows_above(self, links: Links) -> ast.Select:
        """The keys of the rows that these go on from."""
        rows = self.rows()
        link = ast.Column(self.scope.along(self.scope.alias, links[:-1]), links[-1], False)
        return replace(rows, outputs=(link,), joins=self._joins(rows.where))

    def _joins(self, where: ast.Condition | None) -> tuple[ast.Join, ...]:
        return self.scope.joins(where.needs if where is not None else ast.NOWHERE)

    def where(self) -> ast.Condition | None:
        found: list[ast.Condition] = []
        self.conditions.visible = 0
        for condition, start, group, annotated in self.spec.clauses:
            self.conditions.reveal(annotated)
            found.append(self.conditions.condition(condition, start, self.scope, group))
        self.conditions.reveal(len(self.spec.annotations))
        return self._joined(found)

    @staticmethod
    def _joined(found: list[ast.Condition]) -> ast.Condition | None:
        condition = joined(AND, found) if found else None
        return None if condition == ast.Truth(True) else condition

    def outputs(self) -> Outputs:
        """What is selected: values; or the columns of the rows, of those related, annotations."""
        spec = self.spec
        if spec.output.kind != "instances":
            values = [self._output(path, ()) for path in spec.output.paths]
            widths = tuple(len(ast.flat([value])) for value in values)
            return Outputs(ast.flat(values), widths=widths)
        wanted = related.wanted(spec.table, spec.related)
        mask, asked_for = Mask.of(spec.loading), spec.related is not None
        fields = related.fields(spec.table, mask, wanted, asked_for)
        columns = self.scope.columns(self.scope.alias, fields, self.spec.table)
        beside = related.select(wanted, self.scope, self.scope.alias, columns, mask, asked_for)
        names = shown_names(spec.annotations)
        named = [self._output(name, columns) for name in names]
        return Outputs((*columns, *named), fields, beside, names)

    def _output(self, path: str, beside: Iterable[ast.Column]) -> ast.Expr:
        """The value of a path; that of an annotation under a name that no column beside it has."""
        expr = self.value(path).expr
        if all(annotation.name != path for annotation in self.spec.annotations):
            return expr
        columns = {column.field.column.lower() for column in beside}
        while path.lower() in columns:
            path += "_"
        return ast.Named(path, expr, expr.field, expr.nullable)

    def value(self, path: str) -> Operand:
        """What a path names; a lookup at its end is an error."""
        found, lookup = self.conditions.value(path, self.scope, None, self.asked)
        last = path.rpartition("__")[2]
        if lookup != "exact" or (last == "exact" and last != found.field.name):
            raise FieldError(
                f"{short(path)} names a lookup where a field is wanted", asked=self.asked
            )
        return found

    def lock(self, beside: tuple[ast.Related, ...]) -> ast.Lock | None:
        """How the rows are locked: all of them, or those of the tables that were named."""
        lock = self.spec.lock
        if lock is None:
            return None
        rows = {"self": (self.spec.table, self.scope.alias)}
        if self.spec.output.kind == "instances":  # else related rows are not selected
            rows |= _selected(beside)
        tables = {
            path: (alias, links)
            for start, (table, alias) in rows.items()
            for path, links in _with_parents(start, table)
        }
        for path in lock.of:
            if path not in tables:
                raise _not_selected(path, list(tables), lock)
        wait = "NOWAIT" if lock.nowait else "SKIP LOCKED" if lock.skip_locked else ""
        named = tuple(dict.fromkeys(self.scope.along(*tables[path]) for path in lock.of))
        return ast.Lock("NO KEY UPDATE" if lock.no_key else "UPDATE", named, wait)

    @staticmethod
    def _hidden(
        outputs: tuple[ast.Expr, ...], order: tuple[ast.OrderTerm, ...]
    ) -> tuple[tuple[ast.Expr, ...], tuple[ast.OrderTerm, ...]]:
        """What DISTINCT has to select besides, and the order by the names of that.

        It can only order by what it selects, and an expression with parameters is not known again.
        """
        hidden: dict[ast.Expr, ast.Expr] = {}
        shown = {output.expr: output for output in outputs if isinstance(output, ast.Named)}
        for expr in (term.expr for term in order):
            if expr in outputs or expr in shown or isinstance(expr, ast.Random):
                continue
            name = f"order_{len(hidden)}"
            hidden[expr] = (
                expr
                if isinstance(expr, ast.Column)
                else ast.Named(name, expr, expr.field, expr.nullable)
            )
        names = shown | hidden
        named = tuple(replace(term, expr=names.get(term.expr, term.expr)) for term in order)
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
                found += [
                    ast.OrderTerm(expr, term.descending, term.nulls_first)
                    for expr in ast.flat([operand.expr])
                ]
                start = start + len(term.values) if start is not None else None
            elif isinstance(term, str):
                is_random = term == RANDOM
                found += [RANDOM_TERM] if is_random else self._by_path(term)
            else:
                raise _no_term(term)
        return found

    def _by_path(self, term: str) -> list[ast.OrderTerm]:
        """The terms of a path such as ``-author``."""
        return [
            ast.OrderTerm(expr, descending, not descending)
            for name, descending in spelled_out(term, self.value)
            for expr in ast.flat([self.value(name).expr])
        ]
