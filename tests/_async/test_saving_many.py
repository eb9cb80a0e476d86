"""How are many rows written at once, and one row only if it is not there yet?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from covet.aio import (
    CharField,
    Database,
    EmailField,
    FieldError,
    ForeignKey,
    IntegerField,
    IntegrityError,
    Model,
    NotLoaded,
    QuerySet,
    ValidationError,
    atomic,
    capture_queries,
    connect,
)


class RacedQuerySet(QuerySet[Any]):
    """Somebody else makes the row between looking for it and making it."""

    async def get(self, *conditions: Any, **lookups: Any) -> Any:
        try:
            return await super().get(*conditions, **lookups)
        except self.model.DoesNotExist:
            await self.model(**lookups, views=100).save(using="rival")
            raise


@pytest.fixture
async def rival(url: str) -> AsyncIterator[Database]:
    """Somebody else's connection."""
    async with connect(url, alias="rival") as rival:
        yield rival


class Shop(Model):
    name = CharField(max_length=20)


class Item(Model):
    name = CharField(max_length=20, unique=True)
    views = IntegerField(default=0)
    rank = IntegerField(db_default=7)
    mail = EmailField(null=True)
    shop = ForeignKey(Shop, null=True, related_name="items")

    raced = RacedQuerySet.as_manager()
    objects = QuerySet["Item"].as_manager()


class Point(Model):
    x = IntegerField()
    y = IntegerField()


class Code(Model):
    code = CharField(max_length=20, primary_key=True)


class Stamp(IntegerField):
    """A field that decides at the last moment."""

    def pre_save(self, instance: Any, adding: bool) -> int:
        return 42 if adding else 43


class Letter(Model):
    stamp = Stamp(default=0)


class Mark(Model):
    """It has nothing but its key."""


def items(*names: str, **values: Any) -> list[Item]:
    return [Item(name=name, **values) for name in names]


def inserts(queries: Any) -> int:
    assert all(query.sql.startswith("INSERT") for query in queries)
    return len(queries)


# --- bulk_create ---------------------------------------------------------------------------------


async def test_many_are_one_statement_and_have_their_keys(db: Database) -> None:
    new = items("a", "b", "c")

    with capture_queries() as queries:
        made = await Item.objects.bulk_create(new)

    assert inserts(queries) == 1
    assert made == new
    assert made[0] is new[0]
    assert not any(item._state.adding for item in made)
    keys = dict(await Item.objects.values_list("name", "pk").fetch())
    assert {item.name: item.pk for item in made} == keys


async def test_what_the_database_fills_in_is_there(db: Database) -> None:
    made = await Item.objects.bulk_create([*items("a", "b"), *items("c", rank=1)])

    assert [item.rank for item in made] == [7, 7, 1]


async def test_some_may_have_keys_already(db: Database) -> None:
    new = [Item(name="a"), Item(id=5000, name="b"), Item(name="c"), Item(id=4000, name="d")]

    with capture_queries() as queries:
        made = await Item.objects.bulk_create(new)

    assert inserts(queries) == 2
    assert [item.name for item in made] == ["a", "b", "c", "d"]
    assert (made[1].pk, made[3].pk) == (5000, 4000)
    for item in made:
        assert await Item.objects.get(pk=item.pk) == item


async def test_nothing_is_no_statement(db: Database) -> None:
    with capture_queries() as queries:
        assert await Item.objects.bulk_create([]) == []
        assert await Item.objects.bulk_create(iter(())) == []
    assert queries == []


async def test_more_rows_than_a_statement_takes_are_several(db: Database) -> None:
    points = [Point(x=n, y=-n) for n in range(25_000)]

    with capture_queries() as queries:
        await Point.objects.bulk_create(points)

    assert 1 < inserts(queries) < 30
    assert await Point.objects.count() == 25_000
    assert len({point.pk for point in points}) == 25_000
    assert (await Point.objects.get(pk=points[-1].pk)).x == 24_999


async def test_a_batch_has_at_most_the_size_that_is_given(db: Database) -> None:
    with capture_queries() as queries:
        await Code.objects.bulk_create([Code(code=str(n)) for n in range(10)], batch_size=4)

    assert [query.rowcount for query in queries] == [4, 4, 2]
    with pytest.raises(
        FieldError, match=r"^bulk_create\(batch_size=0\): a batch has at least one row\.$"
    ):
        await Code.objects.bulk_create([Code(code="x")], batch_size=0)


async def test_all_rows_are_written_or_none(db: Database) -> None:
    await Item.objects.create(name="e")
    new = items("a", "b", "c", "d", "e", "f")

    with pytest.raises(IntegrityError):
        await Item.objects.bulk_create(new, batch_size=2)

    assert await Item.objects.count() == 1


