"""What do update() and delete() do to a slice of a query: to just these rows, in their order?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from covet.aio import (
    PROTECT,
    CharField,
    Database,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    Model,
    ProtectedError,
    capture_queries,
)

from ..pairs import async_fixture


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    author = ForeignKey(Author, null=True, related_name="posts")


class Comment(Model):
    text = CharField(max_length=20)
    post = ForeignKey(Post, related_name="comments")


class Log(Model):
    text = CharField(max_length=20)
    day = IntegerField(null=True)
    post = ForeignKey(Post, PROTECT, null=True)


class Place(Model):
    name = CharField(max_length=20)


class Cafe(Place):
    tables = IntegerField(default=0)


@async_fixture
async def posts(db: Database) -> AsyncIterator[list[Post]]:
    ann = await Author.objects.create(name="Ann")
    bob = await Author.objects.create(name="Bob")
    made = await Post.objects.bulk_create(
        [Post(title=title, views=n, author=ann if n < 2 else bob) for n, title in enumerate("abcd")]
    )
    await Comment.objects.bulk_create(
        [Comment(text=f"{p.title}{n}", post=p) for p in made for n in range(3)]
    )
    await Log.objects.bulk_create([Log(text=str(n), day=n) for n in range(5)])
    yield made


async def views() -> list[Any]:
    return await Post.objects.order_by("title").values_list("views", flat=True).fetch()


async def logs() -> list[Any]:
    return await Log.objects.order_by("text").values_list("text", flat=True).fetch()


# --- update --------------------------------------------------------------------------------------


async def test_the_first_rows_are_updated(posts: list[Post]) -> None:
    with capture_queries() as queries:
        count = await Post.objects.order_by("-title")[:2].update(views=F("views") + 10)

    assert count == 2
    assert len(queries) == 1
    assert await views() == [0, 1, 12, 13]


async def test_a_window_further_on_is_updated(posts: list[Post]) -> None:
    assert await Post.objects.order_by("title")[1:3].update(views=50) == 2
    assert await views() == [0, 50, 50, 3]
    assert await Post.objects.order_by("title")[3:].update(views=60) == 1
    assert await views() == [0, 50, 50, 60]
    assert await Post.objects.order_by("title")[4:].update(views=70) == 0
    assert await Post.objects.order_by("title")[2:2].update(views=70) == 0


async def test_a_slice_of_joined_rows_is_updated(posts: list[Post]) -> None:
    by_author = Post.objects.filter(author__name="Bob").order_by("author__name", "-title")

    assert await by_author[:1].update(views=50) == 1

    assert await views() == [0, 1, 2, 50]


async def test_rows_that_are_joined_several_times_take_several_places(posts: list[Post]) -> None:
    commented = Post.objects.filter(comments__text__gt="").order_by("title")

    await commented[:4].update(views=50)  # a, a, a, b: as the query gives them
    assert await views() == [50, 50, 2, 3]

    assert await commented.distinct()[:3].update(views=60) == 3
    assert await views() == [60, 60, 60, 3]


async def test_the_same_query_with_and_without_a_slice(posts: list[Post]) -> None:
    query = Post.objects.filter(views__gte=0).order_by("title")

    assert await query[:1].update(views=5) == 1
    assert await query.update(views=6) == 4
    assert await query[:3].update(views=7) == 3

    assert await views() == [7, 7, 7, 6]


async def test_some_rows_in_any_order(posts: list[Post]) -> None:
    assert await Post.objects.all()[:3].update(views=50) == 3
    assert await Post.objects.order_by("?")[:2].update(views=60) == 2
    assert (await views()).count(60) == 2


async def test_a_slice_of_rows_in_several_tables(db: Database) -> None:
    for n in range(4):
        await Cafe.objects.create(name=str(n), tables=n)
    cafes = Cafe.objects.order_by("-name")

    assert await cafes[:2].update(tables=50) == 2
    assert await cafes[1:3].update(name="x") == 2
    assert await cafes.filter(tables=50)[:1].update(name="y", tables=60) == 1

    found = await Cafe.objects.order_by("id").values_list("name", "tables").fetch()
    assert found == [("0", 0), ("x", 1), ("y", 60), ("3", 50)]


async def test_nulls_come_first_as_they_do_in_a_query(posts: list[Post]) -> None:
    await Log.objects.filter(text="3").update(day=None)

    await Log.objects.order_by("day")[:2].update(text="x")

    assert await logs() == ["1", "2", "4", "x", "x"]


# --- delete --------------------------------------------------------------------------------------


async def test_the_first_rows_are_deleted(posts: list[Post]) -> None:
    with capture_queries() as queries:
        assert await Log.objects.order_by("-day")[:2].delete() == (2, {"Log": 2})

    assert len(queries) == 1
    assert await logs() == ["0", "1", "2"]
    assert await Log.objects.order_by("day")[1:].delete() == (2, {"Log": 2})
    assert await logs() == ["0"]


async def test_what_hangs_on_the_rows_of_a_slice_goes_as_well(posts: list[Post]) -> None:
    deleted = await Post.objects.order_by("-views")[1:3].delete()

    assert deleted == (8, {"Comment": 6, "Post": 2})
    assert await views() == [0, 3]


async def test_distinct_rows_are_deleted_once(posts: list[Post]) -> None:
    commented = Post.objects.filter(comments__text__gt="").order_by("title").distinct()

    assert await commented[:1].delete() == (4, {"Comment": 3, "Post": 1})

    logged = Log.objects.filter(day__gte=0).order_by("-day").distinct()
    assert await logged[:2].delete() == (2, {"Log": 2})
    assert await logs() == ["0", "1", "2"]


async def test_what_is_outside_of_the_slice_protects_nothing(posts: list[Post]) -> None:
    await Log.objects.create(text="x", post=posts[0])

    await Post.objects.order_by("-title")[:1].delete()
    with pytest.raises(ProtectedError):
        await Post.objects.order_by("title")[:1].delete()


async def test_a_slice_of_children_is_deleted_with_their_parents(db: Database) -> None:
    for n in range(3):
        await Cafe.objects.create(name=str(n))

    assert await Cafe.objects.order_by("-name")[:2].delete() == (4, {"Cafe": 2, "Place": 2})

    assert await Place.objects.values_list("name", flat=True) == ["0"]


async def test_values_cannot_be_deleted(posts: list[Post]) -> None:
    for query in (Post.objects.values("views"), Post.objects.values_list("views", flat=True)):
        with pytest.raises(FieldError) as caught:
            await query.delete()
        assert str(caught.value) == (
            "delete() deletes whole rows, and this query gives values. "
            "Call delete() without values() or values_list()."
        )
