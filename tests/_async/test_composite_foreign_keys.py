"""How do rows point to rows whose primary key has several columns, and back?"""

from __future__ import annotations

import copy
import pickle
from typing import Any
from uuid import UUID

import pytest

from covet.aio import (
    FETCH_RAISE,
    CharField,
    CompositePrimaryKey,
    Database,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    IntegrityError,
    ManyToManyField,
    Model,
    NotLoaded,
    OneToOneField,
    Prefetch,
    UUIDField,
    ValidationError,
    capture_queries,
    loaded,
    related_choices,
)


class Tenant(Model):
    name = CharField(max_length=20)


class Remark(Model):
    """It names a model that comes later, so it has no columns for the key until then."""

    text = CharField(max_length=20)
    order = ForeignKey("Order", null=True, on_delete="SET_NULL", related_name="remarks")


class Order(Model):
    pk = CompositePrimaryKey("tenant", "number")
    tenant = ForeignKey(Tenant, related_name="orders")
    number = IntegerField()
    note = CharField(max_length=20, default="")
    parent = ForeignKey("self", null=True, related_name="children")


class Line(Model):
    order = ForeignKey(Order, related_name="lines")
    text = CharField(max_length=20, default="")


class Step(Model):
    """It shares the column of the tenant with other relations, and has a key of three columns."""

    pk = CompositePrimaryKey("tenant_id", "order_number", "place")
    tenant = ForeignKey(Tenant, related_name="steps")
    order_number = IntegerField()
    other_number = IntegerField(null=True)
    place = IntegerField()
    order = ForeignKey(Order, from_fields=("tenant", "order_number"), related_name="steps")
    other = ForeignKey(Order, from_fields=("tenant", "other_number"), related_name="+")


class Invoice(Model):
    order = OneToOneField(Order, related_name="invoice")
    total = IntegerField(default=0)


class Shipment(Model):
    """Its primary key is the relation."""

    order = OneToOneField(Order, primary_key=True, related_name="shipment")
    carrier = CharField(max_length=20, default="")


class Parcel(Model):
    shipment = ForeignKey(Shipment, related_name="parcels")


class Label(Model):
    word = CharField(max_length=20)
    orders = ManyToManyField(Order, related_name="labels")


class Group(Model):
    pk = CompositePrimaryKey("code", "token")
    code = CharField(max_length=5)
    token = UUIDField()
    orders = ManyToManyField(Order, related_name="groups")
    groups = ManyToManyField("self")


class Stop(Model):
    """Its place among those of its order is kept, and its own key has several columns as well."""

    pk = CompositePrimaryKey("town", "day")
    town = CharField(max_length=20)
    day = IntegerField()
    order = ForeignKey(Order, related_name="stops", limit_choices_to={"number__gt": 1})

    class Meta:
        order_with_respect_to = "order"
        unique_together = (("order", "town"),)


async def made(count: int = 2, name: str = "Ann") -> list[Order]:
    tenant = await Tenant.objects.create(name=name)
    return await Order.objects.bulk_create(
        [Order(tenant=tenant, number=n) for n in range(1, count + 1)]
    )


# --- instances -----------------------------------------------------------------------------------


async def test_the_key_is_a_tuple_with_a_column_for_each_part(db: Database) -> None:
    one, two = await made()
    line: Any = Line(order=one)
    assert line.order_id == one.pk
    assert (line.order_tenant_id, line.order_number) == one.pk

    line.order_id = two.pk
    assert line.order_number == 2
    line.order_number = None
    assert line.order_id is None
    assert Line(order_id=one.pk).order_id == one.pk
    assert Line(order_tenant_id=1, order_number=2).order_id == (1, 2)
    assert Line().order_id is None


