"""Which joins, columns and conditions does a query resolve to?"""

from __future__ import annotations

from typing import Any

import pytest

from covet import F, FieldError, Q, UnknownField, UnknownLookup
from covet.aio import CharField, ForeignKey, IntegerField, Model, OneToOneField
from covet.query import ast, resolve
from covet.query.paths import parse


class Early(Model):
    """It points to a model that is declared later, and nothing has asked for it yet."""

    late = ForeignKey("Late", related_name="earlies")


class Late(Model):
    name = CharField(max_length=10)


class City(Model):
    name = CharField(max_length=10)
    code = CharField(max_length=3, unique=True)


class Author(Model):
    name = CharField(max_length=10)
    age = IntegerField(null=True)
    city = ForeignKey(City, null=True, related_name="authors")
    birthplace = ForeignKey(City, to_field="code", related_name="+")

    class Meta:
        ordering = ("city", "-name")


class Profile(Model):
    author = OneToOneField(Author, related_name="profile")


class Post(Model):
    title = CharField(max_length=10)
    author = ForeignKey(Author, related_name="posts")


def joins(query: Any) -> list[str]:
    """The joins of a query: ``"LEFT author"``."""
    select = resolve.select(query._spec)
    return [f"{'LEFT' if join.outer else 'INNER'} {join.alias}" for join in select.joins]


posts, authors = Post.objects.all(), Author.objects.order_by()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (posts, []),
        (posts.filter(author=1), []),
        (posts.filter(author__id=1), []),
        (posts.filter(author__pk__in=[1]), []),
        (posts.filter(author__isnull=True), []),
        (posts.filter(author__name="x"), ["INNER author"]),
        (posts.filter(author__city=1), ["INNER author"]),
        (posts.filter(author__city__id=1), ["INNER author"]),
        (posts.filter(author__city__name="x"), ["INNER author", "INNER city"]),
        (posts.filter(author__birthplace="ROM"), ["INNER author"]),
        (posts.filter(author__birthplace__code="ROM"), ["INNER author"]),
        (posts.filter(author__birthplace__id=1), ["INNER author", "INNER city"]),
        (posts.exclude(author__name="x"), ["INNER author"]),  # the key is never NULL
        (posts.exclude(author__city__name="x"), ["INNER author", "LEFT city"]),
        (authors.filter(city__name="x"), ["INNER city"]),
        (authors.exclude(city__name="x"), ["LEFT city"]),
        (authors.filter(city__name=None), ["LEFT city"]),
        (authors.filter(city__name__isnull=False), ["INNER city"]),
        (authors.filter(Q(city__name="x") | Q(age=1)), ["LEFT city"]),
        (authors.filter(Q(city__name="x") | Q(city__code="y")), ["INNER city"]),
        (authors.filter(Q(city__name="x") & (Q(age=1) | Q(city__code="y"))), ["INNER city"]),
        (authors.filter(Q(city__name="x") ^ Q(age=1)), ["LEFT city"]),
        (authors.filter(age__gt=F("city__id")), []),
        (authors.filter(name=F("city__name")), ["INNER city"]),
        (authors.order_by("city__name"), ["LEFT city"]),
        (authors.filter(city__name="x").order_by("city__code"), ["INNER city"]),
        (authors.filter(posts__title="x"), ["INNER post"]),
        (authors.filter(posts__title="x", posts__id=1), ["INNER post"]),
        (authors.filter(posts__title="x").filter(posts__id=1), ["INNER post", "INNER post_2"]),
        (authors.filter(posts=None), ["LEFT post"]),
        (authors.exclude(posts__title="x"), []),  # asked in a subquery
        (authors.filter(profile__id=1), ["INNER profile"]),
        (authors.filter(profile__id=1).filter(profile__author=1), ["INNER profile"]),
        (authors.exclude(profile__id=1), ["LEFT profile"]),
        (posts.order_by("author"), ["INNER author"]),
        (City.objects.filter(authors__posts__title="x"), ["INNER author", "INNER post"]),
        (posts.annotate(name=F("author__name")), ["INNER author"]),
        (posts.alias(name=F("author__name")), []),
        (authors.annotate(code=F("city__code")), ["LEFT city"]),
        (authors.annotate(code=F("city__code")).filter(code="x"), ["INNER city"]),
        (authors.annotate(code=F("city__code")).values("name"), []),
        (authors.alias(title=F("posts__title")), ["LEFT post"]),  # it multiplies the rows
        (authors.annotate(title=F("posts__title")).filter(title="x"), ["INNER post"]),
        (authors.filter(posts__id=1).annotate(title=F("posts__title")), ["INNER post"]),
        (
            authors.annotate(title=F("posts__title")).filter(posts__id=1),
            ["LEFT post", "INNER post_2"],
        ),
        (authors.annotate(title=F("posts__title")).exclude(title="x"), ["LEFT post"]),
    ],
    ids=lambda case: "",
)
def test_joins_are_inner_where_a_row_is_needed_and_left_out_where_the_key_is_enough(
    query: Any, expected: list[str]
) -> None:
    assert joins(query) == expected


def test_a_relation_orders_as_its_model_does() -> None:
    select = resolve.select(posts.order_by("-author")._spec)
    assert [
        (term.expr.alias, term.expr.field.name, term.descending) for term in select.order_by
    ] == [  # type: ignore[union-attr]
        ("author", "city", True),
        ("author", "name", False),
    ]


def test_a_model_declared_later_is_known_from_both_sides() -> None:
    assert joins(Late.objects.filter(earlies__id=1)) == ["INNER early"]
    assert joins(Early.objects.filter(late__name="x")) == ["INNER late"]


@pytest.mark.parametrize(
    ("path", "steps", "field", "words"),
    [
        ("title", 0, "title", ()),
        ("title__icontains", 0, "title", ("icontains",)),
        ("author", 0, "author", ()),
        ("author_id__in", 0, "author", ("in",)),
        ("author__pk", 0, "author", ()),
        ("author__posts__title", 2, "title", ()),
        ("author__city__name__startswith", 2, "name", ("startswith",)),
        ("pk", 0, "id", ()),
    ],
)
def test_paths(path: str, steps: int, field: str, words: tuple[str, ...]) -> None:
    found = parse(Post._table, path)
    assert (len(found.steps), found.field.name, found.words) == (steps, field, words)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("titel", UnknownField),
        ("title__titel", UnknownLookup),
        ("title__author", UnknownLookup),
        ("author__titel", UnknownField),
        ("author__posts__titel", UnknownField),
        ("author__name__posts", UnknownLookup),
        ("exact", UnknownField),
        ("", UnknownField),
        ("title__", UnknownLookup),
        ("__title", UnknownField),
        ("x" * 501, FieldError),
    ],
)
def test_paths_that_lead_nowhere(path: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        posts.filter(**{path: "x"})


def test_conditions_that_decide_themselves_vanish() -> None:
    def where(condition: Q) -> Any:
        return resolve.select(posts.filter(condition)._spec).where

    assert where(Q(id__in=[])) == ast.Truth(False)
    assert where(~Q(id__in=[])) is None
    assert where(Q(id__in=[]) & Q(title="x")) == ast.Truth(False)
    assert where(~Q(id__in=[]) | Q(title="x")) is None
    assert isinstance(where(Q(id__in=[]) | Q(title="x")), ast.Compare)
