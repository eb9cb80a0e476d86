"""What do paths into JSON documents find, and the lookups of what is there?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covet.aio import (
    KT,
    Avg,
    CharField,
    Count,
    Database,
    F,
    FieldError,
    FloatField,
    ForeignKey,
    IntegerField,
    JSONField,
    JSONNull,
    KeyTextTransform,
    KeyTransform,
    Max,
    Min,
    Model,
    NotSupportedError,
    OuterRef,
    Q,
    QueryTooComplex,
    Subquery,
    Sum,
    UnknownField,
    ValidationError,
    Value,
    atomic,
)
from covet.expressions import Cast, RowNumber, Window

from ..oracle.documents import SIGNS
from ..oracle.story import Undo


class Shop(Model):
    name = CharField(max_length=20)
    data = JSONField(default=dict)


class Item(Model):
    place = IntegerField()
    data = JSONField(null=True)
    other = JSONField(null=True)
    label = CharField(max_length=20, default="")
    shop = ForeignKey(Shop, null=True, related_name="items")


async def fill(*documents: Any) -> None:
    """An item for each document, numbered from 0."""
    await Item.objects.bulk_create(
        Item(data=document, place=n) for n, document in enumerate(documents)
    )


async def places(*conditions: Any, **lookups: Any) -> list[int]:
    """The numbers of the items that a filter keeps."""
    found = Item.objects.filter(*conditions, **lookups).order_by("place")
    return await found.values_list("place", flat=True).fetch()


# --- paths ---------------------------------------------------------------------------------------


async def test_a_path_leads_to_any_depth(db: Database) -> None:
    await fill(
        {"owner": {"name": "Ann", "pets": [{"name": "Rex"}, {"name": "Tom"}]}},
        {"owner": {"name": "Bob", "pets": []}},
        {"owner": "Ann"},
        {},
        None,
    )
    assert await places(data__owner__name="Ann") == [0]
    assert await places(data__owner__pets__0__name="Rex") == [0]
    assert await places(data__owner__pets__1__name__startswith="T") == [0]
    assert await places(data__owner__pets=[]) == [1]
    assert await places(data__owner="Ann") == [2]
    assert await places(~Q(data__owner__name="Ann")) == [1, 2, 3, 4]


async def test_a_path_follows_relations_first(db: Database) -> None:
    shop = await Shop.objects.create(name="a", data={"city": {"zip": "8000"}})
    await Item.objects.create(place=1, data={"n": 1}, shop=shop)
    await Item.objects.create(place=2, data={"n": 2})
    assert await places(shop__data__city__zip="8000") == [1]
    shops = Shop.objects.filter(items__data__n__gte=1)
    assert [found.name for found in await shops.fetch()] == ["a"]
    assert await Shop.objects.exclude(items__data__n=1).count() == 0


async def test_a_number_in_a_path_counts_in_lists_and_is_a_key_of_objects(db: Database) -> None:
    await fill(["a", ["b", "c"]], {"0": "x", "1": ["y"], "-1": "m", "01": "z"}, "a", [])
    assert await places(data__0="a") == [0]
    assert await places(data__0="x") == [1]
    assert await places(data__1__0="b") == [0]
    assert await places(data__1__0="y") == [1]
    assert await places(**{"data__-1__-2": "b"}) == [0]
    assert await places(**{"data__-1": "m"}) == [1]
    assert await places(**{"data__-3__isnull": True}) == [0, 1, 2, 3]
    assert await places(data__01__isnull=False) == [1]  # no number: it is written as 1
    for word in ("+1", "-0", " 0", "0x0", "99999999999", "4294967296"):
        assert await places(**{f"data__{word}__isnull": False}) == [], word


async def test_places_from_the_end_are_those_of_each_list(db: Database) -> None:
    await fill([1, 2, 3], [4], [], [5, 6], {"-1": 7}, 8)
    items = Item.objects.order_by("place")
    for n, wanted in ((1, [3, 4, None, 6, 7, None]), (2, [2, None, None, 5, None, None])):
        assert await items.values_list(f"data__-{n}", flat=True).fetch() == wanted


async def test_the_last_word_is_a_lookup_where_it_can_be_one(db: Database) -> None:
    await fill({"contains": 1, "in": {"range": 2}, "exact": 3})
    assert await places(data__contains__exact=1) == [0]
    assert await places(data__in__range__exact=2) == [0]
    assert await places(data__in__has_key="range") == [0]
    values = Item.objects.values_list("data__contains", "data__in__range", "data__exact")
    assert await values.fetch() == [(1, 2, 3)]
    assert await Item.objects.order_by("data__in").filter(data__exact__exact=3).count() == 1
    found = Item.objects.annotate(n=F("data__in__range")).values_list("n", flat=True)
    assert await found.fetch() == [2]


# Keys of which other libraries have made SQL, or another path than the one that was meant.
HOSTILE = (
    "",
    " ",
    "'",
    '"',
    "`",
    "\\",
    '\\"',
    "a\"b'c`d\\e",
    "a.b",
    "$",
    "$.a",
    "*",
    "**",
    "[0]",
    "a[*]",
    "last",
    "-",
    "-a",
    '-"',
    "%",
    "%s",
    "%(p0)s",
    "?",
    ":a",
    "{p}",
    "{0}",
    "a' OR '1'='1",
    "a'::jsonb --",
    'x"}} OR 1=1 #',
    "/* a */",
    "a;b",
    "\n\t\r",
    "\x01\x1f\x7f",
    "é",
    "😀",
    "\u2028",
    "ß",
    "A",
    "null",
    "Ⅷ",
    "x" * 200,
)


async def test_keys_are_bound_and_never_read_as_anything_else(db: Database) -> None:
    for key in HOSTILE:
        async with atomic():
            await fill({key: {key: "here"}}, {"a": {"a": "here"}}, [{"0": "here"}])
            both = f"data__{key}__{key}"
            assert await places(**{both: "here"}) == [0], key
            assert await places(data__has_key=key) == [0], key
            assert await places(data__has_keys=[key]) == [0], key
            assert await places(data__has_any_keys=[key, "?"]) == [0], key
            assert await places(data__contains={key: {}}) == [0], key
            assert await places(data__contained_by={key: {key: "here"}}) == [0], key
            at = KeyTransform(key, KeyTransform(key, "data"))
            assert await places(at == "here") == [0], key
            values = Item.objects.order_by("place").values_list(both, flat=True)
            assert await values.fetch() == ["here", None, None], key
            ordered = Item.objects.order_by(f"-{both}", "place").values_list("place", flat=True)
            assert await ordered.fetch() == [0, 1, 2], key
            groups = Item.objects.values(both).annotate(n=Count("id")).order_by(both)
            assert [group["n"] for group in await groups.fetch()] == [2, 1], key
            await Item.objects.all().delete()


async def test_keys_that_no_document_has(db: Database) -> None:
    await fill({"a": 1}, ["a"], "a")
    long = "x" * 100_000
    for key in ("\x00", "a\x00", long):
        assert await places(data__has_key=key) == []
        assert await places(data__has_any_keys=[key, "a"]) == [0]
        assert await places(KeyTransform(key, "data") == 1) == []
    with pytest.raises(FieldError, match="holds half a surrogate pair"):
        await places(KeyTransform("\ud800", "data") == 1)
    with pytest.raises(ValidationError, match="half a surrogate pair"):
        await places(data__has_key="\ud800")


@settings(max_examples=60)
@given(keys=st.lists(st.text(SIGNS | st.characters(codec="utf-8"), max_size=8), min_size=1))
async def test_any_key_finds_its_own_value(db: Database, keys: list[str]) -> None:
    keys = [key.replace("\x00", "") for key in keys[:4]]
    document: Any = "end"
    for key in reversed(keys):
        document = {key: document, key + "x": 1, "x" + key: [2]}
    try:
        async with atomic():
            await fill(document, [])
            at: Any = F("data")
            for key in keys:
                at = KeyTransform(key, at)
            wanted = document
            for key in keys:
                wanted = wanted[key]
            try:
                assert await places(at == wanted) == [0]
            except QueryTooComplex:
                return
            assert await places(data__has_key=keys[0]) == [0]
            assert await places(data__contains=document) == [0]
            raise Undo
    except Undo:
        pass


# --- values --------------------------------------------------------------------------------------

VALUES = ["x", "", 1, 0, -7, 2.5, 1e300, 2**70, True, False, [], [1, [2]], {}, {"a": {"b": None}}]


async def test_every_value_is_found_by_itself_alone(db: Database) -> None:
    await fill(*({"a": value} for value in VALUES), {"a": None}, {}, None)
    for n, value in enumerate(VALUES):
        assert await places(data__a=value) == [n], value
        assert await places(data__a__in=[value]) == [n], value
        assert await places(data={"a": value}) == [n], value
    assert await places(data__a__in=VALUES) == list(range(len(VALUES)))
    assert await places(data__a__in=()) == []


async def test_equal_numbers_are_equal_however_they_are_written(db: Database) -> None:
    await fill({"a": [1, 1e20]}, {"a": [1.0, 10**20]}, {"a": [True, 1e20]}, {"a": ["1", 1e20]})
    assert await places(data={"a": [1, 10**20]}) == [0, 1]
    assert await places(data={"a": [1.0, 1e20]}) == [0, 1]
    assert await places(data__a__0=1) == [0, 1]
    assert await places(data__a__0__in=[1.0]) == [0, 1]
    assert await places(data__a__contains=[1.0]) == [0, 1]
    assert await places(data__contained_by={"a": [1, 1e20, 5]}) == [0, 1]
    row = await Item.objects.get(place=1)
    assert [type(part) for part in row.data["a"]] == [float, int]


async def test_json_null_is_a_value_and_a_missing_key_is_none(db: Database) -> None:
    await fill({"a": None}, {"b": 1}, None, JSONNull, {"a": 0})
    assert await places(data__a=None) == [0]
    assert await places(data__a=JSONNull) == [0]
    assert await places(data__a__in=[None, 0]) == [0, 4]
    assert await places(data__a__in=[None]) == [0]
    assert await places(data__a__iexact=None) == [0]
    assert await places(data__a__isnull=True) == [1, 2, 3]
    assert await places(data__a__isnull=False) == [0, 4]
    assert await places(data=None) == [2]
    assert await places(data__isnull=True) == [2]
    assert await places(data=JSONNull) == [3]
    assert await places(data__in=[None, JSONNull]) == [3]
    assert await places(~Q(data__a=None)) == [1, 2, 3, 4]
    assert await places(~Q(data__a__isnull=True)) == [0, 4]


async def test_only_numbers_compare_with_numbers_and_texts_with_texts(db: Database) -> None:
    await fill(*({"a": value} for value in (1, 2.5, 10, "1", "10", "2", True, None, [3], {"b": 3})))
    assert await places(data__a__gt=1) == [1, 2]
    assert await places(data__a__gte=1) == [0, 1, 2]
    assert await places(data__a__lt=2.5) == [0]
    assert await places(data__a__lte=2.5) == [0, 1]
    assert await places(data__a__gt="1") == [4, 5]
    assert await places(data__a__lte="10") == [3, 4]
    assert await places(data__a__range=(2, 10)) == [1, 2]
    assert await places(data__a__range=("1", "10")) == [3, 4]
    assert await places(data__a__range=(2, "3")) == []
    for value in (True, None, [3], {"b": 3}):
        assert await places(data__a__gte=value) == [], value
    assert await places(~Q(data__a__gt=1)) == [0, 3, 4, 5, 6, 7, 8, 9]


async def test_numbers_with_exponents_are_equal_wherever_they_stand(db: Database) -> None:
    numbers = [9e-05, 1e20, -9e-05, 2.5e-07, 1e200, 5e-324]
    await fill(*({"a": [number], "-a": number, "-b": n} for n, number in enumerate(numbers)))
    for n, number in enumerate(numbers):
        assert await places(data__a__0=number) == [n]
        assert await places(data__contains={"a": [number]}) == [n]
        assert await places(data__contains={"-a": number, "-b": n, "a": [number]}) == [n]
        assert await places(data__contained_by={"a": [number], "-b": n, "-a": number}) == [n]


async def test_large_numbers_compare_exactly(db: Database) -> None:
    numbers = [2**53, 2**53 + 1, 2**64, 2**64 + 1, 10**30, 10**30 + 1, -(2**63) - 1, 1e300]
    await fill(*numbers)
    for n, number in enumerate(numbers):
        larger = [m for m, other in enumerate(numbers) if other > number]
        assert await places(data__gt=number) == larger
        assert await places(data=number) == [n]


async def test_texts_compare_by_code_point(db: Database) -> None:
    texts = ["", " ", "A", "B", "a", "a ", "b", "ä", "😀"]
    await fill(*texts)
    assert await places(data__gt="B") == [4, 5, 6, 7, 8]
    assert await places(data__lt="a ") == [0, 1, 2, 3, 4]
    assert await Item.objects.order_by("data").values_list("data", flat=True).fetch() == texts


async def test_lookups_of_texts_see_the_text_of_scalars(db: Database) -> None:
    await fill(*({"a": value} for value in ("Bread", "bread 100%", 100, True, None, ["Bread"], {})))
    assert await places(data__a__icontains="READ") == [0, 1]
    assert await places(data__a__startswith="B") == [0]
    assert await places(data__a__istartswith="B") == [0, 1]
    assert await places(data__a__endswith="0%") == [1]
    assert await places(data__a__iendswith="D") == [0]
    assert await places(data__a__iexact="BREAD") == [0]
    assert await places(data__a__icontains="100") == [1, 2]
    assert await places(data__a__startswith="tr") == [3]
    assert await places(data__a__regex="^[Bb]read") == [0, 1]
    assert await places(data__a__iregex="^BREAD$") == [0]
    assert await places(data__a__icontains="") == [0, 1, 2, 3]
    assert await places(data__a__startswith="_") == []


# --- containment and keys ------------------------------------------------------------------------


async def test_contains_means_what_postgresql_says(db: Database) -> None:
    await fill(
        {"a": 1, "b": [1, 2, {"c": 3, "d": 4}]},
        [1, [2, 3], {"a": 1}, "x", None],
        {"a": [1]},
        [[1]],
        "x",
        {},
        [],
        None,
    )
    assert await places(data__contains={"a": 1}) == [0]
    assert await places(data__contains={"b": [{"c": 3}, 2]}) == [0]
    assert await places(data__contains={"b": [2, 2, 1]}) == [0]
    assert await places(data__contains=[{"a": 1}]) == [1]
    assert await places(data__contains=[1]) == [1]
    assert await places(data__contains=[[3]]) == [1]
    assert await places(data__contains=1) == [1]  # the one exception: a list holds its values
    assert await places(data__contains="x") == [1, 4]
    assert await places(data__contains=None) == [1]
    assert await places(data__contains={"a": [1]}) == [2]
    assert await places(data__contains=[[1]]) == [3]
    assert await places(data__contains={}) == [0, 2, 5]
    assert await places(data__contains=[]) == [1, 3, 6]
    assert await places(data__b__contains=[{"d": 4}]) == [0]
    assert await places(~Q(data__contains={"a": 1})) == [1, 2, 3, 4, 5, 6, 7]


async def test_contained_by_is_the_opposite(db: Database) -> None:
    await fill({"a": 1}, {"a": 1, "b": [2]}, {}, [1, 1], [], "x", {"a": None}, None)
    assert await places(data__contained_by={"a": 1, "b": [1, 2]}) == [0, 1, 2]
    assert await places(data__contained_by=[1, "x"]) == [3, 4, 5]
    assert await places(data__contained_by="x") == [5]
    assert await places(data__contained_by={}) == [2]
    assert await places(data__contained_by=[]) == [4]
    assert await places(data__contained_by={"a": None}) == [2, 6]
    assert await places(data__b__contained_by=[2, 3]) == [1]


async def test_keys_are_those_of_objects(db: Database) -> None:
    await fill({"a": 1, "b": None}, {"a": 1}, ["a", "b"], "a", {}, {"1": {"a": 2}}, None)
    assert await places(data__has_key="a") == [0, 1]
    assert await places(data__has_key="b") == [0]
    assert await places(data__has_key=1) == [5]
    assert await places(data__has_keys=["a", "b"]) == [0]
    assert await places(data__has_keys=("a",)) == [0, 1]
    assert await places(data__has_keys=[]) == [0, 1, 4, 5]
    assert await places(data__has_any_keys=["b", "1"]) == [0, 5]
    assert await places(data__has_any_keys=[]) == []
    assert await places(data__1__has_key="a") == [5]
    assert await places(~Q(data__has_key="a")) == [2, 3, 4, 5, 6]


# --- expressions ---------------------------------------------------------------------------------


async def test_both_sides_may_be_expressions(db: Database) -> None:
    shop = await Shop.objects.create(name="s", data={"n": 2, "label": "x"})
    await Item.objects.create(
        place=1, data={"n": 1, "m": 1.0, "label": "x", "l": [1]}, other={"n": 1}, label="x"
    )
    await Item.objects.create(
        place=2, data={"n": 2, "m": 3, "label": "y"}, other={"n": "2"}, label="x", shop=shop
    )
    assert await places(data__n=F("place")) == [1, 2]
    assert await places(data__m=F("place")) == [1]
    assert await places(data__m__gt=F("place")) == [2]
    assert await places(data__m__gte=F("data__n")) == [1, 2]
    assert await places(data__n=F("other__n")) == [1]
    assert await places(data__label=F("label")) == [1]
    assert await places(label=KT("data__label")) == [1]
    assert await places(data__label__startswith=F("label")) == [1]
    assert await places(data__n=F("shop__data__n")) == [2]
    assert await places(data__n=Value(1)) == [1]
    assert await places(data__n__in=[F("place"), 7]) == [1, 2]
    assert await places(data__m__range=(F("place"), 1)) == [1]
    assert await places(F("data__n") > 1) == [2]
    named = Item.objects.annotate(n=F("data__n")).filter(n__gte=2)
    assert await named.values_list("n", flat=True).fetch() == [2]
    deeper = Item.objects.annotate(whole=F("data")).filter(whole__l__0=1)
    assert await deeper.values_list("place", flat=True).fetch() == [1]
    inner = Shop.objects.filter(data__n=OuterRef("data__n")).values("data__label")[:1]
    found = Item.objects.annotate(label_of_shop=Subquery(inner)).order_by("place")
    assert await found.values_list("label_of_shop", flat=True).fetch() == [None, "x"]


async def test_kt_is_the_text(db: Database) -> None:
    values = ["a", 1, 1.5, True, None, [1, "x"], {"a": 1}]
    await fill(*({"o": {"v": value}} for value in values), None)
    texts = ["a", "1", "1.5", "true", None, '[1, "x"]', '{"a": 1}', None]
    items = Item.objects.order_by("place")
    assert await items.values_list(KT("data__o__v"), flat=True).fetch() == texts
    same = KeyTextTransform("v", KeyTransform("o", "data"))
    assert await items.values_list(same, flat=True).fetch() == texts
    assert await items.annotate(t=KT("data__o__v")).filter(t__in=["a", "1"]).count() == 2
    numbers = items.filter(data__o__v__gte=0).aggregate(
        total=Sum(Cast(KT("data__o__v"), FloatField())),
        most=Max(Cast(KT("data__o__v"), FloatField())),
    )
    assert await numbers == {"total": 2.5, "most": 1.5}
    whole = items.filter(place=1).annotate(n=Cast(KT("data__o__v"), IntegerField()))
    assert await whole.values_list("n", flat=True).fetch() == [1]
    assert await items.aggregate(first=Min(KT("data__o__v"))) == {"first": "1"}


async def test_values_of_a_path_are_python_values(db: Database) -> None:
    values = ["a", 1, 1.5, True, None, [1, "x"], {"a": 1}]
    await fill(*({"v": value} for value in values), None)
    found = await Item.objects.order_by("place").values_list("data__v", flat=True).fetch()
    assert found == [*values, None]
    assert [type(value) for value in found] == [type(value) for value in [*values, None]]


async def test_order_of_all_kinds(db: Database) -> None:
    values = [None, False, True, -1.5, 2, 10, "10", "2", "a", [], {}]
    await fill({}, *({"v": value} for value in values))
    order = list(range(12))
    items = Item.objects.values_list("place", flat=True)
    assert await items.order_by("data__v").fetch() == order
    assert await items.order_by("-data__v").fetch() == order[::-1]
    assert await items.order_by(F("data__v").asc(nulls_last=True)).fetch() == [*order[1:], 0]
    assert await items.order_by("data__v").reverse().fetch() == order[::-1]
    distinct = items.order_by("-data__v").distinct()
    assert await distinct.fetch() == order[::-1]
    window = Window(RowNumber(), order_by=F("data__v").desc())
    numbered = Item.objects.annotate(n=window).order_by("place").values_list("n", flat=True)
    assert await numbered.fetch() == list(range(12, 0, -1))


async def test_groups_and_distinct_values_of_a_path(db: Database) -> None:
    values = [1, 1.0, 2, "1", None, [1], [1.0], {"a": 1, "b": 2}, {"b": 2.0, "a": 1}]
    await fill(*({"v": value} for value in values), {})
    groups = Item.objects.values("data__v").annotate(n=Count("id"), sum=Sum("place"))
    found = await groups.order_by("data__v", "n").fetch()
    assert [(group["data__v"], group["n"], group["sum"]) for group in found] == [
        (None, 1, 9),
        (None, 1, 4),
        (1, 2, 1),
        (2, 1, 2),
        ("1", 1, 3),
        ([1], 2, 11),
        ({"a": 1, "b": 2}, 2, 15),
    ]
    filtered = groups.filter(n__gt=1, data__v__gt=0)
    assert [group["data__v"] for group in await filtered.fetch()] == [1]
    distinct = Item.objects.filter(data__v__gte=0).values_list("data__v", flat=True).distinct()
    assert sorted(await distinct.fetch()) == [1, 2]
    assert await distinct.count() == 2
    assert await Item.objects.aggregate(n=Count("data__v", distinct=True)) == {"n": 6}
    by_path = Window(Count("id"), partition_by=F("data__v"))
    sizes = Item.objects.annotate(n=by_path).order_by("place").values_list("n", flat=True)
    assert await sizes.fetch() == [2, 2, 1, 1, 1, 2, 2, 2, 2, 1]
    texts = Item.objects.values(text=KT("data__v")).annotate(mean=Avg("place")).order_by("text")
    assert [group["text"] for group in await texts.fetch()][:2] == [None, "1"]


async def test_paths_in_updates_and_deletions(db: Database) -> None:
    await fill({"label": "x", "in": {"n": 1}}, {"label": "y"})
    assert await Item.objects.filter(data__label="x").update(label=KT("data__label")) == 1
    assert await Item.objects.filter(place=0).update(other=F("data__in")) == 1
    item = await Item.objects.get(place=0)
    assert (item.label, item.other) == ("x", {"n": 1})
    assert await Item.objects.filter(data__label__in=["y"]).delete() == (1, {"Item": 1})


# --- errors and limits ---------------------------------------------------------------------------


async def test_deep_documents(db: Database) -> None:
    deep: Any = 1
    for _ in range(31):
        deep = [deep]
    await fill({"a": 1}, deep)
    assert await places(data=deep) == [1]
    assert await places(data__0__0__0__0=deep[0][0][0][0]) == [1]
    deeper = [[deep]]
    await Item.objects.create(place=2, data=deeper)
    assert await places(data=deeper) == [2]
    assert await places(data__a=1) == [0]


async def test_a_document_is_not_looked_for_in_another_column_on_mariadb(db: Database) -> None:
    await Item.objects.create(place=1, data={"a": 1, "b": 2}, other={"a": 1})
    if db.dialect.name != "mysql":
        assert await places(data__contains=F("other")) == [1]
        assert await places(other__contained_by=F("data")) == [1]
        return
    with pytest.raises(NotSupportedError) as refusal:
        await places(data__contains=F("other"))
    assert str(refusal.value) == (
        "mariadb has no way to look for one column's document in another's. "
        "Give a value to contains or contained_by."
    )


async def test_what_mariadb_would_need_too_long_a_statement_for(db: Database) -> None:
    await fill([0] * 400, {"n": [[[[[[[1]]]]]]]})
    if db.dialect.name != "mysql":
        assert await places(data__contains=list(range(400))) == []
        assert await places(data__n__0__0__0__0__0__0__0=1) == [1]
        return
    with pytest.raises(QueryTooComplex, match="JSON document of more than 300 values"):
        await places(data__contains=list(range(400)))
    with pytest.raises(QueryTooComplex, match="more than 6 keys that are numbers"):
        await places(data__n__0__0__0__0__0__0__0=1)


REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        {"data__has_key": ["a"]},
        ("Item.data__has_key takes one key, not ('a',) (in filter(data__has_key=…))."),
    ),
    (
        {"data__has_keys": "ab"},
        ("Item.data__has_keys takes a list of keys, not 'ab' (in filter(data__has_keys=…))."),
    ),
    (
        {"data__has_any_keys": None},
        (
            "Item.data__has_any_keys takes a list of keys, not None "
            "(in filter(data__has_any_keys=…))."
        ),
    ),
    (
        {"data__a__in": 1},
        (
            "Item.data__in takes a list of values (in filter(data__a__in=…)). "
            "Write data__in=[…], or data=… for one value."
        ),
    ),
    (
        {"data__a__isnull": 1},
        ("Item.data__isnull takes True or False (in filter(data__a__isnull=…))."),
    ),
    (
        {"data__a__range": 1},
        "Item.data__range takes the first and the last value (in filter(data__a__range=…)). "
        "Write data__range=(low, high).",
    ),
    (
        {"data__a__icontains": ["x"]},
        "Item.data__icontains compares with one text, not with ('x',) (in "
        "filter(data__a__icontains=…)).",
    ),
    (
        {"data__a__icontains": F("place")},
        "Item.data__icontains compares texts, and F('place') is none (in "
        'filter(data__a__icontains=…)). Use KT("…") for the text of a JSON value.',
    ),
]


@pytest.mark.parametrize(("lookups", "message"), REFUSED)
def test_what_a_lookup_cannot_compare_is_refused(lookups: Any, message: str) -> None:
    with pytest.raises(FieldError) as refusal:
        Item.objects.filter(**lookups)
    assert str(refusal.value) == message


def test_values_that_are_no_json_are_refused(db: Database) -> None:
    with pytest.raises(ValidationError, match="which JSON cannot"):
        Item.objects.filter(data__a=object()).sql()
    with pytest.raises(FieldError, match=r"takes json, and Item\.label is of type text"):
        Item.objects.annotate(t=KT("label"))
    with pytest.raises(FieldError, match=r"A key is a text or a number, not 1\.5"):
        KeyTransform(1.5, "data")  # type: ignore[arg-type]
    with pytest.raises(UnknownField):
        Item.objects.annotate(t=KT("nothing__a"))


def test_two_paths_are_two_shapes() -> None:
    paths = [f"data__{key}" for key in ("a", "b", "a.b", ",", ")", "AND(", ".")]
    texts = {Item.objects.filter(**{path: 1}).order_by(path).sql()[1] for path in paths}
    assert len(texts) == len(paths)
    keys = [("a", "b"), ("b", "a"), ("a", "a"), (",", "a"), ("a", ",")]
    both = {
        json.dumps(
            Item.objects.filter(KeyTransform(a, KeyTransform(b, "data")) == 1).sql()[1],
            default=str,
        )
        for a, b in keys
    }
    assert len(both) == len(keys)
