"""Does the second oracle know where it may be asked? Without a database."""

from __future__ import annotations

from typing import Any

import pytest

from .django_twin.differences import DIFFERENCES, EVERYWHERE, IN_TREES, REFUSALS, rows
from .django_twin.verdicts import Verdicts
from .reference import Reference, Step
from .tables import World
from .tree import Condition, Group, Path, Tree, negate

WORLD = World(
    {
        "author": rows("author", [{"score": 5}, {"score": None, "mentor_id": 1}]),
        "post": rows("post", [{"views": 1, "author_id": 1}, {"views": 2, "author_id": 2}]),
    }
)


def compared(verb: Any, tree: Tree, kind: str = "postgresql") -> set[int]:
    return Verdicts(Reference(WORLD, "author"), kind).comparable([Step(verb, tree)])


def leaf(path: str, lookup: str, right: Any) -> Condition:
    *steps, column = path.split(".")
    return Condition(Path(tuple(steps), column), lookup, right)


@pytest.mark.parametrize("one", [*DIFFERENCES, *IN_TREES], ids=lambda one: one.reason[:40])
def test_rows_on_which_both_differ_are_not_compared(one: Any) -> None:
    example = one.example
    for kind in EVERYWHERE:
        verdicts = Verdicts(Reference(example.world, example.table), kind)
        everything = {row["id"] for row in example.world.rows[example.table]}
        asked = verdicts.can_be_asked(example.step)
        found = verdicts.comparable([example.step]) if asked else set()
        assert kind not in one.on or found < everything


@pytest.mark.parametrize("one", REFUSALS, ids=lambda one: one.reason[:40])
def test_what_django_refuses_is_not_asked(one: Any) -> None:
    example = one.example
    for kind in one.on:
        verdicts = Verdicts(Reference(example.world, example.table), kind)
        assert not verdicts.can_be_asked(example.step)


@pytest.mark.parametrize("database", EVERYWHERE)
def test_most_questions_are_compared_on_each_row(database: str) -> None:
    for tree in (
        leaf("score", "gt", 1),
        leaf("mentor.score", "gt", 1),
        leaf("posts.views", "gt", 1),
        Group("AND", (leaf("posts.views", "gt", 1), leaf("posts.views", "lt", 3))),
        Group("OR", (leaf("posts.views", "gt", 1), leaf("score", "lt", 3))),
    ):
        assert compared("filter", tree, database) == {1, 2}
    for tree in (leaf("score", "gt", 1), leaf("posts.views", "gt", 1)):
        assert compared("exclude", tree, database) == {1, 2}
        assert compared("filter", negate(tree), database) == {1, 2}


def test_a_negation_within_a_negation_is_open_where_it_meets_null() -> None:
    inner = negate(leaf("score", "gt", 1))
    tree = Group("AND", (leaf("id", "gt", 0), inner))
    assert compared("filter", tree) == {1, 2}
    assert compared("exclude", tree) == {1}
