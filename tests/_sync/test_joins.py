# generated from tests/_async/test_joins.py by scripts/generate_sync.py;
# change that file, not this one
"""What do conditions across relations mean: along foreign keys, back, and through several?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from covet.sync import (
    CharField,
    Database,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    Model,
    OneToOneField,
    Q,
    QueryTooComplex,
    UnknownField,
    ValidationError,
    capture_queries,
)

from ..pairs import sync_fixture


class City(Model):
    name = CharField(max_length=20)


class Author(Model):
    name = CharField(max_length=20)
    age = IntegerField(null=True)
    city = ForeignKey(City, null=True, related_name="authors")
    mentor = ForeignKey("self", null=True, related_name="pupils")


class Profile(Model):
    author = OneToOneField(Author, related_name="profile")
    text = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField()
    author = ForeignKey(Author, null=True, related_name="posts")


class Comment(Model):
    text = CharField(max_length=20)
    likes = IntegerField(null=True)
    post = ForeignKey(Post, related_name="comments", related_query_name="comment")


@sync_fixture
def world(db: Database) -> Iterator[dict[str, Any]]:
    """Ann (Rome) has posts a and b, Bob (no city) has c, Cid (Rome) has none, d has no author."""
    rome = City.objects.create(name="Rome")
    ann = Author.objects.create(name="Ann", age=30, city=rome)
    bob = Author.objects.create(name="Bob", mentor=ann)
    cid = Author.objects.create(name="Cid", age=20, city=rome, mentor=bob)
    a = Post.objects.create(title="a", views=10, author=ann)
    b = Post.objects.create(title="b", views=1, author=ann)
    c = Post.objects.create(title="c", views=10, author=bob)
    d = Post.objects.create(title="d", views=5)
    Comment.objects.create(text="good", likes=3, post=a)
    Comment.objects.create(text="bad", likes=None, post=a)
    Comment.objects.create(text="good", likes=1, post=c)
    Profile.objects.create(author=ann, text="likes cats")
    yield {"rome": rome, "ann": ann, "bob": bob, "cid": cid, "a": a, "b": b, "c": c, "d": d}


def names(query: Any) -> list[str]:
    return sorted(author.name for author in query.fetch())


def titles(query: Any) -> str:
    return "".join(sorted(post.title for post in query.fetch()))


posts, authors = Post.objects, Author.objects


# --- along a foreign key ------------------------------------------------------------------------


def test_a_lookup_along_a_key_joins_once(world: dict[str, Any]) -> None:
    query = posts.filter(author__name="Ann", author__age__gt=20).exclude(author__age=None)
    assert titles(query) == "ab"
    assert query.sql("sqlite")[0].count("JOIN") == 1


def test_lookups_along_several_keys(world: dict[str, Any]) -> None:
    assert titles(posts.filter(author__city__name="Rome")) == "ab"
    assert titles(posts.filter(author__mentor__name="Ann")) == "c"
    assert names(authors.filter(mentor__mentor__name="Ann")) == ["Cid"]
    assert Comment.objects.filter(post__author__city__name__startswith="R").count() == 2


def test_a_relation_is_compared_with_objects_and_keys(world: dict[str, Any]) -> None:
    ann, bob = world["ann"], world["bob"]
    for value in (ann, ann.pk, str(ann.pk)):
        assert titles(posts.filter(author=value)) == "ab"
        assert titles(posts.filter(author_id=value)) == "ab"
        assert titles(posts.filter(author__in=[value])) == "ab"
        assert titles(posts.filter(author__pk=value)) == "ab"
    assert titles(posts.filter(author__in=[ann, bob.pk])) == "abc"
    assert titles(posts.filter(Post.author == ann)) == "ab"
    assert titles(posts.exclude(author=ann)) == "cd"
    assert titles(posts.filter(author__gt=ann.pk)) == "c"
    assert titles(posts.filter(author=2**70)) == ""


def test_comparing_the_key_joins_nothing(world: dict[str, Any]) -> None:
    for lookup in ("author", "author_id", "author__pk", "author__id", "author__isnull"):
        value: Any = True if lookup.endswith("isnull") else 1
        assert "JOIN" not in posts.filter(**{lookup: value}).sql("sqlite")[0]
    query = Comment.objects.filter(post__author=world["ann"])
    assert query.sql("sqlite")[0].count("JOIN") == 1
    assert query.count() == 2


def test_an_object_of_another_model_or_not_saved_is_refused(world: dict[str, Any]) -> None:
    with capture_queries() as queries:
        with pytest.raises(ValidationError, match=r"^Post\.author must be an Author, not "):
            posts.filter(author=world["rome"]).fetch()
        with pytest.raises(ValidationError, match=r"^Post\.author is an Author that is not saved"):
            posts.filter(author=Author(name="new")).fetch()
        with pytest.raises(ValidationError, match=r"^Post\.author "):
            posts.filter(author="Ann").fetch()
    assert queries == []


def test_a_null_relation_is_found_by_isnull_and_none(world: dict[str, Any]) -> None:
    assert titles(posts.filter(author=None)) == "d"
    assert titles(posts.filter(author__isnull=True)) == "d"
    assert titles(posts.filter(author__isnull=False)) == "abc"
    assert titles(posts.filter(author__city=None)) == "cd"
    assert titles(posts.filter(author__city__isnull=True)) == "cd"
    assert titles(posts.filter(author__city__isnull=False)) == "ab"
    assert titles(posts.filter(author__age__isnull=True)) == "cd"
    assert titles(posts.exclude(author=None)) == "abc"


def test_exclude_along_a_key_keeps_rows_whose_relation_is_null(
    world: dict[str, Any],
) -> None:
    assert titles(posts.exclude(author__name="Ann")) == "cd"
    assert titles(posts.exclude(author__age__gt=20)) == "cd"
    assert titles(posts.exclude(author__city__name="Rome")) == "cd"
    assert titles(posts.exclude(author__age=30, views=10)) == "bcd"


def test_or_along_a_key_keeps_rows_whose_relation_is_null(world: dict[str, Any]) -> None:
    query = posts.filter(Q(author__name="Ann") | Q(views=5))
    assert titles(query) == "abd"
    assert "LEFT JOIN" in query.sql("sqlite")[0]
    assert titles(posts.filter(Q(author__city__name="Rome") | Q(title="c"))) == "abc"
    assert titles(posts.filter(Q(author__name="Ann") ^ Q(views__gt=4))) == "bcd"
    assert titles(posts.filter(Q(author__name="Ann") | Q(author__name="Bob"))) == "abc"


# --- back along a foreign key -------------------------------------------------------------------


def test_conditions_in_one_filter_are_about_the_same_related_row(
    world: dict[str, Any],
) -> None:
    assert names(authors.filter(posts__views=10, posts__title="a")) == ["Ann"]
    assert names(authors.filter(posts__views=10, posts__title="b")) == []
    assert names(authors.filter(Q(posts__views=10) & Q(posts__title="b"))) == []


def test_conditions_in_two_filters_may_be_about_two_related_rows(
    world: dict[str, Any],
) -> None:
    query = authors.filter(posts__views=10).filter(posts__title="b")
    assert names(query) == ["Ann"]
    assert query.sql("sqlite")[0].count("JOIN") == 2


def test_a_row_comes_once_for_each_related_row_that_matches(world: dict[str, Any]) -> None:
    assert names(authors.filter(posts__views__gt=0)) == ["Ann", "Ann", "Bob"]
    assert names(authors.filter(posts__views__gt=0).distinct()) == ["Ann", "Bob"]


def test_exclude_back_along_a_key_is_about_all_related_rows(world: dict[str, Any]) -> None:
    assert names(authors.exclude(posts__views=10)) == ["Cid"]
    assert names(authors.exclude(posts__title="b")) == ["Bob", "Cid"]
    assert names(authors.exclude(posts__title="zzz")) == ["Ann", "Bob", "Cid"]
    assert names(authors.filter(~Q(posts__title="b"), age=None)) == ["Bob"]


def test_exclude_of_two_conditions_is_about_one_related_row_that_meets_both(
    world: dict[str, Any],
) -> None:
    assert names(authors.exclude(posts__views=10, posts__title="b")) == ["Ann", "Bob", "Cid"]
    assert names(authors.exclude(posts__views=10, posts__title="a")) == ["Bob", "Cid"]
    assert names(authors.exclude(posts__views=10).exclude(posts__title="b")) == ["Cid"]


def test_exclude_through_several_relations(world: dict[str, Any]) -> None:
    assert names(authors.exclude(posts__comment__text="bad")) == ["Bob", "Cid"]
    assert names(authors.exclude(posts__comment__likes__gt=2)) == ["Bob", "Cid"]
    assert City.objects.exclude(authors__posts__title="a").count() == 0
    assert City.objects.exclude(authors__posts__title="c").count() == 1


def test_filter_and_exclude_part_the_rows(world: dict[str, Any]) -> None:
    everyone = {"Ann", "Bob", "Cid"}
    for condition in (
        Q(posts__views__gt=5),
        Q(posts__isnull=True),
        Q(posts__comment__likes=None),
        Q(posts__views=10) | Q(age=20),
        Q(posts__views=10) & ~Q(posts__title="a"),
        ~(Q(posts__views=10) | ~Q(pupils__name="Cid")),
        Q(mentor__posts__title="a") ^ Q(city__name="Rome"),
        Q(profile__text__contains="cat"),
    ):
        kept = set(names(authors.filter(condition)))
        others = set(names(authors.exclude(condition)))
        assert kept | others == everyone, condition
        assert not kept & others, condition


def test_or_with_related_rows_keeps_those_without_any(world: dict[str, Any]) -> None:
    query = authors.filter(Q(posts__title="a") | Q(name="Cid"))
    assert names(query) == ["Ann", "Cid"]
    assert "LEFT JOIN" in query.sql("sqlite")[0]


def test_isnull_back_along_a_key_finds_those_without_related_rows(
    world: dict[str, Any],
) -> None:
    assert names(authors.filter(posts__isnull=True)) == ["Cid"]
    assert names(authors.filter(posts=None)) == ["Cid"]
    assert names(authors.filter(posts__isnull=False).distinct()) == ["Ann", "Bob"]
    assert names(authors.exclude(posts__isnull=True)) == ["Ann", "Bob"]
    assert names(authors.exclude(posts__isnull=False)) == ["Cid"]
    assert titles(posts.filter(comment__isnull=True)) == "bd"
    assert titles(posts.filter(comment__likes__isnull=True)) == "abd"


def test_related_objects_are_compared_with_objects_and_keys(world: dict[str, Any]) -> None:
    a, c = world["a"], world["c"]
    assert names(authors.filter(posts=a)) == ["Ann"]
    assert names(authors.filter(posts=a.pk)) == ["Ann"]
    assert names(authors.filter(posts__in=[a, c])) == ["Ann", "Bob"]
    assert names(authors.filter(posts__pk=c.pk)) == ["Bob"]
    assert names(authors.exclude(posts=a)) == ["Bob", "Cid"]


def test_one_to_one_is_followed_from_both_sides(world: dict[str, Any]) -> None:
    assert names(authors.filter(profile__text="likes cats")) == ["Ann"]
    assert names(authors.exclude(profile__text="likes cats")) == ["Bob", "Cid"]
    assert names(authors.filter(profile=None)) == ["Bob", "Cid"]
    assert names(authors.filter(profile__isnull=False)) == ["Ann"]
    assert Profile.objects.filter(author__name="Ann").count() == 1
    assert titles(posts.filter(author__profile__text__contains="cats")) == "ab"


def test_relations_to_itself(world: dict[str, Any]) -> None:
    assert names(authors.filter(pupils__name="Cid")) == ["Bob"]
    assert names(authors.filter(pupils__pupils__name="Cid")) == ["Ann"]
    assert names(authors.filter(mentor__pupils__name="Bob")) == ["Bob"]
    assert names(authors.exclude(pupils__name="Cid")) == ["Ann", "Cid"]


def test_paths_go_back_and_forth(world: dict[str, Any]) -> None:
    assert titles(posts.filter(author__posts__title="b")) == "ab"
    assert Comment.objects.filter(post__author__posts__comment__text="bad").count() == 2
    assert names(authors.filter(city__authors__name="Cid")) == ["Ann", "Cid"]


def test_related_query_name_is_the_name_in_lookups(world: dict[str, Any]) -> None:
    assert titles(posts.filter(comment__text="bad")) == "a"
    with pytest.raises(UnknownField) as caught:
        posts.filter(comments__text="bad")
    assert str(caught.value) == (
        "Post has no field 'comments' (in filter(comments__text=…)). Did you mean 'comment'? "
        "Fields: author, comment, id, title, views."
    )


# --- F across relations -------------------------------------------------------------------------


def test_f_reaches_across_relations_in_filters(world: dict[str, Any]) -> None:
    assert titles(posts.filter(views__lt=F("author__age"))) == "ab"
    assert titles(posts.exclude(views__lt=F("author__age"))) == "cd"
    assert names(authors.filter(age__lt=F("mentor__age"))) == []
    assert names(authors.filter(age__gt=F("posts__views") * 3 - 1)) == ["Ann", "Ann"]
    assert names(authors.filter(posts__views__gt=F("posts__comment__likes"))) == [
        "Ann", "Bob",
    ]  # fmt: skip
    assert titles(posts.filter(F("author__age") + 1 > 30)) == "ab"


def test_order_and_filter_share_the_join_of_a_related_row(world: dict[str, Any]) -> None:
    query = authors.filter(posts__views=10).order_by("posts__title")
    assert [author.name for author in query.fetch()] == ["Ann", "Bob"]
    assert query.sql("sqlite")[0].count("JOIN") == 1


# --- what cannot be -----------------------------------------------------------------------------


def test_unknown_names_along_a_path_name_the_model_where_they_stand(
    db: Database,
) -> None:
    with pytest.raises(UnknownField) as caught:
        posts.filter(author__nam="x")
    assert str(caught.value).startswith("Author has no field 'nam' (in filter(author__nam=…)).")
    with pytest.raises(UnknownField) as caught:
        authors.filter(posts__titel__icontains="x")
    assert "Post has no field 'titel'" in str(caught.value)
    with pytest.raises(FieldError):
        posts.filter(title__author="x")


def test_too_many_joins_are_refused(db: Database) -> None:
    with pytest.raises(FieldError, match="is too long for a path; the limit is 500"):
        authors.filter(**{"__".join(["mentor"] * 70): 1})
    query = authors.all()
    for _ in range(70):  # each filter has a join of its own
        query = query.filter(posts__views=1)
    with pytest.raises(QueryTooComplex) as caught:
        query.fetch()
    assert str(caught.value) == "A query joins more than 60 tables."


@pytest.mark.parametrize("length", [10, 20])
def test_a_long_path_works(world: dict[str, Any], length: int) -> None:
    path = "__".join(["mentor"] * length)
    assert names(authors.filter(**{f"{path}__name": "Ann"})) == []
    assert names(authors.filter(**{f"{path}__isnull": True})) == ["Ann", "Bob", "Cid"]
