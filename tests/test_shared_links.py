# covet: no twin — tasks and threads differ
"""Do tasks and threads that link the same objects at once, or load the same rows, agree?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import pytest_asyncio

from covet import aio, sync
from covet.sync.signals import post_init

from .databases import Scratch

MANY = 8


class AioTag(aio.Model):
    word = aio.CharField(max_length=10)
    like = aio.ManyToManyField("self")
    alike = aio.ManyToManyField("self", through="AioAlike")


class AioAlike(aio.Model):
    one = aio.ForeignKey(AioTag, related_name="+")
    other = aio.ForeignKey(AioTag, related_name="+")


class AioPost(aio.Model):
    title = aio.CharField(max_length=10)
    tags = aio.ManyToManyField(AioTag, related_name="posts")
    marks = aio.ManyToManyField(AioTag, through="AioMark", related_name="marked")


class AioMark(aio.Model):
    """A table between that takes a pair as often as it is given."""

    post = aio.ForeignKey(AioPost)
    tag = aio.ForeignKey(AioTag)


class AioCover(aio.Model):
    post = aio.OneToOneField(AioPost, related_name="cover")
    artist = aio.ForeignKey(AioTag, null=True, related_name="covers")


class SyncTag(sync.Model):
    word = sync.CharField(max_length=10)


class SyncPost(sync.Model):
    title = sync.CharField(max_length=10)
    tags = sync.ManyToManyField(SyncTag, related_name="posts")
    marks = sync.ManyToManyField(SyncTag, through="SyncMark", related_name="marked")


class SyncMark(sync.Model):
    post = sync.ForeignKey(SyncPost)
    tag = sync.ForeignKey(SyncTag)


AIO = (AioTag, AioAlike, AioPost, AioMark, AioCover)
SYNC = (SyncTag, SyncPost, SyncMark)


@pytest_asyncio.fixture
async def rows(scratch: Scratch) -> AsyncIterator[tuple[AioPost, list[AioTag]]]:
    """A post and some tags."""
    async with aio.connect(scratch.url):
        await aio.create_tables(*AIO)
        yield (
            await AioPost.objects.create(title="Hello"),
            await AioTag.objects.bulk_create([AioTag(word=str(n)) for n in range(5)]),
        )
        await aio.drop_tables(*AIO)


@pytest.fixture
def sync_rows(scratch: Scratch) -> Iterator[tuple[SyncPost, list[SyncTag]]]:
    """The same, for threads."""
    with sync.connect(scratch.url):
        sync.create_tables(*SYNC)
        yield (
            SyncPost.objects.create(title="Hello"),
            SyncTag.objects.bulk_create([SyncTag(word=str(n)) for n in range(5)]),
        )
        sync.drop_tables(*SYNC)


Rows = tuple[AioPost, list[AioTag]]


def at_once(call: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(MANY) as threads:
        return list(threads.map(call, range(MANY)))


# --- linking ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tags", "marks"])
async def test_tasks_that_add_the_same_objects_link_each_once(rows: Rows, name: str) -> None:
    post, tags = rows
    same = [await AioPost.objects.get(pk=post.pk) for _ in range(MANY)]

    await asyncio.gather(
        *(getattr(one, name).add(*(tags[n:] + tags[:n])) for n, one in enumerate(same))
    )

    assert sorted([tag.pk for tag in await getattr(post, name).all()]) == [t.pk for t in tags]


@pytest.mark.parametrize("name", ["tags", "marks"])
async def test_tasks_that_add_from_both_sides_link_each_once(rows: Rows, name: str) -> None:
    post, tags = rows
    back = {"tags": "posts", "marks": "marked"}[name]

    await asyncio.gather(
        *(getattr(post, name).add(*reversed(tags)) for _ in range(MANY // 2)),
        *(getattr(tag, back).add(post) for tag in tags for _ in range(MANY // 2)),
    )

    assert sorted([tag.pk for tag in await getattr(post, name).all()]) == [t.pk for t in tags]


async def test_tasks_that_make_friends_with_each_other_are_friends_once(rows: Rows) -> None:
    _, tags = rows

    for name in ("like", "alike"):
        await asyncio.gather(*(getattr(tag, name).add(*tags) for tag in tags for _ in range(2)))
        for tag in tags:
            assert sorted([one.pk for one in await getattr(tag, name).all()]) == [
                t.pk for t in tags
            ]


@pytest.mark.parametrize("name", ["tags", "marks"])
def test_threads_that_add_the_same_objects_link_each_once(
    sync_rows: tuple[SyncPost, list[SyncTag]], name: str
) -> None:
    post, tags = sync_rows

    def add(n: int) -> None:
        one = SyncPost.objects.get(pk=post.pk)
        getattr(one, name).add(*(tags if n % 2 else reversed(tags)))

    at_once(add)

    assert sorted([tag.pk for tag in getattr(post, name).all()]) == [t.pk for t in tags]


# --- loading ----------------------------------------------------------------------------------


async def covers(post: AioPost, tags: list[AioTag]) -> list[AioCover]:
    posts = await AioPost.objects.bulk_create([AioPost(title=str(n)) for n in range(20)])
    for one in posts:
        await one.tags.add(*tags[:2])
    await AioCover.objects.bulk_create(
        [AioCover(post=one, artist=tags[n % 5]) for n, one in enumerate(posts)]
    )
    return list(await AioCover.objects.order_by("pk").fetch())


async def test_tasks_that_await_a_relation_of_peers_share_a_query(rows: Rows) -> None:
    found = await covers(*rows)

    with aio.capture_queries() as queries:
        artists = await asyncio.gather(*(cover.artist for cover in found))
    assert len(queries) == 1
    assert [artist and artist.word for artist in artists] == [str(n % 5) for n in range(20)]

    with aio.capture_queries() as queries:
        await asyncio.gather(*(cover.artist for cover in found))
    assert len(queries) == 0


async def test_tasks_that_await_the_way_back_share_a_query(rows: Rows) -> None:
    found = await covers(*rows)
    posts = await AioPost.objects.filter(cover__isnull=False).order_by("pk").fetch()

    async def cover_of(post: Any) -> AioCover:
        cover: AioCover = await post.cover
        return cover

    with aio.capture_queries() as queries:
        assert await asyncio.gather(*map(cover_of, posts)) == found
    assert len(queries) == 1


async def test_tasks_that_await_the_rows_of_peers_share_a_query(rows: Rows) -> None:
    await covers(*rows)
    posts = await AioPost.objects.exclude(title="Hello").order_by("pk").fetch()

    with aio.capture_queries() as queries:
        found = await asyncio.gather(*(post.tags.all() for post in posts))
    assert [sorted(tag.word for tag in tags) for tags in found] == [["0", "1"]] * 20
    assert len(queries) == 2  # the first post's own, and all others'


async def test_a_task_that_is_cancelled_leaves_the_loading_to_the_others(rows: Rows) -> None:
    found = await covers(*rows)
    tasks = [asyncio.ensure_future(_artist(cover)) for cover in found]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[3].cancel()

    artists = await asyncio.gather(*tasks, return_exceptions=True)

    assert [n for n, one in enumerate(artists) if isinstance(one, BaseException)] == [0, 3]
    assert all(isinstance(one, AioTag) for n, one in enumerate(artists) if n not in (0, 3))


async def _artist(cover: AioCover) -> AioTag | None:
    return await cover.artist


def test_what_is_written_while_rows_are_loaded_ahead_is_not_missed(
    sync_rows: tuple[SyncPost, list[SyncTag]],
) -> None:
    """Written here between the query and the end of its loading, as another thread might."""
    first, tags = sync_rows
    others = SyncPost.objects.bulk_create([SyncPost(title=str(n)) for n in range(3)])
    for post in (first, *others):
        post.tags.add(tags[0])
    posts = SyncPost.objects.order_by("pk").fetch()
    posts[0].tags.all().fetch()

    def write(**_: Any) -> None:
        post_init.disconnect(write, SyncTag)
        SyncPost.objects.get(pk=posts[3].pk).tags.add(tags[1])

    post_init.connect(write, SyncTag)
    posts[1].tags.all().fetch()

    assert sorted(tag.word for tag in posts[3].tags.all()) == ["0", "1"]
