# generated from tests/_async/test_models.py by scripts/generate_sync.py;
# change that file, not this one
"""What is an instance of a model: how is it made, compared, shown, pickled and copied?"""

from __future__ import annotations

import copy
import enum
import pickle
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from covet.sync import (
    DB_DEFAULT,
    CharField,
    Database,
    DateTimeField,
    EmailField,
    ForeignKey,
    IntegerChoices,
    IntegerField,
    JSONField,
    Model,
    MultipleObjectsReturned,
    ObjectDoesNotExist,
    TextChoices,
    ValidationError,
    capture_queries,
)

numbers = count(100)


class Status(TextChoices):
    DRAFT = "d", "Draft"
    LIVE = "l", "On line"


class Size(IntegerChoices):
    SMALL = 1
    LARGE = 3


class Colour(enum.Enum):
    RED = "r"
    BLUE = "b"


class Author(Model):
    name = CharField(max_length=20)
    email = EmailField(blank=True, default="")

    def __str__(self) -> str:
        return self.name

    @property
    def shout(self) -> str:
        return self.name.upper()

    @shout.setter
    def shout(self, value: str) -> None:
        self.name = value.lower()

    @property
    def broken(self) -> str:
        return self.nmae

    @property
    def silent(self) -> bool:
        return True


class Post(Model):
    title = CharField(max_length=20)
    number = IntegerField(default=lambda: next(numbers))
    tags = JSONField(default=list)
    made = DateTimeField(db_default=datetime(2026, 1, 2, tzinfo=UTC))
    rank = IntegerField(db_default=7)
    status = CharField(max_length=1, choices=Status, default=Status.DRAFT)
    size = IntegerField(choices=Size, default=Size.SMALL)
    colour = CharField(max_length=1, choices=Colour, default=Colour.RED)
    author = ForeignKey(Author, null=True, related_name="posts")


# --- being made ----------------------------------------------------------------------------------


def test_values_are_given_by_position_or_by_name() -> None:
    by_position = Author(1, "Ann", "ann@example.org")
    by_name = Author(id=1, name="Ann", email="ann@example.org")
    by_both = Author(1, "Ann", email="ann@example.org")

    for author in (by_position, by_name, by_both):
        assert (author.id, author.name, author.email) == (1, "Ann", "ann@example.org")


def test_a_related_object_may_be_given_by_position_or_its_key() -> None:
    ann = Author(id=5, name="Ann")

    assert Post(1, "a", 2, [], DB_DEFAULT, DB_DEFAULT, "d", 1, "r", ann).author_id == 5
    assert Post(1, "a", 2, [], DB_DEFAULT, DB_DEFAULT, "d", 1, "r", 6).author_id == 6
    assert Post(author=ann).author_id == Post(author_id=5).author_id == 5


def test_what_is_not_given_has_its_default() -> None:
    first, second = Post(), Post()

    assert (first.id, first.title, first.status, first.author_id) == (None, None, "d", None)
    assert second.number == first.number + 1
    assert first.tags == []
    assert first.tags is not second.tags
    assert first.rank is DB_DEFAULT
    assert repr(first.made) == "DB_DEFAULT"


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(TypeError) as error:
        Author(nam="Ann")

    assert str(error.value) == (
        "Author has no field 'nam' (in Author(nam=…)). Did you mean 'name'? "
        "Fields: email, id, name."
    )


@pytest.mark.parametrize("name", ["posts", "silent", "save", "__class__", "_origin", "objects"])
def test_only_fields_and_properties_that_can_be_set_are_taken(name: str) -> None:
    with pytest.raises(TypeError) as error:
        Author(name="Ann", **{name: 1})

    assert str(error.value).startswith(
        f"Author has no field {name!r} (in Author({name}=…)). Fields: email, id, name."
    )


def test_a_value_given_twice_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^Author\(\) was given 'id' twice$"):
        Author(1, id=2)
    with pytest.raises(TypeError, match=r"^Post\(\) was given 'author' twice$"):
        Post(1, "a", 2, [], 1, 1, "d", 1, "r", 6, author_id=3)


