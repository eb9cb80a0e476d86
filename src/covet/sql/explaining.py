"""What may be asked of a database about how it runs a query? Words from a list, no others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import FieldError, keyword, nearest, short
from .dialects import Dialect


def head(dialect: Dialect, format: Any, analyze: Any, options: Mapping[str, Any]) -> str:
    """What stands before the SELECT.

    Args:
        dialect: the database that is asked.
        format: a format's name in either case; None for the database's own text.
        analyze: whether the query is run.
        options: further options by name.

    Raises:
        FieldError: a format or an option that the database does not have.
        NotSupportedError: it cannot measure a query by running it.
    """
    known = "text" if format is None else format.lower() if isinstance(format, str) else format
    if not isinstance(known, str) or known not in dialect.explain_formats:
        raise _unknown(
            dialect, "format", format, f"format={short(format)}", dialect.explain_formats
        )
    for name, value in {"analyze": analyze, **options}.items():
        if name != "analyze" and name not in dialect.explain_options:
            choices = ("analyze", *dialect.explain_options)
            raise _unknown(dialect, "option", name, keyword(name), choices)
        if type(value) is not bool:
            raise FieldError(
                f"The option {name} is True or False, not {short(value)}",
                asked=f"explain({name}=…)",
            )
    if analyze and not dialect.explains_by_running:
        raise dialect.unsupported(
            "way to measure a query by running it",
            "Leave out analyze=True; capture_queries() tells how long a query took.",
        )
    return dialect.explain(known, analyze, dict(options))


def is_select(sql: str) -> bool:
    """Whether a statement's plan can be asked for: it reads rows, and is no command."""
    return sql.lstrip("( \t\r\n")[:6].upper().startswith(("SELECT", "WITH "))


def _unknown(
    dialect: Dialect, kind: str, word: object, asked: str, choices: tuple[str, ...]
) -> FieldError:
    guess = nearest(word, choices) if isinstance(word, str) else None
    fix = f"{kind.capitalize()}s: {', '.join(choices)}."
    return FieldError(
        f"{dialect.product} explains no query with the {kind} {short(word)}",
        asked=f"explain({asked})",
        possible=choices,
        fix=f"Did you mean {guess!r}? {fix}" if guess else fix,
    )
