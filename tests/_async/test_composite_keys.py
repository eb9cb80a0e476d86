"""What does a model with a primary key of several columns do?"""

from __future__ import annotations

import copy
import pickle
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from covet.aio import (
    BinaryField,
    CharField,
    CompositePrimaryKey,
    Database,
    DatabaseError,
    DecimalField,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    IntegrityError,
    Model,
    Prefetch,
    Q,
    UUIDField,
    ValidationError,
    atomic,
    capture_queries,
)


class Tenant(Model):
    name = CharField(max_length=20)


class Order(Model):
    pk = CompositePrimaryKey("tenant", "number")
    tenant = ForeignKey(Tenant, related_name="orders")
    number = IntegerField()
    note = CharField(max_length=20, default="")
    weight = IntegerField(null=True)


class Price(Model):
    """Types that databases keep in their own ways."""

    pk = CompositePrimaryKey("code", "low", "mark")
    code = CharField(max_length=10)
    low = DecimalField(max_digits=8, decimal_places=2)
    mark = BinaryField(max_length=8)
    text = CharField(max_length=20, default="")

    class Meta:
        ordering = ("-pk",)


class Rate(Model):
    pk = CompositePrimaryKey("code", "low")
    code = CharField(max_length=10)
    low = DecimalField(max_digits=8, decimal_places=2)


class Ticket(Model):
    """A key that makes itself."""

    pk = CompositePrimaryKey("series", "token")
    series = IntegerField(default=1)
    token = UUIDField(default=uuid4)
    text = CharField(max_length=20, default="")


ANY: Any = object


async def made(count: int = 3) -> Tenant:
    ann = await Tenant.objects.create(name="Ann")
    await Order.objects.bulk_create(
        [Order(tenant=ann, number=n, note=f"n{n}") for n in range(1, count + 1)]
    )
    return ann


# --- instances -----------------------------------------------------------------------------------


def test_the_key_is_a_tuple_and_can_be_set() -> None:
    order = Order(tenant_id=1, number=2)

    assert order.pk == (1, 2)
    order.pk = (3, 4)
    assert (order.tenant_id, order.number) == (3, 4)
    order.pk = None
    assert order.pk == (None, None)
    assert Order(pk=(5, 6)).number == 6
    assert not hasattr(order, "id")


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(
        ValidationError, match=r"Order.pk must be a tuple \(tenant, number\), not 5"
    ):
        Order(pk=5)
    with pytest.raises(ValidationError, match="must be a tuple"):
        Order().pk = (1, 2, 3)


def test_equality_and_hash_go_by_the_tuple() -> None:
    order, same, other = Order(pk=(1, 2)), Order(pk=(1, 2)), Order(pk=(1, 3))
    half = Order(pk=(1, None))

    assert order == same
    assert hash(order) == hash(same)
    assert order != other
    assert half != Order(pk=(1, None))
    assert half == half
    with pytest.raises(TypeError, match="without primary key"):
        hash(half)


def test_text_copies_and_pickles() -> None:
    order = Order(pk=(1, 2), note="x")

    assert str(order) == "Order object ((1, 2))"
    assert copy.deepcopy(order) == order
    assert pickle.loads(pickle.dumps(order)).pk == (1, 2)


async def test_positional_values_are_those_of_the_columns(db: Database) -> None:
    ann = await Tenant.objects.create(name="Ann")
    order = Order(ann.pk, 7, "x")
    await order.save()

    assert (await Order.objects.get()).pk == (ann.pk, 7)


# --- saving --------------------------------------------------------------------------------------


async def test_a_row_is_made_read_changed_and_deleted(db: Database) -> None:
    ann = await Tenant.objects.create(name="Ann")
    order = await Order.objects.create(tenant=ann, number=1, note="a")
    assert order.pk == (ann.pk, 1)

    order.note = "b"
    await order.save()
    found = await Order.objects.get(pk=(ann.pk, 1))
    assert found.note == "b"
    assert found == order

    assert await order.delete() == (1, {"Order": 1})
    assert order.pk == (None, None)
    assert await Order.objects.count() == 0


