# generated from tests/_async/test_distinct_on.py by scripts/generate_sync.py;
# change that file, not this one
"""What is the first row of each value of some fields?"""

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
    Model,
    NotSupportedError,
    OuterRef,
    Prefetch,
    RowNumber,
    Subquery,
    Sum,
    UnknownField,
    Window,
    atomic,
    loaded,
)


class Author(Model):
    name = CharField(max_length=20)
    city = CharField(max_length=20, null=True)

    class Meta:
        ordering = ("name",)


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(null=True)
    price = DecimalField(max_digits=8, decimal_places=2, default=Decimal(1))
    author = ForeignKey(Author, null=True, related_name="posts")


posts: Any = Post.objects.all()
best: Any = Post.objects.order_by("author_id", "-views", "title").distinct("author_id")


def write() -> None:
    ann = Author.objects.create(name="Ann", city="Rome")
    bob = Author.objects.create(name="Bob", city="Oslo")
    cy = Author.objects.create(name="Cy", city="Oslo")
    for title, views, author, price in (
        ("a", 1, ann, 1), ("b", 9, ann, 2), ("c", 5, bob, 1), ("d", 5, bob, 2), ("e", None, cy, 1),
        ("f", 3, None, 3),
    ):  # fmt: skip
        Post.objects.create(title=title, views=views, author=author, price=Decimal(price))


def titles(query: Any) -> list[str]:
    found: list[str] = query.values_list("title", flat=True).fetch()
    return found


def test_the_first_row_of_each(db: Database) -> None:
    write()

    assert titles(best) == ["f", "b", "c", "e"]
    assert [post.title for post in best.fetch()] == ["f", "b", "c", "e"]
    least = posts.order_by("author_id", "views", "-title").distinct("author_id")
    assert titles(least) == ["f", "a", "d", "e"]
    assert titles(posts.order_by("price", "title").distinct("price")) == ["a", "b", "f"]
    assert titles(posts.order_by("-price", "title").distinct("price")) == ["f", "b", "a"]
    few = posts.filter(views__lt=9).order_by("price", "-title").distinct("price")
    assert titles(few) == ["c", "d", "f"]


def test_several_fields_and_relations(db: Database) -> None:
    write()

    by_city = posts.order_by("author__city", "-views", "title").distinct("author__city")
    assert titles(by_city) == ["f", "c", "b"]
    both = posts.order_by("price", "author__city", "title").distinct("author__city", "price")
    assert titles(both) == ["c", "a", "d", "b", "f"]
    related = by_city.filter(author__isnull=False).select_related("author")
    assert [loaded(post.author).name for post in related.fetch()] == ["Bob", "Ann"]
    cities = by_city.values_list("author__city", flat=True)
    assert cities.fetch() == [None, "Oslo", "Rome"]
    authors = Author.objects.order_by("posts__price", "-name").distinct("posts__price")
    assert authors.values_list("name", flat=True).fetch() == ["Cy", "Bob"]


def test_slices_counts_and_existence(db: Database) -> None:
    write()

    assert best.count() == 4
    assert best[1:3].count() == 2
    assert titles(best[1:3]) == ["b", "c"]
    assert best.exists() is True
    assert best[4:].exists() is False
    assert best.first().title == "f"
    assert best.filter(title__in=["a", "c"]).last().title == "c"
    assert titles(best.reverse()) == ["e", "d", "a", "f"]
    assert best.aggregate(Sum("views"), n=Count("*")) == {"views__sum": 17, "n": 4}


def test_annotations(db: Database) -> None:
    write()

    doubled = posts.annotate(rest=F("views") % 2).order_by("rest", "title").distinct("rest")
    assert doubled.values_list("rest", "title").fetch() == [(None, "e"), (1, "a")]
    placed = posts.annotate(n=Window(RowNumber(), order_by="title")).order_by("price", "n")
    assert placed.distinct("price").values_list("title", "n").fetch() == [
        ("a", 1), ("b", 2), ("f", 6),
    ]  # fmt: skip
    behind = placed.filter(n__gt=1).distinct("price")
    assert behind.values_list("title", "n").fetch() == [("c", 3), ("b", 2), ("f", 6)]
    counted = Author.objects.annotate(n=Count("posts")).order_by("n", "name").distinct("n")
    assert counted.values_list("name", "n").fetch() == [("Cy", 1), ("Ann", 2)]


def test_inside_of_other_queries(db: Database) -> None:
    write()

    assert titles(posts.filter(pk__in=best).order_by("title")) == ["b", "c", "e", "f"]
    own = best.filter(author=OuterRef("pk")).values("title")
    rows = Author.objects.annotate(best=Subquery(own[:1])).values_list("name", "best")
    if db.dialect.name == "mysql":
        with pytest.raises(NotSupportedError) as caught:
            rows.fetch()
        assert str(caught.value) == (
            "mariadb has no way for a query in FROM to name the row around it. "
            "Leave out filters on windows and distinct() with fields in the subquery."
        )
    else:
        assert rows.fetch() == [("Ann", "b"), ("Bob", "c"), ("Cy", "e")]


def test_the_first_row_of_each_owner(db: Database) -> None:
    write()

    each = Post.objects.order_by("price", "-title").distinct("price")
    authors = Author.objects.prefetch_related(Prefetch("posts", each, to_attr="some"))
    found = [[post.title for post in author.some] for author in authors]
    assert found == [["a", "b"], ["c", "d"], ["e"]]


def test_without_an_order_it_is_that_of_the_fields(db: Database) -> None:
    write()

    assert titles(posts.distinct("author_id")) == ["f", "a", "c", "e"]
    assert titles(best.distinct().order_by("title")) == ["a", "b", "c", "d", "e", "f"]


def test_what_cannot_be(db: Database) -> None:
    write()

    def refused(call: Any) -> str:
        with pytest.raises(FieldError) as caught:
            call()
        return str(caught.value)

    assert refused(posts.order_by("-views").distinct("author_id").fetch) == (
        "distinct('author_id') takes the first row of each, so that the order has to begin with "
        "these names. Write order_by('author_id', …).distinct('author_id')."
    )
    assert "has to begin" in refused(posts.order_by("author").distinct("author").fetch)
    assert "has to begin" in refused(posts.order_by("?").distinct("author").fetch)
    assert refused(lambda: best.update(views=1)) == (
        "update() and delete() cannot be called after distinct() with fields. "
        "Name the rows by their keys: filter(pk__in=queryset)."
    )
    assert "cannot be called after distinct()" in refused(best.delete)
    owned = Author.objects.prefetch_related(Prefetch("posts", best[:1]))
    assert "A slice of each owner's rows cannot be distinct as well" in refused(owned.fetch)
    with pytest.raises(UnknownField) as caught:
        posts.distinct("titel")
    assert str(caught.value) == (
        "Post has no field 'titel' (in distinct('titel')). Did you mean 'title'? "
        "Fields: author, id, price, title, views."
    )
    with pytest.raises(FieldError):
        posts[:3].distinct("title")
    if db.dialect.name != "sqlite":
        with atomic():
            with pytest.raises(NotSupportedError):
                best.select_for_update().fetch()
