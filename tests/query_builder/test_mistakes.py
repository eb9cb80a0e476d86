"""What does the query builder refuse, and in which words?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from covet import ConfigurationError, CovetError, QueryTooComplex
from covet.aio import IntegerField, Model
from covet.query_builder import (
    Count,
    ExpressionWrapper,
    F,
    Q,
    Query,
    RawExpression,
    RowNumber,
    Sum,
    Window,
)


class Post(Model):
    views = IntegerField()


T = Query("t")

NAMES = "Names have letters, digits, '_', '$', '-' and spaces; SQL goes into RawExpression(…)."

MISTAKES: dict[str, Callable[[], Any]] = {
    f"'COUNT(*)' cannot be the name of a column (in select('COUNT(*)')). {NAMES}": lambda: T.select(
        "COUNT(*)"
    ),
    f"'t; --' cannot be the name of a table (in Query('t; --')). {NAMES}": lambda: Query("t; --"),
    f"3 cannot be the name of a table (in Query(3)). {NAMES}": lambda: Query(3),  # type: ignore[arg-type]
    "'a b' cannot be the name of a column (in select(**{'a b': …})). "
    "Use letters, digits and single underscores.": lambda: T.select(**{"a b": "a"}),
    "'x.y' cannot be the name of a table (in join('u')). "
    "Use letters, digits and single underscores.": lambda: T.join("u", "x.y", on=Q(a=1)),
    "3 is neither a column nor an expression (in select(3)). "
    "Name a column, or write Value(…).": lambda: T.select(3),
    "A query needs a name to be a table (in Query(query)). "
    'Give it one: Query(query, "rows").': lambda: Query(T),
    "Query() takes a Query, not QuerySet. "
    "A queryset of a model can stand in conditions: where(id__in=queryset).": lambda: Query(
        Post.objects.all(),
        "p",  # type: ignore[arg-type]
    ),
    "union() takes a Query, not str. "
    "A queryset of a model can stand in conditions: where(id__in=queryset).": lambda: T.union(
        "u"  # type: ignore[arg-type]
    ),
    "join() needs a condition that says something (in join('u', …)). "
    "Use cross_join() for every row beside every row.": lambda: T.join("u", on=Q()),
    "limit() takes a number of rows, not -1.": lambda: T.limit(-1),
    "offset() takes a number of rows, not True.": lambda: T.offset(True),
    "limit() takes a number of rows, not '1; drop table t'.": lambda: T.limit("1; drop table t"),  # type: ignore[arg-type]
    "for_update() takes nowait or skip_locked, not both.": lambda: T.for_update(
        nowait=True, skip_locked=True
    ),
    "insert() has no rows. Give at least one: insert(title=…).": lambda: T.insert([]),
    "insert() takes mappings of columns and values, not 3.": lambda: T.insert([3]),  # type: ignore[list-item]
    "The rows of insert() differ in their columns: ['b'] and ['a']. "
    "Give None where a row has no value.": lambda: T.insert([{"a": 1}, {"b": 1}]),
    "insert() has to know the columns that a query's values go into. "
    'Say them: insert(query, columns=("title", "views")).': lambda: T.insert(Query("u")),
    "insert() has to know the column that F('a') + 1 goes into. "
    "Give it a name in select(), or say columns=(…).": lambda: T.insert(
        Query("u").select(F("a") + 1)
    ),
    "insert() is about a table, and this is a query on a query.": lambda: Query(T, "q").insert(a=1),
    "delete() cannot follow update().": lambda: T.update(a=1).delete(),
    "update() has nothing to set. Write update(title=…).": lambda: T.update(),
    "on_conflict(update=…) has to know the columns of the constraint. "
    'Name them: on_conflict("id", update=["title"]).': lambda: T.insert(a=1).on_conflict(
        update=["a"]
    ),
    "RawExpression('a = %s') has 1 times %s, and 0 parameters. "
    "A percent sign is written %%.": lambda: RawExpression("a = %s"),
    "There is no dialect 'oracle'. Dialects: sqlite, postgresql, mysql.": lambda: T.sql("oracle"),
    # what is known only of the whole query
    "The query has no table 'u' (in select('u.a')). "
    "Tables: t. Add it with join('u', on=…).": lambda: T.select("u.a").sql(),
    "Two tables of the query are called 't' (in join('t', …)). "
    'Give this one a name of its own: join("t", "other", on=…).': lambda: T.join(
        "t", on=Q(a=1)
    ).sql(),
    "t.a has no lookup 'gtt' (in where(a__gtt=…)). Did you mean 'gt'? Lookups: contains, "
    "date, day, endswith, exact, gt, gte, hour, icontains, iendswith, iexact, in, iregex, isnull, "
    "iso_week_day, iso_year, istartswith, lt, lte, minute, month, quarter, range, regex, second, "
    "startswith, time, week, week_day, year.": lambda: T.where(a__gtt=1).sql(),
    "Count('*') is about many rows and cannot stand here (in where(Count('*') > …)). "
    "A condition on groups goes into having(…).": lambda: T.where(Count("*") > 3).sql(),
    "F('x') is about many rows, and no group can be made by it (in group_by('x')).": lambda: (
        T.select(x=Sum("a")).group_by("x").sql()
    ),
    "A condition on what a window says of a row cannot stand in having() (in having(r=…)). "
    'Ask for it in a query around this one: Query(query, "rows").where(…).': lambda: (
        T.select(r=Window(RowNumber())).having(r=1).sql()
    ),
    "Post.views belongs to a model, and this query is about tables (in select(Post.views)). "
    "Name the column: F('table.column').": lambda: T.select(Post.views).sql(),
    "delete() without where() would be about all rows of t. "
    "Write all_rows() if that is meant.": lambda: T.delete().sql(),
    "update() without where() would be about all rows of t. "
    "Write all_rows() if that is meant.": lambda: T.update(a=1).sql(),
    "update() has no limit(). Say which rows in a subquery: "
    'where(id__in=Query(…).select("id").limit(…)).': lambda: T.update(a=1).limit(3).sql(),
    "insert() has no where(). It goes with select(), update() and delete().": lambda: (
        T.insert(a=1).where(a=1).sql()
    ),
    "A query that selects has no returning(). It goes with insert(), update() and delete().": (
        lambda: T.returning("a").sql()
    ),
    "Query('u').delete() cannot stand in another query.": lambda: T.where(
        a__in=Query("u").delete().all_rows()
    ).sql(),
    "insert() cannot read columns: there is no row yet. "
    "Give values, or insert the rows of a query.": lambda: T.insert(a=F("b")).sql(),
    "Query('u') gives all columns, and has to give one (in where(a__in=…)). "
    'Name it: select("id").': lambda: T.where(a__in=Query("u")).sql(),
    "A recursive query is a union of its first rows and of those found from them "
    "(in with_cte('x', …)). Write with_cte(name, first.union_all(next), recursive=True).": lambda: (
        T.with_cte("x", T.select("a"), recursive=True)
    ),
    "delete() has no with_cte(). It goes with select().": lambda: (
        T.with_cte("x", T).delete().all_rows().sql()
    ),
    "Distinct rows cannot be put in random order. "
    'Do it in a query around this one: Query(query, "rows").order_by("?").': lambda: (
        T.distinct().order_by("?").sql()
    ),
}


@pytest.mark.parametrize("message", MISTAKES)
def test_a_mistake_names_the_call_the_word_and_the_choices(message: str) -> None:
    with pytest.raises(CovetError) as caught:
        MISTAKES[message]()
    assert str(caught.value) == message


def test_more_parameters_than_the_server_takes() -> None:
    query = T.insert([{"a": n} for n in range(33_000)])
    with pytest.raises(QueryTooComplex) as caught:
        query.sql("sqlite")
    assert str(caught.value) == (
        "The statement has 33000 parameters; sqlite takes 32766. Insert the rows in several parts."
    )


def test_an_unknown_dialect_is_an_error_of_configuration() -> None:
    with pytest.raises(ConfigurationError):
        T.sql("")


def test_moments_of_unknown_type_have_to_say_what_they_are() -> None:
    from datetime import timedelta

    from covet import DateTimeField, FieldError

    with pytest.raises(FieldError) as caught:
        T.select(later=F("day") + timedelta(days=1)).sql()
    assert str(caught.value) == (
        "'+' calculates with a value of type duration and one of unknown type. "
        "Say what it is: ExpressionWrapper(…, DateTimeField())."
    )
    known = ExpressionWrapper(F("day"), DateTimeField()) + timedelta(days=1)
    assert "covet_moved" in T.select(later=known).sql()[0]
