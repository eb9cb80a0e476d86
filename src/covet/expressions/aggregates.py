"""What can be said of many rows at once? The aggregate functions, as plain data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from ..errors import FieldError, short
from .base import Compound, Expression, F, OrderBy, Value, as_expression
from .functions.base import NAME
from .q import Q
from .shape import Shaped, type_shape

T = TypeVar("T")


class Star(Expression[Any]):
    """All rows, whatever is in them: the ``*`` of ``COUNT(*)``."""

    __slots__ = ()

    def __init__(self) -> None:
        self.key = ("*",)
        self.values = ()
        self.depth = 1

    def __repr__(self) -> str:
        return "'*'"


class Aggregate(Compound[T]):
    """The base of the functions of many rows.

    Args:
        *expressions: what is taken of each row: expressions or names of fields.
        distinct: equal values count once.
        filter: a condition; only the rows for which it is true count.
        default: the value where no row counts; else that is None, and 0 for ``Count``.
        order_by: in which order the values are taken, where that matters.
        output_field: the type of the result, if it is to be another one.

    A subclass with another ``function`` is an aggregate of your own database's.

    Raises:
        FieldError: an argument that this function does not have.

    Example:
        >>> Author.objects.annotate(read=Sum("posts__views", filter=Q(posts__public=True)))
    """

    __slots__ = ("default", "distinct", "expressions", "filter", "order_by", "output_field")

    function: ClassVar[str] = ""
    takes: ClassVar[tuple[str, ...]] = ()
    returns: ClassVar[str] = "first"
    empty: ClassVar[Any] = None
    """What it gives for no rows."""
    arity: ClassVar[int] = 1
    orders: ClassVar[bool] = False
    """Whether the order of its values matters."""
    can_be_distinct: ClassVar[bool] = False

    def __init__(
        self,
        *expressions: Any,
        distinct: bool = False,
        filter: Any = None,
        default: Any = None,
        order_by: Any = None,
        output_field: Any = None,
    ) -> None:
        name = type(self).__name__
        if not NAME.fullmatch(self.name):
            raise FieldError(
                f"{name}() has no function, and {short(self.name)} cannot name one",
                fix='Write class Median(Aggregate): function = "MEDIAN".',
            )
        if len(expressions) != self.arity:
            raise FieldError(f"{name}() takes {self.arity} expression, not {len(expressions)}")
        if distinct and not self.can_be_distinct:
            raise FieldError(f"{name}() does not allow distinct")
        if default is not None and self.empty is not None:
            raise FieldError(f"{name}() does not allow default; without rows it is {self.empty}")
        if order_by is not None and not self.orders:
            raise FieldError(f"{name}() does not allow order_by: its result has no order")
        self.expressions = tuple(self._expression(each) for each in expressions)
        self.distinct = bool(distinct)
        self.filter = None if filter is None else Q(filter)
        self.default = None if default is None else as_expression(_value(default))
        self.order_by = tuple(map(_order, _listed(order_by)))
        self.output_field = output_field
        parts: list[Shaped] = [*self.expressions, *self.order_by]
        parts += [part for part in (self.filter, self.default) if part is not None]
        self._consists(self.name, parts, *self._shape())

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function

    @property
    def options(self) -> tuple[str, ...]:
        """What else it is told: words that the dialects know."""
        return ()

    def _expression(self, given: Any) -> Expression[Any]:
        return as_expression(given)

    def _shape(self) -> tuple[str, ...]:
        cls = type(self)
        return (
            f"{cls.__module__}.{cls.__qualname__}@{id(cls)}",  # which says the type of the result
            "DISTINCT" if self.distinct else "ALL",
            f"{len(self.expressions)} {len(self.order_by)} {self.filter is not None}",
            type_shape(self.output_field),
            *self.options,
        )

    @property
    def default_alias(self) -> str:
        """The name of its result where none is given: ``posts__count``.

        Raises:
            FieldError: it is about more than a single field.
        """
        first = self.expressions[0] if self.expressions else None
        if isinstance(first, F) and not any(isinstance(e, F) for e in self.expressions[1:]):
            return f"{first.path}__{type(self).__name__.lower()}"
        raise FieldError(
            f"{self!r} needs a name", fix=f"Write total={self!r} with a name of your own."
        )

    def __repr__(self) -> str:
        inside = [repr(e.path) if isinstance(e, F) else repr(e) for e in self.expressions]
        if self.distinct:
            inside.append("distinct=True")
        if self.filter is not None:
            inside.append(f"filter={self.filter!r}")
        return f"{type(self).__name__}({', '.join(inside)})"


def _value(default: Any) -> Any:
    """A default as an expression; a text is a value here."""
    return Value(default) if isinstance(default, str) else default


def _listed(order_by: Any) -> Iterable[Any]:
    if order_by is None:
        return ()
    return order_by if isinstance(order_by, list | tuple) else (order_by,)


def _order(term: Any) -> OrderBy:
    if isinstance(term, OrderBy):
        return term
    if isinstance(term, str):
        field = F[Any](term.removeprefix("-"))
        return field.desc() if term.startswith("-") else field.asc()
    if isinstance(term, Expression):
        return term.asc()
    raise FieldError(f"{short(term)} is nothing to order by", fix='Give "-views", or F("views").')


class Count(Aggregate[int]):
    """How many values there are that are not NULL; ``Count("*")`` counts rows.

    Args:
        expression: the name of a field or a relation, an expression, or ``"*"``.
        distinct: equal values count once.
        filter: a condition; only the rows for which it is true count.

    Example:
        >>> Author.objects.annotate(written=Count("posts", distinct=True))
    """

    __slots__ = ()
    function = "COUNT"
    returns = "integer"
    empty = 0
    can_be_distinct = True

    def __init__(
        self, expression: Any = "*", *, distinct: bool = False, filter: Any = None, **options: Any
    ) -> None:
        if expression == "*" if isinstance(expression, str) else False:
            if distinct:
                raise FieldError("Count('*') counts rows, which cannot be distinct")
            expression = Star()
        super().__init__(expression, distinct=distinct, filter=filter, **options)


class Sum(Aggregate[Any]):
    """The sum of numbers or durations; None without any, unless ``default`` says otherwise."""

    __slots__ = ()
    function = "SUM"
    takes = ("number or duration",)
    returns = "sum"
    can_be_distinct = True


class Avg(Aggregate[Any]):
    """The average: of whole numbers and floats a float, of decimals a decimal."""

    __slots__ = ()
    function = "AVG"
    takes = ("number or duration",)
    returns = "average"
    can_be_distinct = True


class Min(Aggregate[Any]):
    """The smallest value."""

    __slots__ = ()
    function = "MIN"
    takes = ("what has an order",)
    returns = "first"


class Max(Aggregate[Any]):
    """The largest value."""

    __slots__ = ()
    function = "MAX"
    takes = ("what has an order",)
    returns = "first"


class AnyValue(Aggregate[Any]):
    """One of the values that are not NULL: the smallest, on every database."""

    __slots__ = ()
    function = "ANY_VALUE"
    takes = ("what has an order",)
    returns = "first"


class BoolAnd(Aggregate[bool]):
    """Whether all values, or conditions, are true.

    Example:
        >>> Author.objects.annotate(quiet=BoolAnd(Q(posts__views__lt=10)))
    """

    __slots__ = ()
    function = "BOOL_AND"
    takes = ("boolean",)
    returns = "boolean"


class BoolOr(Aggregate[bool]):
    """Whether one of the values, or conditions, is true."""

    __slots__ = ()
    function = "BOOL_OR"
    takes = ("boolean",)
    returns = "boolean"


class _Spread(Aggregate[float]):
    """How far numbers lie apart.

    Args:
        expression: the numbers: an expression or the name of a field.
        sample: the numbers are a sample, and not all that there are; of a single one it is None.
        filter: a condition; only the rows for which it is true count.
        **options: ``default`` and ``output_field``, as for all aggregates.
    """

    __slots__ = ("sample",)
    takes = ("a number",)
    returns = "float"

    def __init__(
        self, expression: Any, sample: bool = False, *, filter: Any = None, **options: Any
    ) -> None:
        self.sample = bool(sample)
        super().__init__(expression, filter=filter, **options)

    @property
    def name(self) -> str:
        """The function's name, by what the numbers are."""
        return f"{self.function}_{'SAMP' if self.sample else 'POP'}"


class StdDev(_Spread):
    """The standard deviation of numbers, a float; ``sample=True`` for that of a sample."""

    __slots__ = ()
    function = "STDDEV"


class Variance(_Spread):
    """The variance of numbers, a float; ``sample=True`` for that of a sample."""

    __slots__ = ()
    function = "VAR"
