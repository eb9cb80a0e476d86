# generated from tests/_async/test_managers.py by scripts/generate_sync.py;
# change that file, not this one
"""What do managers and querysets of one's own add to a model?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.sync import (
    BooleanField,
    CharField,
    Database,
    ForeignKey,
    IntegerField,
    Manager,
    Model,
    QuerySet,
)


class PostQuerySet(QuerySet["Post"]):
    def live(self) -> PostQuerySet:
        return self.filter(is_live=True)

    def at_least(self, views: int) -> PostQuerySet:
        return self.filter(views__gte=views)

    def titles(self) -> list[str]:
        return self.order_by("title").values_list("title", flat=True).fetch()

    def _hidden(self) -> None: ...


class LiveManager(Manager["Post"]):
    def get_queryset(self) -> QuerySet[Post]:
        return super().get_queryset().filter(is_live=True)

    def busiest(self) -> Post | None:
        return self.order_by("-views").first()


class CountingManager(Manager[Any]):
    def __init__(self, least: int = 0) -> None:
        super().__init__()
        self.least = least

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(views__gte=self.least)

    def how_many(self) -> str:
        return f"at least {self.least}"


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    is_live = BooleanField(default=True)
    views = IntegerField(default=0)
    author = ForeignKey(Author, null=True, related_name="posts")

    objects = PostQuerySet.as_manager()
    live = LiveManager()


class Managed(Model):
    views = IntegerField(default=0)

    busy = CountingManager(10)
    objects = Manager()

    class Meta:
        abstract = True


class Page(Managed): ...


class Note(Managed):
    quiet = Manager()


class Scene(Model):
    """Its rows of less than 10 views are not seen by default."""

    views = IntegerField(default=0)
    author = ForeignKey(Author, related_name="scenes")

    seen = Manager.from_queryset(PostQuerySet)()


class Act(Model):
    views = IntegerField(default=0)
    author = ForeignKey(Author, related_name="acts")

    objects = CountingManager(10)


def posts() -> Author:
    author = Author.objects.create(name="Ann")
    Post.objects.bulk_create(
        [
            Post(title="a", views=1, author=author),
            Post(title="b", views=20, author=author),
            Post(title="c", views=30, is_live=False, author=author),
            Post(title="d", views=40),
        ]
    )
    return author


def test_methods_of_a_queryset_begin_and_go_on_with_a_query(db: Database) -> None:
    posts()

    assert Post.objects.live().at_least(20).titles() == ["b", "d"]
    assert Post.objects.filter(title__gt="a").live().titles() == ["b", "d"]
    assert Post.objects.titles() == ["a", "b", "c", "d"]


def test_a_manager_can_narrow_what_it_begins_with(db: Database) -> None:
    posts()

    assert Post.live.count() == 3
    assert not Post.live.filter(title="c").exists()
    assert Post.objects.count() == 4
    busiest = Post.live.busiest()
    assert busiest is not None
    assert busiest.title == "d"


def test_a_narrowed_manager_creates_as_any_other(db: Database) -> None:
    post = Post.live.create(title="x", is_live=False)

    assert not Post.live.filter(pk=post.pk).exists()
    assert Post.objects.get() == post


def test_an_instance_is_saved_and_read_again_past_narrowed_managers(db: Database) -> None:
    author = Author.objects.create(name="Ann")
    act = Act.objects.create(views=1, author=author)

    act.views = 2
    act.save()
    act.refresh_from_db()

    assert act.views == 2
    assert Act.objects.count() == 0
    act.delete()


def test_each_model_has_a_manager_of_its_own() -> None:
    assert Page.busy is not Note.busy
    assert (Page.busy.model, Note.busy.model) == (Page, Note)
    assert (Page.busy.least, Note.busy.how_many()) == (10, "at least 10")


def test_managers_say_whose_they_are() -> None:
    assert repr(Post.objects) == "<ManagerFromPostQuerySet Post.objects>"
    assert repr(Page.busy) == "<CountingManager Page.busy>"
    assert repr(Author.objects) == "<Manager Author.objects>"


def test_a_manager_does_not_delete_all_rows_at_once() -> None:
    assert not hasattr(Author.objects, "delete")
    assert hasattr(Author.objects.all(), "delete")


def test_private_methods_of_a_queryset_are_not_the_managers() -> None:
    assert not hasattr(Post.objects, "_hidden")


def test_a_model_that_names_its_manager_otherwise_has_no_objects() -> None:
    with pytest.raises(AttributeError) as error:
        Scene.objects  # noqa: B018

    assert str(error.value) == ("Scene has no manager 'objects', as it declares its own: seen")


def test_the_default_manager_is_the_first_that_the_model_itself_declares() -> None:
    assert Page._default_manager is Page.busy
    assert Note._default_manager is Note.quiet
    assert Scene._default_manager is Scene.seen
    assert Post._default_manager is Post.objects
    assert Author._default_manager is Author.objects


def test_a_manager_does_not_belong_to_instances() -> None:
    with pytest.raises(AttributeError) as error:
        Post(title="x").live  # noqa: B018

    assert str(error.value) == (
        "Post.live belongs to the class, not to its instances. Write Post.live."
    )


def test_a_manager_can_have_methods_of_its_own_and_a_querysets() -> None:
    class Special(Manager[Any]):
        def special(self) -> str:
            return f"special {self.model.__name__}"

    class Thing(Model):
        objects = Special.from_queryset(PostQuerySet, "SpecialManager")()

    assert Thing.objects.special() == "special Thing"
    assert isinstance(Thing.objects.all(), PostQuerySet)
    assert type(Thing.objects).__name__ == "SpecialManager"


def test_the_way_back_has_the_default_managers_methods(db: Database) -> None:
    author = posts()

    assert author.posts.live().titles() == ["a", "b"]
    assert author.posts.at_least(20).titles() == ["b", "c"]


def test_the_way_back_begins_with_what_the_default_manager_begins_with(db: Database) -> None:
    author = Author.objects.create(name="Ann")
    author.acts.create(views=9)
    act = author.acts.create(views=10)

    assert author.acts.all().fetch() == [act]
    assert author.acts.how_many() == "at least 10"
