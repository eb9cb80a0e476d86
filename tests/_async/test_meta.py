"""What does each word of ``class Meta`` do?"""

from __future__ import annotations

import pytest

from covet.aio import (
    CharField,
    CheckConstraint,
    Database,
    F,
    ForeignKey,
    Index,
    IntegerField,
    IntegrityError,
    Model,
    ModelError,
    Q,
    UniqueConstraint,
    UnknownField,
    create_tables,
    drop_tables,
)


class Common(Model):
    """What the models below inherit their Meta from."""

    position = IntegerField(default=0)

    class Meta:
        abstract = True
        app_label = "Shop"
        ordering = ["-position"]
        verbose_name = "thing"
        default_related_name = "%(class)s_list"


class Owner(Model):
    name = CharField(max_length=20)

    class Meta:
        app_label = "shop"


class Ware(Common):
    name = CharField(max_length=20)
    owner = ForeignKey(Owner)


class Tool(Common):
    owner = ForeignKey(Owner)

    class Meta(Common.Meta):
        db_table = "Own_Tools"


class Seat(Model):
    row = CharField(max_length=2)
    number = IntegerField()
    price = IntegerField(default=0)
    guest = CharField(max_length=20, null=True)

    class Meta:
        unique_together = ("row", "number")
        indexes = [Index("guest", "-price"), Index(fields=["price"], name="seat_by_price")]
        constraints = [
            CheckConstraint(Q(price__gte=0) & ~Q(row="X"), name="seat_price_not_negative"),
            UniqueConstraint("guest", name="seat_one_per_guest"),
        ]


def tables(*models: type[Model]) -> list[str]:
    return [model._table.name for model in models]


# --- names ---------------------------------------------------------------------------------------


def test_a_table_is_named_by_its_app_and_model_in_lower_case() -> None:
    class BlogPost(Model): ...

    assert tables(BlogPost, Owner, Ware, Tool) == [
        "blogpost",
        "shop_owner",
        "shop_ware",
        "Own_Tools",
    ]


async def test_rows_are_in_the_table_of_that_name(db: Database) -> None:
    owner = await Owner.objects.create(name="Ann")
    await Tool.objects.create(owner=owner)

    quote = db.dialect.quote
    rows = await db.fetch(f"select owner_id from {quote}Own_Tools{quote}")

    assert [row.owner_id for row in rows] == [owner.pk]


def test_verbose_names_are_kept() -> None:
    class Person(Model):
        class Meta:
            verbose_name = "human being"
            verbose_name_plural = "people"

    options = Person._table.options

    assert (options.verbose_name, options.verbose_name_plural) == ("human being", "people")


async def test_two_models_of_one_table_are_refused(db: Database) -> None:
    class Person(Model): ...

    class Human(Model):
        class Meta:
            db_table = "PERSON"

    with pytest.raises(ModelError) as error:
        await create_tables(Person, Human)

    assert str(error.value) == (
        f"{Person._table.label} and {Human._table.label} both have the table 'PERSON'. "
        "Give one of them Meta.db_table or Meta.app_label."
    )


# --- inheritance ---------------------------------------------------------------------------------


def test_a_model_without_a_meta_inherits_its_parents() -> None:
    options = Ware._table.options

    assert (options.app_label, options.ordering) == ("Shop", ("-position",))
    assert options.abstract is False


def test_what_names_one_model_is_not_inherited() -> None:
    assert Ware._table.options.verbose_name is None
    assert (Ware._table.verbose_name, Ware._table.verbose_name_plural) == ("ware", "wares")
    assert Tool._table.options.verbose_name is None


def test_a_meta_may_extend_its_parents() -> None:
    options = Tool._table.options

    assert (options.db_table, options.ordering) == ("Own_Tools", ("-position",))


def test_a_meta_that_extends_nothing_begins_afresh_in_the_same_app() -> None:
    class Bolt(Common):
        class Meta:
            db_table_comment = "bolts"

    assert Bolt._table.options.ordering == ()
    assert Bolt._table.name == "shop_bolt"


def test_a_mixins_meta_counts_where_the_model_has_none() -> None:
    class Newest:
        class Meta:
            ordering = ["-id"]

    class Bolt(Newest, Model): ...

    assert Bolt._table.options.ordering == ("-id",)


def test_the_default_related_name_is_that_of_each_heir() -> None:
    owner = Owner(id=1)

    assert owner.ware_list.model is Ware
    assert owner.tool_list.model is Tool


# --- order ---------------------------------------------------------------------------------------


async def test_rows_come_in_the_models_order(db: Database) -> None:
    owner = await Owner.objects.create(name="Ann")
    for position, name in enumerate(["nut", "oil", "pot"]):
        await Ware.objects.create(name=name, position=position, owner=owner)

    rows = Ware.objects.values_list("name", flat=True)

    assert await rows.fetch() == ["pot", "oil", "nut"]
    assert await rows.reverse().fetch() == ["nut", "oil", "pot"]
    assert (await Ware.objects.first()).name == "pot"
    assert await Ware.objects.order_by("name").values_list("name", flat=True).fetch() == [
        "nut",
        "oil",
        "pot",
    ]


async def test_an_order_may_be_an_expression(db: Database) -> None:
    class Bolt(Model):
        guest = CharField(max_length=20, null=True)

        class Meta:
            db_table = "seat"
            ordering = [F("guest").desc(nulls_first=True), "id"]

    await Seat.objects.bulk_create([Seat(row="A", number=n, guest=g) for n, g in enumerate("ab")])
    await Seat.objects.create(row="A", number=9)

    assert await Bolt.objects.values_list("guest", flat=True).fetch() == [None, "b", "a"]


