"""Does every field give back exactly what was stored, and refuse alike what it cannot hold?"""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings

from covet.aio import (
    BigIntegerField,
    BinaryField,
    BooleanField,
    CharField,
    Database,
    DataError,
    DateField,
    DateTimeField,
    DecimalField,
    DurationField,
    EmailField,
    F,
    FloatField,
    GenericIPAddressField,
    IntegerField,
    JSONField,
    JSONNull,
    Model,
    PositiveBigIntegerField,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    SlugField,
    SmallIntegerField,
    TextField,
    TimeField,
    URLField,
    UUIDField,
    ValidationError,
    atomic,
    capture_queries,
)

from ..oracle.story import Undo
from ..values import EXACT, NORMAL, REFUSED, ROWS, Status, assert_same, label, rows


class Row(Model):
    small = SmallIntegerField(null=True)
    whole = IntegerField(null=True)
    big = BigIntegerField(null=True)
    positive_small = PositiveSmallIntegerField(null=True)
    positive = PositiveIntegerField(null=True)
    positive_big = PositiveBigIntegerField(null=True)
    truth = BooleanField(null=True)
    share = FloatField(null=True)
    money = DecimalField(max_digits=10, decimal_places=2, null=True)
    digits38 = DecimalField(max_digits=38, decimal_places=10, null=True)
    digits65 = DecimalField(max_digits=65, decimal_places=30, null=True)
    natural = DecimalField(max_digits=38, decimal_places=0, null=True)
    title = CharField(max_length=20, null=True)
    long_title = CharField(max_length=2000, null=True)
    body = TextField(null=True)
    slug = SlugField(null=True)
    email = EmailField(null=True)
    url = URLField(null=True)
    status = CharField(max_length=1, choices=Status, null=True)
    day = DateField(null=True)
    clock = TimeField(null=True)
    moment = DateTimeField(null=True)
    took = DurationField(null=True)
    key = UUIDField(null=True)
    blob = BinaryField(null=True)
    short_blob = BinaryField(max_length=256, null=True)
    data = JSONField(null=True)
    address = GenericIPAddressField(null=True)

    class Meta:
        db_table = "roundtrip"


MODELS = [Row]
NAMES = sorted(EXACT)


async def stored(name: str, pk: Any) -> Any:
    """One value as the database has it, read as an instance and as a plain value."""
    row = await Row.objects.get(pk=pk)
    (plain,) = await Row.objects.filter(pk=pk).values_list(name, flat=True).fetch()
    assert_same(plain, getattr(row, name))
    return plain


@pytest.mark.parametrize(("name", "value"), ROWS, ids=label)
async def test_a_value_comes_back_exactly(db: Database, name: str, value: Any) -> None:
    row = await Row.objects.create(**{name: value})
    assert_same(await stored(name, row.pk), value)
    assert await Row.objects.filter(**{name: value}).count() == 1
    if name != "data":  # documents have no lookup `in`
        assert await Row.objects.filter(**{f"{name}__in": [value]}).count() == 1
    assert await Row.objects.exclude(**{name: value}).count() == 0


@pytest.mark.parametrize(("name", "value", "expected"), NORMAL, ids=label)
async def test_a_value_comes_back_in_its_normal_form(
    db: Database, name: str, value: Any, expected: Any
) -> None:
    row = await Row.objects.create(**{name: value})
    assert_same(await stored(name, row.pk), expected)
    assert await Row.objects.filter(**{name: value}).count() == 1


@pytest.mark.parametrize("name", NAMES)
async def test_values_that_are_written_at_once_come_back_exactly(db: Database, name: str) -> None:
    values = [None, *EXACT[name], None]
    await Row.objects.bulk_create([Row(**{name: value}) for value in values])
    found = await Row.objects.order_by("pk").values_list(name, flat=True).fetch()
    assert len(found) == len(values)
    for one, value in zip(found, values, strict=True):
        assert_same(one, value)


@pytest.mark.parametrize("name", NAMES)
async def test_values_that_are_updated_come_back_exactly(db: Database, name: str) -> None:
    row = await Row.objects.create()
    for value in EXACT[name]:
        assert await Row.objects.update(**{name: value}) == 1
        assert_same(await stored(name, row.pk), value)
        setattr(row, name, value)
        await row.save(update_fields=[name])
        assert_same(await stored(name, row.pk), value)
    assert await Row.objects.update(**{name: None}) == 1
    assert await stored(name, row.pk) is None


@pytest.mark.parametrize("name", NAMES)
async def test_null_is_a_value_of_its_own(db: Database, name: str) -> None:
    empty = await Row.objects.create()
    full = await Row.objects.create(**{name: EXACT[name][0]})
    assert await stored(name, empty.pk) is None
    assert [row.pk for row in await Row.objects.filter(**{f"{name}__isnull": True})] == [empty.pk]
    assert [row.pk for row in await Row.objects.filter(**{f"{name}__isnull": False})] == [full.pk]


@pytest.mark.parametrize(
    ("name", "value"), REFUSED, ids=[f"{n}-{i}" for i, (n, _) in enumerate(REFUSED)]
)
async def test_what_a_column_cannot_hold_is_refused_before_any_sql(
    db: Database, name: str, value: Any
) -> None:
    row = await Row.objects.create()
    with capture_queries() as queries:
        with pytest.raises(ValidationError, match=rf"^Row\.{name} "):
            await Row.objects.create(**{name: value})
        with pytest.raises(ValidationError, match=rf"^Row\.{name} "):
            await Row(**{name: value}).save(validate=False)
        with pytest.raises(ValidationError, match=rf"^Row\.{name} "):
            await Row.objects.bulk_create([Row(), Row(**{name: value})])
        with pytest.raises(ValidationError, match=rf"^Row\.{name} "):
            await Row.objects.update(**{name: value})
        setattr(row, name, value)
        with pytest.raises(ValidationError, match=rf"^Row\.{name} "):
            await row.save()
    assert list(queries) == []


