# generated from tests/_async/test_paginator.py by scripts/generate_sync.py;
# change that file, not this one
"""Which rows does ``Paginator`` put on which page, and what is no page?"""

from __future__ import annotations

import re
import warnings
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covet.sync import (
    CharField,
    Database,
    EmptyPage,
    FieldError,
    InvalidPage,
    Model,
    PageNotAnInteger,
    Paginator,
    UnorderedObjectListWarning,
    capture_queries,
)


class Post(Model):
    title = CharField(max_length=20)


posts: Any = Post.objects.order_by("title")


def write(count: int) -> None:
    Post.objects.bulk_create(Post(title=f"{n:02}") for n in range(1, count + 1))


def titles(page: Any) -> list[str]:
    return [post.title for post in page]


def test_a_page_has_its_rows(db: Database) -> None:
    write(5)
    paginator = Paginator(posts, 2)

    assert paginator.count() == 5
    assert paginator.num_pages() == 3
    assert paginator.page_range() == range(1, 4)
    page = paginator.page(2)
    assert titles(page) == ["03", "04"]
    assert page[1].title == "04"
    assert len(page) == 2
    assert (page.number, page.num_pages, page.page_range) == (2, 3, range(1, 4))
    assert page.paginator is paginator
    assert repr(page) == "<Page 2 of 3>"


def test_a_page_knows_its_neighbours_and_its_place(db: Database) -> None:
    write(5)
    paginator = Paginator(posts, 2)
    first, second, third = [paginator.page(number) for number in (1, 2, 3)]

    assert [page.has_next() for page in (first, second, third)] == [True, True, False]
    assert [page.has_previous() for page in (first, second, third)] == [False, True, True]
    assert second.has_other_pages()
    assert (second.previous_page_number(), second.next_page_number()) == (1, 3)
    assert (third.start_index(), third.end_index()) == (5, 5)
    with pytest.raises(EmptyPage) as error:
        third.next_page_number()
    assert str(error.value) == "There is no page 4, as the last one is 3."
    with pytest.raises(EmptyPage) as error:
        first.previous_page_number()
    assert str(error.value) == "There is no page 0, as the first one is 1."


def test_rows_are_counted_once(db: Database) -> None:
    write(5)
    paginator = Paginator(posts, 2)
    with capture_queries() as queries:
        paginator.page(1)
        paginator.page(2)
        paginator.num_pages()
    assert len(queries) == 3
    assert "COUNT" in queries[0].sql


def test_orphans_go_to_the_page_before(db: Database) -> None:
    write(5)
    paginator = Paginator(posts, 2, orphans=1)

    assert paginator.num_pages() == 2
    page = paginator.page(2)
    assert titles(page) == ["03", "04", "05"]
    assert (page.start_index(), page.end_index(), page.has_next()) == (3, 5, False)


def test_no_rows_are_one_empty_page_or_none(db: Database) -> None:
    page = Paginator(posts, 2).page(1)
    assert list(page) == []
    assert (page.start_index(), page.end_index(), page.has_other_pages()) == (0, 0, False)

    none = Paginator(posts, 2, allow_empty_first_page=False)
    assert none.num_pages() == 0
    for ask in (none.page, none.get_page):
        with pytest.raises(EmptyPage):
            ask(1)
    with pytest.raises(EmptyPage) as error:
        none.page(1)
    assert str(error.value) == "There is no page 1, as there are no rows."


def test_numbers_come_as_texts_too(db: Database) -> None:
    write(5)
    paginator = Paginator(posts, 2)
    for number in ("2", 2.0, " 2 "):
        assert paginator.page(number).number == 2  # type: ignore[arg-type]


