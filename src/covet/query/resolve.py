"""Which statement over tables and columns does a spec stand for?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..errors import FieldError, QueryTooComplex, naming, short
from ..expressions import FilteredRelation, OrderBy, Q, Subquery
from . import ast
from .annotations import shown_names
from .conditions import Conditions
from .joins import column
from .locks import Links
from .outputs import WHOLE
from .parts import At
from .selects import SelectResolver
from .spec import Output, QuerySpec

DEEPEST_CONDITION = 1000  # no server takes as many; where each stops, its dialect says


def select(spec: QuerySpec) -> ast.Select | ast.Ranked:
    """The SELECT that gives a query's rows."""
    if spec.keyed is not None and spec.is_sliced:
        return SelectResolver(spec, ask).ranked()
    return SelectResolver(spec, ask).select()


def page(spec: QuerySpec) -> tuple[ast.Select, int]:
    """The SELECT of a page's rows, with what they are ordered by as its last outputs: how many."""
    found = SelectResolver(spec, ask).select(marked=True)
    return found, len(found.order_by)


def select_keys(spec: QuerySpec) -> ast.Select:
    """The SELECT whose rows an UPDATE or a DELETE is about: no outputs; an order for a slice."""
    resolver = SelectResolver(spec, ask)
    order = resolver.order() if spec.is_sliced else ()  # which may join tables too
    found = resolver.rows(window=spec.is_sliced)
    if found.table is spec.table:
        return replace(found, order_by=order)
    inner = SelectResolver(spec.giving(Output("flat", ("pk",))), ask)
    around = SelectResolver(QuerySpec(spec.table), ask, aliases=inner.scope.aliases)
    key = column(around.scope.alias, spec.table.pk, False)
    select = inner.select()
    kept = select if spec.is_sliced else replace(select, order_by=())
    return replace(around.rows(), where=ast.InSelect(key, kept, False, ast.NOWHERE))


def select_keys_above(spec: QuerySpec, links: Links) -> ast.Select:
    """The same where it is about rows of a parent; its output is the last link to them."""
    return SelectResolver(spec, ask).rows_above(links)


def count(spec: QuerySpec) -> ast.CountRows:
    """The SELECT that counts a query's rows."""
    resolver = SelectResolver(spec, ask)
    if spec.distinct_on:
        found = resolver.select()
        counted = replace(found, outputs=(), order_by=(), hidden=0, lock=None)
    elif spec.distinct:
        counted = _without_columns(resolver.select(), spec)
    else:
        counted = resolver.rows(window=True)
    return ast.CountRows(counted)


def _without_columns(select: ast.Select, spec: QuerySpec) -> ast.Select:
    """Distinct rows to be counted: of instances the key says as much as all columns."""
    outputs = select.outputs
    if spec.output.kind == "instances" and not isinstance(select.table, ast.Derived):
        beside = outputs[len(outputs) - select.hidden - len(select.names) :]
        outputs = (*ast.flat([column(select.alias, spec.table.pk, False)]), *beside)
    return replace(select, outputs=outputs, order_by=(), lock=None)


def exists(spec: QuerySpec) -> ast.Select:
    """The SELECT that has a row if a query has one."""
    resolver = SelectResolver(spec, ask)
    is_counted = (spec.distinct or spec.distinct_on) and spec.low
    found = resolver.select() if is_counted else resolver.rows(window=True)
    return replace(found, limit=ast.Constant(1, WHOLE), lock=None)


def aggregate(spec: QuerySpec, names: tuple[str, ...]) -> ast.Select:
    """The SELECT of the one row that the last annotations of a query make of all its rows."""
    return SelectResolver(spec, ask).aggregate(names)


def ask(conditions: Conditions, query: Subquery, at: At, key: str) -> ast.Select | None:
    """The SELECT inside of another one; None where it is known to have no rows.

    Args:
        conditions: what the query around it resolves.
        query: the query inside.
        at: where it stands in the other.
        key: the field that stands for instances; empty where only their existence is asked.
    """
    spec = query.spec
    if not isinstance(spec, QuerySpec):  # a query without a model, which is resolved its own way
        select: ast.Select | None = spec.inside(conditions, query, at, key)
        return select
    if spec.nothing:
        return None
    if key and spec.output.kind == "instances":
        spec = spec.giving(Output("flat", (key,)))
    resolver = SelectResolver(
        spec,
        ask,
        conditions.asked,
        base=at.start,
        aliases=at.scope.aliases,
        outer=(conditions, at.scope),
        unfinished=conditions.unfinished,
    )
    if not key and not ((spec.distinct or spec.distinct_on) and spec.low):
        return resolver.rows(window=True)
    found = replace(resolver.select(), lock=None)
    return found if spec.is_sliced or spec.distinct_on else replace(found, order_by=())


