"""The functions that choose between values, or make another type of one."""

from __future__ import annotations

from typing import Any

from .base import Function


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

    Args:
        expression: the value.
        output_field: a field of that type.

    Example:
        >>> Post.objects.annotate(text=Cast("views", CharField()))
    """

    __slots__ = ()
    function = "CAST"
    arity = 1

    def __init__(self, expression: Any, output_field: Any) -> None:
        super().__init__(expression, output_field=output_field)