def test_too_many_values_are_refused() -> None:
    with pytest.raises(TypeError) as error:
        Author(1, "Ann", "", "more")

    assert str(error.value) == (
        "Author() takes at most 3 positional values, one for each field; 4 were given"
    )


def test_a_property_that_can_be_set_is_taken() -> None:
    assert Author(shout="ANN").name == "ann"
    assert Author(pk=3).id == 3


# --- the database's own values -------------------------------------------------------------------


def test_a_default_of_the_database_is_there_once_the_row_is(db: Database) -> None:
    with capture_queries() as queries:
        post = Post.objects.create(title="a")

    assert (post.rank, post.made) == (7, datetime(2026, 1, 2, tzinfo=UTC))
    assert len(queries) == 1
    assert Post.objects.get().rank == 7


def test_a_value_that_is_given_goes_before_the_databases_default(db: Database) -> None:
    post = Post.objects.create(title="a", rank=1)

    post.refresh_from_db()

    assert post.rank == 1


# --- choices -------------------------------------------------------------------------------------


def test_a_choice_has_a_label() -> None:
    thing: Any = Post(status=Status.DRAFT)

    assert thing.get_status_display() == Status.DRAFT.label
    thing.status = "?"
    assert thing.get_status_display() == "?"


def test_choices_may_be_given_as_members_and_come_back_as_values(db: Database) -> None:
    post = Post.objects.create(title="a", status=Status.LIVE, size=Size.LARGE, colour=Colour.BLUE)

    post.refresh_from_db()

    assert (post.status, post.size, post.colour) == ("l", 3, "b")
    assert post.status == Status.LIVE
    assert post.size == Size.LARGE
    assert Post.objects.filter(status=Status.LIVE, colour=Colour.BLUE).exists()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"status": "x"}, "Post.status is 'x', which is not one of: 'd', 'l'."),
        ({"size": 2}, "Post.size is 2, which is not one of: 1, 3."),
        ({"colour": "RED"}, "Post.colour is longer than 1 characters (it has 3)."),
    ],
)
def test_what_is_not_among_the_choices_is_refused_before_any_query(
    db: Database, values: dict[str, Any], message: str
) -> None:
    with capture_queries() as queries, pytest.raises(ValidationError) as error:
        Post.objects.create(title="a", **values)

    assert str(error.value) == message
    assert queries == []


# --- being compared ------------------------------------------------------------------------------


def test_instances_of_one_row_are_equal() -> None:
    ann, bob = Author(id=1, name="Ann"), Author(id=2, name="Ann")

    assert ann == Author(id=1, name="other")
    assert ann != bob
    assert ann != Post(id=1)
    assert ann != 1
    assert len({ann, Author(id=1), bob}) == 2


def test_an_unsaved_instance_equals_only_itself_and_has_no_hash() -> None:
    ann = Author(name="Ann")

    assert ann == ann
    assert ann != Author(name="Ann")
    with pytest.raises(
        TypeError, match=r"^Model instances without primary key value are unhashable$"
    ):
        hash(ann)


def test_a_row_read_twice_is_equal_and_not_the_same_object(db: Database) -> None:
    ann = Author.objects.create(name="Ann")

    again = Author.objects.get(pk=ann.pk)

    assert again == ann
    assert again is not ann
    assert hash(again) == hash(ann)


# --- being shown ---------------------------------------------------------------------------------


def test_an_instance_shows_its_model_and_key_or_its_own_words() -> None:
    assert (str(Post(id=3)), repr(Post(id=3))) == ("Post object (3)", "<Post: Post object (3)>")
    assert repr(Post()) == "<Post: Post object (None)>"
    assert (str(Author(name="Ann")), repr(Author(name="Ann"))) == ("Ann", "<Author: Ann>")


