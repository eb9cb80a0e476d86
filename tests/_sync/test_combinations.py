# generated from tests/_async/test_combinations.py by scripts/generate_sync.py;
# change that file, not this one
"""Do inheritance, composite keys, tables between, order and locks work together?"""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from covet.sync import (
    SET_DEFAULT,
    BigIntegerField,
    CharField,
    CompositePrimaryKey,
    Database,
    FieldError,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    Model,
    ModelError,
    RelatedManager,
    atomic,
    capture_queries,
    loaded,
)
from covet.sync.signals import post_delete, pre_delete


class Person(Model):
    name = CharField(max_length=20)
    clubs: RelatedManager[Club]


class Guest(Person):
    thirst = IntegerField(default=0)


class Place(Model):
    name = CharField(max_length=20)
    friends = ManyToManyField(Person, related_name="places")


class Restaurant(Place):
    guests = ManyToManyField(Guest, through="Visit", related_name="restaurants")
    owner = ForeignKey(Guest, related_name="owned")


class Bar(Restaurant):
    size = IntegerField(default=1)


class Entry(Model):
    text = CharField(max_length=20, default="")


class Visit(Entry):
    restaurant = ForeignKey(Restaurant, related_name="visits")
    guest = ForeignKey(Guest, related_name="visits")
    drinks = IntegerField(default=1)

    class Meta:
        unique_together = ["restaurant", "guest"]


class Club(Model):
    members = ManyToManyField(Person, through="Membership", related_name="clubs")


class Membership(Model):
    pk = CompositePrimaryKey("club", "person")
    club = ForeignKey(Club, related_name="memberships")
    person = ForeignKey(Person, related_name="memberships")


class Question(Model):
    text = CharField(max_length=20, default="")


class Answer(Model):
    question = ForeignKey(Question, related_name="answers")

    class Meta:
        order_with_respect_to = "question"


class LongAnswer(Answer):
    text = CharField(max_length=20, default="")


class NamedAnswer(LongAnswer):
    name = CharField(max_length=20, default="")

    class Meta:
        verbose_name = "answer with a name"


class ShownAnswer(Answer):
    class Meta:
        proxy = True


class Thing(Model):
    name = CharField(max_length=20, default="")

    class Meta:
        ordering = ["name"]


class Part(Thing):
    question = ForeignKey(Question, related_name="parts")

    class Meta:
        order_with_respect_to = "question"


class Order(Model):
    pk = CompositePrimaryKey("tenant", "number")
    tenant = BigIntegerField()
    number = IntegerField()


class Line(Model):
    tenant = BigIntegerField(default=1)
    number = IntegerField(default=9)
    order = ForeignKey(Order, SET_DEFAULT, from_fields=("tenant", "number"), related_name="lines")


def bar_of(name: str) -> Any:
    owner = Guest.objects.create(name="Ann")
    return Bar.objects.create(name=name, owner=owner)


def test_a_table_between_may_be_a_child(db: Database) -> None:
    bar = bar_of("Ox")
    bob, cleo = Guest.objects.create(name="Bob"), Guest.objects.create(name="Cleo")
    bar.guests.add(bob, cleo, through_defaults={"drinks": 4, "text": "late"})
    bar.guests.add(bob, through_defaults={"drinks": 5})
    found = Visit.objects.order_by("guest").values_list("guest__name", "drinks", "text")
    assert found == [("Bob", 4, "late"), ("Cleo", 4, "late")]
    assert [guest.name for guest in bar.guests.filter(visits__text="late", name="Bob")] == ["Bob"]
    bar.guests.set([cleo])
    assert Entry.objects.count() == 1
    assert [place.name for place in cleo.restaurants.all()] == ["Ox"]
    cleo.restaurants.clear()
    assert Entry.objects.count() == 0


def test_a_composite_key_makes_links_unique(db: Database) -> None:
    club = Club.objects.create()
    ann = Person.objects.create(name="Ann")
    with capture_queries() as queries:
        club.members.add(ann)
    assert len(queries) == 2
    club.members.add(ann)
    assert Membership.objects.count() == 1


def test_saving_a_child_sets_no_key_of_its_parents(db: Database) -> None:
    bar = bar_of("Ox")
    with capture_queries() as queries:
        bar.save()
    updates = [query.sql for query in queries if query.sql.startswith("UPDATE")]
    assert len(updates) == 3
    for column in ("id", "place_ptr_id", "restaurant_ptr_id"):
        set_it = (f'"{column}" = ', f"`{column}` = ")
        assert not any(words in sql.split("WHERE")[0] for sql in updates for words in set_it)


