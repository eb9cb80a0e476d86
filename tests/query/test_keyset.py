"""Which SQL do positions in an order become, on each database?"""

from __future__ import annotations

from typing import Any

import pytest

from covet import F
from covet.aio import CharField, ForeignKey, IntegerField, Model
from covet.query.cursors import Position, packed, unpacked
from covet.query.keyset import Walk

SECRET = "sixteen characters, or more"


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    likes = IntegerField(null=True)
    author = ForeignKey(Author)


def where(terms: list[Any], values: tuple[Any, ...], dialect: str, forward: bool = True) -> str:
    """The WHERE of the rows behind a position, and what it is ordered by."""
    query: Any = Post.objects.order_by(*terms)
    walk = Walk.of(query._spec, SECRET, "after(…)")
    narrowed = query.filter(walk.beyond(Position(values), forward)).values("id")
    text: str = narrowed._with(walk.ordered(narrowed._spec, True)).sql(dialect)[0]
    return text.partition(" WHERE ")[2].replace("`", '"').replace("%s", "?")


ALIKE = ("sqlite", "postgresql", "mysql")


@pytest.mark.parametrize("dialect", ALIKE)
def test_one_term_is_one_comparison(dialect: str) -> None:
    assert where(["pk"], (1,), dialect) == '"post"."id" > ? ORDER BY "post"."id" ASC'
    assert where(["-pk"], (1,), dialect) == '"post"."id" < ? ORDER BY "post"."id" DESC'
    assert where(["-pk"], (1,), dialect, forward=False).startswith('"post"."id" > ?')


@pytest.mark.parametrize("dialect", ALIKE)
def test_what_all_have_in_common_is_said_once_more(dialect: str) -> None:
    assert where(["-views"], (5, 1), dialect) == (
        '(("post"."views" = ? AND "post"."id" < ?) OR "post"."views" < ?) AND "post"."views" <= ? '
        'ORDER BY "post"."views" DESC, "post"."id" DESC'
    )


@pytest.mark.parametrize("dialect", ALIKE)
def test_related_rows_are_joined_once(dialect: str) -> None:
    assert where(["author__name", "-views"], ("Ann", 5, 1), dialect) == (
        '(((("post"."views" = ? AND "post"."id" < ?) OR "post"."views" < ?) '
        'AND "author"."name" = ?) OR "author"."name" > ?) AND "author"."name" >= ? '
        'ORDER BY "author"."name" ASC, "post"."views" DESC, "post"."id" DESC'
    )


@pytest.mark.parametrize(
    ("dialect", "order"),
    [
        ("sqlite", '"post"."likes" ASC NULLS LAST, "post"."id" ASC'),
        ("postgresql", '"post"."likes" ASC, "post"."id" ASC'),
        ("mysql", '"post"."likes" IS NULL ASC, "post"."likes" ASC, "post"."id" ASC'),
    ],
)
def test_nulls_are_where_the_order_has_them(dialect: str, order: str) -> None:
    last = F("likes").asc(nulls_last=True)
    assert where([last], (5, 1), dialect) == (
        '("post"."likes" = ? AND "post"."id" > ?) OR "post"."likes" > ? '
        f'OR "post"."likes" IS NULL ORDER BY {order}'
    )
    assert where([last], (None, 1), dialect) == (
        f'"post"."likes" IS NULL AND "post"."id" > ? ORDER BY {order}'
    )
    assert where(["likes"], (None, 1), dialect).startswith(
        '("post"."likes" IS NULL AND "post"."id" > ?) OR "post"."likes" IS NOT NULL ORDER BY'
    )


@pytest.mark.parametrize("value", [None, True, 7, -0.5, float("inf"), "[1]", b"\x00\xff"])
def test_values_come_back_as_they_went(value: Any) -> None:
    found = unpacked(packed(value))
    assert found == value
    assert type(found) is type(value)
