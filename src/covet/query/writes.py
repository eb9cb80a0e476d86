"""Which statement writes what an instance or an ``update()`` says?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ..errors import FieldError, ValidationError, naming
from ..expressions import Expression, OrderBy, Q, Value, as_expression
from ..expressions.shape import NULL, VALUE, Queried, Shaped
from ..schema import composite
from ..schema.fields import Field
from ..schema.table import Table
from . import ast, keys
from .conditions import Conditions
from .joins import Aliases, Scope, column
from .locks import Links
from .operands import Operand
from .resolve import ask, select_keys, select_keys_above
from .spec import QuerySpec
from .types import family, is_comparable, named

AS_VALUES = (Q, Queried)
"""What becomes an expression where a value is wanted."""


class Assigned(NamedTuple):
    """Fields and what they are set to, the shape of it apart from the values.

    Attributes:
        fields: the fields, in order.
        given: what each is set to: a value or an expression.
        key: the shape.
        values: what is bound.
    """

    fields: tuple[Field[Any], ...]
    given: tuple[Any, ...]
    key: tuple[str, ...]
    values: tuple[Any, ...]


def assigned(pairs: Iterable[tuple[Field[Any], Any]]) -> Assigned:
    """The assignments of a write.

    Raises:
        ValidationError: None for a field that is not null.
        FieldError: what cannot be a value: an ordering, or a queryset of some kinds.
    """
    fields: list[Field[Any]] = []
    given: list[Any] = []
    key: list[str] = []
    values: list[Any] = []
    for field, value in pairs:
        if isinstance(value, AS_VALUES):
            value = as_expression(value)
        fields.append(field)
        given.append(value)
        key.append(field.name)
        if value is None:
            if not field.null:
                raise ValidationError({field.name: ["must not be None"]}, model=field.model)
            key.append(NULL)
        elif isinstance(value, OrderBy):
            raise FieldError(f"{named(field)} is set to {value!r}, an ordering, which is no value")
        elif isinstance(value, Shaped):
            key.extend(value.key)
            values.extend(value.values)
        else:
            key.append(VALUE)
            values.append(value)
    return Assigned(tuple(fields), tuple(given), tuple(key), tuple(values))


def spread(field: Field[Any], value: Any) -> list[tuple[Field[Any], Any]]:
    """What an assignment sets: of a key of several columns, each of them.

    Raises:
        ValidationError: a value that is no such key.
        FieldError: an expression, which has one value.
    """
    if len(field.members) == 1:
        return [(field, value)]
    if isinstance(value, Shaped):
        raise FieldError(
            f"{named(field)} is a key of several columns and cannot be set to {value!r}",
            fix=f"Set its columns: {', '.join(member.name for member in field.members)}.",
        )
    return composite.assigned(field, value)


def insert(
    table: Table,
    rows: Sequence[Assigned],
    returning: tuple[Field[Any], ...],
    conflict: ast.Conflict | None = None,
) -> ast.Insert:
    """The INSERT of rows that set the same fields, each to values or expressions of its own.

    Raises:
        FieldError: a value that refers to other columns, of which a new row has none.
    """
    place = 0
    made: list[tuple[ast.Expr, ...]] = []
    for row in rows:
        nodes: list[ast.Expr] = []
        for field, value in zip(row.fields, row.given, strict=True):
            if _is_calculated(value):
                nodes.append(_of_new_row(table, field, value, place))
            else:
                nodes.append(_value(field, value, place))
            place += len(value.values) if isinstance(value, Shaped) else value is not None
        made.append(tuple(nodes))
    return ast.Insert(table, rows[0].fields, tuple(made), returning, conflict)


def update(
    spec: QuerySpec, written: Assigned, links: Links = (), asked_of: Table | None = None
) -> ast.Update:
    """The UPDATE of a query's rows; the assignments' values stand behind the query's.

    Args:
        spec: which rows.
        written: what is set; its values stand behind the query's and those of its slice.
        links: leads to the table of the fields, where it is one that the rows go on from.
        asked_of: the table whose model the user named, if not that of the query.

    Raises:
        FieldError: an expression over relations to many, or of another type than the column.
    """
    select = select_keys_above(spec, links) if links else select_keys(spec)
    table = links[-1].target if links else spec.table
    asked_of = asked_of or spec.table
    place = len(spec.values) + len(spec.window_values)
    assignments: list[ast.Assignment] = []
    for field, value in zip(written.fields, written.given, strict=True):
        if _is_calculated(value):
            node = _expression(spec, table, asked_of, field, value, place)
        else:
            node = _value(field, value, place)
        place += len(value.values) if isinstance(value, Shaped) else value is not None
        assignments.append(ast.Assignment(field, node))
    return ast.Update(select, tuple(assignments))


def by_key(spec: QuerySpec, field: Field[Any], pairs: int) -> ast.Update:
    """The UPDATE that sets a column of each row by its primary key.

    Args:
        spec: the rows, all of which are among the keys.
        field: the column.
        pairs: how many keys there are; each, and the value for it, stand behind the query's values.
    """
    select = select_keys(spec)
    pk, start = spec.table.pk, len(spec.values)
    chosen = tuple(
        (keys.params(pk, place), ast.Param(place + 1, field))
        for place in range(start, start + 2 * pairs, 2)
    )
    switch = ast.Switch(column(select.alias, pk, False), chosen, field, False)
    return ast.Update(select, (ast.Assignment(field, switch),))


def by_case(
    spec: QuerySpec, fields: tuple[Field[Any], ...], rows: Sequence[Assigned]
) -> ast.Update:
    """The UPDATE that gives each row values or expressions of its own, by its primary key.

    Args:
        spec: the rows, all of which are among the keys.
        fields: the columns.
        rows: what each row sets them to; the keys of the rows stand behind the query's values, and
            behind these the values of the rows.

    Raises:
        FieldError: an expression over relations to many, or of another type than the column.
    """
    select = select_keys(spec)
    table = spec.table
    place = len(spec.values) + len(rows)
    pairs: dict[Field[Any], list[Any]] = {field: [] for field in fields}
    for n, row in enumerate(rows, len(spec.values)):
        key = keys.params(table.pk, n)
        for field, value in zip(row.fields, row.given, strict=True):
            if isinstance(value, Expression):
                node = _expression(spec, table, table, field, value, place)
            else:
                node = _value(field, value, place)
            place += len(value.values) if isinstance(value, Shaped) else value is not None
            pairs[field].append((key, node))
    pk = column(select.alias, table.pk, False)
    switches = (ast.Switch(pk, tuple(pairs[f]), f, f.null) for f in fields)
    return ast.Update(
        select, tuple(ast.Assignment(f, s) for f, s in zip(fields, switches, strict=True))
    )


def delete(spec: QuerySpec) -> ast.Delete:
    """The DELETE of a query's rows."""
    return ast.Delete(select_keys(spec))