@pytest.mark.parametrize("name", ["title", "long_title", "body"])
async def test_nul_in_text_is_stored_where_the_database_can(
    db: Database, kind: str, name: str
) -> None:
    if kind == "postgresql":
        with capture_queries() as queries, pytest.raises(ValidationError) as caught:
            await Row.objects.create(**{name: "a\x00b"})
        assert str(caught.value) == (
            f"Row.{name} holds the character NUL, which PostgreSQL cannot store."
        )
        assert list(queries) == []
        return
    row = await Row.objects.create(**{name: "a\x00b"})
    assert await stored(name, row.pk) == "a\x00b"
    assert await Row.objects.filter(**{name: "a\x00b"}).count() == 1
    assert await Row.objects.filter(**{name: "a"}).count() == 0


@pytest.mark.parametrize("document", ["\x00", {"a\x00": 1}, [["\x00"]]], ids=label)
async def test_nul_in_documents_is_stored_where_the_database_can(
    db: Database, kind: str, document: Any
) -> None:
    if kind == "postgresql":
        with pytest.raises(ValidationError, match=r"^Row\.data holds the character NUL"):
            await Row.objects.create(data=document)
        return
    row = await Row.objects.create(data=document)
    assert_same(await stored("data", row.pk), document)


async def test_json_null_is_not_sql_null(db: Database) -> None:
    document = await Row.objects.create(data=JSONNull)
    nothing = await Row.objects.create(data=None)
    assert await stored("data", document.pk) is None
    assert await stored("data", nothing.pk) is None
    null = await Row.objects.filter(data__isnull=True)
    assert [row.pk for row in null] == [nothing.pk]
    json_null = await Row.objects.filter(data=JSONNull)
    assert [row.pk for row in json_null] == [document.pk]


async def test_documents_are_equal_whatever_the_order_of_their_keys(db: Database) -> None:
    await Row.objects.create(data={"a": 1, "b": {"d": 2, "c": 3}})
    assert await Row.objects.filter(data={"b": {"c": 3, "d": 2}, "a": 1}).count() == 1


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [("title", "a", "A"), ("title", "a", "a "), ("title", "e", "é"), ("title", "é", "e\u0301"),
     ("title", "", " "), ("body", "a", "A"), ("body", "ß", "ss"), ("title", "a", "\uff41")],
)  # fmt: skip
async def test_text_is_compared_character_by_character(
    db: Database, name: str, first: str, second: str
) -> None:
    await Row.objects.create(**{name: first})
    assert await Row.objects.filter(**{name: first}).count() == 1
    assert await Row.objects.filter(**{name: second}).count() == 0


async def test_text_is_ordered_by_code_point(db: Database) -> None:
    texts = ["", " ", "!", "A", "Z", "a", "a ", "aa", "z", "é", "\uffff", "😀"]
    await Row.objects.bulk_create([Row(title=text) for text in reversed(texts)])
    assert await Row.objects.order_by("title").values_list("title", flat=True).fetch() == texts


@pytest.mark.parametrize(
    "name", ["money", "digits38", "big", "moment", "day", "clock", "took", "share"]
)
async def test_values_are_ordered_as_in_python(db: Database, name: str) -> None:
    await Row.objects.bulk_create([Row(**{name: value}) for value in EXACT[name]])
    found = await Row.objects.order_by(name).values_list(name, flat=True).fetch()
    assert found == sorted(EXACT[name])


@pytest.mark.parametrize("name", ["small", "whole", "big", "positive"])
async def test_arithmetic_that_leaves_the_range_is_an_error(db: Database, name: str) -> None:
    await Row.objects.create(**{name: max(EXACT[name])})
    with pytest.raises(DataError):
        await Row.objects.update(**{name: F(name) + 1})


@given(row=rows())
@settings(max_examples=60)
async def test_random_rows_come_back_exactly(database: Database, row: dict[str, Any]) -> None:
    with suppress(Undo):
        async with atomic():
            created = await Row.objects.create(**row)
            await Row.objects.bulk_create([Row(**row)])
            for found in await Row.objects.order_by("pk").fetch():
                for name, value in row.items():
                    if isinstance(value, (ipaddress.IPv4Address, ipaddress.IPv6Address)):
                        assert ipaddress.ip_address(getattr(found, name)) == value
                    else:
                        field = Row._table.field(name)
                        expected = value if value is None else field.check(value)
                        assert_same(getattr(found, name), expected)
            assert created.pk is not None
            raise Undo


@pytest.mark.parametrize(("name", "value"), [("natural", 10**30), ("share", 2.0**70)])
async def test_whole_numbers_beyond_64_bits_are_found(db: Database, name: str, value: Any) -> None:
    await Row.objects.create(**{name: value})
    assert await Row.objects.filter(**{name: int(value)}).count() == 1
    assert await Row.objects.filter(**{f"{name}__gt": int(value) - 10**20}).count() == 1
    assert await Row.objects.filter(**{f"{name}__lt": int(value)}).count() == 0


@pytest.mark.parametrize("name", ["natural", "data"])
async def test_one_shape_of_a_query_finds_each_huge_number(db: Database, name: str) -> None:
    numbers = [10**30, 10**31, 10**32]
    await Row.objects.bulk_create([Row(**{name: number}) for number in numbers])
    for number in numbers:
        assert await Row.objects.filter(**{name: number}).count() == 1
        (found,) = await Row.objects.filter(**{name: number}).values_list(name, flat=True)
        assert found == number
