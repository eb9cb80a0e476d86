"""What do update() and delete() of a query change, what do they count, and what do they refuse?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from covet.aio import (
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

from ..pairs import async_fixture


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


@async_fixture
async def posts(db: Database) -> AsyncIterator[list[Post]]:
    ann = await Author.objects.create(name="Ann")
    bob = await Author.objects.create(name="Bob")
    made = [
        await Post.objects.create(title="a", views=1, likes=10, author=ann),
        await Post.objects.create(title="b", views=2, likes=20, author=ann),
        await Post.objects.create(title="c", views=3, likes=30, author=bob),
        await Post.objects.create(title="d", views=4, likes=40),
    ]
    await Comment.objects.create(text="good", post=made[0])
    await Comment.objects.create(text="bad", post=made[0])
    yield made


async def views(*conditions: Q, **lookups: Any) -> list[Any]:
    found = Post.objects.filter(*conditions, **lookups).order_by("title")
    return await found.values_list("views", flat=True).fetch()


# --- update -------------------------------------------------------------------------------------


async def test_update_sets_values_in_one_statement(posts: list[Post]) -> None:
    with capture_queries() as queries:
        count = await Post.objects.filter(views__lt=3).update(views=9, price=Decimal("1.5"))
    assert count == 2
    assert len(queries) == 1
    assert await views() == [9, 9, 3, 4]
    assert await Post.objects.filter(price=Decimal("1.50")).count() == 2


async def test_update_without_a_filter_changes_all_rows(posts: list[Post]) -> None:
    assert await Post.objects.update(views=7) == 4
    assert await views() == [7, 7, 7, 7]


async def test_update_counts_rows_that_matched_though_nothing_changed(posts: list[Post]) -> None:
    assert await Post.objects.filter(views=1).update(views=1) == 1
    assert await Post.objects.update(views=F("views")) == 4
    assert await Post.objects.filter(views=99).update(views=1) == 0


async def test_update_calculates_from_the_row(posts: list[Post]) -> None:
    await Post.objects.filter(author__isnull=False).update(views=F("views") * 2 + F("likes"))
    assert await views() == [12, 24, 36, 4]
    await Post.objects.update(views=Post.views - 2)
    assert await views() == [10, 22, 34, 2]
    await Post.objects.update(views=Value(5))
    assert await views() == [5, 5, 5, 5]


async def test_all_expressions_of_an_update_see_the_row_as_it_was(posts: list[Post]) -> None:
    await Post.objects.update(views=F("likes"), likes=F("views"))
    assert await Post.objects.order_by("title").values_list("views", "likes") == [
        (10, 1), (20, 2), (30, 3), (40, 4),
    ]  # fmt: skip
    await Post.objects.update(likes=F("likes") + 1, views=F("likes") + F("views"))
    assert await Post.objects.order_by("title").values_list("views", "likes") == [
        (11, 2), (22, 3), (33, 4), (44, 5),
    ]  # fmt: skip


async def test_update_of_relations(posts: list[Post]) -> None:
    bob = await Author.objects.get(name="Bob")
    assert await Post.objects.filter(title="a").update(author=bob) == 1
    assert await Post.objects.filter(title="b").update(author_id=bob.pk) == 1
    assert await Post.objects.filter(title="c").update(author=None) == 1
    assert await Post.objects.order_by("title").values_list("author_id", flat=True) == [
        bob.pk, bob.pk, None, None,
    ]  # fmt: skip
    assert await Post.objects.filter(title="d").update(author=F("author")) == 1


async def test_update_of_rows_found_across_relations(posts: list[Post]) -> None:
    assert await Post.objects.filter(author__name="Ann").update(views=50) == 2
    assert await views() == [50, 50, 3, 4]
    assert await Post.objects.filter(comments__text__in=["good", "bad"]).update(views=60) == 1
    assert await views() == [60, 50, 3, 4]
    assert await Post.objects.exclude(comments__text="good").update(views=F("views") + 1) == 3
    assert await views() == [60, 51, 4, 5]
    assert await Author.objects.filter(posts__views__gt=50).update(name="Zoe") == 1
    assert await Author.objects.filter(Q(posts__views=4) | Q(name="none")).update(name="Bo") == 1
    assert await Author.objects.exclude(posts__views=60).update(name="X") == 1


async def test_update_ignores_order_and_distinct(posts: list[Post]) -> None:
    assert await Post.objects.order_by("-views").distinct().update(views=1) == 4
    assert await Post.objects.order_by("author__name").update(views=2) == 4


async def test_update_forgets_the_rows_that_were_loaded(posts: list[Post]) -> None:
    query = Post.objects.order_by("title")
    await query.fetch()
    await query.update(views=8)
    assert [post.views for post in await query.fetch()] == [8, 8, 8, 8]


async def test_update_of_nothing_sends_nothing(posts: list[Post]) -> None:
    with capture_queries() as queries:
        assert await Post.objects.none().update(views=1) == 0
    assert queries == []
    assert await Post.objects.filter(pk__in=[]).update(views=1) == 0


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
async def test_update_refuses_before_any_sql(
    posts: list[Post], values: dict[str, Any], error: type[Exception], words: str
) -> None:
    with capture_queries() as queries, pytest.raises(error) as caught:
        await Post.objects.filter(views=1).update(**values)
    assert queries == []
    assert str(caught.value).startswith(words)


async def test_update_reports_a_constraint_that_is_violated(posts: list[Post]) -> None:
    with pytest.raises(IntegrityError):
        await Post.objects.filter(views__lt=3).update(title="same")
    with pytest.raises(IntegrityError):
        await Post.objects.filter(title="a").update(author_id=10**6)
    assert await Post.objects.filter(title__in=["a", "b"], author__name="Ann").count() == 2


async def test_updates_of_one_shape_share_a_plan(posts: list[Post]) -> None:
    await Post.objects.filter(views=1).update(likes=F("likes") + 1)
    plans = len(Post._plans)
    await Post.objects.filter(views=2).update(likes=F("likes") + 5)
    assert len(Post._plans) == plans


async def test_values_of_the_filter_and_of_the_update_are_not_mixed_up(posts: list[Post]) -> None:
    await (
        Post.objects.filter(title="a", views__in=[1, 2])
        .exclude(likes=99)
        .update(title="z", views=F("views") + 40, likes=7)
    )
    assert await Post.objects.filter(title="z", views=41, likes=7).count() == 1


# --- delete -------------------------------------------------------------------------------------


async def test_delete_takes_the_matching_rows_in_one_statement(posts: list[Post]) -> None:
    with capture_queries() as queries:
        assert await Comment.objects.filter(text="good").delete() == (1, {"Comment": 1})
    assert len(queries) == 1
    assert await Comment.objects.values_list("text", flat=True) == ["bad"]


async def test_delete_of_nothing(posts: list[Post]) -> None:
    assert await Post.objects.filter(views=99).delete() == (0, {})
    with capture_queries() as queries:
        assert await Post.objects.none().delete() == (0, {})
    assert queries == []


async def test_delete_of_all(posts: list[Post]) -> None:
    assert await Comment.objects.all().delete() == (2, {"Comment": 2})
    assert await Post.objects.order_by("views").delete() == (4, {"Post": 4})


async def test_delete_of_rows_found_across_relations(posts: list[Post]) -> None:
    assert await Comment.objects.filter(post__author__name="Bob").delete() == (0, {})
    assert await Comment.objects.filter(post__author__name="Ann", text="bad").delete() == (
        1,
        {"Comment": 1},
    )
    assert await Post.objects.filter(comments__text="good").delete() == (
        2,
        {"Comment": 1, "Post": 1},
    )
    assert await Author.objects.exclude(posts__views=3).delete() == (2, {"Author": 1, "Post": 1})
    assert await Author.objects.values_list("name", flat=True) == ["Bob"]


async def test_delete_forgets_the_rows_that_were_loaded(posts: list[Post]) -> None:
    query = Post.objects.filter(views=4)
    await query.fetch()
    await query.delete()
    assert await query.count() == 0