async def test_wrong_keys_and_objects_are_refused(db: Database) -> None:
    (one,) = await made(1)

    with pytest.raises(ValidationError, match=r"Line.order must be a tuple \(order_tenant_id, "):
        Line(order_id=5)
    with pytest.raises(ValidationError, match=r"Line.order must be an Order, not"):
        Line(order=await Tenant.objects.get())
    with pytest.raises(ValidationError, match=r"Line.order_number"):
        await Line(order_id=(one.pk[0], "x")).save()
    with pytest.raises(ValidationError, match="must not be None"):
        await Line().save()


async def test_an_object_that_is_saved_later_gives_its_key(db: Database) -> None:
    tenant = await Tenant.objects.create(name="Ann")
    order = Order(tenant=tenant)
    line = Line(order=order)
    with pytest.raises(ValidationError, match="is an Order that is not saved yet"):
        await line.save()
    order.number = 4
    await order.save()
    await line.save()

    assert (await Line.objects.get()).order_id == order.pk


async def test_copies_and_pickles(db: Database) -> None:
    (one,) = await made(1)
    line = await Line.objects.create(order=one)
    again = pickle.loads(pickle.dumps(copy.copy(line)))

    assert again.order_id == one.pk
    assert await again.order == one


# --- there ---------------------------------------------------------------------------------------


async def test_the_object_is_loaded_for_all_peers_with_one_query(db: Database) -> None:
    orders = await made(3)
    await Line.objects.bulk_create([Line(order=order) for order in orders])
    lines = await Line.objects.order_by("id").fetch()

    with capture_queries() as queries:
        assert [(await line.order).number for line in lines] == [1, 2, 3]
    assert len(queries) == 1
    lines[0].order_number = 2
    assert (await lines[0].order).number == 2


async def test_a_key_that_was_assigned_is_followed(db: Database) -> None:
    one, two = await made()
    line = await Line.objects.create(order=one)
    line.order_id = list(two.pk)

    assert (await line.order).number == 2
    line.order_id = (one.pk[0], 99)
    with pytest.raises(Order.DoesNotExist, match=r"Order.objects.get\(pk=\(\d+, 99\)\)"):
        await line.order


async def test_an_empty_key_needs_no_query(db: Database) -> None:
    await Remark.objects.create(text="a")
    remark = await Remark.objects.get()

    with capture_queries() as queries:
        assert await remark.order is None
        assert remark.order_id is None
    assert queries == []


async def test_the_fetch_mode_counts(db: Database) -> None:
    (one,) = await made(1)
    await Line.objects.create(order=one)
    line = await Line.objects.fetch_mode(FETCH_RAISE).get()

    with pytest.raises(NotLoaded, match="select_related"):
        await line.order


async def test_the_object_is_selected_with_the_row(db: Database) -> None:
    one, _ = await made()
    await Remark.objects.create(text="a", order=one)
    await Remark.objects.create(text="b")

    with capture_queries() as queries:
        remarks = await Remark.objects.select_related("order__tenant").order_by("text").fetch()
        assert loaded(remarks[0].order) == one
        assert (await (await remarks[0].order).tenant).name == "Ann"
        assert await remarks[1].order is None
    assert len(queries) == 1


async def test_the_object_is_prefetched(db: Database) -> None:
    one, two = await made()
    for order in (one, two, one):
        await Line.objects.create(order=order)

    with capture_queries() as queries:
        rows: Any = Line.objects.order_by("id").prefetch_related("order__lines")
        lines = await rows.fetch()
        assert [len(loaded(line.order).lines.all()) for line in lines] == [2, 1, 2]
    assert len(queries) == 3


async def test_what_is_loaded_is_read_again(db: Database) -> None:
    one, two = await made()
    line = await Line.objects.create(order=one)
    await Line.objects.update(order=two)
    await line.refresh_from_db()
    assert line.order_id == two.pk

    assert (await line.order).number == 2
    await Line.objects.update(order_id=one.pk)
    await line.refresh_from_db(fields=["order"])
    assert (await line.order).number == 1


async def test_only_the_relation_is_saved(db: Database) -> None:
    one, two = await made()
    line = await Line.objects.create(order=one, text="a")
    line.order, line.text = two, "b"
    await line.save(update_fields=["order"])

    assert await Line.objects.values_list("order", "text").get() == (two.pk, "a")


