"""What does ``raw()`` make of the rows of any SQL?"""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from covet.aio import (
    FETCH_RAISE,
    BooleanField,
    CharField,
    CompositePrimaryKey,
    Database,
    DateField,
    DateTimeField,
    DecimalField,
    DurationField,
    FieldError,
    ForeignKey,
    IntegerField,
    JSONField,
    Manager,
    Model,
    NotLoaded,
    Prefetch,
    ProgrammingError,
    RawQuerySet,
    TimeField,
    UnknownField,
    UUIDField,
    atomic,
    capture_queries,
    loaded,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Author(Model):
    name = CharField(max_length=20)
    born = IntegerField(null=True, db_column="year_of_birth")


class Tag(Model):
    word = CharField(max_length=20)


class PostManager(Manager):
    def popular(self) -> Any:
        return self.raw("select * from post where views > 5 order by views")


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    author = ForeignKey(Author, null=True, related_name="posts")

    objects: Any = PostManager()

    kept = "a plain attribute of the class"

    @property
    def label(self) -> str:
        return self.title


class Thing(Model):
    price = DecimalField(max_digits=8, decimal_places=2)
    live = BooleanField(default=True)
    made = DateTimeField(default=NOON)
    day = DateField(default=date(2026, 11, 20))
    hour = TimeField(default=time(12, 30))
    took = DurationField(default=timedelta(1, 2, 3))
    token = UUIDField(default=UUID(int=7))
    notes = JSONField(default=dict)
    empty = DateField(null=True)


class Order(Model):
    pk = CompositePrimaryKey("tenant", "number")
    tenant = CharField(max_length=9)
    number = IntegerField()
    note = CharField(max_length=9, default="")


class Place(Model):
    name = CharField(max_length=20)


class Restaurant(Place):
    stars = IntegerField(default=0)


posts: Any = Post.objects
ALL = "select * from post order by id"


async def write() -> None:
    ann = await Author.objects.create(name="Ann", born=1980)
    bob = await Author.objects.create(name="Bob")
    for title, views, author in (("a", 3, ann), ("b", 12, bob), ("c", 7, None)):
        await posts.create(title=title, views=views, author=author)


def titles(rows: Any) -> str:
    return "".join(row.title for row in rows)


def placeholder(db: Database) -> str:
    return db.dialect.placeholder


# --- rows ----------------------------------------------------------------------------------------


async def test_columns_become_fields(db: Database) -> None:
    await write()

    rows = await posts.raw(ALL).fetch()

    assert [(post.title, post.views) for post in rows] == [("a", 3), ("b", 12), ("c", 7)]
    assert rows == await posts.order_by("id").fetch()
    assert type(rows[0]) is Post
    assert not rows[0].get_deferred_fields()
    rows[0].title = "x"
    await rows[0].save()
    assert titles(await posts.raw(ALL).fetch()) == "xbc"


async def test_values_are_those_of_the_fields(db: Database) -> None:
    await Thing.objects.create(price=Decimal("2.50"), notes={"a": [1, None]})

    thing: Any = (await Thing.objects.raw("select * from thing").fetch())[0]

    same = await Thing.objects.get()
    for field in ("price", "live", "made", "day", "hour", "took", "token", "notes", "empty"):
        assert getattr(thing, field) == getattr(same, field)
        assert type(getattr(thing, field)) is type(getattr(same, field))


async def test_parameters_are_bound(db: Database) -> None:
    await write()
    p = placeholder(db)
    sql = f"select * from post where views > {p} and title <> {p} order by id"

    assert titles(await posts.raw(sql, [5, "' or '1'='1"]).fetch()) == "bc"
    assert titles(await posts.raw(sql, (5, "b")).fetch()) == "c"


async def test_other_columns_become_attributes(db: Database) -> None:
    await write()

    rows = await posts.raw(
        "select post.*, views * 2 as twice, author.name as writer, 'x' as kept "
        "from post left join author on author.id = post.author_id order by post.id"
    ).fetch()

    assert [(post.twice, post.writer) for post in rows] == [(6, "Ann"), (24, "Bob"), (14, None)]
    assert rows[0].kept == "x"


async def test_names_that_python_has_not_stay_names(db: Database) -> None:
    await write()
    quoted = db.dialect.quoted("a b; import os")
    post = (await posts.raw(f"select id, views as {quoted} from post order by id").fetch())[0]
    assert getattr(post, "a b; import os") == 3


async def test_columns_have_the_names_of_the_database(db: Database) -> None:
    await write()

    ann = (await Author.objects.raw("select * from author order by id").fetch())[0]
    assert ann.born == 1980
    ann = (await Author.objects.raw("select ID, year_of_birth as born from author").fetch())[0]
    assert ann.born == 1980


async def test_translations_name_other_columns(db: Database) -> None:
    await write()
    sql = "select id as number, title as headline, views as seen from post order by id"

    rows = await posts.raw(
        sql, translations={"number": "pk", "headline": "title", "missing": "views"}
    ).fetch()

    assert [(post.pk, post.title, post.seen) for post in rows][1] == (rows[1].id, "b", 12)
    with pytest.raises(UnknownField, match=r"Post has no field 'titel'"):
        posts.raw(sql, translations={"headline": "titel"})
    with pytest.raises(FieldError) as error:
        posts.raw(sql, translations=["headline"])
    assert str(error.value) == (
        "raw() takes translations as a dictionary, not ['headline']. "
        "Write translations={column: field}."
    )


async def test_what_was_not_selected_is_not_loaded(db: Database) -> None:
    await write()

    rows = await posts.raw("select id, title from post order by id").fetch()

    assert rows[0].get_deferred_fields() == {"views", "author_id"}
    await rows[0].refresh_from_db(fields=["views"])
    assert rows[0].views == 3
    rows[1].title = "x"
    await rows[1].save()
    assert (await posts.get(title="x")).views == 12


async def test_the_key_has_to_be_there(db: Database) -> None:
    await write()
    for rows in ("", " where 1 = 0"):
        with pytest.raises(FieldError) as error:
            await posts.raw(f"select title from post{rows}").fetch()
        assert str(error.value) == (
            "The SQL gives no column 'id', which is in the primary key of Post. Select it, or say "
            "which column it is: raw(…, translations={'…': 'id'})."
        )
    with pytest.raises(FieldError, match=r"no column 'number', which is in the primary key"):
        await Order.objects.raw(f"select tenant from {quoted('order')}").fetch()


def quoted(name: str) -> str:
    return Order.objects.all()._database().dialect.quoted(name)


async def test_keys_of_several_columns(db: Database) -> None:
    await Order.objects.create(tenant="a", number=7, note="x")
    order = (await Order.objects.raw(f"select * from {quoted('order')}").fetch())[0]
    assert order.pk == ("a", 7)
    order.note = "y"
    await order.save()
    assert (await Order.objects.get(pk=("a", 7))).note == "y"


async def test_rows_of_children_need_a_join(db: Database) -> None:
    await Restaurant.objects.create(name="Bread", stars=2)
    sql = "select * from restaurant join place on place.id = restaurant.place_ptr_id"
    found: Any = (await Restaurant.objects.raw(sql).fetch())[0]
    assert (found.name, found.stars) == ("Bread", 2)
    alone: Any = (await Restaurant.objects.raw("select * from restaurant").fetch())[0]
    assert "name" in alone.get_deferred_fields()


async def test_names_that_cannot_be(db: Database) -> None:
    await write()
    for name in ("save", "label", "author", "objects", "_origin", "pk", "__class__"):
        with pytest.raises(FieldError) as error:
            await posts.raw(f"select id, 1 as {db.dialect.quoted(name)} from post").fetch()
        assert str(error.value) == (
            f"The column {name!r} of the SQL would hide Post.{name}. "
            "Give it another name: … AS other."
        )
    with pytest.raises(FieldError) as error:
        await posts.raw("select post.*, author.* from post join author on 1 = 1").fetch()
    assert str(error.value) == (
        "The SQL gives two columns for Post.id. Name the columns that you want, each with a name "
        "of its own: … AS other."
    )


async def test_what_a_field_cannot_read(db: Database) -> None:
    await Thing.objects.create(price=1)
    if db.dialect.name == "sqlite":
        with pytest.raises(FieldError) as error:
            await Thing.objects.raw("select id, 'soon' as day from thing").fetch()
        assert str(error.value) == (
            "Thing.day cannot be read from 'soon', which the SQL gives for it. "
            "Give the column as it is stored, or another name with AS."
        )
        assert isinstance(error.value.__cause__, ValueError)


# --- when it is asked, and what it is used as ----------------------------------------------------


async def test_it_is_lazy_and_its_rows_are_kept(db: Database) -> None:
    await write()
    with capture_queries() as queries:
        rows = posts.raw(ALL)
        assert isinstance(rows, RawQuerySet)
        assert repr(rows) == "<RawQuerySet of Post: 'select * from post order by id'>"
        assert len(queries) == 0
        await rows.fetch()
        assert titles(await rows.fetch()) == "abc"
        assert titles([post async for post in rows]) == "abc"
        assert len(rows) == 3
        assert rows[1].title == "b"
        assert titles(rows[1:]) == "bc"
        assert rows[0] in rows
        assert bool(rows)
        assert titles(rows) == "abc"
        assert rows == list(rows)
    assert len(queries) == 1


async def test_managers_have_it(db: Database) -> None:
    await write()
    assert titles(await posts.popular().fetch()) == "cb"
    ann: Any = await Author.objects.get(name="Ann")
    assert titles(await ann.posts.raw(ALL).fetch()) == "abc"
    assert posts.using("default").raw(ALL).db == "default"
    assert posts.raw(ALL).using("archive").db == "archive"


async def test_rows_are_peers(db: Database) -> None:
    await write()
    rows = await posts.raw(ALL).fetch()
    with capture_queries() as queries:
        names = [author.name for post in rows if (author := await post.author) is not None]
    assert names == ["Ann", "Bob"]
    assert len(queries) == 1


async def test_relations_can_be_prefetched(db: Database) -> None:
    await write()
    authors: Any = Author.objects.raw("select * from author order by id")
    with capture_queries() as queries:
        rows = await authors.prefetch_related("posts").fetch()
        assert [titles(author.posts.all()) for author in rows] == ["a", "b"]
    assert len(queries) == 2
    few = Prefetch("posts", queryset=posts.filter(views__gt=5), to_attr="many")
    rows = await authors.prefetch_related(few).fetch()
    assert [titles(author.many) for author in rows] == ["", "b"]
    rows = await posts.raw("select id from post order by id").prefetch_related("author").fetch()
    assert loaded(rows[0].author).name == "Ann"
    with pytest.raises(UnknownField):
        authors.prefetch_related("post")
    with capture_queries() as queries:
        await authors.prefetch_related("posts").prefetch_related(None).fetch()
    assert len(queries) == 1


async def test_the_fetch_mode_is_that_of_the_query(db: Database) -> None:
    await write()
    for rows in (posts.raw(ALL).fetch_mode(FETCH_RAISE), posts.fetch_mode(FETCH_RAISE).raw(ALL)):
        post = (await rows.fetch())[0]
        with pytest.raises(NotLoaded):
            await post.author


async def test_rows_can_be_pickled(db: Database) -> None:
    await write()
    rows = await posts.raw("select id, title, views * 2 as twice from post order by id").fetch()
    again = pickle.loads(pickle.dumps(list(rows)))
    assert [(post.title, post.twice) for post in again] == [("a", 6), ("b", 24), ("c", 14)]
    assert again[0].get_deferred_fields() == {"views", "author_id"}


async def test_sql_that_writes_and_gives_rows(db: Database) -> None:
    await write()
    ann: Any = await Author.objects.get(name="Ann")
    p = placeholder(db)
    sql = f"insert into post (title, views, author_id) values ({p}, {p}, {p}) returning *"
    async with atomic():
        rows = await posts.raw(sql, ["d", 1, ann.pk]).fetch()
    assert titles(rows) == "d"
    assert titles(await posts.raw(ALL).fetch()) == "abcd"


async def test_what_is_no_sql_and_what_are_no_parameters(db: Database) -> None:
    with pytest.raises(FieldError) as error:
        posts.raw(7)
    assert str(error.value) == "raw() takes SQL as a text, not 7."
    for params in ({"a": 1}, "text", 7, None):
        with pytest.raises(FieldError) as error:
            posts.raw(ALL, params)
    assert str(error.value) == (
        "raw() takes a list of parameters, not None. Give them in the order of the placeholders: "
        "? on SQLite, %s on the others."
    )
    with pytest.raises(ProgrammingError):
        await posts.raw("select * from nothing").fetch()
