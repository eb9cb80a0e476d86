"""What does a field of one's own accept and store? What its ``check`` says."""

from __future__ import annotations

from typing import Any

import pytest

from covet.aio import CharField, Database, IntegerField, Model, ValidationError, Value


class Upto(IntegerField[int]):
    """A whole number up to an option of its own."""

    def __init__(self, most: int, **options: Any) -> None:
        super().__init__(**options)
        self.most = most

    def check(self, value: Any) -> int:
        whole: int = super().check(value)
        if whole > self.most:
            raise self.invalid(f"must not be more than {self.most}")
        return whole


class Code(CharField[str]):
    """A text in capital letters."""

    def check(self, value: Any) -> str:
        text: str = super().check(value)
        return text.upper()


class Item(Model):
    rank = Upto(3)
    code = Code(max_length=9)


async def test_what_its_check_makes_of_a_value_is_stored(db: Database) -> None:
    await Item.objects.create(rank="2", code="ab")
    await Item.objects.bulk_create([Item(rank=3, code="cd")])

    rows = Item.objects.order_by("rank").values_list("rank", "code")
    assert await rows.fetch() == [(2, "AB"), (3, "CD")]
    assert await Item.objects.filter(code="AB").update(code="ef") == 1
    assert await rows.filter(code__in=["EF", "CD"]).fetch() == [(2, "EF"), (3, "CD")]


async def test_what_its_check_refuses_is_not_stored(db: Database) -> None:
    item = await Item.objects.create(rank=1, code="a")
    message = r"Item\.rank must not be more than 3"

    with pytest.raises(ValidationError, match=message):
        await Item.objects.create(rank=4, code="b")
    with pytest.raises(ValidationError, match=message):
        await Item.objects.bulk_create([Item(rank=3, code="b"), Item(rank=4, code="b")])
    with pytest.raises(ValidationError, match=message):
        await Item.objects.update(rank=4)
    assert await Item.objects.values_list("pk", "rank").fetch() == [(item.pk, 1)]


async def test_two_of_one_class_have_limits_of_their_own(db: Database) -> None:
    await Item.objects.create(rank=1, code="a")

    def query(most: int) -> Any:
        return Item.objects.annotate(x=Value(5, Upto(most))).values_list("x", flat=True)

    assert await query(9).fetch() == [5]
    with pytest.raises(ValidationError, match="must not be more than 4"):
        await query(4).fetch()
