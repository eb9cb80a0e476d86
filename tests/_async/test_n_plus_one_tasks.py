# covet: no twin — tasks and threads started from them; tests/test_sync_n_plus_one.py has threads
"""Does a detector hear of tasks and threads that were started in its block, and of no others?"""

from __future__ import annotations

import asyncio
import inspect
import logging

import pytest

from covet import sync
from covet.aio import FETCH_ONE, CharField, Database, ForeignKey, Model, detect_n_plus_one

from ..pairs import async_fixture

POSTS = 20


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    author = ForeignKey(Author, related_name="posts")


@async_fixture
async def rows(db: Database) -> Database:
    """Some posts, of an author each."""
    authors = await Author.objects.bulk_create([Author(name=f"a {n}") for n in range(POSTS)])
    await Post.objects.bulk_create([Post(title=a.name, author=a) for a in authors])
    return db


async def author_of(post: Post) -> Author:
    return await post.author


async def test_tasks_of_one_line_are_one_finding(rows: Database) -> None:
    with detect_n_plus_one() as detector:
        posts = await Post.objects.fetch_mode(FETCH_ONE).fetch()
        await asyncio.gather(*(author_of(post) for post in posts))
        await asyncio.gather(*(Author.objects.get(name=f"a {n}") for n in range(POSTS)))

    assert [(one.count, one.relation) for one in detector.findings] == [
        (POSTS, "Post.author"),
        (POSTS, None),
    ]
    outermost = [one.stack[-1].function for one in detector.findings]
    assert outermost == ["author_of", "test_tasks_of_one_line_are_one_finding"]


async def test_tasks_that_share_one_query_are_none(rows: Database) -> None:
    with detect_n_plus_one(threshold=2) as detector:
        posts = await Post.objects.fetch()
        await asyncio.gather(*(author_of(post) for post in posts))
        authors = await Author.objects.fetch()
        await asyncio.gather(*(author.posts.all().fetch() for author in authors))
    assert detector.findings == []


async def test_tasks_with_detectors_of_their_own_do_not_hear_each_other(rows: Database) -> None:
    @detect_n_plus_one(threshold=2, action="raise")
    async def page(n: int) -> None:
        await Author.objects.get(name=f"a {n}")

    assert inspect.iscoroutinefunction(page)
    await asyncio.gather(*(page(n) for n in range(POSTS)))


async def test_a_finding_is_reported_once_by_each_detector_around_it(
    rows: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with detect_n_plus_one() as outer, detect_n_plus_one() as inner:
        for n in range(POSTS):
            await Author.objects.get(name=f"a {n}")

    assert outer.findings == inner.findings
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2


async def test_threads_started_from_the_block_are_heard() -> None:
    class Row(sync.Model):
        name = sync.CharField(max_length=20)

    def look(n: int) -> None:
        sync.database("threads").fetch_rows("select ?", [n])

    with sync.connect("sqlite:///:memory:", alias="threads"), detect_n_plus_one() as detector:
        await asyncio.gather(*(asyncio.to_thread(look, n) for n in range(POSTS)))

    (finding,) = detector.findings
    assert (finding.count, finding.sql) == (POSTS, "select ?")
    assert finding.site is not None
    assert finding.site.function.endswith("look")
