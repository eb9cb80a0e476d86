# generated from tests/_async/test_update_delete.py by scripts/generate_sync.py;
# change that file, not this one
"""What do update() and delete() of a query change, what do they count, and what do they refuse?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from covet.sync import (
    SET_NULL,
    CharField,
    Database,
    DecimalField,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    IntegrityError,
    Model,
    Q,
    UnknownField,
    ValidationError,
    Value,
    capture_queries,
)

from ..pairs import sync_fixture


class Author(Model):
    name = CharField(max_length=20)
    best = ForeignKey("Post", SET_NULL, null=True, related_name="+")


class Post(Model):
    title = CharField(max_length=20, unique=True)
    views = IntegerField(default=0)
    likes = IntegerField(default=0)
    price = DecimalField(max_digits=8, decimal_places=2, null=True)
    author = ForeignKey(Author, null=True, related_name="posts")


class Comment(Model):
    text = CharField(max_length=20)
    post = ForeignKey(Post, related_name="comments")


@sync_fixture
def posts(db: Database) -> Iterator[list[Post]]:
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob")
    made = [
        Post.objects.create(title="a", views=1, likes=10, author=ann),
        Post.objects.create(title="b", views=2, likes=20, author=ann),
        Post.objects.create(title="c", views=3, likes=30, author=bob),
        Post.objects.create(title="d", views=4, likes=40),
    ]
    Comment.objects.create(text="good", post=made[0])
    Comment.objects.create(text="bad", post=made[0])
    yield made


def views(*conditions: Q, **lookups: Any) -> list[Any]:
    found = Post.objects.filter(*conditions, **lookups).order_by("title")
    return found.values_list("views", flat=True).fetch()


# --- update -------------------------------------------------------------------------------------


def test_update_sets_values_in_one_statement(posts: list[Post]) -> None:
    with capture_queries() as queries:
        count = Post.objects.filter(views__lt=3).update(views=9, price=Decimal("1.5"))
    assert count == 2
    assert len(queries) == 1
    assert views() == [9, 9, 3, 4]
    assert Post.objects.filter(price=Decimal("1.50")).count() == 2


def test_update_without_a_filter_changes_all_rows(posts: list[Post]) -> None:
    assert Post.objects.update(views=7) == 4
    assert views() == [7, 7, 7, 7]


def test_update_counts_rows_that_matched_though_nothing_changed(posts: list[Post]) -> None:
    assert Post.objects.filter(views=1).update(views=1) == 1
    assert Post.objects.update(views=F("views")) == 4
    assert Post.objects.filter(views=99).update(views=1) == 0


def test_update_calculates_from_the_row(posts: list[Post]) -> None:
    Post.objects.filter(author__isnull=False).update(views=F("views") * 2 + F("likes"))
    assert views() == [12, 24, 36, 4]
    Post.objects.update(views=Post.views - 2)
    assert views() == [10, 22, 34, 2]
    Post.objects.update(views=Value(5))
    assert views() == [5, 5, 5, 5]


def test_all_expressions_of_an_update_see_the_row_as_it_was(posts: list[Post]) -> None:
    Post.objects.update(views=F("likes"), likes=F("views"))
    assert Post.objects.order_by("title").values_list("views", "likes") == [
        (10, 1), (20, 2), (30, 3), (40, 4),
    ]  # fmt: skip
    Post.objects.update(likes=F("likes") + 1, views=F("likes") + F("views"))
    assert Post.objects.order_by("title").values_list("views", "likes") == [
        (11, 2), (22, 3), (33, 4), (44, 5),
    ]  # fmt: skip


def test_update_of_relations(posts: list[Post]) -> None:
    bob = Author.objects.get(name="Bob")
    assert Post.objects.filter(title="a").update(author=bob) == 1
    assert Post.objects.filter(title="b").update(author_id=bob.pk) == 1
    assert Post.objects.filter(title="c").update(author=None) == 1
    assert Post.objects.order_by("title").values_list("author_id", flat=True) == [
        bob.pk, bob.pk, None, None,
    ]  # fmt: skip
    assert Post.objects.filter(title="d").update(author=F("author")) == 1


def test_update_of_rows_found_across_relations(posts: list[Post]) -> None:
    assert Post.objects.filter(author__name="Ann").update(views=50) == 2
    assert views() == [50, 50, 3, 4]
    assert Post.objects.filter(comments__text__in=["good", "bad"]).update(views=60) == 1
    assert views() == [60, 50, 3, 4]
    assert Post.objects.exclude(comments__text="good").update(views=F("views") + 1) == 3
    assert views() == [60, 51, 4, 5]
    assert Author.objects.filter(posts__views__gt=50).update(name="Zoe") == 1
    assert Author.objects.filter(Q(posts__views=4) | Q(name="none")).update(name="Bo") == 1
    assert Author.objects.exclude(posts__views=60).update(name="X") == 1


def test_update_ignores_order_and_distinct(posts: list[Post]) -> None:
    assert Post.objects.order_by("-views").distinct().update(views=1) == 4
    assert Post.objects.order_by("author__name").update(views=2) == 4


def test_update_forgets_the_rows_that_were_loaded(posts: list[Post]) -> None:
    query = Post.objects.order_by("title")
    query.fetch()
    query.update(views=8)
    assert [post.views for post in query.fetch()] == [8, 8, 8, 8]


def test_update_of_nothing_sends_nothing(posts: list[Post]) -> None:
    with capture_queries() as queries:
        assert Post.objects.none().update(views=1) == 0
    assert queries == []
    assert Post.objects.filter(pk__in=[]).update(views=1) == 0


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ({}, FieldError, "update() sets nothing. Write update(field=value)."),
        (
            {"titel": "x", "views": 1},
            UnknownField,
            "Post has no field 'titel' (in update(titel=…, views=…)). Did you mean 'title'? "
            "Fields: author, id, likes, price, title, views.",
        ),
        ({"author__name": "x"}, UnknownField, "Post has no field 'author__name'"),
        ({"comments": 1}, FieldError, "Post has no field 'comments'"),
        ({"views": "many"}, ValidationError, "Post.views "),
        ({"views": 2**31}, ValidationError, "Post.views "),
        ({"views": None}, ValidationError, "Post.views must not be None."),
        ({"title": "x" * 21}, ValidationError, "Post.title "),
        ({"title": 5}, ValidationError, "Post.title "),
        ({"price": "1.234"}, ValidationError, "Post.price "),
        ({"author": "Ann"}, ValidationError, "Post.author "),
        ({"author": Post(title="x")}, ValidationError, "Post.author must be an Author, not "),
        (
            {"views": Q(title="a")},
            FieldError,
            "Post.views is of type integer and cannot be set to Q(title='a'), which is of type "
            "boolean.",
        ),
        (
            {"views": F("author__name")},
            FieldError,
            "Post.views is of type integer and cannot be set to F('author__name'), which is of "
            "type text.",
        ),
        (
            {"views": F("title")},
            FieldError,
            "Post.views is of type integer and cannot be set to F('title'), which is of type text.",
        ),
        ({"views": F("veiws")}, UnknownField, "Post has no field 'veiws'"),
        ({"views": Author.id}, FieldError, "Author.id belongs to "),
    ],
    ids=lambda case: "",
)
def test_update_refuses_before_any_sql(
    posts: list[Post], values: dict[str, Any], error: type[Exception], words: str
) -> None:
    with capture_queries() as queries, pytest.raises(error) as caught:
        Post.objects.filter(views=1).update(**values)
    assert queries == []
    assert str(caught.value).startswith(words)


def test_update_reports_a_constraint_that_is_violated(posts: list[Post]) -> None:
    with pytest.raises(IntegrityError):
        Post.objects.filter(views__lt=3).update(title="same")
    with pytest.raises(IntegrityError):
        Post.objects.filter(title="a").update(author_id=10**6)
    assert Post.objects.filter(title__in=["a", "b"], author__name="Ann").count() == 2


def test_updates_of_one_shape_share_a_plan(posts: list[Post]) -> None:
    Post.objects.filter(views=1).update(likes=F("likes") + 1)
    plans = len(Post._plans)
    Post.objects.filter(views=2).update(likes=F("likes") + 5)
    assert len(Post._plans) == plans


def test_values_of_the_filter_and_of_the_update_are_not_mixed_up(posts: list[Post]) -> None:
    (
        Post.objects.filter(title="a", views__in=[1, 2])
        .exclude(likes=99)
        .update(title="z", views=F("views") + 40, likes=7)
    )
    assert Post.objects.filter(title="z", views=41, likes=7).count() == 1


# --- delete -------------------------------------------------------------------------------------


def test_delete_takes_the_matching_rows_in_one_statement(posts: list[Post]) -> None:
    with capture_queries() as queries:
        assert Comment.objects.filter(text="good").delete() == (1, {"Comment": 1})
    assert len(queries) == 1
    assert Comment.objects.values_list("text", flat=True) == ["bad"]


def test_delete_of_nothing(posts: list[Post]) -> None:
    assert Post.objects.filter(views=99).delete() == (0, {})
    with capture_queries() as queries:
        assert Post.objects.none().delete() == (0, {})
    assert queries == []


def test_delete_of_all(posts: list[Post]) -> None:
    assert Comment.objects.all().delete() == (2, {"Comment": 2})
    assert Post.objects.order_by("views").delete() == (4, {"Post": 4})


def test_delete_of_rows_found_across_relations(posts: list[Post]) -> None:
    assert Comment.objects.filter(post__author__name="Bob").delete() == (0, {})
    assert Comment.objects.filter(post__author__name="Ann", text="bad").delete() == (
        1,
        {"Comment": 1},
    )
    assert Post.objects.filter(comments__text="good").delete() == (
        2,
        {"Comment": 1, "Post": 1},
    )
    assert Author.objects.exclude(posts__views=3).delete() == (2, {"Author": 1, "Post": 1})
    assert Author.objects.values_list("name", flat=True) == ["Bob"]


def test_delete_forgets_the_rows_that_were_loaded(posts: list[Post]) -> None:
    query = Post.objects.filter(views=4)
    query.fetch()
    query.delete()
    assert query.count() == 0
