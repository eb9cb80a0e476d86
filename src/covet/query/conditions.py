"""Which condition over columns does a Q tree stand for?

The tree is walked by an own stack, never by recursion: users build trees in loops.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from ..errors import FieldError, short
from ..expressions import Combined, Comparison, Expression, F, FieldRef, Lookup, Q, Value
from ..expressions.q import AND
from ..expressions.shape import shape
from ..schema.table import Table
from . import ast
from .annotations import Annotation, place_of
from .grouping import joined
from .joins import Scope
from .lookups import PARTS, lookups_of
from .operands import Given, Operand
from .paths import Path, behind, parse
from .types import type_of_arithmetic, type_of_value


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
    """

    def __init__(
        self,
        asked: str | None = None,
        annotations: tuple[Annotation, ...] = (),
        scope: Scope | None = None,
        asked_of: Table | None = None,
    ) -> None:
        self.asked_of = asked_of
        self.asked = asked
        self.annotations = annotations
        self.visible = len(annotations)
        self.scope = scope
        self.resolved: dict[int, Operand] = {}

    # --- named expressions ---------------------------------------------------------------------

    def reveal(self, count: int) -> None:
        """Let the first annotations be named. Those that multiply the rows do so from here on."""
        for place in range(self.visible, count):
            self.visible = place
            assert self.scope is not None
            leaf = Comparison(self.annotations[place].expression, "isnull", True)
            if any(path.many for path in self._paths(leaf, self.scope.table)):
                self.annotation(place)
        self.visible = count

    def annotation(self, place: int) -> Operand:
        """What an annotation stands for; it may name those before it."""
        found = self.resolved.get(place)
        if found is None:
            assert self.scope is not None
            annotation, visible = self.annotations[place], self.visible
            self.visible = place
            found = self.expression(annotation.expression, annotation.start, self.scope, None)
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
            UnknownLookup: a word behind it that is neither a part of its value nor a lookup.
        """
        asked = asked or self.asked
        name, *words = path.split("__")
        place = self._place(name)
        if place is None:
            parsed = parse(scope.table, path, asked, self._names())
            return self._operand(parsed, scope, group), parsed.lookup
        found = self.annotation(place)
        parts, lookup = behind(found.field, words, scope.table.model_name, name, asked)
        return _parts_of(found, parts), lookup

    def _place(self, name: str) -> int | None:
        """The place of an annotation that may be named here."""
        return place_of(self.annotations[: self.visible], name) if self.annotations else None

    def _names(self) -> list[str]:
        return [annotation.name for annotation in self.annotations[: self.visible]]

    # --- conditions ----------------------------------------------------------------------------

    def condition(self, q: Q, start: int, scope: Scope, group: Hashable) -> ast.Condition:
        """The condition of a tree whose values begin at ``start``."""
        many = self._with_many(q, scope.table)
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

    @staticmethod
    def _closed(frame: Frame) -> ast.Condition:
        """The condition of a tree all of whose children are known."""
        condition = joined(frame.q.connector, frame.done)
        if frame.correlated:
            condition = _exists(frame.scope, condition)
        return negated(condition) if frame.q.negated else condition

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

    def _paths(self, leaf: Lookup | Comparison, table: Table) -> list[Path]:
        """All paths that a leaf names."""
        named: list[Path] = []
        if isinstance(leaf, Lookup) and self._place(leaf.path.split("__")[0]) is None:
            asked = self.asked or repr(leaf)
            named.append(parse(table, leaf.path, asked, self._names()))
        stack: list[Any] = [leaf.value, *([leaf.left] if isinstance(leaf, Comparison) else [])]
        while stack:
            item = stack.pop()
            if isinstance(item, F) and self._place(item.path.split("__")[0]) is None:
                named.append(self._f_path(item, table))
            elif isinstance(item, Combined):
                stack += [item.left, item.right]
        return named

    # --- leaves --------------------------------------------------------------------------------

    def _leaf(
        self, leaf: Lookup | Comparison, start: int, scope: Scope, group: Hashable
    ) -> ast.Condition:
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
        return build(name, operand, self._given(leaf.value, start, scope, group))

    def _operand(self, path: Path, scope: Scope, group: Hashable) -> Operand:
        """The value at the end of a path, as far as its parts go."""
        column, needs = scope.column(path, group)
        return _parts_of(Operand(column, path.field, needs), path.parts)

    def _given(self, value: Any, start: int, scope: Scope, group: Hashable) -> Given:
        if isinstance(value, Value):
            value = value.value
        if isinstance(value, Expression):
            operand = self.expression(value, start, scope, group)
            return Given("expression", start, value, operand.expr, operand.needs)
        if isinstance(value, Q):
            raise FieldError(f"{short(value)} is a condition and cannot be a value")
        key: list[str] = []
        shape(value, key, [])
        return Given(key[0], start, value)

    # --- expressions ---------------------------------------------------------------------------

    def expression(
        self, expression: Expression[Any], start: int, scope: Scope, group: Hashable
    ) -> Operand:
        """The expression of a user's expression whose values begin at ``start``."""
        if isinstance(expression, F):
            self._check_owner(expression, scope.table)
            found, lookup = self.value(
                expression.path, scope, group, self.asked or repr(expression)
            )
            if lookup != "exact" or expression.path.endswith("__exact"):
                raise FieldError(f"{expression!r} names a lookup; F takes the name of a field")
            return found
        if isinstance(expression, Value):
            if expression.value is None:
                raise FieldError("Value(None) has no type that an expression could have")
            typed = type_of_value(expression.value)
            return Operand(ast.Param(start, typed), typed, ast.NOWHERE)
        if isinstance(expression, Combined):
            return self._arithmetic(expression, start, scope, group)
        raise FieldError(f"{short(expression)} cannot stand here")

    def _arithmetic(
        self, expression: Combined, start: int, scope: Scope, group: Hashable
    ) -> Operand:
        left = self.expression(expression.left, start, scope, group)
        middle = start + len(expression.left.values)
        right = self.expression(expression.right, middle, scope, group)
        result = type_of_arithmetic(expression.operator, left.field, right.field)
        nullable = left.nullable or right.nullable or expression.operator in "/%"
        node = ast.Arithmetic(expression.operator, left.expr, right.expr, result, nullable)
        return Operand(node, result, left.needs | right.needs)

    def _f_path(self, f: F[Any], table: Table) -> Path:
        self._check_owner(f, table)
        return parse(table, f.path, self.asked or repr(f), self._names())

    def _check_owner(self, f: F[Any], table: Table) -> None:
        if isinstance(f, FieldRef) and not (self.asked_of or table).knows(f.owner):
            raise FieldError(
                f"{f!r} belongs to {f.owner}, and this is a query on {table.label}",
                fix=f"Name it by its path from {table.model_name}: F('…__{f.path}').",
            )


