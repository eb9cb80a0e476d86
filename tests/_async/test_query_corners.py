"""What happens where several parts of the query language meet?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from covet.aio import (
    CharField,
    Count,
    Database,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    FieldError,
    FloatField,
    ForeignKey,
    IntegerField,
    Max,
    Model,
    OuterRef,
    Q,
    Rank,
    RawSQL,
    RowNumber,
    Subquery,
    Sum,
    Window,
)


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    score = FloatField(default=1.5)
    price = DecimalField(max_digits=8, decimal_places=2, default=Decimal("1.50"))
    author = ForeignKey(Author, related_name="posts")


async def write() -> None:
    names = [await Author.objects.create(name=name) for name in "abcd"]
    for title, views, owner in (("x", 3, 1), ("y", 12, 1), ("z", 7, 2), ("w", 7, 2), ("v", 1, 0)):
        await Post.objects.create(title=title, views=views, author=names[owner])


authors: Any = Author.objects.all()
posts: Any = Post.objects.all()


async def test_an_order_by_what_is_grouped_holds_beside_a_window(db: Database) -> None:
    await write()
    ranked = authors.annotate(n=Count("posts")).annotate(r=Window(Rank(), order_by="-n"))

    assert await ranked.order_by("pk").values_list("name", flat=True).fetch() == list("abcd")
    assert await ranked.order_by("-pk").values_list("name", flat=True).fetch() == list("dcba")
    by_author = posts.values("author__name").annotate(v=Sum("views"))
    placed = by_author.annotate(r=Window(Rank(), order_by="-v")).order_by("author__name")
    assert [row["author__name"] for row in await placed.fetch()] == list("abc")


async def test_values_between_two_aggregates_make_new_groups(db: Database) -> None:
    await write()

    rows = posts.annotate(n=Count("author")).values("author__name").annotate(m=Max("views"))
    found = await rows.order_by("author__name").values_list("author__name", "m").fetch()
    assert found == [("a", 1), ("b", 12), ("c", 7)]


async def test_what_is_filtered_by_a_window_cannot_be_grouped(db: Database) -> None:
    await write()
    first = Window(RowNumber(), partition_by="author", order_by=["-views", "title"])
    best = posts.annotate(r=first).filter(r=1)

    with pytest.raises(FieldError) as caught:
        await best.values("views").annotate(n=Count("pk")).fetch()
    assert str(caught.value) == (
        "Rows cannot be filtered by a window and then be grouped by values. Do it in two: "
        "filter(pk__in=filtered.values('pk')).values(…).annotate(…)."
    )
    again = posts.filter(pk__in=best.values("pk")).values("views").annotate(n=Count("pk"))
    assert await again.order_by("views").values_list("views", "n").fetch() == [
        (1, 1), (7, 1), (12, 1),
    ]  # fmt: skip


async def test_an_output_field_makes_numbers_of_its_kind(db: Database) -> None:
    await write()

    async def one(expression: Any) -> Any:
        query = posts.filter(title="x").annotate(x=expression)
        return (await query.values_list("x", flat=True).fetch())[0]

    for expression, expected in (
        (ExpressionWrapper(F("views") * 2, FloatField()), 6.0),
        (ExpressionWrapper(F("score") * 2, IntegerField()), 3),
        (ExpressionWrapper(F("price") * 2, FloatField()), 3.0),
        (ExpressionWrapper(F("views"), DecimalField()), Decimal(3)),
        (Sum("price", output_field=FloatField()), 1.5),
        (Sum("views", output_field=FloatField()), 3.0),
        (Window(Sum("price", output_field=FloatField())), 1.5),
        (Subquery(Post.objects.filter(title="x").values("price")[:1], FloatField()), 1.5),
    ):
        found = await one(expression)
        assert found == expected
        assert type(found) is type(expected)


async def test_a_subquery_is_ordered_by_what_it_calculates_with_the_row_around(
    db: Database,
) -> None:
    await write()
    near = Post.objects.filter(author=OuterRef("author")).annotate(d=F("views") - OuterRef("views"))

    rows = posts.annotate(x=Subquery(near.order_by("d").values("d")[:1])).order_by("title")
    assert await rows.values_list("title", "x").fetch() == [
        ("v", 0), ("w", 0), ("x", 0), ("y", -9), ("z", 0),
    ]  # fmt: skip


async def test_an_aggregate_of_the_query_around_cannot_be_named(db: Database) -> None:
    counted = authors.annotate(n=Count("posts"))

    with pytest.raises(FieldError) as caught:
        counted.annotate(x=Exists(Post.objects.filter(views=OuterRef("n"))))
    assert "OuterRef('n') is about groups or windows of the query around" in str(caught.value)


async def test_in_raw_sql(db: Database) -> None:
    await write()

    ids = RawSQL("select author_id from post where views > %s", (6,))
    assert await authors.filter(pk__in=ids).order_by("pk").values_list("name", flat=True) == [
        "b", "c",
    ]  # fmt: skip
    assert await authors.exclude(pk__in=ids).count() == 2


async def test_aggregates_of_aggregates_and_windows(db: Database) -> None:
    await write()

    assert await posts.aggregate(n=Count("pk"), twice=F("n") * 2) == {"n": 5, "twice": 10}
    ranked = posts.annotate(r=Window(Rank(), order_by="-views"))
    assert await ranked.aggregate(Max("r")) == {"r__max": 5}


async def test_parts_of_texts(db: Database) -> None:
    author = await Author.objects.create(name="Annabel")

    names = authors.filter(pk=author.pk)
    parts = names.values_list(F("name")[:3], F("name")[3], F("name")[4:], F("name")[1:3])
    assert await parts.fetch() == [("Ann", "a", "bel", "nn")]
    with pytest.raises(FieldError):
        F("name")[-1]
    with pytest.raises(FieldError):
        F("name")[::2]
    with pytest.raises(TypeError):
        list(F("name"))  # type: ignore[call-overload]


RANKED: Any = authors.annotate(w=Window(Rank(), order_by="name"))
COUNTED: Any = authors.annotate(n=Count("posts"))


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        (RANKED.exclude(w=2, posts__views=3), "acd"),
        (RANKED.exclude(w=3, posts__views=3), "abcd"),
        (RANKED.exclude(Q(w=1) | Q(posts__views=7)), "bd"),
        (RANKED.filter(~Q(w=2, posts__views=3) | Q(w=2)), "abcd"),
        (RANKED.filter(~Q(~Q(w=3, posts__views=3), posts__views=12)), "acd"),
        (RANKED.filter(~Q(~Q(w=2, posts__views=3), posts__views=12)), "abcd"),
        (COUNTED.exclude(n=2, posts__views=7), "abd"),
        (COUNTED.exclude(Q(n=0) | Q(posts__views=1)), "bc"),
        (
            COUNTED.annotate(w=Window(Rank(), order_by="-n")).exclude(w=1, n=2, posts__views=7),
            "abd",
        ),
    ],
)
async def test_a_negation_is_about_results_and_related_rows(
    db: Database, query: Any, kept: str
) -> None:
    await write()
    found = query.order_by("name").values_list("name", flat=True)
    assert await found.fetch() == list(kept)
    assert await query.count() == len(kept)


@pytest.mark.parametrize(
    ("queryset", "condition", "called", "kept"),
    [
        (RANKED, Q(posts__views=F("w")), "exclude(posts__views=…)", "bcd"),
        (COUNTED, Q(n=F("posts__views")), "exclude(n=…)", "bcd"),
        (
            RANKED,
            Q(Q(w=0) | Q(posts__views=1), posts__views=2),
            "exclude(Q(Q(w=…) | Q(posts__views=…)), posts__views=…)",
            "abcd",
        ),
        (
            RANKED,
            Q(w=0) ^ Q(posts__views=1),
            "exclude(Q(w=…) ^ Q(posts__views=…))",
            "bcd",
        ),
    ],
)
async def test_results_are_not_compared_with_related_rows_in_a_negation(
    db: Database, queryset: Any, condition: Q, called: str, kept: str
) -> None:
    with pytest.raises(FieldError) as caught:
        queryset.exclude(condition)
    assert str(caught.value) == (
        f"{condition!r} compares groups or windows with rows of a relation, and is negated as a "
        f"whole (in {called}). Leave out what it finds: "
        "exclude(pk__in=queryset.filter(…).values('pk'))."
    )
    await write()
    found = authors.exclude(pk__in=queryset.filter(condition).values("pk")).order_by("name")
    assert await found.values_list("name", flat=True).fetch() == list(kept)
