# generated from tests/_async/test_filtered_relations.py by scripts/generate_sync.py;
# change that file, not this one
"""What does a query say with a relation of which only some rows are joined?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.sync import (
    ArrayAgg,
    BooleanField,
    CharField,
    Count,
    Database,
    Exists,
    F,
    FieldError,
    FilteredRelation,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    Model,
    OuterRef,
    Q,
    Sum,
    UnknownField,
)


class Tag(Model):
    name = CharField(max_length=20)
    is_public = BooleanField(default=True)


class Author(Model):
    name = CharField(max_length=20)
    limit = IntegerField(default=5)

    class Meta:
        ordering = ("name",)


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    author = ForeignKey(Author, null=True, related_name="posts")
    tags = ManyToManyField(Tag, related_name="posts")


class Note(Model):
    text = CharField(max_length=20)
    post = ForeignKey(Post, related_name="notes")


authors: Any = Author.objects.all()
posts: Any = Post.objects.order_by("title")
popular: Any = authors.annotate(popular=FilteredRelation("posts", condition=Q(posts__views__gt=5)))


def write() -> None:
    ann, bob = Author.objects.create(name="Ann"), Author.objects.create(name="Bob")
    Author.objects.create(name="Cy", limit=1)
    a = Post.objects.create(title="a", views=9, author=ann)
    b = Post.objects.create(title="b", views=3, author=ann)
    c = Post.objects.create(title="c", views=7, author=ann)
    d = Post.objects.create(title="d", views=2, author=bob)
    Post.objects.create(title="e", views=8)
    red = Tag.objects.create(name="red")
    blue = Tag.objects.create(name="blue", is_public=False)
    a.tags.add(red, blue)
    c.tags.add(blue)
    d.tags.add(red)
    for post, text in ((a, "x"), (a, "y"), (b, "z")):
        Note.objects.create(text=text, post=post)


def names(query: Any) -> list[str]:
    found: list[str] = query.values_list("name", flat=True).fetch()
    return found


def test_filters_by_the_rows_that_are_joined(db: Database) -> None:
    write()

    assert names(popular.filter(popular__title="a")) == ["Ann"]
    assert names(popular.filter(popular__title="b")) == []
    assert names(popular.filter(popular__isnull=True)) == ["Bob", "Cy"]
    assert names(popular.filter(popular__isnull=False).distinct()) == ["Ann"]
    assert names(popular.filter(popular__views__lt=9, popular__views__gt=1)) == ["Ann"]
    assert names(popular) == ["Ann", "Bob", "Cy"]  # it is joined only where it is named
    assert popular.count() == 3
    assert [a.name for a in popular.filter(popular__title="a").fetch()] == ["Ann"]


def test_excludes_are_complements(db: Database) -> None:
    write()

    assert names(popular.exclude(popular__title="a")) == ["Bob", "Cy"]
    assert names(popular.exclude(popular__title="b")) == ["Ann", "Bob", "Cy"]
    assert names(popular.exclude(popular__isnull=True)) == ["Ann"]
    assert names(popular.filter(~Q(popular__views=9), name="Ann")) == []


def test_values_and_orders(db: Database) -> None:
    write()

    rows = popular.order_by("name", "-popular__views").values_list("name", "popular__title")
    assert rows.fetch() == [("Ann", "a"), ("Ann", "c"), ("Bob", None), ("Cy", None)]
    named = popular.annotate(title=F("popular__title")).order_by("popular__title")
    assert [row.title for row in named.fetch()] == [None, None, "a", "c"]
    a = Post.objects.get(title="a")
    keys = popular.filter(popular__views=9).values("popular", "name")
    assert keys.fetch() == [{"popular": a.pk, "name": "Ann"}]
    assert popular.filter(popular=a.pk).count() == 1


def test_aggregates(db: Database) -> None:
    write()

    both = popular.annotate(
        n=Count("popular", distinct=True), all=Count("posts", distinct=True),
        titles=ArrayAgg("popular__title", distinct=True, order_by="popular__title"),
    )  # fmt: skip
    assert both.values_list("name", "n", "all", "titles").fetch() == [
        ("Ann", 2, 3, ["a", "c"]), ("Bob", 0, 1, [None]), ("Cy", 0, 0, [None]),
    ]  # fmt: skip
    counted = popular.annotate(Sum("popular__views")).filter(popular__views__sum__gt=1)
    assert [(a.name, a.popular__views__sum) for a in counted.fetch()] == [("Ann", 16)]
    assert popular.aggregate(Count("popular"), Count("pk", distinct=True)) == {
        "popular__count": 2, "pk__count": 3,
    }  # fmt: skip
    some = authors.alias(popular=FilteredRelation("posts", condition=Q(posts__views__gt=5)))
    assert names(some.annotate(n=Count("popular")).filter(n=0)) == ["Bob", "Cy"]


def test_relations_of_every_kind(db: Database) -> None:
    write()

    by_ann = posts.annotate(ann=FilteredRelation("author", condition=Q(author__name="Ann")))
    rows = by_ann.values_list("title", "ann__name", "author__name").fetch()
    assert rows == [
        ("a", "Ann", "Ann"), ("b", "Ann", "Ann"), ("c", "Ann", "Ann"), ("d", None, "Bob"),
        ("e", None, None),
    ]  # fmt: skip
    assert by_ann.aggregate(n=Count("ann")) == {"n": 3}
    public = posts.annotate(public=FilteredRelation("tags", condition=Q(tags__is_public=True)))
    assert public.annotate(n=Count("public"), all=Count("tags", distinct=True)).values_list(
        "n", "all"
    ).fetch() == [(1, 2), (0, 0), (0, 1), (1, 1), (0, 0)]
    much = FilteredRelation("posts", condition=Q(posts__views__gt=5))
    read: Any = Tag.objects.annotate(read=much)
    read = read.order_by("name", "read__title")
    assert read.values_list("name", "read__title").fetch() == [
        ("blue", "a"), ("blue", "c"), ("red", None), ("red", "a"),
    ]  # fmt: skip
    noted = authors.annotate(noted=FilteredRelation("posts__notes", condition=Q(posts__views=9)))
    assert noted.annotate(n=Count("noted")).values_list("name", "n").fetch() == [
        ("Ann", 2), ("Bob", 0), ("Cy", 0),
    ]  # fmt: skip
    assert names(popular.filter(popular__notes__text="x")) == ["Ann"]
    assert names(popular.filter(popular__notes__text="z")) == []
    assert names(popular.filter(popular__tags__name="red")) == ["Ann"]


def test_conditions_of_every_kind(db: Database) -> None:
    write()

    def counts(condition: Q | None) -> list[int]:
        rows = authors.annotate(some=FilteredRelation("posts", condition=condition))
        found: list[int] = rows.annotate(n=Count("some")).values_list("n", flat=True).fetch()
        return found

    assert counts(None) == [3, 1, 0]
    assert counts(Q(posts__views__gt=F("limit"))) == [2, 0, 0]
    assert counts(Q(posts__views=9) | Q(posts__title="d")) == [1, 1, 0]
    assert counts(~Q(posts__views=9)) == [2, 1, 0]
    assert counts(Q(limit=5, posts__title__in=["a", "b"])) == [2, 0, 0]
    noted = Exists(Note.objects.filter(post=OuterRef("posts__pk")))
    assert counts(Q(noted)) == [2, 0, 0]


def test_several_at_once(db: Database) -> None:
    write()

    both = popular.annotate(poor=FilteredRelation("posts", condition=Q(posts__views__lt=5))).filter(
        popular__isnull=False, poor__isnull=False
    )
    both = both.order_by("popular__title")
    assert both.values_list("popular__title", "poor__title").fetch() == [
        ("a", "b"), ("c", "b"),
    ]  # fmt: skip
    assert popular.filter(popular__views=9).update(limit=7) == 1
    assert Author.objects.filter(limit=7).count() == 1


def test_what_cannot_be(db: Database) -> None:
    for wrong, message in (
        (
            lambda: FilteredRelation(""),
            "FilteredRelation() takes the name of a relation, not ''.",
        ),
        (
            lambda: FilteredRelation("posts", condition=3),  # type: ignore[arg-type]
            "FilteredRelation() takes a Q object as its condition, not 3. Write condition=Q(…).",
        ),
        (
            lambda: authors.annotate(x=FilteredRelation("name")),
            "'name' is no relation of Author (in FilteredRelation('name', condition=Q())). "
            "Name a foreign key, a many-to-many relation, or the way back from one.",
        ),
        (
            lambda: authors.annotate(
                x=FilteredRelation("posts", condition=Q(posts__notes__text="x"))
            ),
            "FilteredRelation's condition doesn't support nested relations deeper than the "
            "relation_name (got 'posts__notes__text' for 'posts') (in annotate(x=…)).",
        ),
        (
            lambda: posts.annotate(x=FilteredRelation("tags", condition=Q(author__name="x"))),
            "FilteredRelation's condition doesn't support relations outside the 'tags' "
            "(got 'author__name') (in annotate(x=…)).",
        ),
    ):
        with pytest.raises(FieldError) as caught:
            wrong()
        assert str(caught.value) == message
    with pytest.raises(UnknownField) as unknown:
        popular.filter(popular__titel="x")
    assert str(unknown.value).startswith("Post has no field 'titel'")
    with pytest.raises(UnknownField):
        authors.annotate(x=FilteredRelation("novels"))
    with pytest.raises(FieldError):
        authors.annotate(posts=FilteredRelation("posts"))
