# generated from tests/_async/test_changing_slices.py by scripts/generate_sync.py;
# change that file, not this one
"""What do update() and delete() do to a slice of a query: to just these rows, in their order?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from covet.sync import (
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

from ..pairs import sync_fixture


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


@sync_fixture
def posts(db: Database) -> Iterator[list[Post]]:
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob")
    made = Post.objects.bulk_create(
        [Post(title=title, views=n, author=ann if n < 2 else bob) for n, title in enumerate("abcd")]
    )
    Comment.objects.bulk_create(
        [Comment(text=f"{p.title}{n}", post=p) for p in made for n in range(3)]
    )
    Log.objects.bulk_create([Log(text=str(n), day=n) for n in range(5)])
    yield made


def views() -> list[Any]:
    return Post.objects.order_by("title").values_list("views", flat=True).fetch()


def logs() -> list[Any]:
    return Log.objects.order_by("text").values_list("text", flat=True).fetch()


# --- update --------------------------------------------------------------------------------------


def test_the_first_rows_are_updated(posts: list[Post]) -> None:
    with capture_queries() as queries:
        count = Post.objects.order_by("-title")[:2].update(views=F("views") + 10)

    assert count == 2
    assert len(queries) == 1
    assert views() == [0, 1, 12, 13]


def test_a_window_further_on_is_updated(posts: list[Post]) -> None:
    assert Post.objects.order_by("title")[1:3].update(views=50) == 2
    assert views() == [0, 50, 50, 3]
    assert Post.objects.order_by("title")[3:].update(views=60) == 1
    assert views() == [0, 50, 50, 60]
    assert Post.objects.order_by("title")[4:].update(views=70) == 0
    assert Post.objects.order_by("title")[2:2].update(views=70) == 0


def test_a_slice_of_joined_rows_is_updated(posts: list[Post]) -> None:
    by_author = Post.objects.filter(author__name="Bob").order_by("author__name", "-title")

    assert by_author[:1].update(views=50) == 1

    assert views() == [0, 1, 2, 50]


def test_rows_that_are_joined_several_times_take_several_places(posts: list[Post]) -> None:
    commented = Post.objects.filter(comments__text__gt="").order_by("title")

    commented[:4].update(views=50)  # a, a, a, b: as the query gives them
    assert views() == [50, 50, 2, 3]

    assert commented.distinct()[:3].update(views=60) == 3
    assert views() == [60, 60, 60, 3]


def test_the_same_query_with_and_without_a_slice(posts: list[Post]) -> None:
    query = Post.objects.filter(views__gte=0).order_by("title")

    assert query[:1].update(views=5) == 1
    assert query.update(views=6) == 4
    assert query[:3].update(views=7) == 3

    assert views() == [7, 7, 7, 6]


def test_some_rows_in_any_order(posts: list[Post]) -> None:
    assert Post.objects.all()[:3].update(views=50) == 3
    assert Post.objects.order_by("?")[:2].update(views=60) == 2
    assert views().count(60) == 2


def test_a_slice_of_rows_in_several_tables(db: Database) -> None:
    for n in range(4):
        Cafe.objects.create(name=str(n), tables=n)
    cafes = Cafe.objects.order_by("-name")

    assert cafes[:2].update(tables=50) == 2
    assert cafes[1:3].update(name="x") == 2
    assert cafes.filter(tables=50)[:1].update(name="y", tables=60) == 1

    found = Cafe.objects.order_by("id").values_list("name", "tables").fetch()
    assert found == [("0", 0), ("x", 1), ("y", 60), ("3", 50)]


def test_nulls_come_first_as_they_do_in_a_query(posts: list[Post]) -> None:
    Log.objects.filter(text="3").update(day=None)

    Log.objects.order_by("day")[:2].update(text="x")

    assert logs() == ["1", "2", "4", "x", "x"]


# --- delete --------------------------------------------------------------------------------------


def test_the_first_rows_are_deleted(posts: list[Post]) -> None:
    with capture_queries() as queries:
        assert Log.objects.order_by("-day")[:2].delete() == (2, {"Log": 2})

    assert len(queries) == 1
    assert logs() == ["0", "1", "2"]
    assert Log.objects.order_by("day")[1:].delete() == (2, {"Log": 2})
    assert logs() == ["0"]


def test_what_hangs_on_the_rows_of_a_slice_goes_as_well(posts: list[Post]) -> None:
    deleted = Post.objects.order_by("-views")[1:3].delete()

    assert deleted == (8, {"Comment": 6, "Post": 2})
    assert views() == [0, 3]


def test_distinct_rows_are_deleted_once(posts: list[Post]) -> None:
    commented = Post.objects.filter(comments__text__gt="").order_by("title").distinct()

    assert commented[:1].delete() == (4, {"Comment": 3, "Post": 1})

    logged = Log.objects.filter(day__gte=0).order_by("-day").distinct()
    assert logged[:2].delete() == (2, {"Log": 2})
    assert logs() == ["0", "1", "2"]


def test_what_is_outside_of_the_slice_protects_nothing(posts: list[Post]) -> None:
    Log.objects.create(text="x", post=posts[0])

    Post.objects.order_by("-title")[:1].delete()
    with pytest.raises(ProtectedError):
        Post.objects.order_by("title")[:1].delete()


def test_a_slice_of_children_is_deleted_with_their_parents(db: Database) -> None:
    for n in range(3):
        Cafe.objects.create(name=str(n))

    assert Cafe.objects.order_by("-name")[:2].delete() == (4, {"Cafe": 2, "Place": 2})

    assert Place.objects.values_list("name", flat=True) == ["0"]


def test_values_cannot_be_deleted(posts: list[Post]) -> None:
    for query in (Post.objects.values("views"), Post.objects.values_list("views", flat=True)):
        with pytest.raises(FieldError) as caught:
            query.delete()
        assert str(caught.value) == (
            "delete() deletes whole rows, and this query gives values. "
            "Call delete() without values() or values_list()."
        )
