# generated from tests/_async/test_saving_many_expressions.py by scripts/generate_sync.py;
# change that file, not this one
"""What if the database is to calculate values of many new rows?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.lookups import Exact
from covet.sync import (
    Case,
    CharField,
    Concat,
    Count,
    Database,
    F,
    FieldError,
    IntegerField,
    IntegrityError,
    Lower,
    Model,
    Upper,
    ValidationError,
    Value,
    When,
    capture_queries,
)


class Brand(Model):
    name = CharField(max_length=20)


class Product(Model):
    title = CharField(max_length=20, unique=True)
    views = IntegerField(null=True)
    rank = IntegerField(db_default=7)


def rows() -> list[Any]:
    return Product.objects.order_by("pk").values_list("pk", "title", "views", "rank").fetch()


def test_expressions_and_values_are_one_statement_and_have_their_keys(db: Database) -> None:
    new = [
        Product(title=Upper(Value("q"))),
        Product(title="b", views=1),
        Product(title=Value("c"), views=Value(2) * 3),
        Product(title=Lower(Upper(Value("D")))),
    ]

    with capture_queries() as queries:
        made = Product.objects.bulk_create(new)

    assert [query.sql.split()[0] for query in queries] == ["INSERT"]
    assert not any(product._state.adding for product in made)
    assert rows() == [
        (made[0].pk, "Q", None, 7),
        (made[1].pk, "b", 1, 7),
        (made[2].pk, "c", 6, 7),
        (made[3].pk, "d", None, 7),
    ]
    assert [product.rank for product in made] == [7, 7, 7, 7]


def test_what_was_calculated_is_loaded_when_it_is_asked_for(db: Database) -> None:
    first, second = Product.objects.bulk_create(
        [Product(title=Upper(Value("q")), views=3), Product(title="b")]
    )

    assert first.get_deferred_fields() == {"title"}
    assert second.get_deferred_fields() == set()
    first.refresh_from_db(fields=["title"])
    assert (first.title, first.views, second.title) == ("Q", 3, "b")


def test_the_second_time_other_values_are_bound(db: Database) -> None:
    for word in ("a", "b"):
        Product.objects.bulk_create(
            [Product(title=Upper(Value(word))), Product(title=word, views=None)]
        )

    assert sorted(title for _, title, *_ in rows()) == ["A", "B", "a", "b"]


def test_what_the_database_fills_in_differs_from_row_to_row(db: Database) -> None:
    made = Product.objects.bulk_create(
        [
            Product(title=Upper(Value("a")), rank=1),
            Product(title=Upper(Value("b"))),
            Product(id=5000, title=Upper(Value("c")), rank=Value(1) + 1),
        ]
    )

    found = {title: (pk, rank) for pk, title, _, rank in rows()}
    assert found == {"A": (made[0].pk, 1), "B": (made[1].pk, 7), "C": (5000, 2)}


def test_conditions_and_queries_are_values_too(db: Database) -> None:
    Brand.objects.bulk_create([Brand(name="x"), Brand(name="y")])
    brands = Brand.objects.order_by("name")

    Product.objects.bulk_create(
        [
            Product(title=brands.values("name")[:1], views=5),
            Product(title=brands.filter(name="y").values("name")[:1]),
            Product(title=Case(When(Exact(Value(1), 1), then=Value("z")), default=Value("no"))),
        ]
    )

    assert [title for _, title, *_ in rows()] == ["x", "y", "z"]


def test_few_with_expressions_among_many_without(db: Database) -> None:
    new = [Product(title=f"p{n}", views=n) for n in range(1000)]
    new[500] = Product(title=Lower(Value("P500")), views=500)
    new[501].views = Value(500) + 1

    with capture_queries() as queries:
        made = Product.objects.bulk_create(new)

    assert len([q for q in queries if q.sql.startswith("INSERT")]) == 3
    found = rows()
    assert [title for _, title, *_ in found] == [f"p{n}" for n in range(1000)]
    assert [pk for pk, *_ in found] == [product.pk for product in made]


def test_a_batch_has_at_most_the_size_that_is_given(db: Database) -> None:
    new = [Product(title=Lower(Value(f"P{n}"))) for n in range(10)]

    with capture_queries() as queries:
        Product.objects.bulk_create(new, batch_size=4)

    inserts = [query for query in queries if query.sql.startswith("INSERT")]
    assert [query.rowcount for query in inserts] == [4, 4, 2]


def test_many_values_in_expressions_are_several_statements(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.dialect, "most_parameters", 20)  # it is thousands
    new = [Product(title=Concat(*map(Value, "abcdef"), Value(f"{n}"))) for n in range(10)]

    with capture_queries() as queries:
        Product.objects.bulk_create(new)

    inserts = [query for query in queries if query.sql.startswith("INSERT")]
    assert [query.rowcount for query in inserts] == [2, 2, 2, 2, 2]
    assert [title for _, title, *_ in rows()] == [f"abcdef{n}" for n in range(10)]


def test_all_rows_are_written_or_none_and_the_instances_keep_their_expressions(
    db: Database,
) -> None:
    first = Product(title=Upper(Value("a")))
    new = [first, Product(title="b"), Product(title="A")]

    with pytest.raises(IntegrityError):
        Product.objects.bulk_create(new, batch_size=1)

    assert rows() == []
    assert first.get_deferred_fields() == set()
    assert first._state.adding


def test_a_column_of_a_new_row_is_refused_before_any_row(db: Database) -> None:
    new = [Product(title="a"), Product(title="b", views=F("rank") + 1)]

    with capture_queries() as queries:
        with pytest.raises(FieldError, match=r"but a new row has none yet\."):
            Product.objects.bulk_create(new, batch_size=1)
        with pytest.raises(FieldError):
            Product.objects.bulk_create([Product(title="a", views=Count("rank"))])
        with pytest.raises(FieldError, match=r"^Product\.views is of type .* and cannot be set to"):
            Product.objects.bulk_create([new[0], Product(title="b", views=Upper(Value("x")))])
        with pytest.raises(ValidationError, match=r"^Product\.title must not be None"):
            Product.objects.bulk_create([Product(title=Upper(Value("x"))), Product()])
        with pytest.raises(ValidationError, match=r"^Product\.views must be a whole number"):
            Product.objects.bulk_create(
                [Product(title=Upper(Value("x"))), Product(title="y", views="x")]
            )
    assert queries == []


def test_rows_that_are_there_are_updated_to_what_is_calculated(db: Database) -> None:
    old = Product.objects.create(title="A", views=1)
    new = [
        Product(title=Upper(Value("a")), views=Value(1) + 1),
        Product(title="b", views=3),
        Product(title=Upper(Value("a")), views=Value(2) * 2),
    ]

    made = Product.objects.bulk_create(
        new, update_conflicts=True, update_fields=["views"], unique_fields=["title"]
    )

    assert [(title, views) for _, title, views, _ in rows()] == [("A", 4), ("b", 3)]
    assert (made[0].pk, made[2].pk) == (old.pk, old.pk)


def test_rows_that_are_there_are_passed_over(db: Database) -> None:
    Product.objects.create(title="A", views=1)
    new = [Product(title=Upper(Value("a")), views=2), Product(title=Lower(Value("B")))]

    made = Product.objects.bulk_create(new, ignore_conflicts=True)

    assert [(title, views) for _, title, views, _ in rows()] == [("A", 1), ("b", None)]
    assert [product.pk for product in made] == [None, None]
    assert all("title" not in product.get_deferred_fields() for product in made)
