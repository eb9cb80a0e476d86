"""What has a value in each row: a field, a bound value, arithmetic over them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..errors import FieldError, QueryTooComplex, short
from .shape import VALUE, Queried, Shaped, is_list, shape, type_shape

if TYPE_CHECKING:
    from .q import Q

T = TypeVar("T")

DEEPEST_EXPRESSION = 100


class Expression(Shaped, Generic[T]):
    """The base of everything that has a value in each row.

    Arithmetic gives new expressions and comparisons give conditions, which are ``Q`` objects:

        >>> from covet import F
        >>> F("views") + 1
        F('views') + 1
        >>> F("views") > F("likes")
        Q(F('views') > F('likes'))
    """

    __slots__ = ()

    def __add__(self, other: Any) -> Combined:
        return Combined("+", self, other)

    def __radd__(self, other: Any) -> Combined:
        return Combined("+", other, self)

    def __sub__(self, other: Any) -> Combined:
        return Combined("-", self, other)

    def __rsub__(self, other: Any) -> Combined:
        return Combined("-", other, self)

    def __mul__(self, other: Any) -> Combined:
        return Combined("*", self, other)

    def __rmul__(self, other: Any) -> Combined:
        return Combined("*", other, self)

    def __truediv__(self, other: Any) -> Combined:
        return Combined("/", self, other)

    def __rtruediv__(self, other: Any) -> Combined:
        return Combined("/", other, self)

    def __mod__(self, other: Any) -> Combined:
        return Combined("%", self, other)

    def __rmod__(self, other: Any) -> Combined:
        return Combined("%", other, self)

    def __pow__(self, other: Any) -> Combined:
        return Combined("**", self, other)

    def __rpow__(self, other: Any) -> Combined:
        return Combined("**", other, self)

    def __neg__(self) -> Combined:
        return Combined("*", self, -1)

    def bitand(self, other: Any) -> Combined:
        """The bits that both whole numbers have: ``F("flags").bitand(4)``."""
        return Combined("&", self, other)

    def bitor(self, other: Any) -> Combined:
        """The bits that one of two whole numbers has, or both."""
        return Combined("|", self, other)

    def bitxor(self, other: Any) -> Combined:
        """The bits that only one of two whole numbers has."""
        return Combined("#", self, other)

    def bitleftshift(self, other: Any) -> Combined:
        """A whole number with its bits moved up by so many places."""
        return Combined("<<", self, other)

    def bitrightshift(self, other: Any) -> Combined:
        """A whole number with its bits moved down by so many places."""
        return Combined(">>", self, other)

    def __and__(self, other: Any) -> Q:
        return _holds(self) & _holds(other)

    def __rand__(self, other: Any) -> Q:
        return _holds(other) & _holds(self)

    def __or__(self, other: Any) -> Q:
        return _holds(self) | _holds(other)

    def __ror__(self, other: Any) -> Q:
        return _holds(other) | _holds(self)

    def __xor__(self, other: Any) -> Q:
        return _holds(self) ^ _holds(other)

    def __rxor__(self, other: Any) -> Q:
        return _holds(other) ^ _holds(self)

    def __invert__(self) -> Q:
        return ~_holds(self)

    def __lt__(self, other: T | Expression[Any]) -> Q:
        return self.compare("lt", other)

    def __le__(self, other: T | Expression[Any]) -> Q:
        return self.compare("lte", other)

    def __gt__(self, other: T | Expression[Any]) -> Q:
        return self.compare("gt", other)

    def __ge__(self, other: T | Expression[Any]) -> Q:
        return self.compare("gte", other)

    def __eq__(self, other: T | Expression[Any] | None) -> Q:  # type: ignore[override]
        return self.compare("exact", other)

    def __ne__(self, other: T | Expression[Any] | None) -> Q:  # type: ignore[override]
        return ~self.compare("exact", other)

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise FieldError(
            f"{self!r} is an expression and has no truth value in Python",
            fix="Combine conditions with & and |, not with 'and' and 'or'.",
        )

    def compare(self, lookup: str, other: Any) -> Q:
        """The condition ``<self> <lookup> <other>``, by the name of a lookup.

        Args:
            lookup: its name, such as ``"icontains"``.
            other: a value or an expression.

        Example:
            >>> from covet import F
            >>> F("title").compare("icontains", "bread")
            Q(F('title').compare('icontains', 'bread'))
        """
        from .q import Comparison, Q

        return Q(Comparison(self, lookup, other))

    def in_(self, values: Iterable[T] | Expression[Any] | Queried) -> Q:
        """The condition that the value is one of ``values``; none of them when it is empty.

        Args:
            values: values of the field's type, or a queryset of them, asked in the same query.

        Example:
            >>> from covet import F
            >>> F("views").in_([1, 2])
            Q(F('views').compare('in', (1, 2)))
        """
        return self.compare("in", values)

    def is_null(self, null: bool = True) -> Q:
        """The condition that the value is NULL, or that it is not.

        Args:
            null: False for the opposite.

        Example:
            >>> from covet import F
            >>> F("born").is_null()
            Q(F('born').compare('isnull', True))
        """
        return self.compare("isnull", null)

    def asc(self, *, nulls_first: bool | None = None, nulls_last: bool | None = None) -> OrderBy:
        """The ordering from the smallest value up; NULLs come first unless told otherwise.

        Args:
            nulls_first: NULLs come first.
            nulls_last: NULLs come last.

        Raises:
            FieldError: both are asked for.

        Example:
            >>> from covet import F
            >>> F("born").asc(nulls_last=True)
            F('born').asc(nulls_last=True)
        """
        return OrderBy(self, False, nulls_first=nulls_first, nulls_last=nulls_last)

    def desc(self, *, nulls_first: bool | None = None, nulls_last: bool | None = None) -> OrderBy:
        """The ordering from the largest value down; NULLs come last unless told otherwise.

        Args:
            nulls_first: NULLs come first.
            nulls_last: NULLs come last.

        Raises:
            FieldError: both are asked for.

        Example:
            >>> from covet import F
            >>> F("views").desc()
            F('views').desc()
        """
        return OrderBy(self, True, nulls_first=nulls_first, nulls_last=nulls_last)


def _holds(expression: Any) -> Q:
    """The condition that an expression is true."""
    from .q import Q

    return expression if isinstance(expression, Q) else Q(expression)


class Compound(Expression[T]):
    """An expression that is made of others: its shape is a word of its own, and theirs."""

    __slots__ = ("_parts",)

    _parts: tuple[Shaped, ...]

    def _consists(self, word: str, parts: Iterable[Shaped], *options: str) -> None:
        """Take over what it is made of.

        Args:
            word: what it is.
            parts: the expressions and conditions in it.
            options: everything else that changes the SQL text.

        Raises:
            QueryTooComplex: it is nested deeper than the databases take.
        """
        self._parts = tuple(parts)
        self.depth = 1 + max([part.depth for part in self._parts], default=0)
        if self.depth > DEEPEST_EXPRESSION:
            raise QueryTooComplex(
                f"An expression is nested {self.depth} levels deep; "
                f"the limit is {DEEPEST_EXPRESSION}"
            )
        key = [f"{word}(", *options]
        values: list[Any] = []
        for part in self._parts:
            key += part.key
            key.append(",")
            values += part.values
        key.append(")")
        self.key, self.values = tuple(key), tuple(values)

    @property
    def parts(self) -> tuple[Shaped, ...]:
        """The expressions and conditions that it is made of, in the order of their values."""
        return self._parts


class F(Expression[T]):
    """The value of a field in the same row, named by its path.

    Args:
        path: a field's name, across foreign keys with ``__``: ``F("author__age")``.

    Example:
        >>> from covet import F
        >>> F("views") * 2
        F('views') * 2
    """

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        if not isinstance(path, str):
            raise FieldError(f"F() takes the name of a field, not {short(path)}")
        self.path = path
        self.key = ("F", path)
        self.values = ()
        self.depth = 1

    def __getitem__(self, part: int | slice) -> Expression[str]:
        """A part of a text: ``F("title")[:3]``, ``F("title")[0]``.

        Raises:
            FieldError: a step, or a bound that is negative or no whole number.
        """
        from .functions.text import Substr

        whole = part if isinstance(part, slice) else slice(part, None)
        first, last = whole.start or 0, whole.stop if isinstance(part, slice) else _next(part)
        bounds = (first, 0 if last is None else last)
        if whole.step is not None or any(type(b) is not int or b < 0 for b in bounds):
            raise FieldError(f"{self!r}[…] takes places from 0 up, and no steps, not {short(part)}")
        length = None if last is None else max(last - first, 0)
        return Substr(self, first + 1, length)

    __iter__ = None  # which Python would make of __getitem__

    def __repr__(self) -> str:
        return f"F({self.path!r})"


def _next(place: Any) -> Any:
    return place + 1 if type(place) is int else place


class FieldRef(F[T]):
    """A field as the class shows it, ``Post.views``: an ``F`` that knows its model and its type.

    It belongs to queries on its own model; in another model's query it is an error.
    """

    __slots__ = ("owner",)

    def __init__(self, owner: str, path: str) -> None:
        super().__init__(path)
        self.owner = owner
        self.key = ("F.", owner, path)

    def __repr__(self) -> str:
        return f"{self.owner.rpartition('.')[2]}.{self.path}"


class Value(Expression[T]):
    """A Python value where an expression is wanted; it is always bound as a parameter.

    Args:
        value: the value.
        output_field: a field that prepares it; its own Python type decides when left out. None
            has no type, so it needs one unless its neighbours have.

    Example:
        >>> from covet import F, Value
        >>> Value(100) - F("views")
        100 - F('views')
    """

    __slots__ = ("output_field", "value")

    def __init__(self, value: T, output_field: Any = None) -> None:
        self.value = value
        self.output_field = output_field
        key = ["V", type(value).__name__, type_shape(output_field)]  # 1 and 1.5 differ
        values: list[Any] = []
        if is_list(value):  # of JSON, as one value
            key.append(VALUE)
            values.append(value)
        elif output_field is None:
            shape(value, key, values)
        elif value is not None:
            values.append(value)
        self.key, self.values = tuple(key), tuple(values)
        self.depth = 1

    def __repr__(self) -> str:
        return short(self.value)


class Combined(Compound[Any]):
    """Two expressions joined by an arithmetic operator."""

    __slots__ = ("operator",)

    def __init__(self, operator: str, left: Any, right: Any) -> None:
        self.operator = operator
        self._consists(operator, (_operand(left), _operand(right)))

    @property
    def left(self) -> Any:
        """What stands before the operator."""
        return self._parts[0]

    @property
    def right(self) -> Any:
        """What stands behind the operator."""
        return self._parts[1]

    def __repr__(self) -> str:
        return f"{_side(self.left)} {self.operator} {_side(self.right)}"


def _operand(value: Any) -> Expression[Any]:
    """A side of an operator; a text is a value here, and not the name of a field."""
    return Value(value) if isinstance(value, str) else as_expression(value)


def as_expression(value: Any) -> Expression[Any]:
    """What a function is given, as an expression: a text names a field, as everywhere in Django.

    Args:
        value: an expression, a path, a condition, a queryset, or any other value.
    """
    from .conditional import Predicate
    from .q import Q

    if isinstance(value, Expression):
        return value
    if isinstance(value, str):
        return F(value)
    if isinstance(value, Q):
        return Predicate(value)
    if isinstance(value, Queried):
        return value.as_subquery()  # type: ignore[return-value]
    return Value(value)


class OrderBy(Shaped):
    """One term of an ordering: an expression, its direction and where its NULLs go.

    Without ``nulls_first`` or ``nulls_last``, NULLs sort as the smallest value on every database.

    Args:
        expression: what to order by.
        descending: from the largest value down.
        nulls_first: NULLs come first.
        nulls_last: NULLs come last.

    Raises:
        FieldError: both ``nulls_first`` and ``nulls_last``, or no expression.

    Example:
        >>> from covet import F
        >>> F("views").desc(nulls_first=True)
        F('views').desc(nulls_first=True)
    """

    __slots__ = ("descending", "expression", "nulls_first")

    def __init__(
        self,
        expression: Expression[Any],
        descending: bool = False,
        *,
        nulls_first: bool | None = None,
        nulls_last: bool | None = None,
    ) -> None:
        if nulls_first and nulls_last:
            raise FieldError("An ordering has nulls_first or nulls_last, not both")
        if not isinstance(expression, Expression):
            raise FieldError(
                f"OrderBy() takes an expression, not {short(expression)}",
                fix='Write F("views").desc().',
            )
        self.expression = expression
        self.descending = bool(descending)
        self.nulls_first = bool(nulls_first) or (not nulls_last and not descending)
        self.depth = expression.depth
        # A space keeps it apart from every path, which stands in the same place of a key.
        direction = "desc nulls" if descending else "asc nulls"
        self.key = (f"{direction} {'first' if self.nulls_first else 'last'}", *expression.key)
        self.values = expression.values

    @property
    def parts(self) -> tuple[Shaped, ...]:
        """What is ordered by."""
        return (self.expression,)

    def asc(self) -> OrderBy:
        """The same ordering from the smallest value up."""
        return OrderBy(self.expression, False)

    def desc(self) -> OrderBy:
        """The same ordering from the largest value down."""
        return OrderBy(self.expression, True)

    def reversed(self) -> OrderBy:
        """The opposite ordering, with NULLs at the opposite end too."""
        return OrderBy(
            self.expression,
            not self.descending,
            nulls_first=not self.nulls_first,
            nulls_last=self.nulls_first,
        )

    def __repr__(self) -> str:
        usual = self.nulls_first is not self.descending
        nulls = "" if usual else f"nulls_{'first' if self.nulls_first else 'last'}=True"
        return f"{_side(self.expression)}.{'desc' if self.descending else 'asc'}({nulls})"


def _side(side: Expression[Any]) -> str:
    """An expression as it stands inside of another."""
    return f"({side!r})" if isinstance(side, Combined) else repr(side)
