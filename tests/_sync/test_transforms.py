# generated from tests/_async/test_transforms.py by scripts/generate_sync.py;
# change that file, not this one
"""What can stand behind a field in a path, and what on the right side of a lookup?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covet.lookups import (
    Contains,
    EndsWith,
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    IContains,
    IEndsWith,
    IExact,
    In,
    IRegex,
    IsNull,
    IStartsWith,
    LessThan,
    LessThanOrEqual,
    Range,
    Regex,
    StartsWith,
)
from covet.sync import (
    Case,
    CharField,
    Count,
    Database,
    DateField,
    DateTimeField,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    Model,
    OuterRef,
    Q,
    Subquery,
    TimeField,
    UnknownLookup,
    Value,
    When,
)


class Author(Model):
    name = CharField(max_length=20)
    born = DateField(null=True)


class Post(Model):
    title = CharField(max_length=20)
    motto = CharField(max_length=20, null=True)
    views = IntegerField(default=0)
    low = IntegerField(null=True)
    high = IntegerField(null=True)
    made = DateTimeField(null=True)
    day = DateField(null=True)
    at = TimeField(null=True)
    author = ForeignKey(Author, null=True, related_name="posts")


FIRST = datetime(2019, 12, 30, 23, 59, 59, 999999, UTC)  # of the ISO year 2020
SECOND = datetime(2020, 2, 29, 9, 30, 15, tzinfo=UTC)
THIRD = datetime(2021, 1, 1, tzinfo=UTC)


def write() -> None:
    ann = Author.objects.create(name="Ann", born=date(1990, 5, 1))
    Post.objects.create(
        title="a", motto="bread and a", views=1, low=1, high=3, made=FIRST, author=ann
    )
    Post.objects.create(
        title="b", motto="B", views=5, low=6, high=9, made=SECOND, author=ann, at=time(9, 30, 5)
    )
    Post.objects.create(title="c", views=7, low=7, made=THIRD, day=date(2021, 1, 1))
    Post.objects.create(title="d", motto="", views=9)


def titles(*conditions: Any, **lookups: Any) -> str:
    """The titles of the posts that a condition keeps; the rest are those that it leaves out."""
    kept = Post.objects.filter(*conditions, **lookups).order_by("title").fetch()
    left = Post.objects.exclude(*conditions, **lookups).order_by("title").fetch()
    assert sorted(post.title for post in (*kept, *left)) == ["a", "b", "c", "d"]
    return "".join(post.title for post in kept)


@pytest.mark.parametrize(
    ("lookups", "expected"),
    [
        ({"made__year": 2020}, "b"),
        ({"made__year__exact": 2020}, "b"),
        ({"made__year__gt": 2019}, "bc"),
        ({"made__year__gte": 2020}, "bc"),
        ({"made__year__lt": 2021}, "ab"),
        ({"made__year__lte": 2019}, "a"),
        ({"made__year__in": [2019, 2021]}, "ac"),
        ({"made__year__range": (2020, 2030)}, "bc"),
        ({"made__year__isnull": True}, "d"),
        ({"made__year__gt": 2019.5}, "bc"),
        ({"made__year": 10_000}, ""),
        ({"made__year__lt": 10_000}, "abc"),
        ({"made__year__gt": 9999}, ""),
        ({"made__year__gte": -5}, "abc"),
        ({"made__year__lt": 1}, ""),
        ({"made__year__gt": 2**70}, ""),
        ({"made__iso_year": 2020}, "abc"),
        ({"made__iso_year__lt": 2020}, ""),
        ({"made__iso_year__gt": 2020}, ""),
        ({"made__year": F("made__iso_year")}, "b"),
        ({"made__year__lt": F("made__iso_year")}, "a"),
        ({"made__date": date(2020, 2, 29)}, "b"),
        ({"made__date__year": 2020}, "b"),
        ({"made__date__year__gte": 2020}, "bc"),
        ({"made__date__month__in": [1, 2]}, "bc"),
        ({"made__time": time(9, 30, 15)}, "b"),
        ({"made__time__hour__lt": 10}, "bc"),
        ({"made__hour__range": (9, 23)}, "ab"),
        ({"made__minute__gt": 30}, "a"),
        ({"made__second": 59}, "a"),
        ({"made__week": 53}, "c"),
        ({"made__quarter__gte": 4}, "a"),
        ({"made__week_day": 6}, "c"),
        ({"made__iso_week_day": 5}, "c"),
        ({"made__month": F("made__day")}, "c"),
        ({"day__year__lte": 2021}, "c"),
        ({"at__hour": 9}, "b"),
        ({"at__second__gte": 5}, "b"),
        ({"author__born__year__lt": 2000}, "ab"),
        ({"author__born__month": 5, "made__month": 2}, "b"),
    ],
    ids=str,
)
def test_parts_are_compared_by_any_lookup(
    db: Database, lookups: dict[str, Any], expected: str
) -> None:
    write()
    assert titles(**lookups) == expected


def test_parts_stand_wherever_a_field_may(db: Database) -> None:
    write()
    made = Post.objects.filter(made__isnull=False)
    assert made.order_by("-made__month", "made__date__year").values_list(
        "title", "made__year", "made__date__day"
    ) == [("a", 2019, 30), ("b", 2020, 29), ("c", 2021, 1)]
    assert made.annotate(y=F("made__year") + 1).values_list("y", flat=True).order_by("y") == [
        2020,
        2021,
        2022,
    ]
    assert made.annotate(d=F("made__date")).filter(d__year__gt=2019, d__day=1).values_list(
        "title", flat=True
    ) == ["c"]
    by_year = Post.objects.values("author__born__year").annotate(n=Count("pk"))
    assert by_year.order_by("author__born__year") == [
        {"author__born__year": None, "n": 2}, {"author__born__year": 1990, "n": 2},
    ]  # fmt: skip
    assert made.filter(Q(made__year=2020) | Q(made__hour=0)).count() == 2
    assert made.aggregate(n=Count("made__year", distinct=True)) == {"n": 3}
    whens = Case(When(made__year__gte=2020, then=Value("new")), default=Value("old"))
    assert made.order_by("title").values_list(whens, flat=True) == ["old", "new", "new"]


@given(
    year=st.integers(-3, 10_003) | st.integers(2018, 2022),
    moment=st.datetimes(timezones=st.just(UTC)) | st.sampled_from([FIRST, SECOND, THIRD]),
    lookup=st.sampled_from(["exact", "gt", "gte", "lt", "lte"]),
    part=st.sampled_from(["year", "iso_year"]),
)
def test_any_year(db: Database, year: int, moment: datetime, lookup: str, part: str) -> None:
    Post.objects.all().delete()
    Post.objects.create(title="a", made=moment, day=moment.date())
    own = moment.year if part == "year" else moment.isocalendar()[0]
    expected = {
        "exact": own == year,
        "gt": own > year,
        "gte": own >= year,
        "lt": own < year,
        "lte": own <= year,
    }[lookup]
    for field in ("made", "day"):
        condition = Q(**{f"{field}__{part}__{lookup}": year})
        assert Post.objects.filter(condition).exists() is expected
        assert Post.objects.exclude(condition).exists() is not expected


@pytest.mark.parametrize(
    ("lookups", "expected"),
    [
        ({"views__in": [F("low"), 9]}, "acd"),
        ({"views__in": [F("low"), None]}, "ac"),
        ({"views__in": (F("low"), F("high") - 4)}, "abc"),
        ({"views__in": [F("low") + 2]}, ""),
        ({"views__in": [Value(5), 2**70]}, "b"),
        ({"views__in": [Subquery(Author.objects.values("pk")[:0]), 5]}, "b"),
        ({"views__range": (F("low"), F("high"))}, "a"),
        ({"views__range": (F("low"), 7)}, "ac"),
        ({"views__range": [5, F("high")]}, "b"),
        ({"title__in": [F("motto"), "d"]}, "d"),
        ({"motto__contains": F("title")}, "a"),
        ({"motto__icontains": F("title")}, "ab"),
        ({"motto__endswith": F("title")}, "a"),
        ({"motto__istartswith": F("title")}, "b"),
        ({"motto__iexact": F("title")}, "b"),
        ({"title__regex": F("title")}, "abcd"),
        ({"made__month__in": [F("made__day"), 2]}, "bc"),
        ({"author__in": [F("views"), 70]}, "a"),
        ({"author__in": [F("author")]}, "ab"),
        ({"made__date__in": [F("day"), date(2020, 2, 29)]}, "bc"),
    ],
    ids=str,
)
def test_expressions_stand_on_the_right_side_of_any_lookup(
    db: Database, lookups: dict[str, Any], expected: str
) -> None:
    write()
    if "author__in" in lookups:  # keys go on counting up from test to test
        first = Author.objects.get()
        Post.objects.filter(title="a").update(views=first.pk)
    assert titles(**lookups) == expected


def test_lists_with_other_values_share_a_plan_and_other_members_do_not(
    db: Database,
) -> None:
    write()
    for number, expected in [(9, "acd"), (5, "abc"), (0, "ac")]:
        assert titles(views__in=[F("low"), number]) == expected
    assert titles(views__in=[5, F("low")]) == "abc"
    assert titles(views__in=[F("high"), 5]) == "b"
    assert titles(Q(views__in=[F("low"), 9]) & Q(title__in=["a", "d"])) == "ad"
    assert Post.objects.filter(views__in=iter([F("low"), 9])).count() == 3


def test_lookups_are_expressions(db: Database) -> None:
    write()
    rows = Post.objects.annotate(inside=Range("views", (F("low"), F("high")))).order_by("title")
    assert rows.values_list("inside", flat=True) == [True, False, None, None]
    assert titles(GreaterThan("views", F("low")) | IsNull("made", True)) == "d"
    assert titles(~LessThan(F("views"), 7)) == "cd"
    popular = Case(When(GreaterThanOrEqual("views", 7), then=Value("p")), default=Value("-"))
    assert rows.values_list(popular, flat=True) == ["-", "-", "p", "p"]
    by = Post.objects.order_by(Exact("title", "c").desc(), "title")
    assert by.values_list("title", flat=True) == ["c", "a", "b", "d"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Exact("motto", None), "c"),
        (Exact("motto", "B"), "b"),
        (IExact("motto", F("title")), "b"),
        (LessThanOrEqual("views", F("low")), "abc"),
        (In("views", [1, 9]), "ad"),
        (In("title", Post.objects.filter(views=5).values("title")), "b"),
        (Range("made__year", (2020, 2021)), "bc"),
        (IsNull("motto", False), "abd"),
        (Contains("motto", "and"), "a"),
        (IContains("motto", "AND"), "a"),
        (StartsWith("motto", "B"), "b"),
        (IStartsWith("motto", "B"), "ab"),
        (EndsWith("motto", "a"), "a"),
        (IEndsWith("motto", "A"), "a"),
        (Regex("motto", "^b"), "a"),
        (IRegex("motto", "^b"), "ab"),
    ],
    ids=repr,
)
def test_each_lookup_has_a_class(db: Database, condition: Any, expected: str) -> None:
    write()
    assert titles(condition) == expected


def test_a_part_of_an_outer_row(db: Database) -> None:
    write()
    same = Post.objects.filter(made__year=OuterRef("author__born__year") + 30).values("title")
    assert Post.objects.annotate(t=Subquery(same[:1])).order_by("title").values_list(
        "t", flat=True
    ) == ["b", "b", None, None]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda: Post.objects.filter(made__yaer=2020),
            "Post.made has no lookup 'yaer' (in filter(made__yaer=…)). Did you mean 'year'? "
            "Lookups: date, day, exact, gt, gte, hour, in, isnull, iso_week_day, iso_year, lt, "
            "lte, minute, month, quarter, range, second, time, week, week_day, year.",
        ),
        (
            lambda: Post.objects.filter(day__hour=3),
            "Post.day has no lookup 'hour' (in filter(day__hour=…)). Lookups: day, exact, gt, gte, "
            "in, isnull, iso_week_day, iso_year, lt, lte, month, quarter, range, week, week_day, "
            "year.",
        ),
        (
            lambda: Post.objects.filter(made__year__contains="2"),
            "Post.made has no lookup 'contains' (in filter(made__year__contains=…)). Lookups: "
            "exact, gt, gte, in, isnull, lt, lte, range.",
        ),
        (
            lambda: Post.objects.filter(made__year__gt__lt=1),
            "Post.made: nothing can stand behind the lookup 'gt' (in filter(made__year__gt__lt=…))",
        ),
    ],
)
def test_unknown_words_are_refused(ask: Callable[[], Any], message: str) -> None:
    with pytest.raises(FieldError) as caught:
        ask()
    assert str(caught.value).rstrip(".") == message.rstrip(".")
    assert isinstance(caught.value, UnknownLookup) is ("has no lookup" in message)


@pytest.mark.parametrize(
    ("lookups", "message"),
    [
        (
            {"views__gt": [F("low")]},
            "Post.views__gt compares with one value, not with several (in "
            "filter(views__gt=…)). Use views__in for a list of values.",
        ),
        (
            {"views__range": [F("low")]},
            "Post.views__range takes the first and the last value (in "
            "filter(views__range=…)). Write views__range=(low, high).",
        ),
        (
            {"views__in": [F("title")]},
            "Post.views is of type integer and cannot be compared with Post.title, which is "
            "of type text (in filter(views__in=…))",
        ),
        (
            {"views__in": [Q(views=1)]},
            "Post.views is of type integer and cannot be compared with the value, which is of type "
            "boolean (in filter(views__in=…))",
        ),
        (
            {"views__range": (F("low"), None)},
            "Post.views__lte compares with None, which nothing is true of (in "
            "filter(views__range=…)). Use views__isnull=True.",
        ),
    ],
    ids=str,
)
def test_lists_that_cannot_be_are_refused(lookups: dict[str, Any], message: str) -> None:
    with pytest.raises(FieldError) as caught:
        Post.objects.filter(**lookups)
    assert str(caught.value).rstrip(".") == message.rstrip(".")