def _is_calculated(value: Any) -> bool:
    """Whether the database finds out what a column is set to."""
    return isinstance(value, Expression) and not isinstance(value, Value)


def _of_new_row(table: Table, field: Field[Any], value: Expression[Any], place: int) -> ast.Expr:
    """What a new row is set to; it has no columns to refer to yet."""
    conditions = Conditions(f"{field.name}={value!r}", (), ask=ask)
    conditions.names_help = False
    with naming(f"{field.name}={value!r}"):
        operand = conditions.expression(value, place, Scope(table, Aliases()), None)
    if any(isinstance(node, ast.Column) for node in ast.walk(operand.expr)):
        raise FieldError(
            f"{named(field)} of a new row is set to {value!r}, but a new row has none yet",
            fix="Give a value, or save first and update then.",
        )
    _check_type(field, value, operand)
    return operand.expr


def _check_type(field: Field[Any], value: Expression[Any], operand: Operand) -> None:
    if not is_comparable(field, operand.field):
        raise FieldError(
            f"{named(field)} is of type {family(field)} and cannot be set to {value!r}, "
            f"which is of type {family(operand.field)}"
        )


def _value(field: Field[Any], value: Any, place: int) -> ast.Expr:
    if isinstance(value, Value):
        value = value.value
    return ast.Null(field) if value is None else ast.Param(place, field)


def _expression(
    spec: QuerySpec,
    table: Table,
    asked_of: Table,
    field: Field[Any],
    value: Expression[Any],
    place: int,
) -> ast.Expr:
    scope = Scope(table, Aliases())
    annotations = spec.annotations if table is spec.table else ()
    asked = f"update({field.name}={value!r})"
    conditions = Conditions(asked, annotations, scope, asked_of, ask=ask)
    conditions.names_help = False
    with naming(asked):
        operand = conditions.expression(value, place, scope, None)
    _check_type(field, value, operand)
    if not scope.joined:
        return operand.expr
    if scope.meets_many:
        raise FieldError(
            f"{named(field)} is set to {value!r}, of which there may be several",
            fix="Say which one by a Subquery.",
        )
    joined = (join.table for join in scope.joined.values())
    if any(isinstance(one, Table) and one.concrete is table.concrete for one in joined):
        raise FieldError(  # SQLite would read what it has just changed, and MySQL refuses
            f"{named(field)} is set to {value!r}, which is in the table that is changed",
            fix="Read the values first, and write them with bulk_update().",
        )
    # The tables are joined to a row of their own, as no database joins them to an UPDATE alike.
    row = ast.Select(None, "", (operand.expr,), scope.joins(ast.NOWHERE))
    return ast.Scalar(row, operand.field or field)
