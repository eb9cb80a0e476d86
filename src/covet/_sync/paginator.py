# generated from src/covet/_async/paginator.py by scripts/generate_sync.py;
# change that file, not this one
"""Which rows are on page 3 of a query, and how many pages are there?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Generic, TypeVar

from ..rows.paging import Layout, Page, check_numbers, no_list, warn_of_no_order
from .queryset import QuerySet

T = TypeVar("T")


class Paginator(Generic[T]):
    """The rows of a query, or of a list, by numbered pages, as Django's has them.

    The database counts all rows once, and passes over those before a page each time. Where there
    are many pages, or rows are added meanwhile, ``QuerySet.page()`` does better.

    Args:
        object_list: a query with an order, or a list.
        per_page: how many rows a page has.
        orphans: a last page with no more rows than this goes to the one before it.
        allow_empty_first_page: whether there is a first page where there are no rows.

    Raises:
        FieldError: pages of no rows, or something else than a query or a list.

    Example:
        >>> paginator = Paginator(Post.objects.order_by("title"), 20)
        >>> page = paginator.page(3)
        >>> [post.title for post in page]
    """

    def __init__(
        self,
        object_list: QuerySet[T] | Sequence[T],
        per_page: int,
        orphans: int = 0,
        allow_empty_first_page: bool = True,
    ) -> None:
        check_numbers(per_page, orphans)
        if isinstance(object_list, QuerySet):
            if object_list._rows is None and not object_list._is_ordered:
                warn_of_no_order(object_list.model)
        elif not isinstance(object_list, Sequence) or isinstance(object_list, str):
            raise no_list(object_list)
        self.object_list = object_list
        self.per_page = per_page
        self.orphans = orphans
        self.allow_empty_first_page = allow_empty_first_page
        self._count: int | None = None

    def count(self) -> int:
        """How many rows there are on all pages; counted once.

        Example:
            >>> Paginator(Post.objects.order_by("title"), 20).count()
            50
        """
        if self._count is None:
            rows = self.object_list
            self._count = rows.count() if isinstance(rows, QuerySet) else len(rows)
        return self._count

    def num_pages(self) -> int:
        """How many pages there are.

        Example:
            >>> Paginator(Post.objects.order_by("title"), 20).num_pages()
            3
        """
        return self._layout().num_pages

    def page_range(self) -> range:
        """The numbers of all pages, from 1 on.

        Example:
            >>> list(Paginator(Post.objects.order_by("title"), 20).page_range())
            [1, 2, 3]
        """
        return self._layout().page_range

    def page(self, number: int | str) -> Page[T]:
        """The page of a number.

        Args:
            number: the number, or its text as a web page sends it.

        Raises:
            PageNotAnInteger: it is no number.
            EmptyPage: there is no such page.

        Example:
            >>> page = paginator.page(request.query["page"])
        """
        layout = self._layout()
        return self._page(layout.checked(number), layout)

    def get_page(self, number: Any) -> Page[T]:
        """A page for whatever was asked: the first for no number, the last for one without rows.

        Args:
            number: anything.

        Raises:
            EmptyPage: there are no pages.

        Example:
            >>> page = paginator.get_page("nonsense")
            >>> page.number
            1
        """
        layout = self._layout()
        return self._page(layout.checked(layout.nearest(number)), layout)

    def get_elided_page_range(
        self, number: int | str = 1, *, on_each_side: int = 3, on_ends: int = 2
    ) -> list[int | str]:
        """The numbers of pages to show, with ``"…"`` for those that are far from one of them.

        Args:
            number: the page that is shown.
            on_each_side: how many pages beside it are named.
            on_ends: how many of the first and of the last ones.

        Raises:
            PageNotAnInteger: it is no number.
            EmptyPage: there is no such page.

        Example:
            >>> paginator.get_elided_page_range(10, on_each_side=1, on_ends=1)
            [1, '…', 9, 10, 11, '…', 50]
        """
        return self._layout().elided(number, on_each_side, on_ends)

    def __iter__(self) -> Iterator[Page[T]]:
        layout = self._layout()
        for number in layout.page_range:
            yield self._page(number, layout)

    def _page(self, number: int, layout: Layout) -> Page[T]:
        rows = self.object_list[layout.bounds(number)]
        found = rows.fetch() if isinstance(rows, QuerySet) else list(rows)
        return Page(found, number, self, layout)

    def _layout(self) -> Layout:
        count = self.count()
        return Layout(count, self.per_page, self.orphans, self.allow_empty_first_page)

    def __repr__(self) -> str:
        return f"<Paginator of {self.object_list!r}>"
