# generated from tests/_async/test_reverse_registry.py by scripts/generate_sync.py;
# change that file, not this one
"""Which relations point to a model, and can a way back that was hidden be given a name?"""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from covet.sync import (
    CharField,
    Database,
    ForeignKey,
    ManyToManyField,
    Model,
    ModelError,
    OneToOneField,
    UnknownField,
    capture_queries,
    get_reverse_relations,
    register_reverse_relation,
)


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    author = ForeignKey(Author, related_name="posts")
    editor = ForeignKey(Author, null=True, related_name="+")
    checker = ForeignKey(Author, null=True, related_name="+")
    readers = ManyToManyField(Author, related_name="read_posts")
    likers = ManyToManyField(Author, related_name="+")


class Profile(Model):
    author = OneToOneField(Author, related_name="profile")
    heir = OneToOneField(Author, null=True, related_name="+")


class Note(Model):
    author = ForeignKey("Author", null=True)


class Owned(Model):
    owner = ForeignKey(Author, null=True, related_name="%(class)s_set")
    helpers = ManyToManyField(Author, related_name="helps_%(class)s")

    class Meta:
        abstract = True


class House(Owned):
    pass


class Boat(Owned):
    pass


class Island(Model):
    name = CharField(max_length=20)


def known(model: Any, field: str, related: type[Any] | None = None) -> dict[str, Any]:
    """What the registry says of one relation."""
    found = [
        relation
        for relation in get_reverse_relations(model)
        if relation.related_field == field and related in (None, relation.related_model)
    ]
    assert len(found) == 1
    return dict(found[0])


def described(model: type[Any], field: str, kind_of: str, name: str | None) -> dict[str, Any]:
    return {
        "related_model": model,
        "related_field": field,
        "relation_type": kind_of,
        "related_name": name,
    }


# --- looking --------------------------------------------------------------------------------------


def test_every_type_of_relation_is_known() -> None:
    assert known(Author, "author", Post) == described(Post, "author", "foreignkey", "posts")
    assert known(Author, "readers") == described(Post, "readers", "manytomany", "read_posts")
    assert known(Author, "author", Profile) == described(Profile, "author", "onetoone", "profile")
    assert known(Author, "author", Note) == described(Note, "author", "foreignkey", "note_set")


def test_a_relation_is_read_by_key_and_by_attribute() -> None:
    relation = get_reverse_relations(Author)[0]

    assert relation.related_name == relation["related_name"]
    with pytest.raises(AttributeError) as error:
        relation.name  # noqa: B018
    assert str(error.value) == (
        "A relation has no 'name'; it has related_model, related_field, relation_type, related_name"
    )


def test_hidden_ways_back_are_known_too() -> None:
    assert known(Author, "checker") == described(Post, "checker", "foreignkey", None)
    through = Post.likers.through
    assert known(Author, "author", through) == described(through, "author", "foreignkey", None)


def test_each_model_that_inherits_a_relation_is_known() -> None:
    assert known(Author, "owner", House) == described(House, "owner", "foreignkey", "house_set")
    assert known(Author, "owner", Boat) == described(Boat, "owner", "foreignkey", "boat_set")
    assert known(Author, "helpers", Boat) == described(Boat, "helpers", "manytomany", "helps_boat")
    assert not [r for r in get_reverse_relations(Author) if r.related_model is Owned]


def test_the_order_is_that_of_declaration_and_no_relation_is_there_twice() -> None:
    models = [relation.related_model for relation in get_reverse_relations(Author)]
    pairs = [(r.related_model, r.related_field) for r in get_reverse_relations(Author)]

    assert models.index(Post) < models.index(Profile) < models.index(Note) < models.index(Boat)
    assert len(set(pairs)) == len(pairs)
    assert get_reverse_relations(Island) == []


def test_what_is_no_model_has_no_relations() -> None:
    for thing, shown in ((Owned, repr(Owned)), (7, "7"), (Model, repr(Model))):
        with pytest.raises(ModelError) as error:
            get_reverse_relations(thing)  # type: ignore[arg-type]
        assert str(error.value) == f"{shown} is not a model with a table."


def test_the_old_path_leads_to_the_same() -> None:
    old = importlib.import_module("covet.database.orm.relationships")

    assert old.get_reverse_relations is get_reverse_relations
    assert old.register_reverse_relation is register_reverse_relation


