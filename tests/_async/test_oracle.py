"""Do the databases answer random questions as the reference does, and so like one another?

Each example writes its rows in a transaction and undoes it, so that the tables stay empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from hypothesis import given

from covet.aio import (
    BigIntegerField,
    BinaryField,
    BooleanField,
    CharField,
    Database,
    DateField,
    DateTimeField,
    DecimalField,
    DurationField,
    FloatField,
    ForeignKey,
    IntegerField,
    Model,
    TextField,
    TimeField,
    UUIDField,
    atomic,
)

from ..oracle import saying
from ..oracle.reference import Reference, sliced
from ..oracle.story import Undo, ids, rows_of, told, types_of, values_in
from ..oracle.strategies import (
    Chain,
    Chains,
    Change,
    Listing,
    Listings,
    Question,
    Scenario,
    chains,
    changes,
    examples,
    listings,
    scenarios,
)
from ..oracle.tables import Row, World


class Author(Model):
    name = CharField(max_length=40)
    note = TextField(null=True)
    score = IntegerField(null=True)
    rating = FloatField(null=True)
    active = BooleanField(null=True)
    born = DateField(null=True)
    mentor = ForeignKey("self", null=True, related_name="apprentices")

    class Meta:
        db_table = "oracle_author"


class Post(Model):
    title = CharField(max_length=40)
    body = TextField(null=True)
    views = IntegerField()
    likes = BigIntegerField(null=True)
    price = DecimalField(max_digits=12, decimal_places=2, null=True)
    weight = DecimalField(max_digits=38, decimal_places=10, null=True)
    ratio = FloatField(null=True)
    draft = BooleanField(null=True)
    day = DateField(null=True)
    posted = DateTimeField(null=True)
    starts = TimeField(null=True)
    took = DurationField(null=True)
    token = UUIDField(null=True)
    blob = BinaryField(null=True)
    author = ForeignKey(Author, null=True, related_name="posts")

    class Meta:
        db_table = "oracle_post"


BY_TABLE: Mapping[str, Any] = {"author": Author, "post": Post}


async def store(world: World) -> None:
    for table, model in BY_TABLE.items():
        if world.rows[table]:
            await model.objects.bulk_create([model(**row) for row in world.rows[table]])


@given(scenario=scenarios(wide=True))
@examples(20)
async def test_filter_and_exclude_part_the_rows_as_the_reference_does(
    db: Database, scenario: Scenario
) -> None:
    with suppress(Undo):
        async with atomic():
            await store(scenario.world)
            for question in scenario.questions:
                await check_parts(scenario.world, question)
            raise Undo


async def check_parts(world: World, question: Question) -> None:
    model, reference = BY_TABLE[question.table], Reference(world, question.table)
    with told(world, question.tree):
        kept = saying.filtered("filter", question.tree, model, BY_TABLE)
        excluded = saying.filtered("exclude", question.tree, model, BY_TABLE)
    with told(world, saying.shown(question.tree, model, BY_TABLE), kept, excluded):
        found = [row.pk for row in await kept.fetch()]
        others = [row.pk for row in await excluded.fetch()]
        assert sorted(set(found)) == ids(reference.kept(question.tree))
        assert sorted(set(others)) == ids(reference.excluded(question.tree))
        assert await kept.all().count() == len(found)
        assert await kept.all().exists() == bool(found)
        assert sorted(await kept.values_list("pk", flat=True)) == sorted(found)


@given(chains=chains())
@examples(12)
async def test_each_call_in_a_chain_has_joins_of_its_own(db: Database, chains: Chains) -> None:
    with suppress(Undo):
        async with atomic():
            await store(chains.world)
            for chain in chains.chains:
                await check_chain(chains.world, chain)
            raise Undo


async def check_chain(world: World, chain: Chain) -> None:
    model, reference = BY_TABLE[chain.table], Reference(world, chain.table)
    chained = model.objects.all()
    for step in chain.steps:
        chained = getattr(chained, step.verb)(saying.q(step.condition, model))
    with told(world, chain.steps, chained):
        found = {row.pk for row in await chained.fetch()}
        assert sorted(found) == ids(reference.chained(chain.steps))
        assert await chained.distinct().count() == len(found)


@given(listings=listings())
@examples(12)
async def test_orderings_and_slices_are_those_of_the_reference(
    db: Database, listings: Listings
) -> None:
    with suppress(Undo):
        async with atomic():
            await store(listings.world)
            for listing in listings.listings:
                await check_listing(listings.world, listing)
            raise Undo


async def check_listing(world: World, listing: Listing) -> None:
    model, question = BY_TABLE[listing.question.table], listing.question
    reference = Reference(world, question.table)
    expected = reference.ordered(reference.kept(question.tree), listing.terms)
    condition = saying.q(question.tree, model)
    ordered = model.objects.filter(condition).order_by(*saying.order_by(listing.terms))
    with told(world, listing.terms, ordered):
        await check_slice(ordered, expected, listing)
        await check_ends(ordered, expected)
        await check_values(ordered, reference, expected, listing)


async def check_slice(ordered: Any, expected: list[Row], listing: Listing) -> None:
    part = ordered[listing.start : listing.stop]
    wanted = sliced(expected, listing.start, listing.stop)
    assert [row.pk for row in await part.fetch()] == [row["id"] for row in wanted]
    assert await part.all().count() == len(wanted)
    assert await part.all().exists() == bool(wanted)


async def check_ends(ordered: Any, expected: list[Row]) -> None:
    backwards = await ordered.reverse().fetch()
    assert [row.pk for row in backwards] == [row["id"] for row in reversed(expected)]
    first, last = await ordered.first(), await ordered.last()
    assert (first and first.pk) == (expected[0]["id"] if expected else None)
    assert (last and last.pk) == (expected[-1]["id"] if expected else None)


async def check_values(
    ordered: Any, reference: Reference, expected: list[Row], listing: Listing
) -> None:
    names = [saying.spelled(path) for path in listing.shown]
    shown = [tuple(reference.value(row, path) for path in listing.shown) for row in expected]
    rows = await ordered.values_list(*names).fetch()
    assert rows == shown
    assert types_of(rows) == types_of(shown)
    as_dicts = [dict(zip(names, row, strict=True)) for row in shown]
    assert await ordered.values(*names).fetch() == as_dicts
    different = await ordered.order_by().values_list(*names).distinct().fetch()
    assert len(different) == len(set(different))
    assert set(different) == set(shown)


@given(change=changes())
@examples(12)
async def test_updates_set_every_column_from_the_row_as_it_was(
    db: Database, change: Change
) -> None:
    model, question = BY_TABLE[change.question.table], change.question
    reference = Reference(change.world, question.table)
    changing = ids(reference.kept(question.tree))
    rows = change.world.rows[question.table]
    expected = [
        reference.changed(row, change.assignments) if row["id"] in changing else row for row in rows
    ]
    matching = model.objects.filter(saying.q(question.tree, model))
    with suppress(Undo):
        async with atomic():
            await store(change.world)
            with told(change.world, change.assignments, matching):
                assigned = saying.assigned(change.assignments)
                assert await matching.update(**assigned) == len(changing)
                found = rows_of(await in_order(model), question.table)
                assert found == expected
                assert types_of(values_in(found)) == types_of(values_in(expected))
            raise Undo


@given(scenario=scenarios(most_questions=1))
@examples(8)
async def test_deleting_takes_the_rows_that_filter_keeps(db: Database, scenario: Scenario) -> None:
    question = scenario.questions[0]
    model, reference = BY_TABLE[question.table], Reference(scenario.world, question.table)
    gone = ids(reference.kept(question.tree))
    matching = model.objects.filter(saying.q(question.tree, model))
    with suppress(Undo):
        async with atomic():
            await store(scenario.world)
            with told(scenario.world, "delete", matching):
                await matching.delete()
                left = {row.pk for row in await model.objects.fetch()}
                assert not left.intersection(gone)
                if question.table == "post":
                    assert sorted(left) == ids(reference.excluded(question.tree))
            raise Undo


@given(scenario=scenarios(most_questions=1))
@examples(8)
async def test_rows_come_back_as_they_were_stored(db: Database, scenario: Scenario) -> None:
    with suppress(Undo):
        async with atomic():
            await store(scenario.world)
            for table, model in BY_TABLE.items():
                found, rows = rows_of(await in_order(model), table), scenario.world.rows[table]
                assert found == list(rows)
                assert types_of(values_in(found)) == types_of(values_in(rows))
            raise Undo


async def in_order(model: Any) -> Iterable[Any]:
    found: Iterable[Any] = await model.objects.order_by("pk").fetch()
    return found
