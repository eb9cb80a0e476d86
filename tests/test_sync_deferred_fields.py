"""What is a field in sync code that was not loaded? Its value, loaded when it is first touched.

The counterpart of ``_async/test_deferred_fields.py``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from covet.sync import (
    FETCH_RAISE,
    CharField,
    F,
    IntegerField,
    Model,
    NotLoaded,
    capture_queries,
    connect,
    create_tables,
    drop_tables,
)

from .databases import Scratch


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)

    def __str__(self) -> str:
        return self.title


@pytest.fixture
def post(scratch: Scratch) -> Iterator[Post]:
    with connect(scratch.url):
        create_tables(Post)
        Post.objects.create(title="a", views=3)
        yield Post.objects.only("pk").get()
        drop_tables(Post)


def test_touching_it_loads_it_once(post: Post) -> None:
    with capture_queries() as queries:
        assert (post.views, post.views) == (3, 3)

    assert len(queries) == 1
    assert post.get_deferred_fields() == {"title"}


def test_a_value_that_the_database_made_is_read(post: Post) -> None:
    post.views = F("views") + 1
    post.save()

    assert post.views == 4


def test_touching_it_loads_it_for_all_living_rows_of_the_query(post: Post) -> None:
    Post.objects.create(title="b", views=4)
    posts = list(Post.objects.only("title").order_by("title"))

    with capture_queries() as queries:
        assert [one.views for one in posts] == [3, 4]

    assert len(queries) == 1


def test_a_strict_query_loads_nothing_that_is_touched(post: Post) -> None:
    strict = Post.objects.only("title").fetch_mode(FETCH_RAISE).get()

    with capture_queries() as queries, pytest.raises(NotLoaded):
        strict.views  # noqa: B018

    assert queries == []
    strict.refresh_from_db(fields=["views"])
    assert strict.views == 3


def test_saving_loads_nothing(post: Post) -> None:
    post.title = "b"

    with capture_queries() as queries:
        post.save()

    assert len(queries) == 1
    assert post.get_deferred_fields() == {"views"}


def test_a_repr_loads_what_it_shows(post: Post) -> None:
    assert repr(post) == "<Post: a>"


def test_what_is_not_in_the_database_cannot_be_loaded(post: Post) -> None:
    new = Post(title="b")
    del new.views
    copy = Post.objects.only("title").get()
    copy.pk = None

    for one in (new, copy):
        with pytest.raises(NotLoaded) as error:
            one.views  # noqa: B018
        assert str(error.value) == (
            'Post.views has not been loaded. Load it with refresh_from_db(fields=["views"]).'
        )


def test_a_row_that_is_gone_is_an_error(post: Post) -> None:
    Post.objects.all().delete()

    with pytest.raises(Post.DoesNotExist):
        post.title  # noqa: B018