async def test_columns_that_are_left_out(db: Database) -> None:
    one, two = await made()
    await Line.objects.bulk_create([Line(order=one, text="a"), Line(order=two, text="b")])

    for rows in (Line.objects.only("text"), Line.objects.defer("order")):
        lines = await rows.order_by("id").fetch()
        assert lines[0].get_deferred_fields() == {"order_tenant_id", "order_number"}
        with capture_queries() as queries:
            assert [(await line.order).number for line in lines] == [1, 2]
            assert lines[0].order_id == one.pk
        assert len(queries) == 2
    for rows in (Line.objects.only("order"), Line.objects.defer("text")):
        line = await rows.get(text="a")
        assert line.get_deferred_fields() == {"text"}
        assert line.order_id == one.pk
    line = await Line.objects.select_related("order").only("order__note").get(text="a")
    assert line.get_deferred_fields() == {"text"}
    assert loaded(line.order).get_deferred_fields() == {"parent_tenant_id", "parent_number"}
    assert loaded(line.order).pk == one.pk
    with pytest.raises(FieldError, match="both deferred and traversed"):
        await Line.objects.select_related("order").defer("order").fetch()


async def test_columns_that_are_left_out_of_rows_found_back(db: Database) -> None:
    one, two = await made()
    await Line.objects.bulk_create([Line(order=one, text="a"), Line(order=two, text="b")])

    rows: Any = Order.objects.order_by("pk").prefetch_related(
        Prefetch("lines", Line.objects.only("text"))
    )
    found = await rows.fetch()
    with capture_queries() as queries:
        assert [[line.text for line in order.lines.all()] for order in found] == [["a"], ["b"]]
        assert await found[0].lines.all()[0].order is found[0]
    assert queries == []
    lazy = await Line.objects.only("text").get(text="a")
    await lazy.refresh_from_db(fields=["order"])
    assert lazy.order_id == one.pk


async def test_the_key_is_no_annotation(db: Database) -> None:
    with pytest.raises(FieldError, match="is a key of several columns"):
        await Line.objects.annotate(key=F("order")).fetch()
    (one,) = await made(1)
    await Line.objects.create(order=one)
    rows: Any = Line.objects.annotate(number=F("order__number")).order_by("number")
    assert (await rows.get(order=one)).number == 1
    assert await rows.values("order", "number") == [{"order": one.pk, "number": 1}]


# --- back ----------------------------------------------------------------------------------------


async def test_the_manager_of_the_rows_that_point_here(db: Database) -> None:
    one, two = await made()
    first = await one.lines.create(text="a")
    await one.lines.bulk_create([Line(text="b")])
    assert await first.order is one
    found, is_new = await one.lines.get_or_create(text="b")
    assert not is_new
    found, is_new = await one.lines.update_or_create(text="c", defaults={"text": "d"})
    assert is_new

    assert await one.lines.order_by("text").values_list("text", flat=True) == ["a", "b", "d"]
    assert await one.lines.count() == 3
    await two.lines.add(found)
    assert await two.lines.values_list("text", flat=True) == ["d"]


async def test_rows_that_may_point_nowhere(db: Database) -> None:
    one, two = await made()
    a, b = [await one.remarks.create(text=text) for text in "ab"]
    await one.remarks.remove(a)
    assert (await Remark.objects.get(text="a")).order_id is None
    await two.remarks.set([a, b])
    assert await two.remarks.count() == 2
    await two.remarks.clear()
    assert await Remark.objects.filter(order=None).count() == 2


async def test_rows_are_loaded_for_many_at_once(db: Database) -> None:
    orders = await made(3)
    await Line.objects.bulk_create([Line(order=order) for order in orders for _ in range(2)])

    with capture_queries() as queries:
        for order in await Order.objects.order_by("pk"):
            lines = await order.lines.all()
            assert [line.order_id for line in lines] == [order.pk] * 2
    assert len(queries) == 3  # the orders, those of the first, those of all others


