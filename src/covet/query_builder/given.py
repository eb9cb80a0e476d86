"""What may a user of the query builder give: tables, columns, expressions, values, orderings?"""

from __future__ import annotations

from typing import Any

from ..errors import FieldError, short
from ..expressions import Expression, F, OrderBy, Q, Value, as_expression
from ..expressions.shape import Queried
from ..query.free.names import EVERYTHING, apart, checked_alias, checked_name
from ..query.free.spec import FreeSpec, Item, NamedTable, Nested, Source
from ..query.ordering import RANDOM
from ..query.types import ANY

SAYING = (Expression, Q, Queried)
"""What says something in SQL; everything else is a value."""


def source(
    table: Any, alias: str | None, start: int, method: str
) -> tuple[Source, str, tuple[Any, ...]]:
    """What rows come from, what that is called, and what it binds.

    Args:
        table: a name or a query.
        alias: what the user called it.
        start: where its values begin.
        method: where the user said it, for messages.
    """
    asked = f"{method}({short(table)})"
    if alias is not None:
        checked_alias(alias, "a table", asked)
    if isinstance(table, Queried):
        if alias is None:
            raise FieldError(
                "A query needs a name to be a table",
                asked=f"{method}(query)",
                fix=f'Give it one: {method}(query, "rows").',
            )
        spec = spec_of(table, method)
        return Nested(spec, start), alias, spec.values
    schema, name = apart(table, "a table", asked)
    checked_name(name, "a table", asked)
    return NamedTable(name, schema or ""), alias or name, ()


def spec_of(query: Any, method: str) -> FreeSpec:
    """What a query of the builder says.

    Raises:
        FieldError: it is none.
    """
    subquery: Any = query.as_subquery() if isinstance(query, Queried) else None
    spec = getattr(subquery, "spec", None)
    if not isinstance(spec, FreeSpec):
        raise FieldError(
            f"{method}() takes a Query, not {type(query).__name__}",
            fix="A queryset of a model can stand in conditions: where(id__in=queryset).",
        )
    return spec


def is_everything(given: Any, asked: str) -> bool:
    """Whether all columns are meant, of all tables or of one."""
    return isinstance(given, str) and apart(given, "a column", asked)[1] == EVERYTHING


def expression(given: Any, asked: str) -> Expression[Any]:
    """A column by its name, or an expression."""
    if isinstance(given, str):
        checked_name(apart(given, "a column", asked)[1], "a column", asked)
    elif not isinstance(given, SAYING):
        raise FieldError(
            f"{short(given)} is neither a column nor an expression",
            asked=asked,
            fix="Name a column, or write Value(…).",
        )
    return as_expression(given)


def value_of(given: Any) -> Expression[Any]:
    """What a column is set to; a text is a value here."""
    return as_expression(given) if isinstance(given, SAYING) else Value(given, ANY)


def order(term: Any) -> OrderBy | str:
    """A term of an ordering."""
    if isinstance(term, OrderBy):
        return term
    asked = f"order_by({short(term)})"
    if isinstance(term, str):
        if term == RANDOM:
            return term
        name = term.removeprefix("-")
        checked_name(apart(name, "a column", asked)[1], "a column", asked)
        return F[Any](name).asc() if name == term else F[Any](name).desc()
    return expression(term, asked).asc()


def output_name(item: Item) -> str:
    """The column that an output of a query goes into."""
    if item.name is not None:
        return item.name
    if isinstance(item.what, F):
        return item.what.path.rpartition(".")[2]
    raise FieldError(
        f"insert() has to know the column that {short(item.what)} goes into",
        fix="Give it a name in select(), or say columns=(…).",
    )