async def test_save_of_a_new_one_looks_for_its_row_first(db: Database) -> None:
    ann = await made(1)

    with capture_queries() as queries:
        await Order(tenant=ann, number=1, note="new").save()
    assert len(queries) == 1
    with capture_queries() as queries:
        await Order(tenant=ann, number=2).save()
    assert [query.sql.split()[0] for query in queries] == ["UPDATE", "INSERT"]
    assert sorted(await Order.objects.values_list("number", "note")) == [(1, "new"), (2, "")]


async def test_a_key_that_makes_itself_is_inserted_at_once(db: Database) -> None:
    with capture_queries() as queries:
        ticket = Ticket()
        await ticket.save()

    assert len(queries) == 1
    assert ticket.pk[0] == 1
    assert isinstance(ticket.pk[1], UUID)
    assert (await Ticket.objects.get(pk=ticket.pk)).token == ticket.token


async def test_inserts_and_updates_can_be_forced(db: Database) -> None:
    ann = await made(1)

    with pytest.raises(IntegrityError):
        await Order(tenant=ann, number=1).save(force_insert=True)
    with pytest.raises(DatabaseError, match="could not be updated"):
        await Order(tenant=ann, number=2).save(force_update=True)
    await Order(tenant=ann, number=1, note="z").save(force_update=True)
    assert (await Order.objects.get()).note == "z"


async def test_a_key_with_a_part_missing_is_refused(db: Database) -> None:
    ann = await made(1)

    with pytest.raises(ValidationError, match=r"Order.number must not be None"):
        await Order(tenant=ann).save()
    with pytest.raises(FieldError, match="has no primary key"):
        await Order(tenant=ann).delete()


async def test_update_fields_takes_no_part_of_the_key(db: Database) -> None:
    await made(1)
    order = await Order.objects.get()
    order.note, order.weight = "x", 5
    await order.save(update_fields=["note"])

    assert await Order.objects.values_list("note", "weight").get() == ("x", None)
    for name, wrong in {"pk": "Order.pk is the", "tenant": "Order.tenant is part of the"}.items():
        with pytest.raises(FieldError, match=wrong):
            await order.save(update_fields=[name])


async def test_a_changed_key_is_another_row(db: Database) -> None:
    await made(1)
    order = await Order.objects.get()
    order.number = 9
    await order.save()

    assert sorted(await Order.objects.values_list("number", flat=True)) == [1, 9]


async def test_an_instance_is_read_again(db: Database) -> None:
    ann = await made(2)
    order = await Order.objects.get(number=2)
    await Order.objects.filter(pk=order.pk).update(note="new")
    await order.refresh_from_db()
    assert order.note == "new"

    await Order.objects.filter(pk=(ann.pk, 2)).delete()
    with pytest.raises(Order.DoesNotExist):
        await order.refresh_from_db(fields=["note"])


async def test_many_are_saved_at_once_and_conflicts_passed_over(db: Database) -> None:
    ann = await made(3)
    with pytest.raises(IntegrityError):
        await Order.objects.bulk_create([Order(tenant=ann, number=n) for n in (3, 4)])
    await Order.objects.bulk_create(
        [Order(tenant=ann, number=n, note="late") for n in (3, 4)], ignore_conflicts=True
    )

    assert await Order.objects.order_by("pk").values_list("note", flat=True) == [
        "n1",
        "n2",
        "n3",
        "late",
    ]


async def test_get_or_create_and_update_or_create(db: Database) -> None:
    ann = await made(1)
    found, is_new = await Order.objects.get_or_create(pk=(ann.pk, 1), defaults={"note": "x"})
    assert (found.note, is_new) == ("n1", False)
    found, is_new = await Order.objects.get_or_create(pk=(ann.pk, 2), defaults={"note": "x"})
    assert (found.note, is_new) == ("x", True)
    found, is_new = await Order.objects.update_or_create(
        tenant=ann, number=2, defaults={"note": "y"}
    )
    assert (found.pk, is_new) == ((ann.pk, 2), False)
    assert (await Order.objects.get(pk=(ann.pk, 2))).note == "y"