async def test_rows_are_prefetched_and_sliced(db: Database) -> None:
    orders = await made(3)
    await Line.objects.bulk_create([Line(order=o, text=t) for o in orders[:2] for t in "abc"])

    with capture_queries() as queries:
        best = Prefetch("lines", Line.objects.order_by("-text")[:2], to_attr="last")
        rows: Any = Order.objects.order_by("pk").prefetch_related("lines", best)
        found = await rows.fetch()
        assert [[line.text for line in order.last] for order in found] == [["c", "b"]] * 2 + [[]]
        assert [len(order.lines.all()) for order in found] == [3, 3, 0]
        assert await found[0].lines.all()[0].order is found[0]
    assert len(queries) == 3


async def test_a_relation_to_itself(db: Database) -> None:
    one, two = await made()
    two.parent = one
    await two.save()

    assert await one.children.get() == two
    assert (await (await Order.objects.get(parent__number=1)).parent) == one
    assert [o.pk for o in await Order.objects.filter(children=two)] == [one.pk]
    assert [o.pk for o in await Order.objects.filter(parent__isnull=True)] == [one.pk]


async def test_one_to_one(db: Database) -> None:
    one, two = await made()
    await Invoice.objects.create(order=one, total=5)
    with pytest.raises(IntegrityError):
        await Invoice.objects.create(order=one)

    order = await Order.objects.get(pk=one.pk)
    assert (await order.invoice).total == 5
    with pytest.raises(Order.invoice.way.target_model.DoesNotExist):
        await (await Order.objects.get(pk=two.pk)).invoice
    with capture_queries() as queries:
        found = await Order.objects.select_related("invoice").order_by("pk").fetch()
        assert (await found[0].invoice).total == 5
        assert await (await found[0].invoice).order is found[0]
    assert len(queries) == 1
    assert await Order.objects.filter(invoice__total=5).values_list("number", flat=True) == [1]
    assert await Order.objects.filter(invoice=None).values_list("number", flat=True) == [2]


async def test_a_relation_that_is_the_primary_key(db: Database) -> None:
    one, two = await made()
    shipment = await Shipment.objects.create(order=one, carrier="x")
    parcel = await Parcel.objects.create(shipment=shipment)

    assert shipment.pk == one.pk
    assert await Shipment.objects.get(pk=one.pk) == shipment
    shipment.carrier = "y"
    await shipment.save()
    assert (await (await Order.objects.get(pk=one.pk)).shipment).carrier == "y"
    again = await Parcel.objects.select_related("shipment__order").get()
    assert again.shipment_id == one.pk
    assert (await (await again.shipment).order).number == 1
    assert await shipment.parcels.get() == parcel
    assert await Order.objects.filter(shipment__parcels=parcel).get() == one
    assert await Parcel.objects.filter(shipment__order__number=1).count() == 1
    assert await Shipment.objects.in_bulk([one.pk, two.pk]) == {one.pk: shipment}


# --- columns that are shared ---------------------------------------------------------------------


async def test_columns_that_the_model_has_already(db: Database) -> None:
    one, two = await made()
    step = await Step.objects.create(order=one, place=1)
    assert step.pk == (*one.pk, 1)
    assert step.tenant_id == one.pk[0]
    assert step.other_id is None
    assert await step.other is None

    step.other = two
    await step.save()
    step = await Step.objects.get(pk=step.pk)
    assert (await step.other).number == 2
    assert (await step.tenant).name == "Ann"
    step.other = None
    assert (step.tenant_id, step.other_number) == (one.pk[0], None)
    await step.save()
    assert await Step.objects.filter(other=None).count() == 1
    assert await one.steps.get() == step
    assert await Step.objects.filter(order=one, order__tenant__name="Ann").count() == 1


