"""Are JSON documents of values the same on all databases, whatever is in them?"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from covet.aio import (
    BinaryField,
    BooleanField,
    CharField,
    Count,
    Database,
    DateField,
    DateTimeField,
    DecimalField,
    DurationField,
    F,
    FieldError,
    FloatField,
    ForeignKey,
    IntegerField,
    JSONArray,
    JSONField,
    JSONNull,
    JSONObject,
    Model,
    TimeField,
    UUIDField,
    Value,
)
from covet.expressions import Coalesce


class Owner(Model):
    name = CharField(max_length=40)


class Thing(Model):
    text = CharField(max_length=40, null=True)
    whole = IntegerField(null=True)
    share = FloatField(null=True)
    price = DecimalField(max_digits=8, decimal_places=2, null=True)
    live = BooleanField(null=True)
    day = DateField(null=True)
    hour = TimeField(null=True)
    made = DateTimeField(null=True)
    token = UUIDField(null=True)
    data = JSONField(null=True)
    took = DurationField(null=True)
    raw = BinaryField(null=True)
    owner = ForeignKey(Owner, null=True)


KINDS = ("text", "whole", "share", "price", "live", "day", "hour", "made", "token", "data")


async def one(expression: Any) -> Any:
    """The value of an expression for the one thing that there is."""
    return await Thing.objects.values_list(expression, flat=True).get()


async def test_an_object_holds_values_of_every_type(db: Database) -> None:
    await Thing.objects.create(
        text='a "b" \\ c\n\té😀',
        whole=-5,
        share=2.5,
        price=Decimal("12.50"),
        live=True,
        day=date(2026, 11, 21),
        hour=time(12, 30, 1, 500),
        made=datetime(2026, 11, 21, 12, 30, tzinfo=UTC),
        token=UUID("12345678-1234-5678-1234-567812345678"),
        data={"a": [1, None, {"b": "c"}]},
    )
    assert await one(JSONObject(**{kind: kind for kind in KINDS})) == {
        "text": 'a "b" \\ c\n\té😀',
        "whole": -5,
        "share": 2.5,
        "price": 12.5,
        "live": True,
        "day": "2026-11-21",
        "hour": "12:30:01.000500",
        "made": "2026-11-21T12:30:00.000000+00:00",
        "token": "12345678-1234-5678-1234-567812345678",
        "data": {"a": [1, None, {"b": "c"}]},
    }


async def test_null_is_null_in_json(db: Database) -> None:
    await Thing.objects.create()
    assert await one(JSONObject(**{kind: kind for kind in KINDS})) == dict.fromkeys(KINDS)
    assert await one(JSONArray(*KINDS)) == [None] * len(KINDS)
    await Thing.objects.update(data=JSONNull)
    assert await one(JSONArray("data", Value(None), "whole")) == [None, None, None]


async def test_lists_and_objects_nest(db: Database) -> None:
    owner = await Owner.objects.create(name="Ann")
    await Thing.objects.create(whole=3, owner=owner, live=False)
    nested = JSONObject(
        by=JSONObject(name="owner__name", id=F("owner")),
        numbers=JSONArray(F("whole") + 1, Value(2.5), JSONArray(), JSONObject()),
        is_large=F("whole") > 2,
        live="live",
        word=Value("x"),
        shown=Coalesce("text", Value("none")),
    )
    assert await one(nested) == {
        "by": {"name": "Ann", "id": owner.pk},
        "numbers": [4, 2.5, [], {}],
        "is_large": True,
        "live": False,
        "word": "x",
        "shown": "none",
    }


async def test_a_made_document_is_a_document_like_any_other(db: Database) -> None:
    await Thing.objects.create(text="a", whole=1)
    await Thing.objects.create(text="b", whole=2)
    things = Thing.objects.annotate(made_of=JSONObject(n="whole", t=JSONArray("text")))
    assert await things.filter(made_of__n__gt=1).count() == 1
    assert await things.filter(made_of__t__0="a").count() == 1
    assert await things.filter(made_of={"t": ["a"], "n": 1.0}).count() == 1
    assert await things.filter(made_of__contains={"t": ["b"]}).count() == 1
    assert await things.filter(made_of__has_keys=["n", "t"]).count() == 2
    ordered = things.order_by("-made_of__n").values_list("made_of__t", flat=True)
    assert await ordered.fetch() == [["b"], ["a"]]
    groups = Thing.objects.values(pair=JSONArray(Value(1), Value("x"))).annotate(n=Count("id"))
    assert [group["n"] for group in await groups.fetch()] in ([2], [1, 1])
    await Thing.objects.update(data=JSONObject(old="whole"))
    data = await Thing.objects.order_by("whole").values_list("data", flat=True).fetch()
    assert data == [{"old": 1}, {"old": 2}]


async def test_keys_of_an_object_may_be_any(db: Database) -> None:
    await Thing.objects.create(whole=1)
    keys = ["", "'", '"', "\\", "a b", "%s", "?", "{0}", "{p}", "$.a", "-1", "é", "self", "1", "\n"]
    assert await one(JSONObject(**dict.fromkeys(keys, "whole"))) == dict.fromkeys(keys, 1)
    many = [f"key{n}" for n in range(120)]
    assert await one(JSONObject(**dict.fromkeys(many, "whole"))) == dict.fromkeys(many, 1)
    assert await one(JSONArray(*["whole"] * 150)) == [1] * 150


async def test_what_json_cannot_hold_is_refused(db: Database) -> None:
    for field, kind in (("took", "duration"), ("raw", "binary")):
        with pytest.raises(FieldError) as refusal:
            Thing.objects.annotate(x=JSONObject(a=field))
        assert str(refusal.value) == (
            f"A JSON document cannot hold a value of type {kind} "
            "(in annotate(x=…)). "
            "Make it another type with Cast(…, output_field)."
        )
    assert repr(JSONObject(a="b", c=Value(1))) == "JSONObject(a=F('b'), c=1)"
    assert repr(JSONArray("b", timedelta(1)))
