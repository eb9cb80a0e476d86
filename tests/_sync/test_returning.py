# generated from tests/_async/test_returning.py by scripts/generate_sync.py;
# change that file, not this one
"""What do update() and delete() give after returning(): the rows, as they are now or were?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from covet.sync import (
    PROTECT,
    CharField,
    CompositePrimaryKey,
    Count,
    Database,
    DecimalField,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    JSONField,
    Model,
    NotSupportedError,
    ProtectedError,
    UnknownField,
    ValidationError,
    capture_queries,
)
from covet.sync.signals import post_delete

from ..pairs import sync_fixture


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    price = DecimalField(max_digits=8, decimal_places=2, null=True)
    data = JSONField(null=True)
    author = ForeignKey(Author, null=True, related_name="posts")


class Comment(Model):
    text = CharField(max_length=20)
    post = ForeignKey(Post, related_name="comments")


class Bill(Model):
    post = ForeignKey(Post, PROTECT)


class Log(Model):
    text = CharField(max_length=20)
    day = IntegerField(default=0)


class Seat(Model):
    row = IntegerField()
    number = IntegerField()
    guest = CharField(max_length=20)
    pk = CompositePrimaryKey("row", "number")


class Place(Model):
    name = CharField(max_length=20)


class Cafe(Place):
    tables = IntegerField(default=0)


@sync_fixture
def posts(db: Database) -> Iterator[list[Post]]:
    ann = Author.objects.create(name="Ann")
    made = Post.objects.bulk_create(
        [
            Post(title="a", views=1, price="1.50", data={"k": [1]}, author=ann),
            Post(title="b", views=2, author=ann),
            Post(title="c", views=3),
        ]
    )
    Comment.objects.bulk_create([Comment(text="x", post=post) for post in made])
    Log.objects.bulk_create([Log(text=t, day=n) for n, t in enumerate("abcd")])
    yield made


# --- update --------------------------------------------------------------------------------------


def test_updated_rows_are_given_as_instances(db: Database, posts: list[Post]) -> None:
    few = Post.objects.filter(views__lt=3)

    with capture_queries() as queries:
        found = few.returning().update(views=F("views") + 10, title="x")

    assert len([q for q in queries if "UPDATE" in q.sql.split()[:1]]) == 1
    if db.dialect.returning_on_update:
        assert len(queries) == 1
    found.sort(key=lambda post: post.views)
    assert [type(post) for post in found] == [Post, Post]
    assert found == posts[:2]
    assert [(post.views, post.title, post.price) for post in found] == [
        (11, "x", Decimal("1.50")),
        (12, "x", None),
    ]
    assert found[0].data == {"k": [1]}
    found[0].title = "y"
    found[0].save()
    assert Post.objects.get(pk=posts[0].pk).title == "y"


def test_fields_are_given_as_rows_with_names(posts: list[Post]) -> None:
    found = (
        Post.objects.filter(title="a")
        .returning("pk", "views", "price", "author")
        .update(views=F("views") + 1)
    )

    assert found == [(posts[0].pk, 2, Decimal("1.50"), posts[0].author_id)]
    assert found[0].views == found[0]["views"] == 2
    assert found[0].asdict() == {
        "pk": posts[0].pk,
        "views": 2,
        "price": Decimal("1.50"),
        "author": posts[0].author_id,
    }


def test_only_the_rows_that_were_found_are_given(posts: list[Post]) -> None:
    found = Post.objects.filter(views=1).returning("title", "views").update(views=2)

    assert found == [("a", 2)]


def test_no_rows_are_an_empty_list(posts: list[Post]) -> None:
    assert Post.objects.filter(views=99).returning().update(views=2) == []
    assert Post.objects.filter(views=99).returning("id").delete() == []
    with capture_queries() as queries:
        assert Post.objects.none().returning("id").update(views=2) == []
        assert Post.objects.none().returning().delete() == []
    assert queries == []


def test_a_filter_over_relations(posts: list[Post]) -> None:
    by_ann = Post.objects.filter(author__name="Ann", comments__text="x").order_by("title")

    found = by_ann.returning("title", "views").update(views=F("views") * 2)

    assert sorted(found) == [("a", 2), ("b", 4)]


def test_rows_of_an_owner(posts: list[Post]) -> None:
    bob = Author.objects.create(name="Bob")
    ann = Author.objects.get(name="Ann")

    found = ann.posts.filter(title="a").returning().update(author=bob)

    assert [post.author_id for post in found] == [bob.pk]
    assert found[0].author.name == "Bob"


def test_a_slice_is_taken_in_its_order(posts: list[Post]) -> None:
    log = Log.objects.order_by("-day")

    assert sorted(log[:2].returning("text", "day").update(day=0)) == [("c", 0), ("d", 0)]
    assert log[:1].returning("text").delete() == [("b",)]
    assert Log.objects.order_by("text").values_list("text", flat=True) == ["a", "c", "d"]


def test_fields_that_are_left_out_are_not_loaded(posts: list[Post]) -> None:
    (post,) = Post.objects.filter(title="a").only("title").returning().update(views=7)

    assert post.title == "a"
    assert post.get_deferred_fields() == {"views", "price", "data", "author_id"}


def test_annotations_can_be_used_and_are_not_given(posts: list[Post]) -> None:
    twice = Post.objects.filter(title="b").annotate(twice=F("views") * 2)

    (post,) = twice.returning().update(views=F("twice"))

    assert post.views == 4
    assert not hasattr(post, "twice")


def test_children_are_given_whole(db: Database) -> None:
    Cafe.objects.create(name="a", tables=1)
    Cafe.objects.create(name="b", tables=2)

    found = Cafe.objects.filter(name="a").returning("name", "tables").update(tables=5)
    assert found == [("a", 5)]
    (cafe,) = Cafe.objects.filter(name="a").returning().update(name="x", tables=6)
    assert (cafe.name, cafe.tables) == ("x", 6)
    (cafe,) = Cafe.objects.filter(name="x").returning().delete()
    assert (cafe.name, cafe.tables) == ("x", 6)
    assert Place.objects.values_list("name", flat=True) == ["b"]


def test_keys_of_several_columns(db: Database) -> None:
    Seat.objects.bulk_create([Seat(row=1, number=n, guest="") for n in range(3)])

    found = Seat.objects.filter(number__gt=0).returning("pk", "guest").update(guest="Ann")
    assert sorted(found) == [((1, 1), "Ann"), ((1, 2), "Ann")]
    assert Seat.objects.filter(number=0).returning("pk").delete() == [((1, 0),)]


def test_a_key_that_changes(db: Database, posts: list[Post]) -> None:
    changing = Log.objects.filter(text="a").returning("id", "text")
    if db.dialect.returning_on_update:
        assert changing.update(id=5000) == [(5000, "a")]
        return
    with pytest.raises(NotSupportedError) as caught:
        changing.update(id=5000)
    assert str(caught.value) == (
        f"{db.dialect.product} has no UPDATE … RETURNING, by which rows could be given whose id "
        "changes. Update without returning()."
    )


# --- delete --------------------------------------------------------------------------------------


def test_deleted_rows_are_given_as_they_were(db: Database, posts: list[Post]) -> None:
    with capture_queries() as queries:
        found = Log.objects.filter(day__lt=2).returning().delete()

    assert len(queries) == 1
    assert sorted(log.text for log in found) == ["a", "b"]
    assert Log.objects.count() == 2
    found[0].save()
    assert Log.objects.count() == 3


def test_what_hangs_on_them_is_deleted_and_not_given(posts: list[Post]) -> None:
    found = Post.objects.filter(views__gt=1).returning("id", "title").delete()

    assert sorted(found) == [(posts[1].pk, "b"), (posts[2].pk, "c")]
    assert Comment.objects.count() == 1
    (post,) = Post.objects.all().returning().delete()
    assert (post.pk, post.title, post.data) == (posts[0].pk, "a", {"k": [1]})
    assert Comment.objects.count() == 0


def test_protected_rows_stay(posts: list[Post]) -> None:
    Bill.objects.create(post=posts[0])

    with pytest.raises(ProtectedError):
        Post.objects.all().returning("id").delete()

    assert Post.objects.count() == 3


def test_who_listens_is_told(posts: list[Post]) -> None:
    told: list[Any] = []

    def listener(sender: Any, instance: Any, **_: Any) -> None:
        told.append(instance.text)

    post_delete.connect(listener, sender=Log)
    try:
        found = Log.objects.filter(text="c").returning("text").delete()
    finally:
        post_delete.disconnect(listener, sender=Log)

    assert found == [("c",)]
    assert told == ["c"]


def test_distinct_rows_are_given_once(posts: list[Post]) -> None:
    Comment.objects.create(text="x", post=posts[0])
    commented = Post.objects.filter(comments__text="x", title="a").distinct()

    assert commented.returning("title").update(views=9) == [("a",)]
    assert commented.returning("title").delete() == [("a",)]


def test_rows_found_by_an_aggregate(posts: list[Post]) -> None:
    Comment.objects.create(text="y", post=posts[0])
    counted = Post.objects.annotate(number=Count("comments"))

    assert counted.filter(number=2).returning("title").update(views=9) == [("a",)]
    assert counted.order_by("-number")[:1].returning("views").update(views=8) == [(8,)]
    found, is_new = counted.update_or_create({"views": 7}, title="a")
    assert (found.views, is_new) == (7, False)
    assert counted.filter(number=2).returning("title").delete() == [("a",)]


def test_what_was_fetched_is_asked_anew(posts: list[Post]) -> None:
    query = Log.objects.order_by("text")
    assert len(query.fetch()) == 4

    query.returning("id").delete()

    assert query.fetch() == []


# --- what is refused -----------------------------------------------------------------------------


def test_what_is_no_field_of_the_model_is_refused(db: Database) -> None:
    with pytest.raises(UnknownField) as caught:
        Post.objects.all().returning("view")
    assert str(caught.value).startswith(
        "Post has no field 'view' (in returning('view')). Did you mean 'views'?"
    )
    for path in ("author__name", "comments"):
        with pytest.raises(FieldError) as refused:
            Post.objects.all().returning(path)
        assert str(refused.value) == (
            f"{path!r} is no field of Post itself (in returning({path!r})). "
            "Choices: id, title, views, price, data, author."
        )


def test_values_are_checked_before_anything_is_sent(db: Database) -> None:
    rows = Post.objects.all().returning("id")
    with capture_queries() as queries:
        with pytest.raises(ValidationError):
            rows.update(views="many")
        with pytest.raises(FieldError) as caught:
            rows.update()
    assert str(caught.value) == "update() sets nothing. Write update(field=value)."
    assert queries == []