async def test_shared_columns_are_joined(db: Database) -> None:
    one, two = await made()
    await Step.objects.create(order=one, other_number=2, place=1)
    await Step.objects.create(order=two, place=1)

    rows = Step.objects.select_related("order", "other").order_by("pk")
    assert [loaded(step.order).number for step in await rows] == [1, 2]
    assert [step.other and loaded(step.other).number for step in await rows] == [2, None]
    assert await Step.objects.filter(order=F("other")).count() == 0
    assert await Step.objects.update(other=None) == 2


# --- lookups -------------------------------------------------------------------------------------


async def texts(query: Any) -> list[str]:
    return sorted(await query.values_list("text", flat=True))


async def test_lookups(db: Database) -> None:
    one, two = await made()
    (other,) = await made(1, "Bob")
    for order, text in ((one, "a"), (two, "b"), (other, "c"), (None, "d")):
        await Remark.objects.create(order=order, text=text)
    rows = Remark.objects

    assert await texts(rows.filter(order=one)) == ["a"]
    assert await texts(rows.filter(order=one.pk)) == ["a"]
    assert await texts(rows.filter(order_id=one.pk)) == ["a"]
    assert await texts(rows.filter(order__pk=one.pk)) == ["a"]
    assert await texts(rows.filter(order__in=[one, other.pk])) == ["a", "c"]
    assert await texts(rows.filter(order__isnull=True)) == ["d"]
    assert await texts(rows.filter(order=None)) == ["d"]
    assert await texts(rows.filter(order__isnull=False)) == ["a", "b", "c"]
    assert await texts(rows.exclude(order=one)) == ["b", "c", "d"]
    assert await texts(rows.exclude(order__in=[one, two])) == ["c", "d"]
    assert await texts(rows.exclude(order__tenant__name="Ann")) == ["c", "d"]
    assert await texts(rows.filter(order__number=1)) == ["a", "c"]
    assert await texts(rows.filter(order__number__gt=1)) == ["b"]
    assert await texts(rows.filter(order__tenant=one.pk[0])) == ["a", "b"]
    assert await texts(rows.filter(order__tenant=await one.tenant)) == ["a", "b"]
    assert await texts(rows.filter(order__tenant__name="Bob")) == ["c"]
    assert await texts(rows.filter(Remark.order == two)) == ["b"]
    assert await texts(rows.filter(order__remarks__text="b")) == ["b"]
    assert await rows.order_by("-order", "text").values_list("text", flat=True) == list("cbad")


async def test_lookups_back(db: Database) -> None:
    one, two = await made()
    line = await Line.objects.create(order=one, text="a")

    assert await Order.objects.filter(lines=line).get() == one
    assert await Order.objects.filter(lines__text="a").get() == one
    assert await Order.objects.exclude(lines__text="a").get() == two
    assert await Order.objects.filter(lines=None).get() == two
    step = await Step.objects.create(order=two, place=3)
    assert await Order.objects.filter(steps=step).get() == two
    assert await Order.objects.filter(steps__in=[step.pk]).get() == two
    assert await Order.objects.filter(steps__place=3).get() == two
    assert await Tenant.objects.filter(orders__in=[one, two]).distinct().count() == 1
    assert await Order.objects.exclude(steps=step).get() == one


async def test_the_key_as_a_value(db: Database) -> None:
    one, _ = await made()
    await Remark.objects.create(order=one, text="a")
    await Remark.objects.create(text="b")
    rows = Remark.objects.order_by("text")

    assert await rows.values_list("order", flat=True) == [one.pk, None]
    assert await rows.values("order_id", "order__number") == [
        {"order_id": one.pk, "order__number": 1},
        {"order_id": None, "order__number": None},
    ]


async def test_updates_of_the_key(db: Database) -> None:
    one, two = await made()
    await Remark.objects.create(order=one, text="a")

    assert await Remark.objects.update(order=two) == 1
    assert (await Remark.objects.get()).order_id == two.pk
    assert await Remark.objects.filter(order__note="").update(order=None) == 1
    assert (await Remark.objects.get()).order_id is None
    with pytest.raises(FieldError, match="cannot be set to"):
        await Remark.objects.update(order=F("order"))
    with pytest.raises(IntegrityError):
        await Remark.objects.update(order=(one.pk[0], 99))


