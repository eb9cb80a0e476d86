"""What can a query use as a table beside its own? Common table expressions, and lateral queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import FieldError, short
from .base import Expression
from .q import Q
from .shape import Queried, Shaped
from .subqueries import Subquery

LONGEST_NAME = 63
"""What all databases take, in bytes; PostgreSQL would cut off more without a word."""


class OwnColumn(Expression[Any]):
    """A column of a query that is used as a table: ``totals.col.views``."""

    __slots__ = ("name", "source")

    def __init__(self, source: OwnTable, name: str) -> None:
        self.source = source
        self.name = name
        self.key = ("OWN", source.name, name)
        self.values = ()
        self.depth = 1

    def __repr__(self) -> str:
        return f"{self.source.name}.col.{self.name}"


class Columns:
    """The columns of a query that is used as a table, as attributes."""

    def __init__(self, source: OwnTable) -> None:
        self._source = source

    def __getattr__(self, name: str) -> OwnColumn:
        if name.startswith("__"):
            raise AttributeError(name)
        return OwnColumn(self._source, name)


class OwnTable:
    """A query that another one uses as a table.

    Attributes:
        name: what it is called in the SQL.
        col: its columns, for conditions and annotations.
        rows: the queryset that it was made of.
        query: the same as an expression; None while a recursive one is being made.
    """

    word: str

    def __init__(self, queryset: Any, name: str) -> None:
        if not isinstance(name, str) or not name.isidentifier():
            raise FieldError(
                f"{short(name)} cannot name a query", fix='Use an identifier: name="totals".'
            )
        if len(name.encode()) > LONGEST_NAME:
            raise FieldError(
                f"The name {short(name)} of a query is longer than {LONGEST_NAME} bytes"
            )
        self.name = name
        self.col = Columns(self)
        self.query: Subquery | None = None
        if queryset is not None:
            self._set(queryset)

    def _set(self, queryset: Any) -> None:
        if not isinstance(queryset, Queried):
            raise FieldError(f"{type(self).__name__}() takes a queryset, not {short(queryset)}")
        self.rows: Any = queryset
        self.query = Subquery(queryset)

    @property
    def shape(self) -> Shaped:
        """Its shape, and the values of the query."""
        found = Shaped()
        assert self.query is not None
        found.key = (f"{self.word}(", self.name, *self.query.key, ")")
        found.values = self.query.values
        found.depth = self.query.depth
        return found

    def join(self, target: Any, /, *conditions: Any, outer: bool = False, **lookups: Any) -> Any:
        """The rows of a model, each with the rows here that belong to it.

        Args:
            target: a model or a queryset.
            *conditions: which belong together: ``Q`` objects and comparisons.
            outer: keep rows that none belongs to.
            **lookups: the same by name: ``author=totals.col.author``.

        Returns:
            A queryset of the target, in which ``col`` can be used.

        Raises:
            FieldError: no model, or a condition that cannot be.

        Example:
            >>> totals.join(Author, id=totals.col.author).with_cte(totals)
        """
        queryset = target if isinstance(target, Queried) else _rows_of(target)
        return queryset._joined_with(self, Q(*conditions, **lookups), outer)  # type: ignore[union-attr]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


def _rows_of(model: Any) -> Any:
    """A queryset of all rows of a model."""
    rows = model.objects.all() if hasattr(model, "objects") else None
    if not isinstance(rows, Queried):
        raise FieldError(
            f"join() takes a model or a queryset, not {short(model)}",
            fix="Write totals.join(Author, id=totals.col.author).",
        )
    return rows


class With(OwnTable):
    """A common table expression: ``WITH totals AS (SELECT …)``.

    It is defined by ``queryset.with_cte(totals)``, and used by its ``join()`` and ``queryset()``,
    there and in every query inside of that one.

    Args:
        queryset: its rows; ``values()`` names its columns.
        name: what it is called in the SQL.

    Raises:
        FieldError: something else than a queryset, or a name that is no identifier.

    Example:
        >>> views = Post.objects.values("author").annotate(read=Sum("views"))
        >>> totals = With(views, name="totals")
        >>> authors = totals.join(Author, id=totals.col.author).with_cte(totals)
        >>> authors.annotate(seen=totals.col.read).filter(seen__gt=9)
    """

    word = "WITH"
    is_recursive = False

    def __init__(self, queryset: Any, name: str = "cte") -> None:
        super().__init__(queryset, name)

    @classmethod
    def recursive(cls, make: Callable[[With], Any], name: str = "cte") -> With:
        """A common table expression about itself, for trees: ``WITH RECURSIVE tree AS (…)``.

        Args:
            make: gets the expression and gives its queryset: the first rows, and by ``union()``
                those that are found from the rows so far.
            name: what it is called in the SQL.

        Raises:
            FieldError: the queryset is no ``union()``, or what makes it no function.

        Example:
            >>> def below(tree):
            ...     roots = Place.objects.filter(parent=None).values("id", depth=Value(0))
            ...     more = tree.join(Place, parent=tree.col.id)
            ...     return roots.union(more.values("id", depth=tree.col.depth + 1), all=True)
            >>> tree = With.recursive(below, name="tree")
            >>> places = tree.join(Place, id=tree.col.id).with_cte(tree)
        """
        if not callable(make):
            raise FieldError(
                f"recursive() takes a function that makes the queryset, not {short(make)}",
                fix="Write With.recursive(lambda tree: first.union(…), name=…).",
            )
        new = cls(None, name)
        new.is_recursive, new.word = True, "WITH RECURSIVE"
        new._set(make(new))
        assert new.query is not None
        combined = new.query.spec.combined
        if combined is None or combined.call != "union" or len(combined.parts) < 2:
            raise FieldError(
                f"{new!r} has to be a union() of its first rows and those found from it",
                fix="Write first.union(tree.join(Model, …).values(…), all=True).",
            )
        return new

    def queryset(self) -> Any:
        """The rows of it as a queryset of their own, of what they are: instances or values.

        Its names are those of its columns, in ``filter()``, ``order_by()`` and everywhere.

        Example:
            >>> totals.queryset().with_cte(totals).filter(read__gt=9)
        """
        if self.query is None:
            raise FieldError(f"{self!r} is being made", fix="Use its join() there.")
        return self.rows._of_cte(self)


class Lateral(OwnTable):
    """A query that is asked anew for each row beside it: ``CROSS JOIN LATERAL (SELECT …)``.

    PostgreSQL and MySQL have it, SQLite and MariaDB have not.

    Args:
        queryset: its rows; ``OuterRef`` names the row that it is asked for.
        name: what it is called in the SQL.

    Example:
        >>> newest = Post.objects.filter(author=OuterRef("pk")).order_by("-made")[:3]
        >>> top = Lateral(newest.values("title"), name="top")
        >>> top.join(Author).annotate(title=top.col.title)
    """

    word = "LATERAL"
