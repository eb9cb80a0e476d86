# generated from tests/_async/test_n_plus_one_batches.py by scripts/generate_sync.py;
# change that file, not this one
"""Is nothing reported where one query has served many rows, and everything where none has?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covet.sync import (
    FETCH_ONE,
    CharField,
    Count,
    Database,
    ForeignKey,
    ManyToManyField,
    Model,
    atomic,
    detect_n_plus_one,
)

from ..oracle.strategies import examples
from ..pairs import sync_fixture

MOST = 8


class Tag(Model):
    word = CharField(max_length=20)


class Notice(Tag):
    text = CharField(max_length=20)


class Author(Model):
    name = CharField(max_length=20)
    boss = ForeignKey("self", null=True, related_name="staff")


class Post(Model):
    title = CharField(max_length=20)
    author = ForeignKey(Author, related_name="posts")
    tags = ManyToManyField(Tag, related_name="posts")


def stored(authors: int, posts: int = 1) -> None:
    """A boss, and authors with so many posts and a tag for each of these."""
    boss = Author.objects.create(name="boss")
    made = Author.objects.bulk_create(
        [Author(name=f"author {n}", boss=boss) for n in range(authors)]
    )
    written = [Post(title=str(n), author=author) for author in made for n in range(posts)]
    Post.objects.bulk_create(written)
    tag = Tag.objects.create(word="news")
    between: Any = Post.tags.through
    between.objects.bulk_create([between(post=post, tag=tag) for post in written])


# --- batches -------------------------------------------------------------------------------------


def naive_walk() -> None:
    for author in Author.objects.order_by("pk").fetch():
        author.boss
        for post in author.posts.all().fetch():
            post.author
            for tag in post.tags.all().fetch():
                assert tag.word


def walk_in_chunks() -> None:
    for author in Author.objects.order_by("pk").iterator(chunk_size=3):
        author.boss
        author.posts.all().fetch()


def prefetched() -> None:
    for author in Author.objects.prefetch_related("posts__tags").fetch():
        for post in author.posts.all():
            assert len(post.tags.all()) == 1


def prefetched_in_chunks() -> None:
    for author in Author.objects.prefetch_related("posts").iterator(chunk_size=3):
        author.posts.all()


def joined() -> None:
    for post in Post.objects.select_related("author__boss").order_by("pk").fetch():
        author = post.author
        author.boss


def lists_of_keys() -> None:
    keys = Post.objects.values_list("pk", flat=True).fetch()
    for start in range(0, len(keys), 3):
        Post.objects.filter(pk__in=keys[start : start + 3]).fetch()


def slices() -> None:
    for start in range(0, 18, 3):
        Post.objects.order_by("pk")[start : start + 3].fetch()


def cursor_pages() -> None:
    cursor = None
    for _ in range(6):
        page = Post.objects.order_by("pk").page(3, after=cursor, secret="a secret of sixteen")
        cursor = page.next_cursor


def written_in_portions() -> None:
    for n in range(6):
        Tag.objects.bulk_create([Tag(word=f"{n} {m}") for m in range(3)])


def rows_of_two_tables() -> None:
    for n in range(6):
        Notice.objects.create(word=str(n), text="")


def a_queue() -> None:
    while tag := Tag.objects.filter(word__startswith="job").order_by("pk").first():
        tag.word = "done"
        tag.save(update_fields=["word"])


def one_line_from_many_places() -> None:
    def look(name: str) -> None:
        Author.objects.filter(name=name).exists()

    look("a")
    look("b")
    look("c")
    look("d")
    look("e")
    look("f")


def counted() -> None:
    for author in Author.objects.annotate(number=Count("posts")).order_by("pk").fetch():
        assert author.number in (0, 2)


@pytest.mark.parametrize(
    "program",
    [
        naive_walk,
        walk_in_chunks,
        prefetched,
        prefetched_in_chunks,
        joined,
        lists_of_keys,
        slices,
        cursor_pages,
        written_in_portions,
        rows_of_two_tables,
        one_line_from_many_places,
        counted,
    ],
)
def test_a_batch_is_not_reported(program: Callable[[], Any], db: Database) -> None:
    stored(9, posts=2)
    with detect_n_plus_one(action="raise", threshold=3) as detector:
        program()
    assert detector.findings == []


def test_two_queries_for_501_to_many_are_two_batches(db: Database) -> None:
    stored(501)
    authors = Author.objects.filter(boss__isnull=False).order_by("pk")
    with detect_n_plus_one(action="raise", threshold=2) as detector:
        for author in authors.fetch():
            assert len(author.posts.all().fetch()) == 1
    assert detector.findings == []


def test_a_queue_asks_the_same_again_as_its_rows_have_changed(db: Database) -> None:
    Tag.objects.bulk_create([Tag(word=f"job {n}") for n in range(6)])
    with detect_n_plus_one(threshold=3) as detector:
        a_queue()
    assert [one.fix for one in detector.findings] == ['Tag.objects.bulk_update([…], ["…"])']


def test_a_loop_that_writes_at_each_step_is_no_batch(db: Database) -> None:
    stored(6)
    authors = Author.objects.filter(boss__isnull=False).order_by("pk")
    with detect_n_plus_one() as detector:
        for author in authors.fetch():
            author.posts.all().fetch()
            Post.objects.create(title="", author=author)
    assert [(one.count, one.fix) for one in detector.findings] == [
        (6, 'prefetch_related("posts")'),
        (6, "Post.objects.bulk_create([…])"),
    ]


def test_a_load_of_the_same_row_for_another_is_one_more_whatever_was_written(
    db: Database,
) -> None:
    stored(1, posts=6)
    with detect_n_plus_one() as detector:
        for post in Post.objects.fetch_mode(FETCH_ONE).fetch():
            author = post.author
            author.name += "!"
            author.save()
    assert [(one.count, one.fix) for one in detector.findings] == [
        (6, 'select_related("author")'),
        (6, 'Author.objects.bulk_update([…], ["…"])'),
    ]


def test_a_touch_of_each_kept_row_before_the_others_are_batched_is_not_counted(
    db: Database,
) -> None:
    stored(4)
    with detect_n_plus_one(threshold=2, unused=False) as detector:
        for _ in range(3):
            for author in Author.objects.order_by("-pk").fetch():
                author.posts.all().fetch()
    assert [one.fix for one in detector.findings] == ["one query before the loop"]


# --- random programs -----------------------------------------------------------------------------


@sync_fixture
def few(db: Database) -> Database:
    """The rows of random programs, which write nothing that stays."""
    stored(MOST)
    return db


def gets(times: int) -> None:
    for n in range(times):
        Author.objects.get(name=f"author {n}")


def touches(times: int) -> None:
    for post in Post.objects.fetch_mode(FETCH_ONE).order_by("pk")[:times].fetch():
        post.author


def managers(times: int) -> None:
    for author in Author.objects.order_by("-pk")[:times].fetch():
        author.posts.filter(title="0").fetch()


def writes(times: int) -> None:
    for n in range(times):
        Tag.objects.create(word=str(n))


def peers(times: int) -> None:
    for post in Post.objects.order_by("pk")[:times].fetch():
        author = post.author
        author.posts.all().fetch()


def in_advance(times: int) -> None:
    for post in Post.objects.prefetch_related("tags")[:times].fetch():
        post.tags.all()


LOOPS: dict[Callable[[int], Any], bool] = {
    gets: True,
    touches: True,
    managers: True,
    writes: True,
    peers: False,
    in_advance: False,
}
"""Loops, and whether each step of them is a query of its own."""


@given(
    program=st.lists(st.tuples(st.sampled_from(list(LOOPS)), st.integers(0, MOST)), max_size=4),
    threshold=st.integers(5, 2 * MOST),
)
@examples(25)
def test_a_finding_is_a_line_that_sent_as_many_queries_as_are_too_many(
    program: list[tuple[Callable[[int], Any], int]], threshold: int, few: Database
) -> None:
    sent: Counter[str] = Counter()
    with detect_n_plus_one(threshold=threshold) as detector:
        with atomic():
            for loop, times in program:
                loop(times)
                sent[loop.__name__] += times * LOOPS[loop]

    found = {one.site.function: one.count for one in detector.findings if one.site}
    assert found == {name: count for name, count in sent.items() if count >= threshold}
