# covet: no twin — in sync code a field that was left out is loaded when it is touched
"""What does async code say when a field is touched that was not loaded?"""

from __future__ import annotations

import asyncio

import pytest

from covet.aio import CharField, Database, F, IntegerField, Model, NotLoaded, capture_queries


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)

    def __str__(self) -> str:
        return self.title


async def test_it_says_so_and_never_loads_by_itself(db: Database) -> None:
    await Post.objects.create(title="a")
    post = await Post.objects.only("title").get()

    with capture_queries() as queries, pytest.raises(NotLoaded) as error:
        post.views  # noqa: B018

    assert queries == []
    assert str(error.value) == (
        'Post.views has not been loaded. Load it with refresh_from_db(fields=["views"]).'
    )


async def test_what_the_fix_says_helps(db: Database) -> None:
    await Post.objects.create(title="a", views=3)
    post = await Post.objects.only("title").get()

    with capture_queries() as queries:
        await post.refresh_from_db(fields=["views"])

    assert post.views == 3
    assert len(queries) == 1


async def test_tasks_that_want_the_same_at_once_share_one_query(db: Database) -> None:
    await Post.objects.bulk_create([Post(title=letter, views=n) for n, letter in enumerate("abc")])
    posts = await Post.objects.only("title").order_by("title")

    with capture_queries() as queries:
        await asyncio.gather(*(post.refresh_from_db(fields=["views"]) for post in posts))

    assert [post.views for post in posts] == [0, 1, 2]
    assert len(queries) == 1


async def test_a_value_that_the_database_made_is_not_known(db: Database) -> None:
    post = await Post.objects.create(title="a", views=3)
    post.views = F("views") + 1
    await post.save()

    with pytest.raises(NotLoaded):
        post.views  # noqa: B018


async def test_a_repr_is_never_an_error(db: Database) -> None:
    await Post.objects.create(title="a")
    post = await Post.objects.defer("title").get()

    assert repr(post) == f"<Post: Post object ({post.pk})>"
    with pytest.raises(NotLoaded):
        str(post)