def test_an_error_inside_a_property_names_what_is_missing_in_it() -> None:
    with pytest.raises(AttributeError, match=r"^'Author' object has no attribute 'nmae'$"):
        Author(name="Ann").broken  # noqa: B018


# --- errors of its own ---------------------------------------------------------------------------


def test_no_row_and_several_rows_raise_the_models_own_errors(db: Database) -> None:
    Author.objects.bulk_create([Author(name="Ann"), Author(name="Ann")])

    with pytest.raises(Author.DoesNotExist) as none:
        Author.objects.get(name="Bob")
    with pytest.raises(Author.MultipleObjectsReturned) as several:
        Author.objects.get(name="Ann")

    assert str(none.value) == "No Author matches (in Author.objects.get(name='Bob'))."
    assert str(several.value) == (
        "2 objects of Author match, where one was asked for (in Author.objects.get(name='Ann')). "
        "Use filter(), or conditions that only one can meet."
    )


def test_each_model_has_errors_of_its_own() -> None:
    assert issubclass(Author.DoesNotExist, ObjectDoesNotExist)
    assert issubclass(Author.MultipleObjectsReturned, MultipleObjectsReturned)
    assert not issubclass(Author.DoesNotExist, Post.DoesNotExist)
    assert Author.DoesNotExist.__qualname__ == "Author.DoesNotExist"
    assert Author.DoesNotExist.__module__ == __name__


@pytest.mark.parametrize("make", [Author.DoesNotExist, Post.MultipleObjectsReturned])
def test_a_models_errors_can_be_pickled(make: type[ObjectDoesNotExist]) -> None:
    error = make("No Author matches", asked="get()", fix="Look again.")

    again = pickle.loads(pickle.dumps(error))

    assert type(again) is make
    assert (str(again), again.asked, again.fix) == (str(error), "get()", "Look again.")


# --- pickles and copies --------------------------------------------------------------------------


def pickled(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))


@pytest.mark.parametrize("twin_of", [pickled, copy.copy, copy.deepcopy])
def test_an_unsaved_instance_stays_unsaved(twin_of: Any) -> None:
    post = Post(title="a", tags=["x"])

    twin = twin_of(post)

    assert twin != post
    assert (twin.title, twin.number, twin.tags) == ("a", post.number, ["x"])
    assert twin.rank is DB_DEFAULT
    assert twin._state.adding


@pytest.mark.parametrize("twin_of", [pickled, copy.copy, copy.deepcopy])
def test_a_loaded_instance_knows_its_row_and_database(db: Database, twin_of: Any) -> None:
    Post.objects.create(title="a", tags=[["x"]])
    post = Post.objects.get()

    twin = twin_of(post)
    twin.title = "b"
    twin.save()

    assert twin == post
    assert (post.title, twin.tags) == ("a", [["x"]])
    assert (twin._state.adding, twin._state.db) == (False, "default")
    assert Post.objects.values_list("title", flat=True).fetch() == ["b"]


def test_a_copy_shares_its_values_and_a_deep_copy_does_not() -> None:
    post = Post(tags=[["x"]])

    assert copy.copy(post).tags is post.tags
    assert copy.deepcopy(post).tags[0] is not post.tags[0]


@pytest.mark.parametrize("twin_of", [pickled, copy.copy, copy.deepcopy])
def test_a_loaded_relation_goes_along(db: Database, twin_of: Any) -> None:
    ann = Author.objects.create(name="Ann")
    post = Post.objects.create(title="a", author=ann)

    twin = twin_of(post)

    with capture_queries() as queries:
        assert twin.author.name == "Ann"
    assert queries == []


def test_rows_of_one_query_can_be_pickled_together(db: Database) -> None:
    Author.objects.bulk_create([Author(name=name) for name in "abc"])

    authors = pickled(Author.objects.order_by("name").fetch())

    assert [author.name for author in authors] == ["a", "b", "c"]
    assert Author.objects.filter(pk=authors[0].pk).exists()