def checker(spec: QuerySpec, asked: str) -> SelectResolver:
    """A resolver for a query that is not complete yet."""
    return SelectResolver(spec, ask, asked, unfinished=True)


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
    with naming(asked):
        resolver = checker(spec, asked)
        resolver.conditions.condition(condition, 0, resolver.scope, 0)
    table.remember(key)


def check_ordering(spec: QuerySpec, terms: tuple[str | OrderBy, ...], asked: str) -> None:
    """Refuse an ordering that does not fit a query, once for each shape of it.

    Raises:
        FieldError: it names what the model does not have.
    """
    if spec.combined is not None:
        check_combined(spec.ordered(terms), asked)
        return
    grouped = "of groups" if spec.grouped is not None else "of rows"
    key = (*spec.named, "order by", grouped, *map(_key_of_term, terms))
    if key in spec.table.checked:
        return
    with naming(asked):
        resolver = checker(spec, asked)
        with resolver.conditions.allowing():
            found = resolver.ordering(terms, 0)
    if spec.grouped is None and ast.contains(tuple(found), ast.Aggregate, (ast.Over,)):
        raise FieldError(
            "An order by an aggregate needs groups, and this query has none",
            asked=asked,
            fix='Name it first: annotate(n=Count("…")).order_by("n").',
        )
    spec.table.remember(key)


def check_combined(spec: QuerySpec, asked: str) -> None:
    """Refuse a combination of queries that do not fit, or a name that they do not give.

    Raises:
        FieldError: other columns, or an unknown name.
    """
    key = ("combined", *spec.inner_key)
    if key not in spec.table.checked:
        with naming(asked):
            checker(spec, asked).select()
        spec.table.remember(key)


def check_annotations(spec: QuerySpec, asked: str) -> None:
    """Refuse named expressions that do not fit a query's table, once for each shape of them.

    Raises:
        FieldError: one names what the model does not have, or calculates what cannot be.
    """
    if spec.named in spec.table.checked:
        return
    with naming(asked):
        resolver = checker(spec, asked)
        for place in range(len(spec.annotations)):
            resolver.conditions.annotation(place)
    spec.table.remember(spec.named)


def check_aggregates(spec: QuerySpec, given: dict[str, Any], asked: str) -> None:
    """Refuse what ``aggregate()`` cannot give, before anything is asked.

    Raises:
        FieldError: an expression that is not about all rows.
    """
    for annotation in spec.annotations[len(spec.annotations) - len(given) :]:
        if not annotation.aggregate:
            raise FieldError(
                f"{annotation.expression!r} is no aggregate",
                asked=asked,
                fix="Use Count, Sum, Avg, Min, Max or another aggregate in aggregate().",
            )

    key = ("aggregate", *spec.inner_key, str(len(given)))
    if key not in spec.table.checked:
        with naming(asked):
            checker(spec, asked).aggregate(tuple(given))
        spec.table.remember(key)


def _key_of_term(term: str | OrderBy) -> Any:
    return term if isinstance(term, str) else term.key


def check_paths(spec: QuerySpec, paths: tuple[Any, ...], asked: str) -> None:
    """Refuse what names nothing of a query, once for each list of names.

    Raises:
        FieldError: one of them is no path.
    """
    for path in paths:
        if not isinstance(path, str):
            raise FieldError(f"{short(path)} is no name of a field", asked=asked)
    key = (*spec.named, "paths", *paths)
    if key not in spec.table.checked:
        resolver = checker(spec, asked)
        for path in paths:
            resolver.value(path)
        spec.table.remember(key)


def check_outputs(spec: QuerySpec, paths: tuple[str, ...], asked: str) -> None:
    """Refuse names in ``values()`` that a query does not have, once for each list of them.

    Raises:
        FieldError: one of them is no path, or an alias that rows are not to have.
    """
    key = (*spec.named, "output of", *paths)
    if key in spec.table.checked:
        return
    shown = shown_names(spec.annotations)
    hidden = {
        annotation.name
        for annotation in spec.annotations
        if not isinstance(annotation.expression, FilteredRelation)
    }.difference(shown)
    with naming(asked):
        resolver = checker(spec, asked)
    for path in paths:
        with naming(asked):
            resolver.value(path)
        if path.split("__")[0] in hidden:
            raise FieldError(
                f"{short(path)} is an alias, which rows do not have",
                asked=asked,
                fix=f'Give it to the rows with annotate({path}=F("{path}")).',
            )
    spec.table.remember(key)
