"""Do the answers look as they should, in text that is not in colour?"""

from __future__ import annotations

import io
from datetime import date
from typing import Any, NamedTuple

from examples.flights.answers import answer
from examples.flights.page import duration
from examples.flights.screen import Screen
from examples.flights.sql import laid_out, parameters


class Query(NamedTuple):
    sql: str
    params: tuple[Any, ...] = ()
    seconds: float = 0.002


def test_each_clause_has_its_line() -> None:
    sql = 'SELECT "a" FROM "t" LEFT JOIN "u" ON "u"."id" = "t"."u_id" WHERE "a" = ? LIMIT 1'
    assert laid_out(sql, 96).splitlines() == [
        'SELECT "a"',
        'FROM "t"',
        'LEFT JOIN "u" ON "u"."id" = "t"."u_id"',
        'WHERE "a" = ?',
        "LIMIT 1",
    ]


def test_what_is_in_quotes_or_parentheses_stays_whole() -> None:
    sql = """SELECT 'it''s FROM (', "a FROM b" FROM t WHERE (a IN (SELECT b FROM c WHERE d))"""
    assert laid_out(sql, 96).splitlines() == [
        """SELECT 'it''s FROM (', "a FROM b\"""",
        "FROM t",
        "WHERE (a IN (SELECT b FROM c WHERE d))",
    ]


def test_many_columns_are_cut_short_in_a_comment() -> None:
    sql = "SELECT DISTINCT a, coalesce(b, 1), c, d, e, f FROM t"
    assert laid_out(sql, 96) == "SELECT DISTINCT a, coalesce(b, 1), c, d, /* 2 more */\nFROM t"


def test_lines_are_not_longer_than_they_may() -> None:
    lines = laid_out(f"SELECT a FROM t WHERE {' AND '.join(['a = ?'] * 40)}", 60).splitlines()
    assert max(map(len, lines)) <= 60
    assert " ".join(map(str.strip, lines[2:])).count("a = ?") == 40


def test_parameters_read_as_one_would_write_them() -> None:
    assert parameters(("it", 3, None, date(2013, 10, 4))) == "'it', 3, None, 2013-10-04"
    assert parameters(tuple(range(9))) == "0, 1, 2, 3, 4, 5, … 3 more"


def test_a_page_has_the_question_the_answer_its_table_and_each_statement_once() -> None:
    out = io.StringIO()
    screen = Screen(out)
    counted = answer("In {}: {:,}.", "May", 1200).with_table(
        "month, flights", [("April", 7), ("May", 1200)]
    )
    queries = [Query("SELECT 1 FROM t WHERE m = ?", (m,)) for m in (4, 5)]
    screen.answer("When?", counted, queries)
    screen.close()
    assert out.getvalue().splitlines() == [
        "",
        " 1  When?",
        "    In May: 1,200.",
        "    month   flights",
        "    April         7",
        "    May       1,200",
        "      SELECT 1",
        "      FROM t",
        "      WHERE m = ?",
        "      with 4, and 1 more like it",
        "      2 queries, 4 ms",
        "",
        "1 questions answered in 4 ms.",
    ]


def test_progress_passes_the_batches_on_and_ends_with_one_line() -> None:
    out = io.StringIO()
    screen = Screen(out)
    assert list(screen.progress("Flight", [[1, 2], [3]], 3)) == [[1, 2], [3]]
    assert out.getvalue().startswith("Flight         3 rows ")
    assert out.getvalue().count("\n") == 1
    assert screen.loads["Flight"][0] == 3


def test_a_duration_has_the_unit_that_fits() -> None:
    assert [duration(s) for s in (0.00012, 0.0123, 0.4567, 12.34)] == [
        "0.12 ms",
        "12.3 ms",
        "457 ms",
        "12.3 s",
    ]
