"""What does a query of the builder say in a dialect? Worked out once for each shape of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors import FieldError, QueryTooComplex
from ..query.free.resolve import statement
from ..query.free.spec import INSERT, SELECT, FreeSpec
from ..sql.compiler import compiled
from ..sql.dialects import Dialect
from ..sql.plan import Statement

if TYPE_CHECKING:
    from .query import Query

MOST_STATEMENTS = 500
_known: dict[tuple[Any, ...], Statement] = {}


def said(spec: FreeSpec, dialect: Dialect) -> tuple[str, tuple[Any, ...]]:
    """The SQL of a query and its parameters.

    Raises:
        FieldError: it names what cannot be named, or has a clause that cannot be there.
        ValidationError: a value that no database has a type for.
        QueryTooComplex: more parameters than the server takes.
        NotSupportedError: the database has no way to say it.
    """
    text, params = _statement(spec, dialect).bind(spec.values)
    most = dialect.most_parameters
    if most is not None and len(params) > most:
        raise QueryTooComplex(
            f"The statement has {len(params)} parameters; {dialect.name} takes {most}",
            fix="Insert the rows in several parts." if spec.kind == INSERT else None,
        )
    return text, params


def _statement(spec: FreeSpec, dialect: Dialect) -> Statement:
    key = (dialect, *spec.key)
    found = _known.get(key)
    if found is None:
        _check_returning(spec, dialect)
        found = compiled(statement(spec), dialect)
        if len(_known) >= MOST_STATEMENTS:  # shapes can come from users: never let them pile up
            _known.clear()
        _known[key] = found
    return found


def _check_returning(spec: FreeSpec, dialect: Dialect) -> None:
    """Refuse RETURNING where the server does not have it."""
    if spec.returning and not getattr(dialect, f"returning_on_{spec.kind}", True):
        raise dialect.unsupported(
            f"RETURNING for {spec.kind.upper()}",
            "Select the rows by their key, in the same transaction.",
        )


def said_by(
    query: Query | str, params: Sequence[Any], dialect: Dialect
) -> tuple[str, Sequence[Any]]:
    """SQL and its parameters, be it text or a query of the builder.

    Raises:
        FieldError: a query, which has its own parameters, together with others; or neither.
    """
    from .query import Query

    if isinstance(query, str):
        return query, params
    if not isinstance(query, Query):
        raise FieldError(
            f"{type(query).__name__} is neither SQL nor a query",
            fix="Give a text and its parameters, or a Query of covet.query_builder.",
        )
    if params:
        raise FieldError("A query brings its own parameters", fix="Leave them out.")
    return query.sql(dialect)


def only_reads(query: Query | str) -> bool:
    """Whether a query is known to change nothing; of a text it is not known."""
    return not isinstance(query, str) and query.spec.kind == SELECT
