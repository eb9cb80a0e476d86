"""Do the databases group, rank and combine random rows as the reference does?"""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given

from covet.aio import Database, atomic

from ..oracle import combining, grouping, ranking
from ..oracle.story import Undo, told, types_of
from ..oracle.strategies import (
    Combinations,
    Rankings,
    Summaries,
    combinations,
    examples,
    rankings,
    summaries,
)
from ..oracle.tables import World
from .test_oracle import BY_TABLE, Author, Post, store

MODELS = [Author, Post]


@given(summaries=summaries())
@examples(10)
async def test_aggregates_groups_and_having_are_those_of_the_reference(
    db: Database, summaries: Summaries
) -> None:
    with suppress(Undo):
        async with atomic():
            await store(summaries.world)
            for summary in summaries.summaries:
                await check_summary(summaries.world, summary)
            raise Undo


async def check_summary(world: World, summary: grouping.Summary) -> None:
    with told(world, summary):
        query = grouping.said(summary, BY_TABLE)
    with told(world, grouping.shown(summary, BY_TABLE), query):
        rows = grouping.groups(summary, world)
        expected = [tuple(row[name] for name in summary.shown) for row in rows]
        found = await query.fetch()
        assert found == expected
        assert types_of(found) == types_of(expected)
        assert await query.all().count() == len(expected)
        assert await query.all().exists() == bool(expected)


@given(rankings=rankings())
@examples(10)
async def test_windows_and_filters_by_them_are_those_of_the_reference(
    db: Database, rankings: Rankings
) -> None:
    with suppress(Undo):
        async with atomic():
            await store(rankings.world)
            for asked in rankings.rankings:
                query = ranking.said(asked, BY_TABLE)
                with told(rankings.world, (asked, ranking.window(asked)), query):
                    rows = ranking.ranked(asked, rankings.world)
                    expected = [(row["id"], row["w"]) for row in rows]
                    found = await query.values_list("pk", "w").fetch()
                    assert found == expected
                    assert types_of(found) == types_of(expected)
                    assert [row.w for row in await query.all().fetch()] == [w for _, w in expected]
                    assert await query.all().count() == len(expected)
            raise Undo


@given(combinations=combinations())
@examples(10)
async def test_unions_intersections_and_differences_are_those_of_the_reference(
    db: Database, combinations: Combinations
) -> None:
    with suppress(Undo):
        async with atomic():
            await store(combinations.world)
            for asked in combinations.combinations:
                await check_combination(combinations.world, asked)
            raise Undo


async def check_combination(world: World, asked: combining.Combined) -> None:
    query = combining.combined(asked, BY_TABLE)
    ordered = query.order_by(*combining.first_part(asked).shown)
    with told(world, asked, ordered):
        expected = combining.in_order(combining.tuples(asked, world))
        found = await ordered.fetch()
        assert found == expected
        assert types_of(found) == types_of(expected)
        assert await ordered[1:3].fetch() == expected[1:3]
        assert await query.all().count() == len(expected)
        assert await query.all().exists() == bool(expected)
