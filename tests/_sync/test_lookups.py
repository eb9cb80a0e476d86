# generated from tests/_async/test_lookups.py by scripts/generate_sync.py;
# change that file, not this one
"""Which rows does each lookup find, on each type of field, and which values does it refuse?"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from covet.sync import (
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
    F,
    FieldError,
    FloatField,
    GenericIPAddressField,
    IntegerField,
    JSONField,
    Model,
    Q,
    QueryTooComplex,
    TextField,
    TimeField,
    UnknownLookup,
    UUIDField,
    ValidationError,
    capture_queries,
)

from ..pairs import sync_fixture

UTC = dt.UTC


class Word(Model):
    text = TextField(null=True)
    short = CharField(max_length=10, default="")


class Thing(Model):
    whole = IntegerField(null=True)
    big = BigIntegerField(null=True)
    share = FloatField(null=True)
    money = DecimalField(max_digits=10, decimal_places=2, null=True)
    truth = BooleanField(null=True)
    day = DateField(null=True)
    clock = TimeField(null=True)
    moment = DateTimeField(null=True)
    took = DurationField(null=True)
    key = UUIDField(null=True)
    blob = BinaryField(null=True)
    data = JSONField(null=True)
    address = GenericIPAddressField(null=True)


def write(*texts: str | None) -> None:
    Word.objects.bulk_create([Word(text=text) for text in texts])


def texts(*conditions: Q, **lookups: Any) -> list[Any]:
    """The texts that a filter finds, in the order in which they were written."""
    found = Word.objects.filter(*conditions, **lookups).order_by("pk")
    return found.values_list("text", flat=True).fetch()


def numbers(*conditions: Q, **lookups: Any) -> list[Any]:
    found = Thing.objects.filter(*conditions, **lookups).order_by("whole")
    return found.values_list("whole", flat=True).fetch()


def fill(name: str, *values: Any) -> None:
    """A thing for each value, numbered from 0."""
    Thing.objects.bulk_create(
        [
            Thing(**{name: value}, **({} if name == "whole" else {"whole": n}))
            for n, value in enumerate(values)
        ]
    )


# --- text ---------------------------------------------------------------------------------------

ODD = [
    "100%", "100x", "a_b", "axb", "back\\slash", "a*b", "what?", "[x]", "x", "it's", 'say "hi"',
    "`tick`", "😀 smile", "line\nbreak", "é", "É", "e", "E", "ß", "", " ", "%", "_",
    "\\", "'", "--", "a%%s{}",
]  # fmt: skip


@pytest.mark.parametrize("part", [*ODD, "0%", "_b", "k\\s", "*b", "t?", "[x", "s\nb", "😀"])
def test_text_lookups_take_each_sign_as_it_is(db: Database, part: str) -> None:
    write(*ODD)
    assert texts(text=part) == [text for text in ODD if text == part]
    assert texts(text__contains=part) == [text for text in ODD if part in text]
    assert texts(text__startswith=part) == [text for text in ODD if text.startswith(part)]
    assert texts(text__endswith=part) == [text for text in ODD if text.endswith(part)]
    assert texts(text__in=[part]) == [text for text in ODD if text == part]


@pytest.mark.parametrize("part", [*ODD, "0%", "_B", "K\\s", "*B", "T?", "[X", "😀 S", "IT"])
def test_lookups_that_ignore_case_do_it_for_every_alphabet(db: Database, part: str) -> None:
    write(*ODD)
    upper = part.upper()
    assert texts(text__iexact=part) == [t for t in ODD if t.upper() == upper]
    assert texts(text__icontains=part) == [t for t in ODD if upper in t.upper()]
    assert texts(text__istartswith=part) == [t for t in ODD if t.upper().startswith(upper)]
    assert texts(text__iendswith=part) == [t for t in ODD if t.upper().endswith(upper)]


def test_texts_are_compared_with_case_and_accents(db: Database) -> None:
    write("cafe", "Cafe", "café", "CAFÉ")
    assert texts(text="cafe") == ["cafe"]
    assert texts(text__contains="af") == ["cafe", "Cafe", "café"]
    assert texts(text__startswith="c") == ["cafe", "café"]
    assert texts(text__endswith="é") == ["café"]
    assert texts(text__iexact="CAFé") == ["café", "CAFÉ"]
    assert texts(text__icontains="FÉ") == ["café", "CAFÉ"]
    assert texts(text__in=["CAFE", "café"]) == ["café"]


def test_spaces_at_the_end_count(db: Database) -> None:
    write("a", "a ", "a  ", "")
    assert texts(text="a") == ["a"]
    assert texts(text="a ") == ["a "]
    assert texts(text="") == [""]
    assert texts(text=" ") == []
    assert texts(text__in=["a  ", " "]) == ["a  "]
    assert texts(text__iexact="A ") == ["a "]
    assert texts(text__gt="a") == ["a ", "a  "]


def test_texts_are_ordered_by_code_point(db: Database) -> None:
    write("b", "B", "a", "é", "z", "😀", "Z", "ﬀ")
    ordered = Word.objects.order_by("text").values_list("text", flat=True)
    assert ordered.fetch() == ["B", "Z", "a", "b", "z", "é", "ﬀ", "😀"]
    assert texts(text__gte="z") == ["é", "z", "😀", "ﬀ"]
    assert texts(text__range=("B", "a")) == ["B", "a", "Z"]


def test_an_empty_pattern_is_in_every_text_but_null(db: Database) -> None:
    write("a", "", None)
    for lookup in ("contains", "icontains", "startswith", "istartswith", "endswith", "iendswith"):
        assert texts(**{f"text__{lookup}": ""}) == ["a", ""]


def test_long_patterns_find_nothing_and_do_not_fail(db: Database) -> None:
    write("a")
    long = "x" * 49_000
    for lookup in ("exact", "contains", "startswith", "endswith", "iexact", "icontains"):
        assert texts(**{f"text__{lookup}": long}) == []
        assert texts(**{f"short__{lookup}": long}) == []


@pytest.mark.databases("sqlite")
def test_a_pattern_that_sqlite_does_not_take_is_refused_before_any_sql(db: Database) -> None:
    with capture_queries() as queries, pytest.raises(QueryTooComplex) as caught:
        texts(text__startswith="x" * 60_000)
    assert str(caught.value) == "SQLite takes no pattern of 50000 bytes or more."
    assert queries == []


def test_text_lookups_may_look_for_another_column(db: Database) -> None:
    Word.objects.bulk_create(
        [
            Word(text="100% sure", short="% s"),
            Word(text="a_b", short="a_"),
            Word(text="axb", short="a_"),
            Word(text="abc", short="C"),
            Word(text=None, short="x"),
        ]
    )
    assert texts(text__contains=F("short")) == ["100% sure", "a_b"]
    assert texts(text__startswith=F("short")) == ["a_b"]
    assert texts(text__endswith=F("short")) == []
    assert texts(text__iendswith=F("short")) == ["abc"]
    assert texts(~Q(text__contains=F("short"))) == ["axb", "abc", None]
    assert texts(text__iexact=F("text")) == ["100% sure", "a_b", "axb", "abc"]


# --- regular expressions ------------------------------------------------------------------------


def test_regex_finds_a_match_anywhere_and_heeds_case(db: Database) -> None:
    write("abc", "ABC", "a.c", "12", "", None)
    assert texts(text__regex="b") == ["abc"]
    assert texts(text__regex="^a.c$") == ["abc", "a.c"]
    assert texts(text__regex=r"a\.c") == ["a.c"]
    assert texts(text__regex="^[0-9]+$") == ["12"]
    assert texts(text__regex="") == ["abc", "ABC", "a.c", "12", ""]
    assert texts(text__iregex="^ab") == ["abc", "ABC"]
    assert texts(~Q(text__regex="b")) == ["ABC", "a.c", "12", "", None]


def test_iregex_ignores_case_beyond_ascii(db: Database) -> None:
    write("café", "CAFÉ", "cafe")
    assert texts(text__iregex="FÉ$") == ["café", "CAFÉ"]
    assert texts(text__regex="É") == ["CAFÉ"]


def test_a_regex_with_odd_signs_is_a_value(db: Database) -> None:
    write("100%s", "it's", "{}", "back\\slash")
    assert texts(text__regex="%s") == ["100%s"]
    assert texts(text__regex="it's") == ["it's"]
    assert texts(text__regex=r"\{\}") == ["{}"]
    assert texts(text__regex=r"\\") == ["back\\slash"]


@pytest.mark.parametrize("lookup", ["regex", "iregex"])
def test_an_invalid_regex_is_a_data_error(db: Database, lookup: str) -> None:
    write("a")
    with pytest.raises(DataError):
        texts(**{f"text__{lookup}": "("})
    assert texts() == ["a"]


# --- equality and order, for each type ----------------------------------------------------------

MOMENT = dt.datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=UTC)
KEY = uuid.UUID("12345678123456781234567812345678")

ORDERED: dict[str, list[Any]] = {
    "whole": [-(2**31), -1, 0, 1, 2**31 - 1],
    "big": [-(2**63), -1, 0, 2**31, 2**63 - 1],
    "share": [-1e308, -0.5, 0.0, 1e-300, 2.5],
    "money": [
        Decimal("-99999999.99"),
        Decimal("-9.5"),
        Decimal(0),
        Decimal("10"),
        Decimal("10.01"),
    ],
    "day": [dt.date(1, 1, 1), dt.date(2024, 2, 29), dt.date(9999, 12, 31)],
    "clock": [dt.time(0), dt.time(0, 0, 0, 1), dt.time(12, 30), dt.time(23, 59, 59, 999999)],
    "moment": [MOMENT - dt.timedelta(days=90_000), MOMENT, MOMENT + dt.timedelta(microseconds=1)],
    "took": [dt.timedelta(-5), dt.timedelta(0), dt.timedelta(0, 0, 1), dt.timedelta(900)],
    "key": [uuid.UUID(int=0), KEY, uuid.UUID(int=2**128 - 1)],
    "blob": [b"", b"\0", b"a", b"a\0", b"\xff"],
}


@pytest.mark.parametrize("name", ORDERED)
def test_values_are_compared_by_their_order(db: Database, name: str) -> None:
    values = ORDERED[name]
    Thing.objects.bulk_create([Thing(**{name: value}) for value in [*values, None]])
    rows = Thing.objects.order_by(name).values_list(name, flat=True)
    assert rows.fetch() == [None, *values]
    for n, value in enumerate(values):
        assert rows.filter(**{name: value}).fetch() == [value]
        assert rows.filter(**{f"{name}__gt": value}).fetch() == values[n + 1 :]
        assert rows.filter(**{f"{name}__gte": value}).fetch() == values[n:]
        assert rows.filter(**{f"{name}__lt": value}).fetch() == values[:n]
        assert rows.filter(**{f"{name}__lte": value}).fetch() == values[: n + 1]
        assert rows.exclude(**{name: value}).fetch() == [
            None, *(other for other in values if other != value),
        ]  # fmt: skip
    assert rows.filter(**{f"{name}__in": values[1:3]}).fetch() == values[1:3]
    assert rows.filter(**{f"{name}__range": (values[0], values[2])}).fetch() == values[:3]
    assert rows.filter(**{f"{name}__range": (values[2], values[0])}).fetch() == []
    assert rows.filter(**{f"{name}__isnull": True}).fetch() == [None]
    assert rows.filter(**{f"{name}__isnull": False}).fetch() == values


EQUAL: dict[str, tuple[Any, Any]] = {
    "truth": (True, False),
    "address": ("127.0.0.1", "2001:db8::1"),
    "key": (KEY, uuid.UUID(int=7)),
}


@pytest.mark.parametrize("name", EQUAL)
def test_values_that_have_only_identity(db: Database, name: str) -> None:
    one, other = EQUAL[name]
    fill(name, one, other, None)
    assert numbers(**{name: one}) == [0]
    assert numbers(**{f"{name}__in": [other]}) == [1]
    assert numbers(**{f"{name}__isnull": True}) == [2]
    assert numbers(~Q(**{name: one})) == [1, 2]


def test_documents_are_equal_by_what_they_say(db: Database) -> None:
    fill("data", {"a": 1, "b": [1, 2]}, [1, 2], "text", None, {})
    assert numbers(data={"b": [1, 2], "a": 1}) == [0]
    assert numbers(data=[1, 2]) == [1]
    assert numbers(data="text") == [2]
    assert numbers(data__isnull=True) == [3]
    assert numbers(data={}) == [4]
    assert numbers(data__gt={}) == []


def test_exact_with_none_asks_for_null(db: Database) -> None:
    fill("truth", None, True)
    assert numbers(truth=None) == [0]
    assert numbers(truth__exact=None) == [0]
    assert numbers(~Q(truth=None)) == [1]
    assert numbers(Thing.truth == None) == [0]  # noqa: E711
    assert numbers(Thing.truth != None) == [1]  # noqa: E711
    write("a", None)
    assert texts(text__iexact=None) == [None]


@pytest.mark.parametrize("lookup", ["gt", "gte", "lt", "lte", "contains", "startswith", "regex"])
def test_other_lookups_refuse_none(db: Database, lookup: str) -> None:
    with pytest.raises(FieldError) as caught:
        Word.objects.filter(**{f"text__{lookup}": None})
    assert str(caught.value) == (
        f"Word.text__{lookup} compares with None, which nothing is true of "
        f"(in filter(text__{lookup}=…)). Use text__isnull=True."
    )


def test_isnull_takes_only_true_or_false(db: Database) -> None:
    for value in (1, "yes", None, []):
        with pytest.raises(FieldError, match=r"^Word\.text__isnull takes True or False "):
            Word.objects.filter(text__isnull=value)


# --- lists and ranges ---------------------------------------------------------------------------


def test_in_an_empty_list_is_nothing_and_its_complement_everything(db: Database) -> None:
    fill("big", 1, None)
    with capture_queries() as queries:
        assert numbers(big__in=[]) == []
        assert numbers(~Q(big__in=[])) == [0, 1]
        assert numbers(Q(big__in=[]) | Q(big=1)) == [0]
        assert numbers(big__in=(), whole=0) == []
    assert len(queries) == 4


def test_none_in_a_list_is_no_member(db: Database) -> None:
    fill("big", 1, 2, None)
    assert numbers(big__in=[1, None]) == [0]
    assert numbers(big__in=[None]) == []
    assert numbers(~Q(big__in=[1, None])) == [1, 2]
    assert numbers(~Q(big__in=[None])) == [0, 1, 2]


@pytest.mark.parametrize(
    "members",
    [[1, 3], (1, 3), {1, 3}, frozenset((1, 3)), range(1, 4, 2), {1: "x", 3: "y"}.keys()],
    ids=lambda members: type(members).__name__,
)
def test_in_takes_every_kind_of_collection(db: Database, members: Any) -> None:
    fill("whole", 1, 2, 3)
    assert numbers(whole__in=members) == [1, 3]
    assert numbers(Thing.whole.in_(members)) == [1, 3]


def test_in_takes_a_generator_and_the_query_can_run_again(db: Database) -> None:
    fill("whole", 1, 2, 3)
    query = Thing.objects.filter(whole__in=(n for n in (1, 3)))
    assert query.count() == 2
    assert query.all().count() == 2
    assert query.exclude(whole=1).count() == 1


def test_in_refuses_what_is_no_list(db: Database) -> None:
    for value in (5, "abc", b"abc", None, dt.date(2024, 1, 1)):
        with pytest.raises(FieldError) as caught:
            Thing.objects.filter(whole__in=value)
        assert str(caught.value) == (
            "Thing.whole__in takes a list of values (in filter(whole__in=…)). Write "
            "whole__in=[…], or whole=… for one value."
        )


def test_a_list_is_refused_where_one_value_is_wanted(db: Database) -> None:
    for value in ([1], (1, 2), [], {1}):
        with pytest.raises(FieldError) as caught:
            Thing.objects.filter(whole=value)
        assert str(caught.value) == (
            "Thing.whole__exact compares with one value, not with several (in "
            "filter(whole=…)). Use whole__in for a list of values."
        )


@pytest.mark.parametrize("size", [2_000, 40_000])
def test_in_takes_long_lists(db: Database, size: int) -> None:
    fill("whole", 1, 2, size + 7)
    write("1", "2", "x")
    assert numbers(whole__in=range(2, size + 2)) == [2]
    assert texts(text__in=[str(n) for n in range(2, size + 2)]) == ["2"]
    assert numbers(~Q(whole__in=range(2, size + 2))) == [1, size + 7]


@pytest.mark.parametrize("name", [name for name in ORDERED if name != "blob"])
def test_long_lists_of_every_type(db: Database, name: str) -> None:
    values = ORDERED[name]
    Thing.objects.bulk_create([Thing(**{name: value}) for value in values])
    found = Thing.objects.filter(**{f"{name}__in": values[:2] * 400}).order_by(name)
    assert found.values_list(name, flat=True).fetch() == values[:2]


def test_a_list_of_another_length_is_another_query_of_the_same_plan(db: Database) -> None:
    fill("whole", 1, 2, 3)
    assert numbers(whole__in=[1]) == [1]
    plans = len(Thing._plans)
    assert numbers(whole__in=[1, 2, 4]) == [1, 2]
    assert len(Thing._plans) == plans


def test_a_list_that_changes_later_does_not_change_the_query(db: Database) -> None:
    fill("whole", 1, 2, 3)
    keys = [1, 2]
    query = Thing.objects.filter(whole__in=keys).exclude(big=None, whole=7)
    keys.clear()
    assert query.count() == 2
    assert Thing.objects.filter(whole__in=[3]).exclude(big=None, whole=7).count() == 1


def test_range_includes_both_ends(db: Database) -> None:
    fill("whole", 1, 2, 3, 4, None)
    assert numbers(whole__range=(2, 3)) == [2, 3]
    assert numbers(whole__range=[3, 2]) == []
    assert numbers(whole__range=range(2, 4)) == [2, 3]
    assert numbers(~Q(whole__range=(2, 3))) == [None, 1, 4]
    assert numbers(whole__range=(1.5, 3.5)) == [2, 3]
    assert numbers(whole__range=(-(2**70), 2**70)) == [1, 2, 3, 4]


@pytest.mark.parametrize("ends", [[1], [1, 2, 3], [1, None], [None, 2]])
def test_range_takes_two_values(db: Database, ends: list[Any]) -> None:
    with capture_queries() as queries, pytest.raises(ValidationError) as caught:
        numbers(whole__range=ends)
    assert str(caught.value) == (f"Thing.whole needs both ends of a range, and not {tuple(ends)}.")
    assert queries == []


@pytest.mark.parametrize("ends", [5, "ab", None, [], [None, None]])
def test_range_refuses_what_is_no_pair(db: Database, ends: Any) -> None:
    with pytest.raises(FieldError) as caught:
        Thing.objects.filter(whole__range=ends)
    assert str(caught.value) == (
        "Thing.whole__range takes the first and the last value (in filter(whole__range=…)). "
        "Write whole__range=(low, high)."
    )


# --- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["whole", "big"])
def test_numbers_beyond_64_bits_are_fair_questions(db: Database, name: str) -> None:
    fill(name, *([1, 2**31 - 1] if name == "whole" else [1, 2**63 - 1]))
    assert Thing.objects.filter(**{name: 2**63}).count() == 0
    assert Thing.objects.exclude(**{name: 2**63}).count() == 2
    assert Thing.objects.filter(**{f"{name}__lt": 2**63}).count() == 2
    assert Thing.objects.filter(**{f"{name}__gte": -(2**70)}).count() == 2
    assert Thing.objects.filter(**{f"{name}__gt": 10**30}).count() == 0
    assert Thing.objects.filter(**{f"{name}__lte": -(10**30)}).count() == 0
    assert Thing.objects.filter(**{f"{name}__in": [1, 2**63, 10**40]}).count() == 1


def test_numbers_beyond_the_column_are_fair_questions(db: Database) -> None:
    fill("whole", 1, 2)
    assert numbers(whole=2**40) == []
    assert numbers(whole__lt=2**40) == [1, 2]
    assert numbers(whole__in=[1, 2**40]) == [1]


def test_nulls_are_neither_above_nor_below_a_huge_number(db: Database) -> None:
    fill("big", 1, None)
    assert numbers(big__lt=2**80) == [0]
    assert numbers(~Q(big__lt=2**80)) == [1]
    assert numbers(~Q(big__gt=2**80)) == [0, 1]


def test_fractions_compare_with_whole_numbers(db: Database) -> None:
    fill("whole", 1, 2, 3, -1, -2)
    for half in (2.5, Decimal("2.5")):
        assert numbers(whole__gt=half) == [3]
        assert numbers(whole__gte=half) == [3]
        assert numbers(whole__lt=half) == [-2, -1, 1, 2]
        assert numbers(whole__lte=half) == [-2, -1, 1, 2]
        assert numbers(whole__lte=-half) == []
        assert numbers(whole__gt=half - 4) == [-1, 1, 2, 3]
    assert numbers(whole=2.0) == [2]
    assert numbers(whole=Decimal("2.0")) == [2]


def test_a_whole_number_is_never_equal_to_a_fraction(db: Database) -> None:
    fill("whole", 2)
    with capture_queries() as queries, pytest.raises(ValidationError, match=r"^Thing\.whole "):
        numbers(whole=2.5)
    assert queries == []


def test_numbers_in_strings_are_taken_as_django_takes_them(db: Database) -> None:
    fill("whole", 5, 6)
    assert numbers(whole="5") == [5]
    assert numbers(whole__in=["5", "7"]) == [5]
    assert numbers(whole__gt="5") == [6]
    assert Thing.objects.filter(pk=str(Thing.objects.get(whole=5).pk)).count() == 1


def test_decimals_of_any_length_compare_exactly(db: Database) -> None:
    fill("money", Decimal("10.00"), Decimal("9.99"), Decimal("-3"))
    assert numbers(money=10) == [0]
    assert numbers(money=Decimal("10.000")) == [0]
    assert numbers(money="9.99") == [1]
    assert numbers(money__gt=Decimal("9.9899999999999999999999")) == [0, 1]
    assert numbers(money__lt=Decimal("9.9900000000000000000001")) == [1, 2]
    assert numbers(money__gt=Decimal("1e30")) == []
    assert numbers(money__lt=10**25) == [0, 1, 2]
    assert numbers(money__in=[Decimal("10.0"), Decimal("9.991")]) == [0]


def test_numbers_of_different_columns_compare(db: Database) -> None:
    Thing.objects.bulk_create(
        [
            Thing(whole=2, share=2.0, money=Decimal("2.00"), big=2),
            Thing(whole=3, share=3.5, money=Decimal("2.99"), big=2**40),
            Thing(whole=4, share=None, money=Decimal("10"), big=4),
        ]
    )
    assert numbers(whole=F("share")) == [2]
    assert numbers(whole__lt=F("share")) == [3]
    assert numbers(whole=F("money")) == [2]
    assert numbers(whole__gt=F("money")) == [3]
    assert numbers(money__gt=F("whole")) == [4]
    assert numbers(share__gte=F("money")) == [2, 3]
    assert numbers(big__gt=F("whole")) == [3]
    assert numbers(~Q(whole=F("share"))) == [3, 4]


# --- parts of moments ---------------------------------------------------------------------------


@sync_fixture
def moments(db: Database) -> Iterator[None]:
    fill(
        "moment",
        dt.datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC),  # a Thursday
        dt.datetime(2024, 12, 30, 0, 0, 0, tzinfo=UTC),  # the first week of 2025
        dt.datetime(2023, 1, 1, 12, 30, 15, tzinfo=UTC),  # a Sunday in the last week of 2022
        None,
    )
    yield


@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("year", (2024, 2024, 2023)),
        ("iso_year", (2024, 2025, 2022)),
        ("quarter", (1, 4, 1)),
        ("month", (2, 12, 1)),
        ("week", (9, 1, 52)),
        ("day", (29, 30, 1)),
        ("week_day", (5, 2, 1)),
        ("iso_week_day", (4, 1, 7)),
        ("hour", (23, 0, 12)),
        ("minute", (59, 0, 30)),
        ("second", (59, 0, 15)),
        ("date", (dt.date(2024, 2, 29), dt.date(2024, 12, 30), dt.date(2023, 1, 1))),
        ("time", (dt.time(23, 59, 59, 999999), dt.time(0), dt.time(12, 30, 15))),
    ],
)
def test_parts_of_a_moment_in_utc(moments: None, part: str, values: tuple[Any, ...]) -> None:
    for value in values:
        same = [n for n, other in enumerate(values) if other == value]
        later = [n for n, other in enumerate(values) if other > value]
        assert numbers(**{f"moment__{part}": value}) == same
        assert numbers(**{f"moment__{part}__gt": value}) == later
        assert numbers(**{f"moment__{part}__in": [value]}) == same
    assert numbers(**{f"moment__{part}__isnull": True}) == [3]
    assert Thing.objects.order_by("whole").values_list(f"moment__{part}", flat=True) == [
        *values, None,
    ]  # fmt: skip


def test_parts_may_follow_one_another(moments: None) -> None:
    assert numbers(moment__date__year=2024) == [0, 1]
    assert numbers(moment__time__hour__gte=12) == [0, 2]
    assert numbers(moment__date__range=(dt.date(2024, 1, 1), dt.date(2024, 3, 1))) == [0]
    assert numbers(moment__year__lt=F("moment__iso_year")) == [1]
    assert numbers(Thing.moment.is_null()) == [3]


def test_parts_of_days_and_times(db: Database) -> None:
    Thing.objects.create(whole=1, day=dt.date(2024, 12, 30), clock=dt.time(23, 5, 6, 7))
    assert numbers(day__year=2024, day__month=12, day__day=30, day__week=1) == [1]
    assert numbers(day__iso_year=2025, day__week_day=2, day__iso_week_day=1) == [1]
    assert numbers(clock__hour=23, clock__minute=5, clock__second=6) == [1]
    assert numbers(day__quarter__in=[1, 2, 3]) == []
    with pytest.raises(UnknownLookup) as caught:
        Thing.objects.filter(day__hour=3)
    assert str(caught.value).startswith("Thing.day has no lookup 'hour' (in filter(day__hour=…)).")


def test_moments_in_another_zone_are_the_same_moments(db: Database) -> None:
    fill("moment", MOMENT)
    zone = dt.timezone(dt.timedelta(hours=5, minutes=30))
    assert numbers(moment=MOMENT.astimezone(zone)) == [0]
    assert numbers(moment__lt=MOMENT.astimezone(zone)) == []


# --- values that a field does not accept --------------------------------------------------------

WRONG: dict[str, list[Any]] = {
    "whole": ["five", "", object(), b"5", 1j, float("nan"), dt.date(2024, 1, 1)],
    "big": ["x", {"a": 1}, float("inf")],
    "share": ["x", object(), b"1"],
    "money": ["x", object(), Decimal("NaN")],
    "truth": ["maybe", 5, object()],
    "day": ["not a day", 5, object()],
    "clock": ["25:00", 5],
    "moment": ["yesterday", 5, dt.datetime(2024, 1, 1)],
    "took": ["long", 5],
    "key": ["xyz", 5.5],
    "blob": ["text", 5],
    "address": ["300.0.0.1", 5],
    "text": [5, b"x", object(), "\ud800"],
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in WRONG.items() for v in vs])
def test_a_value_of_another_type_is_refused_before_any_sql(
    db: Database, name: str, value: Any
) -> None:
    model: Any = Word if name == "text" else Thing
    with capture_queries() as queries, pytest.raises(ValidationError) as caught:
        model.objects.filter(**{name: value}).fetch()
    assert str(caught.value).startswith(f"{model.__name__}.{name} ")
    with capture_queries() as more, pytest.raises(ValidationError):
        model.objects.filter(**{f"{name}__in": [value]}).fetch()
    assert queries == more == []


def test_an_expression_of_another_type_is_refused(db: Database) -> None:
    with pytest.raises(FieldError) as caught:
        Thing.objects.filter(whole=F("day"))
    assert str(caught.value) == (
        "Thing.whole is of type integer and cannot be compared with Thing.day, which is of "
        "type date (in filter(whole=…))."
    )
    with pytest.raises(FieldError):
        Thing.objects.filter(truth=F("whole"))


@pytest.mark.parametrize(
    ("lookup", "value"),
    [
        ("whole__contains", "1"),
        ("truth__gt", True),
        ("day__icontains", "x"),
        ("blob__regex", "x"),
        ("whole__year", 2024),
        ("whole__nosuch", 1),
    ],
)
def test_a_lookup_that_the_type_does_not_have_is_named(
    db: Database, lookup: str, value: Any
) -> None:
    name, _, wrong = lookup.partition("__")
    with pytest.raises(UnknownLookup) as caught:
        Thing.objects.filter(**{lookup: value})
    assert str(caught.value).startswith(
        f"Thing.{name} has no lookup '{wrong}' (in filter({lookup}=…))."
    )


@pytest.mark.parametrize("huge", [1e20, Decimal(10) ** 20])
def test_a_fraction_beyond_64_bits_is_above_every_whole_number(db: Database, huge: Any) -> None:
    Thing.objects.create(whole=5)

    assert Thing.objects.filter(whole__lt=huge).count() == 1
    assert Thing.objects.filter(whole__gt=-huge).count() == 1
    assert not Thing.objects.filter(whole=huge).exists()
