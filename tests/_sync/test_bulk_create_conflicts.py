# generated from tests/_async/test_bulk_create_conflicts.py by scripts/generate_sync.py;
# change that file, not this one
"""What does bulk_create() do with rows that are there already: pass them over, or update them?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.sync import (
    CharField,
    CompositePrimaryKey,
    Database,
    DatabaseError,
    DecimalField,
    FieldError,
    ForeignKey,
    IntegerField,
    IntegrityError,
    ManyToManyField,
    Model,
    UniqueConstraint,
    UnknownField,
    capture_queries,
)


class Shop(Model):
    name = CharField(max_length=20)


class Item(Model):
    name = CharField(max_length=20, unique=True)
    code = IntegerField(null=True, unique=True)
    views = IntegerField(default=0)
    rank = IntegerField(db_default=7)
    shop = ForeignKey(Shop, null=True, related_name="items")


class Price(Model):
    item = ForeignKey(Item, related_name="prices")
    year = IntegerField()
    amount = DecimalField(max_digits=8, decimal_places=2)
    note = CharField(max_length=20, default="")

    class Meta:
        constraints = (UniqueConstraint("item", "year", name="one_price_a_year"),)


class Seat(Model):
    row = IntegerField()
    number = IntegerField()
    guest = CharField(max_length=20)
    pk = CompositePrimaryKey("row", "number")


class Loose(Model):
    """Nothing of it has to be there."""

    one = IntegerField(null=True, unique=True)
    two = IntegerField(null=True, unique=True)


class Tag(Model):
    word = CharField(max_length=20, unique=True)
    items = ManyToManyField(Item, related_name="tags")


def upserted(objs: list[Any], *fields: str, by: list[str], **options: Any) -> list[Any]:
    return type(objs[0]).objects.bulk_create(
        objs, update_conflicts=True, update_fields=list(fields), unique_fields=by, **options
    )


def stored() -> list[Any]:
    return Item.objects.order_by("name").values_list("name", "views", "rank").fetch()


# --- ignore_conflicts ----------------------------------------------------------------------------


def test_rows_that_are_there_are_passed_over(db: Database) -> None:
    Item.objects.create(name="a", views=1)

    new = [Item(name="a", views=9), Item(name="b", views=9)]
    with capture_queries() as queries:
        made = Item.objects.bulk_create(new, ignore_conflicts=True)

    assert len(queries) == 1
    assert made == new
    assert stored() == [("a", 1, 7), ("b", 9, 7)]


def test_what_may_have_been_passed_over_has_no_key(db: Database) -> None:
    made = Item.objects.bulk_create([Item(name="a"), Item(id=500, name="b")], ignore_conflicts=True)

    assert [item.pk for item in made] == [None, 500]
    assert [item._state.adding for item in made] == [True, False]


def test_only_unique_constraints_are_passed_over(db: Database) -> None:
    with pytest.raises(IntegrityError):
        Item.objects.bulk_create([Item(name="a", shop_id=999)], ignore_conflicts=True)


# --- update_conflicts ----------------------------------------------------------------------------


def test_rows_that_are_there_are_updated(db: Database) -> None:
    old = Item.objects.create(name="a", views=1, rank=1)

    with capture_queries() as queries:
        made = upserted(
            [Item(name="a", views=5, rank=5), Item(name="b", views=6, rank=6)],
            "views",
            by=["name"],
        )

    assert len(queries) == 1
    assert stored() == [("a", 5, 1), ("b", 6, 6)]
    assert made[0].pk == old.pk
    assert made[1].pk == Item.objects.get(name="b").pk
    assert not any(item._state.adding for item in made)


def test_the_key_of_the_row_that_was_there_counts(db: Database) -> None:
    old = Item.objects.create(name="a", views=1)

    (made,) = upserted([Item(id=old.pk + 100, name="a", views=5)], "views", by=["name"])

    assert made.pk == old.pk
    assert stored() == [("a", 5, 7)]


def test_a_row_can_be_known_by_its_primary_key(db: Database) -> None:
    old = Item.objects.create(name="a", views=1)

    upserted([Item(id=old.pk, name="b", views=5)], "name", "views", by=["pk"])

    assert stored() == [("b", 5, 7)]


def test_a_row_can_be_known_by_several_fields(db: Database) -> None:
    item = Item.objects.create(name="a")
    Price.objects.create(item=item, year=2025, amount="1.50", note="old")

    upserted(
        [
            Price(item=item, year=2025, amount="2.50", note="new"),
            Price(item=item, year=2026, amount="3.50", note="new"),
        ],
        "amount",
        by=["year", "item"],
    )

    found = Price.objects.order_by("year").values_list("year", "amount", "note").fetch()
    assert [(year, str(amount), note) for year, amount, note in found] == [
        (2025, "2.50", "old"),
        (2026, "3.50", "new"),
    ]


def test_a_row_can_be_known_by_a_key_of_several_columns(db: Database) -> None:
    Seat.objects.create(row=1, number=2, guest="Ann")

    made = upserted(
        [Seat(row=1, number=2, guest="Bob"), Seat(row=1, number=3, guest="Cy")], "guest", by=["pk"]
    )

    assert [seat.pk for seat in made] == [(1, 2), (1, 3)]
    assert Seat.objects.order_by("number").values_list("guest", flat=True).fetch() == [
        "Bob",
        "Cy",
    ]


def test_the_last_of_several_versions_counts(db: Database) -> None:
    made = upserted(
        [Item(name=name, views=n) for n, name in enumerate(["a", "b", "a", "b", "c", "a"])],
        "views",
        by=["name"],
    )

    assert stored() == [("a", 5, 7), ("b", 3, 7), ("c", 4, 7)]
    assert made[0].pk == made[2].pk == made[5].pk != made[1].pk


def test_null_is_known_to_be_no_row(db: Database) -> None:
    upserted([Item(name=name, code=None) for name in "abc"], "views", by=["code"])

    assert Item.objects.count() == 3


def test_another_constraint_is_an_error(db: Database) -> None:
    Item.objects.create(name="a", code=1)

    with pytest.raises(IntegrityError):
        upserted([Item(name="a", code=2, views=5)], "views", by=["code"])

    assert stored() == [("a", 0, 7)]


def test_another_constraint_is_an_error_where_all_can_be_null(db: Database) -> None:
    Loose.objects.create(one=1, two=1)

    with pytest.raises(DatabaseError):
        upserted([Loose(one=1, two=2)], "one", by=["two"])

    upserted([Loose(one=2, two=1)], "one", by=["two"])
    assert Loose.objects.values_list("one", "two").fetch() == [(2, 1)]


def test_a_relation_and_what_the_database_fills_in_can_be_updated(db: Database) -> None:
    shop = Shop.objects.create(name="East")
    Item.objects.create(name="a", rank=1)

    (made,) = upserted([Item(name="a", shop=shop)], "shop", "rank", by=["name"])

    assert made.rank == 7
    assert Item.objects.get(name="a").shop_id == shop.pk
    assert stored() == [("a", 0, 7)]


def test_many_rows_are_several_statements(db: Database) -> None:
    Item.objects.bulk_create([Item(name=str(n)) for n in range(0, 5000, 2)])

    made = upserted(
        [Item(name=str(n), views=n) for n in range(5000)], "views", by=["name"], batch_size=1500
    )

    keys = dict(Item.objects.values_list("name", "pk").fetch())
    assert {item.name: item.pk for item in made} == keys
    assert Item.objects.filter(views=0).count() == 1
    assert Item.objects.get(name="4999").views == 4999


# --- managers of relations -----------------------------------------------------------------------


def test_rows_of_an_owner_are_updated(db: Database) -> None:
    shop = Shop.objects.create(name="East")
    Item.objects.create(name="a")

    shop.items.bulk_create(
        [Item(name="a"), Item(name="b")],
        update_conflicts=True,
        update_fields=["shop"],
        unique_fields=["name"],
    )

    assert shop.items.order_by("name").values_list("name", flat=True).fetch() == ["a", "b"]


def test_rows_that_were_there_are_linked(db: Database) -> None:
    item = Item.objects.create(name="a")
    old = Tag.objects.create(word="x")

    made = item.tags.bulk_create(
        [Tag(word="x"), Tag(word="y")],
        update_conflicts=True,
        update_fields=["word"],
        unique_fields=["word"],
    )

    assert made[0].pk == old.pk
    assert item.tags.order_by("word").values_list("word", flat=True).fetch() == ["x", "y"]


def test_rows_whose_keys_are_not_known_cannot_be_linked(db: Database) -> None:
    item = Item.objects.create(name="a")

    with pytest.raises(FieldError) as caught:
        item.tags.bulk_create([Tag(word="x")], ignore_conflicts=True)

    assert str(caught.value) == (
        "bulk_create(ignore_conflicts=True) does not learn the keys of all rows, so it cannot link "
        f"them to {item!r}. Use update_conflicts=True; or create the rows first, then add() them."
    )


# --- what is refused -----------------------------------------------------------------------------

NOT_UNIQUE = (
    "Item has no unique constraint over just: views (in bulk_create(unique_fields=['views'])). "
    "It is unique by: id; name; code."
)
UPDATE = {"update_conflicts": True, "unique_fields": ["name"]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"ignore_conflicts": True, "update_conflicts": True},
            "bulk_create() cannot both ignore conflicts and update rows by them.",
        ),
        (
            {"update_fields": ["views"]},
            "bulk_create(update_fields=…) says how rows are updated that are there already. "
            "Add update_conflicts=True, or leave it out.",
        ),
        (
            {"ignore_conflicts": True, "unique_fields": ["name"]},
            "bulk_create(unique_fields=…) says how rows are updated that are there already. "
            "Add update_conflicts=True, or leave it out.",
        ),
        (
            UPDATE,
            "bulk_create(update_conflicts=True) does not say what is updated. "
            'Write update_fields=["…"].',
        ),
        (
            {**UPDATE, "update_fields": "views"},
            "bulk_create(update_fields='views') is a string, not a list. "
            "Write update_fields=['views'].",
        ),
        (
            {**UPDATE, "update_fields": ["views", "pk"]},
            "bulk_create() cannot update Item.id, the primary key. Leave it out of update_fields.",
        ),
        (
            {"update_conflicts": True, "update_fields": ["name"], "unique_fields": ["views"]},
            NOT_UNIQUE,
        ),
    ],
)
def test_options_that_make_no_sense_are_refused(
    db: Database, options: dict[str, Any], message: str
) -> None:
    with capture_queries() as queries, pytest.raises(FieldError) as caught:
        Item.objects.bulk_create([Item(name="a")], **options)

    assert str(caught.value) == message
    assert queries == []


def test_an_unknown_name_is_refused(db: Database) -> None:
    with pytest.raises(UnknownField) as caught:
        upserted([Item(name="a")], "view", by=["name"])

    assert str(caught.value).startswith(
        "Item has no field 'view' (in bulk_create(update_fields=['view'])). Did you mean 'views'?"
    )


def test_without_unique_fields_it_is_any_constraint_where_the_database_can(
    db: Database,
) -> None:
    Item.objects.create(name="a")
    rows = [Item(name="a", views=5)]
    if not db.dialect.names_conflicts:
        Item.objects.bulk_create(rows, update_conflicts=True, update_fields=["views"])
        assert stored() == [("a", 5, 7)]
        return

    with pytest.raises(FieldError) as caught:
        Item.objects.bulk_create(rows, update_conflicts=True, update_fields=["views"])

    assert str(caught.value) == (
        "bulk_create(update_conflicts=True) does not say by which fields rows are the same. "
        "Write unique_fields=[…]. Item is unique by: id; name; code."
    )
