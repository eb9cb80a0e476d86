# generated from tests/_async/test_set_operations.py by scripts/generate_sync.py;
# change that file, not this one
"""What do ``union()``, ``intersection()`` and ``difference()`` give, and what can follow them?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from covet.sync import (
    CharField,
    Count,
    Database,
    DecimalField,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    Max,
    Model,
    NotSupportedError,
    Prefetch,
    UnknownField,
    Value,
    loaded,
)


class Author(Model):
    name = CharField(max_length=20)
    age = IntegerField(null=True)

    class Meta:
        ordering = ("-name",)


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    price = DecimalField(max_digits=8, decimal_places=2, default=Decimal("2.50"))
    author = ForeignKey(Author, null=True, related_name="posts")


def write() -> None:
    ann = Author.objects.create(name="Ann", age=30)
    bob = Author.objects.create(name="Bob", age=40)
    Author.objects.create(name="Cy")
    for title, views, author in (("a", 3, ann), ("b", 12, bob), ("c", 7, bob), ("d", 7, None)):
        Post.objects.create(title=title, views=views, author=author)


posts: Any = Post.objects.all()
few: Any = Post.objects.filter(views__lt=8)
many: Any = Post.objects.filter(views__gt=5)


def titles(query: Any) -> str:
    return "".join([row.title for row in query.fetch()])


def test_union_has_equal_rows_once(db: Database) -> None:
    write()

    assert titles(few.union(many).order_by("title")) == "abcd"
    assert titles(few.union(many, all=True).order_by("title")) == "abccdd"
    assert sorted(titles(few.union(many, Post.objects.filter(title="a")))) == list("abcd")
    assert [type(row) for row in few.union(many).fetch()] == [Post] * 4


def test_intersection_and_difference(db: Database) -> None:
    write()

    assert titles(few.intersection(many).order_by("title")) == "cd"
    assert titles(posts.difference(many).order_by("title")) == "a"
    assert titles(posts.difference(few, many)) == ""
    assert titles(posts.intersection(few, many).order_by("-title")) == "dc"


def test_order_slices_count_and_exists(db: Database) -> None:
    write()
    both = few.union(many)

    assert titles(both.order_by("-views", "title")) == "bcda"
    assert titles(both.order_by("-views", "title")[1:3]) == "cd"
    assert titles(both.order_by("title").reverse()) == "dcba"
    assert titles(both.order_by(F("views") * -1, "title")) == "bcda"
    assert both.count() == 4
    assert both.order_by("title")[1:3].count() == 2
    assert both.exists() is True
    assert few.intersection(Post.objects.filter(title="b")).exists() is False
    first = both.order_by("title").first()
    assert first.title == "a"
    assert both.first().title == "a"
    assert both.order_by("title").last().title == "d"
    assert [row.title for row in both.order_by("title").iterator()] == list("abcd")
    assert both.aggregate(n=Count("*"), most=Max("views")) == {"n": 4, "most": 12}
    with pytest.raises(Post.MultipleObjectsReturned):
        both.get()


def test_values(db: Database) -> None:
    write()

    views = few.values_list("views").union(many.values_list("views")).order_by("views")
    assert views.fetch() == [(3,), (7,), (12,)]
    after = few.union(many).values_list("views", flat=True).order_by("-views")
    assert after.fetch() == [12, 7, 3]
    assert after.count() == 3
    named = Author.objects.values(n=F("name")).union(Post.objects.values("title")).order_by("n")
    assert [row["n"] for row in named.fetch()] == ["Ann", "Bob", "Cy", "a", "b", "c", "d"]
    kinds = few.values("title", kind=Value("few")).union(
        many.values("title", kind=Value("many")), all=True
    )
    assert len(kinds.order_by("kind", "title").fetch()) == 6
    some = few.values("title", "views").union(many.values("title", "views")).values("views")
    assert sorted([row["views"] for row in some.fetch()]) == [3, 7, 7, 12]
    prices = few.values_list("price", flat=True).union(many.values_list("price", flat=True))
    assert prices.fetch() == [Decimal("2.50")]


def test_parts_may_be_slices_or_combinations(db: Database) -> None:
    write()

    top = posts.order_by("-views", "title")[:1]
    low = posts.order_by("views", "title")[:1]
    assert titles(top.union(low).order_by("title")) == "ab"
    nested = top.union(low).union(Post.objects.filter(title="d"))
    assert titles(nested.order_by("title")) == "abd"
    assert titles(posts.difference(top.union(low)).order_by("title")) == "cd"
    distinct = posts.values_list("views", flat=True).distinct().order_by("views")
    assert distinct.union(distinct).order_by("views").fetch() == [3, 7, 12]
    counted = Author.objects.annotate(n=Count("posts"))
    busy = counted.filter(n__gt=1).union(counted.filter(n=0)).order_by("name")
    assert [(row.name, row.n) for row in busy.fetch()] == [("Bob", 2), ("Cy", 0)]


def test_related_rows_come_along(db: Database) -> None:
    write()

    whole = few.select_related("author").union(many.select_related("author")).order_by("title")
    names = [row.author and loaded(row.author).name for row in whole.fetch()]
    assert names == ["Ann", "Bob", "Bob", None]
    prefetched = (
        Author.objects.filter(name="Ann")
        .union(Author.objects.filter(name="Bob"))
        .order_by("name")
        .prefetch_related("posts")
        .fetch()
    )
    assert [len(row.posts.all()) for row in prefetched] == [1, 2]


def test_queries_without_rows(db: Database) -> None:
    write()
    none = posts.none()

    assert titles(few.union(none).order_by("title")) == "acd"
    assert titles(none.union(few).order_by("title")) == "acd"
    assert titles(none.union(none)) == ""
    assert titles(few.intersection(none)) == ""
    assert titles(few.difference(none).order_by("title")) == "acd"
    assert titles(none.difference(few)) == ""


def test_inside_of_another_query(db: Database) -> None:
    write()
    ids = few.values("pk").union(many.values("pk"))

    assert Post.objects.filter(pk__in=ids).count() == 4
    assert Post.objects.filter(pk__in=few.intersection(many)).count() == 2


def test_what_cannot_follow(db: Database) -> None:
    both = few.union(many)

    for call in (
        lambda: both.filter(views=1),
        lambda: both.exclude(views=1),
        lambda: both.annotate(x=F("views")),
        lambda: both.distinct(),
        lambda: both.select_related("author"),
        lambda: both.only("title"),
        lambda: both.select_for_update(),
    ):
        with pytest.raises(NotSupportedError) as caught:
            call()
        assert "cannot be called after union()" in str(caught.value)
    with pytest.raises(NotSupportedError):
        both.update(views=1)
    with pytest.raises(NotSupportedError):
        both.delete()
    with pytest.raises(NotSupportedError):
        both.get(title="a")
    write()
    with pytest.raises(NotSupportedError):
        Author.objects.prefetch_related(Prefetch("posts", both)).fetch()


def test_what_does_not_go_together(db: Database) -> None:
    with pytest.raises(FieldError) as caught:
        few.values("title").union(many.values("title", "views"))
    assert str(caught.value).startswith("union() of queries with 1 and 2 columns")
    with pytest.raises(FieldError) as caught:
        few.values("title").union(many.values("views"))
    assert "column 1 is of type text in the first query and integer in number 2" in str(
        caught.value
    )
    with pytest.raises(FieldError):
        few.union([1])
    with pytest.raises(UnknownField):
        few.values("title").union(many.values("title")).order_by("views")