# --- what models say besides ----------------------------------------------------------------------


async def test_rows_are_kept_in_their_order(db: Database) -> None:
    one, two = await made()
    a, b, c = [await Stop.objects.create(pk=(town, 1), order=one) for town in "abc"]
    await Stop.objects.bulk_create([Stop(pk=("d", 1), order=two)])
    keys: Any = one.get_stop_order()  # type: ignore[attr-defined]
    assert await keys == [("a", 1), ("b", 1), ("c", 1)]
    await one.set_stop_order([c, a.pk, b])  # type: ignore[attr-defined]
    assert [stop.town for stop in await one.stops.all()] == ["c", "a", "b"]
    assert await a.get_next_in_order() == b  # type: ignore[attr-defined]


async def test_other_rows_are_asked_for_what_must_be_unique(db: Database) -> None:
    one, _ = await made()
    await Stop.objects.create(pk=("a", 1), order=one)

    await Stop(pk=("b", 1), order=one).validate_unique()
    with pytest.raises(ValidationError) as error:
        await Stop(pk=("a", 1), order=one).validate_unique()
    assert error.value.errors == {
        "pk": ["is ('a', 1), which another Stop has already"],
        "__all__": ["Another Stop has the same order and town already"],
    }
    await Stop(pk=("a", 1), order=one).validate_unique(exclude=["town"])
    await (await Stop.objects.get()).validate_unique()
    await Invoice.objects.create(order=one)
    with pytest.raises(ValidationError, match=r"Invoice.order is \(\d+, 1\), which another"):
        await Invoice(order=one).validate_unique()


async def test_the_objects_to_choose_from(db: Database) -> None:
    _, two = await made()

    assert await related_choices(Stop, "order").fetch() == [two]


# --- deleting ------------------------------------------------------------------------------------


async def test_what_points_to_a_deleted_row(db: Database) -> None:
    one, two = await made()
    await Line.objects.create(order=one)
    await Line.objects.create(order=two)
    await Remark.objects.create(order=one, text="a")
    await one.delete()

    assert [line.order_id for line in await Line.objects.all()] == [two.pk]
    assert (await Remark.objects.get()).order_id is None


# --- many to many --------------------------------------------------------------------------------


async def test_many_to_many_from_a_plain_model(db: Database) -> None:
    one, two = await made()
    red = await Label.objects.create(word="red")
    await red.orders.add(one, two.pk)
    await red.orders.add(one)

    assert await red.orders.count() == 2
    assert [order.number for order in await red.orders.order_by("-pk")] == [2, 1]
    assert await one.labels.get() == red
    assert await Order.objects.filter(labels__word="red").count() == 2
    assert await Label.objects.filter(orders=one).get() == red
    with capture_queries() as queries:
        rows: Any = Order.objects.order_by("pk").prefetch_related("labels")
        assert [[label.word for label in o.labels.all()] for o in await rows.fetch()] == [
            ["red"],
            ["red"],
        ]
    assert len(queries) == 2
    await red.orders.remove(one)
    await red.orders.set([one.pk])
    assert await red.orders.get() == one
    await red.orders.clear()
    assert await one.labels.count() == 0


async def test_many_to_many_between_two_of_them(db: Database) -> None:
    orders = await made(3)
    groups = [Group(pk=(code, UUID(int=n))) for n, code in enumerate("ab")]
    await Group.objects.bulk_create(groups)
    a, b = groups
    await a.orders.add(*orders)
    await b.orders.add(orders[2])

    rows: Any = Group.objects.order_by("pk").prefetch_related(
        Prefetch("orders", Order.objects.order_by("-number")[:2])
    )
    assert [[o.number for o in group.orders.all()] for group in await rows.fetch()] == [[3, 2], [3]]
    assert await orders[2].groups.count() == 2
    await a.groups.add(b)
    assert await b.groups.get() == a
    assert await Group.objects.filter(groups=a).get() == b
