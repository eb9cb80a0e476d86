"""Who is a peer, for how long, and what does it cost?"""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from typing import Any

import pytest

from covet.aio import (
    FETCH_ONE,
    FETCH_PEERS,
    CharField,
    Database,
    FetchMode,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    Model,
    OneToOneField,
    capture_queries,
)

POINTER = 8


class Author(Model):
    name = CharField(max_length=20)


class Cover(Model):
    author = OneToOneField(Author, related_name="cover")


class Tag(Model):
    word = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    author = ForeignKey(Author, related_name="posts")
    tags = ManyToManyField(Tag, related_name="posts")


async def blog(authors: int = 4, posts: int = 3) -> None:
    people = await Author.objects.bulk_create([Author(name=str(n)) for n in range(authors)])
    await Cover.objects.bulk_create([Cover(author=one) for one in people])
    written = [Post(title=f"{one.name}.{n}", author=one) for one in people for n in range(posts)]
    tag = await Tag.objects.create(word="x")
    await tag.posts.add(*await Post.objects.bulk_create(written))


async def test_peers_that_nobody_holds_are_gone_and_not_loaded_for(db: Database) -> None:
    await blog()
    posts = await Post.objects.order_by("pk").fetch()
    gone = weakref.ref(posts[5])
    kept = {"first": posts[0], "last": [posts[-1]]}
    del posts
    gc.collect()

    first: Any = kept["first"]
    assert gone() is None
    assert [one.title for one in first._state.peers] == ["0.0", "3.2"]
    with capture_queries() as queries:
        assert (await first.author).name == "0"
        assert [(await one.author).name for one in kept["last"]] == ["3"]
    assert len(queries) == 1
    assert queries[0].rowcount == 2


async def test_those_that_are_kept_elsewhere_stay_peers(db: Database) -> None:
    await blog()
    by_title = {one.title: one for one in await Post.objects.order_by("pk")}
    del by_title["0.1"]
    gc.collect()

    with capture_queries() as queries:
        for one in by_title.values():
            await one.author
    assert len(queries) == 1
    assert len(by_title["0.0"]._state.peers) == 11


async def test_peers_dropped_one_by_one_while_others_are_walked(db: Database) -> None:
    await blog()
    posts = await Post.objects.order_by("pk").fetch()

    with capture_queries() as queries:
        while posts:
            assert (await posts.pop(0).author).name
    assert len(queries) <= 2


async def test_a_reference_alone_does_not_keep_peers(db: Database) -> None:
    await blog()
    post = (await Post.objects.order_by("pk"))[0]
    gc.collect()

    assert post._state.peers == [post]
    with capture_queries() as queries:
        await post.author
        await post.tags.all().fetch()
        await post.tags.all().fetch()
    assert [query.rowcount for query in queries] == [1, 1, 1]


async def test_what_is_loaded_ahead_goes_with_the_last_that_has_it(db: Database) -> None:
    await blog()
    authors = await Author.objects.order_by("pk").fetch()
    for one in authors[:2]:
        await one.posts.all().fetch()
    seen = weakref.ref((await authors[3].posts.all())[0])

    assert seen() is not None
    del authors[3]
    gc.collect()
    assert seen() is None


async def test_a_result_is_freed_at_once_without_the_collector(db: Database) -> None:
    """Walking forward makes no cycles; the way back and its foreign key do, as they must."""
    await blog()
    await walk_forward()
    gc.collect()
    gc.disable()
    try:
        gone = await walk_forward()
        assert [one() for one in gone] == [None] * len(gone)
    finally:
        gc.enable()


async def walk_forward() -> list[weakref.ref[Any]]:
    posts = await Post.objects.order_by("pk").fetch()
    authors = [await post.author for post in posts]
    tags = [tag for post in posts for tag in await post.tags.all()]
    joined = await Post.objects.select_related("author").fetch()
    fetched = await Post.objects.prefetch_related("author", "tags").fetch()
    everything: list[Any] = [*posts, *authors, *tags, *joined, *fetched]
    everything += [await post.author for post in joined + fetched]
    return [weakref.ref(one) for one in everything]


@pytest.mark.parametrize("mode", [FETCH_ONE, FETCH_PEERS], ids=repr)
async def test_an_instance_has_one_pointer_for_its_origin(db: Database, mode: FetchMode) -> None:
    await blog()
    plain = await Author.objects.fetch_mode(mode).fetch()

    assert sorted(vars(plain[0])) == ["_origin", "id", "name"]
    assert len({id(one._origin) for one in plain}) == 1


@pytest.mark.databases("sqlite")
async def test_peers_cost_no_more_than_a_pointer_each(db: Database) -> None:
    many = 20_000
    await Tag.objects.bulk_create([Tag(word="x") for _ in range(many)])
    sizes = {}
    for mode in (FETCH_ONE, FETCH_PEERS, FETCH_ONE, FETCH_PEERS):
        query = Tag.objects.fetch_mode(mode)
        await query.all().fetch()  # what is made once is made
        gc.collect()
        tracemalloc.start()
        rows = await query.fetch()
        gc.collect()
        sizes[mode] = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert len(rows) == many
        del rows, query

    assert sizes[FETCH_PEERS] - sizes[FETCH_ONE] <= many * POINTER
