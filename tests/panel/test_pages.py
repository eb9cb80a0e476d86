"""How is a request shown: its time line, its SQL, its groups, and what may be explained?"""

from __future__ import annotations

import re
from typing import Any

import pytest
from markupsafe import escape

from covet.panel.explaining import refused
from covet.panel.groups import has_words
from covet.panel.highlight import sql_html, sql_line
from covet.panel.records import Statement, statement
from covet.panel.rendering import FOLDER, copied, milliseconds
from covet.panel.timeline import LANE, MOST_LANES, timeline
from covet.watch import Query


def one(number: int, offset: float, seconds: float, sql: str = "SELECT 1") -> Statement:
    return statement(Query(sql, (), seconds, 1, "default", started=offset), number, 0.0)


def test_statements_that_ran_at_once_stand_under_one_another() -> None:
    drawn = timeline([one(1, 0.0, 0.4), one(2, 0.1, 0.1), one(3, 0.3, 0.4), one(4, 0.5, 0.1)], 1.0)
    assert [(bar.x, bar.width, bar.y) for bar in drawn.bars] == [
        (0.0, 40.0, 3),
        (10.0, 10.0, 23),
        (30.0, 40.0, 23),
        (50.0, 10.0, 3),
    ]
    assert drawn.lanes == 2


def test_the_shortest_statement_can_be_seen_and_stays_inside() -> None:
    bar = timeline([one(1, 1.0, 0.000001)], 1.0).bars[0]
    assert bar.width >= 0.3
    assert bar.x + bar.width <= 100


def test_many_statements_at_once_share_the_last_lane() -> None:
    drawn = timeline([one(n, 0.0, 1.0) for n in range(1, 40)], 1.0)
    assert drawn.lanes == 39
    assert drawn.height == MOST_LANES * LANE


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [
        (0.0269, ["0", "10 ms", "20 ms"]),
        (0.00744, ["0", "2 ms", "4 ms", "6 ms"]),
        (4.0, ["0", "1 s", "2 s", "3 s", "4 s"]),
    ],
)
def test_the_axis_has_round_moments(seconds: float, labels: list[str]) -> None:
    assert [tick.label for tick in timeline([], seconds).ticks] == labels


def test_each_clause_has_a_line() -> None:
    sql = (
        'SELECT a, (SELECT 1 FROM x WHERE y) FROM "post" LEFT OUTER JOIN t ON (a = b) '
        "WHERE a IS DISTINCT FROM ? GROUP BY a ORDER BY a LIMIT 5"
    )
    text = sql_html(sql).striptags()
    # striptags() makes one space of any white space
    assert text == sql
    lines = sql_html(sql).split("\n")
    begin = [line.replace('<span class="k">', "").partition("<")[0] for line in lines]
    assert begin == ["SELECT", "FROM", "LEFT", "WHERE", "GROUP", "ORDER", "LIMIT"]


def test_sql_is_escaped() -> None:
    assert "<script>" not in sql_html("SELECT '<script>' /* <b> */ FROM `<i>`")
    assert "&lt;script&gt;" in sql_html("SELECT '<script>'")


def test_a_long_list_of_columns_is_left_out_of_the_one_line() -> None:
    columns = ", ".join(f'"post"."field_{n}"' for n in range(9))
    assert sql_line(f"SELECT {columns} FROM post").striptags() == "SELECT … FROM post"
    assert sql_line("SELECT id FROM post").striptags() == "SELECT id FROM post"
    assert sql_line(f"UPDATE post SET {columns}").striptags() == f"UPDATE post SET {columns}"
    assert sql_line("").striptags() == ""


@pytest.mark.parametrize(
    ("sql", "params", "reason"),
    [
        ("SELECT 1", (), None),
        (" (SELECT 1) UNION SELECT 2", (), None),
        ("SELECT * FROM a WHERE id = ? FOR UPDATE", (1,), None),
        ("WITH x AS (SELECT 1) SELECT * FROM x", (), None),
        ("SELECT 1;", (), None),
        ("SELECT 1; DELETE FROM a", (), "semicolon"),
        ("UPDATE a SET b = 1", (), "Only a SELECT"),
        ("DELETE FROM a", (), "Only a SELECT"),
        ("WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x", (), "Only a SELECT"),
        ("EXPLAIN SELECT 1", (), "Only a SELECT"),
        ("SELECT ?", ("x" * 9000,), "not kept"),
    ],
)
def test_only_a_select_whose_parameters_are_known_is_explained(
    sql: str, params: tuple[Any, ...], reason: str | None
) -> None:
    found = refused(statement(Query(sql, params, 0.0, 1, "default"), 1, 0.0))
    assert (reason in found) if reason and found else found is reason


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [("SELECT a", "", True), ("SELECT a", "A select", True), ("SELECT a", "select b", False)],
)
def test_the_filter_wants_each_word(text: str, wanted: str, found: bool) -> None:
    assert has_words(text, wanted) is found


READ = {  # what is written in a colour, on what; the names of panel.css
    "text": ("ground", "surface", "sunken", "warn-ground"),
    "quiet": ("ground", "surface", "sunken", "warn-ground"),
    "accent": ("ground", "surface"),
    "warn": ("warn-ground",),
    "bad": ("bad-ground", "surface", "ground"),
    "good": ("good-ground",),
    "keyword": ("surface", "sunken"),
    "literal": ("surface", "sunken"),
    "holder": ("surface", "sunken"),
}


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_have_the_contrast_that_wcag_asks_for(scheme: int) -> None:
    style = (FOLDER / "panel.css").read_text()
    block = re.findall(r":root \{(.*?)\}", style, re.S)[scheme]
    hexes = dict(re.findall(r"--([\w-]+): #(\w+);", block))
    colours = {name: value if len(value) == 6 else value * 2 for name, value in hexes.items()}
    for name, grounds in READ.items():
        for ground in grounds:
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
    for name in ("bar", "warn-bar"):
        assert contrast(colours[name], colours["surface"]) >= 3, name


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_texts() -> None:
    times = [milliseconds(n) for n in (0.00042, 0.0123, 0.5, 1.239)]
    assert times == ["0.42 ms", "12.3 ms", "500 ms", "1.24 s"]
    assert copied("SELECT ?", "('a\\n',)") == "SELECT ?\n-- ('a\\n',)"
    assert copied("SELECT 1", "") == "SELECT 1"


def test_a_long_statement_is_shown_without_colours() -> None:
    sql = "SELECT '<b>' FROM " + "x" * 5_000
    assert sql_html(sql) == str(escape(sql))
    assert len(sql_line(sql)) < 4_000
    assert "&lt;b&gt;" in sql_line(sql)
