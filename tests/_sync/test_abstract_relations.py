# generated from tests/_async/test_abstract_relations.py by scripts/generate_sync.py;
# change that file, not this one
"""What becomes of the relations of an abstract model in each model that inherits from it?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.sync import (
    CharField,
    Database,
    ForeignKey,
    IntegerField,
    Model,
    ModelError,
    OneToOneField,
    capture_queries,
    loaded,
)


class User(Model):
    name = CharField(max_length=20)


class Owned(Model):
    """Relations of each kind."""

    owner = ForeignKey(User, related_name="%(class)ss")
    checker = ForeignKey("User", null=True, related_name="%(app_label)s_%(model_name)s_checks")
    reader = ForeignKey(lambda: User, null=True, related_name="+")
    above = ForeignKey("self", null=True, related_name="below")
    seal = OneToOneField("Seal", null=True, related_name="%(class)s")

    class Meta:
        abstract = True
        app_label = "desk"


class Titled(Owned):
    title = CharField(max_length=20)

    class Meta(Owned.Meta):
        abstract = True


class Letter(Titled): ...


class Memo(Titled):
    pages = IntegerField(default=1)


class Seal(Model):
    colour = CharField(max_length=20)


class Scored(Model):
    user = ForeignKey(User)
    first = OneToOneField(User, null=True)

    class Meta:
        abstract = True
        default_related_name = "%(class)s_by_user"


class Game(Scored):
    first = None  # type: ignore[assignment]


def test_each_model_has_keys_of_its_own(db: Database) -> None:
    ann = User.objects.create(name="Ann")
    red = Seal.objects.create(colour="red")
    letter = Letter.objects.create(title="a", owner=ann, seal=red, checker=ann, reader=ann)
    memo = Memo.objects.create(title="b", owner=ann, seal=red)
    below: Any = Letter.objects.create(title="c", owner=ann, above=letter)

    user: Any = ann
    assert user.letters.order_by("pk") == [letter, below]
    assert user.memos.all() == [memo]
    assert user.desk_letter_checks.all() == [letter]
    assert user.desk_memo_checks.count() == 0
    assert Seal.objects.get().letter == letter  # type: ignore[attr-defined]
    assert Seal.objects.get().memo == memo  # type: ignore[attr-defined]
    assert type(below.above) is Letter
    assert Letter.objects.filter(below__title="c") == [letter]
    assert Memo.objects.filter(below__isnull=False) == []


def test_lookups_and_joins_go_there_and_back(db: Database) -> None:
    ann = User.objects.create(name="Ann")
    red = Seal.objects.create(colour="red")
    Letter.objects.create(title="a", owner=ann, seal=red)

    assert Letter.objects.filter(owner__name="Ann", seal__colour="red").count() == 1
    assert User.objects.filter(letters__title="a").exclude(memos__title="a") == [ann]
    assert Seal.objects.filter(letter__owner=ann) == [red]
    with capture_queries() as queries:
        seal: Any = Seal.objects.select_related("letter__owner", "memo").get()
        assert loaded(loaded(seal.letter).owner).name == "Ann"
    assert len(queries) == 1


def test_the_default_name_of_the_way_back_comes_from_meta(db: Database) -> None:
    ann: Any = User.objects.create(name="Ann")
    game = Game.objects.create(user=ann)

    assert ann.game_by_user.all() == [game]
    assert User.objects.filter(game_by_user=game) == [ann]


def test_a_name_that_does_not_change_with_the_class_can_be_inherited_once() -> None:
    class Noted(Model):
        user = ForeignKey(User, related_name="notes_of_all")

        class Meta:
            abstract = True

    class First(Noted): ...

    with pytest.raises(ModelError) as error:

        class Second(Noted): ...

    assert str(error.value) == (
        "The way back from User along Second.user would be called 'notes_of_all', which User has "
        'already. Give Second.user another name: related_name="…".'
    )