# --- asking --------------------------------------------------------------------------------------


async def numbers(query: Any) -> list[int]:
    return sorted(await query.values_list("number", flat=True))


async def test_rows_are_found_by_key(db: Database) -> None:
    ann = await made(3)
    bob = await Tenant.objects.create(name="Bob")
    await Order.objects.create(tenant=bob, number=1, note="b")
    a, b, rows = ann.pk, bob.pk, Order.objects

    assert (await rows.get(pk=(b, 1))).note == "b"
    assert (await rows.get(pk=[b, 1])).note == "b"
    assert await numbers(rows.filter(pk__in=[(a, 1), (b, 2), (a, 3)])) == [1, 3]
    assert await numbers(rows.filter(pk__in=[])) == []
    assert await numbers(rows.filter(pk__in=[(a, None), (a, 2), (a, 2**70)])) == [2]
    assert await numbers(rows.filter(pk__in=[(a, 2**70)])) == []
    assert await numbers(rows.exclude(pk=(a, 1))) == [1, 2, 3]
    assert await numbers(rows.exclude(pk__in=[(a, 1), (a, 2)])) == [1, 3]
    assert await numbers(rows.filter(Q(pk=(a, 1)) | Q(pk=(b, 1)))) == [1, 1]
    assert await numbers(rows.filter(pk__isnull=True)) == []
    assert await rows.filter(pk__isnull=False).count() == 4
    assert await numbers(rows.filter(Order.pk == (a, 3))) == [3]
    assert await numbers(rows.filter(pk=F("pk"), tenant=bob)) == [1]


async def test_keys_compare_by_the_first_part_that_differs(db: Database) -> None:
    ann = await made(3)
    bob = await Tenant.objects.create(name="Bob")
    await Order.objects.create(tenant=bob, number=1)
    a, b, rows = ann.pk, bob.pk, Order.objects

    assert await numbers(rows.filter(pk__gt=(a, 2))) == [1, 3]
    assert await numbers(rows.filter(pk__gte=(a, 2))) == [1, 2, 3]
    assert await numbers(rows.filter(pk__lt=(b, 1))) == [1, 2, 3]
    assert await numbers(rows.filter(pk__lte=(a, 1))) == [1]
    assert await numbers(rows.exclude(pk__gt=(a, 2))) == [1, 2]


async def test_long_lists_of_keys(db: Database) -> None:
    ann = await made(5)
    keys = [(ann.pk, n) for n in range(3, 40_000)]

    assert await numbers(Order.objects.filter(pk__in=keys)) == [3, 4, 5]
    assert await numbers(Order.objects.exclude(pk__in=keys)) == [1, 2]


async def test_keys_of_types_that_databases_keep_in_their_own_ways(db: Database) -> None:
    for low in ("1.50", "10.00", "2.00"):
        await Price.objects.create(code="é'\"", low=Decimal(low), mark=b"\x00\xff", text=low)
    key = ("é'\"", Decimal("10"), b"\x00\xff")
    token = uuid4()
    await Ticket.objects.create(token=token)
    many = [(1, uuid4()) for _ in range(400)]

    assert (await Price.objects.get(pk=key)).text == "10.00"
    assert [p.text for p in await Price.objects.filter(pk__in=[key, key])] == ["10.00"]
    absent = [("x", Decimal(n), b"\x01") for n in range(300)]
    assert [p.text for p in await Price.objects.filter(pk__in=[*absent, key])] == ["10.00"]
    assert [p.text for p in await Price.objects.all()] == ["10.00", "2.00", "1.50"]
    assert [p.text for p in await Price.objects.filter(pk__gt=(key[0], Decimal("1.7"), b""))] == [
        "10.00",
        "2.00",
    ]
    assert (await Ticket.objects.filter(pk__in=[*many, (1, token)]).get()).token == token


