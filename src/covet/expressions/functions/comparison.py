"""The functions that choose between values, or make another type of one."""

from __future__ import annotations

import re
from typing import Any

from ...errors import FieldError, short
from .base import Function

COLLATION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,62}")


class Coalesce(Function[Any]):
    """The first of several values that is not NULL: ``COALESCE(a, b)``.

    Example:
        >>> Author.objects.annotate(shown=Coalesce("nickname", "name"))
    """

    __slots__ = ()
    function = "COALESCE"
    arity = (2, None)
    returns = "common"
    nulls = "all"


class NullIf(Function[Any]):
    """The first value, or NULL if it equals the second: ``NULLIF(a, b)``."""

    __slots__ = ()
    function = "NULLIF"
    arity = 2
    returns = "common"
    nulls = "always"


class Greatest(Function[Any]):
    """The greatest of several values; NULL if one of them is, on every database."""

    __slots__ = ()
    function = "GREATEST"
    arity = (2, None)
    returns = "common"


class Least(Function[Any]):
    """The least of several values; NULL if one of them is, on every database."""

    __slots__ = ()
    function = "LEAST"
    arity = (2, None)
    returns = "common"


class Cast(Function[Any]):
    """A value as another type: ``CAST(a AS …)``.

    What the type cannot hold is a ``DataError``, on every database: a text that is no number, a
    number with too many digits.

    Args:
        expression: the value.
        output_field: a field of that type; its ``max_length`` cuts texts, its ``max_digits`` and
            ``decimal_places`` round decimals.

    Example:
        >>> Post.objects.annotate(text=Cast("views", CharField()))
    """

    __slots__ = ()
    function = "CAST"
    arity = 1
    takes = ("a value that can be cast",)

    def __init__(self, expression: Any, output_field: Any) -> None:
        super().__init__(expression, output_field=output_field)

    def __repr__(self) -> str:
        return f"Cast({self.parts[0]!r}, {type(self.output_field).__name__}())"


class Collate(Function[Any]):
    """A text that compares and sorts by a collation of the database.

    Args:
        expression: the text.
        collation: the collation's name, which is one of the database's own: ``"NOCASE"`` on
            SQLite, ``"de-x-icu"`` on PostgreSQL, ``"utf8mb4_unicode_ci"`` on MariaDB.

    Raises:
        FieldError: a name that is none.

    Example:
        >>> Author.objects.order_by(Collate("name", "de-x-icu"))
    """

    __slots__ = ("collation",)
    function = "COLLATE"
    arity = 1
    takes = ("text",)
    returns = "text"

    def __init__(self, expression: Any, collation: str) -> None:
        if not isinstance(collation, str) or not COLLATION.fullmatch(collation):
            raise FieldError(
                f"{short(collation)} cannot name a collation",
                fix="It begins with a letter, a digit or _, and has . @ - besides.",
            )
        self.collation = collation
        super().__init__(expression)

    @property
    def options(self) -> tuple[str, ...]:
        """The collation."""
        return (self.collation,)

    def __repr__(self) -> str:
        return f"Collate({self.parts[0]!r}, {self.collation!r})"