def _parts_of(operand: Operand, parts: tuple[str, ...]) -> Operand:
    """A part of a value: of a moment its date, and of that its year."""
    expr, result = operand.expr, operand.field
    for part in parts:
        expr, result = ast.Part(part, expr, PARTS[part], expr.nullable), PARTS[part]
    return Operand(expr, result, operand.needs)


def _exists(inner: Scope, condition: ast.Condition) -> ast.Condition:
    """Whether the row has a combination of related rows for which a condition is true.

    The row is that of the query around; its related tables are joined to it from inside. The first
    that has to be there begins the FROM, and how it is joined goes into the WHERE. If none has to,
    all are joined to a single row without columns.
    """
    joins = list(inner.joins(condition.needs))
    first = next((j for j in joins if not j.outer and j.left.alias == inner.alias), None)
    if first is None:
        return ast.Exists(ast.Select(None, "", (), tuple(joins), condition))
    joins.remove(first)
    same = [
        ast.Compare("=", right, left, unknown=False, needs=ast.NOWHERE)
        for left, right in first.pairs
    ]
    where = joined(AND, [*same, condition])
    return ast.Exists(ast.Select(first.table, first.alias, (), tuple(joins), where))


def negated(condition: ast.Condition) -> ast.Condition:
    """The complement of a condition."""
    if isinstance(condition, ast.Truth):
        return ast.Truth(not condition.value)
    if isinstance(condition, ast.IsNull):
        return ast.IsNull(condition.operand, not condition.null, ast.NOWHERE)
    return ast.Not(condition, condition.depth + 1)
