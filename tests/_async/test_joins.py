"""What do conditions across relations mean: along foreign keys, back, and through several?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from covet.aio import (
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

from ..pairs import async_fixture


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


@async_fixture
async def world(db: Database) -> AsyncIterator[dict[str, Any]]:
    """Ann (Rome) has posts a and b, Bob (no city) has c, Cid (Rome) has none, d has no author."""
    rome = await City.objects.create(name="Rome")
    ann = await Author.objects.create(name="Ann", age=30, city=rome)
    bob = await Author.objects.create(name="Bob", mentor=ann)
    cid = await Author.objects.create(name="Cid", age=20, city=rome, mentor=bob)
    a = await Post.objects.create(title="a", views=10, author=ann)
    b = await Post.objects.create(title="b", views=1, author=ann)
    c = await Post.objects.create(title="c", views=10, author=bob)
    d = await Post.objects.create(title="d", views=5)
    await Comment.objects.create(text="good", likes=3, post=a)
    await Comment.objects.create(text="bad", likes=None, post=a)
    await Comment.objects.create(text="good", likes=1, post=c)
    await Profile.objects.create(author=ann, text="likes cats")
    yield {"rome": rome, "ann": ann, "bob": bob, "cid": cid, "a": a, "b": b, "c": c, "d": d}


async def names(query: Any) -> list[str]:
    return sorted(author.name for author in await query.fetch())


async def titles(query: Any) -> str:
    return "".join(sorted(post.title for post in await query.fetch()))


posts, authors = Post.objects, Author.objects


# --- along a foreign key ------------------------------------------------------------------------


async def test_a_lookup_along_a_key_joins_once(world: dict[str, Any]) -> None:
    query = posts.filter(author__name="Ann", author__age__gt=20).exclude(author__age=None)
    assert await titles(query) == "ab"
    assert query.sql("sqlite")[0].count("JOIN") == 1


async def test_lookups_along_several_keys(world: dict[str, Any]) -> None:
    assert await titles(posts.filter(author__city__name="Rome")) == "ab"
    assert await titles(posts.filter(author__mentor__name="Ann")) == "c"
    assert await names(authors.filter(mentor__mentor__name="Ann")) == ["Cid"]
    assert await Comment.objects.filter(post__author__city__name__startswith="R").count() == 2


async def test_a_relation_is_compared_with_objects_and_keys(world: dict[str, Any]) -> None:
    ann, bob = world["ann"], world["bob"]
    for value in (ann, ann.pk, str(ann.pk)):
        assert await titles(posts.filter(author=value)) == "ab"
        assert await titles(posts.filter(author_id=value)) == "ab"
        assert await titles(posts.filter(author__in=[value])) == "ab"
        assert await titles(posts.filter(author__pk=value)) == "ab"
    assert await titles(posts.filter(author__in=[ann, bob.pk])) == "abc"
    assert await titles(posts.filter(Post.author == ann)) == "ab"
    assert await titles(posts.exclude(author=ann)) == "cd"
    assert await titles(posts.filter(author__gt=ann.pk)) == "c"
    assert await titles(posts.filter(author=2**70)) == ""


async def test_comparing_the_key_joins_nothing(world: dict[str, Any]) -> None:
    for lookup in ("author", "author_id", "author__pk", "author__id", "author__isnull"):
        value: Any = True if lookup.endswith("isnull") else 1
        assert "JOIN" not in posts.filter(**{lookup: value}).sql("sqlite")[0]
    query = Comment.objects.filter(post__author=world["ann"])
    assert query.sql("sqlite")[0].count("JOIN") == 1
    assert await query.count() == 2


async def test_an_object_of_another_model_or_not_saved_is_refused(world: dict[str, Any]) -> None:
    with capture_queries() as queries:
        with pytest.raises(ValidationError, match=r"^Post\.author must be an Author, not "):
            await posts.filter(author=world["rome"]).fetch()
        with pytest.raises(ValidationError, match=r"^Post\.author is an Author that is not saved"):
            await posts.filter(author=Author(name="new")).fetch()
        with pytest.raises(ValidationError, match=r"^Post\.author "):
            await posts.filter(author="Ann").fetch()
    assert queries == []


async def test_a_null_relation_is_found_by_isnull_and_none(world: dict[str, Any]) -> None:
    assert await titles(posts.filter(author=None)) == "d"
    assert await titles(posts.filter(author__isnull=True)) == "d"
    assert await titles(posts.filter(author__isnull=False)) == "abc"
    assert await titles(posts.filter(author__city=None)) == "cd"
    assert await titles(posts.filter(author__city__isnull=True)) == "cd"
    assert await titles(posts.filter(author__city__isnull=False)) == "ab"
    assert await titles(posts.filter(author__age__isnull=True)) == "cd"
    assert await titles(posts.exclude(author=None)) == "abc"


async def test_exclude_along_a_key_keeps_rows_whose_relation_is_null(
    world: dict[str, Any],
) -> None:
    assert await titles(posts.exclude(author__name="Ann")) == "cd"
    assert await titles(posts.exclude(author__age__gt=20)) == "cd"
    assert await titles(posts.exclude(author__city__name="Rome")) == "cd"
    assert await titles(posts.exclude(author__age=30, views=10)) == "bcd"


async def test_or_along_a_key_keeps_rows_whose_relation_is_null(world: dict[str, Any]) -> None:
    query = posts.filter(Q(author__name="Ann") | Q(views=5))
    assert await titles(query) == "abd"
    assert "LEFT JOIN" in query.sql("sqlite")[0]
    assert await titles(posts.filter(Q(author__city__name="Rome") | Q(title="c"))) == "abc"
    assert await titles(posts.filter(Q(author__name="Ann") ^ Q(views__gt=4))) == "bcd"
    assert await titles(posts.filter(Q(author__name="Ann") | Q(author__name="Bob"))) == "abc"


# --- back along a foreign key -------------------------------------------------------------------


async def test_conditions_in_one_filter_are_about_the_same_related_row(
    world: dict[str, Any],
) -> None:
    assert await names(authors.filter(posts__views=10, posts__title="a")) == ["Ann"]
    assert await names(authors.filter(posts__views=10, posts__title="b")) == []
    assert await names(authors.filter(Q(posts__views=10) & Q(posts__title="b"))) == []


async def test_conditions_in_two_filters_may_be_about_two_related_rows(
    world: dict[str, Any],
) -> None:
    query = authors.filter(posts__views=10).filter(posts__title="b")
    assert await names(query) == ["Ann"]
    assert query.sql("sqlite")[0].count("JOIN") == 2


async def test_a_row_comes_once_for_each_related_row_that_matches(world: dict[str, Any]) -> None:
    assert await names(authors.filter(posts__views__gt=0)) == ["Ann", "Ann", "Bob"]
    assert await names(authors.filter(posts__views__gt=0).distinct()) == ["Ann", "Bob"]


async def test_exclude_back_along_a_key_is_about_all_related_rows(world: dict[str, Any]) -> None:
    assert await names(authors.exclude(posts__views=10)) == ["Cid"]
    assert await names(authors.exclude(posts__title="b")) == ["Bob", "Cid"]
    assert await names(authors.exclude(posts__title="zzz")) == ["Ann", "Bob", "Cid"]
    assert await names(authors.filter(~Q(posts__title="b"), age=None)) == ["Bob"]


async def test_exclude_of_two_conditions_is_about_one_related_row_that_meets_both(
    world: dict[str, Any],
) -> None:
    assert await names(authors.exclude(posts__views=10, posts__title="b")) == ["Ann", "Bob", "Cid"]
    assert await names(authors.exclude(posts__views=10, posts__title="a")) == ["Bob", "Cid"]
    assert await names(authors.exclude(posts__views=10).exclude(posts__title="b")) == ["Cid"]


async def test_exclude_through_several_relations(world: dict[str, Any]) -> None:
    assert await names(authors.exclude(posts__comment__text="bad")) == ["Bob", "Cid"]
    assert await names(authors.exclude(posts__comment__likes__gt=2)) == ["Bob", "Cid"]
    assert await City.objects.exclude(authors__posts__title="a").count() == 0
    assert await City.objects.exclude(authors__posts__title="c").count() == 1


async def test_filter_and_exclude_part_the_rows(world: dict[str, Any]) -> None:
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
        kept = set(await names(authors.filter(condition)))
        others = set(await names(authors.exclude(condition)))
        assert kept | others == everyone, condition
        assert not kept & others, condition


async def test_or_with_related_rows_keeps_those_without_any(world: dict[str, Any]) -> None:
    query = authors.filter(Q(posts__title="a") | Q(name="Cid"))
    assert await names(query) == ["Ann", "Cid"]
    assert "LEFT JOIN" in query.sql("sqlite")[0]


async def test_isnull_back_along_a_key_finds_those_without_related_rows(
    world: dict[str, Any],
) -> None:
    assert await names(authors.filter(posts__isnull=True)) == ["Cid"]
    assert await names(authors.filter(posts=None)) == ["Cid"]
    assert await names(authors.filter(posts__isnull=False).distinct()) == ["Ann", "Bob"]
    assert await names(authors.exclude(posts__isnull=True)) == ["Ann", "Bob"]
    assert await names(authors.exclude(posts__isnull=False)) == ["Cid"]
    assert await titles(posts.filter(comment__isnull=True)) == "bd"
    assert await titles(posts.filter(comment__likes__isnull=True)) == "abd"


async def test_related_objects_are_compared_with_objects_and_keys(world: dict[str, Any]) -> None:
    a, c = world["a"], world["c"]
    assert await names(authors.filter(posts=a)) == ["Ann"]
    assert await names(authors.filter(posts=a.pk)) == ["Ann"]
    assert await names(authors.filter(posts__in=[a, c])) == ["Ann", "Bob"]
    assert await names(authors.filter(posts__pk=c.pk)) == ["Bob"]
    assert await names(authors.exclude(posts=a)) == ["Bob", "Cid"]


async def test_one_to_one_is_followed_from_both_sides(world: dict[str, Any]) -> None:
    assert await names(authors.filter(profile__text="likes cats")) == ["Ann"]
    assert await names(authors.exclude(profile__text="likes cats")) == ["Bob", "Cid"]
    assert await names(authors.filter(profile=None)) == ["Bob", "Cid"]
    assert await names(authors.filter(profile__isnull=False)) == ["Ann"]
    assert await Profile.objects.filter(author__name="Ann").count() == 1
    assert await titles(posts.filter(author__profile__text__contains="cats")) == "ab"


async def test_relations_to_itself(world: dict[str, Any]) -> None:
    assert await names(authors.filter(pupils__name="Cid")) == ["Bob"]
    assert await names(authors.filter(pupils__pupils__name="Cid")) == ["Ann"]
    assert await names(authors.filter(mentor__pupils__name="Bob")) == ["Bob"]
    assert await names(authors.exclude(pupils__name="Cid")) == ["Ann", "Cid"]


async def test_paths_go_back_and_forth(world: dict[str, Any]) -> None:
    assert await titles(posts.filter(author__posts__title="b")) == "ab"
    assert await Comment.objects.filter(post__author__posts__comment__text="bad").count() == 2
    assert await names(authors.filter(city__authors__name="Cid")) == ["Ann", "Cid"]


async def test_related_query_name_is_the_name_in_lookups(world: dict[str, Any]) -> None:
    assert await titles(posts.filter(comment__text="bad")) == "a"
    with pytest.raises(UnknownField) as caught:
        posts.filter(comments__text="bad")
    assert str(caught.value) == (
        "Post has no field 'comments' (in filter(comments__text=…)). Did you mean 'comment'? "
        "Fields: author, comment, id, title, views."
    )


# --- F across relations -------------------------------------------------------------------------


async def test_f_reaches_across_relations_in_filters(world: dict[str, Any]) -> None:
    assert await titles(posts.filter(views__lt=F("author__age"))) == "ab"
    assert await titles(posts.exclude(views__lt=F("author__age"))) == "cd"
    assert await names(authors.filter(age__lt=F("mentor__age"))) == []
    assert await names(authors.filter(age__gt=F("posts__views") * 3 - 1)) == ["Ann", "Ann"]
    assert await names(authors.filter(posts__views__gt=F("posts__comment__likes"))) == [
        "Ann", "Bob",
    ]  # fmt: skip
    assert await titles(posts.filter(F("author__age") + 1 > 30)) == "ab"


async def test_order_and_filter_share_the_join_of_a_related_row(world: dict[str, Any]) -> None:
    query = authors.filter(posts__views=10).order_by("posts__title")
    assert [author.name for author in await query.fetch()] == ["Ann", "Bob"]
    assert query.sql("sqlite")[0].count("JOIN") == 1


# --- what cannot be -----------------------------------------------------------------------------


async def test_unknown_names_along_a_path_name_the_model_where_they_stand(
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


async def test_too_many_joins_are_refused(db: Database) -> None:
    with pytest.raises(FieldError, match="is too long for a path; the limit is 500"):
        authors.filter(**{"__".join(["mentor"] * 70): 1})
    query = authors.all()
    for _ in range(70):  # each filter has a join of its own
        query = query.filter(posts__views=1)
    with pytest.raises(QueryTooComplex) as caught:
        await query.fetch()
    assert str(caught.value) == "A query joins more than 60 tables."


@pytest.mark.parametrize("length", [10, 20])
async def test_a_long_path_works(world: dict[str, Any], length: int) -> None:
    path = "__".join(["mentor"] * length)
    assert await names(authors.filter(**{f"{path}__name": "Ann"})) == []
    assert await names(authors.filter(**{f"{path}__isnull": True})) == ["Ann", "Bob", "Cid"]
