# generated from tests/_async/test_query_builder.py by scripts/generate_sync.py;
# change that file, not this one
"""What can be asked of tables without their models?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from covet.query_builder import (
    Avg,
    Case,
    Coalesce,
    Count,
    Exists,
    ExtractYear,
    F,
    Func,
    Max,
    Min,
    OuterRef,
    Q,
    Query,
    RawExpression,
    RowNumber,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from covet.sync import (
    CharField,
    Database,
    DateField,
    DecimalField,
    FieldError,
    IntegerField,
    IntegrityError,
    Model,
    NotSupportedError,
    ProgrammingError,
    Row,
    atomic,
    capture_queries,
)


class Author(Model):
    name = CharField(max_length=20, unique=True)
    age = IntegerField(null=True)


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    author_id = IntegerField(null=True)
    price = DecimalField(max_digits=8, decimal_places=2, default=0)
    day = DateField(null=True)


def write(db: Database) -> None:
    db.execute(
        Query("author").insert(
            [
                {"id": 1, "name": "Ann", "age": 30},
                {"id": 2, "name": "Bob", "age": None},
                {"id": 3, "name": "Cy", "age": 50},
            ]
        )
    )
    rows = [
        (1, "a", 3, 1, "1.50", date(2026, 1, 5)),
        (2, "b", 12, 2, "2.25", date(2026, 2, 5)),
        (3, "c", 7, 2, "0.25", date(2025, 2, 5)),
        (4, "d", 7, None, "9.00", None),
    ]
    columns = ("id", "title", "views", "author_id", "price", "day")
    db.execute(
        Query("post").insert(
            [dict(zip(columns, (*row[:4], Decimal(row[4]), row[5]), strict=True)) for row in rows]
        )
    )


def asked(db: Database, query: Query) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.fetch(query)]


# --- rows ----------------------------------------------------------------------------------------


def test_rows_are_read_by_name(db: Database) -> None:
    write(db)
    rows = db.fetch(Query("post").select("title", seen="views").where(id=2))
    assert isinstance(rows[0], Row)
    assert (rows[0].title, rows[0]["seen"]) == ("b", 12)


def test_without_select_all_columns_come(db: Database) -> None:
    write(db)
    row = db.fetch(Query("author").where(id=1))[0]
    assert row.asdict() == {"id": 1, "name": "Ann", "age": 30}


def test_a_query_as_text_and_parameters_gives_the_same(db: Database) -> None:
    write(db)
    query = Query("post").select("title").where(views__in=[3, 12]).order_by("title")
    assert db.fetch(*query.sql(db.dialect)) == db.fetch(query)


def test_a_query_can_be_streamed(db: Database) -> None:
    write(db)
    query = Query("post").select("title").order_by("id")
    assert [row.title for row in db.stream(query, chunk_size=2)] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("lookups", "titles"),
    [
        ({"views": 7}, "cd"),
        ({"views__gt": 7}, "b"),
        ({"views__lte": 7}, "acd"),
        ({"views__in": [3, 12, 99]}, "ab"),
        ({"views__in": []}, ""),
        ({"views__range": (3, 7)}, "acd"),
        ({"author_id__isnull": True}, "d"),
        ({"author_id": None}, "d"),
        ({"title__contains": "b"}, "b"),
        ({"title__icontains": "B"}, "b"),
        ({"title__startswith": "c"}, "c"),
        ({"title__regex": "^[ab]$"}, "ab"),
        ({"title__in": ["a", "d"]}, "ad"),
        ({"day": date(2026, 2, 5)}, "b"),
        ({"day__lt": date(2026, 1, 6)}, "ac"),
        ({"price__gt": Decimal("2.25")}, "d"),
        ({"price": Decimal("2.25")}, "b"),
    ],
)
def test_lookups_are_those_of_models(db: Database, lookups: dict[str, Any], titles: str) -> None:
    write(db)
    query = Query("post").select("title").where(**lookups).order_by("title")
    assert "".join(row.title for row in db.fetch(query)) == titles


def test_conditions_are_combined(db: Database) -> None:
    write(db)
    query = Query("post", "p").select("title").order_by("title")
    both = query.where((F("p.views") > 5) & ~Q(author_id=2))
    assert asked(db, both) == [("d",)]
    either = query.where(Q(views__lt=5) | Q(author_id=None))
    assert asked(db, either) == [("a",), ("d",)]
    assert asked(db, query.where(views__gt=5).where(views__lt=10)) == [("c",), ("d",)]


def test_order_slices_and_distinct_rows(db: Database) -> None:
    write(db)
    query = Query("post").select("title").order_by("-views", "title")
    assert asked(db, query.limit(2)) == [("b",), ("c",)]
    assert asked(db, query.limit(2).offset(1)) == [("c",), ("d",)]
    assert asked(db, query.offset(3)) == [("a",)]
    assert asked(db, query.order_by(F("author_id").desc(nulls_last=True), "title")) == [
        ("b",),
        ("c",),
        ("a",),
        ("d",),
    ]
    assert asked(db, Query("post").select("views").distinct().order_by("views")) == [
        (3,),
        (7,),
        (12,),
    ]


def test_nulls_come_first_on_every_database(db: Database) -> None:
    write(db)
    query = Query("author").select("name").order_by("age")
    assert asked(db, query) == [("Bob",), ("Ann",), ("Cy",)]


def test_expressions_are_selected(db: Database) -> None:
    write(db)
    query = (
        Query("post")
        .where(id=2)
        .select(
            more=F("views") * 2 + 1,
            size=Case(When(views__gt=10, then=Value("large")), default=Value("small")),
            who=Coalesce("author_id", Value(0)),
            loud=Func("title", function="UPPER"),
            both=F("title") + "!",
        )
    )
    assert asked(db, query) == [(25, "large", 2, "B", "b!")]


# --- groups --------------------------------------------------------------------------------------


def test_groups_and_conditions_on_them(db: Database) -> None:
    write(db)
    query = (
        Query("post")
        .select("author_id", n=Count("*"), most=Max("views"), least=Min("views"))
        .group_by("author_id")
        .order_by("-n", "author_id")
    )
    assert asked(db, query) == [(2, 2, 12, 7), (None, 1, 7, 7), (1, 1, 3, 3)]
    assert asked(db, query.having(n__gt=1)) == [(2, 2, 12, 7)]
    assert asked(db, query.having(Count("*") > 1)) == [(2, 2, 12, 7)]
    assert asked(db, query.having(Max("views") < 7)) == [(1, 1, 3, 3)]


def test_aggregates_of_all_rows(db: Database) -> None:
    write(db)
    query = Query("post").select(
        n=Count(RawExpression("*")),
        writers=Count("author_id", distinct=True),
        few=Count("*", filter=Q(views__lt=10)),
        total=Sum("views"),
        price=Sum("price"),
    )
    row = db.fetch(query)[0]
    assert (row.n, row.writers, row.few, int(row.total)) == (4, 2, 3, 29)
    assert Decimal(str(row.price)) == 13
    average = db.fetch(Query("post").select(a=Avg("views")))[0].a
    assert float(average) == 7.25


def test_groups_by_a_named_expression_with_parameters(db: Database) -> None:
    write(db)
    query = (
        Query("post")
        .select(
            over=Case(When(views__gt=5, then=Value("many")), default=Value("few")), n=Count("*")
        )
        .where(id__in=[1, 2, 3, 4])
        .group_by("over")
        .order_by("over")
    )
    assert asked(db, query) == [("few", 1), ("many", 3)]


def test_an_output_may_be_called_like_its_column(db: Database) -> None:
    write(db)
    query = Query("post").select("author_id", views=Sum("views")).group_by("author_id")
    found = db.fetch(query.having(Sum("views") > 5).order_by("-views"))
    assert [int(row.views) for row in found] == [19, 7]


# --- more tables ---------------------------------------------------------------------------------


def test_joins(db: Database) -> None:
    write(db)
    query = Query("post", "p").select("p.title", "a.name").order_by("p.title")
    same = F("p.author_id") == F("a.id")
    inner = query.join("author", "a", on=same)
    assert asked(db, inner) == [("a", "Ann"), ("b", "Bob"), ("c", "Bob")]
    left = query.left_join("author", "a", on=same)
    assert asked(db, left)[-1] == ("d", None)
    right = query.right_join("author", "a", on=same)
    assert asked(db, right.order_by("p.title", "a.name")) == [
        (None, "Cy"),
        ("a", "Ann"),
        ("b", "Bob"),
        ("c", "Bob"),
    ]
    assert len(db.fetch(query.cross_join("author", "a"))) == 12


def test_a_full_join_where_there_is_one(db: Database) -> None:
    write(db)
    query = Query("post", "p").select("p.title", "a.name")
    query = query.full_join("author", "a", on=F("p.author_id") == F("a.id"))
    if db.dialect.name == "mysql":
        with pytest.raises(NotSupportedError, match="has no FULL JOIN"):
            db.fetch(query)
    else:
        assert {("d", None), (None, "Cy")} < set(asked(db, query))


def test_a_table_joined_to_itself(db: Database) -> None:
    write(db)
    query = (
        Query("post", "one")
        .join("post", "other", on=(F("one.views") == F("other.views")) & Q(id__lt=F("other.id")))
        .select("one.title", twin="other.title")
    )
    assert asked(db, query) == [("c", "d")]


def test_a_query_as_a_table(db: Database) -> None:
    write(db)
    ranked = Query("post").select(
        "title",
        "author_id",
        place=Window(RowNumber(), partition_by=F("author_id"), order_by=F("views").desc()),
    )
    best = Query(ranked.where(author_id__isnull=False), "r").select("title").where(place=1)
    assert asked(db, best.order_by("title")) == [("a",), ("b",)]
    totals = Query("post").select("author_id", total=Sum("views")).group_by("author_id")
    query = (
        Query("author", "a")
        .left_join(totals.where(views__gt=1), "t", on=F("t.author_id") == F("a.id"))
        .select("a.name", total=Coalesce("t.total", Value(0)))
        .where(id__gt=0)
        .order_by("a.name")
    )
    assert [(name, int(total)) for name, total in asked(db, query)] == [
        ("Ann", 3),
        ("Bob", 19),
        ("Cy", 0),
    ]


def test_queries_in_conditions_and_outputs(db: Database) -> None:
    write(db)
    authors = Query("author").select("name").order_by("name")
    posts = Query("post").where(author_id=OuterRef("id"))
    assert asked(db, authors.where(Exists(posts))) == [("Ann",), ("Bob",)]
    assert asked(db, authors.where(~Exists(posts))) == [("Cy",)]
    writers = Query("post").select("author_id").where(views__gt=5)
    assert asked(db, authors.where(id__in=writers)) == [("Bob",)]
    sliced = Query("post").select("author_id").order_by("-views").limit(1)
    assert asked(db, authors.where(id__in=sliced)) == [("Bob",)]
    most = posts.select("title").order_by("-views").limit(1)
    assert asked(db, authors.select(best=Subquery(most))) == [
        ("Ann", "a"),
        ("Bob", "b"),
        ("Cy", None),
    ]


def test_a_table_in_its_own_subquery(db: Database) -> None:
    write(db)
    others = Query("post").where(views=OuterRef("views")).where(id__gt=OuterRef("id"))
    assert asked(db, Query("post").select("title").where(Exists(others))) == [("c",)]


def test_models_and_tables_ask_each_other(db: Database) -> None:
    write(db)
    young = Author.objects.filter(age__lt=40)
    query = Query("post").select("title").where(author_id__in=young.values("pk"))
    assert asked(db, query) == [("a",)]
    busy = Query("post").select("author_id").where(views__gt=10)
    assert [author.name for author in Author.objects.filter(pk__in=busy)] == ["Bob"]
    posts = Query("post").where(author_id=OuterRef("pk"), views__gt=1)
    found = Author.objects.filter(~Exists(posts))
    assert [author.name for author in found] == ["Cy"]
    counted = posts.select(n=Count("*"))
    annotated = Author.objects.annotate(n=Subquery(counted)).order_by("name")
    assert [author.n for author in annotated] == [1, 2, 0]


def test_an_outer_row_two_queries_further_out(db: Database) -> None:
    write(db)
    same = Query("author", "other").select("id").where(id=OuterRef(OuterRef("pk")))
    posts = Post.objects.filter(author_id__in=same, views__gt=1)
    found = Author.objects.filter(Exists(posts)).order_by("name")
    assert [author.name for author in found] == ["Ann", "Bob"]


def test_rows_of_several_queries(db: Database) -> None:
    write(db)
    names = Query("author").select("name")
    titles = Query("post").select("title").where(views__gt=5)
    assert asked(db, titles.union(names).order_by("title").limit(3)) == [
        ("Ann",),
        ("Bob",),
        ("Cy",),
    ]
    views = Query("post").select("views")
    assert len(db.fetch(views.union_all(views))) == 8
    assert len(db.fetch(views.union(views))) == 3
    few = views.where(views__lt=10)
    assert asked(db, views.intersect(few).order_by("views")) == [(3,), (7,)]
    assert asked(db, views.except_(few)) == [(12,)]
    top = views.order_by("-views").limit(1)
    assert asked(db, top.union(views.order_by("views").limit(1)).order_by("views")) == [
        (3,),
        (12,),
    ]
    everything = Query("author").union_all(Query("author")).where(id=1)
    assert len(db.fetch(everything)) == 2


def test_a_query_that_others_name(db: Database) -> None:
    write(db)
    totals = Query("post").select("author_id", total=Sum("views")).group_by("author_id")
    query = (
        Query("author", "a")
        .with_cte("totals", totals.where(views__gt=1), columns=("author", "seen"))
        .join("totals", "t", on=F("t.author") == F("a.id"))
        .select("a.name", "t.seen")
        .where(F("t.seen") > 3)
    )
    assert [(name, int(seen)) for name, seen in asked(db, query)] == [("Bob", 19)]
    above = Query("totals").select("author").where(seen__gt=3)
    query = Query("author").select("name").where(id__in=above)
    query = query.with_cte("totals", totals, columns=("author", "seen"))
    assert asked(db, query) == [("Bob",)]


def test_a_recursive_query(db: Database) -> None:
    write(db)
    first = Query("post").select("id", "title", depth=Value(1)).where(id=1)
    more = Query("post", "p").join("chain", "c", on=F("p.id") == F("c.id") + 1)
    chain = first.union_all(more.select("p.id", "p.title", depth=F("c.depth") + 1))
    query = Query("chain").select("title", "depth").with_cte("chain", chain, recursive=True)
    assert asked(db, query.where(depth__gt=1).order_by("depth")) == [
        ("b", 2),
        ("c", 3),
        ("d", 4),
    ]
    numbers = Query("author").select(n=Value(1)).limit(1)
    numbers = (
        Query(numbers, "one")
        .select("n")
        .union_all(Query("numbers").select(n=F("n") + 1).where(n__lt=5))
    )
    counted = Query("numbers").with_cte("numbers", numbers, recursive=True).select(s=Sum("n"))
    assert int(db.fetch(counted)[0].s) == 15


def test_parts_of_moments(db: Database) -> None:
    write(db)
    query = Query("post").select("title").order_by("title")
    assert asked(db, query.where(day__year=2026)) == [("a",), ("b",)]
    assert asked(db, query.where(day__year__lt=2026)) == [("c",)]
    assert asked(db, query.where(day__month=2, day__year__gte=2026)) == [("b",)]
    years = Query("post").select(y=ExtractYear("day"), n=Count("*")).where(day__isnull=False)
    assert asked(db, years.group_by("y").order_by("y")) == [(2025, 1), (2026, 2)]


# --- raw SQL -------------------------------------------------------------------------------------


def test_raw_expressions_are_parts_of_anything(db: Database) -> None:
    write(db)
    query = (
        Query("post")
        .select("title", rest=RawExpression("views %% %s", 5))
        .where(RawExpression("views > %s OR views < %s", 10, 4), id__gt=1)
        .order_by(RawExpression("views * %s", [-1]))
    )
    assert asked(db, query) == [("b", 2)]


def test_the_year_of_a_raw_expression(db: Database) -> None:
    write(db)
    text = "EXTRACT(YEAR FROM day)" if db.dialect.name != "sqlite" else "strftime('%%Y', day)"
    year = RawExpression(text)
    query = Query("post").select(y=year, n=Count(RawExpression("*"))).where(day__isnull=False)
    found = asked(db, query.group_by("y").order_by("-y"))
    assert [(int(y), n) for y, n in found] == [(2026, 2), (2025, 1)]


def test_parameters_of_raw_expressions_never_become_sql(db: Database) -> None:
    write(db)
    hostile = "a' OR '1'='1"
    query = Query("post").where(RawExpression("title = %s", hostile))
    assert db.fetch(query) == []


# --- changes -------------------------------------------------------------------------------------


def test_insert(db: Database) -> None:
    result = db.execute(Query("author").insert(name="Ann", age=3))
    assert result.rowcount == 1
    db.execute(Query("author").insert([{"name": "B", "age": 1}, {"name": "C", "age": None}]))
    rows = asked(db, Query("author").select("name", "age").order_by("name"))
    assert rows == [("Ann", 3), ("B", 1), ("C", None)]


def test_insert_expressions_and_rows_of_a_query(db: Database) -> None:
    write(db)
    db.execute(Query("author").insert(name=RawExpression("%s", "Di"), age=Value(3) + 1))
    db.execute(
        Query("author").insert(
            Query("post").select(name=F("title") + "!", age="views").where(views__gt=5)
        )
    )
    rows = asked(db, Query("author").select("name", "age").where(id__gt=3).order_by("name"))
    assert rows == [("Di", 4), ("b!", 12), ("c!", 7), ("d!", 7)]


def test_insert_gives_what_it_wrote(db: Database) -> None:
    query = Query("author").insert([{"name": "A"}, {"name": "B"}]).returning("name", n="id")
    rows = db.fetch(query)
    assert [row.name for row in rows] == ["A", "B"]
    assert rows[1].n == rows[0].n + 1


def test_fetching_what_gives_no_rows_gives_none(db: Database) -> None:
    assert db.fetch(Query("author").insert(name="A")) == []
    assert db.fetch(Query("author").update(age=3).all_rows()) == []
    assert asked(db, Query("author").select("name", "age")) == [("A", 3)]


def test_conflicts_are_passed_over_or_update(db: Database) -> None:
    db.execute(Query("author").insert(name="Ann", age=1))
    again = Query("author").insert([{"name": "Ann", "age": 2}, {"name": "Bob", "age": 2}])
    with pytest.raises(IntegrityError):
        db.execute(again)
    db.execute(again.on_conflict("name"))
    everyone = Query("author").select("name", "age").order_by("name")
    assert asked(db, everyone) == [("Ann", 1), ("Bob", 2)]
    db.execute(again.on_conflict("name", update=["age"]))
    assert asked(db, everyone) == [("Ann", 2), ("Bob", 2)]
    same = Query("author").insert(everyone)
    db.execute(same.on_conflict("name"))
    assert asked(db, everyone) == [("Ann", 2), ("Bob", 2)]


def test_update(db: Database) -> None:
    write(db)
    result = db.execute(
        Query("post", "p").where(F("p.id") == 2).update(views=F("views") + 1, title="x")
    )
    assert result.rowcount == 1
    one = Query("post").select("title", "views").where(id=2)
    assert asked(db, one) == [("x", 13)]
    most = Query("author").select("age").where(id=OuterRef("author_id"))
    db.execute(Query("post").update(views=Coalesce(Subquery(most), Value(0))).all_rows())
    views = Query("post").select("views").order_by("id")
    assert asked(db, views) == [(30,), (0,), (0,), (0,)]
    db.execute(Query("post").update(author_id=None).where(author_id=2))
    assert len(db.fetch(Query("post").where(author_id=None))) == 3


def test_delete(db: Database) -> None:
    write(db)
    assert db.execute(Query("post").delete().where(views=7)).rowcount == 2
    writers = Query("author").select("id").where(name="Ann")
    db.execute(Query("post").where(author_id__in=writers).delete())
    assert asked(db, Query("post").select("title")) == [("b",)]
    db.execute(Query("post").delete().all_rows())
    assert db.fetch(Query("post")) == []


def test_changes_give_rows_where_the_database_can(db: Database) -> None:
    write(db)
    gone = Query("post").delete().where(id=1).returning("title")
    assert asked(db, gone) == [("a",)]
    changed = Query("post").update(views=1).where(id=2).returning("title", "views")
    if db.dialect.returning_on_update:
        assert asked(db, changed) == [("b", 1)]
    else:
        with pytest.raises(NotSupportedError, match="has no RETURNING for UPDATE"):
            db.fetch(changed)


def delete_and_fail(db: Database) -> None:
    with atomic():
        assert len(db.fetch(Query("post").where(id=1).for_update())) == 1
        db.execute(Query("post").delete().all_rows())
        raise ZeroDivisionError


def test_queries_take_part_in_transactions(db: Database) -> None:
    write(db)
    with pytest.raises(ZeroDivisionError):
        delete_and_fail(db)
    assert len(db.fetch(Query("post"))) == 4


# --- mistakes ------------------------------------------------------------------------------------


def test_what_does_not_fit_is_refused_before_anything_is_sent(db: Database) -> None:
    with capture_queries() as queries:
        with pytest.raises(FieldError, match=r"^delete\(\) without where\(\)"):
            db.execute(Query("post").delete())
        with pytest.raises(FieldError, match=r"^A query brings its own parameters"):
            db.fetch(Query("post"), [1])
        with pytest.raises(FieldError, match=r"^int is neither SQL nor a query"):
            db.fetch(3)  # type: ignore[arg-type]
    assert queries == []


def test_unknown_columns_and_tables_are_errors_of_the_database(db: Database) -> None:
    for query in (
        Query("post").select("nothing"),
        Query("post").where(nothing=1),
        Query("post").order_by("nothing"),
        Query("nothing"),
        Query("post").update(nothing=1).all_rows(),
    ):
        with pytest.raises(ProgrammingError):
            db.fetch(query)