@pytest.mark.databases("postgresql")
def test_rows_of_parents_are_locked_by_their_links(db: Database) -> None:
    bar_of("Ox")
    locked = {
        ("self",): '"bar"',
        ("restaurant_ptr",): '"restaurant"',
        ("self", "place_ptr"): '"bar", "place"',
        ("owner", "owner__person_ptr"): '"guest", "person"',
    }
    for of, tables in locked.items():
        query = Bar.objects.select_related("owner").select_for_update(of=of)
        assert query.sql()[0].endswith(f"FOR UPDATE OF {tables}")
        with atomic():
            assert len(query.fetch()) == 1
    with atomic():
        query = Bar.objects.only("size").select_for_update(of=("place_ptr",))
        assert len(query.fetch()) == 1


def test_links_that_nobody_declared_send_no_signals_of_rows(db: Database) -> None:
    heard = []

    def hear(sender: Any, **kwargs: Any) -> None:
        heard.append(sender.__name__)

    pre_delete.connect(hear)
    post_delete.connect(hear)
    try:
        place = Place.objects.create(name="Ox")
        ann, bob = Person.objects.create(name="Ann"), Person.objects.create(name="Bob")
        place.friends.add(ann, bob)
        place.friends.remove(ann)
        assert heard == []
        place.delete()
        assert heard == ["Place", "Place"]
    finally:
        pre_delete.disconnect(hear)
        post_delete.disconnect(hear)
    assert Place.friends.through.objects.count() == 0


def test_a_link_that_nobody_declared_can_be_pickled(db: Database) -> None:
    place = Place.objects.create(name="Ox")
    place.friends.create(name="Ann")
    link = Place.friends.through.objects.get()
    again = pickle.loads(pickle.dumps(link))
    assert again == link
    assert type(again) is Place.friends.through
    assert pickle.loads(pickle.dumps(Bar)) is Bar


def test_children_and_proxies_have_the_order_of_their_parent(db: Database) -> None:
    question = Question.objects.create()
    made = [NamedAnswer.objects.create(question=question, name=str(n)) for n in range(3)]
    question.set_answer_order([made[2].pk, made[0].pk, made[1].pk])
    assert [answer.name for answer in NamedAnswer.objects.all()] == ["2", "0", "1"]
    keys = [made[2].pk, made[0].pk, made[1].pk]
    assert [answer.pk for answer in LongAnswer.objects.all()] == keys
    assert [answer.pk for answer in ShownAnswer.objects.all()] == keys
    assert made[2].get_next_in_order().name == "0"
    assert made[1].get_previous_in_order().name == "0"
    shown = ShownAnswer.objects.get(pk=made[0].pk)
    assert shown.get_next_in_order().pk == made[1].pk


def test_a_child_may_have_an_order_where_its_parent_has_an_ordering(db: Database) -> None:
    question = Question.objects.create()
    made = [Part.objects.create(question=question, name=str(n)) for n in range(3)]
    question.set_part_order([made[2].pk, made[0].pk, made[1].pk])
    assert [part.name for part in Part.objects.all()] == ["2", "0", "1"]
    assert [thing.name for thing in Thing.objects.all()] == ["0", "1", "2"]


def test_a_key_of_several_columns_is_set_to_their_defaults(db: Database) -> None:
    for number in (1, 9):
        Order.objects.create(pk=(1, number))
    line = Line.objects.create(order_id=(1, 1))
    Order.objects.filter(number=1).delete()
    line.refresh_from_db()
    assert line.order_id == (1, 9)


def test_a_key_of_several_columns_needs_all_defaults() -> None:
    with pytest.raises(
        ModelError, match=r"SET_DEFAULT but no default\. Add default=… to each of its from_fields\."
    ):

        class Slip(Model):
            tenant = BigIntegerField(default=1)
            number = IntegerField()
            order = ForeignKey(Order, SET_DEFAULT, from_fields=("tenant", "number"))


def test_set_wants_a_list(db: Database) -> None:
    place, ann = Place.objects.create(name="Ox"), Person.objects.create(name="Ann")
    question = Question.objects.create()
    with pytest.raises(
        FieldError, match=r"Place\.friends\.set\(\) was given .*, not a list\. Write"
    ):
        place.friends.set(ann)  # type: ignore[arg-type]
    with pytest.raises(FieldError, match=r"Place\.friends\.set\(\) was given 7, not a list"):
        place.friends.set(7)  # type: ignore[arg-type]
    answers: Any = question.answers  # type: ignore[attr-defined]
    with pytest.raises(FieldError, match=r"Question\.answers\.set\(\) was given .*, not a list"):
        answers.set(Answer.objects.create(question=question))


def test_a_part_of_the_key_is_never_deferred(db: Database) -> None:
    club, ann = Club.objects.create(), Person.objects.create(name="Ann")
    club.members.add(ann)
    with capture_queries() as queries:
        rows = Membership.objects.select_related("person").only("person__name").fetch()
        assert loaded(rows[0].person).name == "Ann"
        rows = Membership.objects.select_related("person").defer("person").fetch()
        assert loaded(rows[0].person).name == "Ann"
    assert len(queries) == 2
