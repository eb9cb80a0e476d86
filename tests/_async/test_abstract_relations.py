"""What becomes of the relations of an abstract model in each model that inherits from it?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.aio import (
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


async def test_each_model_has_keys_of_its_own(db: Database) -> None:
    ann = await User.objects.create(name="Ann")
    red = await Seal.objects.create(colour="red")
    letter = await Letter.objects.create(title="a", owner=ann, seal=red, checker=ann, reader=ann)
    memo = await Memo.objects.create(title="b", owner=ann, seal=red)
    below: Any = await Letter.objects.create(title="c", owner=ann, above=letter)

    user: Any = ann
    assert await user.letters.order_by("pk") == [letter, below]
    assert await user.memos.all() == [memo]
    assert await user.desk_letter_checks.all() == [letter]
    assert await user.desk_memo_checks.count() == 0
    assert await (await Seal.objects.get()).letter == letter  # type: ignore[attr-defined]
    assert await (await Seal.objects.get()).memo == memo  # type: ignore[attr-defined]
    assert type(await below.above) is Letter
    assert await Letter.objects.filter(below__title="c") == [letter]
    assert await Memo.objects.filter(below__isnull=False) == []


async def test_lookups_and_joins_go_there_and_back(db: Database) -> None:
    ann = await User.objects.create(name="Ann")
    red = await Seal.objects.create(colour="red")
    await Letter.objects.create(title="a", owner=ann, seal=red)

    assert await Letter.objects.filter(owner__name="Ann", seal__colour="red").count() == 1
    assert await User.objects.filter(letters__title="a").exclude(memos__title="a") == [ann]
    assert await Seal.objects.filter(letter__owner=ann) == [red]
    with capture_queries() as queries:
        seal: Any = await Seal.objects.select_related("letter__owner", "memo").get()
        assert loaded(loaded(seal.letter).owner).name == "Ann"
    assert len(queries) == 1


async def test_the_default_name_of_the_way_back_comes_from_meta(db: Database) -> None:
    ann: Any = await User.objects.create(name="Ann")
    game = await Game.objects.create(user=ann)

    assert await ann.game_by_user.all() == [game]
    assert await User.objects.filter(game_by_user=game) == [ann]


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
