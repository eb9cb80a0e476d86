# generated from tests/_async/test_ctes.py by scripts/generate_sync.py;
# change that file, not this one
"""What can be asked with common table expressions, plain and recursive, and lateral queries?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.sync import (
    CharField,
    Count,
    Database,
    Exists,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    Lateral,
    Model,
    NotSupportedError,
    OuterRef,
    Q,
    Sum,
    UnknownField,
    Value,
    With,
)


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    author = ForeignKey(Author, null=True, related_name="posts")


class Place(Model):
    name = CharField(max_length=20)
    parent = ForeignKey("self", null=True, related_name="parts")


def write() -> None:
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob")
    Author.objects.create(name="Cy")
    for title, views, author in (("a", 3, ann), ("b", 12, bob), ("c", 7, bob), ("d", 7, None)):
        Post.objects.create(title=title, views=views, author=author)


def grow() -> None:
    earth = Place.objects.create(name="Earth")
    europe = Place.objects.create(name="Europe", parent=earth)
    Place.objects.create(name="Asia", parent=earth)
    bern = Place.objects.create(name="Bern", parent=europe)
    Place.objects.create(name="Mars")
    Place.objects.create(name="Bridge", parent=bern)


def totals() -> With:
    grouped = Post.objects.filter(views__gt=1).values("author").annotate(total=Sum("views"))
    return With(grouped, name="totals")


def test_rows_are_joined_to_those_of_a_model(db: Database) -> None:
    write()
    cte = totals()

    rows = cte.join(Author, id=cte.col.author).with_cte(cte).annotate(total=cte.col.total)
    assert rows.order_by("name").values_list("name", "total").fetch() == [
        ("Ann", 3), ("Bob", 19),
    ]  # fmt: skip
    assert [row.name for row in rows.filter(total__gt=9).fetch()] == ["Bob"]
    assert rows.count() == 2
    assert rows.filter(total=3).exists() is True
    outer = cte.join(Author, id=cte.col.author, outer=True).with_cte(cte).order_by("name")
    assert outer.annotate(v=cte.col.total).values_list("name", "v").fetch() == [
        ("Ann", 3), ("Bob", 19), ("Cy", None),
    ]  # fmt: skip
    shares = cte.join(
        Post.objects.filter(title__in=["a", "b", "c"]), author=cte.col.author
    ).with_cte(cte)
    found = shares.annotate(rest=cte.col.total - F("views")).order_by("title").fetch()
    assert [row.rest for row in found] == [0, 7, 12]


def test_its_rows_are_a_queryset_of_their_own(db: Database) -> None:
    write()
    cte = totals()

    rows = cte.queryset().with_cte(cte).order_by("-total")
    assert [row["total"] for row in rows.fetch()] == [19, 7, 3]
    assert [row["total"] for row in rows.filter(total__lt=9).fetch()] == [7, 3]
    assert rows.filter(author=None).values_list("total", flat=True).fetch() == [7]
    assert rows.aggregate(n=Count("*"), s=Sum("total")) == {"n": 3, "s": 29}
    assert rows.count() == 3
    assert rows.annotate(double=F("total") * 2).first()["double"] == 38
    popular = With(Post.objects.filter(views__gt=5), name="popular")
    posts = popular.queryset().with_cte(popular).order_by("title").fetch()
    assert [(type(row), row.title, row.views) for row in posts] == [
        (Post, "b", 12), (Post, "c", 7), (Post, "d", 7),
    ]  # fmt: skip


def test_it_can_be_used_in_subqueries_and_by_others(db: Database) -> None:
    write()
    cte = totals()

    ids = cte.queryset().filter(total__gt=9).values("author")
    assert [a.name for a in Author.objects.filter(id__in=ids).with_cte(cte).fetch()] == ["Bob"]
    has = Exists(cte.queryset().filter(author=OuterRef("pk")))
    rows = Author.objects.annotate(has=has).with_cte(cte).order_by("name")
    assert rows.values_list("has", flat=True).fetch() == [True, True, False]
    large = With(cte.queryset().filter(total__gt=5), name="large")
    both = large.queryset().with_cte(cte, large).order_by("total")
    assert [row["total"] for row in both.fetch()] == [7, 19]
    own = With(cte.queryset().with_cte(cte), name="own")
    assert own.queryset().with_cte(own).count() == 3
    changed = Author.objects.filter(id__in=ids).with_cte(cte)
    assert changed.update(name="Rob") == 1
    assert Author.objects.filter(name="Rob").count() == 1


def below(tree: With) -> Any:
    roots = Place.objects.filter(parent=None).values("id", depth=Value(0), path=F("name"))
    more = tree.join(Place, parent=tree.col.id).values(
        "id", depth=tree.col.depth + 1, path=tree.col.path + Value("/") + F("name")
    )
    return roots.union(more, all=True)


def test_recursive_for_trees(db: Database) -> None:
    grow()
    tree = With.recursive(below, name="tree")

    places = tree.join(Place, id=tree.col.id).with_cte(tree)
    rows = places.annotate(depth=tree.col.depth, path=tree.col.path).order_by("path")
    assert [(row.name, row.depth, row.path) for row in rows.fetch()] == [
        ("Earth", 0, "Earth"),
        ("Asia", 1, "Earth/Asia"),
        ("Europe", 1, "Earth/Europe"),
        ("Bern", 2, "Earth/Europe/Bern"),
        ("Bridge", 3, "Earth/Europe/Bern/Bridge"),
        ("Mars", 0, "Mars"),
    ]
    assert rows.filter(depth=1).count() == 2
    assert tree.queryset().with_cte(tree).filter(depth__gte=2).count() == 2


def test_recursive_for_series(db: Database) -> None:
    grow()

    def count_up(numbers: With) -> Any:
        first = Place.objects.filter(name="Mars").values(n=Value(1))
        more = numbers.join(Place, name=Value("Mars")).filter(Q(numbers.col.n < 50))
        return first.union(more.values(n=numbers.col.n + 1), all=True)

    numbers = With.recursive(count_up, name="numbers")
    rows = numbers.queryset().with_cte(numbers)
    assert rows.aggregate(s=Sum("n"), n=Count("*")) == {"s": 1275, "n": 50}


def test_what_is_not_defined_or_not_joined(db: Database) -> None:
    cte = totals()

    with pytest.raises(FieldError) as caught:
        cte.join(Author, id=cte.col.author).fetch()
    assert "<With totals> is not defined here" in str(caught.value)
    with pytest.raises(FieldError) as caught:
        Author.objects.with_cte(cte).annotate(v=cte.col.total).fetch()
    assert "which is not joined here" in str(caught.value)
    with pytest.raises(UnknownField):
        cte.join(Author, id=cte.col.autor)
    with pytest.raises(UnknownField):
        cte.queryset().filter(veiws=1)
    with pytest.raises(FieldError):
        Author.objects.with_cte(cte, totals())
    with pytest.raises(FieldError):
        With(Post.objects.all(), name='x" AS (DELETE')
    with pytest.raises(FieldError):
        With.recursive(lambda tree: Place.objects.values("id"))


def test_a_part_of_a_union_may_define_its_own(db: Database) -> None:
    write()
    cte = totals()

    first = cte.queryset().with_cte(cte).values("author", "total")
    second = Post.objects.values("author", "views")
    assert first.union(second).count() == 5
    assert second.union(first).count() == 5


def test_a_name_of_a_table_is_no_trouble(db: Database) -> None:
    write()
    cte = With(Post.objects.filter(views__gt=9).values("author"), name="post")

    rows = cte.join(Post, author=cte.col.author).with_cte(cte).order_by("title")
    assert [row.title for row in rows.fetch()] == ["b", "c"]


def test_lateral_queries(db: Database) -> None:
    write()
    best = Post.objects.filter(author=OuterRef("pk")).order_by("-views")[:1]
    top = Lateral(best.values("title", "views"), name="top")
    rows = top.join(Author).annotate(title=top.col.title, v=top.col.views).order_by("name")

    if not db.dialect.has_lateral:
        with pytest.raises(NotSupportedError) as caught:
            rows.fetch()
        assert "has no LATERAL join" in str(caught.value)
        return
    assert [(row.name, row.title, row.v) for row in rows.fetch()] == [
        ("Ann", "a", 3), ("Bob", "b", 12),
    ]  # fmt: skip
    outer = top.join(Author, outer=True).annotate(title=top.col.title).order_by("name")
    assert [row.title for row in outer.fetch()] == ["a", "b", None]
    assert [row.name for row in rows.filter(v__gt=9).fetch()] == ["Bob"]
