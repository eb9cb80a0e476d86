"""Can a name that a user typed become SQL?"""

from __future__ import annotations

import re
import sqlite3
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from covet import FieldError
from covet.query_builder import Count, F, Q, Query, RawExpression

DIALECTS = ("sqlite", "postgresql", "mysql")
SIGNS = "\"'`[]\\;%()-#/*.,?{}$@! \x00\n\t\u2028\u200baé_1"
HOSTILE = st.text(st.sampled_from(SIGNS), max_size=12) | st.text(max_size=12)

QUERIES: dict[str, Any] = {
    "table": lambda name: Query(name),
    "alias": lambda name: Query("t", name),
    "column": lambda name: Query("t").select(name),
    "output": lambda name: Query("t").select(**{name: Count("*")}),
    "lookup": lambda name: Query("t").where(**{name: 1}),
    "condition": lambda name: Query("t").where(F(name) == 1),
    "group": lambda name: Query("t").group_by(name),
    "having": lambda name: Query("t").having(Q((name, 1))),
    "order": lambda name: Query("t").order_by(name),
    "join": lambda name: Query("t").join(name, on=Q(a=1)),
    "joined as": lambda name: Query("t").cross_join("u", name),
    "inserted": lambda name: Query("t").insert({name: 1}),
    "updated": lambda name: Query("t").update({name: 1}).all_rows(),
    "conflict": lambda name: Query("t").insert(a=1).on_conflict(name, update=[name]),
    "returned": lambda name: Query("t").delete().all_rows().returning(name),
}

QUOTED = {
    "sqlite": re.compile(r'"[\w $-]+"'),
    "postgresql": re.compile(r'"[\w $-]+"'),
    "mysql": re.compile(r"`[\w $-]+`"),
}


@pytest.mark.parametrize("place", QUERIES)
@given(name=HOSTILE)
@example(name='a" FROM t; DROP TABLE t; --')
@example(name="a` FROM t; DROP TABLE t; #")
@example(name="a%s")
@example(name="a\x00b")
@example(name="__gt")
@example(name="a.b.c")
@example(name="a" * 64)
def test_a_name_is_quoted_as_a_whole_or_refused(place: str, name: str) -> None:
    for dialect in DIALECTS:
        try:
            text, _ = QUERIES[place](name).sql(dialect)
        except FieldError:
            continue
        outside = QUOTED[dialect].sub("", text)
        assert re.fullmatch(r"[A-Z0-9(),.*=<>?%s ]*", outside), outside
        assert outside.count("%") == outside.count("%s")


WORDS = st.sampled_from(["select", "a b", "order-by", "x$", "Ünï", "group", "1st", "a" * 63])


@given(name=WORDS)
def test_a_name_that_is_no_word_of_its_own_still_works(name: str) -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.execute(f'CREATE TABLE "{name}" ("{name}")')
        insert = Query(name).insert({name: 3})
        connection.execute(*insert.sql("sqlite"))
        query = Query(name).select(name).where(F(name) == 3).order_by(f"-{name}")
        assert connection.execute(*query.sql("sqlite")).fetchall() == [(3,)]


VALUES = st.text() | st.integers(-9, 9) | st.floats(-9, 9) | st.none() | st.booleans()


@given(value=VALUES, other=VALUES)
def test_a_value_is_never_part_of_the_text(value: Any, other: Any) -> None:
    def said(a: Any, b: Any) -> str:
        query = Query("t").select(x=RawExpression("%s", a)).where(RawExpression("a = %s", [b]))
        return query.sql("sqlite")[0]

    assert said(value, other) == said("a", "b")


LOOKUPS = st.dictionaries(HOSTILE, VALUES, max_size=3)


@given(lookups=LOOKUPS)
def test_a_dictionary_of_the_users_reaches_lookups_only(lookups: dict[str, Any]) -> None:
    try:
        text, params = Query("t").where(**lookups).sql("postgresql")
    except FieldError:
        return
    assert text.count("%s") == len(params)
    assert text.startswith('SELECT * FROM "t"')
