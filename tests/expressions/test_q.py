"""What is a Q: how is it combined, shown, compared and copied, and which shape does it have?"""

from __future__ import annotations

import copy
import pickle
import time
from collections.abc import Callable
from typing import Any

import pytest

from covet import F, FieldError, OrderBy, Q, QueryTooComplex, Value

A, B, C = Q(a=1), Q(b=2), Q(c=3)


# --- combining ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        (Q(), "Q()"),
        (Q(a=1), "Q(a=1)"),
        (Q(a=1, b__gt="x"), "Q(a=1, b__gt='x')"),
        (A & B, "Q(a=1, b=2)"),
        (A & B & C, "Q(a=1, b=2, c=3)"),
        (A & (B & C), "Q(a=1, b=2, c=3)"),
        (A | B, "Q(Q(a=1) | Q(b=2))"),
        (A | B | C, "Q(Q(a=1) | Q(b=2) | Q(c=3))"),
        (A ^ B, "Q(Q(a=1) ^ Q(b=2))"),
        (A & (B | C), "Q(Q(Q(b=2) | Q(c=3)), a=1)"),
        ((A & B) | C, "Q(Q(a=1, b=2) | Q(c=3))"),
        (~A, "~Q(a=1)"),
        (~~A, "Q(a=1)"),
        (~(A & B), "~Q(a=1, b=2)"),
        (~A & B, "Q(~Q(a=1), b=2)"),
        (~A | ~B, "Q(~Q(a=1) | ~Q(b=2))"),
        (Q(A, B), "Q(a=1, b=2)"),
        (Q(A | B, c=3), "Q(Q(Q(a=1) | Q(b=2)), c=3)"),
        (Q(~A), "~Q(a=1)"),
        (Q(Q(Q(a=1))), "Q(a=1)"),
        (Q(("a", 1)), "Q(a=1)"),
        (F("a") > 1, "Q(F('a') > 1)"),
        (F("a") == F("b"), "Q(F('a') == F('b'))"),
        (F("a") != None, "~Q(F('a') == None)"),  # noqa: E711
        (F("a").in_([1, 2]), "Q(F('a').compare('in', (1, 2)))"),
        (F("a").is_null() & A, "Q(F('a').compare('isnull', True), a=1)"),
        (Q(a=F("b") + 1), "Q(a=F('b') + 1)"),
        (Q(**{"not a name": 1}), "Q(**{'not a name': 1})"),
        (Q(a="x" * 200), f"Q(a='{'x' * 78}…)"),
    ],
)
def test_repr_is_python(condition: Q, shown: str) -> None:
    assert repr(condition) == shown


def test_the_empty_condition_is_neutral() -> None:
    for empty in (Q(), Q(Q()), ~Q(), Q() & Q(), Q() | Q(), Q(Q(), ~Q())):
        assert not empty
        assert empty & A == A
        assert A & empty == A
        assert empty | A == A
        assert A | empty == A
        assert empty ^ A == A
    assert A


def test_conditions_combine_only_with_conditions() -> None:
    for other in (None, 1, "a=1", {"a": 1}):
        with pytest.raises(TypeError):
            A & other  # type: ignore[operator]
        with pytest.raises(TypeError):
            other | A  # type: ignore[operator]


def test_combining_leaves_both_sides_as_they_were() -> None:
    one, other = Q(a=1), Q(b=2) | Q(c=3)
    before = repr(one), repr(other)
    _ = one & other, one | other, ~one, ~other, one ^ other
    assert (repr(one), repr(other)) == before


def test_what_is_no_condition_is_refused() -> None:
    for thing in (None, 1, "a=1", {"a": 1}, ["a", 1]):
        with pytest.raises(FieldError) as caught:
            Q(thing)
        assert str(caught.value).endswith(
            "is not a condition. "
            "Give a Q object, a comparison such as Post.views > 10, or a keyword lookup."
        )
    with pytest.raises(FieldError, match=r"^A lookup is named by a string, not by 3\.$"):
        Q((3, 4))


def test_keywords_may_have_any_name() -> None:
    names = {"self": 1, "conditions": 2, "connector": 3, "_connector": 4, "children": 5}
    assert repr(Q(**names)) == f"Q({', '.join(f'{name}={n}' for name, n in names.items())})"
    assert Q(_connector="OR", a=1).connector == "AND"


# --- equality and copies ------------------------------------------------------------------------


