"""What can be asked by a query inside of another one?"""

from __future__ import annotations

from typing import Any

from ..errors import FieldError, short
from .base import Expression
from .shape import Queried, type_shape


class OuterRef(Expression[Any]):
    """A field of the row of the query around a subquery.

    Args:
        path: the field's path there; another ``OuterRef`` reaches one query further out.

    Example:
        >>> from covet import OuterRef
        >>> OuterRef("pk")
        OuterRef('pk')
    """

    __slots__ = ("levels", "path")

    path: str
    levels: int

    def __init__(self, path: str | OuterRef) -> None:
        if isinstance(path, OuterRef):
            self.path, self.levels = path.path, path.levels + 1
        elif isinstance(path, str):
            self.path, self.levels = path, 1
        else:
            raise FieldError(f"OuterRef() takes the name of a field, not {short(path)}")
        self.key = ("OUTER", str(self.levels), self.path)
        self.values = ()
        self.depth = 1

    def __repr__(self) -> str:
        return f"OuterRef({self.path!r})"


class Subquery(Expression[Any]):
    """The value that a query has in its one row and column: ``(SELECT … LIMIT 1)``.

    The queryset should give one column, ``values("title")``, and one row, ``[:1]``; without a row
    it is NULL. ``OuterRef`` names the row around it. In ``field__in=`` it stands for all its rows.

    Args:
        queryset: a queryset; of instances, the primary key is meant.
        output_field: the type of the value; that of the column when left out.

    Raises:
        FieldError: something else than a queryset.

    Example:
        >>> newest = Post.objects.filter(author=OuterRef("pk")).order_by("-created")
        >>> Author.objects.annotate(newest=Subquery(newest.values("title")[:1]))
    """

    __slots__ = ("output_field", "spec")

    spec: Any

    def __init__(self, queryset: Any, output_field: Any = None) -> None:
        if isinstance(queryset, Queried):
            queryset = queryset.as_subquery()
        if not isinstance(queryset, Subquery):
            raise FieldError(
                f"{type(self).__name__}() takes a queryset, not {short(queryset)}",
                fix="Give one that has not been fetched, such as Post.objects.filter(…).",
            )
        self.output_field = output_field
        self._asks(queryset.spec, queryset.key[1:-1], queryset.values)

    @classmethod
    def of(cls, spec: Any, key: tuple[str, ...], values: tuple[Any, ...]) -> Subquery:
        """The subquery that a spec stands for; its shape is the key."""
        new = object.__new__(cls)
        new.output_field = None
        new._asks(spec, key, values)
        return new

    def _asks(self, spec: Any, key: tuple[str, ...], values: tuple[Any, ...]) -> None:
        self.spec = spec
        word = f"{type(self).__name__}({type_shape(self.output_field)}"
        self.key = (word, *key, ")")
        self.values = values
        self.depth = 2

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.spec.shown})"


class Exists(Subquery):
    """Whether a query has a row, for the row around it: ``EXISTS (SELECT 1 …)``.

    It is a condition, for ``filter()``, ``Q``, ``When``, and ``~Exists(…)`` its opposite; and a
    value, for ``annotate()``.

    Args:
        queryset: a queryset, whose ``OuterRef`` names the row around it.

    Example:
        >>> Author.objects.filter(Exists(Post.objects.filter(author=OuterRef("pk"), views__gt=9)))
    """

    __slots__ = ()

    def __init__(self, queryset: Any) -> None:
        super().__init__(queryset)