async def test_a_value_that_is_refused_is_refused_before_any_row(db: Database) -> None:
    with capture_queries() as queries:
        with pytest.raises(ValidationError, match=r"^Item\.mail must be an e-mail address"):
            await Item.objects.bulk_create([*items("a", "b"), *items("c", mail="x")], batch_size=1)
        with pytest.raises(ValidationError, match=r"^Item\.views must be a whole number"):
            await Item.objects.bulk_create([*items("a", "b"), *items("c", views="x")], batch_size=1)
        with pytest.raises(ValidationError, match=r"^Item\.name must not be None"):
            await Item.objects.bulk_create([*items("a", "b"), Item()], batch_size=1)
        with pytest.raises(ValidationError) as error:
            await Item.objects.bulk_create([*items("a"), *items("b", shop=Shop(name="x"))])
    assert str(error.value) == "Item.shop is a Shop that is not saved yet; save it first."
    assert queries == []


async def test_instances_of_another_model_are_refused(db: Database) -> None:
    with capture_queries() as queries, pytest.raises(FieldError) as error:
        await Item.objects.bulk_create([Item(name="a"), Point(x=1, y=2)])

    assert str(error.value) == "bulk_create() of Item was given Point. Give instances of Item."
    assert queries == []


async def test_related_objects_saved_meanwhile_are_taken_over(db: Database) -> None:
    shop = Shop(name="a")
    new = items("a", "b", shop=shop)
    await shop.save()

    await Item.objects.bulk_create(new)

    assert await shop.items.count() == 2


async def test_a_field_may_decide_its_value_at_the_last_moment(db: Database) -> None:
    await Letter.objects.bulk_create([Letter(), Letter()])
    letter = await Letter.objects.create()

    stamps = Letter.objects.order_by("id").values_list("stamp", flat=True)

    assert await stamps.fetch() == [42, 42, 42]
    await letter.save()
    assert await stamps.all().fetch() == [42, 42, 43]


async def test_rows_of_nothing_but_defaults(db: Database) -> None:
    marks = await Mark.objects.bulk_create([Mark(), Mark(), Mark()])

    assert len({mark.pk for mark in marks}) == 3
    assert await Mark.objects.count() == 3


async def test_rows_made_in_a_transaction_go_with_it(db: Database) -> None:
    with suppress(ZeroDivisionError):
        async with atomic():
            await Item.objects.bulk_create(items("a", "b", "c"), batch_size=1)
            raise ZeroDivisionError

    assert not await Item.objects.exists()


# --- a database that returns nothing with an INSERT, such as MySQL -------------------------------