async def test_a_long_list_of_keys_with_decimals(db: Database) -> None:
    await Rate.objects.create(code="a", low=Decimal("10"))
    keys = [("a", Decimal(n) / 4) for n in range(1000)]

    assert await Rate.objects.filter(pk__in=keys).count() == 1
    assert await Rate.objects.filter(pk__in=keys[:40]).count() == 0
    assert await Rate.objects.filter(pk__in=keys[:41]).count() == 1


async def test_objects_may_stand_in_a_key(db: Database) -> None:
    ann = await made(1)
    order = Order(pk=(ann, 2))

    assert order.pk == (ann.pk, 2)
    assert await order.tenant is ann
    assert (await Order.objects.get(pk=(ann, 1))).number == 1
    assert await Order.objects.filter(pk__in=[(ann, 1), (ann, 2)]).count() == 1


async def test_what_is_no_key_is_refused(db: Database) -> None:
    rows: Any = Order.objects
    for wrong in (5, (1,), (1, 2, 3), "ab"):
        with pytest.raises(ValidationError, match=r"Order.pk must be a tuple \(tenant, number\)"):
            await rows.get(pk=wrong)
    with pytest.raises(ValidationError, match="a part of which is missing"):
        await rows.get(pk=(1, None))
    with pytest.raises(ValidationError, match=r"Order.number"):
        await rows.get(pk=(1, "x"))
    with pytest.raises(FieldError, match="is no key"):
        rows.filter(pk=(None, None))
    with pytest.raises(FieldError, match="takes a list of tuples"):
        rows.filter(pk__in=5)
    with pytest.raises(FieldError, match="has no lookup 'startswith'"):
        rows.filter(pk__startswith=(1, 2))
    with pytest.raises(FieldError, match="key of 2 columns and cannot be compared"):
        rows.filter(pk=F("number"))
    with pytest.raises(FieldError, match="True or False"):
        rows.filter(pk__isnull=1)


async def test_rows_are_ordered_by_key(db: Database) -> None:
    await made(3)
    rows = Order.objects.values_list("number", flat=True)

    assert await rows.order_by("pk") == [1, 2, 3]
    assert await rows.order_by("-pk") == [3, 2, 1]
    assert await rows.order_by(F("pk").desc()) == [3, 2, 1]
    assert await rows.reverse() == [3, 2, 1]
    assert (await Order.objects.first() or ANY).number == 1
    assert (await Order.objects.last() or ANY).number == 3


async def test_keys_as_values(db: Database) -> None:
    ann = await made(2)
    rows = Order.objects.order_by("pk")

    assert await rows.values("pk", "note") == [
        {"pk": (ann.pk, 1), "note": "n1"},
        {"pk": (ann.pk, 2), "note": "n2"},
    ]
    assert await rows.values_list("pk", flat=True) == [(ann.pk, 1), (ann.pk, 2)]
    assert await rows.values_list("note", "pk", "number") == [
        ("n1", (ann.pk, 1), 1),
        ("n2", (ann.pk, 2), 2),
    ]
    assert (await rows.values_list("pk", named=True).first() or ANY).pk == (ann.pk, 1)
    assert await rows.values_list("pk", flat=True).distinct().count() == 2
    assert await Tenant.objects.order_by("orders").values_list("orders__pk", flat=True) == [
        (ann.pk, 1),
        (ann.pk, 2),
    ]
    await Tenant.objects.create(name="Bob")
    assert None in await Tenant.objects.values_list("orders__pk", flat=True)


