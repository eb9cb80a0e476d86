# generated from tests/_async/test_collecting.py by scripts/generate_sync.py;
# change that file, not this one
"""What do aggregates make that put the values of many rows into one?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from covet.sync import (
    ArrayAgg,
    CharField,
    CompositePrimaryKey,
    Count,
    Database,
    DataError,
    DecimalField,
    F,
    FieldError,
    ForeignKey,
    GroupConcat,
    IntegerField,
    JSONBAgg,
    Model,
    NotSupportedError,
    Q,
    RowRange,
    StringAgg,
    TextField,
    Value,
    Window,
)


class Author(Model):
    name = CharField(max_length=20)

    class Meta:
        ordering = ("name",)


class Post(Model):
    title = CharField(max_length=20, null=True)
    body = TextField(default="")
    rank = IntegerField(null=True)
    price = DecimalField(max_digits=8, decimal_places=2, default=Decimal(1))
    author = ForeignKey(Author, related_name="posts")


class Seat(Model):
    pk = CompositePrimaryKey("row", "number")
    row = CharField(max_length=5)
    number = IntegerField()
    price = IntegerField(default=1)


class Ticket(Model):
    seat = ForeignKey(Seat, null=True, related_name="tickets")
    holder = CharField(max_length=10)


authors: Any = Author.objects.all()
posts: Any = Post.objects.all()
ODD = "a'b\"c\\d%s%e\n{p}😀?:x"


def write() -> None:
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob")
    Author.objects.create(name="Cy")
    for title, rank, price, author in (
        ("b", 2, "10", ann), ("a", None, "9", ann), (None, 3, "1", ann), ("B", 1, "2", bob),
        ("b", 1, "3", bob), ("b", 9, "4", bob),
    ):  # fmt: skip
        Post.objects.create(title=title, rank=rank, price=Decimal(price), author=author)


def test_texts_of_related_rows(db: Database) -> None:
    write()

    rows = authors.annotate(titles=StringAgg("posts__title", ", ", order_by="posts__title"))
    assert rows.values_list("titles", flat=True).fetch() == ["a, b", "B, b, b", None]
    assert [row.name for row in rows.filter(titles__contains=", b").fetch()] == ["Ann", "Bob"]
    named = authors.annotate(GroupConcat("posts__title", distinct=True, order_by="-posts__title"))
    assert named.values_list("posts__title__groupconcat", flat=True).fetch() == [
        "b,a", "b,B", None,
    ]  # fmt: skip


def test_the_order_in_which_values_stand(db: Database) -> None:
    write()
    everything = posts.filter(author__name="Ann")

    def ordered(*terms: Any) -> list[Any]:
        found = everything.aggregate(x=ArrayAgg("title", order_by=list(terms)))
        listed: list[Any] = found["x"]
        return listed

    assert ordered("price") == [None, "a", "b"]
    assert ordered("-price") == ["b", "a", None]
    assert ordered("rank") == ["a", "b", None]
    assert ordered("-rank") == [None, "b", "a"]
    assert ordered(F("rank").asc(nulls_last=True)) == ["b", None, "a"]
    assert ordered(F("rank").desc(nulls_first=True)) == ["a", None, "b"]
    assert ordered(F("price") * -1) == ["b", "a", None]
    bob = posts.filter(author__name="Bob")
    two = ArrayAgg("price", order_by=["-rank", "title"])
    assert bob.aggregate(x=two) == {"x": [Decimal(4), Decimal(2), Decimal(3)]}


def test_delimiters_and_texts_are_only_values(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    Post.objects.create(body=ODD, author=ann)
    Post.objects.create(body=ODD + " ", author=ann)

    found = posts.aggregate(
        text=StringAgg("body", ODD, order_by="id"),
        several=ArrayAgg("body", order_by="id"),
        empty=StringAgg("body", "", order_by="id"),
        value=StringAgg("body", Value("-"), order_by="-id"),
    )
    assert found == {
        "text": ODD + ODD + ODD + " ",
        "several": [ODD, ODD + " "],
        "empty": ODD + ODD + " ",
        "value": ODD + " -" + ODD,
    }
    control = "".join(map(chr, range(1, 40)))
    posts.update(body=control)
    assert posts[:1].aggregate(x=ArrayAgg("body")) == {"x": [control]}


def test_filters_and_defaults_of_collections(db: Database) -> None:
    write()

    rows = authors.annotate(
        some=StringAgg("posts__title", "+", filter=Q(posts__rank__gt=1), default="none"),
        ranks=JSONBAgg("posts__rank", filter=Q(posts__rank__gt=1), order_by="posts__rank",
                       default=[]),
        dear=ArrayAgg("posts__price", filter=Q(posts__price__gt=8), order_by="posts__price"),
    )  # fmt: skip
    assert rows.values_list("some", "ranks", "dear").fetch() == [
        ("b", [2, 3], [Decimal(9), Decimal(10)]), ("b", [9], None), ("none", [], None),
    ]  # fmt: skip
    assert [row.name for row in rows.filter(dear__isnull=True).fetch()] == ["Bob", "Cy"]


def test_nothing_is_cut_off(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    for letter in "abc":
        Post.objects.create(body=letter * 600_000, author=ann)

    found = posts.aggregate(all=StringAgg("body", ",", order_by="id"), n=ArrayAgg("body"))
    assert len(found["all"]) == 1_800_002
    assert [len(body) for body in found["n"]] == [600_000] * 3


@pytest.mark.databases("mysql")
def test_what_no_packet_holds_is_an_error(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    for _ in range(3):
        Post.objects.create(body="x" * 6_000_000, author=ann)

    with pytest.raises(DataError):
        posts.aggregate(all=StringAgg("body", ","))
    with pytest.raises(DataError):
        posts.aggregate(all=ArrayAgg("body"))
    assert len(posts[:2].aggregate(all=StringAgg("body", ","))["all"]) == 12_000_001


def test_collections_over_windows(db: Database) -> None:
    write()
    near = Window(StringAgg("title", "-"), order_by="id", frame=RowRange(-1, 0))
    listed = Window(ArrayAgg("rank"), order_by="id", frame=RowRange(-1, 0))
    rows = posts.annotate(near=near, all=listed).order_by("id").values_list("near", "all")

    if db.dialect.name == "mysql":
        with pytest.raises(NotSupportedError) as caught:
            rows.fetch()
        assert str(caught.value) == (
            "mariadb has no GROUP_CONCAT over a window. Ask for it without one, in a Subquery(…)."
        )
        return
    assert rows.fetch() == [
        ("b", [2]), ("b-a", [2, None]), ("a", [None, 3]), ("B", [3, 1]), ("B-b", [1, 1]),
        ("b-b", [1, 9]),
    ]  # fmt: skip


def test_keys_of_several_columns_are_counted(db: Database) -> None:
    for row, number in (("a", 1), ("a,", 1), ("a", 2)):
        Seat.objects.create(row=row, number=number)
    a1, a2 = Seat.objects.get(pk=("a", 1)), Seat.objects.get(pk=("a", 2))
    for seat in (a1, a1, a2, None):
        Ticket.objects.create(seat=seat, holder="Ann")

    assert Seat.objects.aggregate(Count("pk"), d=Count("pk", distinct=True)) == {
        "pk__count": 3, "d": 3,
    }  # fmt: skip
    counts = {"n": Count("seat"), "d": Count("seat", distinct=True), "all": Count("*")}
    assert Ticket.objects.aggregate(**counts) == {"n": 3, "d": 2, "all": 4}
    only = Count("seat", filter=Q(seat__number=1), distinct=True)
    assert Ticket.objects.aggregate(n=only) == {"n": 1}
    rows = Seat.objects.annotate(n=Count("tickets")).order_by("row", "number")
    assert rows.values_list("pk", "n").fetch() == [
        (("a", 1), 2), (("a", 2), 1), (("a,", 1), 0),
    ]  # fmt: skip
    groups = Ticket.objects.values("seat").annotate(n=Count("*")).order_by("seat__number")
    assert groups.fetch() == [
        {"seat": None, "n": 1}, {"seat": ("a", 1), "n": 2}, {"seat": ("a", 2), "n": 1},
    ]  # fmt: skip


def test_what_collections_do_not_take(db: Database) -> None:
    for wrong, message in (
        (
            lambda: StringAgg("title", F("body")),
            "StringAgg() takes a text as its delimiter, not F('body').",
        ),
        (
            lambda: ArrayAgg("title", distinct=True, order_by="rank"),
            "ArrayAgg('title', distinct=True) can be ordered by F('title') only, as equal values "
            "count once. Leave out distinct=True, or order by the expression itself.",
        ),
        (
            lambda: ArrayAgg("title", default="x"),
            "ArrayAgg() takes a list as its default, not 'x'. Write default=[].",
        ),
        (
            lambda: Count("title", order_by="id"),
            "Count() does not allow order_by: its result has no order.",
        ),
        (
            lambda: Count("title", default=1),
            "Count() does not allow default; without rows it is 0.",
        ),
        (
            lambda: posts.annotate(x=StringAgg("rank", ",")),
            "StringAgg('rank', ','): StringAgg() takes text, and Post.rank is of type "
            "integer (in annotate(x=…)). Make it another type with Cast(…, output_field).",
        ),
    ):
        with pytest.raises(FieldError) as caught:
            wrong()
        assert str(caught.value) == message
