"""Which aggregates put the values of many rows into one: into a text, or into a list?"""

from __future__ import annotations

from typing import Any

from ..errors import FieldError, short
from .aggregates import Aggregate
from .base import Expression, Value


class ListValue(Expression[Any]):
    """A list where an aggregate gives one: its default, whose members have the same type."""

    __slots__ = ("members",)

    def __init__(self, members: list[Any]) -> None:
        self.members = members
        self.key = ("LIST",)
        self.values = (list(members),)
        self.depth = 1

    def __repr__(self) -> str:
        return short(self.members)


class _Collecting(Aggregate[Any]):
    """An aggregate whose values have an order and may be distinct."""

    __slots__ = ()
    orders = True
    can_be_distinct = True

    def _check_order(self) -> None:
        """Refuse to order distinct values by something else, of which there may be several."""
        own = self.expressions[0].key
        if self.distinct and any(term.expression.key != own for term in self.order_by):
            raise FieldError(
                f"{self!r} can be ordered by {self.expressions[0]!r} only, as equal values count "
                "once",
                fix="Leave out distinct=True, or order by the expression itself.",
            )


class StringAgg(_Collecting):
    """The texts of many rows as one text, without those that are NULL.

    Args:
        expression: the texts: an expression or the name of a field.
        delimiter: what stands between two of them.
        distinct: equal texts count once.
        filter: a condition; only the rows for which it is true count.
        order_by: in which order they stand; in no particular one when left out.
        default: the text where no row counts; else that is None.
        output_field: the type of the result, if it is to be another one.

    Raises:
        FieldError: a delimiter that is no text, or distinct texts ordered by something else.

    Example:
        >>> Author.objects.annotate(titles=StringAgg("posts__title", ", ", order_by="posts__id"))
    """

    __slots__ = ()
    function = "STRING_AGG"
    takes = ("text",)
    returns = "text"
    arity = 2

    def __init__(self, expression: Any, delimiter: Any, **options: Any) -> None:
        text = delimiter.value if isinstance(delimiter, Value) else delimiter
        if not isinstance(text, str):
            raise FieldError(
                f"{type(self).__name__}() takes a text as its delimiter, not {short(delimiter)}"
            )
        super().__init__(expression, Value(text), **options)
        self._check_order()


class GroupConcat(StringAgg):
    """``StringAgg`` by its name on MariaDB, with a comma where no delimiter is given."""

    __slots__ = ()

    def __init__(self, expression: Any, delimiter: Any = ",", **options: Any) -> None:
        super().__init__(expression, delimiter, **options)


class ArrayAgg(_Collecting):
    """The values of many rows as a list, None for those that are NULL.

    PostgreSQL has arrays; the other databases write JSON, which is read as the same values.

    Args:
        expression: the values: an expression or the name of a field.
        distinct: equal values count once.
        filter: a condition; only the rows for which it is true count.
        order_by: in which order they stand; in no particular one when left out.
        default: the list where no row counts; else that is None.

    Raises:
        FieldError: a default that is no list, or distinct values ordered by something else.

    Example:
        >>> Author.objects.annotate(ids=ArrayAgg("posts__id", order_by="posts__id", default=[]))
    """

    __slots__ = ()
    function = "ARRAY_AGG"
    returns = "list"

    def __init__(self, expression: Any, *, default: Any = None, **options: Any) -> None:
        if default is not None and not isinstance(default, list | Expression):
            raise FieldError(
                f"{type(self).__name__}() takes a list as its default, not {short(default)}",
                fix="Write default=[].",
            )
        given = ListValue(default) if isinstance(default, list) else default
        super().__init__(expression, default=given, **options)
        self._check_order()


class JSONBAgg(ArrayAgg):
    """``ArrayAgg`` by another name: a list of the values of many rows, on every database."""

    __slots__ = ()
