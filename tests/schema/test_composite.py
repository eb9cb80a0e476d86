"""Which composite keys can be declared, and what is said of those that cannot?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.aio import (
    DB_SET_NULL,
    SET_NULL,
    AutoField,
    CharField,
    CompositePrimaryKey,
    ForeignKey,
    IntegerField,
    Manager,
    Model,
    OneToOneField,
    UniqueConstraint,
)
from covet.errors import ModelError
from covet.schema.registry import columns


class Tenant(Model):
    name = CharField(max_length=20)


class Order(Model):
    pk = CompositePrimaryKey("tenant", "number")
    tenant = ForeignKey(Tenant)
    number = IntegerField()


class Numbered(Model):
    """An abstract model with such a key."""

    pk = CompositePrimaryKey("tenant", "number")
    tenant = ForeignKey(Tenant, related_name="+")
    number = IntegerField()

    class Meta:
        abstract = True


def declared(*names: Any, **fields: Any) -> type[Any]:
    """A model with a composite key of these names."""
    body = {
        "__module__": __name__,
        "__qualname__": "test.Made",
        "pk": CompositePrimaryKey(*names),
        "a": IntegerField(),
        "b": IntegerField(),
        "empty": IntegerField(null=True),
    }
    return type(Model)("Made", (Model,), body | fields)


def pointing(**fields: Any) -> type[Any]:
    """A model with these fields, one of which points to an order."""
    body = {"__module__": __name__, "__qualname__": "test.Pointing"}
    return type(Model)("Pointing", (Model,), body | fields)


def refused(make: Any, *args: Any, **fields: Any) -> str:
    """What is said of a model that cannot be."""
    with pytest.raises(ModelError) as caught:
        make(*args, **fields)
    return str(caught.value)


def test_a_key_has_no_column_and_needs_no_id() -> None:
    assert [field.column for field in Order._table.fields] == ["tenant_id", "number"]
    assert Order._table.auto_field is None


def test_components_go_by_name_or_attname() -> None:
    made = declared("a", "owner_id", owner=ForeignKey(Tenant, related_name="+"))

    assert [field.name for field in made._table.pk.members] == ["a", "owner"]


@pytest.mark.parametrize(
    ("names", "wrong"),
    [
        (("a",), "is a CompositePrimaryKey of ('a',). Name two fields or more"),
        ((), "Name two fields or more"),
        (("a", "a"), "Name two fields or more, each once"),
        (("a", 5), "Name two fields or more"),
        (("a", "bb"), "names 'bb', which is no field of Made. Did you mean 'b'?"),
        (("a", "other"), "names 'other', which is no field of Made. Fields: a, b, empty."),
        (("a", "empty"), "names 'empty', which can be null. Take null=True away from empty."),
    ],
)
def test_names_that_make_no_key(names: tuple[Any, ...], wrong: str) -> None:
    assert wrong in refused(declared, *names)


def test_a_field_is_named_once() -> None:
    owner = ForeignKey(Tenant, related_name="+")

    assert "names a field twice" in refused(declared, "owner", "owner_id", owner=owner)


def test_there_is_one_primary_key() -> None:
    own = IntegerField(primary_key=True)
    assert "Made.own has primary_key=True" in refused(declared, "a", "b", own=own)
    own = AutoField(primary_key=True)
    assert "Made.own has primary_key=True" in refused(declared, "own", "b", own=own)
    second = CompositePrimaryKey("a", "b")
    said = refused(declared, "a", "b", key=second)
    assert said.startswith("Made.key is a CompositePrimaryKey, which has to be called 'pk'.")


def test_abstract_models_hand_it_down() -> None:
    class First(Numbered):
        class Meta:
            ordering = ("-pk",)

    class Second(Numbered):
        number = CharField(max_length=5)
        objects = Manager()

    assert First._table.pk is not Second._table.pk
    assert [f.kind for f in Second._table.pk.members] == ["foreignkey", "char"]
    assert Second(pk=(1, "x")).pk == (1, "x")


def test_twins_agree_in_the_key() -> None:
    assert columns(Order._table) == [
        "order.tenant_id foreignkey",
        "order.number integer",
        "order primary key (tenant, number)",
    ]


def test_twins_agree_in_shared_columns() -> None:
    shared = ForeignKey(Order, from_fields=("a", "b"), related_name="+")
    made = pointing(shared=shared, a=IntegerField(), b=IntegerField(null=True))

    assert "pointing.shared_id foreignkey from (a, b)" in columns(made._table)


# --- foreign keys to them ------------------------------------------------------------------------


def test_a_relation_takes_a_column_for_each_part() -> None:
    made = pointing(order=ForeignKey(Order, null=True, related_name="+"))

    found = [(f.name, f.column, f.null) for f in made._table.fields]
    assert found == [
        ("id", "id", False),
        ("order_tenant_id", "order_tenant_id", True),
        ("order_number", "order_number", True),
    ]
    assert columns(made._table) == ["pointing.id bigauto", "pointing.order_id foreignkey null"]


def test_the_target_may_come_later() -> None:
    class Early(Model):
        late = ForeignKey("Late", related_name="+")

    assert [f.name for f in Early._table.fields] == ["id", "late"]

    class Late(Model):
        pk = CompositePrimaryKey("a", "b")
        a = IntegerField()
        b = IntegerField()

    assert [f.name for f in Early._table.fields] == ["id", "late_a", "late_b"]
    assert Early(late_a=1, late_b=2).late_id == (1, 2)  # type: ignore[attr-defined]


def test_a_target_that_is_named_from_elsewhere_is_found_for_the_first_instance() -> None:
    def outer() -> type[Any]:
        class Away(Model):
            far = ForeignKey("FarAway", related_name="+")

        return Away

    away = outer()

    class FarAway(Model):
        pk = CompositePrimaryKey("a", "b")
        a = IntegerField()
        b = IntegerField()

    assert away(far_a=1, far_b=2).far_id == (1, 2)


def test_what_points_to_a_relation_that_is_a_primary_key_follows_it() -> None:
    class Box(Model):
        trip = ForeignKey("Trip", related_name="+")

    class Trip(Model):
        order = OneToOneField("Journey", primary_key=True, related_name="+")

    assert [f.column for f in Box._table.fields] == ["id", "trip_id"]

    class Journey(Model):
        pk = CompositePrimaryKey("a", "b")
        a = IntegerField()
        b = CharField(max_length=5)

    assert [f.column for f in Trip._table.fields] == ["order_a", "order_b"]
    assert [f.column for f in Box._table.fields] == ["id", "trip_order_a", "trip_order_b"]
    assert Trip(pk=(1, "x")).pk == (1, "x")
    assert Box(trip=Trip(pk=(1, "x"))).trip_id == (1, "x")  # type: ignore[attr-defined]


def test_a_target_that_is_declared_again_may_have_another_key() -> None:
    def target(**fields: Any) -> type[Any]:
        body = {"__module__": __name__, "__qualname__": "test.Again"}
        return type(Model)("Again", (Model,), body | fields)

    first = target(pk=CompositePrimaryKey("a", "b"), a=IntegerField(), b=IntegerField())
    made = pointing(again=ForeignKey(first, related_name="+"))
    assert made(again_id=(1, 2)).again_a == 1

    target(name=CharField(max_length=5))
    assert [f.column for f in made._table.fields] == ["id", "again_id"]
    assert made(again_id=5).again_id == 5

    target(pk=CompositePrimaryKey("b", "c"), b=IntegerField(), c=IntegerField())
    assert [f.column for f in made._table.fields] == ["id", "again_b", "again_c"]
    assert made(again_id=(5, 6)).again_c == 6


def test_constraints_may_name_the_relation() -> None:
    class Meta:
        constraints = (UniqueConstraint("order", "place"),)

    made = pointing(order=ForeignKey(Order, related_name="+"), place=IntegerField(), Meta=Meta)
    assert "order_number" in made._table.names


def test_own_columns_are_not_those_of_other_fields() -> None:
    order = ForeignKey(Order, related_name="+")

    said = refused(pointing, order=order, order_number=IntegerField())
    assert said == (
        "Pointing.order needs a column 'order_number', and Pointing has a field of that name. "
        "If it holds that part of the key, say so with from_fields=(…)."
    )


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"db_column": "x"}, "has db_column, and the key of Order has several columns"),
        ({"default": (1, 2)}, "has default, and the key of Order has several columns"),
        ({"from_fields": ("a",)}, "and the key of Order has the parts tenant, number"),
        ({"from_fields": "ab"}, "and the key of Order has the parts tenant, number"),
        ({"from_fields": ("a", "d")}, "names 'd' in from_fields, which is no field of Pointing"),
        ({"from_fields": ("a", "order")}, "names 'order' in from_fields"),
        (
            {"from_fields": ("a", "b"), "on_delete": DB_SET_NULL},
            "has on_delete=DB_SET_NULL, and not all of its from_fields can be null",
        ),
        ({"from_fields": ("a", "c"), "on_delete": SET_NULL}, "has on_delete=SET_NULL but cannot"),
    ],
)
def test_options_that_do_not_go_together(options: dict[str, Any], wrong: str) -> None:
    order = ForeignKey(Order, related_name="+", **options)

    a, b, c = IntegerField(), IntegerField(null=True), IntegerField()
    said = refused(pointing, order=order, a=a, b=b, c=c)
    assert said.startswith("Pointing.order ")
    assert wrong in said


def test_a_plain_key_takes_no_from_fields() -> None:
    tenant = ForeignKey(Tenant, from_fields=("a",), related_name="+")

    said = refused(pointing, tenant=tenant, a=IntegerField())
    assert "has from_fields, but the key of Tenant is one column" in said


def test_a_wide_relation_is_no_part_of_a_key() -> None:
    pk: Any = CompositePrimaryKey("order", "place")
    order = ForeignKey(Order, related_name="+")

    said = refused(pointing, pk=pk, order=order, place=IntegerField())
    assert "Pointing.order is part of the primary key, and has several columns itself" in said


def test_it_can_be_null_if_one_of_its_columns_can() -> None:
    order = ForeignKey(Order, related_name="+", from_fields=("a", "b"))
    made = pointing(order=order, a=IntegerField(), b=IntegerField(null=True))

    assert made._table.names["order"].null
    assert [f.name for f in made._table.fields] == ["id", "a", "b"]
    assert made(a=1).order_id is None
    assert made(a=1, b=2, order=None).a == 1
