"""Which SELECT over tables and columns does a spec stand for?"""

from __future__ import annotations

from dataclasses import replace

from ..errors import FieldError
from . import ast
from .combined import OPERATORS, Combined, check_alike, names_of
from .ctes import labelled
from .deriving import Pulled, qualified
from .groups import Split, by_rows, by_values, split
from .joins import column
from .locks import Links, lock
from .outputs import Listing, by_names, hidden_by
from .spec import ROWS, Keyed, QuerySpec


def _check_windows(condition: ast.Condition) -> None:
    """Refuse a condition on windows of rows where groups of values are made of the rows.

    Raises:
        FieldError: it is one.
    """
    windows = (node for node in ast.walk(condition) if isinstance(node, ast.Over))
    inside = ((node.function.arguments, node.partition_by, node.order_by) for node in windows)
    own = (ast.Aggregate,)
    if not all(ast.contains(parts, own) for parts in inside):
        raise FieldError(
            "Rows cannot be filtered by a window and then be grouped by values",
            fix="Do it in two: filter(pk__in=filtered.values('pk')).values(…).annotate(…).",
        )


class SelectResolver(Listing):
    """The SELECTs of a spec: of its rows, of their number, of what aggregates say about them."""

    def select(self, marked: bool = False) -> ast.Select:
        """The SELECT of the rows; if they are marked, with what orders them as its last outputs."""
        if self.spec.combined is not None:
            return self.of_combined(self.spec.combined)
        where, having, qualify = self.where()
        outputs, fields, beside, names, widths = self.outputs()
        order = self.order()
        marks = tuple(term.expr for term in order) if marked else ()
        hidden: tuple[ast.Expr, ...] = ()
        if self.spec.distinct:
            hidden, order = hidden_by(outputs, order)
        key = self._key(self.spec.keyed) if self.spec.keyed is not None else ()
        hidden = (*hidden, *key, *marks)
        if self.conditions.outer is not None:
            order = by_names(outputs, order)
        limit, offset = self.window()
        locking = lock(self.spec, self.scope, beside)  # which may join the tables of parents
        distinct_on, order = self.distinct_on(order)
        by = distinct_on.by if distinct_on is not None else ()
        grouped = self.group_by((*outputs, *hidden, *by), order, having, beside)
        found = ast.Select(
            self.source,
            self.scope.alias,
            (*outputs, *hidden),
            self._joins(where),
            where,
            grouped,
            having,
            order,
            limit,
            offset,
            self.spec.distinct,
            len(hidden),
            beside,
            len(key),
            fields,
            names,
            locking,
            widths,
            self.ctes,
            distinct_on,
        )
        return self._qualified(found, qualify)

    def distinct_on(
        self, order: tuple[ast.OrderTerm, ...]
    ) -> tuple[ast.DistinctOn | None, tuple[ast.OrderTerm, ...]]:
        """What the rows are to differ in, and the order that says which of them is the first.

        Raises:
            FieldError: the order begins with something else.
        """
        names = self.spec.distinct_on
        if not names:
            return None, order
        shown = f"distinct({', '.join(map(repr, names))})"
        by = ast.flat(self.value(name).expr for name in names)
        if not order:
            key = ast.flat([self.value("pk").expr])
            order = tuple(ast.OrderTerm(expr, False, True) for expr in dict.fromkeys((*by, *key)))
        missing = set(by)
        for term in order:
            if missing and term.expr not in by:
                raise FieldError(
                    f"{shown} takes the first row of each, so that the order has to begin with "
                    "these names",
                    fix=f"Write order_by({', '.join(map(repr, names))}, …).{shown}.",
                )
            missing.discard(term.expr)
        if self.spec.keyed is not None:  # the first row of each owner's
            owner = self._key(self.spec.keyed)
            by = (*owner, *by)
            order = (*(ast.OrderTerm(expr, False, True) for expr in owner), *order)
        return ast.DistinctOn(by, self.scope.aliases.take("firsts")), order

    def ranked(self) -> ast.Ranked:
        """The slice of each owner's rows."""
        if self.spec.distinct or self.spec.distinct_on:
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

    def of_combined(self, combined: Combined) -> ast.Select:
        """The rows of several queries."""
        members = self._members(combined)
        check_alike(combined.call, members)
        alias = self.scope.alias
        first = members[0]
        columns = enumerate(zip(*(member.outputs for member in members), strict=True))
        found = replace(
            first,
            table=ast.Compound(
                OPERATORS[combined.call], combined.all, members, self.recurring is not None
            ),
            alias=alias,
            outputs=tuple(
                ast.Output(alias, f"c{n}", column[0].field, any(each.nullable for each in column))
                for n, column in columns
            ),
            joins=(),
            where=None,
            group_by=(),
            having=None,
            distinct=False,
            ctes=self.ctes,
        )
        self.conditions.outputs = names_of(combined.parts[0], found, alias)
        if self.spec.output != combined.parts[0].output:
            values = [self.value(path).expr for path in self.spec.output.paths]
            found = replace(found, outputs=tuple(values), widths=(1,) * len(values))
        order = self.order()
        limit, offset = self.window()
        return replace(found, order_by=order, limit=limit, offset=offset)

    def _members(self, combined: Combined) -> tuple[ast.Select, ...]:
        """The queries that are put together; a recursive one is known from its first rows on."""
        found: list[ast.Select] = []
        for spec, start in zip(combined.parts, combined.starts, strict=True):
            found.append(self._member(spec, start))
            if self.recurring is not None and len(found) == 1:
                table, name = self.recurring
                self.aliases.defined.add(table, name, labelled(spec, found[0]))
        if self.recurring is not None:
            self.aliases.defined.found.pop(self.recurring[0])
        return tuple(found)

    def _member(self, spec: QuerySpec, start: int) -> ast.Select:
        """One of the queries that are put together; its order counts only for its slice."""
        resolver = self._inside(spec if spec.is_sliced else spec.ordered(()), start)
        return self._shown(replace(resolver.select(), lock=None))

    def rows(self, window: bool = False) -> ast.Select:
        """The rows without anything of them."""
        if self.spec.combined is not None:
            found = self.of_combined(self.spec.combined)
            return replace(found, outputs=(), order_by=()) if window else found
        where, having, qualify = self.where()
        limit, offset = self.window() if window else (None, None)
        grouped = self.group_by((), (), having, ())
        found = ast.Select(
            self.source,
            self.scope.alias,
            (),
            self._joins(where),
            where,
            grouped,
            having,
            limit=limit,
            offset=offset,
            ctes=self.ctes,
        )
        return self._qualified(found, qualify)

    def rows_above(self, links: Links) -> ast.Select:
        """The keys of the rows that these go on from."""
        rows = self.rows()
        link = ast.Column(self.scope.along(self.scope.alias, links[:-1]), links[-1], False)
        return replace(rows, outputs=(link,), joins=self._joins(rows.where))

    def aggregate(self, names: tuple[str, ...]) -> ast.Select:
        """The one row of the last annotations, which are about all rows of the query."""
        spec = self.spec
        if spec.combined is not None:
            return self._aggregate_of(self.of_combined(spec.combined), names)
        self.conditions.nested_from = len(spec.annotations) - len(names)
        where, having, qualify = self.where()
        if spec.nothing:
            where = ast.Truth(False)
        aggregates = tuple(self.value(name).expr for name in names)
        widths = (1,) * len(names)
        is_distinct = spec.distinct or bool(spec.distinct_on)
        is_windowed = ast.contains(aggregates, ast.Over)
        if not (
            spec.is_sliced or is_distinct or spec.grouped is not None or qualify or is_windowed
        ):
            return ast.Select(
                self.source,
                self.scope.alias,
                aggregates,
                self._joins(where),
                where,
                widths=widths,
                ctes=self.ctes,
            )
        outputs = self.outputs().exprs if spec.distinct else ()
        order = self.order() if spec.is_sliced or spec.distinct_on else ()
        distinct_on, order = self.distinct_on(order)
        limit, offset = self.window()
        grouped = self.group_by(outputs, order, having, ())
        alias = self.scope.aliases.take("rows")
        pulled = Pulled(alias, outputs)
        found = tuple(ast.changed(each, pulled.of_aggregate) for each in aggregates)
        if grouped:  # what is pulled out of it may be about more than it is grouped by
            grouped = self.group_by(tuple(pulled.exprs), order, having, ())
        inner = ast.Select(
            self.source,
            self.scope.alias,
            tuple(pulled.exprs),
            self._joins(where),
            where,
            grouped,
            having,
            order,
            limit,
            offset,
            spec.distinct,
            ctes=self.ctes,
            distinct_on=distinct_on,
        )
        inner = self._qualified(inner, qualify)
        return ast.Select(ast.Derived(inner), alias, found, widths=widths)

    def _aggregate_of(self, select: ast.Select, names: tuple[str, ...]) -> ast.Select:
        """What aggregates say about the rows of a SELECT, as they are."""
        assert self.spec.combined is not None
        alias = self.scope.aliases.take("rows")
        spec = self.spec.combined.parts[0].giving(self.spec.output)
        self.conditions.outputs = names_of(spec, select, alias)
        annotations = self.spec.annotations[-len(names) :]
        with self.conditions.allowing():
            found = tuple(
                self.conditions.expression(
                    each.expression, each.start + self.base, self.scope, None
                ).expr
                for each in annotations
            )
        return ast.Select(ast.Derived(select), alias, found, widths=(1,) * len(names))

    def _qualified(self, select: ast.Select, qualify: ast.Condition | None) -> ast.Select:
        """A SELECT of which only some rows are kept, by what windows say of them."""
        if qualify is None:
            return select
        return qualified(select, qualify, self.scope.aliases.take("rows"))

    def _joins(self, where: ast.Condition | None) -> tuple[ast.Join, ...]:
        return self.scope.joins(where.needs if where is not None else ast.NOWHERE)

    def where(self) -> Split:
        """The conditions: of rows, of groups, and of what windows say."""
        found: list[ast.Condition] = []
        self.conditions.visible = 0
        for condition, start, group, annotated in self.spec.clauses:
            self.conditions.reveal(annotated)
            start += self.base
            found.append(self.conditions.condition(condition, start, self.scope, group))
        self.conditions.reveal(len(self.spec.annotations))
        parts = split(found)
        if parts.qualify is not None and self.spec.grouped not in (None, ROWS):
            _check_windows(parts.qualify)
        return parts

    def group_by(
        self,
        outputs: tuple[ast.Expr, ...],
        order: tuple[ast.OrderTerm, ...],
        having: ast.Condition | None,
        beside: tuple[ast.Related, ...],
    ) -> tuple[ast.Expr, ...]:
        """What the rows are grouped by, by Django's rule: ``values()`` before ``annotate()``."""
        grouped = self.spec.grouped
        if grouped is None:
            return ()
        terms = tuple(term.expr for term in order)
        aliases = frozenset(self.scope.chains)
        if grouped == ROWS and self.columns:
            rows = self.conditions.outputs or {}
            named = tuple(dict.fromkeys(operand.expr for operand in rows.values()))
            return by_values(named, (*outputs, *terms), having, aliases)
        if grouped == ROWS:
            key = column(self.scope.alias, self.spec.table.pk, False)
            return by_rows(key, (*outputs, *terms), having, beside, aliases)
        named = ast.flat(self.value(path).expr for path in grouped)
        return by_values(named, (*outputs, *terms), having, aliases)
