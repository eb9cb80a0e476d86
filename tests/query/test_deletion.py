"""Which questions does a deletion ask, and which steps does it take?

A plan's generator is driven by hand: what a test sends it is what the database would have answered.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from covet import (
    DB_CASCADE,
    DO_NOTHING,
    PROTECT,
    RESTRICT,
    SET,
    SET_NULL,
    IntegrityError,
    NotSupportedError,
    ProtectedError,
    Q,
    RestrictedError,
)
from covet.aio import CharField, ForeignKey, Model, OneToOneField
from covet.query import deletion
from covet.query.deletion import Announce, Defer, Delete, Question, Rows, Server, Update
from covet.query.reach import Reach, by_nobody, is_plain
from covet.query.spec import QuerySpec

AT_ONCE = Server("mariadb", 1000, defers=False)
DEFERS = Server("postgresql", 1000, defers=True)


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20, unique=True)
    author = ForeignKey(Author)
    editor = ForeignKey(Author, SET_NULL, null=True, related_name="+")


class Comment(Model):
    post = ForeignKey(Post, to_field="title")


class Prize(Model):
    author = ForeignKey(Author, PROTECT)


class Plan(Model):
    author = ForeignKey(Author, RESTRICT)
    post = ForeignKey(Post, related_name="plans")


class Room(Model):
    name = CharField(max_length=20)


class Chair(Model):
    room = ForeignKey(Room, DB_CASCADE)
    owner = ForeignKey(Author, DO_NOTHING, related_name="+")


class Node(Model):
    parent = ForeignKey("self", null=True)


class Team(Model):
    captain = ForeignKey("Player", null=True, related_name="+")


class Player(Model):
    team = ForeignKey(Team)


class Twin(Model):
    other = OneToOneField("self", related_name="+")


class House(Model):
    name = CharField(max_length=20)


class Flat(Model):
    house = ForeignKey(House)
    best = ForeignKey("Lease", DO_NOTHING, null=True, related_name="+")


class Lease(Model):
    flat = ForeignKey(Flat)


class Tenant(Model):
    house = ForeignKey(House, SET(lambda: 7))


def of(model: type[Model], *keys: int) -> QuerySpec:
    return QuerySpec(model._table).where(Q(pk__in=list(keys)))


def shown(thing: Any) -> str:
    """A question or a step, in a few words."""
    if isinstance(thing, Announce):
        return f"tell {thing.when} {thing.table.model_name} {len(thing.records)}"
    if isinstance(thing, Defer):
        return "defer" if thing.on else "check"
    if not isinstance(thing, Rows | Update | Delete):
        return "call"
    spec = thing.spec
    (lookup,) = spec.clauses[0].condition.children
    where = f"({lookup.path}={list(lookup.value)})"
    verb = type(thing).__name__.lower()
    what = f" {', '.join(spec.output.paths) or 'all'}" if isinstance(thing, Rows) else ""
    to = f" {thing.written.fields[0].name}={thing.written.given[0]}" if verb == "update" else ""
    return f"{verb} {spec.table.model_name}{what}{to} {where}"


def planned(
    spec: QuerySpec,
    *answers: Any,
    server: Server = DEFERS,
    observed: Callable[[type], bool] = by_nobody,
    record: Model | None = None,
) -> tuple[list[str], list[str]]:
    """The questions of a deletion that is given these answers, and its steps."""
    asking = deletion.plan(spec, server, observed, record)
    asked: list[str] = []
    left = list(answers)
    answer: Any = None
    while True:
        try:
            question: Question = asking.send(answer)
        except StopIteration as end:
            assert left == []
            return asked, [shown(step) for step in end.value.steps]
        asked.append(shown(question))
        answer = left.pop(0)


# --- what a deletion can reach --------------------------------------------------------------------


def names(tables: Any) -> list[str]:
    return [table.model_name for table in tables]


@pytest.mark.parametrize(
    ("model", "plain"),
    [(Comment, True), (Room, True), (Chair, True), (Post, False), (Author, False), (Node, False)],
)
def test_rows_that_nothing_has_to_be_asked_about(model: type[Model], plain: bool) -> None:
    assert is_plain(model._table) is plain
    assert is_plain(model._table, lambda other: other is model) is False


def test_tables_are_looked_at_those_pointed_to_first() -> None:
    reach = Reach(Author._table)

    assert [names(circle) for circle in reach.circles] == [["Author"], ["Post"]]
    assert set(names(reach.leaves)) == {"Comment", "Plan"}
    assert reach.columns[Author._table] == ("id",)
    assert reach.columns[Post._table] == ("id", "title")


def test_a_table_whose_instances_are_observed_is_looked_at() -> None:
    reach = Reach(Author._table, lambda model: model is Comment)

    assert [names(circle) for circle in reach.circles] == [["Author"], ["Post"], ["Comment"]]
    assert names(reach.leaves) == ["Plan"]


def test_tables_in_a_circle_are_together_and_their_keys_are_known() -> None:
    reach = Reach(Team._table)

    assert [sorted(names(circle)) for circle in reach.circles] == [["Player", "Team"]]
    assert reach.columns[Team._table] == ("id", "captain_id")
    assert reach.columns[Player._table] == ("id", "team_id")


def test_a_table_that_something_that_goes_points_to_is_looked_at() -> None:
    Flat._table.settle()
    reach = Reach(House._table)

    assert [sorted(names(circle)) for circle in reach.circles] == [["House"], ["Flat", "Lease"]]
    assert reach.leaves == set()


# --- questions and steps --------------------------------------------------------------------------


def test_only_keys_are_asked_for_and_leaves_are_not_looked_at() -> None:
    asked, steps = planned(
        of(Author, 1, 2),
        [(1,), (2,)],  # authors
        [],  # prizes
        [(10, "a"), (11, "b")],  # posts
        [],  # plans that restrict
    )

    assert asked == [
        "rows Author id (pk__in=[1, 2])",
        "rows Prize all (author_id__in=[1, 2])",
        "rows Post id, title (author_id__in=[1, 2])",
        "rows Plan id, post_id (author_id__in=[1, 2])",
    ]
    assert steps == [
        "delete Comment (post_id__in=['a', 'b'])",
        "delete Plan (post_id__in=[10, 11])",
        "update Post editor=None (editor_id__in=[1, 2])",
        "delete Post (pk__in=[10, 11])",
        "delete Author (pk__in=[1, 2])",
    ]


def test_an_instance_is_not_read_again_where_its_key_is_enough() -> None:
    asked, steps = planned(of(Author, 5), [], [], [], record=Author(id=5, name="Ann"))

    assert asked[0] == "rows Prize all (author_id__in=[5])"
    assert steps == ["update Post editor=None (editor_id__in=[5])", "delete Author (pk__in=[5])"]

    asked, steps = planned(of(Post, 5), [(5, "a")], record=Post(id=5, title="changed"))
    assert asked == ["rows Post id, title (pk__in=[5])"]
    assert steps[0] == "delete Comment (post_id__in=['a'])"


def test_keys_go_in_batches_of_what_the_server_takes() -> None:
    server = Server("sqlite", 2, defers=True)

    _, steps = planned(of(Post, 1, 2, 3), [(1, "a"), (2, "b"), (3, "c")], server=server)

    assert steps == [
        "delete Comment (post_id__in=['a', 'b'])",
        "delete Comment (post_id__in=['c'])",
        "delete Plan (post_id__in=[1, 2])",
        "delete Plan (post_id__in=[3])",
        "delete Post (pk__in=[1, 2])",
        "delete Post (pk__in=[3])",
    ]


def test_no_rows_no_steps() -> None:
    assert planned(of(Author, 1), []) == (["rows Author id (pk__in=[1])"], [])


def test_a_function_is_called_after_all_other_questions_if_there_is_a_row_for_it() -> None:
    asked, steps = planned(of(House, 1), [(1,)], [], [(1,)], 7)
    assert asked[2:] == ["rows Tenant house_id (house_id__in=[1])", "call"]
    assert steps == ["update Tenant house=7 (house_id__in=[1])", "delete House (pk__in=[1])"]

    asked, steps = planned(of(House, 1), [(1,)], [], [])
    assert "call" not in asked
    assert steps == ["delete House (pk__in=[1])"]


def test_instances_are_told_of_before_the_first_change_and_after_the_last_of_their_model() -> None:
    ann = Author(id=1, name="Ann")
    posts = [Post(id=n, title=str(n), author_id=1) for n in (10, 11)]
    asked, steps = planned(
        of(Author, 1), [], posts, [], record=ann, observed=lambda model: model in (Author, Post)
    )

    assert asked[1] == "rows Post all (author_id__in=[1])"
    assert steps == [
        "tell before Author 1",
        "tell before Post 2",
        "delete Comment (post_id__in=['10', '11'])",
        "delete Plan (post_id__in=[10, 11])",
        "update Post editor=None (editor_id__in=[1])",
        "delete Post (pk__in=[10, 11])",
        "tell after Post 2",
        "delete Author (pk__in=[1])",
        "tell after Author 1",
    ]


# --- what is in the way ---------------------------------------------------------------------------


def test_rows_that_protect_are_counted_by_their_key() -> None:
    prizes = [Prize(id=1, author_id=1), Prize(id=2, author_id=1)]

    with pytest.raises(ProtectedError) as caught:
        planned(of(Author, 1), [(1,)], prizes)

    assert str(caught.value) == (
        "Author cannot be deleted, as rows that protect it refer to it: Prize.author (2). "
        "Delete those first, or point them elsewhere; protected_objects has them."
    )
    assert caught.value.protected_objects == set(prizes)
    for twin in (copy.copy(caught.value), pickle.loads(pickle.dumps(caught.value))):
        assert (str(twin), twin.protected_objects) == (str(caught.value), set(prizes))


def test_rows_that_restrict_are_refused_unless_they_go() -> None:
    plan = Plan(id=2, author_id=1, post_id=12)

    with pytest.raises(RestrictedError) as caught:
        planned(of(Author, 1), [(1,)], [], [(10, "a")], [(1, 10), (2, 12)], [plan])

    assert str(caught.value) == (
        "Author cannot be deleted, as rows that are not deleted with it refer to it: "
        "Plan.author (1). Delete those first, or point them elsewhere; restricted_objects has "
        "them."
    )
    assert caught.value.restricted_objects == {plan}
    assert isinstance(caught.value, IntegrityError)


# --- circles --------------------------------------------------------------------------------------


def test_a_tree_goes_in_one_statement_where_keys_are_checked_at_its_end() -> None:
    asked, steps = planned(of(Node, 1), [(1, None)], [(2, 1), (3, 1)], [])

    assert asked == [
        "rows Node id, parent_id (pk__in=[1])",
        "rows Node id, parent_id (parent_id__in=[1])",
        "rows Node id, parent_id (parent_id__in=[2, 3])",
    ]
    assert steps == ["delete Node (pk__in=[1, 2, 3])"]


def test_a_tree_of_several_statements_goes_from_its_leaves() -> None:
    server = Server("sqlite", 2, defers=True)

    _, steps = planned(of(Node, 1), [(1, None)], [(2, 1), (3, 1)], [], server=server)

    assert steps == ["delete Node (pk__in=[2, 3])", "delete Node (pk__in=[1])"]


def test_a_tree_goes_from_its_leaves_where_each_row_is_checked_at_once() -> None:
    _, steps = planned(of(Node, 1), [(1, None)], [(2, 1), (3, 1)], [(4, 3)], [], server=AT_ONCE)

    assert steps == [
        "delete Node (pk__in=[2, 4])",
        "delete Node (pk__in=[3])",
        "delete Node (pk__in=[1])",
    ]


@pytest.mark.parametrize("server", [DEFERS, AT_ONCE], ids=["defers", "at once"])
def test_rows_of_tables_in_a_circle_go_from_the_leaves_too(server: Server) -> None:
    _, steps = planned(of(Team, 1), [(1, None)], [(5, 1), (6, 1)], [], server=server)

    assert steps == ["delete Player (pk__in=[5, 6])", "delete Team (pk__in=[1])"]


@pytest.mark.parametrize("server", [DEFERS, AT_ONCE], ids=["defers", "at once"])
def test_a_circle_of_rows_is_cut_where_a_key_can_be_null(server: Server) -> None:
    _, steps = planned(of(Team, 1), [(1, 5)], [(5, 1), (6, 1)], [], server=server)

    assert steps == [
        "delete Player (pk__in=[6])",
        "update Team captain=None (pk__in=[1])",
        "delete Player (pk__in=[5])",
        "delete Team (pk__in=[1])",
    ]


def test_a_row_that_points_to_itself_is_cut_too() -> None:
    _, steps = planned(of(Node, 1), [(1, 1)], [(1, 1), (2, 1)], [], server=AT_ONCE)

    assert steps == [
        "delete Node (pk__in=[2])",
        "update Node parent=None (pk__in=[1])",
        "delete Node (pk__in=[1])",
    ]


def test_a_circle_of_rows_that_cannot_be_cut_is_refused() -> None:
    with pytest.raises(NotSupportedError) as caught:
        planned(of(Twin, 1), [(1, 2)], [(2, 1)], [(1, 2)], server=AT_ONCE)

    assert str(caught.value) == (
        "Rows point to themselves, or to each other in a circle, by keys that cannot be null: "
        "Twin.other; mariadb checks keys row by row and can delete none of them first. "
        "Let one of the keys be null, or give it on_delete=DB_CASCADE."
    )
    _, steps = planned(of(Twin, 1), [(1, 2)], [(2, 1)], [(1, 2)])
    assert steps == ["delete Twin (pk__in=[1, 2])"]


def test_such_a_circle_is_checked_after_the_last_statement_where_that_can_be_said() -> None:
    server = Server("postgresql", 1, defers=True)

    _, steps = planned(of(Twin, 1), [(1, 2)], [(2, 1)], [(1, 2)], server=server)

    assert steps == ["defer", "delete Twin (pk__in=[1])", "delete Twin (pk__in=[2])", "check"]


def test_a_long_chain_needs_no_recursion() -> None:
    chain = [(n, n - 1) for n in range(1, 5001)]

    _, steps = planned(of(Node, 0), [(0, None)], *([row] for row in chain), [], server=AT_ONCE)

    assert len(steps) == 5001
    assert steps[0] == "delete Node (pk__in=[5000])"