def test_equal_conditions_are_equal_and_hash_alike() -> None:
    assert Q(a=1) == Q(a=1)
    assert Q(a=1, b=2) == Q(a=1) & Q(b=2)
    assert hash(Q(a=1)) == hash(Q(a=1))
    assert Q(a=1) != Q(a=2)
    assert Q(a=1) != Q(b=1)
    assert Q(a=1) | Q(b=2) != Q(a=1) & Q(b=2)
    assert ~Q(a=1) != Q(a=1)
    assert Q(a=1) != 1
    assert Q(a=F("b")) == Q(a=F("b"))
    assert Q(a=F("b")) != Q(a="b")
    assert len({Q(a=1), Q(a=1), Q(a=2)}) == 2


@pytest.mark.parametrize(
    "condition", [Q(), A, ~A, A & (B | ~C), Q(a=None, b__in=[1, 2]), F("a") + 1 > F("b")], ids=repr
)
def test_conditions_survive_pickle_and_copy(condition: Q) -> None:
    for again in (pickle.loads(pickle.dumps(condition)), copy.copy(condition)):
        assert again == condition
        assert repr(again) == repr(condition)
    assert copy.deepcopy(condition) == condition


@pytest.mark.parametrize("build", ["left", "right", "not"])
def test_trees_deeper_than_pythons_stack_are_handled(build: str) -> None:
    tree = Q(a=0)
    for n in range(1, 3000):
        leaf = Q(a=n)
        if build == "left":
            tree = (tree | leaf) if n % 2 else (tree & leaf)
        elif build == "right":
            tree = (leaf | tree) if n % 2 else (leaf & tree)
        else:
            tree = ~(tree & leaf)
    assert len(tree.values) == 3000
    assert len(repr(tree)) > 3000
    assert pickle.loads(pickle.dumps(tree)) == tree
    assert hash(tree) == hash(~~tree)
    assert copy.deepcopy(tree) == tree
    assert tree != ~tree


@pytest.mark.parametrize("join", [Q.__or__, Q.__and__, Q.__xor__])
def test_a_loop_may_join_thousands_of_terms(join: Callable[[Q, Q], Q]) -> None:
    began = time.perf_counter()
    tree = Q()
    for n in range(4000):
        tree = join(tree, Q(a=n))

    assert tree.values == tuple(range(4000))
    assert tree.depth == 2
    assert time.perf_counter() - began < 0.8  # 0.03; it took 1.3 when each step looked at all


def test_the_depth_is_that_of_the_deepest_branch() -> None:
    branch = (A | B) & C
    assert [q.depth for q in (Q(), A, A & B, branch, branch & A, branch | A)] == [1, 2, 2, 3, 3, 4]
    assert [q.depth for q in (~A, ~~A, ~A & B, Q(~A), Q(branch), Q(branch, a=1))] == [
        2, 2, 3, 2, 3, 4,
    ]  # fmt: skip
    assert pickle.loads(pickle.dumps(branch | A)).depth == 4


def test_a_condition_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError, match=r"^'Q' object has no attribute 'kye'$"):
        (A | B).kye  # type: ignore[attr-defined]  # noqa: B018


def test_deep_arithmetic_is_refused() -> None:
    with pytest.raises(QueryTooComplex) as caught:
        sum([F("a")] * 200)
    assert str(caught.value) == "An expression is nested 101 levels deep; the limit is 100."


