"""Which objects does a relation offer?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.aio import (
    BooleanField,
    CharField,
    Database,
    F,
    ForeignKey,
    IntegerField,
    Manager,
    ManyToManyField,
    Model,
    ModelError,
    OneToOneField,
    Q,
    QuerySet,
    UnknownField,
    capture_queries,
    related_choices,
)


class PersonManager(Manager["Person"]):
    def get_queryset(self) -> QuerySet[Person]:
        return super().get_queryset().exclude(name="Nobody")


class Person(Model):
    name = CharField(max_length=20)
    age = IntegerField(default=30)
    is_staff = BooleanField(default=False)
    boss = ForeignKey("self", null=True, related_name="team", limit_choices_to={"age__gt": 40})

    objects = PersonManager()


LEAST = {"age": 18}


class Post(Model):
    author = ForeignKey(Person, related_name="posts", limit_choices_to={"is_staff": True})
    editor = ForeignKey(
        Person, null=True, related_name="+", limit_choices_to=Q(age__lt=20) | Q(name="Ann")
    )
    owner = OneToOneField(
        Person, null=True, related_name="+", limit_choices_to=lambda: {"age__gte": LEAST["age"]}
    )
    readers = ManyToManyField(
        Person, related_name="+", limit_choices_to=lambda: Q(age=F("boss__age"))
    )
    anybody = ForeignKey(Person, null=True, related_name="+")
    chief = ForeignKey(
        "Person", null=True, related_name="+", limit_choices_to={"team__is_staff": False}
    )
    typo = ForeignKey(Person, null=True, related_name="+", limit_choices_to={"is_stuff": True})
    odd = ManyToManyField(Person, related_name="+", limit_choices_to=lambda: {"age": "old"})
    nothing: Any = ForeignKey(
        Person,
        null=True,
        related_name="+",
        limit_choices_to=lambda: ["age"],  # type: ignore[arg-type,return-value]
    )


class Labelled(Model):
    label = ForeignKey(Person, related_name="%(class)ss", limit_choices_to={"name": "Ann"})

    class Meta:
        abstract = True


class Box(Labelled):
    pass


async def people() -> Person:
    """Ann, who leads Bob and Cleo, both of whom are no staff; and Nobody."""
    ann = await Person.objects.create(name="Ann", age=50, is_staff=True)
    await Person.objects.create(name="Bob", age=19, boss=ann)
    await Person.objects.create(name="Cleo", age=50, boss=ann)
    await Person.objects.create(name="Nobody", age=50, is_staff=True)
    return ann


async def names(model: type[Model], name: str) -> list[str]:
    found = await related_choices(model, name).order_by("name").fetch()
    return [person.name for person in found]


# --- what is offered ----------------------------------------------------------------------------


async def test_each_form_of_a_limit_narrows_the_choices(db: Database) -> None:
    await people()

    assert await names(Post, "author") == ["Ann"]
    assert await names(Post, "editor") == ["Ann", "Bob"]
    assert await names(Post, "owner") == ["Ann", "Bob", "Cleo"]
    assert await names(Post, "readers") == ["Cleo"]
    assert await names(Post, "anybody") == ["Ann", "Bob", "Cleo"]
    assert await names(Person, "boss") == ["Ann", "Cleo"]
    assert await names(Box, "label") == ["Ann"]


async def test_a_function_is_called_each_time(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people()
    assert await names(Post, "owner") == ["Ann", "Bob", "Cleo"]

    monkeypatch.setitem(LEAST, "age", 40)
    assert await names(Post, "owner") == ["Ann", "Cleo"]


async def test_an_object_is_offered_once(db: Database) -> None:
    await people()

    assert await names(Post, "chief") == ["Ann"]
    assert await related_choices(Post, "chief").count() == 1


async def test_choices_are_a_queryset(db: Database) -> None:
    ann = await people()

    with capture_queries() as queries:
        choices = related_choices(Post, "owner", using="default")
    assert not queries
    assert await choices.contains(ann)
    assert await choices.filter(age__lt=20).values_list("name", flat=True) == ["Bob"]
    assert not await related_choices(Post, "author").filter(name="Bob").exists()


async def test_saving_does_not_ask(db: Database) -> None:
    await people()
    bob = await Person.objects.get(name="Bob")

    post = await Post.objects.create(author=bob)
    await post.readers.add(bob)
    post.full_clean()


# --- what is declared ---------------------------------------------------------------------------


def test_the_limit_can_be_read() -> None:
    table = Post._table
    limits: dict[str, Any] = {
        name: table.field(name).get_limit_choices_to()  # type: ignore[attr-defined]
        for name in ("author", "owner", "anybody")
    }

    assert limits == {"author": {"is_staff": True}, "owner": {"age__gte": 18}, "anybody": {}}
    assert isinstance(Post.readers.get_limit_choices_to(), Q)


@pytest.mark.parametrize("relation", [ForeignKey, OneToOneField, ManyToManyField])
@pytest.mark.parametrize(
    ("limit", "shown"), [("name", "'name'"), ([("age", 7)], "[('age', 7)]"), ({1: 2}, "{1: 2}")]
)
def test_what_is_no_condition_is_refused(relation: Any, limit: Any, shown: str) -> None:
    with pytest.raises(ModelError) as error:

        class Wrong(Model):
            someone = relation(Person, related_name="+", limit_choices_to=limit)

    assert str(error.value) == (
        f"Wrong.someone has limit_choices_to={shown}, which is no condition. "
        "Give lookups on the related model: a dictionary, a Q, or a function that gives one."
    )


def test_a_function_that_gives_no_condition_is_named() -> None:
    with pytest.raises(ModelError) as error:
        related_choices(Post, "nothing")

    assert str(error.value) == (
        "Post.nothing has limit_choices_to=['age'], which is no condition. "
        "Give lookups on the related model: a dictionary, a Q, or a function that gives one."
    )


def test_a_limit_that_does_not_fit_the_related_model_is_named() -> None:
    with pytest.raises(ModelError) as error:
        related_choices(Post, "typo")

    assert str(error.value) == (
        "Post.typo has limit_choices_to={'is_stuff': True}, which does not fit Person: Person has "
        "no field 'is_stuff'. Did you mean 'is_staff'? "
        "Fields: age, boss, boxs, id, is_staff, name, posts, team."
    )


async def test_a_value_that_does_not_fit_is_refused_when_it_is_sent(db: Database) -> None:
    with pytest.raises(ValueError, match=r"^Person\.age must be a whole number, not 'old'\.$"):
        await related_choices(Post, "odd").fetch()


def test_what_is_no_relation_has_no_choices() -> None:
    with pytest.raises(UnknownField) as error:
        related_choices(Person, "name")
    assert str(error.value) == (
        "Person has no field 'name' (in related_choices(Person, 'name')). Fields: boss."
    )
    with pytest.raises(ModelError) as other:
        related_choices(Labelled, "label")
    assert str(other.value) == f"{Labelled!r} is not a model with a table."
