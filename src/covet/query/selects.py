"""Which SELECT over tables and columns does a spec stand for?"""

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
from .combined import OPERATORS, Combined, check_alike, names_of
from .conditions import Ask, Conditions
from .ctes import Defined, Definition, Joined, Labelled, columns_of, labelled
from .deriving import Pulled, qualified, without_hidden
from .expressions import At
from .groups import Split, by_rows, by_values, split
from .joins import Aliases, Scope, column
from .json import sorted_by
from .loading import Mask
from .locks import Links, lock
from .operands import Operand
from .ordering import RANDOM, spelled_out
from .spec import ROWS, Keyed, QuerySpec

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


def _by_names(
    outputs: tuple[ast.Expr, ...], order: tuple[ast.OrderTerm, ...]
) -> tuple[ast.OrderTerm, ...]:
    """An order by the names of outputs, where they are the same.

    SQLite's ORDER BY inside of another query does not see the tables of that one.
    """
    names = {output.expr: output for output in outputs if isinstance(output, ast.Named)}
    return tuple(replace(term, expr=names.get(term.expr, term.expr)) for term in order)


class SelectResolver:
    """Resolves a spec: its tables under their names, its conditions, what it gives and its order.

    Args:
        spec: what is asked.
        ask: what resolves a query inside of it.
        asked: the call that the user wrote, for messages.
        base: where its values begin among those of the statement.
        aliases: the names taken in the statement so far.
        outer: the conditions and the tables of the query around it.
        unfinished: whether it may yet be put into another query.
    """

    def __init__(
        self,
        spec: QuerySpec,
        ask: Ask | None,
        asked: str | None = None,
        *,
        base: int = 0,
        aliases: Aliases | None = None,
        outer: tuple[Conditions, Scope] | None = None,
        unfinished: bool = False,
    ) -> None:
        self.recurring: tuple[With, str] | None = None
        self.spec = spec
        self.asked = asked
        self.base = base
        self.aliases = aliases or Aliases(Defined(spec.table))
        self.source: ast.Source = spec.table
        alias = None
        if spec.origin is not None:
            alias = self.aliases.take(spec.origin.name)
        elif spec.combined is not None:
            alias = self.aliases.take("rows")
        self.scope = Scope(spec.table, self.aliases, alias)
        self.conditions = Conditions(
            asked,
            spec.annotations,
            self.scope,
            base=base,
            outer=outer,
            ask=ask,
            unfinished=unfinished,
        )
        self.ctes = tuple(map(self._defined, spec.ctes))
        self.columns: tuple[Labelled, ...] = ()
        if spec.origin is not None:
            name, self.columns = self._known(spec.origin)
            self.source = ast.CteRef(name)
            self.conditions.outputs = columns_of(self.scope.alias, self.columns, False)
        for own in spec.beside:
            self._join(own)

    # --- tables of its own ---------------------------------------------------------------------

    def _defined(self, definition: Definition) -> ast.Cte:
        """The definition of a common table expression."""
        table, defined = definition.table, self.aliases.defined
        assert table.query is not None
        spec = table.query.spec
        name = defined.name_for(table)
        resolver = self._inside(spec, definition.start)
        if table.is_recursive:
            resolver.recurring = (table, name)
        select = self._shown(resolver.select())
        columns = labelled(spec, select)
        defined.add(table, name, columns)
        names = tuple(column.name for column in columns)
        return ast.Cte(name, names, replace(select, lock=None), table.is_recursive)

    def _shown(self, select: ast.Select) -> ast.Select:
        """A query inside of this one, with no more columns than it shows."""
        return without_hidden(select, self.aliases.take("part")) if select.hidden else select

    def _inside(
        self, spec: QuerySpec, start: int, outer: tuple[Conditions, Scope] | None = None
    ) -> SelectResolver:
        """The resolver of a query that stands in this one.

        Args:
            spec: what it asks.
            start: where its values begin among those of this one.
            outer: the conditions and the tables that it sees; else it sees what this one does.
        """
        aliases = Aliases(self.aliases.defined)
        aliases.taken |= self.aliases.taken
        return SelectResolver(
            spec,
            self.conditions.ask,
            self.asked,
            base=self.base + start,
            aliases=aliases,
            outer=outer or self.conditions.outer,
            unfinished=self.conditions.unfinished,
        )

    def _known(self, table: With) -> tuple[str, tuple[Labelled, ...]]:
        """The name and the columns of a common table expression.

        Raises:
            FieldError: no query around defines it.
        """
        found = self.aliases.defined.found.get(table)
        if found is not None:
            return found
        if not self.conditions.unfinished:
            raise FieldError(
                f"{table!r} is not defined here",
                fix=f"Add .with_cte({table.name}) to the query, or to one around it.",
            )
        if table.query is None:
            return table.name, ()
        self._inside(QuerySpec(table.query.spec.table).defining([table]), 0)
        return self.aliases.defined.found.pop(table)

    def _join(self, own: Joined) -> None:
        """Join a query as a table."""
        table = own.table
        alias = self.aliases.take(table.name)
        source: ast.Source
        if isinstance(table, With):
            name, columns = self._known(table)
            source = ast.CteRef(name)
        else:
            assert table.query is not None
            around = (self.conditions, self.scope)
            select = self._shown(self._inside(table.query.spec, own.start, around).select())
            columns = labelled(table.query.spec, select)
            source = ast.LateralSelect(select, tuple(column.name for column in columns))
        self.scope.chains[alias] = frozenset({alias})
        known = columns_of(alias, columns, own.outer)
        self.conditions.own[table] = known if columns else None
        condition: ast.Condition = ast.Truth(True)
        if own.condition.children:
            at = At(own.condition_start + self.base, self.scope, None)
            condition = self.conditions.rowwise(own.condition, at)
        self.scope.join_own(source, alias, own.outer, condition)

    # --- statements ----------------------------------------------------------------------------

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
            hidden, order = self._hidden(outputs, order)
        key = self._key(self.spec.keyed) if self.spec.keyed is not None else ()
        hidden = (*hidden, *key, *marks)
        if self.conditions.outer is not None:
            order = _by_names(outputs, order)
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

    def value(self, path: str) -> Operand:
        """What a path names; a lookup at its end is an error."""
        found, lookup = self.conditions.value(path, self.scope, None, self.asked)
        last = path.rpartition("__")[2]
        if json.is_json(found):
            return json.key_at_end(found, path, lookup)
        if lookup != "exact" or (last == "exact" and last != found.field.name):
            raise FieldError(
                f"{short(path)} names a lookup where a field is wanted", asked=self.asked
            )
        return found

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
                found += [
                    ast.OrderTerm(expr, term.descending, term.nulls_first)
                    for expr in sorted_by(operand.expr)
                ]
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
            ast.OrderTerm(expr, descending, not descending)
            for name, descending in spelled_out(term, self.value)
            for expr in sorted_by(self.value(name).expr)
        ]