# --- shapes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Q(a=1), Q(a=2)),
        (Q(a=1), Q(a="x")),
        (Q(a=1), Q(a=b"x")),
        (Q(a=1.5), Q(a=object())),
        (Q(a__in=[1]), Q(a__in=(2, 3))),
        (Q(a__in=[1]), Q(a__in={4})),
        (Q(a__in=[1]), Q(a__in=(n for n in (5, 6)))),
        (Q(a__in=[1, None]), Q(a__in=[2])),
        (Q(a=1) | Q(b=2), Q(a=3) | Q(b=4)),
        (F("a") > 1, F("a") > 2),
        (F("a") + 1 > F("b"), F("a") + 2 > F("b")),
        (Q(a=2**63 - 1), Q(a=-(2**63))),
        (Q(a=2**64), Q(a=2**100)),
    ],
)
def test_values_are_not_part_of_the_shape(one: Q, other: Q) -> None:
    assert one.key == other.key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Q(a=1), Q(b=1)),
        (Q(a=1), Q(a=None)),
        (Q(a=1), Q(a__gt=1)),
        (Q(a=1), ~Q(a=1)),
        (Q(a=1), Q(a=2**63)),
        (Q(a=2**63), Q(a=-(2**63) - 1)),
        (Q(a=1), Q(a=F("b"))),
        (Q(a=F("b")), Q(a=F("c"))),
        (Q(a=1), F("a") == 1),
        (Q(a__in=[1]), Q(a__in=[])),
        (Q(a__in=[None]), Q(a__in=[])),
        (Q(a__in=[None]), Q(a__in=[1])),
        (Q(a__isnull=True), Q(a__isnull=False)),
        (Q(a=1, b=2), Q(a=1) | Q(b=2)),
        (Q(a=1) | Q(b=2), Q(a=1) ^ Q(b=2)),
        (Q(a=1) & (Q(b=1) | Q(c=1)), (Q(a=1) & Q(b=1)) | Q(c=1)),
        (F("a") + 1 > 2, F("a") + 1.5 > 2),
        (F("a") + 1 > 2, F("a") - 1 > 2),
        ((F("a") + 1) * 2 > 1, F("a") + F("b") * 2 > 1),
        (Q(a="b"), Q(a=F("b"))),
    ],
)
def test_what_changes_the_sql_is_part_of_the_shape(one: Q, other: Q) -> None:
    assert one.key != other.key


def test_names_that_look_like_words_of_a_shape_make_no_equal_shape() -> None:
    words = [".", "[*]", "[]", "null", "AND(", ")", "F", "?", "filter", ";", "~OR(", "V"]
    keys = {Q(**{word: 1}).key for word in words}
    keys |= {Q(a=1, **{word: 2}).key for word in words}
    keys |= {Q(a=F(word)).key for word in words}
    keys |= {Q(a=word).key for word in words}
    assert len(keys) == 3 * len(words) + 1


def test_values_keep_the_order_in_which_they_stand() -> None:
    condition = Q(a=1, b__in=[2, 3]) | (Q(c=F("d") + 4) & ~Q(e=None, f=5))
    assert condition.values == (1, (2, 3), 4, 5)
    assert (F("a") + 1 > F("b") * 2).values == (1, 2)


# --- expressions and orderings ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        (F("a") + 1, "F('a') + 1"),
        (1 - F("a"), "1 - F('a')"),
        ((F("a") + 1) * F("b"), "(F('a') + 1) * F('b')"),
        (F("a") / (F("b") % 2), "F('a') / (F('b') % 2)"),
        (-F("a"), "F('a') * -1"),
        (Value(3) * F("a"), "3 * F('a')"),
        (F("a").desc(), "F('a').desc()"),
        ((F("a") + 1).asc(nulls_last=True), "(F('a') + 1).asc(nulls_last=True)"),
        (F("a").desc(nulls_first=True), "F('a').desc(nulls_first=True)"),
    ],
)
def test_expressions_show_themselves_as_python(expression: Any, shown: str) -> None:
    assert repr(expression) == shown


def test_a_comparison_has_no_truth_value_either() -> None:
    with pytest.raises(FieldError) as raised:
        _ = 1 < F("a") < 3

    assert str(raised.value) == (
        "Q(F('a') > 1) is a condition and has no truth value in Python. "
        "Combine conditions with & and |, not with 'and', 'or' or 'a < b < c'."
    )


def test_a_tree_of_keywords_is_true_if_it_says_anything() -> None:
    assert Q(a=1)
    assert not Q()


def test_an_expression_has_no_truth_value() -> None:
    with pytest.raises(FieldError) as caught:
        bool(F("a"))
    assert str(caught.value) == (
        "F('a') is an expression and has no truth value in Python. "
        "Combine conditions with & and |, not with 'and' and 'or'."
    )


def test_an_ordering_has_its_nulls_at_one_end_only() -> None:
    with pytest.raises(FieldError) as caught:
        F("a").asc(nulls_first=True, nulls_last=True)
    assert str(caught.value) == "An ordering has nulls_first or nulls_last, not both."
    assert F("a").asc().nulls_first
    assert not F("a").desc().nulls_first
    assert not F("a").asc(nulls_last=True).nulls_first
    assert OrderBy(F("a")).reversed().key == F("a").desc().key


def test_f_takes_a_name() -> None:
    for thing in (None, 1, F("a"), b"a"):
        with pytest.raises(FieldError, match=r"^F\(\) takes the name of a field, not "):
            F(thing)  # type: ignore[arg-type]
