"""Which condition over columns does a Q tree stand for?

The tree is walked by an own stack, never by recursion: users build trees in loops.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..errors import FieldError, UnknownField, UnknownLookup, short
from ..expressions import (
    Comparison,
    Expression,
    F,
    FieldRef,
    Holds,
    Lookup,
    Q,
    RawSQL,
    Subquery,
    Value,
    as_expression,
)
from ..expressions.aggregates import Aggregate
from ..expressions.ctes import OwnTable
from ..expressions.filtered import FilteredRelation
from ..expressions.q import AND, XOR
from ..expressions.several import Several
from ..expressions.shape import Shaped, shape
from ..schema.table import Table
from . import ast, expressions, filtered, json
from .annotations import Annotation, place_of
from .grouping import joined
from .joins import Scope
from .lookups import check_comparable, lookups_of
from .operands import EXPRESSION, MEMBERS, Given, Operand, Transforming
from .parts import At, resolved
from .paths import Path, parse
from .transforms import on_both_sides, own_condition, transformed, transforms_of

Ask: TypeAlias = Callable[["Conditions", Subquery, At, str], "ast.Select | None"]
"""What resolves the query inside of another; for its rows, its value, or whether it has any."""

RESULTS = (ast.Aggregate, ast.Over)
"""What is known once the rows are: it stands in no subquery of theirs."""


@dataclass(slots=True)
class Frame:
    """A Q on the stack: its children to come, and the conditions of those that were done."""

    q: Q
    scope: Scope
    correlated: bool
    todo: list[Any]
    done: list[ast.Condition] = field(default_factory=list)


class Conditions:
    """Resolves the conditions and expressions of one statement.

    Args:
        asked: the call that the user wrote, for messages.
        annotations: the named expressions that they may name.
        scope: the tables of the statement, which those are about.
        asked_of: the table that the call was on, if the statement is about one of its parents.
        base: where the values of the query begin among those of the statement.
        outer: the conditions and the tables of the query around this one.
        ask: what resolves a query inside of this one.
        unfinished: whether the query may yet be put into another one.

    Attributes:
        outputs: what can be named by its name alone, instead of the fields of a table.
        own: the columns of the queries that are joined as tables; None while they are not known.
    """

    aggregating = False
    """Whether functions of many rows may stand here."""
    nesting = False
    """Whether these may be about others of their kind."""
    windowing = False
    """Whether functions of a window may stand here."""
    names_help = True
    """Whether these may stand here once they have a name."""
    nested_from = 1_000_000
    """The first annotation that may be about aggregates of others."""

    def __init__(
        self,
        asked: str | None = None,
        annotations: tuple[Annotation, ...] = (),
        scope: Scope | None = None,
        asked_of: Table | None = None,
        *,
        base: int = 0,
        outer: tuple[Conditions, Scope] | None = None,
        ask: Ask | None = None,
        unfinished: bool = False,
    ) -> None:
        self.base = base
        self.outer = outer
        self.ask = ask
        self.unfinished = unfinished
        self.asked_of = asked_of
        self.asked = asked
        self.annotations = annotations
        self.visible = len(annotations)
        self.scope = scope
        self.resolved: dict[int, Operand] = {}
        self.outputs: Mapping[str, Operand] | None = None
        self.own: dict[OwnTable, Mapping[str, Operand] | None] = {}

    # --- named expressions ---------------------------------------------------------------------

    def reveal(self, count: int) -> None:
        """Let the first annotations be named. Those that multiply the rows do so from here on."""
        for place in range(self.visible, count):
            self.visible = place
            assert self.scope is not None
            if isinstance(self.annotations[place].expression, FilteredRelation):
                continue  # it is joined where it is named
            paths = self._paths(self.annotations[place].expression, self.scope.table)
            if any(path.many for path in paths):
                self.annotation(place)
        self.visible = count

    def annotation(self, place: int) -> Operand:
        """What an annotation stands for; it may name those before it."""
        found = self.resolved.get(place)
        if found is None:
            assert self.scope is not None
            annotation, visible = self.annotations[place], self.visible
            if isinstance(annotation.expression, FilteredRelation):
                filtered.check(annotation.expression, self.scope.table)
                return self.value(annotation.name, self.scope, None)[0]
            self.visible = place
            start = annotation.start + self.base
            with self.allowing(nesting=place >= self.nested_from):
                found = self.expression(annotation.expression, start, self.scope, None)
            if isinstance(found.expr, ast.Columns):
                raise FieldError(
                    f"The annotation {annotation.name!r} is a key of several columns, "
                    f"{annotation.expression!r}",
                    fix="Give a name to one of them.",
                )
            self.visible = visible
            self.resolved[place] = found
        return found

    def value(
        self, path: str, scope: Scope, group: Hashable, asked: str | None = None
    ) -> tuple[Operand, str]:
        """What a path names, an annotation or a field, and the lookup at its end.

        Raises:
            UnknownField: a word that is neither.
            UnknownLookup: a word behind it that is neither a transform of its value nor a lookup.
        """
        asked = asked or self.asked
        place, name, words = self._named(path)
        if place is None and self.outputs is not None:
            return self._output(path, asked, At(0, scope, group))
        relation = None if place is None else self.annotations[place].expression
        if place is not None and not isinstance(relation, FilteredRelation):
            found, model = self.annotation(place), scope.table.model_name
        else:
            if place is not None and isinstance(relation, FilteredRelation):
                parts = filtered.path_of(relation, words, scope.table, asked)
                parsed = parts.rest
                column, needs = filtered.value(self, parts, place, scope)
            else:
                parsed = parse(scope.table, path, asked, self._names())
                column, needs = scope.column(parsed, group)
            found = Operand(column, parsed.field, needs)
            words, model, name = list(parsed.words), parsed.field.model, parsed.field.name
        return self._behind(found, words, (model, name, asked), At(0, scope, group))

    def _behind(
        self, found: Operand, words: list[str], said: tuple[str, str, str | None], at: At
    ) -> tuple[Operand, str]:
        """What the words behind a field make of it, and the lookup at their end."""
        for n, word in enumerate(words):
            if n == len(words) - 1 and word in lookups_of(found.field):
                return found, word
            transforms = transforms_of(found.field)
            if word not in transforms and json.is_json(found):
                found = json.at(found, (word,))
                continue
            if word not in transforms:
                model, name, asked = said
                if word in lookups_of(found.field):
                    raise FieldError(
                        f"{model}.{name}: nothing can stand behind the lookup {word!r}",
                        asked=asked,
                    )
                choices = [*lookups_of(found.field), *transforms]
                raise UnknownLookup(model, name, word, choices, asked)
            found = self._transformed(found, transforms[word], at)
        return found, "exact"

    def _transformed(self, operand: Operand, transform: Transforming, at: At) -> Operand:
        """What a transform makes of an expression, and of what it will be compared with."""
        found = transformed(self, operand, transform, at)
        if not getattr(transform, "bilateral", False):
            return found._replace(both=operand.both, bare=operand.bare)
        bare = operand.bare or operand.field
        return found._replace(both=(*operand.both, transform), bare=bare)

    def _output(self, path: str, asked: str | None, at: At) -> tuple[Operand, str]:
        """What a path names where only what a query gives can be named."""
        assert self.outputs is not None
        model = at.scope.table.model_name
        words = path.split("__")
        for count in range(len(words), 0, -1):
            name = "__".join(words[:count])
            found = self.outputs.get(name)
            if found is not None:
                return self._behind(found, words[count:], (model, name, asked), at)
        raise UnknownField(model, words[0], [*self.outputs], asked)

    def _named(self, path: str) -> tuple[int | None, str, list[str]]:
        """The place of the annotation that a path begins with, its name, and what stands behind."""
        words = path.split("__")
        if self.annotations:
            for count in range(len(words), 0, -1):
                name = "__".join(words[:count])
                place = place_of(self.annotations[: self.visible], name)
                if place is not None:
                    return place, name, words[count:]
        return None, path, []

    def _names(self) -> list[str]:
        return [annotation.name for annotation in self.annotations[: self.visible]]

    @contextmanager
    def allowing(
        self, aggregating: bool = True, windowing: bool = True, nesting: bool = False
    ) -> Iterator[None]:
        """Functions of many rows may stand here for a while, or not."""
        before = self.aggregating, self.windowing, self.nesting
        self.aggregating, self.windowing, self.nesting = aggregating, windowing, nesting
        yield
        self.aggregating, self.windowing, self.nesting = before

    def elsewhere(self, expression: Expression[Any]) -> str:
        """Where a function of many rows belongs that cannot stand here, for messages."""
        if not self.names_help:
            return "Ask for it in a Subquery(…)."
        return f"Name it first: annotate(name={expression!r}), and use the name."

    # --- conditions ----------------------------------------------------------------------------

    def rowwise(self, q: Q, at: At) -> ast.Condition:
        """The condition of a tree inside of an expression: about the rows as they are joined."""
        return self.condition(q, at.start, at.scope, at.group, rowwise=True)

    def condition(
        self, q: Q, start: int, scope: Scope, group: Hashable, rowwise: bool = False
    ) -> ast.Condition:
        """The condition of a tree whose values begin at ``start``."""
        many = set() if rowwise else self._with_many(q, scope.table)
        place = start
        stack = [self._frame(q, scope, many)]
        while True:
            frame = stack[-1]
            if frame.todo:
                child = frame.todo.pop()
                if isinstance(child, Q):
                    stack.append(self._frame(child, frame.scope, many))
                else:
                    frame.done.append(self._leaf(child, place, frame.scope, group))
                    place += len(child.values)
                continue
            done = self._closed(frame)
            stack.pop()
            if not stack:
                return done
            stack[-1].done.append(done)

    def _frame(self, q: Q, scope: Scope, many: set[int]) -> Frame:
        """A negated tree over to-many relations is asked of the whole row, in a subquery."""
        correlated = q.negated and id(q) in many
        inner = Scope(scope.table, scope.aliases, scope.alias) if correlated else scope
        return Frame(q, inner, correlated, list(reversed(q.children)))

    def _closed(self, frame: Frame) -> ast.Condition:
        """The condition of a tree all of whose children are known."""
        done = self._asked_of_rows(frame) if frame.correlated else frame.done
        condition = joined(frame.q.connector, done)
        return negated(condition) if frame.q.negated else condition

    def _asked_of_rows(self, frame: Frame) -> list[ast.Condition]:
        """What is said of related rows, asked in a subquery, and beside it what cannot stand there.

        An aggregate or a window is the same for each of a row's related rows: it is true of one of
        them and something else as well just where it is true and something else is true of one.

        Raises:
            FieldError: it is compared with the related rows.
        """
        results = [each for each in frame.done if ast.contains(each, RESULTS)]
        joins = frame.scope.chains.keys() - {frame.scope.alias}
        inside = (node for node in ast.walk(tuple(results), deep=True) if hasattr(node, "alias"))
        is_mixed = any(node.alias in joins for node in inside)
        if is_mixed or (results and frame.q.connector == XOR):
            raise FieldError(
                f"{short(~frame.q)} compares groups or windows with rows of a relation, and is "
                "negated as a whole",
                asked=self.asked,
                fix="Leave out what it finds: exclude(pk__in=queryset.filter(…).values('pk')).",
            )
        others = [each for each in frame.done if each not in results]
        if not others:
            return results
        return [_exists(frame.scope, joined(frame.q.connector, others)), *results]

    def _with_many(self, q: Q, table: Table) -> set[int]:
        """The Qs, by id, that have a path to several rows somewhere below."""
        found: set[int] = set()
        stack: list[tuple[Any, tuple[int, ...]]] = [(q, ())]
        while stack:
            node, above = stack.pop()
            if isinstance(node, Q):
                inside = (*above, id(node)) if node.negated else above
                stack.extend((child, inside) for child in node.children)
            elif above and any(path.many for path in self._paths(node, table)):
                found.update(above)
        return found

    def _paths(self, part: Any, table: Table) -> list[Path]:
        """All paths that a condition or an expression names, as far as they are the table's."""
        found: list[Path] = []
        if self.outputs is not None:
            return found
        for named in expressions.paths(part):
            place, _, words = self._named(named.path)
            if place is not None:
                relation = self.annotations[place].expression
                if isinstance(relation, FilteredRelation):
                    found.append(filtered.path_of(relation, words, table, self.asked).whole)
                continue
            if isinstance(named, F):
                self.check_owner(named, table)
            found.append(parse(table, named.path, self.asked or repr(named), self._names()))
        return found

    # --- leaves --------------------------------------------------------------------------------

    def _leaf(
        self, leaf: Lookup | Comparison | Holds, start: int, scope: Scope, group: Hashable
    ) -> ast.Condition:
        if isinstance(leaf, Holds):
            return expressions.condition_of(self, leaf.expression, At(start, scope, group))
        if isinstance(leaf, Lookup):
            operand, name = self.value(leaf.path, scope, group, self.asked or repr(leaf))
        else:
            operand = self.expression(leaf.left, start, scope, group)
            name = leaf.lookup
            start += len(leaf.left.values)
        build = lookups_of(operand.field).get(name)
        if build is None:
            raise FieldError(
                f"{short(leaf)}: the left side has no lookup {name!r}",
                possible=sorted(lookups_of(operand.field)),
                fix=f"Lookups: {', '.join(sorted(lookups_of(operand.field)))}.",
            )
        at = At(start, scope, group)
        if name == "in" and isinstance(leaf.value, Subquery):
            return self._in_select(operand, leaf.value, at)
        given = self._given(leaf.value, start, scope, group)
        if name == "in" and isinstance(leaf.value, RawSQL) and isinstance(given.expr, ast.Raw):
            return ast.InRaw(operand.expr, given.expr, operand.needs)
        if operand.both:
            given = on_both_sides(self, operand, given, at)
        if isinstance(build, type):
            return own_condition(self, build, operand, given, at)
        return build(name, operand, given)

    def _in_select(self, operand: Operand, query: Subquery, at: At) -> ast.Condition:
        """Whether a value is among the rows of a query."""
        assert self.ask is not None
        field: Any = operand.field
        key = field.target_field.name if field.is_relation else "pk"
        if field.is_relation and query.spec.output.kind == "instances":
            _check_target(field, query)
        select = self.ask(self, query, at, key)
        if select is None:
            return ast.Truth(False)
        width, wanted = len(select.outputs) - select.hidden, len(ast.flat([operand.expr]))
        if width != wanted:
            raise FieldError(
                f"{query!r} gives {width} columns, and {field.name}__in compares with {wanted}",
                fix=f'Name what is compared: {field.name}__in=queryset.values("…").',
            )
        check_comparable(operand.field, select.outputs[0].field if wanted == 1 else None)
        nullable = operand.nullable or any(output.nullable for output in select.outputs)
        return ast.InSelect(operand.expr, select, nullable, operand.needs)

    def _given(self, value: Any, start: int, scope: Scope, group: Hashable) -> Given:
        if isinstance(value, Several):
            members: list[Given] = []
            place = start
            for part in value.parts:
                members.append(self._given(part, place, scope, group))
                place += len(part.values)
            return Given(MEMBERS, start, value, members=tuple(members))
        if isinstance(value, Value) and value.output_field is None:
            value = value.value
        if isinstance(value, Q):
            value = as_expression(value)
        if isinstance(value, Expression):
            operand = self.expression(value, start, scope, group)
            return Given(EXPRESSION, start, value, operand.expr, operand.needs)
        if isinstance(value, Shaped):
            raise FieldError(f"{short(value)} is an ordering and cannot be a value")
        key: list[str] = []
        shape(value, key, [])
        return Given(key[0], start, value)

    # --- expressions ---------------------------------------------------------------------------

    def expression(
        self, expression: Expression[Any], start: int, scope: Scope, group: Hashable
    ) -> Operand:
        """The expression of a user's expression whose values begin at ``start``."""
        return resolved(self, expression, At(start, scope, group))

    def in_window(self, function: Any, at: At) -> Operand:
        """The function of a window: an aggregate, which may be about others, or one of its own."""
        with self.allowing(windowing=False, nesting=True):
            if isinstance(function, Aggregate):
                return resolved(self, function, at)
            return expressions.function(self, function, at)

    def subselect(self, query: Subquery, at: At) -> ast.Select | None:
        """The SELECT of a value; None of a query without rows.

        Raises:
            FieldError: a query cannot stand here.
        """
        return self._asked(query, at, "pk")

    def exists(self, query: Subquery, at: At) -> ast.Condition:
        """The condition that a query has a row."""
        select = self._asked(query, at, "")
        return ast.Truth(False) if select is None else ast.Exists(select)

    def _asked(self, query: Subquery, at: At, key: str) -> ast.Select | None:
        if self.ask is None:
            raise FieldError(f"{query!r} cannot stand here", asked=self.asked)
        return self.ask(self, query, at, key)

    def check_owner(self, f: F[Any], table: Table) -> None:
        """Refuse a field of another model: ``Post.views`` in a query on authors.

        Raises:
            FieldError: it is one.
        """
        if isinstance(f, FieldRef) and not (self.asked_of or table).knows(f.owner):
            raise FieldError(
                f"{f!r} belongs to {f.owner}, and this is a query on {table.label}",
                fix=f"Name it by its path from {table.model_name}: F('…__{f.path}').",
            )


