"""Which statement do the words of the query builder stand for?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from ...errors import FieldError
from ...expressions import Aggregate, F, Func, OrderBy, Subquery, Window
from ...expressions.q import AND
from .. import ast, resolve
from ..conditions import Conditions
from ..grouping import joined
from ..joins import Aliases, Scope
from ..operands import Operand
from ..ordering import RANDOM
from ..outputs import RANDOM_TERM, WHOLE
from ..parts import At
from .names import AnyColumn, apart, checked_name
from .scope import FreeConditions, FreeScope
from .spec import (
    DELETE,
    INSERT,
    SELECT,
    UPDATE,
    Defined,
    FreeSpec,
    Item,
    NamedTable,
    Nested,
    Source,
)


def statement(spec: FreeSpec) -> ast.Statement:
    """The statement of a query.

    Raises:
        FieldError: it names what cannot be named, or has a clause that cannot be there.
    """
    check_clauses(spec)
    return STATEMENTS[spec.kind](FreeResolver(spec))


def ask(conditions: Conditions, query: Subquery, at: At, key: str) -> ast.Select | None:
    """The SELECT inside of another one, be it of the query builder or of a model's rows."""
    spec = query.spec
    if not isinstance(spec, FreeSpec):
        return resolve.ask(conditions, query, at, key)
    check_clauses(spec, "in another query")
    outer = (conditions, at.scope)
    resolver = FreeResolver(spec, at.start, at.scope.aliases, outer, conditions.unfinished)
    found = resolver.select()
    if not key:
        return replace(found, outputs=(), order_by=())
    if ast.contains(found.outputs, ast.Everything):
        raise FieldError(
            f"{spec.shown} gives all columns, and has to give one",
            asked=conditions.asked,
            fix='Name it: select("id").',
        )
    return found


