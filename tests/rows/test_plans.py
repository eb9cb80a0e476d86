"""When is a query worked out, and when is the plan of an earlier one of its shape enough?"""

from __future__ import annotations

from typing import Any

import pytest

from covet import F, Q
from covet.aio import CharField, ForeignKey, IntegerField, Model
from covet.rows import plans
from covet.schema import table
from covet.sql.dialects import dialect_for


class Author(Model):
    name = CharField(max_length=10)


class Post(Model):
    title = CharField(max_length=10)
    views = IntegerField(null=True)
    author = ForeignKey(Author, null=True, related_name="posts")


posts = Post.objects.all()


@pytest.fixture(autouse=True)
def _afresh() -> None:
    Post._plans.clear()
    Post._table.checked.clear()


def plan(query: Any, dialect: str = "sqlite") -> Any:
    return plans.rows_plan(Post, query._spec, dialect_for(dialect))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda: posts.filter(views=1), lambda: posts.filter(views=2)),
        (lambda: posts.filter(views__in=[1]), lambda: posts.filter(views__in=(2, 3, 4))),
        (lambda: posts.filter(title="x")[:5], lambda: posts.filter(title="y")[:9]),
        (lambda: posts.filter(author=1), lambda: posts.filter(author=2)),
        (lambda: posts.filter(views=F("views") + 1), lambda: posts.filter(views=F("views") + 2)),
        (lambda: posts.order_by("views"), lambda: posts.all().order_by("views")),
        (
            lambda: posts.filter(Q(views=1) | Q(title="x")),
            lambda: posts.filter(Q(views=3) | Q(title="y")),
        ),
    ],
)
def test_queries_of_one_shape_share_a_plan(one: Any, other: Any) -> None:
    assert plan(one()) is plan(other())
    assert len(Post._plans) == 1
    assert one().sql("sqlite")[0].partition("IN")[0] == other().sql("sqlite")[0].partition("IN")[0]


@pytest.mark.parametrize(
    "other",
    [
        lambda: posts.filter(views=None),
        lambda: posts.filter(views=2**64),
        lambda: posts.filter(views__in=[]),
        lambda: posts.filter(views__gt=1),
        lambda: posts.exclude(views=1),
        lambda: posts.filter(views=F("author")),
        lambda: posts.filter(views=1)[:3],
        lambda: posts.filter(views=1)[3:],
        lambda: posts.filter(views=1).distinct(),
        lambda: posts.filter(views=1).order_by("title"),
        lambda: posts.filter(views=1).reverse(),
        lambda: posts.filter(views=1).values("title"),
        lambda: posts.filter(views=1).values_list("title"),
        lambda: posts.filter(views=1).filter(),
    ],
)
def test_queries_of_another_shape_have_another_plan(other: Any) -> None:
    first = plan(posts.filter(views=1))
    same = other()._spec.key == posts.filter(views=1)._spec.key and not other()._spec.is_sliced
    assert (plan(other()) is first) == same


def test_each_dialect_has_its_own_plans() -> None:
    query = posts.filter(views=1)
    assert plan(query, "sqlite") is not plan(query, "mysql")
    assert plan(query, "sqlite") is plan(query, "sqlite")


def test_plans_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (table, plans):
        monkeypatch.setattr(module, "MOST_PLANS", 100)
    for n in range(150):
        condition = Q(views=1)
        for bit in f"{n:b}":
            condition = condition & (Q(title="x") if bit == "1" else Q(views=2))
        plan(posts.filter(condition))
    assert 0 < len(Post._plans) <= 100
    assert 0 < len(Post._table.checked) <= 100


def test_a_name_cannot_make_the_shape_of_another_query() -> None:
    assert plan(posts.values("title", "views")) is not plan(posts.values("title"))
    assert posts.order_by("title")._spec.key != posts.order_by("title", "views")._spec.key
    assert (
        posts.order_by("title").values("views")._spec.key
        != posts.order_by("title", "views").values()._spec.key
    )


def test_a_plan_made_for_a_list_serves_no_empty_list() -> None:
    assert posts.filter(views__in=(n for n in [1])).sql("sqlite")[1] == (1,)
    assert posts.filter(views__in=(n for n in [])).sql("sqlite")[0].endswith("1 = 0")
    assert posts.filter(views__in=(n for n in [2, 3])).sql("sqlite")[1] == (2, 3)
