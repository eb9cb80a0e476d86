"""How are tables and columns called that no model knows?"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from ...errors import FieldError, short
from ..types import AnyTypeField

NAME = re.compile(r"\w[\w $-]*")
"""What a table or a column may be called; everything is quoted besides."""
OUTPUT = re.compile(r"[^\W\d]\w*")
"""What a query may call what it gives, and the tables in it."""
EVERYTHING = "*"


class AnyColumn(AnyTypeField):
    """A column of which no more is known than its name and its table's."""

    def __init__(self, table: str, column: str) -> None:
        super().__init__(null=True)
        self.model = table
        self.name = self.attname = self.column = column

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AnyColumn):
            return NotImplemented
        return (self.model, self.column) == (other.model, other.column)

    def __hash__(self) -> int:
        return hash((self.model, self.column))


def checked_name(name: Any, what: str, asked: str | None = None) -> str:
    """The name of a table or a column.

    Args:
        name: what the user gave.
        what: what it is to name, for messages: ``"a column"``.
        asked: the call that the user wrote.

    Raises:
        FieldError: it is none.
    """
    if not isinstance(name, str) or not NAME.fullmatch(name):
        _refuse(name, what, asked)
    return name


def checked_alias(name: Any, what: str, asked: str | None = None) -> str:
    """A name that a query gives to a table or a column of its own.

    Raises:
        FieldError: it is none.
    """
    if not isinstance(name, str) or not OUTPUT.fullmatch(name) or "__" in name:
        raise FieldError(
            f"{short(name)} cannot be the name of {what}",
            asked=asked,
            fix="Use letters, digits and single underscores.",
        )
    return name


def _refuse(name: Any, what: str, asked: str | None) -> NoReturn:
    raise FieldError(
        f"{short(name)} cannot be the name of {what}",
        asked=asked,
        fix="Names have letters, digits, '_', '$', '-' and spaces; SQL goes into RawExpression(…).",
    )


def apart(path: str, what: str, asked: str | None = None) -> tuple[str | None, str]:
    """The table that a dotted name begins with, if there is one, and the rest.

    Raises:
        FieldError: there are more dots, or what is before one is no name.
    """
    if not isinstance(path, str):
        _refuse(path, what, asked)
    first, dot, rest = path.partition(".")
    if not dot:
        return None, path
    return checked_name(first, "a table", asked), rest
