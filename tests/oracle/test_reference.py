"""Is the reference right? Hand-made truth tables and small worlds whose answers can be seen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from .meaning import Unspecified, arithmetic, compare, stored, transform, upper
from .reference import Reference, Step, Term, all_of, any_of, odd_of, sliced
from .strategies import Scenario, examples, scenarios
from .tables import TABLES, ToOne, World
from .tree import (
    Arithmetic,
    Case,
    Condition,
    Constant,
    Exists,
    Group,
    Negation,
    Outer,
    Path,
    Picked,
    Predicate,
    Query,
    Transform,
    Tree,
    negate,
)

T, F, U = True, False, None


@pytest.mark.parametrize(
    ("left", "right", "both", "either", "odd"),
    [
        (T, T, T, T, F),
        (T, F, F, T, T),
        (T, U, U, T, T),
        (F, T, F, T, T),
        (F, F, F, F, F),
        (F, U, F, U, F),
        (U, T, U, T, T),
        (U, F, F, U, F),
        (U, U, U, U, F),
    ],
)
def test_connectors_follow_their_truth_tables(
    left: Any, right: Any, both: Any, either: Any, odd: Any
) -> None:
    assert all_of([left, right]) is both
    assert any_of([left, right]) is either
    assert odd_of([left, right]) is odd


def test_xor_of_three_is_true_for_an_odd_number() -> None:
    assert odd_of([True, True, True]) is True
    assert odd_of([True, True, False]) is False
    assert odd_of([True, None, None]) is True


@pytest.mark.parametrize(
    ("left", "lookup", "right", "truth"),
    [
        (1, "exact", 1, T),
        (1, "exact", 2, F),
        (None, "exact", 1, U),
        (1, "exact", None, U),
        (None, "exact", None, U),
        (None, "isnull", True, T),
        (None, "isnull", False, F),
        (1, "isnull", True, F),
        (1, "isnull", False, T),
        (1, "lt", 2, T),
        (2, "lt", 2, F),
        (2, "lte", 2, T),
        (2, "gt", 2, F),
        (2, "gte", 2, T),
        (None, "gte", 2, U),
        (-5, "lt", 10**30, T),
        (2, "range", (2, 3), T),
        (3, "range", (2, 3), T),
        (4, "range", (2, 3), F),
        (2, "range", (3, 1), F),
        (None, "range", (2, 3), U),
        (1, "in", [1, None], T),
        (2, "in", [1, None], F),
        (2, "in", [], F),
        (None, "in", [1, None], U),
        (None, "in", [None], F),
        (None, "in", [], F),
        (1, "exact", 1.0, T),
        (Decimal("0.10"), "exact", 0.1, T),
        (Decimal("2.50"), "gt", 2, T),
        ("a", "lt", "b", T),
        ("B", "lt", "a", T),
        ("a", "exact", "a ", F),
        ("a", "lt", "a ", T),
        ("\uffff", "lt", "\U0001f600", T),
        ("e\u0301", "exact", "\u00e9", F),
        ("aBc", "contains", "B", T),
        ("aBc", "contains", "b", F),
        ("aBc", "contains", "", T),
        ("aBc", "icontains", "b", T),
        ("100%", "contains", "%", T),
        ("100", "contains", "%", F),
        ("abc", "contains", "a_c", F),
        ("abc", "startswith", "ab", T),
        ("abc", "startswith", "b", F),
        ("abc", "endswith", "bc", T),
        ("ABC", "iendswith", "bc", T),
        ("\u00c9t\u00e9", "istartswith", "\u00e9T", T),
        ("\u042f", "iexact", "\u044f", T),
        ("\u00e9", "iexact", "e\u0301", F),
        (None, "icontains", "a", U),
        ("abc", "regex", "^a.c$", T),
        ("aBc", "regex", "b", F),
        ("aBc", "iregex", "b", T),
    ],
)
def test_lookups_mean_what_the_documentation_says(
    left: Any, lookup: Any, right: Any, truth: Any
) -> None:
    assert compare(lookup, left, right) is truth


def test_a_folded_text_keeps_its_length() -> None:
    assert upper("stra\u00dfe") == "STRA\u00dfE"


@pytest.mark.parametrize(
    ("operator", "left", "right", "result"),
    [
        ("+", 1, 2, 3),
        ("+", 1, None, None),
        ("-", None, 1, None),
        ("/", 7, 2, 3),
        ("/", -7, 2, -3),
        ("/", 7, -2, -3),
        ("/", -7, -2, 3),
        ("%", 7, 3, 1),
        ("%", -7, 3, -1),
        ("%", 7, -3, 1),
        ("/", 7, 0, None),
        ("%", 7, 0, None),
        ("/", 1.0, 0, None),
        ("/", 7, 2.0, 3.5),
        ("*", Decimal("1.50"), 3, Decimal("4.5")),
        ("+", Decimal("0.10"), Decimal("0.20"), Decimal("0.3")),
        ("%", Decimal("-7.5"), 2, Decimal("-1.5")),
        ("/", Decimal(2), 3, Decimal("0.66666666666666666667")),
        ("/", Decimal(2), Decimal(0), None),
        ("%", -7.5, 2, -1.5),
        ("%", 1.0, 0.1, 0.09999999999999995),
    ],
)
def test_arithmetic_truncates_and_divides_by_zero_to_null(
    operator: Any, left: Any, right: Any, result: Any
) -> None:
    found = arithmetic(operator, left, right)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("value", "column", "result"),
    [
        (2.5, "integer", 3),
        (-2.5, "integer", -3),
        (Decimal("0.49"), "biginteger", 0),
        (Decimal("0.125"), "decimal", Decimal("0.13")),
        (Decimal("-0.125"), "decimal", Decimal("-0.13")),
        (7, "decimal", Decimal("7.00")),
        (Decimal("0.10"), "float", 0.1),
        (None, "float", None),
    ],
)
def test_a_column_takes_another_kind_of_number_rounded(
    value: Any, column: Any, result: Any
) -> None:
    found = stored(value, column, places=2)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("operator", "left", "right"),
    [
        ("+", 2**63 - 1, 1),
        ("*", 2**40, -(2**40)),
        ("/", -(2**63), -1),
        ("*", 1e200, 1e200),
        ("*", 1e-200, 1e-200),
        ("*", Decimal(10**20), Decimal(10**20)),
    ],
)
def test_arithmetic_beyond_the_types_is_not_asked(operator: Any, left: Any, right: Any) -> None:
    with pytest.raises(Unspecified):
        arithmetic(operator, left, right)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("year", 2021),
        ("month", 1),
        ("day", 3),
        ("quarter", 1),
        ("week", 53),
        ("week_day", 1),
        ("iso_year", 2020),
        ("iso_week_day", 7),
    ],
)
def test_parts_of_a_sunday_in_the_last_week_of_the_year_before(part: Any, value: Any) -> None:
    assert transform(part, date(2021, 1, 3)) == value


def test_parts_of_null_are_null() -> None:
    assert transform("year", None) is None


def test_quarters_change_every_three_months() -> None:
    quarters = [transform("quarter", date(2024, month, 1)) for month in range(1, 13)]
    assert quarters == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]


def test_a_moment_has_the_date_and_time_of_utc() -> None:
    moment = datetime(2024, 12, 31, 23, 30, tzinfo=UTC)
    assert transform("date", moment) == date(2024, 12, 31)
    assert transform("time", moment).hour == 23


# --- a small world -----------------------------------------------------------------------------


def row(table: str, **given: Any) -> dict[str, Any]:
    """A row with NULL in every column that is not given."""
    columns = dict.fromkeys(TABLES[table].columns)
    keys = {f"{n}_id": None for n, to in TABLES[table].relations.items() if isinstance(to, ToOne)}
    return columns | keys | given


ANN = row("author", id=1, name="Ann", score=5)
BEN = row("author", id=2, name="Ben", score=None, mentor_id=1)
CID = row("author", id=3, name="Cid", score=-5, mentor_id=2)
FISH = row("post", id=101, title="Fish", views=1, author_id=1)
GOAT = row("post", id=102, title="Goat", views=2, author_id=1)
HARE = row("post", id=103, title="Hare", views=2, author_id=2)
LOST = row("post", id=104, title="Fish", views=9)
WORLD = World({"author": [ANN, BEN, CID], "post": [FISH, GOAT, HARE, LOST]})


def leaf(path: str, lookup: str, right: Any) -> Condition:
    """A condition on a dotted path: ``posts.title``; ``posts.`` is the relation itself."""
    *steps, column = path.split(".")
    return Condition(Path(tuple(steps), column), lookup, right)


def both(*children: Tree) -> Group:
    return Group("AND", children)


def either(*children: Tree) -> Group:
    return Group("OR", children)


def authors(tree: Tree) -> str:
    """The first letters of the authors that a condition keeps."""
    return "".join(r["name"][0] for r in Reference(WORLD, "author").kept(tree))


def posts(tree: Tree) -> str:
    return "".join(r["title"][0] for r in Reference(WORLD, "post").kept(tree))


def test_unknown_rows_are_kept_by_the_complement_only() -> None:
    positive = leaf("score", "gt", 0)
    assert authors(positive) == "A"
    assert authors(negate(positive)) == "BC"
    assert [r["name"] for r in Reference(WORLD, "author").excluded(positive)] == ["Ben", "Cid"]


def test_a_negation_inside_is_a_complement_too() -> None:
    assert authors(both(negate(leaf("score", "gt", 0)), leaf("name", "lt", "C"))) == "B"


def test_negating_twice_is_not_negating() -> None:
    assert negate(negate(leaf("score", "gt", 0))) == leaf("score", "gt", 0)


def test_exact_none_asks_for_null() -> None:
    assert authors(leaf("score", "exact", None)) == "B"
    assert authors(negate(leaf("score", "exact", None))) == "AC"
    nothing = Condition(Path((), "score"), "exact", Path(("mentor",), "score"))
    assert authors(nothing) == ""


def test_a_missing_row_has_null_everywhere() -> None:
    assert posts(leaf("author.name", "exact", "Ann")) == "FG"
    assert posts(negate(leaf("author.name", "exact", "Ann"))) == "HF"
    assert posts(leaf("author.name", "isnull", True)) == "F"
    assert posts(leaf("author.mentor.name", "isnull", True)) == "FGF"
    assert posts(leaf("author.", "isnull", True)) == "F"
    assert posts(leaf("author.mentor.", "exact", 1)) == "H"


def test_conditions_on_one_to_many_path_are_about_one_related_row() -> None:
    fish, twice = leaf("posts.title", "exact", "Fish"), leaf("posts.views", "exact", 2)
    assert authors(both(fish, twice)) == ""
    chain = [Step("filter", fish), Step("filter", twice)]
    assert [r["name"] for r in Reference(WORLD, "author").chained(chain)] == ["Ann"]


def test_a_row_without_related_rows_matches_through_the_other_branch() -> None:
    assert (
        authors(either(leaf("posts.title", "exact", "Hare"), leaf("name", "exact", "Cid"))) == "BC"
    )
    assert authors(leaf("posts.", "isnull", True)) == "C"
    assert authors(leaf("posts.title", "isnull", True)) == "C"
    assert authors(leaf("posts.", "isnull", False)) == "AB"


def test_a_negated_to_many_condition_is_true_of_no_related_row() -> None:
    fish = leaf("posts.title", "exact", "Fish")
    assert authors(negate(fish)) == "BC"
    # Ann has another post that is not Fish, but the negation asks about all of hers.
    assert authors(both(negate(fish), leaf("posts.views", "exact", 2))) == "B"
    assert authors(negate(both(fish, leaf("posts.views", "exact", 2)))) == "ABC"


def test_a_negation_inside_of_a_negation_asks_anew() -> None:
    fish, twice = leaf("posts.title", "exact", "Fish"), leaf("posts.views", "exact", 2)
    # not (some post is Fish and not (some post has two views))
    assert authors(negate(both(fish, negate(twice)))) == "ABC"


def test_a_negation_in_a_value_is_about_the_joined_row() -> None:
    not_fish = Predicate(negate(leaf("posts.title", "exact", "Fish")))
    assert authors(Condition(not_fish, "exact", True)) == "ABC"
    assert authors(negate(Condition(not_fish, "exact", True))) == ""
    assert authors(negate(Condition(not_fish, "exact", False))) == "BC"


def test_a_case_has_the_value_of_the_first_condition_that_is_true() -> None:
    ways = ((leaf("score", "gt", 0), Constant(1)), (leaf("id", "gt", 2), Path((), "id")))
    assert authors(Condition(Case(ways, Constant(None)), "exact", 1)) == "A"
    assert authors(Condition(Case(ways, Constant(None)), "exact", 3)) == "C"
    assert authors(Condition(Case(ways, Constant(None)), "isnull", True)) == "B"


def test_a_subquery_sees_the_row_around_it() -> None:
    own = Condition(Path(("author",), ""), "exact", Outer(Path((), "pk")))
    assert authors(Exists(Query("post", own))) == "AB"
    assert authors(negate(Exists(Query("post", own)))) == "C"
    seen = Query("post", own, "views")
    assert authors(Condition(Path((), "id"), "in", seen)) == "AB"
    assert authors(Condition(Picked(seen, "views", descending=True), "exact", 2)) == "AB"
    assert authors(Condition(Picked(seen, "views", descending=False), "exact", 1)) == "A"
    assert authors(Condition(Picked(seen, "views", descending=False), "isnull", True)) == "C"


def test_each_combination_of_joined_rows_counts() -> None:
    reference = Reference(WORLD, "author")
    assert reference.multiplicity(ANN, leaf("posts.views", "gte", 1)) == 2
    crossed = both(leaf("posts.views", "gte", 1), leaf("apprentices.name", "gt", ""))
    assert reference.multiplicity(ANN, crossed) == 2
    assert reference.multiplicity(CID, leaf("name", "exact", "Cid")) == 1


def test_paths_go_back_and_forth() -> None:
    assert authors(leaf("apprentices.posts.title", "exact", "Hare")) == "A"
    assert authors(leaf("mentor.posts.title", "exact", "Fish")) == "B"
    assert posts(leaf("author.posts.title", "exact", "Goat")) == "FG"


def test_both_sides_of_a_comparison_see_the_same_joined_row() -> None:
    same = Condition(Path(("posts",), "views"), "lt", Path((), "score"))
    assert authors(same) == "A"
    equal = Condition(Path(("posts",), "id"), "gt", Arithmetic("+", Path((), "id"), Constant(100)))
    assert authors(equal) == "AB"


def test_transforms_stand_on_the_left() -> None:
    born = Condition(Transform("year", Path((), "born")), "exact", 2000)
    assert authors(born) == ""
    assert authors(Negation(born)) == "ABC"


@pytest.mark.parametrize(
    ("descending", "nulls_first", "order"),
    [
        (False, None, "BCA"),
        (True, None, "ACB"),
        (False, False, "CAB"),
        (True, True, "BAC"),
    ],
)
def test_null_is_the_smallest_value_unless_told_otherwise(
    descending: Any, nulls_first: Any, order: Any
) -> None:
    terms = [Term(Path((), "score"), descending, nulls_first)]
    ordered = Reference(WORLD, "author").ordered(WORLD.rows["author"], terms)
    assert "".join(r["name"][0] for r in ordered) == order


def test_later_terms_break_ties() -> None:
    terms = [Term(Path((), "title")), Term(Path((), "id"), descending=True)]
    ordered = Reference(WORLD, "post").ordered(WORLD.rows["post"], terms)
    assert [r["id"] for r in ordered] == [104, 101, 102, 103]
    assert [r["id"] for r in sliced(ordered, 1, 3)] == [101, 102]


@given(scenarios())
@examples(50)
def test_kept_and_excluded_partition_the_rows_of_any_world(scenario: Scenario) -> None:
    for question in scenario.questions:
        reference = Reference(scenario.world, question.table)
        kept, excluded = reference.kept(question.tree), reference.excluded(question.tree)
        assert excluded == reference.kept(negate(question.tree))
        everything = sorted(r["id"] for r in [*kept, *excluded])
        assert everything == [r["id"] for r in scenario.world.rows[question.table]]