def test_what_is_no_page(db: Database) -> None:
    write(5)
    paginator = Paginator(posts, 2)
    for wrong in ("two", None, "", 1.5, "1.0", [], float("inf"), float("nan"), "9" * 5000):
        with pytest.raises(PageNotAnInteger, match="is no number of a page"):
            paginator.page(wrong)  # type: ignore[arg-type]
        assert paginator.get_page(wrong).number == 1
    for number, shown in ((0, "the first one is 1"), (-1, "the first one is 1")):
        with pytest.raises(EmptyPage, match=f"There is no page {number}, as {shown}"):
            paginator.page(number)
        assert paginator.get_page(number).number == 3
    for number in (4, 10**30):
        with pytest.raises(EmptyPage, match="the last one is 3"):
            paginator.page(number)
        assert paginator.get_page(number).number == 3
    assert issubclass(EmptyPage, InvalidPage)
    assert issubclass(PageNotAnInteger, InvalidPage)


def test_all_pages_in_turn(db: Database) -> None:
    write(5)
    assert [titles(page) for page in Paginator(posts, 2)] == [
        ["01", "02"],
        ["03", "04"],
        ["05"],
    ]


def test_lists_and_slices_have_pages_too(db: Database) -> None:
    write(5)
    assert list(Paginator([1, 2, 3], 2).page(2)) == [3]
    assert titles(Paginator(posts.all()[1:4], 2).page(2)) == ["04"]
    assert list(Paginator(posts.values_list("title", flat=True), 2).page(3)) == ["05"]


def test_rows_that_are_loaded_are_not_asked_for_again(db: Database) -> None:
    write(3)
    query = posts.all()
    query.fetch()
    with capture_queries() as queries:
        assert titles(Paginator(query, 2).page(2)) == ["03"]
    assert len(queries) == 0


def test_a_query_without_order_is_warned_of(db: Database) -> None:
    with pytest.warns(
        UnorderedObjectListWarning,
        match=re.escape(
            "Pagination may yield inconsistent results: the query on Post has no order. "
            "Give it one with order_by()."
        ),
    ):
        Paginator(Post.objects.all(), 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Paginator(Post.objects.none(), 2)


def test_what_cannot_be_paged(db: Database) -> None:
    for per_page in (0, -1, "2", 2.0, True):
        with pytest.raises(FieldError, match="a page has 1 row or more"):
            Paginator(posts, per_page)  # type: ignore[arg-type]
    with pytest.raises(FieldError) as error:
        Paginator(posts, 2, orphans=-1)
    assert str(error.value) == "Paginator(orphans=-1): orphans are 0 rows or more."
    with pytest.raises(FieldError) as error:
        Paginator("text", 2)
    assert str(error.value) == "Paginator() takes a query or a list, not 'text'."
    with pytest.raises(FieldError, match="takes a query or a list"):
        Paginator(Post.objects, 2)


def test_far_pages_are_elided(db: Database) -> None:
    paginator: Paginator[int] = Paginator(list(range(50)), 1)
    assert paginator.get_elided_page_range(10, on_each_side=1, on_ends=1) == [
        1, "…", 9, 10, 11, "…", 50,
    ]  # fmt: skip
    assert paginator.get_elided_page_range(1) == [1, 2, 3, 4, "…", 49, 50]
    assert paginator.get_elided_page_range("50") == [1, 2, "…", 47, 48, 49, 50]
    assert paginator.get_elided_page_range(6) == [
        1, 2, 3, 4, 5, 6, 7, 8, 9, "…", 49, 50,
    ]  # fmt: skip
    few: Paginator[int] = Paginator(list(range(10)), 1)
    assert few.get_elided_page_range(5) == list(range(1, 11))


@given(
    count=st.integers(0, 40),
    per_page=st.integers(1, 7),
    orphans=st.integers(0, 9),
    empty=st.booleans(),
)
def test_pages_hold_each_row_once(count: int, per_page: int, orphans: int, empty: bool) -> None:
    paginator: Paginator[int] = Paginator(list(range(count)), per_page, orphans, empty)
    pages = [page for page in paginator]
    assert [row for page in pages for row in page] == list(range(count))
    assert all(len(page) == per_page for page in pages[:-1])
    assert bool(pages) == bool(count or empty)
    for page in pages:
        assert page.end_index() - page.start_index() + 1 == len(page) or not count
    for one, other in pairwise(pages):
        assert one.next_page_number() == other.number == one.number + 1