@pytest.fixture
def mute(db: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database that returns nothing with an INSERT."""
    monkeypatch.setattr(db.dialect, "returning_on_insert", False)
    for model in (Item, Point, Code, Mark):
        monkeypatch.setattr(model, "_plans", {})
    return db


@pytest.mark.databases("mysql")
async def test_without_returning_the_key_and_defaults_are_asked_for(mute: Database) -> None:
    with capture_queries() as queries:
        item = await Item.objects.create(name="a")
        given = await Item.objects.create(name="b", rank=1)

    assert not any("RETURNING" in query.sql for query in queries)
    assert [query.sql.split()[0] for query in queries] == ["INSERT", "SELECT", "INSERT"]
    assert (item.rank, given.rank) == (7, 1)
    assert await Item.objects.in_bulk() == {item.pk: item, given.pk: given}
    assert (await Mark.objects.create()).pk is not None


@pytest.mark.databases("mysql")
async def test_without_returning_many_rows_have_no_keys(mute: Database) -> None:
    with capture_queries() as queries:
        made = await Item.objects.bulk_create([*items("a", "b"), Item(id=5000, name="c")])
        await Code.objects.bulk_create([Code(code="x")])
        await Mark.objects.bulk_create([Mark(), Mark()])

    assert not any("RETURNING" in query.sql for query in queries)
    assert [item.pk for item in made] == [None, None, 5000]
    with pytest.raises(NotLoaded, match=r"^Item\.rank has not been loaded\."):
        made[0].rank  # noqa: B018
    assert await Item.objects.order_by("name").values_list("name", "rank").fetch() == [
        ("a", 7),
        ("b", 7),
        ("c", 7),
    ]
    assert await Mark.objects.count() == 2


# --- in_bulk -------------------------------------------------------------------------------------


async def test_rows_by_their_key(db: Database) -> None:
    a, b, c = await Item.objects.bulk_create(items("a", "b", "c"))

    with capture_queries() as queries:
        assert await Item.objects.in_bulk([a.pk, c.pk, 99999]) == {a.pk: a, c.pk: c}
        assert await Item.objects.in_bulk(["a", "x"], field_name="name") == {"a": a}
        assert await Item.objects.exclude(name="a").in_bulk() == {b.pk: b, c.pk: c}
    assert len(queries) == 3
    assert await Item.objects.in_bulk([]) == {}


async def test_rows_by_a_field_that_is_not_unique_are_refused(db: Database) -> None:
    with pytest.raises(FieldError, match=r"^in_bulk\(\) needs a unique field, and 'views' is not"):
        await Item.objects.in_bulk([1], field_name="views")


async def test_many_keys_are_no_matter(db: Database) -> None:
    made = await Code.objects.bulk_create([Code(code=str(n)) for n in range(3000)])

    found = await Code.objects.in_bulk([code.pk for code in made])

    assert len(found) == 3000


# --- get_or_create -------------------------------------------------------------------------------


async def test_a_row_that_is_there_is_got_with_one_query(db: Database) -> None:
    item = await Item.objects.create(name="a", views=1)

    with capture_queries() as queries:
        found, is_new = await Item.objects.get_or_create({"views": 2}, name="a")

    assert (found, is_new, found.views) == (item, False, 1)
    assert len(queries) == 1


async def test_a_row_that_is_not_there_is_made_with_two(db: Database) -> None:
    with capture_queries() as queries:
        item, is_new = await Item.objects.get_or_create(
            defaults={"views": lambda: 2}, name__exact="a", rank__lt=99
        )

    assert (item.name, item.views, item.rank, is_new) == ("a", 2, 7, True)
    assert [query.sql.split()[0] for query in queries] == ["SELECT", "INSERT"]


async def test_get_or_create_with_a_related_object(db: Database) -> None:
    shop = await Shop.objects.create(name="x")

    item, _ = await Item.objects.get_or_create(name="a", shop=shop)
    same, is_new = await Item.objects.get_or_create(name="a", shop=shop)

    assert (same, is_new) == (item, False)


async def test_somebody_elses_row_that_came_first_is_got(db: Database, rival: Database) -> None:
    item, is_new = await Item.raced.get_or_create({"views": 1}, name="a")

    assert (item.views, is_new) == (100, False)
    assert await Item.objects.count() == 1


async def test_an_error_for_another_reason_is_raised(db: Database) -> None:
    await Item.objects.create(name="a")

    with pytest.raises(IntegrityError):
        await Item.objects.get_or_create({"name": "a"}, views=5)

    assert await Item.objects.count() == 1


async def test_several_rows_are_an_error(db: Database) -> None:
    await Item.objects.bulk_create(items("a", "b"))

    with pytest.raises(Item.MultipleObjectsReturned):
        await Item.objects.get_or_create(views=0)


async def test_get_or_create_inside_a_transaction_leaves_it_usable(db: Database) -> None:
    await Item.objects.create(name="a")

    async with atomic():
        with pytest.raises(IntegrityError):
            await Item.objects.get_or_create({"name": "a"}, views=5)
        item, is_new = await Item.objects.get_or_create(name="b")

    assert is_new
    assert await Item.objects.filter(pk=item.pk).exists()


# --- update_or_create ----------------------------------------------------------------------------


async def test_the_row_to_be_updated_is_locked(db: Database) -> None:
    await Item.objects.create(name="a")

    with capture_queries() as queries:
        await Item.objects.update_or_create({"views": 2}, name="a")
        await Item.objects.select_related("shop").update_or_create({"views": 3}, name="a")
        await Item.objects.distinct().update_or_create({"views": 4}, name="a")

    locking = ["FOR UPDATE" in q.sql for q in queries if q.sql.startswith("SELECT")]
    locks = db.dialect.locks_rows
    assert locking == [locks, locks, locks and db.dialect.locks_distinct]
    assert (await Item.objects.get(name="a")).views == 4


async def test_a_row_that_is_there_is_updated(db: Database) -> None:
    item = await Item.objects.create(name="a", views=1, rank=5)

    found, is_new = await Item.objects.update_or_create({"views": lambda: 2}, name="a")

    assert (found, is_new, found.views) == (item, False, 2)
    assert await Item.objects.values_list("name", "views", "rank").fetch() == [("a", 2, 5)]


async def test_a_row_that_is_not_there_is_made_with_the_values_for_new_ones(db: Database) -> None:
    first, _ = await Item.objects.update_or_create({"views": 1}, name="a")
    second, is_new = await Item.objects.update_or_create(
        defaults={"views": 1}, create_defaults={"views": 2, "rank": 3}, name="b"
    )

    assert (first.views, second.views, second.rank, is_new) == (1, 2, 3, True)


async def test_only_what_is_set_is_written(db: Database) -> None:
    await Item.objects.create(name="a")

    with capture_queries() as queries:
        await Item.objects.update_or_create({"views": 2}, name="a")

    assert len(queries) == 2
    assert "rank" not in queries[1].sql


async def test_nothing_to_set_is_no_update(db: Database) -> None:
    await Item.objects.create(name="a")

    with capture_queries() as queries:
        _, is_new = await Item.objects.update_or_create(name="a")

    assert (is_new, len(queries)) == (False, 1)


@pytest.mark.databases("postgresql", "mysql")  # SQLite lets nobody else write meanwhile
async def test_somebody_elses_row_that_came_first_is_updated(db: Database, rival: Database) -> None:
    item, is_new = await Item.raced.update_or_create({"views": 1}, name="a")

    assert (item.views, is_new) == (1, False)
    assert await Item.objects.values_list("views", flat=True).fetch() == [1]


async def test_a_value_that_is_refused_leaves_the_row_alone(db: Database) -> None:
    await Item.objects.create(name="a")

    with pytest.raises(ValidationError):
        await Item.objects.update_or_create({"views": 2, "mail": "x"}, name="a")

    assert (await Item.objects.get()).views == 0