# --- registering ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "field", "type_of", "name"),
    [
        (Post, "author", "foreignkey", "posts"),
        (Post, "author", "foreignkey", None),
        (Post, "readers", "manytomany", "read_posts"),
        (Profile, "author", "onetoone", "profile"),
        (Boat, "owner", "foreignkey", "boat_set"),
        (Post, "checker", "foreignkey", None),
    ],
)
def test_registering_what_is_declared_changes_nothing(
    model: Any, field: str, type_of: str, name: str | None
) -> None:
    before = get_reverse_relations(Author)

    for _ in range(2):
        register_reverse_relation(Author, model, field, type_of, name)

    assert get_reverse_relations(Author) == before


def test_a_hidden_way_back_of_a_foreign_key_is_named(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    post = Post.objects.create(title="Hello", author=ann, editor=ann)

    register_reverse_relation(Author, Post, "editor", "foreignkey", "edited")

    assert known(Author, "editor") == described(Post, "editor", "foreignkey", "edited")
    assert ann.edited.get() == post
    assert Author.objects.filter(edited__title="Hello").get() == ann
    (found,) = Author.objects.prefetch_related("edited")
    with capture_queries() as queries:
        assert found.edited.all() == [post]
    assert not queries


def test_a_hidden_way_back_of_a_one_to_one_field_is_named(db: Database) -> None:
    ann, bob = [Author.objects.create(name=name) for name in ("Ann", "Bob")]
    profile = Profile.objects.create(author=ann, heir=bob)

    register_reverse_relation(Author, Profile, "heir", "onetoone", "inherits")

    assert bob.inherits == profile
    assert not hasattr(Author, "inherits_set")
    assert Author.objects.select_related("inherits").get(inherits__author=ann) == bob


def test_a_hidden_way_back_of_a_many_to_many_relation_is_named(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    post = Post.objects.create(title="Hello", author=ann)
    post.likers.add(ann)

    register_reverse_relation(Author, Post, "likers", "manytomany", "liked")

    assert ann.liked.get() == post
    assert Author.objects.filter(liked=post).get() == ann
    ann.liked.clear()
    assert not post.likers.exists()


def test_naming_a_key_of_a_table_between_keeps_its_relation(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    post = Post.objects.create(title="Hello", author=ann)
    post.readers.add(ann)

    register_reverse_relation(Author, Post.readers.through, "author", "foreignkey", "readings")
    register_reverse_relation(Post, Post.readers.through, "post", "foreignkey", "was_read")

    assert ann.readings.count() == post.was_read.count() == 1
    assert post.readers.get() == ann
    assert ann.read_posts.get() == post
    assert Author.objects.filter(read_posts__was_read__author=ann).get() == ann


# --- what is refused ------------------------------------------------------------------------------


def refusal(*given: Any) -> str:
    with pytest.raises(ModelError) as error:
        register_reverse_relation(*given)
    return str(error.value)


def test_a_relation_that_is_not_declared_is_refused() -> None:
    with pytest.raises(UnknownField) as error:
        register_reverse_relation(Author, Note, "autor", "foreignkey", "notes")
    assert str(error.value) == "Note has no field 'autor'. Did you mean 'author'? Fields: author."

    assert refusal(Author, Post, "title", "foreignkey", "x") == (
        "Post.title does not point to Author."
    )
    assert refusal(Island, Post, "author", "foreignkey", "x") == (
        "Post.author does not point to Island."
    )


def test_another_type_than_the_declared_one_is_refused() -> None:
    assert refusal(Author, Post, "author", "onetoone", "posts") == (
        "Post.author is a foreignkey, not a 'onetoone'. Register it as \"foreignkey\"."
    )


def test_another_name_than_the_declared_one_is_refused() -> None:
    assert refusal(Author, Post, "author", "foreignkey", "texts") == (
        "The way back of Post.author is called 'posts' already, not 'texts'. "
        'Declare it with related_name="texts".'
    )


@pytest.mark.parametrize("name", ["posts", "name", "save", "no name", "a__b", "", "pk", "x_"])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    assert refusal(Author, Post, "checker", "foreignkey", name) == (
        f"The way back to Author cannot be called {name!r}. "
        "Choose a plain name that it does not use yet."
    )
    assert known(Author, "checker")["related_name"] is None
