"""What do generated loaders make of rows, for each shape of output and each dialect?"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from covet.aio import (
    BooleanField,
    CharField,
    DateTimeField,
    DecimalField,
    FieldError,
    ForeignKey,
    JSONField,
    Model,
)
from covet.query import resolve
from covet.query.spec import Output, QuerySpec
from covet.rows.loader import loader
from covet.schema.record import Origin
from covet.sql.dialects import dialect_for

HERE = Origin("here")


class Author(Model):
    name = CharField(max_length=10)


class Post(Model):
    title = CharField(max_length=10)
    draft = BooleanField(null=True)
    price = DecimalField(max_digits=5, decimal_places=2, null=True)
    data = JSONField(null=True)
    made = DateTimeField(null=True)
    author = ForeignKey(Author, null=True)


def load(kind: str, *paths: str, dialect: str = "sqlite", rows: Any, distinct: bool = False) -> Any:
    """The rows as a query of this output gets them."""
    spec = QuerySpec(Post._table)
    if kind != "instances":
        spec = spec.giving(Output(kind, paths))
    if distinct:
        spec = spec.ordered(("title",)).distinctly()
    select = resolve.select(spec)
    return loader(Post, spec.output, select, dialect_for(dialect))(rows, HERE)


def test_instances_get_each_column_under_its_attribute() -> None:
    (post,) = load("instances", rows=[(1, "a", 1, "1.50", '{"k": 1}', "2024-01-02 03:04:05", 7)])
    assert type(post) is Post
    assert post.__dict__ == {
        "_origin": HERE,
        "id": 1,
        "title": "a",
        "draft": True,
        "price": Decimal("1.50"),
        "data": {"k": 1},
        "made": dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
        "author_id": 7,
    }


def test_null_stays_none_whatever_the_column() -> None:
    (post,) = load("instances", rows=[(1, "a", None, None, None, None, None)])
    assert [post.draft, post.price, post.data, post.made, post.author_id] == [None] * 5


def test_values_are_converted_as_the_dialect_needs_it() -> None:
    moment = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)
    paths = ("draft", "price", "made")
    for dialect, row in (
        ("sqlite", (0, "1.50", "2024-01-02 00:00:00")),
        ("postgresql", (False, Decimal("1.50"), moment)),
        ("mysql", (0, Decimal("1.50"), moment.replace(tzinfo=None))),
    ):
        found = load("list", *paths, dialect=dialect, rows=[row])
        assert found == [(False, Decimal("1.50"), moment)]
        assert type(found[0][0]) is bool


def test_each_shape_of_output() -> None:
    rows = [("a", 7), ("b", None)]
    assert load("values", "title", "author_id", rows=rows) == [
        {"title": "a", "author_id": 7},
        {"title": "b", "author_id": None},
    ]
    assert load("list", "title", "author_id", rows=rows) == rows
    assert load("flat", "title", rows=[("a",), ("b",)]) == ["a", "b"]
    assert load("list", "title", rows=[("a",)]) == [("a",)]
    (named,) = load("named", "title", "author__name", rows=[("a", "Ann")])
    assert (named.title, named.author__name) == ("a", "Ann")


def test_no_rows_make_an_empty_list() -> None:
    for kind in ("instances", "values", "list", "flat"):
        assert load(kind, "title", rows=[]) == []


def test_what_distinct_selects_to_order_by_is_left_out() -> None:
    assert load("flat", "draft", rows=[(1, "a"), (0, "b")], distinct=True) == [True, False]
    assert load("values", "draft", rows=[(1, "a")], distinct=True) == [{"draft": True}]


def test_named_rows_need_names_that_differ() -> None:
    with pytest.raises(FieldError, match=r"^values_list\(named=True\) cannot name its columns"):
        load("named", "title", "title", rows=[])
