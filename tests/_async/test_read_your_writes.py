"""Are related rows read anew once this process has written, by whatever route?"""

from __future__ import annotations

from contextlib import suppress

import pytest

from covet.aio import (
    FETCH_RAISE,
    CharField,
    Database,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    Model,
    NotLoaded,
    OneToOneField,
    RelatedManager,
    atomic,
    capture_queries,
)


class Owner(Model):
    name = CharField(max_length=20)
    cafes: RelatedManager[Cafe]
    notes: RelatedManager[Note]


class Shop(Model):
    name = CharField(max_length=20)


class Cafe(Shop):
    owner = ForeignKey(Owner, related_name="cafes")
    cups = IntegerField(default=0)


class Tag(Model):
    word = CharField(max_length=20)


class Note(Model):
    text = CharField(max_length=20)
    owner = ForeignKey(Owner, related_name="notes")
    tags = ManyToManyField(Tag, related_name="notes")


class Badge(Model):
    number = IntegerField()
    owner = OneToOneField(Owner, null=True, related_name="badge")


class Undo(Exception):
    """What a test rolls a block back with."""


async def owners() -> list[Owner]:
    """Three owners, each with a café and two notes."""
    made = await Owner.objects.bulk_create([Owner(name=name) for name in ("Ann", "Bob", "Cleo")])
    for owner in made:
        await Cafe.objects.create(name="Ox", owner=owner)
        await owner.notes.bulk_create([Note(text="one"), Note(text="two")])
    return await Owner.objects.order_by("id").fetch()


async def test_rows_loaded_ahead_are_old_once_a_table_of_their_parents_was_written(
    db: Database,
) -> None:
    ann, bob, cleo = await owners()
    for owner in (ann, bob):  # from the second on, for all
        await owner.cafes.all().fetch()

    await Shop.objects.filter(cafe__owner=cleo).update(name="Owl")

    assert [cafe.name for cafe in await cleo.cafes.all().fetch()] == ["Owl"]


async def test_rows_loaded_ahead_of_a_rollback_are_old_if_raw_sql_had_written_them(
    db: Database,
) -> None:
    ann, bob, cleo = await owners()
    with suppress(Undo):
        async with atomic():
            await db.execute("update note set text = 'raw'")
            for owner in (ann, bob):
                await owner.notes.all().fetch()
            raise Undo

    assert {note.text for note in await cleo.notes.all().fetch()} == {"one", "two"}


async def test_deleting_or_updating_what_a_manager_gives_drops_what_was_prefetched(
    db: Database,
) -> None:
    await owners()
    ann, bob, cleo = await Owner.objects.prefetch_related("notes").order_by("id").fetch()

    await ann.notes.all().delete()
    await bob.notes.filter(text="one").delete()
    await cleo.notes.update(text="new")

    assert await ann.notes.count() == 0
    assert [note.text for note in await bob.notes.all().fetch()] == ["two"]
    assert {note.text for note in await cleo.notes.all().fetch()} == {"new"}


async def test_whoever_is_pointed_to_one_to_one_knows_it_at_once(db: Database) -> None:
    ann, bob, _ = await owners()
    with pytest.raises(Badge.DoesNotExist):
        await ann.badge

    badge = await Badge.objects.create(number=1, owner=ann)

    with capture_queries() as queries:
        assert await ann.badge is badge
    assert not queries
    badge.owner = bob
    await badge.save()
    with pytest.raises(Badge.DoesNotExist):
        await ann.badge
    assert await bob.badge is badge
    badge.owner = None
    await badge.save()
    with pytest.raises(Badge.DoesNotExist):
        await bob.badge


async def test_row_by_row_a_strict_manager_loads_nothing_either(db: Database) -> None:
    await owners()
    ann = await Owner.objects.fetch_mode(FETCH_RAISE).get(name="Ann")

    with pytest.raises(NotLoaded, match=r"^Owner\.notes has not been loaded"):
        async for _ in ann.notes.iterator():
            pass

    assert [note.text async for note in ann.notes.filter(text="one").iterator()] == ["one"]


async def test_setting_what_is_linked_already_looks_only_once(db: Database) -> None:
    ann, _, _ = await owners()
    note = await ann.notes.get(text="one")
    news = await Tag.objects.create(word="news")
    await note.tags.set([news])

    with capture_queries() as queries:
        await note.tags.set([news])

    assert len(queries) == 1