def _check_target(field: Any, query: Subquery) -> None:
    """Refuse to look for the rows of a relation among those of another model."""
    wanted, given = field.target, query.spec.table
    above_wanted = {part.concrete for part in wanted.parts}
    above_given = {part.concrete for part in given.parts}
    if wanted.concrete not in above_given and given.concrete not in above_wanted:
        raise FieldError(
            f"{field.model}.{field.name} is one of {wanted.model_name}, and the queryset gives "
            f"{given.model_name}",
            fix=f"Give a queryset of {wanted.model_name}, or values() of its keys.",
        )


def _exists(inner: Scope, condition: ast.Condition) -> ast.Condition:
    """Whether the row has a combination of related rows for which a condition is true.

    The row is that of the query around; its related tables are joined to it from inside. The first
    that has to be there begins the FROM, and how it is joined goes into the WHERE. If none has to,
    all are joined to a single row without columns.
    """
    joins = list(inner.joins(condition.needs))
    first = next((j for j in joins if not j.outer and _begins(j, inner)), None)
    if first is None:
        return ast.Exists(ast.Select(None, "", (), tuple(joins), condition))
    joins.remove(first)
    same = [
        ast.Compare("=", right, left, unknown=False, needs=ast.NOWHERE)
        for left, right in first.pairs
    ]
    on = [] if first.on is None else [first.on]
    where = joined(AND, [*same, *on, condition])
    return ast.Exists(ast.Select(first.table, first.alias, (), tuple(joins), where))


def _begins(join: ast.Join, scope: Scope) -> bool:
    """Whether a table is joined to the row itself."""
    return join.left is not None and join.left.alias == scope.alias


def negated(condition: ast.Condition) -> ast.Condition:
    """The complement of a condition."""
    if isinstance(condition, ast.Truth):
        return ast.Truth(not condition.value)
    if isinstance(condition, ast.IsNull):
        return ast.IsNull(condition.operand, not condition.null, ast.NOWHERE)
    return ast.Not(condition, condition.depth + 1)
