"""May a query be used as a list? In async code once it was fetched, in sync code always.

The two colours differ here on purpose, so that these tests have no twin.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from covet import aio, sync
from covet.errors import FieldError, NotLoaded


class AsyncPost(aio.Model):
    title = aio.CharField(max_length=10)


class SyncPost(sync.Model):
    title = sync.CharField(max_length=10)


@pytest_asyncio.fixture
async def async_posts() -> AsyncIterator[Any]:
    async with aio.connect("sqlite:///:memory:"):
        await aio.create_tables(AsyncPost)
        await AsyncPost.objects.bulk_create([AsyncPost(title=letter) for letter in "abc"])
        yield AsyncPost.objects.order_by("title")


@pytest.fixture
def sync_posts() -> Iterator[Any]:
    with sync.connect("sqlite:///:memory:"):
        sync.create_tables(SyncPost)
        SyncPost.objects.bulk_create([SyncPost(title=letter) for letter in "abc"])
        yield SyncPost.objects.order_by("title")


async def test_async_rows_that_are_not_loaded_never_load_by_themselves(async_posts: Any) -> None:
    with aio.capture_queries() as queries:
        for use in (
            lambda: list(async_posts),
            lambda: len(async_posts),
            lambda: bool(async_posts),
            lambda: async_posts[0],
            lambda: "a" in async_posts,
            lambda: async_posts == [],
        ):
            with pytest.raises(NotLoaded):
                use()
    assert queries == []


async def test_async_rows_are_a_list_once_they_are_loaded(async_posts: Any) -> None:
    rows = await async_posts
    assert rows is await async_posts
    assert list(async_posts) == rows
    assert (len(async_posts), bool(async_posts), async_posts[0] in async_posts) == (3, True, True)
    assert [post.title async for post in async_posts] == ["a", "b", "c"]
    assert [post.title for post in async_posts[1:]] == ["b", "c"]
    with aio.capture_queries() as queries:
        assert [post.title for post in await async_posts[:1]] == ["a"]
    assert queries == []


def test_sync_rows_are_loaded_by_the_first_use_as_a_list(sync_posts: Any) -> None:
    for use in (list, len, bool, lambda rows: rows == [], lambda rows: None in rows):
        query = sync_posts.all()
        with sync.capture_queries() as queries:
            use(query)
            assert [post.title for post in query] == ["a", "b", "c"]
        assert len(queries) == 1


def test_sync_rows_compare_and_turn_round_as_a_list_does(sync_posts: Any) -> None:
    rows = list(sync_posts.all())
    assert sync_posts.all() == rows
    assert sync_posts.all() != rows[:2]
    assert sync_posts.all() != sync_posts.all()  # two queries, not two lists
    assert list(reversed(sync_posts.all())) == rows[::-1]
    assert sync_posts.filter(title="z") == []
    assert not sync_posts.filter(title="z")


def test_a_position_of_sync_rows_asks_for_that_row_only(sync_posts: Any) -> None:
    with sync.capture_queries() as queries:
        assert sync_posts[1].title == "b"
        assert [query.rowcount for query in queries] == [1]
        assert sync_posts[-1].title == "c"  # from the end: all of them
        assert sync_posts[0].title == "a"
    assert [query.rowcount for query in queries] == [1, 3]
    with pytest.raises(IndexError) as caught:
        sync_posts.all()[3]
    assert str(caught.value) == "The query on SyncPost has no row 3"
    with pytest.raises(FieldError):
        sync_posts.all()[-2:]


async def test_an_async_query_shows_that_it_was_not_fetched(async_posts: Any) -> None:
    assert repr(async_posts) == "<QuerySet of AsyncPost, not fetched>"


def test_a_sync_query_shows_its_first_rows(sync_posts: Any) -> None:
    shown = [repr(post) for post in sync_posts.all()]

    assert repr(sync_posts.all()) == f"<QuerySet of SyncPost: [{', '.join(shown)}]>"


def test_a_long_sync_query_shows_that_there_is_more(sync_posts: Any) -> None:
    SyncPost.objects.bulk_create([SyncPost(title="d") for _ in range(30)])

    with sync.capture_queries() as queries:
        shown = repr(sync_posts.all())

    assert shown.count("<SyncPost:") == 20
    assert shown.endswith(", … and more]>")
    assert len(queries) == 1


def test_a_sync_query_shows_itself_without_a_connection() -> None:
    assert repr(SyncPost.objects.all()) == "<QuerySet of SyncPost, not fetched>"


async def test_the_wrong_kind_of_with_says_which_to_write() -> None:
    with (
        pytest.raises(TypeError, match=r"^Write 'async with': "),
        aio.connect("sqlite:///:memory:"),
    ):
        pass
    with pytest.raises(TypeError, match=r"^Write 'async with': atomic\("), aio.atomic():
        pass
    with pytest.raises(TypeError, match=r"^Write plain 'with': atomic\(using='default'\)"):
        async with sync.atomic():
            pass
