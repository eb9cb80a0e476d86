"""Which tables, keys, indexes and comments do create_tables() and drop_tables() make and remove?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from covet.aio import (
    PROTECT,
    CharField,
    CheckConstraint,
    Database,
    DatabaseError,
    FieldError,
    ForeignKey,
    Index,
    IntegerField,
    IntegrityError,
    Model,
    ModelError,
    OneToOneField,
    Q,
    TextField,
    UniqueConstraint,
    capture_queries,
    create_tables,
    drop_tables,
)

from ..pairs import async_fixture

MODELS: list[type] = []


class Post(Model):
    title = CharField(max_length=50, db_index=True)
    slug = CharField(max_length=50, unique=True)
    views = IntegerField(default=0, db_comment="how often it was read, 100% 'sure'")
    author = ForeignKey("Writer", PROTECT, related_name="posts")
    editor = ForeignKey("Writer", null=True, db_index=False, related_name="+")

    class Meta:
        db_table = "t_post"
        db_table_comment = "what was written; it's all here"
        unique_together = ("title", "author")
        indexes = (Index("views", "-title"), Index("slug", "views", name="my_index"))
        constraints = (
            UniqueConstraint("slug", "views", name="my_unique"),
            CheckConstraint(Q(views__gte=0) | Q(title="it's %"), name="views_not_negative"),
        )


class Writer(Model):
    name = CharField(max_length=50)

    class Meta:
        db_table = "t_writer"


class Egg(Model):
    chicken = ForeignKey("Chicken", null=True, related_name="eggs")

    class Meta:
        db_table = "t_egg"


class Chicken(Model):
    egg = OneToOneField(Egg, null=True, related_name="chicken_of")
    mother = ForeignKey("self", null=True, related_name="daughters")

    class Meta:
        db_table = "t_chicken"


LONG = "a_table_with_a_name_that_is_as_long_as_a_name_may_be_" + "x" * 10


class Long(Model):
    a_column_with_quite_a_long_name_that_repeats_the_table = IntegerField(db_index=True)
    another_column_with_quite_a_long_name_that_is_unique = IntegerField(unique=True)
    parent = ForeignKey("self", null=True)

    class Meta:
        db_table = LONG
        unique_together = (
            "a_column_with_quite_a_long_name_that_repeats_the_table",
            "another_column_with_quite_a_long_name_that_is_unique",
        )


class Order(Model):
    """Words that SQL keeps for itself."""

    select = IntegerField(db_index=True)
    group = CharField(max_length=10, unique=True)
    user = ForeignKey("User", related_name="where")
    table = TextField(default="")
    key = IntegerField(null=True)
    limit = IntegerField(default=0)

    class Meta:
        db_table = "order"
        ordering = ("group",)


class User(Model):
    origin = CharField(max_length=10, db_column="from")
    order = IntegerField(default=0)

    class Meta:
        db_table = "user"


class Odd(Model):
    quoted = IntegerField(db_column='a "quoted" name', db_index=True)
    ticked = IntegerField(db_column="a `ticked` name", unique=True)
    percent = IntegerField(db_column="100% %s ?", db_comment="50% %s ?")
    accents = TextField(db_column="größe 'ü'")
    parent = ForeignKey("self", null=True, related_name="children", db_column="a;b--c")

    class Meta:
        db_table = 'odd % "table" `x`'
        constraints = (CheckConstraint(Q(percent__lt=9) | Q(accents__contains="%"), name="o%d'd"),)


GROUP = (Post, Writer, Egg, Chicken, Long, Order, User, Odd)


@async_fixture
async def empty(db: Database) -> AsyncIterator[Database]:
    """A database without any of the tables."""
    await drop_tables(*GROUP)
    yield db
    await drop_tables(*GROUP)


async def tables(db: Database) -> set[str]:
    return {str(row[0]) for row in await db.fetch_rows(db.dialect.tables_query)}


# --- creating and dropping ----------------------------------------------------------------------


async def test_tables_of_the_given_models_are_created_and_dropped(empty: Database) -> None:
    assert await create_tables(Post, Writer) == ["t_post", "t_writer"]
    assert {"t_post", "t_writer"} <= await tables(empty)
    assert "t_egg" not in await tables(empty)
    writer = await Writer.objects.create(name="Ann")
    await Post.objects.create(title="a", slug="a", author=writer)
    assert await drop_tables(Post, Writer) == ["t_post", "t_writer"]
    assert not {"t_post", "t_writer"} & await tables(empty)


async def test_the_order_in_which_models_are_given_does_not_matter(empty: Database) -> None:
    await create_tables(Writer, Post)
    writer = await Writer.objects.create(name="Ann")
    await Post.objects.create(title="a", slug="a", author=writer)
    await drop_tables(Writer, Post)
    await create_tables(Post, Writer)
    await drop_tables(Post, Writer)


async def test_what_is_there_already_is_left_alone(empty: Database) -> None:
    await create_tables(Writer)
    await Writer.objects.create(name="Ann")
    with capture_queries() as queries:
        assert await create_tables(Writer) == []
    assert len(queries) == 1
    assert await create_tables(Writer, Post) == ["t_post"]
    assert await Writer.objects.count() == 1


async def test_what_is_not_there_is_not_dropped(empty: Database) -> None:
    await create_tables(Writer)
    assert await drop_tables(Post, Writer, Egg) == ["t_writer"]
    assert await drop_tables(Post, Writer, Egg) == []


async def test_keys_may_go_round_in_circles(empty: Database) -> None:
    assert await create_tables(Egg, Chicken) == ["t_egg", "t_chicken"]
    egg = await Egg.objects.create()
    chicken = await Chicken.objects.create(egg=egg)
    egg.chicken = chicken
    await egg.save()
    daughter = await Chicken.objects.create(mother=chicken)
    assert await Chicken.objects.filter(mother__egg__chicken__daughters=daughter).count() == 1
    with pytest.raises(IntegrityError):
        await Egg.objects.create(chicken_id=10**6)
    assert await drop_tables(Egg, Chicken) == ["t_egg", "t_chicken"]
    assert not {"t_egg", "t_chicken"} & await tables(empty)


async def test_half_a_circle_may_be_created_first(empty: Database, kind: str) -> None:
    if kind == "sqlite":
        await create_tables(Egg)
        await create_tables(Egg, Chicken)
    else:
        with pytest.raises(DatabaseError):
            await create_tables(Egg)
    await drop_tables(Egg, Chicken)


async def test_definitions_are_all_or_none_where_the_database_can(
    empty: Database, kind: str
) -> None:
    if kind != "postgresql":
        return
    with pytest.raises(DatabaseError):
        await create_tables(Egg)  # its key needs t_chicken
    assert "t_egg" not in await tables(empty)


async def test_only_models_have_tables(db: Database) -> None:
    class Base(Model):
        class Meta:
            abstract = True

    with pytest.raises(ModelError, match=r"^Base is abstract and has no table\.$"):
        await create_tables(Base)
    with pytest.raises(ModelError, match="is not a model"):
        await drop_tables("Post")  # type: ignore[arg-type]


async def test_two_models_cannot_have_one_table(db: Database) -> None:
    class Twice(Model):
        class Meta:
            db_table = "T_WRITER"

    with pytest.raises(ModelError) as caught:
        await create_tables(Writer, Twice)
    assert str(caught.value).endswith(
        "both have the table 'T_WRITER'. Give one of them Meta.db_table or Meta.app_label."
    )


# --- what is in them ----------------------------------------------------------------------------

INDEXES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ?",
    "postgresql": "SELECT indexname FROM pg_indexes WHERE tablename = %s",
    "mysql": "SELECT DISTINCT index_name FROM information_schema.statistics"
    " WHERE table_schema = DATABASE() AND table_name = %s",
}
CONSTRAINTS = {
    "postgresql": "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass",
    "mysql": "SELECT constraint_name FROM information_schema.table_constraints"
    " WHERE table_schema = DATABASE() AND table_name = %s",
}
DEFINITION = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"


async def names_in(db: Database, table: str) -> set[str]:
    """The names of all indexes and constraints of a table."""
    kind = db.dialect.name
    found = {row[0] for row in await db.fetch_rows(INDEXES[kind], (table,))}
    if kind == "sqlite":
        text = (await db.fetch_rows(DEFINITION, (table,)))[0][0]
        return found | set(text.split('"'))
    named = f'"{table}"' if kind == "postgresql" else table
    return found | {row[0] for row in await db.fetch_rows(CONSTRAINTS[kind], (named,))}


async def test_indexes_and_constraints_have_speaking_names(empty: Database) -> None:
    await create_tables(Post, Writer)
    names = await names_in(empty, "t_post")
    assert {
        "t_post_title_idx",
        "t_post_slug_uniq",
        "t_post_title_author_id_uniq",
        "t_post_views_title_idx",
        "my_index",
        "my_unique",
        "views_not_negative",
        "t_post_author_id_fk",
        "t_post_editor_id_fk",
    } <= names
    assert "t_post_slug_idx" not in names  # unique columns have an index already


async def test_constraints_hold(empty: Database) -> None:
    await create_tables(Post, Writer)
    ann = await Writer.objects.create(name="Ann")
    await Post.objects.create(title="a", slug="a", author=ann)
    for values in (
        {"title": "b", "slug": "a", "author": ann},
        {"title": "a", "slug": "b", "author": ann},
        {"title": "b", "slug": "b", "author": ann, "views": -1},
        {"title": "b", "slug": "b", "author_id": 10**6},
    ):
        with pytest.raises(IntegrityError):
            await Post.objects.create(**values)
    await Post.objects.create(title="it's %", slug="c", author=ann, views=-1)
    with pytest.raises(IntegrityError):
        await ann.delete()


async def test_comments_are_stored(empty: Database, kind: str) -> None:
    await create_tables(Post, Writer, Odd)
    if kind == "sqlite":  # it has none
        return
    table, column = await comments(empty, "t_post", "views")
    assert table == "what was written; it's all here"
    assert column == "how often it was read, 100% 'sure'"
    assert (await comments(empty, Odd._table.name, "100% %s ?"))[1] == "50% %s ?"


async def comments(db: Database, table: str, column: str) -> tuple[Any, Any]:
    """The comments of a table and of one of its columns."""
    if db.dialect.name == "postgresql":
        rows = await db.fetch_rows(
            "SELECT obj_description(c.oid), col_description(c.oid, a.attnum) FROM pg_class c"
            " JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relname = %s AND a.attname = %s",
            (table, column),
        )
    else:
        rows = await db.fetch_rows(
            "SELECT t.table_comment, c.column_comment FROM information_schema.tables t"
            " JOIN information_schema.columns c USING (table_schema, table_name)"
            " WHERE t.table_schema = DATABASE() AND t.table_name = %s AND c.column_name = %s",
            (table, column),
        )
    return rows[0][0], rows[0][1]


async def test_long_names_are_cut_and_told_apart(empty: Database) -> None:
    await create_tables(Long)
    made = [
        name
        for name in await names_in(empty, LONG)
        if name.startswith("a_table_with_a_name") and name != LONG and name.count("_") > 5
    ]
    assert len(made) == len(set(made)) >= 4
    assert all(len(name.encode()) <= 63 for name in made)
    assert {name.rpartition("_")[2] for name in made} >= {"idx", "uniq", "fk"}
    parent = await Long.objects.create(
        a_column_with_quite_a_long_name_that_repeats_the_table=1,
        another_column_with_quite_a_long_name_that_is_unique=1,
    )
    await Long.objects.create(
        a_column_with_quite_a_long_name_that_repeats_the_table=1,
        another_column_with_quite_a_long_name_that_is_unique=2,
        parent=parent,
    )
    found = Long.objects.filter(
        parent__parent__a_column_with_quite_a_long_name_that_repeats_the_table=None
    )
    assert await found.count() == 2
    assert await Long.objects.filter(long__parent=parent).count() == 1
    assert await Long.objects.exclude(long__parent=parent).count() == 1


# --- names that are hard to say -----------------------------------------------------------------


async def test_reserved_words_may_be_names(empty: Database) -> None:
    assert await create_tables(Order, User) == ["order", "user"]
    user = await User.objects.create(origin="Rome", order=3)
    order = await Order.objects.create(select=1, group="g", user=user, table="t", key=5)
    assert (
        await Order.objects.filter(
            select=1, group="g", user__origin="Rome", user__order=3, table="t", key__gt=4, limit=0
        ).get()
        == order
    )
    assert await Order.objects.update(select=2, key=None) == 1
    changed = Order.objects.order_by("-select", "user__origin").values("select", "key")
    assert await changed.get() == {"select": 2, "key": None}
    assert await User.objects.filter(where__group__in=["g"]).exclude(where__select=1).count() == 1
    await order.delete()
    assert await Order.objects.count() == 0


async def test_odd_signs_may_be_in_names(empty: Database) -> None:
    assert await create_tables(Odd) == ['odd % "table" `x`']
    assert await create_tables(Odd) == []
    parent = await Odd.objects.create(quoted=1, ticked=1, percent=1, accents="%s ü")
    child = await Odd.objects.create(quoted=2, ticked=2, percent=2, accents="?", parent=parent)
    assert (
        await Odd.objects.get(
            quoted=2, ticked__in=[2], percent__gt=1, accents__contains="?", parent__percent=1
        )
        == child
    )
    assert await Odd.objects.filter(children__quoted=2).values_list("accents") == [("%s ü",)]
    assert await Odd.objects.exclude(children__quoted=2).update(percent=5, quoted=6) == 1
    await child.refresh_from_db()
    assert (child.percent, child.quoted) == (5, 6)
    child.accents = "ä"
    await child.save()
    await Odd.objects.bulk_create([Odd(quoted=3, ticked=3, percent=3, accents="%%")])
    with pytest.raises(IntegrityError):
        await Odd.objects.create(quoted=4, ticked=4, percent=10, accents="no")
    await Odd.objects.create(quoted=4, ticked=4, percent=10, accents="a % b")
    assert await Odd.objects.filter(accents__startswith="a %").delete() == (1, {"Odd": 1})
    assert await drop_tables(Odd) == ['odd % "table" `x`']


async def test_names_that_no_database_takes_are_refused(db: Database) -> None:
    class TooLong(Model):
        class Meta:
            db_table = "x" * 64

    with pytest.raises(FieldError, match="cannot name a table, a column or a constraint"):
        await create_tables(TooLong)
    for name in ("a\nb", "x" * 64, "\0"):
        with pytest.raises(ModelError, match="which is not printable or is longer than 63 bytes"):
            type("Control", (Model,), {"field": IntegerField(db_column=name)})