class FreeResolver:
    """Resolves one query.

    Args:
        spec: what is asked.
        base: where its values begin among those of the statement.
        aliases: the names taken in the statement so far.
        outer: the conditions and the tables of the query around it.
        unfinished: whether that may yet be put into another query.
    """

    def __init__(
        self,
        spec: FreeSpec,
        base: int = 0,
        aliases: Aliases | None = None,
        outer: tuple[Conditions, Scope] | None = None,
        unfinished: bool = False,
    ) -> None:
        self.spec = spec
        self.base = base
        self.scope = FreeScope(aliases or Aliases())
        self.conditions = FreeConditions(base=base, outer=outer, ask=ask, unfinished=unfinished)

    # --- SELECT --------------------------------------------------------------------------------

    def select(self, as_table: bool = False) -> ast.Select:
        """The SELECT; as a table of another one, all of its columns have names."""
        spec = self.spec
        ctes = tuple(map(self.cte, spec.ctes))
        alias = self.scope.add(spec.alias)
        joins = tuple(map(self.join, spec.joins))
        where = self.all_of(spec.where)
        with self.conditions.allowing():
            outputs, named = self.outputs(spec.outputs, as_table)
        scope = self.scope.naming(named)
        groups = tuple(self.group(item, scope) for item in spec.groups)
        with self.conditions.allowing(windowing=False):
            having = self.all_of(spec.having, scope)
        if ast.contains(having, ast.Over):
            raise FieldError(
                "A condition on what a window says of a row cannot stand in having()",
                asked=spec.having[0].asked,
                fix='Ask for it in a query around this one: Query(query, "rows").where(…).',
            )
        with self.conditions.allowing():
            order = tuple(self.order_term(item, scope) for item in spec.order)
        if spec.distinct and RANDOM_TERM in order:
            raise FieldError(
                "Distinct rows cannot be put in random order",
                fix='Do it in a query around this one: Query(query, "rows").order_by("?").',
            )
        return ast.Select(
            self.source(spec.source),
            alias,
            outputs or (ast.Everything(None),),
            joins,
            where,
            groups,
            having,
            order,
            self.number(spec.limit),
            self.number(spec.offset),
            spec.distinct,
            lock=None if spec.lock is None else ast.Lock("UPDATE", (), spec.lock.wait),
            ctes=ctes,
        )

    def cte(self, defined: Defined) -> ast.Cte:
        """A definition that stands before the query."""
        select = self.nested(defined.query, as_table=True)
        return ast.Cte(defined.name, defined.columns, select, defined.recursive, named=True)

    def source(self, source: Source) -> ast.Source:
        """What rows come from."""
        if isinstance(source, NamedTable):
            return ast.Bare(source.name, source.schema)
        if isinstance(source, Nested):
            return ast.Derived(self.nested(source, as_table=True), named=True)
        selects = tuple(
            self.nested(Nested(spec, start), as_table=True) for spec, start in source.members
        )
        return ast.Compound(source.operator, source.all, selects, named=True)

    def nested(self, nested: Nested, as_table: bool = False) -> ast.Select:
        """A query that knows nothing of the tables beside it; only of the query around this one."""
        check_clauses(nested.spec, "in another query")
        aliases = Aliases()
        if self.conditions.outer is not None:
            aliases.taken |= self.conditions.outer[1].aliases.taken
        start = self.base + nested.start
        outer, unfinished = self.conditions.outer, self.conditions.unfinished
        return FreeResolver(nested.spec, start, aliases, outer, unfinished).select(as_table)

    def join(self, joined: Any) -> ast.JoinOn:
        """A table beside the others."""
        alias = self.scope.add(joined.alias, asked=None if joined.on is None else joined.on.asked)
        on = None if joined.on is None else self.condition(joined.on, self.scope)
        return ast.JoinOn(joined.kind, self.source(joined.source), alias, on)

    def outputs(
        self, items: Iterable[Item], as_table: bool = False
    ) -> tuple[tuple[ast.Expr, ...], dict[str, Operand]]:
        """What is given, and what of it can be named further on."""
        found: list[ast.Expr] = []
        named: dict[str, Operand] = {}
        for item in items:
            if isinstance(item.what, str):
                found.append(self.everything(item))
                continue
            operand = self.operand(item, self.scope)
            name, bare = item.name, name_of(item.what)
            if name is None and isinstance(item.what, F):
                name = bare if as_table else None
            elif name is None:
                name = _free(bare, named)
            if name is None:
                found.append(operand.expr)
                named.setdefault(bare, operand)
            else:
                expr = _settled(operand) if as_table else operand.expr
                found.append(ast.Named(name, expr, operand.field, expr.nullable))
                named[name] = operand
        return tuple(found), named

    def everything(self, item: Item) -> ast.Everything:
        """All columns: ``*`` or ``p.*``."""
        table, _ = apart(item.what, "a column", item.asked)
        return ast.Everything(None if table is None else self.scope.known(table, item.asked)[1])

    def group(self, item: Item, scope: FreeScope) -> ast.Expr:
        """What rows are grouped by.

        Raises:
            FieldError: it is about groups, or windows, itself.
        """
        found = self.operand(item, scope).expr
        if ast.contains(found, (ast.Aggregate, ast.Over)):
            raise FieldError(
                f"{item.what!r} is about many rows, and no group can be made by it",
                asked=item.asked,
            )
        return found

    def order_term(self, item: Item, scope: FreeScope) -> ast.OrderTerm:
        """A term of the ordering; what the query gives is named there."""
        term = item.what
        if term == RANDOM:
            return RANDOM_TERM
        assert isinstance(term, OrderBy)
        operand = self.operand(item._replace(what=term.expression), scope)
        expr = operand.expr
        for output in self._named_outputs(term.expression, scope):
            expr = ast.Named(output, expr, operand.field, expr.nullable)
        return ast.OrderTerm(expr, term.descending, term.nulls_first)

    def _named_outputs(self, expression: Any, scope: FreeScope) -> list[str]:
        """The name by which SQL knows what is ordered by, if it has one of its own."""
        if not isinstance(expression, F) or expression.path not in scope.outputs:
            return []
        column = isinstance(scope.outputs[expression.path].expr, ast.Column)
        return [] if column else [expression.path]

    # --- INSERT, UPDATE, DELETE ----------------------------------------------------------------

    def insert(self) -> ast.InsertRows:
        """The INSERT."""
        spec, table = self.spec, self.table()
        if spec.query is not None:
            rows: Any = self.nested(spec.query)
        else:
            rows = tuple(
                tuple(self.operand(item, self.scope).expr for item in row) for row in spec.rows
            )
        self._check_constant(rows)
        conflict = None
        if spec.conflict is not None:
            conflict = ast.Conflict(*(self.columns(names) for names in spec.conflict))
        returning, _ = self.outputs(spec.returning)
        return ast.InsertRows(table, self.columns(spec.columns), rows, conflict, returning)

    def _check_constant(self, rows: Any) -> None:
        if isinstance(rows, tuple) and ast.contains(rows, ast.Column):
            raise FieldError(
                "insert() cannot read columns: there is no row yet",
                fix="Give values, or insert the rows of a query.",
            )

    def update(self) -> ast.Update:
        """The UPDATE."""
        select = self.changed()
        assignments = tuple(
            ast.Assignment(self.columns((str(item.name),))[0], self.operand(item, self.scope).expr)
            for item in self.spec.assignments
        )
        return ast.Update(select, assignments, self.outputs(self.spec.returning)[0])

    def delete(self) -> ast.Delete:
        """The DELETE."""
        return ast.Delete(self.changed(), self.outputs(self.spec.returning)[0])

    def changed(self) -> ast.Select:
        """The SELECT of the rows that are changed.

        Raises:
            FieldError: nobody said which rows.
        """
        spec, table = self.spec, self.table()
        if not spec.where and not spec.every:
            raise FieldError(
                f"{spec.kind}() without where() would be about all rows of {spec.alias}",
                fix="Write all_rows() if that is meant.",
            )
        return ast.Select(table, table.name, (), where=self.all_of(spec.where))

    def table(self) -> ast.Bare:
        """The table that is written to, which goes by its own name in the statement."""
        found = self.source(self.spec.source)
        assert isinstance(found, ast.Bare)
        self.scope.aliases.taken.add(found.name.lower())
        self.scope.add(self.spec.alias, found.name)
        return found

    def columns(self, names: Iterable[str]) -> tuple[AnyColumn, ...]:
        """Columns of that table."""
        return tuple(AnyColumn(self.spec.alias, checked_name(name, "a column")) for name in names)

    # --- parts ---------------------------------------------------------------------------------

    def all_of(self, items: tuple[Item, ...], scope: FreeScope | None = None) -> Any:
        """Conditions that all have to be true; None where there are none."""
        found = [self.condition(item, scope or self.scope) for item in items]
        condition = joined(AND, found) if found else None
        return None if condition == ast.Truth(True) else condition

    def condition(self, item: Item, scope: FreeScope) -> ast.Condition:
        """One condition."""
        self.conditions.asked = item.asked
        return self.conditions.condition(item.what, item.start + self.base, scope, None)

    def operand(self, item: Item, scope: FreeScope) -> Operand:
        """One expression."""
        self.conditions.asked = item.asked
        return self.conditions.expression(item.what, item.start + self.base, scope, None)

    def number(self, place: int | None) -> ast.Param | None:
        """A limit or an offset."""
        return None if place is None else ast.Param(place + self.base, WHOLE)


