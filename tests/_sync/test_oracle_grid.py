# generated from tests/_async/test_oracle_grid.py by scripts/generate_sync.py;
# change that file, not this one
"""Do the databases agree with the reference on every pair of the values that are known as hard?"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from covet.sync import Database, F

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


def store(rows: Sequence[Mapping[str, Any]]) -> None:
    Post.objects.bulk_create([Post(**row) for row in rows])


def keys(**lookups: Any) -> list[int]:
    found: list[int] = Post.objects.filter(**lookups).values_list("pk", flat=True).fetch()
    return found


@pytest.mark.parametrize("column", grid.VALUES)
def test_every_lookup_means_the_same_for_every_value(db: Database, column: str) -> None:
    rows = grid.rows_of(**{column: grid.with_null(column, grid.VALUES[column])})
    store(rows)
    shown = {row["id"]: row[column] for row in rows}
    wrong = {}
    for lookup, value in grid.questions(column):
        expected = [id for id, held in shown.items() if compare(lookup, held, value)]
        found = keys(**{f"{column}__{lookup}": value})
        wrong[lookup, value] = grid.differing(found, expected, shown)
    assert not {question: rows for question, rows in wrong.items() if rows}


@pytest.mark.parametrize("column", grid.VALUES)
def test_values_sort_as_in_python_and_null_before_them(db: Database, column: str) -> None:
    values = dict.fromkeys(grid.with_null(column, grid.VALUES[column]))
    store(grid.rows_of(**{column: list(values)}))
    found = Post.objects.order_by(column).values_list(column, flat=True).fetch()
    expected = sorted(value for value in values if value is not None)
    assert found == [None] * (None in values) + expected
    assert (
        Post.objects.order_by(f"-{column}").values_list(column, flat=True).fetch() == (found[::-1])
    )


@pytest.mark.parametrize(("left", "right"), grid.PAIRS)
def test_every_pair_of_columns_compares_by_value(db: Database, left: str, right: str) -> None:
    rows = grid.rows_of(**{left: grid.VALUES[left], right: grid.VALUES[right]})
    store(rows)
    shown = {row["id"]: (row[left], row[right]) for row in rows}
    wrong = {}
    for lookup in grid.lookups(left):
        expected = [id for id, sides in shown.items() if compare(lookup, *sides)]
        found = keys(**{f"{left}__{lookup}": F(right)})
        wrong[lookup] = grid.differing(found, expected, shown)
    assert not {question: rows for question, rows in wrong.items() if rows}


@pytest.mark.parametrize(("left", "right"), grid.SUMS)
def test_every_sum_has_the_same_result(db: Database, left: str, right: str) -> None:
    signs, target, lefts, rights = grid.SUMS[left, right]
    rows = grid.rows_of(**{left: lefts, right: rights})
    store(rows)
    wrong = []
    for sign in signs:
        Post.objects.update(**{target: OPERATORS[sign](F(left), F(right))})
        found = dict(Post.objects.values_list("pk", target).fetch())
        for row in rows:
            expected = grid.calculated(sign, row[left], row[right], target)
            if expected is not NotImplemented and found[row["id"]] != expected:
                wrong.append((row[left], sign, row[right], found[row["id"]], expected))
        Post.objects.all().delete()
        store(rows)
    assert not wrong


@pytest.mark.parametrize(("column", "part"), grid.parts())
def test_every_part_of_a_moment_is_that_of_the_calendar(
    db: Database, column: str, part: str
) -> None:
    rows = grid.rows_of(**{column: grid.VALUES[column]})
    store(rows)
    shown = {row["id"]: TRANSFORMS[part](row[column]) for row in rows}
    path = f"{column}__{part}"
    found = Post.objects.order_by("pk").values_list(path, flat=True).fetch()
    assert found == list(shown.values())
    assert {type(value) for value in found} == {type(value) for value in shown.values()}
    wrong = {}
    for value in set(shown.values()):
        for lookup in ("exact", "gt", "lte"):
            expected = [id for id, held in shown.items() if compare(lookup, held, value)]
            here = keys(**{f"{path}__{lookup}": value})
            wrong[lookup, value] = grid.differing(here, expected, shown)
    assert not {question: rows for question, rows in wrong.items() if rows}
