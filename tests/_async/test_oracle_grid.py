"""Do the databases agree with the reference on every pair of the values that are known as hard?"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from covet.aio import Database, F

from ..oracle import grid
from ..oracle.meaning import TRANSFORMS, compare
from .test_oracle import Author, Post

MODELS = [Author, Post]

OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
}


async def store(rows: Sequence[Mapping[str, Any]]) -> None:
    await Post.objects.bulk_create([Post(**row) for row in rows])


async def keys(**lookups: Any) -> list[int]:
    found: list[int] = await Post.objects.filter(**lookups).values_list("pk", flat=True).fetch()
    return found


@pytest.mark.parametrize("column", grid.VALUES)
async def test_every_lookup_means_the_same_for_every_value(db: Database, column: str) -> None:
    rows = grid.rows_of(**{column: grid.with_null(column, grid.VALUES[column])})
    await store(rows)
    shown = {row["id"]: row[column] for row in rows}
    wrong = {}
    for lookup, value in grid.questions(column):
        expected = [id for id, held in shown.items() if compare(lookup, held, value)]
        found = await keys(**{f"{column}__{lookup}": value})
        wrong[lookup, value] = grid.differing(found, expected, shown)
    assert not {question: rows for question, rows in wrong.items() if rows}


@pytest.mark.parametrize("column", grid.VALUES)
async def test_values_sort_as_in_python_and_null_before_them(db: Database, column: str) -> None:
    values = dict.fromkeys(grid.with_null(column, grid.VALUES[column]))
    await store(grid.rows_of(**{column: list(values)}))
    found = await Post.objects.order_by(column).values_list(column, flat=True).fetch()
    expected = sorted(value for value in values if value is not None)
    assert found == [None] * (None in values) + expected
    assert (
        await Post.objects.order_by(f"-{column}").values_list(column, flat=True).fetch()
        == (found[::-1])
    )


@pytest.mark.parametrize(("left", "right"), grid.PAIRS)
async def test_every_pair_of_columns_compares_by_value(db: Database, left: str, right: str) -> None:
    rows = grid.rows_of(**{left: grid.VALUES[left], right: grid.VALUES[right]})
    await store(rows)
    shown = {row["id"]: (row[left], row[right]) for row in rows}
    wrong = {}
    for lookup in grid.lookups(left):
        expected = [id for id, sides in shown.items() if compare(lookup, *sides)]
        found = await keys(**{f"{left}__{lookup}": F(right)})
        wrong[lookup] = grid.differing(found, expected, shown)
    assert not {question: rows for question, rows in wrong.items() if rows}


@pytest.mark.parametrize(("left", "right"), grid.SUMS)
async def test_every_sum_has_the_same_result(db: Database, left: str, right: str) -> None:
    signs, target, lefts, rights = grid.SUMS[left, right]
    rows = grid.rows_of(**{left: lefts, right: rights})
    await store(rows)
    wrong = []
    for sign in signs:
        await Post.objects.update(**{target: OPERATORS[sign](F(left), F(right))})
        found = dict(await Post.objects.values_list("pk", target).fetch())
        for row in rows:
            expected = grid.calculated(sign, row[left], row[right], target)
            if expected is not NotImplemented and found[row["id"]] != expected:
                wrong.append((row[left], sign, row[right], found[row["id"]], expected))
        await Post.objects.all().delete()
        await store(rows)
    assert not wrong


@pytest.mark.parametrize(("column", "part"), grid.parts())
async def test_every_part_of_a_moment_is_that_of_the_calendar(
    db: Database, column: str, part: str
) -> None:
    rows = grid.rows_of(**{column: grid.VALUES[column]})
    await store(rows)
    shown = {row["id"]: TRANSFORMS[part](row[column]) for row in rows}
    path = f"{column}__{part}"
    found = await Post.objects.order_by("pk").values_list(path, flat=True).fetch()
    assert found == list(shown.values())
    assert {type(value) for value in found} == {type(value) for value in shown.values()}
    wrong = {}
    for value in set(shown.values()):
        for lookup in ("exact", "gt", "lte"):
            expected = [id for id, held in shown.items() if compare(lookup, held, value)]
            here = await keys(**{f"{path}__{lookup}": value})
            wrong[lookup, value] = grid.differing(here, expected, shown)
    assert not {question: rows for question, rows in wrong.items() if rows}
