"""Which rows are on which numbered page? The arithmetic of ``Paginator``, and the pages."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar, overload

from ..errors import EmptyPage, FieldError, PageNotAnInteger, short

T = TypeVar("T")

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
MOST_DIGITS = 20


class UnorderedObjectListWarning(RuntimeWarning):
    """The rows of a query without order were asked for page by page, and may repeat."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How rows are laid out on pages.

    Attributes:
        count: how many rows there are.
        per_page: how many a page has.
        orphans: a last page with no more rows than this goes to the one before it.
        allow_empty_first_page: whether there is a page where there are no rows.
    """

    count: int
    per_page: int
    orphans: int
    allow_empty_first_page: bool

    @property
    def num_pages(self) -> int:
        """How many pages there are."""
        if self.count == 0 and not self.allow_empty_first_page:
            return 0
        return -(-max(1, self.count - self.orphans) // self.per_page)

    @property
    def page_range(self) -> range:
        """The numbers of all pages, from 1 on."""
        return range(1, self.num_pages + 1)

    def checked(self, number: Any) -> int:
        """The number of a page that there is.

        Raises:
            PageNotAnInteger: it is no whole number, nor a text of one.
            EmptyPage: there is no such page.
        """
        whole = _whole(number)
        if whole < 1:
            raise EmptyPage(f"There is no page {short(whole)}, as the first one is 1")
        if whole > self.num_pages:
            last = f"the last one is {self.num_pages}" if self.num_pages else "there are no rows"
            raise EmptyPage(f"There is no page {short(whole)}, as {last}")
        return whole

    def nearest(self, number: Any) -> int:
        """The number of a page for whatever was asked: the first for no number, else the last."""
        try:
            return self.checked(number)
        except PageNotAnInteger:
            return 1
        except EmptyPage:
            return self.num_pages

    def bounds(self, number: int) -> slice:
        """Where the rows of a page stand among all."""
        start = (number - 1) * self.per_page
        end = start + self.per_page
        return slice(start, self.count if end + self.orphans >= self.count else end)

    def elided(self, number: Any, on_each_side: int, on_ends: int) -> list[int | str]:
        """The numbers of the pages with an ellipsis for those that are far from one of them."""
        number, pages = self.checked(number), self.page_range
        if self.num_pages <= (on_each_side + on_ends) * 2:
            return list(pages)
        first, last = number - on_each_side, number + on_each_side
        found: list[int | str] = []
        if first > 1 + on_ends + 1:
            found += [*range(1, on_ends + 1), ELLIPSIS, *range(first, number + 1)]
        else:
            found += range(1, number + 1)
        if last < self.num_pages - on_ends - 1:
            end = self.num_pages - on_ends + 1
            found += [*range(number + 1, last + 1), ELLIPSIS, *range(end, self.num_pages + 1)]
        else:
            found += range(number + 1, self.num_pages + 1)
        return found


class Page(Sequence[T], Generic[T]):
    """The rows of one numbered page; a sequence of them.

    Attributes:
        object_list: the rows.
        number: the page's number, from 1 on.
        paginator: the ``Paginator`` that gave it.
        num_pages: how many pages there are.
        page_range: the numbers of all pages.

    Example:
        >>> page = await Paginator(Post.objects.order_by("title"), 20).page(3)
        >>> page.start_index(), page.end_index(), page.has_next()
        (41, 60, True)
    """

    def __init__(self, rows: list[T], number: int, paginator: Any, layout: Layout) -> None:
        self.object_list = rows
        self.number = number
        self.paginator = paginator
        self._layout = layout

    @property
    def num_pages(self) -> int:
        """How many pages there are."""
        return self._layout.num_pages

    @property
    def page_range(self) -> range:
        """The numbers of all pages."""
        return self._layout.page_range

    def has_next(self) -> bool:
        """Whether there is a page behind it."""
        return self.number < self.num_pages

    def has_previous(self) -> bool:
        """Whether there is a page before it."""
        return self.number > 1

    def has_other_pages(self) -> bool:
        """Whether there is any other page."""
        return self.has_previous() or self.has_next()

    def next_page_number(self) -> int:
        """The number of the next page.

        Raises:
            EmptyPage: there is none.
        """
        return self._layout.checked(self.number + 1)

    def previous_page_number(self) -> int:
        """The number of the previous page.

        Raises:
            EmptyPage: there is none.
        """
        return self._layout.checked(self.number - 1)

    def start_index(self) -> int:
        """The place of its first row among all, from 1 on; 0 where there are none."""
        return self._layout.bounds(self.number).start + 1 if self._layout.count else 0

    def end_index(self) -> int:
        """The place of its last row among all."""
        stop: int = self._layout.bounds(self.number).stop
        return stop

    def __len__(self) -> int:
        return len(self.object_list)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: Any) -> Any:
        return self.object_list[index]

    def __repr__(self) -> str:
        return f"<Page {self.number} of {self.num_pages}>"


def check_numbers(per_page: object, orphans: object) -> None:
    """Refuse pages of no rows.

    Raises:
        FieldError: a page of less than one row, or less than no orphans.
    """
    if type(per_page) is not int or per_page < 1:
        raise FieldError(f"Paginator(per_page={short(per_page)}): a page has 1 row or more")
    if type(orphans) is not int or orphans < 0:
        raise FieldError(f"Paginator(orphans={short(orphans)}): orphans are 0 rows or more")


def no_list(given: object) -> FieldError:
    """The error for what has no pages."""
    return FieldError(f"Paginator() takes a query or a list, not {short(given)}")


def warn_of_no_order(model: type[Any]) -> None:
    """Tell whoever makes a ``Paginator`` that its pages may repeat rows."""
    warnings.warn(
        f"Pagination may yield inconsistent results: the query on {model.__name__} has no order. "
        "Give it one with order_by().",
        UnorderedObjectListWarning,
        stacklevel=3,
    )


def _whole(number: Any) -> int:
    try:
        if isinstance(number, float) and not number.is_integer():
            raise ValueError
        if isinstance(number, Decimal) and not -MOST_DIGITS < number.adjusted() < MOST_DIGITS:
            raise ValueError  # int() would write all of them out
        return int(number)
    except (TypeError, ValueError, OverflowError):
        raise PageNotAnInteger(f"{short(number)} is no number of a page") from None
