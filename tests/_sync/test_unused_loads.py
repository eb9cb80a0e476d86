# generated from tests/_async/test_unused_loads.py by scripts/generate_sync.py;
# change that file, not this one
"""Is it noticed that nobody touched what was loaded in advance?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from covet.sync import (
    CharField,
    Database,
    ForeignKey,
    ManyToManyField,
    Model,
    OneToOneField,
    Prefetch,
    detect_n_plus_one,
    loaded,
)
from covet.watch.touches import TOUCHES

from ..pairs import sync_fixture


class Tag(Model):
    word = CharField(max_length=20)


class Country(Model):
    name = CharField(max_length=20)


class Author(Model):
    name = CharField(max_length=20)
    country = ForeignKey(Country, related_name="authors")


class Profile(Model):
    author = OneToOneField(Author, related_name="profile")


class Post(Model):
    title = CharField(max_length=20)
    author = ForeignKey(Author, related_name="posts")
    editor = ForeignKey(Author, null=True, related_name="edited")
    tags = ManyToManyField(Tag, related_name="posts")


@sync_fixture
def rows(db: Database) -> None:
    """Two posts of an author, with a tag."""
    country = Country.objects.create(name="Norway")
    author = Author.objects.create(name="Ann", country=country)
    Profile.objects.create(author=author)
    tag = Tag.objects.create(word="news")
    for title in ("Hello", "Bread"):
        post = Post.objects.create(title=title, author=author)
        post.tags.add(tag)


def nothing_of_joined() -> None:
    Post.objects.select_related("author__country").fetch()


def keys_of_joined() -> None:
    for post in Post.objects.select_related("author").fetch():
        assert post.author_id


def half_of_joined() -> None:
    for post in Post.objects.select_related("author__country").fetch():
        assert loaded(post.author).name == "Ann"


def nothing_of_reverse() -> None:
    Author.objects.select_related("profile").fetch()


def nothing_of_fetched() -> None:
    Author.objects.prefetch_related("posts__tags").fetch()


def half_of_fetched() -> None:
    for author in Author.objects.prefetch_related("posts__tags").fetch():
        assert len(author.posts.all()) == 2


def one_of_two() -> None:
    for post in Post.objects.select_related("author").prefetch_related("tags").fetch():
        assert len(post.tags.all()) == 1


def nothing_of_many() -> None:
    for title in ("Hello", "Bread"):
        Post.objects.select_related("author").get(title=title)


@pytest.mark.parametrize(
    ("program", "relation", "fix"),
    [
        (nothing_of_joined, "Post.author__country", 'no select_related("author__country")'),
        (keys_of_joined, "Post.author", 'no select_related("author")'),
        (half_of_joined, "Post.author__country", 'no select_related("author__country")'),
        (nothing_of_reverse, "Author.profile", 'no select_related("profile")'),
        (nothing_of_fetched, "Author.posts", 'no prefetch_related("posts")'),
        (half_of_fetched, "Post.tags", 'no prefetch_related("posts__tags")'),
        (one_of_two, "Post.author", 'no select_related("author")'),
        (nothing_of_many, "Post.author", 'no select_related("author")'),
    ],
)
def test_what_nobody_touched_is_reported(
    program: Callable[[], Any], relation: str, fix: str, rows: None
) -> None:
    with detect_n_plus_one() as detector:
        program()

    (finding,) = detector.findings
    assert (finding.kind, finding.relation, finding.fix) == ("unused", relation, fix)
    assert finding.site is not None
    assert finding.site == finding.source
    assert finding.site.function == program.__name__


def joined() -> None:
    for post in Post.objects.select_related("author__country").fetch():
        assert loaded(loaded(post.author).country).name == "Norway"


def reverse() -> None:
    for author in Author.objects.select_related("profile").fetch():
        assert loaded(author.profile).pk


def nobody_there() -> None:
    for post in Post.objects.select_related("editor__country").fetch():
        assert post.editor_id is None


def fetched() -> None:
    for author in Author.objects.prefetch_related("posts__tags").fetch():
        for post in author.posts.all():
            assert len(post.tags.all()) == 1


def beyond_joined() -> None:
    for post in Post.objects.select_related("author").prefetch_related("author__posts"):
        assert len(loaded(post.author).posts.all()) == 2


def in_chunks() -> None:
    for post in Post.objects.prefetch_related("tags").iterator(chunk_size=1):
        assert len(post.tags.all()) == 1


def in_an_attribute() -> None:
    best = Prefetch("posts", Post.objects.all(), to_attr="best")
    Author.objects.prefetch_related(best).fetch()


def no_rows() -> None:
    none = Post.objects.filter(title="none")
    none.select_related("author").prefetch_related("tags").fetch()
    none.prefetch_related("tags").fetch()


def sometimes() -> None:
    for title in ("Hello", "Bread"):
        post = Post.objects.select_related("author").get(title=title)
        if title == "Bread":
            assert loaded(post.author).name == "Ann"


@pytest.mark.parametrize(
    "program",
    [
        joined,
        reverse,
        nobody_there,
        fetched,
        beyond_joined,
        in_chunks,
        in_an_attribute,
        no_rows,
        sometimes,
    ],
)
def test_what_was_touched_is_not_reported(program: Callable[[], Any], rows: None) -> None:
    with detect_n_plus_one() as detector:
        program()
    assert detector.findings == []


def test_an_error_may_have_come_before_the_touch(rows: None) -> None:
    def fail() -> None:
        nothing_of_joined()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), detect_n_plus_one() as detector:
        fail()
    assert detector.findings == []


def test_it_is_advice_that_can_be_switched_off_or_allowed(
    rows: None, caplog: pytest.LogCaptureFixture
) -> None:
    with detect_n_plus_one(action="raise"):
        nothing_of_joined()
    assert [record.levelno for record in caplog.records] == [logging.WARNING]

    with detect_n_plus_one(unused=False) as detector:
        nothing_of_joined()
    assert detector.findings == []
    with detect_n_plus_one(allow=["Author.posts"]) as detector:
        nothing_of_fetched()
    assert detector.findings == []


def test_nothing_is_in_the_way_of_reading_a_relation_while_nobody_asks(rows: None) -> None:
    classes: list[Any] = [ForeignKey, type(vars(Author)["profile"]), type(vars(Author)["posts"])]
    plain = [vars(cls)["__get__"] for cls in classes]

    with detect_n_plus_one(), detect_n_plus_one():
        assert TOUCHES.on
        assert all(vars(c)["__get__"] is not p for c, p in zip(classes, plain, strict=True))
    assert not TOUCHES.on
    assert [vars(cls)["__get__"] for cls in classes] == plain
    with detect_n_plus_one(unused=False):
        assert [vars(cls)["__get__"] for cls in classes] == plain
