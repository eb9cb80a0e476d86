"""Do the databases group, rank and combine random rows as the reference does?"""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given

from covet.aio import Database, atomic

from ..oracle import grouping
from ..oracle.story import Undo, told, types_of
from ..oracle.strategies import Summaries, examples, summaries
from ..oracle.tables import World
from .test_oracle import BY_TABLE, Author, Post, store

MODELS = [Author, Post]


@given(summaries=summaries())
@examples(30)
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
