"""The traps of Django's and SQL's queries, pinned: the same answers on each database.

Each is one that rows were lost or doubled by in some ORM or on some database; the random tests of
``test_oracle`` cover them too, but seldom say so.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from covet.aio import (
    CharField,
    Database,
    DateField,
    DateTimeField,
    F,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    Model,
    Q,
)


class Tag(Model):
    word = CharField(max_length=20)

    class Meta:
        db_table = "trap_tag"


class Author(Model):
    name = CharField(max_length=20)
    age = IntegerField(null=True)
    mentor = ForeignKey("self", null=True, related_name="apprentices")

    class Meta:
        db_table = "trap_author"


class Post(Model):
    title = CharField(max_length=20, null=True)
    views = IntegerField(null=True)
    author = ForeignKey(Author, null=True, related_name="posts")
    tags = ManyToManyField(Tag, related_name="posts")

    class Meta:
        db_table = "trap_post"


class Day(Model):
    day = DateField()
    moment = DateTimeField(null=True)

    class Meta:
        db_table = "trap_day"


async def a_world() -> None:
    """Ann has two posts, Ben one without a title, Cid none; one post has no author."""
    ann = await Author.objects.create(name="Ann", age=40)
    ben = await Author.objects.create(name="Ben", age=None, mentor=ann)
    await Author.objects.create(name="Cid", age=20, mentor=ben)
    fish = await Post.objects.create(title="Fish", views=1, author=ann)
    goat = await Post.objects.create(title="Goat", views=2, author=ann)
    await Post.objects.create(title=None, views=None, author=ben)
    await Post.objects.create(title="Lost", views=2, author=None)
    red, blue = [await Tag.objects.create(word=word) for word in ("red", "blue")]
    await fish.tags.add(red, blue)
    await goat.tags.add(blue)


async def names(query: Any) -> list[str]:
    """The names of authors, each as often as it comes."""
    found: list[str] = await query.order_by("name").values_list("name", flat=True).fetch()
    return found


async def titles(query: Any) -> list[str | None]:
    found: list[str | None] = await query.order_by("pk").values_list("title", flat=True).fetch()
    return found


# --- NULL ----------------------------------------------------------------------------------------


async def test_exclude_keeps_the_rows_of_which_nothing_is_known(db: Database) -> None:
    await a_world()
    assert await names(Author.objects.exclude(age=40)) == ["Ben", "Cid"]
    assert await names(Author.objects.exclude(age__gt=30)) == ["Ben", "Cid"]
    assert await names(Author.objects.exclude(age__in=[40, 41])) == ["Ben", "Cid"]
    assert await names(Author.objects.exclude(age__range=(30, 50))) == ["Ben", "Cid"]
    assert await titles(Post.objects.exclude(title__startswith="F")) == ["Goat", None, "Lost"]
    assert await titles(Post.objects.exclude(views=F("author__age"))) == [
        "Fish",
        "Goat",
        None,
        "Lost",
    ]


async def test_exclude_keeps_the_rows_without_a_related_row(db: Database) -> None:
    await a_world()
    assert await titles(Post.objects.exclude(author__name="Ann")) == [None, "Lost"]
    assert await titles(Post.objects.exclude(author__age=40)) == [None, "Lost"]
    assert await names(Author.objects.exclude(mentor__mentor__name="Ann")) == ["Ann", "Ben"]


async def test_a_negation_within_a_negation_loses_no_row(db: Database) -> None:
    await a_world()
    inner = Q(name="Ben") & ~Q(age=40)
    assert await names(Author.objects.filter(inner)) == ["Ben"]
    assert await names(Author.objects.exclude(inner)) == ["Ann", "Cid"]
    assert await names(Author.objects.exclude(~inner)) == ["Ben"]


async def test_isnull_and_exact_none_are_one_question(db: Database) -> None:
    await a_world()
    for lookup in ({"age": None}, {"age__exact": None}, {"age__isnull": True}):
        assert await names(Author.objects.filter(**lookup)) == ["Ben"]
        assert await names(Author.objects.exclude(**lookup)) == ["Ann", "Cid"]


# --- in ------------------------------------------------------------------------------------------


async def test_none_is_no_member_of_a_list_and_spoils_no_exclude(db: Database) -> None:
    await a_world()
    assert await names(Author.objects.filter(age__in=[40, None])) == ["Ann"]
    assert await names(Author.objects.exclude(age__in=[40, None])) == ["Ben", "Cid"]
    assert await names(Author.objects.filter(age__in=[None])) == []
    assert await names(Author.objects.exclude(age__in=[None])) == ["Ann", "Ben", "Cid"]


async def test_nothing_is_in_an_empty_list(db: Database) -> None:
    await a_world()
    assert await names(Author.objects.filter(age__in=[])) == []
    assert await names(Author.objects.exclude(age__in=[])) == ["Ann", "Ben", "Cid"]
    assert await names(Author.objects.filter(Q(age__in=[]) | Q(name="Cid"))) == ["Cid"]
    assert await names(Author.objects.filter(~Q(age__in=[]), name="Cid")) == ["Cid"]
    assert await names(Author.objects.filter(Q(age__in=[]) ^ Q(name="Cid"))) == ["Cid"]
    assert await names(Author.objects.filter(posts__in=[])) == []


# --- Q -------------------------------------------------------------------------------------------


async def test_an_empty_q_says_nothing_negated_or_not(db: Database) -> None:
    await a_world()
    everyone = ["Ann", "Ben", "Cid"]
    for empty in (Q(), ~Q(), ~~Q(), Q() & Q(), Q() | Q(), ~(Q() | Q())):
        assert await names(Author.objects.filter(empty)) == everyone
        assert await names(Author.objects.exclude(empty)) == everyone
        assert await names(Author.objects.filter(empty & Q(name="Ann"))) == ["Ann"]
        assert await names(Author.objects.filter(empty | Q(name="Ann"))) == ["Ann"]


# --- relations to many ---------------------------------------------------------------------------


async def test_two_conditions_in_one_call_are_about_one_related_row(db: Database) -> None:
    await a_world()
    assert await names(Author.objects.filter(posts__title="Fish", posts__views=1)) == ["Ann"]
    assert await names(Author.objects.filter(posts__title="Fish", posts__views=2)) == []
    both = Q(posts__title="Fish") & Q(posts__views=2)
    assert await names(Author.objects.filter(both)) == []
    assert await names(Author.objects.filter(Q(posts__title="Fish"), Q(posts__views=2))) == []


async def test_two_conditions_in_two_calls_may_be_about_two_related_rows(db: Database) -> None:
    await a_world()
    two = Author.objects.filter(posts__title="Fish").filter(posts__views=2)
    assert await names(two) == ["Ann"]
    assert await titles(Post.objects.filter(tags__word="red").filter(tags__word="blue")) == ["Fish"]
    assert await titles(Post.objects.filter(tags__word="red", tags__word__in=["blue"])) == []


async def test_a_row_comes_once_for_each_related_row_that_is_found(db: Database) -> None:
    await a_world()
    assert await names(Author.objects.filter(posts__views__gt=0)) == ["Ann", "Ann"]
    assert await names(Author.objects.filter(posts__views__gt=0).distinct()) == ["Ann"]
    assert await Author.objects.filter(posts__views__gt=0).count() == 2
    assert await names(Author.objects.exclude(posts__views__gt=1)) == ["Ben", "Cid"]


async def test_exclude_over_related_rows_is_about_all_of_them(db: Database) -> None:
    await a_world()
    assert await names(Author.objects.exclude(posts__title="Fish")) == ["Ben", "Cid"]
    assert await names(Author.objects.filter(~Q(posts__title="Fish"))) == ["Ben", "Cid"]
    assert await names(Author.objects.exclude(posts__title__isnull=True)) == ["Ann"]
    assert await names(Author.objects.exclude(posts__isnull=False)) == ["Cid"]
    assert await titles(Post.objects.exclude(tags__word="red")) == ["Goat", None, "Lost"]
    assert await titles(Post.objects.exclude(tags__in=[])) == ["Fish", "Goat", None, "Lost"]


async def test_exclude_of_two_conditions_is_the_complement_of_filter(db: Database) -> None:
    await a_world()
    asked = {"posts__title": "Fish", "posts__views": 2}
    assert await names(Author.objects.filter(**asked)) == []
    assert await names(Author.objects.exclude(**asked)) == ["Ann", "Ben", "Cid"]
    met = {"posts__title": "Fish", "posts__views": 1}
    assert await names(Author.objects.exclude(**met)) == ["Ben", "Cid"]


async def test_or_keeps_the_rows_without_related_rows(db: Database) -> None:
    await a_world()
    either = Q(posts__title="Fish") | Q(name="Cid")
    assert await names(Author.objects.filter(either)) == ["Ann", "Cid"]
    assert await titles(Post.objects.filter(Q(author__name="Ben") | Q(title="Lost"))) == [
        None,
        "Lost",
    ]


# --- text ----------------------------------------------------------------------------------------


WORDS = ["a", "a ", " a", "A", "\u00e1", "a\u0301", "\u00df", "ss", ""]


async def tags_of(words: list[str]) -> None:
    await Tag.objects.bulk_create([Tag(word=word) for word in words])


async def test_a_text_is_equal_to_itself_alone(db: Database) -> None:
    await tags_of(WORDS)
    for word in WORDS:
        found = Tag.objects.filter(word=word).values_list("word", flat=True)
        assert await found.fetch() == [word]
        assert await Tag.objects.filter(word__in=[word, "zz"]).count() == 1
        assert await Tag.objects.exclude(word=word).count() == len(WORDS) - 1
    assert await Tag.objects.filter(word=F("word")).count() == len(WORDS)


async def test_texts_that_a_collation_would_join_are_distinct(db: Database) -> None:
    await tags_of(WORDS)
    found = await Tag.objects.values_list("word", flat=True).distinct().order_by("word").fetch()
    assert found == sorted(WORDS)
    assert await Tag.objects.order_by("-word").values_list("word", flat=True).fetch() == found[::-1]


SIGNS = ["%", "_", "\\", "%%", "\\%", "\\_", "\\\\", "100%", "a_b", "a\\b", "axb", "'", '"', "[a]"]


@pytest.mark.parametrize(
    ("lookup", "is_found"),
    [
        ("contains", lambda sign, word: sign in word),
        ("startswith", lambda sign, word: word.startswith(sign)),
        ("endswith", lambda sign, word: word.endswith(sign)),
        ("icontains", lambda sign, word: sign.lower() in word.lower()),
        ("iexact", lambda sign, word: sign.lower() == word.lower()),
    ],
    ids=["contains", "startswith", "endswith", "icontains", "iexact"],
)
async def test_the_signs_of_like_mean_themselves(db: Database, lookup: str, is_found: Any) -> None:
    await tags_of(SIGNS)
    for sign in SIGNS:
        query = Tag.objects.filter(**{f"word__{lookup}": sign}).order_by("pk")
        found = await query.values_list("word", flat=True).fetch()
        assert found == [word for word in SIGNS if is_found(sign, word)]


async def test_the_signs_of_like_mean_themselves_in_a_column_too(db: Database) -> None:
    post = await Post.objects.create(title="a%b")
    await Tag.objects.create(word="%")
    await post.tags.add(await Tag.objects.create(word="_"))
    assert await titles(Post.objects.filter(title__contains=F("tags__word"))) == []
    await post.tags.add(await Tag.objects.get(word="%"))
    assert await titles(Post.objects.filter(title__contains=F("tags__word"))) == ["a%b"]


# --- days ----------------------------------------------------------------------------------------


DAYS = [
    (dt.date(2018, 12, 30), 2018, 52, 7),
    (dt.date(2018, 12, 31), 2019, 1, 1),
    (dt.date(2020, 12, 31), 2020, 53, 4),
    (dt.date(2021, 1, 3), 2020, 53, 7),
    (dt.date(2021, 1, 4), 2021, 1, 1),
    (dt.date(2024, 12, 30), 2025, 1, 1),
    (dt.date(2027, 1, 1), 2026, 53, 5),
]
"""A day; the ISO year, week and day of the week."""


async def test_weeks_at_the_end_of_a_year_are_those_of_iso(db: Database) -> None:
    last = dt.time(23, 59, 59, 999999)
    moments = [dt.datetime.combine(day, last, dt.UTC) for day, *_ in DAYS]
    await Day.objects.bulk_create([Day(day=m.date(), moment=m) for m in moments])
    parts = ("iso_year", "week", "iso_week_day", "year", "week_day")
    for column in ("day", "moment"):
        paths = [f"{column}__{part}" for part in parts]
        for day, year, week, weekday in DAYS:
            expected = (year, week, weekday, day.year, weekday % 7 + 1)
            found = Day.objects.filter(day=day)
            assert await found.values_list(*paths).get() == expected
            assert await found.filter(**dict(zip(paths, expected, strict=True))).count() == 1
            assert await found.exclude(**{f"{column}__week": week}).count() == 0
