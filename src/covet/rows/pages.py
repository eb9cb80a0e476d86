"""What is a page of rows between two cursors, and how are their cursors read off the rows?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, overload

from ..query import ast, resolve
from ..query.keyset import Asked
from ..query.spec import QuerySpec
from ..schema.record import Record
from ..sql.compiler import compiled
from ..sql.dialects import Dialect
from .loader import Load, loader, reader
from .plans import planned

T = TypeVar("T")


class CursorPage(Sequence[T], Generic[T]):
    """Some rows of a query in its order, and the cursors to go on from them.

    It is a sequence of its rows.

    Attributes:
        rows: the rows.
        has_next: whether there are rows behind them.
        has_previous: whether there are rows before them. At the side that the page was reached
            from there were some when the cursor was made, and that is not asked again.
        start_cursor: the cursor of the first row; None if the query has no rows.
        end_cursor: that of the last row.

    Example:
        >>> page = await Post.objects.order_by("-created").page(20)
        >>> older = await Post.objects.order_by("-created").page(20, after=page.next_cursor)
    """

    def __init__(
        self, rows: list[T], ends: tuple[bool, bool], cursors: tuple[str | None, str | None]
    ) -> None:
        self.rows = rows
        self.has_previous, self.has_next = ends
        self.start_cursor, self.end_cursor = cursors

    @property
    def next_cursor(self) -> str | None:
        """What to give as ``after`` for the next page; None if there is none."""
        return self.end_cursor if self.has_next else None

    @property
    def previous_cursor(self) -> str | None:
        """What to give as ``before`` for the previous page; None if there is none."""
        return self.start_cursor if self.has_previous else None

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: Any) -> Any:
        return self.rows[index]

    def __repr__(self) -> str:
        flags = [name for name in ("has_previous", "has_next") if getattr(self, name)]
        return f"<{' '.join([f'CursorPage of {len(self.rows)} rows', *flags])}>"


class PagePlan:
    """What is known of a shape of page: its statement, and what reads its rows and positions."""

    __slots__ = ("bind", "load", "position")

    def __init__(self, model: type[Record], spec: QuerySpec, dialect: Dialect) -> None:
        select, marks = resolve.page(spec)
        self.bind = compiled(select, dialect).bind
        self.load: Load = loader(model, spec.output, select, dialect)
        self.position = _position(select, marks, dialect)


def page_plan(model: type[Record], spec: QuerySpec, dialect: Dialect) -> PagePlan:
    """The plan that fetches a page's rows, each with the values that it is ordered by."""
    key = (dialect, "page", spec.window, spec.key)
    plan: PagePlan | None = model._plans.get(key)
    return plan or planned(model, key, lambda: PagePlan(model, spec, dialect))


def _position(
    select: ast.Select, marks: int, dialect: Dialect
) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """What reads the values of the ordering off a row: its last ones."""
    read = reader(dialect, select.outputs[len(select.outputs) - marks :])
    return lambda row: read(row[len(row) - marks :])


def made(asked: Asked, plan: PagePlan, raw: Sequence[Any], rows: list[T]) -> CursorPage[T]:
    """The page.

    Args:
        asked: what was asked for.
        plan: what reads the raw rows.
        raw: all rows that came, in the order in which they came.
        rows: those of the page, loaded.
    """
    kept = asked.kept(raw)
    ends = [plan.position(row) for row in (kept[0], kept[-1])] if kept else [None, None]
    return CursorPage(rows, asked.ends(len(raw)), asked.cursors(ends[0], ends[1]))


def empty(asked: Asked) -> CursorPage[Any]:
    """The page of a query that is known to have no rows."""
    return CursorPage([], asked.ends(0), asked.cursors(None, None))