async def test_rows_by_key(db: Database) -> None:
    ann = await made(3)
    found = await Order.objects.in_bulk([(ann.pk, 1), (ann.pk, 3), (ann.pk, 4)])

    assert {key: order.number for key, order in found.items()} == {(ann.pk, 1): 1, (ann.pk, 3): 3}
    assert len(await Order.objects.in_bulk()) == 3
    assert await Order.objects.contains(found[ann.pk, 1])
    with pytest.raises(FieldError, match="is not saved"):
        await Order.objects.contains(Order(number=1))


async def test_counting_distinct_rows(db: Database) -> None:
    await made(3)

    assert await Order.objects.count() == 3
    assert await Order.objects.distinct().count() == 3
    assert await Order.objects.filter(tenant__orders__number__gt=0).distinct().count() == 3
    assert await Order.objects.filter(tenant__orders__number__gt=0).count() == 9
    assert await Order.objects.distinct().order_by("pk")[1:].count() == 2


async def test_updates_and_deletes_over_joins_go_by_the_whole_key(db: Database) -> None:
    await made(2)
    bob = await Tenant.objects.create(name="Bob")
    await Order.objects.create(tenant=bob, number=1, note="b")

    assert await Order.objects.filter(tenant__name="Ann", number=1).update(note="new") == 1
    assert sorted(await Order.objects.values_list("note", flat=True)) == ["b", "n2", "new"]
    assert await Order.objects.filter(tenant__name="Ann").delete() == (2, {"Order": 2})
    assert [order.pk for order in await Order.objects.all()] == [(bob.pk, 1)]


async def test_the_parts_of_keys_can_be_updated(db: Database) -> None:
    ann = await made(1)

    assert await Order.objects.filter(pk=(ann.pk, 1)).update(pk=(ann.pk, 8)) == 1
    assert await Order.objects.values_list("pk", flat=True) == [(ann.pk, 8)]
    with pytest.raises(FieldError, match="cannot be set to"):
        await Order.objects.update(pk=F("pk"))


async def test_columns_that_are_left_out(db: Database) -> None:
    ann = await made(2)

    orders = await Order.objects.only("note").order_by("pk").fetch()
    assert orders[0].pk == (ann.pk, 1)
    assert orders[0].get_deferred_fields() == {"weight"}
    assert (await Order.objects.defer("tenant", "note").get(number=1)).pk == (ann.pk, 1)
    await orders[0].refresh_from_db(fields=["weight"])
    assert [order.__dict__.get("weight", "none") for order in orders] == [None, None]
    orders[1].note = "new"
    await orders[1].save()
    assert (await Order.objects.get(number=2)).note == "new"


async def test_rows_are_locked_by_key(db: Database) -> None:
    ann = await made(1)
    async with atomic():
        assert await Order.objects.select_for_update().get(pk=(ann.pk, 1))


# --- relations of a model with such a key --------------------------------------------------------


async def test_related_rows_of_a_model_with_such_a_key(db: Database) -> None:
    ann = await made(2)

    with capture_queries() as queries:
        orders = await Order.objects.select_related("tenant").order_by("pk")
        assert [(await order.tenant).name for order in orders] == ["Ann", "Ann"]
    assert len(queries) == 1
    assert [order.number for order in await ann.orders.order_by("-pk")] == [2, 1]
    assert (await ann.orders.create(number=5)).pk == (ann.pk, 5)


async def test_rows_with_such_a_key_are_prefetched(db: Database) -> None:
    await made(3)
    bob = await Tenant.objects.create(name="Bob")
    await Order.objects.create(tenant=bob, number=7)

    with capture_queries() as queries:
        best = Prefetch("orders", Order.objects.order_by("-pk")[:2], to_attr="last")
        rows: Any = Tenant.objects.order_by("id").prefetch_related("orders", best)
        tenants = await rows.fetch()
    assert len(queries) == 3
    assert [[order.number for order in tenant.orders.all()] for tenant in tenants] == [
        [1, 2, 3],
        [7],
    ]
    assert [[order.number for order in tenant.last] for tenant in tenants] == [[3, 2], [7]]