STATEMENTS: dict[str, Callable[[FreeResolver], ast.Statement]] = {
    SELECT: FreeResolver.select,
    INSERT: FreeResolver.insert,
    UPDATE: FreeResolver.update,
    DELETE: FreeResolver.delete,
}

CLAUSES = {
    SELECT: frozenset({"select", "join", "where", "group_by", "having", "order_by"})
    | {"limit", "offset", "distinct", "for_update", "with_cte"},
    INSERT: frozenset({"on_conflict", "returning"}),
    UPDATE: frozenset({"where", "all_rows", "returning"}),
    DELETE: frozenset({"where", "all_rows", "returning"}),
}
"""Which methods go with which kind of statement."""

INSTEAD = {
    "limit": 'Say which rows in a subquery: where(id__in=Query(…).select("id").limit(…)).',
    "join": 'Say which rows in a subquery: where(id__in=Query(…).select("id").join(…)).',
    "select": "Use returning(…) for what it gives.",
}


def check_clauses(spec: FreeSpec, where: str = "") -> None:
    """Refuse a clause that does not go with what the query does.

    Args:
        spec: the query.
        where: where it stands, if that is inside of another one.

    Raises:
        FieldError: there is one.
    """
    if where and spec.kind != SELECT:
        raise FieldError(f"{spec.shown}.{spec.kind}() cannot stand {where}")
    for method in spec.given:
        if method not in CLAUSES[spec.kind]:
            kind = "A query that selects" if spec.kind == SELECT else f"{spec.kind}()"
            raise FieldError(
                f"{kind} has no {method}()",
                possible=sorted(CLAUSES[spec.kind]),
                fix=INSTEAD.get(method) or f"It goes with {_with(method)}.",
            )


def _with(method: str) -> str:
    *first, last = [f"{kind}()" for kind, methods in CLAUSES.items() if method in methods]
    return f"{', '.join(first)} and {last}" if first else last


def name_of(what: Any) -> str:
    """What an output is called that was given no name: alike on all databases."""
    if isinstance(what, F):
        return what.path.rpartition(".")[2]
    if isinstance(what, Func):
        return what.name.lower() if not what.known else type(what).__name__.lower()
    if isinstance(what, Aggregate | Window):
        return type(what).__name__.lower()
    return "expr"


def _settled(operand: Operand) -> ast.Expr:
    """A column of a table to be: a parameter has to say of which type it is."""
    expr = operand.expr
    if not isinstance(expr, ast.Param):
        return expr
    return ast.Call("AS IS", (expr,), (), operand.field, expr.nullable)


def _free(name: str, taken: Iterable[str]) -> str:
    """The name, with a number behind it if it is taken."""
    found, n = name, 1
    while found in taken:
        n += 1
        found = f"{name}_{n}"
    return found
