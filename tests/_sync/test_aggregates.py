# generated from tests/_async/test_aggregates.py by scripts/generate_sync.py;
# change that file, not this one
"""What do ``annotate()`` and ``aggregate()`` say about many rows at once?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from covet.sync import (
    Avg,
    CharField,
    Count,
    Database,
    DecimalField,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    Max,
    Min,
    Model,
    Q,
    Sum,
    Value,
)


class Author(Model):
    name = CharField(max_length=20)
    age = IntegerField(null=True)

    class Meta:
        ordering = ("name",)


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    price = DecimalField(max_digits=8, decimal_places=2, default=Decimal("2.50"))
    author = ForeignKey(Author, null=True, related_name="posts")


class Note(Model):
    text = CharField(max_length=20)
    post = ForeignKey(Post, related_name="notes")


def write() -> None:
    ann = Author.objects.create(name="Ann", age=30)
    bob = Author.objects.create(name="Bob", age=40)
    Author.objects.create(name="Cy")
    a = Post.objects.create(title="a", views=3, author=ann, price=Decimal("1.10"))
    b = Post.objects.create(title="b", views=12, author=bob, price=Decimal("2.20"))
    Post.objects.create(title="c", views=7, author=bob, price=Decimal("3.30"))
    Post.objects.create(title="d", views=7, price=Decimal("4.40"))
    for post, text in ((a, "x"), (a, "y"), (b, "z")):
        Note.objects.create(text=text, post=post)


authors: Any = Author.objects.all()


def test_counts_what_belongs_to_each_row(db: Database) -> None:
    write()

    rows = authors.annotate(written=Count("posts")).fetch()
    assert [(row.name, row.written) for row in rows] == [("Ann", 1), ("Bob", 2), ("Cy", 0)]
    named = authors.annotate(Count("posts")).values_list("name", "posts__count").fetch()
    assert named == [("Ann", 1), ("Bob", 2), ("Cy", 0)]


def test_every_aggregate_of_a_relation(db: Database) -> None:
    write()

    rows = authors.annotate(
        total=Sum("posts__views"),
        mean=Avg("posts__views"),
        least=Min("posts__price"),
        most=Max("posts__price"),
        sold=Sum("posts__price", default=Decimal(0)),
    ).values_list("name", "total", "mean", "least", "most", "sold")

    assert rows == [
        ("Ann", 3, 3.0, Decimal("1.10"), Decimal("1.10"), Decimal("1.10")),
        ("Bob", 19, 9.5, Decimal("2.20"), Decimal("3.30"), Decimal("5.50")),
        ("Cy", None, None, None, None, 0),
    ]
    assert type(rows[0][1]) is int
    assert type(rows[0][2]) is float


def test_filters_on_aggregates_are_about_groups(db: Database) -> None:
    write()
    counted = authors.annotate(written=Count("posts"))

    assert [row.name for row in counted.filter(written__gt=0).fetch()] == ["Ann", "Bob"]
    assert [row.name for row in counted.filter(written__gt=1, age__gt=1).fetch()] == ["Bob"]
    either = counted.filter(Q(written__gt=1) | Q(name="Cy"))
    assert [row.name for row in either.fetch()] == ["Bob", "Cy"]
    assert [row.name for row in counted.exclude(written=1).fetch()] == ["Bob", "Cy"]
    assert counted.filter(written__gt=0).count() == 2
    assert counted.filter(written=9).exists() is False
    assert [row.name for row in counted.order_by("-written", "name").fetch()] == [
        "Bob", "Ann", "Cy",
    ]  # fmt: skip
    assert [row.name for row in counted.filter(written=F("age") - 38).fetch()] == ["Bob"]


def test_values_before_annotate_makes_the_groups(db: Database) -> None:
    write()

    by_views = Post.objects.values("views").annotate(n=Count("*")).order_by("views")
    assert by_views.fetch() == [
        {"views": 3, "n": 1}, {"views": 7, "n": 2}, {"views": 12, "n": 1},
    ]  # fmt: skip
    assert by_views.count() == 3
    by_author = Post.objects.values("author__name").annotate(n=Count("id")).order_by("author__name")
    assert by_author.values_list("author__name", "n").fetch() == [
        (None, 1), ("Ann", 1), ("Bob", 2),
    ]  # fmt: skip
    doubled = Post.objects.values(double=F("views") * 2).annotate(n=Count("*")).order_by("-double")
    assert doubled.fetch() == [
        {"double": 24, "n": 1}, {"double": 14, "n": 2}, {"double": 6, "n": 1},
    ]  # fmt: skip
    either = doubled.filter(Q(n__gt=1) | Q(double=6))
    assert [row["double"] for row in either.fetch()] == [14, 6]


def test_filter_of_an_aggregate(db: Database) -> None:
    write()

    rows = authors.annotate(
        n=Count("posts"), popular=Count("posts", filter=Q(posts__views__gt=10))
    ).values_list("name", "n", "popular")
    assert rows == [("Ann", 1, 1 - 1), ("Bob", 2, 1), ("Cy", 0, 0)]
    all_rows = Count("*", filter=~Q(title="a"))
    assert Post.objects.aggregate(n=all_rows) == {"n": 3}


def test_aggregate_of_all_rows(db: Database) -> None:
    write()

    found = Post.objects.aggregate(Sum("views"), most=Max("price"), n=Count("*"))
    assert found == {"views__sum": 29, "most": Decimal("4.40"), "n": 4}
    assert Post.objects.aggregate(x=Sum("views") * 2 + Value(1)) == {"x": 59}
    assert Post.objects.none().aggregate(n=Count("*"), s=Sum("views")) == {"n": 0, "s": None}
    assert Post.objects.filter(views=99).aggregate(s=Sum("views", default=0)) == {"s": 0}
    assert Post.objects.aggregate(n=Count("views", distinct=True)) == {"n": 3}
    assert Post.objects.aggregate(n=Count("author__posts")) == {"n": 5}


def test_aggregate_of_slices_distinct_rows_and_groups(db: Database) -> None:
    write()

    assert Post.objects.order_by("-views")[:2].aggregate(s=Sum("views")) == {"s": 19}
    distinct = Post.objects.values("views").distinct()
    assert distinct.aggregate(n=Count("*"), s=Sum("views")) == {"n": 3, "s": 22}
    counted = authors.annotate(written=Count("posts"))
    assert counted.aggregate(Avg("written"), Max("written")) == {
        "written__avg": 1.0, "written__max": 2,
    }  # fmt: skip


def test_two_relations_multiply_unless_distinct(db: Database) -> None:
    write()

    both = authors.annotate(p=Count("posts"), n=Count("posts__notes"))
    assert both.values_list("p", "n").fetch() == [(2, 2), (2, 1), (0, 0)]
    apart = authors.annotate(p=Count("posts", distinct=True), n=Count("posts__notes"))
    assert apart.values_list("p", "n").fetch() == [(1, 2), (2, 1), (0, 0)]


def test_order_of_filter_and_annotate(db: Database) -> None:
    write()

    before = authors.filter(posts__views__gt=10).annotate(n=Count("posts"))
    assert before.values_list("name", "n").fetch() == [("Bob", 1)]
    after = authors.annotate(n=Count("posts", distinct=True)).filter(posts__views__gt=10)
    assert after.values_list("name", "n").fetch() == [("Bob", 2)]


def test_annotations_over_aggregates(db: Database) -> None:
    write()

    rows = authors.annotate(n=Count("posts")).annotate(double=F("n") * 2, who=F("name"))
    assert rows.values_list("who", "double").fetch() == [("Ann", 2), ("Bob", 4), ("Cy", 0)]
    with pytest.raises(FieldError) as caught:
        authors.annotate(n=Count("posts")).annotate(m=Max("n"))
    assert "is about an aggregate already" in str(caught.value)


def test_select_related_beside_aggregates(db: Database) -> None:
    write()

    rows = Post.objects.select_related("author").annotate(n=Count("notes")).order_by("title")
    found = rows.fetch()
    assert [(row.title, row.n) for row in found] == [("a", 2), ("b", 1), ("c", 0), ("d", 0)]
    names = Post.objects.annotate(n=Count("notes"), who=F("author__name")).order_by("title")
    assert [row.who for row in names.fetch()] == ["Ann", "Bob", "Bob", None]


def test_writes_through_groups(db: Database) -> None:
    write()

    assert authors.annotate(n=Count("posts")).filter(n__gt=1).update(age=50) == 1
    assert authors.filter(age=50).values_list("name", flat=True).fetch() == ["Bob"]
    deleted, _ = authors.annotate(n=Count("posts")).filter(n=0).delete()
    assert deleted == 1


def test_aggregates_in_the_wrong_place(db: Database) -> None:
    with pytest.raises(FieldError) as caught:
        Post.objects.filter(Count("notes") > 3)
    assert "is about many rows and cannot stand here" in str(caught.value)
    with pytest.raises(FieldError) as caught:
        Post.objects.order_by(Count("notes"))
    assert str(caught.value) == (
        "An order by an aggregate needs groups, and this query has none (in "
        """order_by(Count('notes'))). Name it first: annotate(n=Count("…")).order_by("n")."""
    )
    with pytest.raises(FieldError):
        Post.objects.aggregate(x=F("views"))