def test_an_order_by_an_unknown_field_is_refused() -> None:
    with pytest.raises(UnknownField) as error:

        class Bolt(Model):
            name = CharField(max_length=20)

            class Meta:
                ordering = ["-nam"]

    assert str(error.value) == (
        "Bolt has no field 'nam' (in Meta.ordering). Did you mean 'name'? Fields: id, name."
    )


def test_an_order_that_is_a_string_is_refused() -> None:
    with pytest.raises(ModelError) as error:

        class Bolt(Model):
            class Meta:
                ordering = "id"

    assert str(error.value) == (
        "Bolt.Meta.ordering is the string 'id', not a list. Write ordering = ['id']."
    )


def test_get_latest_by_is_one_name_or_several() -> None:
    class Bolt(Model):
        class Meta:
            get_latest_by = "id"

    class Nut(Model):
        class Meta:
            get_latest_by = ["-id", "pk"]

    assert Bolt._table.options.get_latest_by == ("id",)
    assert Nut._table.options.get_latest_by == ("-id", "pk")
    with pytest.raises(UnknownField, match=r"^Pot has no field 'made' \(in Meta\.get_latest_by\)"):
        type(Model)("Pot", (Model,), {"Meta": type("Meta", (), {"get_latest_by": "made"})})


# --- rules ---------------------------------------------------------------------------------------


async def test_unique_together_is_kept_by_the_database(db: Database) -> None:
    await Seat.objects.create(row="A", number=1)
    await Seat.objects.create(row="A", number=2)

    with pytest.raises(IntegrityError):
        await Seat.objects.create(row="A", number=1)

    assert await Seat.objects.count() == 2


@pytest.mark.parametrize("values", [{"row": "A", "price": -1}, {"row": "X", "price": 1}])
async def test_a_check_constraint_is_kept_by_the_database(
    db: Database, values: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError, match="seat_price_not_negative"):
        await Seat.objects.create(number=1, **values)

    assert not await Seat.objects.exists()


async def test_a_unique_constraint_lets_many_be_null(db: Database) -> None:
    await Seat.objects.create(row="A", number=1, guest=None)
    await Seat.objects.create(row="A", number=2, guest=None)
    await Seat.objects.create(row="A", number=3, guest="Ann")

    with pytest.raises(IntegrityError):
        await Seat.objects.create(row="A", number=4, guest="Ann")


def test_groups_of_unique_together_may_be_several() -> None:
    class Bolt(Model):
        a = IntegerField()
        b = IntegerField()

        class Meta:
            unique_together = [("a", "b"), ["b", "id"]]

    assert Bolt._table.options.unique_together == (("a", "b"), ("b", "id"))


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("unique_together", ["nam", "id"]),
        ("indexes", [Index("-nam")]),
        ("constraints", [UniqueConstraint("nam")]),
    ],
)
def test_a_rule_over_an_unknown_field_is_refused(word: str, value: object) -> None:
    with pytest.raises(UnknownField) as error:
        type(Model)(
            "Bolt",
            (Model,),
            {"name": CharField(max_length=20), "Meta": type("Meta", (), {word: value})},
        )

    assert str(error.value) == (
        f"Bolt has no field 'nam' (in Meta.{word}). Did you mean 'name'? Fields: id, name."
    )


def test_rules_of_another_kind_are_refused() -> None:
    with pytest.raises(ModelError) as error:

        class Bolt(Model):
            class Meta:
                constraints = [Index("id")]

    assert str(error.value) == (
        "Bolt.Meta.constraints holds Index('id'), which is not a constraint. "
        "Use UniqueConstraint or CheckConstraint."
    )
    with pytest.raises(ModelError) as error:

        class Nut(Model):
            class Meta:
                indexes = ["id"]

    assert str(error.value) == "Nut.Meta.indexes holds 'id', which is not an Index."


def test_rules_without_anything_to_rule_are_refused() -> None:
    with pytest.raises(ModelError, match=r"^An Index names no field\. Write Index\(\"title\"\)\.$"):
        Index()
    with pytest.raises(ModelError, match=r"^A UniqueConstraint names no field\. "):
        UniqueConstraint(name="nothing")
    with pytest.raises(ModelError) as error:
        CheckConstraint(Q(), name="nothing")
    assert str(error.value) == (
        "A CheckConstraint needs a condition, not Q(). "
        "Write CheckConstraint(Q(views__gte=0), name=…)."
    )


# --- others --------------------------------------------------------------------------------------


def test_an_unknown_word_is_refused_with_the_nearest() -> None:
    with pytest.raises(ModelError) as error:

        class Bolt(Model):
            class Meta:
                orderin = ["id"]

    assert str(error.value) == "Bolt.Meta has no option 'orderin'. Did you mean 'ordering'?"
    assert error.value.possible[:3] == ("abstract", "app_label", "constraints")


def test_an_unknown_word_that_is_near_to_none_is_refused_with_all() -> None:
    with pytest.raises(ModelError) as error:

        class Bolt(Model):
            class Meta:
                zap = True

    assert str(error.value) == (
        "Bolt.Meta has no option 'zap'. Options: abstract, app_label, constraints, db_table, "
        "db_table_comment, default_related_name, get_latest_by, indexes, managed, "
        "order_with_respect_to, ordering, proxy, unique_together, verbose_name, "
        "verbose_name_plural."
    )


async def test_tables_of_unmanaged_models_are_made_only_when_named(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for known in ("models", "named", "pending"):
        monkeypatch.setattr(Model._registry, known, {})

    class Bolt(Model): ...

    class Nut(Model):
        class Meta:
            managed = False

    assert await create_tables() == ["bolt"]
    assert await create_tables() == []
    assert await create_tables(Nut) == ["nut"]
    assert await drop_tables() == ["bolt"]
    assert await drop_tables(Bolt, Nut) == ["nut"]
