# generated from tests/_async/test_oracle_groups.py by scripts/generate_sync.py;
# change that file, not this one
"""Do the databases group, rank and combine random rows as the reference does?"""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given

from covet.sync import Database, atomic

from ..oracle import grouping
from ..oracle.story import Undo, told, types_of
from ..oracle.strategies import Summaries, examples, summaries
from ..oracle.tables import World
from .test_oracle import BY_TABLE, Author, Post, store

MODELS = [Author, Post]


@given(summaries=summaries())
@examples(30)
def test_aggregates_groups_and_having_are_those_of_the_reference(
    db: Database, summaries: Summaries
) -> None:
    with suppress(Undo):
        with atomic():
            store(summaries.world)
            for summary in summaries.summaries:
                check_summary(summaries.world, summary)
            raise Undo


def check_summary(world: World, summary: grouping.Summary) -> None:
    with told(world, summary):
        query = grouping.said(summary, BY_TABLE)
    with told(world, grouping.shown(summary, BY_TABLE), query):
        rows = grouping.groups(summary, world)
        expected = [tuple(row[name] for name in summary.shown) for row in rows]
        found = query.fetch()
        assert found == expected
        assert types_of(found) == types_of(expected)
        assert query.all().count() == len(expected)
        assert query.all().exists() == bool(expected)
