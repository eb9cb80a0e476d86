# generated from tests/_async/test_select_for_update.py by scripts/generate_sync.py;
# change that file, not this one
"""Which rows does ``select_for_update()`` lock, and what do others see of it?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from covet.sync import (
    CharField,
    Database,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    Model,
    NotSupportedError,
    OneToOneField,
    OperationalError,
    Prefetch,
    TransactionError,
    atomic,
    capture_queries,
    connect,
    loaded,
)

from ..databases import Scratch
from ..pairs import sync_fixture


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    author = ForeignKey(Author, related_name="posts")
    editor = ForeignKey(Author, null=True, related_name="edited")


class Cover(Model):
    post = OneToOneField(Post, related_name="cover")


@sync_fixture
def other(db: Database, scratch: Scratch) -> Iterator[Database]:
    """Another client of the same database."""
    with connect(scratch.url, alias="other") as database:
        yield database


def write() -> None:
    ann = Author.objects.create(name="Ann")
    Post.objects.create(title="a", author=ann)
    Post.objects.create(title="b", author=ann)


posts: Any = Post.objects.order_by("title")
others: Any = posts.using("other")


# --- what it does --------------------------------------------------------------------------------


def test_the_rows_are_fetched_as_without_it(db: Database) -> None:
    write()

    with atomic():
        found = posts.select_for_update().fetch()
        one = posts.select_for_update().get(title="a")
        first = posts.select_for_update().first()
        titles = posts.select_for_update().values_list("title", flat=True).fetch()

    assert [post.title for post in found] == titles == ["a", "b"]
    assert found[0] == one == first


@pytest.mark.databases("postgresql", "mysql")
def test_a_row_that_another_has_locked_is_an_error_at_once(db: Database, other: Database) -> None:
    write()

    with atomic():
        posts.select_for_update().get(title="a")
        with pytest.raises(OperationalError):
            with atomic(using="other"):
                others.select_for_update(nowait=True).get(title="a")

    with atomic(using="other"):
        assert others.select_for_update(nowait=True).get(title="a").title == "a"


@pytest.mark.databases("postgresql", "mysql")
def test_rows_that_another_has_locked_are_left_out(db: Database, other: Database) -> None:
    write()

    with atomic():
        posts.select_for_update().get(title="a")
        with atomic(using="other"):
            found = others.select_for_update(skip_locked=True).fetch()

    assert [post.title for post in found] == ["b"]


@pytest.mark.databases("postgresql", "mysql")
def test_related_rows_are_locked_too(db: Database, other: Database) -> None:
    write()
    authors: Any = Author.objects.using("other").select_for_update(skip_locked=True)

    with atomic():
        posts.select_related("author").select_for_update().fetch()
        with atomic(using="other"):
            assert authors.fetch() == []


@pytest.mark.databases("postgresql")
def test_only_the_rows_of_the_named_tables_are_locked(db: Database, other: Database) -> None:
    write()
    authors: Any = Author.objects.using("other").select_for_update(skip_locked=True)

    with atomic():
        post = posts.select_related("author").select_for_update(of=("self",)).first()
        with atomic(using="other"):
            assert len(authors.fetch()) == 1
            assert others.select_for_update(skip_locked=True).count() == 2
            found = others.select_for_update(skip_locked=True).fetch()

    assert loaded(post.author).name == "Ann"
    assert [one.title for one in found] == ["b"]


@pytest.mark.databases("postgresql")
def test_the_weaker_lock_lets_others_point_to_the_row(db: Database, other: Database) -> None:
    write()

    with atomic():
        ann = Author.objects.select_for_update(no_key=True).get()
        Post.objects.using("other").create(title="c", author_id=ann.pk)

    assert Post.objects.count() == 3


def test_it_goes_with_everything_else_of_a_query(db: Database) -> None:
    write()
    query = (
        posts.select_related("author")
        .only("title", "author__name")
        .annotate(more=F("views") + 1)
        .filter(author__name="Ann")
        .select_for_update()
    )

    with atomic():
        [post] = query[1:2].fetch()

    assert (post.title, loaded(post.author).name, post.more) == ("b", "Ann", 1)


def test_counting_locks_nothing(db: Database) -> None:
    write()
    query = posts.select_for_update()

    with capture_queries() as queries:
        assert (query.count(), query.exists()) == (2, True)
        assert query.distinct().count() == 2

    assert not any("FOR UPDATE" in one.sql for one in queries)


def test_writing_takes_no_notice(db: Database) -> None:
    write()

    assert posts.select_for_update().update(views=3) == 2
    assert posts.select_for_update().delete()[0] == 2


@pytest.mark.databases("sqlite")
def test_sqlite_is_told_nothing_as_it_locks_no_rows(db: Database) -> None:
    query = posts.select_related("editor").select_for_update(
        skip_locked=True, of=("self", "editor"), no_key=True
    )

    with atomic():
        query.fetch()

    assert "FOR" not in query.sql()[0]


# --- what is refused -----------------------------------------------------------------------------


def test_without_a_transaction_no_lock_would_last(db: Database, other: Database) -> None:
    for query, fix in (
        (posts.select_for_update(), "Fetch it within atomic()."),
        (others.select_for_update(), "Fetch it within atomic(using='other')."),
    ):
        for ask in (query.fetch, query.first, query.get):
            with capture_queries() as queries, pytest.raises(TransactionError) as error:
                ask()
            assert queries == []
            assert str(error.value) == (
                f"select_for_update cannot be used outside of a transaction. {fix}"
            )


def test_row_by_row_needs_a_transaction_too(db: Database) -> None:
    write()

    with pytest.raises(TransactionError):
        for _ in posts.select_for_update().iterator():
            pass
    with atomic():
        assert [post.title for post in posts.select_for_update().iterator()] == ["a", "b"]


def test_a_slice_of_each_owners_rows_cannot_be_locked(db: Database) -> None:
    write()
    first = Prefetch("posts", posts.select_for_update()[:1])

    with atomic():
        with pytest.raises(FieldError) as error:
            Author.objects.prefetch_related(first).fetch()
        assert str(error.value) == (
            "A slice of each owner's rows cannot be locked. Take away select_for_update(), or the "
            "slice."
        )


def test_a_transaction_of_another_database_is_none(db: Database, other: Database) -> None:
    with atomic():
        with pytest.raises(TransactionError):
            others.select_for_update().fetch()


def test_arguments_that_cannot_be() -> None:
    with pytest.raises(FieldError) as both:
        posts.select_for_update(nowait=True, skip_locked=True)
    assert str(both.value) == "select_for_update() takes nowait or skip_locked, not both."
    with pytest.raises(FieldError) as text:
        posts.select_for_update(of="self")
    assert str(text.value) == (
        "select_for_update() takes a list of names in of, not 'self'. Write of=[\"self\"]."
    )
    for wrong in ([1], [";"], [""]):
        with pytest.raises(FieldError, match=r"^select_for_update\(\) takes a list of names in of"):
            posts.select_for_update(of=wrong)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            posts.select_related("author").select_for_update(of=("self", "editor")),
            "'editor' is no row that this query selects (in select_for_update(of=('self', "
            "'editor'))). Choices: self, author; relations are those of select_related().",
        ),
        (
            posts.select_related("author", "cover").values("title").select_for_update(of=["cover"]),
            "'cover' is no row that this query selects (in select_for_update(of=('cover',))). "
            "Choices: self; relations are those of select_related().",
        ),
    ],
    ids=["no relation of it", "values"],
)
def test_what_is_not_selected_cannot_be_locked(db: Database, query: Any, message: str) -> None:
    with atomic():
        with pytest.raises(FieldError) as error:
            query.fetch()
        assert str(error.value) == message


@pytest.mark.databases("postgresql")
def test_rows_that_may_be_missing_cannot_be_locked_on_postgresql(db: Database) -> None:
    write()
    query = posts.select_related("editor").select_for_update()

    with atomic():
        with pytest.raises(NotSupportedError) as error:
            query.fetch()
        assert str(error.value) == (
            "postgresql has no way to lock the rows of a relation that may be empty. "
            'Name the tables to lock: select_for_update(of=("self",)).'
        )
        assert len(query.select_for_update(of=("self",)).fetch()) == 2
        assert query.filter(editor__name="Bob").fetch() == []


@pytest.mark.databases("mysql")
def test_rows_that_may_be_missing_can_be_locked_on_mariadb(db: Database) -> None:
    write()

    with atomic():
        assert len(posts.select_related("editor").select_for_update().fetch()) == 2


@pytest.mark.databases("mysql")
def test_mariadb_cannot_choose_what_it_locks(db: Database) -> None:
    with atomic():
        with pytest.raises(NotSupportedError) as of:
            posts.select_for_update(of=("self",)).fetch()
        with pytest.raises(NotSupportedError) as no_key:
            posts.select_for_update(no_key=True).fetch()

    assert str(of.value) == (
        "mariadb has no SELECT … FOR UPDATE OF. Leave out of=…, which locks the rows of all tables."
    )
    assert str(no_key.value) == "mariadb has no SELECT … FOR NO KEY UPDATE. Leave out no_key=True."


@pytest.mark.databases("postgresql")
def test_postgresql_cannot_lock_distinct_rows(db: Database) -> None:
    with atomic():
        with pytest.raises(NotSupportedError, match=r"^postgresql has no SELECT DISTINCT"):
            posts.distinct().select_for_update().fetch()
