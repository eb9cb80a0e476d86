"""Lookups as classes, for where an expression is wanted: ``GreaterThan(F("views"), 9)``."""

from __future__ import annotations

from typing import Any, ClassVar

from .base import as_expression
from .conditional import Predicate
from .q import Comparison, Q


class Compared(Predicate):
    """A lookup of an expression and something else, which is true, false or NULL.

    It stands wherever an expression or a condition may: in ``filter()``, ``annotate()``,
    ``When()``, ``order_by()``.

    Args:
        lhs: the left side: an expression, or the name of a field.
        rhs: the right side: an expression or a value. A text is a value here.

    Raises:
        FieldError: when it is used, sides that cannot be compared like that.

    Example:
        >>> Post.objects.annotate(popular=GreaterThan("views", 100))
    """

    __slots__ = ()
    lookup_name: ClassVar[str]

    def __init__(self, lhs: Any, rhs: Any) -> None:
        super().__init__(Q(Comparison(as_expression(lhs), self.lookup_name, rhs)))


class Exact(Compared):
    """Both sides are equal; with None, the left one is NULL."""

    __slots__ = ()
    lookup_name = "exact"


class IExact(Compared):
    """Two texts are equal, whatever their case."""

    __slots__ = ()
    lookup_name = "iexact"


class GreaterThan(Compared):
    """``lhs > rhs``"""

    __slots__ = ()
    lookup_name = "gt"


class GreaterThanOrEqual(Compared):
    """``lhs >= rhs``"""

    __slots__ = ()
    lookup_name = "gte"


class LessThan(Compared):
    """``lhs < rhs``"""

    __slots__ = ()
    lookup_name = "lt"


class LessThanOrEqual(Compared):
    """``lhs <= rhs``"""

    __slots__ = ()
    lookup_name = "lte"


class In(Compared):
    """The left side is one of a list, or among the rows of a queryset."""

    __slots__ = ()
    lookup_name = "in"


class Range(Compared):
    """The left side is between two others, both included."""

    __slots__ = ()
    lookup_name = "range"


class IsNull(Compared):
    """The left side is NULL, or with False is not."""

    __slots__ = ()
    lookup_name = "isnull"


class Contains(Compared):
    """A text has another in it."""

    __slots__ = ()
    lookup_name = "contains"


class IContains(Compared):
    """A text has another in it, whatever the case."""

    __slots__ = ()
    lookup_name = "icontains"


class StartsWith(Compared):
    """A text begins with another."""

    __slots__ = ()
    lookup_name = "startswith"


class IStartsWith(Compared):
    """A text begins with another, whatever the case."""

    __slots__ = ()
    lookup_name = "istartswith"


class EndsWith(Compared):
    """A text ends with another."""

    __slots__ = ()
    lookup_name = "endswith"


class IEndsWith(Compared):
    """A text ends with another, whatever the case."""

    __slots__ = ()
    lookup_name = "iendswith"


class Regex(Compared):
    """A text has a match of a regular expression."""

    __slots__ = ()
    lookup_name = "regex"


class IRegex(Compared):
    """A text has a match of a regular expression, whatever the case."""

    __slots__ = ()
    lookup_name = "iregex"
