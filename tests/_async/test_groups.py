"""What makes a group? The examples of Django's guide to aggregation, and what lies around them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from covet.aio import (
    Avg,
    Case,
    CharField,
    Coalesce,
    CompositePrimaryKey,
    Count,
    Database,
    DecimalField,
    Exists,
    F,
    FieldError,
    FloatField,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    Max,
    Min,
    Model,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)


class Author(Model):
    name = CharField(max_length=100)
    age = IntegerField()


class Publisher(Model):
    name = CharField(max_length=300)


class Book(Model):
    name = CharField(max_length=300)
    pages = IntegerField()
    price = DecimalField(max_digits=10, decimal_places=2)
    rating = FloatField()
    authors = ManyToManyField(Author, related_name="books")
    publisher = ForeignKey(Publisher, related_name="books")
    year = IntegerField(default=2020)

    class Meta:
        ordering = ("name",)


class Store(Model):
    name = CharField(max_length=300)
    books = ManyToManyField(Book, related_name="stores")


class Place(Model):
    name = CharField(max_length=20)


class Cafe(Place):
    seats = IntegerField()


class Visit(Model):
    cafe = ForeignKey(Cafe, related_name="visits")
    guests = IntegerField(default=1)


class Seat(Model):
    pk = CompositePrimaryKey("row", "number")
    row = CharField(max_length=5)
    number = IntegerField()


class Ticket(Model):
    seat = ForeignKey(Seat, related_name="tickets")
    price = IntegerField()


books: Any = Book.objects.all()
authors: Any = Author.objects.order_by("name")
publishers: Any = Publisher.objects.order_by("name")


async def write() -> None:
    people = [await Author.objects.create(name=n, age=a) for n, a in (("Ann", 30), ("Bob", 40))]
    ann, bob = people
    old = await Publisher.objects.create(name="Old")
    new = await Publisher.objects.create(name="New")
    await Publisher.objects.create(name="None")
    shop = await Store.objects.create(name="Shop")
    kiosk = await Store.objects.create(name="Kiosk")
    for name, pages, price, rating, publisher, by, sold in (
        ("Django", 300, "30.00", 4.5, old, (ann, bob), (shop, kiosk)),
        ("Flask", 100, "20.00", 3.0, old, (ann,), (shop,)),
        ("Pyramid", 500, "40.00", 5.0, new, (bob,), ()),
        ("Zope", 500, "25.00", 2.0, new, (ann,), (kiosk,)),
    ):
        book = await Book.objects.create(
            name=name, pages=pages, price=Decimal(price), rating=rating, publisher=publisher
        )
        await book.authors.add(*by)
        for store in sold:
            await store.books.add(book)


async def pairs(query: Any, *names: str) -> list[Any]:
    found: list[Any] = await query.values_list(*names).fetch()
    return found


async def test_the_cheat_sheet(db: Database) -> None:
    await write()

    assert await books.count() == 4
    assert await books.filter(publisher__name="Old").count() == 2
    assert await books.aggregate(Avg("price", default=0)) == {"price__avg": Decimal("28.75")}
    difference = Max("price", output_field=FloatField()) - Avg("price")
    found = await books.aggregate(price_diff=difference)
    assert float(found["price_diff"]) == 11.25
    counted = publishers.annotate(num_books=Count("books"))
    assert await pairs(counted, "name", "num_books") == [("New", 2), ("None", 0), ("Old", 2)]
    above = Count("books", filter=Q(books__rating__gt=4))
    below = Count("books", filter=Q(books__rating__lte=4))
    rows = publishers.annotate(below=below).annotate(above=above)
    assert await pairs(rows, "name", "below", "above") == [
        ("New", 1, 1), ("None", 0, 0), ("Old", 1, 1),
    ]  # fmt: skip
    top = Publisher.objects.annotate(n=Count("books")).order_by("-n", "name")[:2]
    assert await pairs(top, "name", "n") == [("New", 2), ("Old", 2)]


async def test_joins_in_aggregates(db: Database) -> None:
    await write()

    stores = Store.objects.order_by("name").annotate(
        least=Min("books__price"), most=Max("books__price")
    )
    assert await pairs(stores, "name", "least", "most") == [
        ("Kiosk", 25, 30), ("Shop", 20, 30),
    ]  # fmt: skip
    assert await Store.objects.aggregate(youngest=Min("books__authors__age")) == {"youngest": 30}
    assert await publishers.aggregate(n=Count("books"), oldest=Max("books__authors__age")) == {
        "n": 5, "oldest": 40,
    }  # fmt: skip
    pages = authors.annotate(total=Sum("books__pages"))
    assert await pairs(pages, "name", "total") == [("Ann", 900), ("Bob", 800)]
    assert await authors.aggregate(mean=Avg("books__rating")) == {
        "mean": pytest.approx((4.5 + 3 + 2 + 4.5 + 5) / 5)
    }


async def test_filters_before_and_behind(db: Database) -> None:
    await write()

    good = Q(books__rating__gt=3)
    behind = publishers.annotate(n=Count("books", distinct=True)).filter(good)
    before = publishers.filter(good).annotate(n=Count("books"))
    assert await pairs(behind, "name", "n") == [("New", 2), ("Old", 2)]
    assert await pairs(before, "name", "n") == [("New", 1), ("Old", 1)]
    mean = publishers.annotate(mean=Avg("books__rating")).filter(books__rating__gt=3)
    assert await pairs(mean, "name", "mean") == [("New", 3.5), ("Old", 3.75)]
    mean = publishers.filter(books__rating__gt=3).annotate(mean=Avg("books__rating"))
    assert await pairs(mean, "name", "mean") == [("New", 5), ("Old", 4.5)]
    named = books.filter(name__startswith="Z").annotate(n=Count("authors"))
    assert await pairs(named, "name", "n") == [("Zope", 1)]
    several = books.annotate(n=Count("authors")).filter(n__gt=1)
    assert await pairs(several, "name") == [("Django",)]
    twice = publishers.annotate(n=Count("books")).filter(n__gt=0).filter(books__pages=500)
    assert await pairs(twice, "name") == [("New",)]
    assert await pairs(publishers.annotate(n=Count("books")).exclude(n__gt=1), "name") == [
        ("None",)
    ]
    either = publishers.annotate(n=Count("books")).filter(Q(n=0) | Q(name="Old"))
    assert await pairs(either, "name") == [("None",), ("Old",)]
    neither = publishers.annotate(n=Count("books")).filter(~(Q(n=0) | Q(name="Old")))
    assert await pairs(neither, "name") == [("New",)]


async def test_values_before_and_behind(db: Database) -> None:
    await write()

    grouped = books.values("pages").annotate(n=Count("id"), mean=Avg("rating")).order_by("pages")
    assert await grouped.fetch() == [
        {"pages": 100, "n": 1, "mean": 3.0}, {"pages": 300, "n": 1, "mean": 4.5},
        {"pages": 500, "n": 2, "mean": 3.5},
    ]  # fmt: skip
    assert len(await grouped.fetch()) == await grouped.count() == 3
    # values() behind annotate() says only what is shown
    shown = books.annotate(n=Count("authors")).values("pages", "n")
    assert sorted((row["pages"], row["n"]) for row in await shown.fetch()) == [
        (100, 1), (300, 2), (500, 1), (500, 1),
    ]  # fmt: skip
    more = books.values("pages", "year").annotate(n=Count("*")).values("n").order_by("pages")
    assert await more.fetch() == [{"n": 1}, {"n": 1}, {"n": 2}]
    by_publisher = books.values("publisher__name").annotate(s=Sum("pages"), n=Count("authors"))
    assert await by_publisher.order_by("-publisher__name").fetch() == [
        {"publisher__name": "Old", "s": 700, "n": 3},
        {"publisher__name": "New", "s": 1000, "n": 2},
    ]  # fmt: skip
    of_relation = books.values("authors").annotate(n=Count("id")).order_by("-n")
    assert [row["n"] for row in await of_relation.fetch()] == [3, 2]


async def test_orders_and_groups(db: Database) -> None:
    await write()

    # Meta.ordering would make a group of each book: it is left out
    assert len(await books.values("year").annotate(n=Count("id")).fetch()) == 1
    # an order that is asked for makes groups, as Django documents
    apart = books.values("year").annotate(n=Count("id")).order_by("name")
    assert [row["n"] for row in await apart.fetch()] == [1, 1, 1, 1]
    by_mean = publishers.values("name").annotate(mean=Avg("books__rating")).order_by("-mean")
    assert [row["name"] for row in await by_mean.fetch()] == ["Old", "New", "None"]
    last = by_mean.order_by(F("mean").asc(nulls_last=True))
    assert [row["name"] for row in await last.fetch()] == ["New", "Old", "None"]
    counted = publishers.annotate(n=Count("books")).order_by(Count("books").desc(), "-name")
    assert await pairs(counted, "name") == [("Old",), ("New",), ("None",)]


async def test_groups_by_expressions_with_values(db: Database) -> None:
    await write()

    kind = Case(When(pages__gt=200, then=Value("long")), default=Value("short"))
    kinds = books.values(kind=kind).annotate(n=Count("*"), p=Sum("price")).order_by("kind")
    assert await kinds.fetch() == [
        {"kind": "long", "n": 3, "p": 95}, {"kind": "short", "n": 1, "p": 20},
    ]  # fmt: skip
    assert await kinds.filter(n__gt=1, kind="long").count() == 1
    annotated = books.annotate(half=F("pages") / Value(200)).values("half").annotate(n=Count("*"))
    assert await annotated.order_by("half").values_list("half", "n").fetch() == [
        (0, 1), (1, 1), (2, 2),
    ]  # fmt: skip
    other = annotated.annotate(m=F("half") + Count("*")).order_by("half")
    assert await other.values_list("m", flat=True).fetch() == [1, 2, 4]
    both = books.values("pages", big=F("pages") * 2).annotate(n=Count("*")).filter(big__gt=700)
    assert await both.fetch() == [{"pages": 500, "big": 1000, "n": 2}]
    price = Sum("price") * Value(2) + F("pages")
    assert await books.values("pages").annotate(x=price).order_by("pages").values_list(
        "x", flat=True
    ).fetch() == [140, 360, 630]


async def test_aggregates_of_annotations(db: Database) -> None:
    await write()

    counted = books.annotate(n=Count("authors"))
    assert await counted.aggregate(Avg("n"), Sum("n")) == {"n__avg": 1.25, "n__sum": 5}
    dear = books.annotate(by_page=F("price") / F("pages"))
    assert await dear.aggregate(m=Max("by_page")) == {"m": Decimal("0.2")}
    grouped = books.values("pages").annotate(n=Count("*"))
    assert await grouped.aggregate(most=Max("n"), groups=Count("*")) == {"most": 2, "groups": 3}
    filtered = grouped.filter(n=2).aggregate(s=Sum("n"))
    assert await filtered == {"s": 2}
    assert await counted.filter(n__gt=1).aggregate(s=Sum("pages")) == {"s": 300}


async def test_subqueries_beside_aggregates(db: Database) -> None:
    await write()

    dear = Book.objects.filter(publisher=OuterRef("pk")).order_by("-price").values("name")[:1]
    rows = publishers.annotate(n=Count("books"), dear=Subquery(dear))
    assert await pairs(rows, "name", "n", "dear") == [
        ("New", 2, "Pyramid"), ("None", 0, None), ("Old", 2, "Django"),
    ]  # fmt: skip
    total = (
        Book.objects.order_by()
        .filter(publisher=OuterRef("pk"))
        .values("publisher")
        .annotate(s=Sum("pages"))
        .values("s")
    )
    rows = publishers.annotate(s=Coalesce(Subquery(total), 0))
    assert await pairs(rows, "name", "s") == [("New", 1000), ("None", 0), ("Old", 400 + 300 - 300)]
    long = Exists(Book.objects.filter(publisher=OuterRef("pk"), pages__gt=400))
    grouped = Publisher.objects.annotate(long=long).values("long").annotate(n=Count("*"))
    assert await grouped.order_by("long").values_list("long", "n").fetch() == [
        (False, 2), (True, 1),
    ]  # fmt: skip
    many = Author.objects.filter(pk__in=authors.annotate(n=Count("books")).filter(n__gt=2))
    assert await pairs(many, "name") == [("Ann",)]


async def test_rows_that_go_on_from_others(db: Database) -> None:
    one = await Cafe.objects.create(name="One", seats=4)
    two = await Cafe.objects.create(name="Two", seats=9)
    for cafe, guests in ((one, 2), (one, 3), (two, 5)):
        await Visit.objects.create(cafe=cafe, guests=guests)

    rows = await Cafe.objects.annotate(n=Count("visits"), g=Sum("visits__guests")).order_by("name")
    assert [(row.name, row.seats, row.n, row.g) for row in rows] == [
        ("One", 4, 2, 5), ("Two", 9, 1, 5),
    ]  # fmt: skip
    by_name = Cafe.objects.values("name").annotate(g=Sum("visits__guests")).order_by("name")
    assert await by_name.fetch() == [{"name": "One", "g": 5}, {"name": "Two", "g": 5}]
    places = Place.objects.annotate(n=Count("cafe__visits")).order_by("name")
    assert await pairs(places, "name", "n") == [("One", 2), ("Two", 1)]
    assert await pairs(Cafe.objects.annotate(n=Count("visits")).filter(n__gt=1), "name") == [
        ("One",),
    ]  # fmt: skip
    related = Visit.objects.select_related("cafe").annotate(m=Max("cafe__visits__guests"))
    assert sorted([(row.guests, row.m) for row in await related.fetch()]) == [
        (2, 3),
        (3, 3),
        (5, 5),
    ]


async def test_rows_with_keys_of_several_columns(db: Database) -> None:
    a, b = (
        await Seat.objects.create(row="a", number=1),
        await Seat.objects.create(row="a", number=2),
    )
    for seat, price in ((a, 5), (a, 7), (b, 9)):
        await Ticket.objects.create(seat=seat, price=price)

    rows = Seat.objects.annotate(n=Count("tickets"), p=Sum("tickets__price")).order_by("number")
    assert [(row.row, row.number, row.n, row.p) for row in await rows.fetch()] == [
        ("a", 1, 2, 12), ("a", 2, 1, 9),
    ]  # fmt: skip
    by_row = Seat.objects.values("row").annotate(n=Count("tickets"))
    assert await by_row.fetch() == [{"row": "a", "n": 3}]
    assert await rows.filter(p__gt=10).count() == 1
    assert await Seat.objects.annotate(n=Count("tickets")).filter(n=1).exists() is True


async def test_what_cannot_be(db: Database) -> None:
    for wrong, message in (
        (
            lambda: books.filter(pages__gt=Avg("pages")),
            "Avg('pages') is about many rows and cannot stand here (in filter(pages__gt=…)). "
            "Name it first: annotate(name=Avg('pages')), and use the name.",
        ),
        (
            lambda: books.annotate(x=Sum(Count("authors"))),
            "Cannot compute Sum(Count('authors')): it is about an aggregate already "
            "(in annotate(x=…)). "
            "Use aggregate(…) over annotate(…), or a Subquery.",
        ),
        (
            lambda: books.annotate(n=Count("authors")).annotate(x=Avg("n")),
            "Cannot compute Avg('n'): it is about an aggregate already (in annotate(x=…)). "
            "Use aggregate(…) over annotate(…), or a Subquery.",
        ),
        (
            lambda: books.annotate(Sum(F("pages") + 1)),
            "Sum(F('pages') + 1) needs a name. "
            "Write total=Sum(F('pages') + 1) with a name of your own.",
        ),
        (
            lambda: books.annotate(Count("authors"), authors__count=F("pages")),
            "annotate() is given 'authors__count' twice. Write annotate(name=Count('authors')).",
        ),
        (
            lambda: books.annotate(pages=Count("authors")),
            "The annotation 'pages' conflicts with Book.pages (in annotate(pages=…)). "
            "Give it another name.",
        ),
        (
            lambda: books.annotate(x=Sum("name")),
            "Sum('name'): Sum() takes number or duration, and Book.name is of type text "
            "(in annotate(x=…)). "
            "Make it another type with Cast(…, output_field).",
        ),
        (
            lambda: books.annotate(x=Max("title")),
            "Book has no field 'title' (in annotate(x=…)). Fields: authors, id, name, pages, ",
        ),
        (
            lambda: publishers.order_by(Count("books").desc()),
            "An order by an aggregate needs groups, and this query has none ",
        ),
    ):
        with pytest.raises(FieldError) as caught:
            wrong()
        assert str(caught.value).startswith(message)
    for call, message in (
        (
            lambda: books.aggregate(x=F("pages")),
            "F('pages') is no aggregate (in aggregate(x=…)). "
            "Use Count, Sum, Avg, Min, Max or another aggregate in aggregate().",
        ),
        (
            lambda: books.update(pages=Sum("rating")),
            "Sum('rating') is about many rows and cannot stand here",
        ),
        (
            lambda: Author.objects.create(name=Max("name"), age=1),
            "Max('name') is about many rows and cannot stand here",
        ),
    ):
        with pytest.raises(FieldError) as caught:
            await call()
        assert str(caught.value).startswith(message)
