# generated from tests/_async/test_explain.py by scripts/generate_sync.py;
# change that file, not this one
"""What does ``explain()`` ask of each database, and what does it refuse?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from covet.sync import (
    CharField,
    Database,
    FieldError,
    IntegerField,
    Model,
    NotSupportedError,
    capture_queries,
)


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)


posts: Any = Post.objects.filter(views__gt=9, title__contains="100%").order_by("title")

ANALYZED = {
    "postgresql": "EXPLAIN (ANALYZE true, FORMAT TEXT) SELECT ",
    "mysql": "ANALYZE SELECT ",
}


def asked(**options: Any) -> tuple[str, str]:
    """What was sent, and what came back."""
    with capture_queries() as queries:
        text = posts.explain(**options)
    assert len(queries) == 1
    return queries[0].sql, text


def test_a_text_names_the_table(db: Database) -> None:
    sql, text = asked()

    assert sql.startswith("EXPLAIN ")
    assert "post" in text


def test_the_text_of_sqlite_is_a_tree(db: Database) -> None:
    if db.dialect.name == "sqlite":
        assert posts.explain().splitlines() == ["SCAN post", "USE TEMP B-TREE FOR ORDER BY"]


def test_the_text_of_mariadb_is_a_table_with_a_head(db: Database) -> None:
    if db.dialect.name == "mysql":
        assert posts.explain().split()[:3] == ["id", "select_type", "table"]


def test_a_document_is_valid_json(db: Database) -> None:
    if db.dialect.name == "sqlite":
        with pytest.raises(FieldError) as error:
            posts.explain(format="json")
        assert str(error.value) == (
            "sqlite explains no query with the format 'json' (in explain(format='json')). "
            "Formats: text."
        )
        return
    for name in ("json", "JSON"):
        sql, text = asked(format=name)
        assert json.loads(text)
        assert "JSON" in sql


def test_analyze_runs_the_select(db: Database) -> None:
    if db.dialect.name == "sqlite":
        with pytest.raises(NotSupportedError) as error:
            posts.explain(analyze=True)
        assert str(error.value) == (
            "sqlite has no way to measure a query by running it. Leave out analyze=True; "
            "capture_queries() tells how long a query took."
        )
        return
    sql, text = asked(analyze=True)
    assert sql.startswith(ANALYZED[db.dialect.name])
    assert "rows" in text
    sql, text = asked(format="json", analyze=True)
    assert json.loads(text)


def test_options_are_those_of_postgresql(db: Database) -> None:
    if db.dialect.name == "postgresql":
        sql, text = asked(format="yaml", analyze=True, buffers=True, costs=False)
        assert sql.startswith(
            "EXPLAIN (ANALYZE true, BUFFERS true, COSTS false, FORMAT YAML) SELECT "
        )
        assert text.startswith("- Plan:")
        assert posts.explain(format="xml").startswith("<explain")
        return
    with pytest.raises(FieldError, match=r"explains no query with the option 'buffers'"):
        posts.explain(buffers=True)


def test_words_of_others_do_not_reach_the_database(db: Database) -> None:
    with capture_queries() as queries:
        for name in ("text) SELECT 1; --", "jsom", "", 3, ["text"]):
            with pytest.raises(FieldError, match="explains no query with the format"):
                posts.explain(format=name)
        for name in ("verbose true) SELECT 1; --", "verbos", "Buffers"):
            with pytest.raises(FieldError, match="explains no query with the option"):
                posts.explain(**{name: True})
        for value in ("true", 1, None):
            with pytest.raises(FieldError, match="True or False"):
                posts.explain(analyze=value)
    assert len(queries) == 0


def test_the_nearest_word_is_named(db: Database) -> None:
    with pytest.raises(FieldError) as error:
        posts.explain(format="texts")
    assert "Did you mean 'text'? Formats: text" in str(error.value)
    if db.dialect.name == "postgresql":
        with pytest.raises(FieldError) as error:
            posts.explain(verbos=True)
        assert str(error.value) == (
            "postgresql explains no query with the option 'verbos' (in explain(verbos=…)). "
            "Did you mean 'verbose'? Options: analyze, buffers, costs, memory, settings, summary, "
            "timing, verbose, wal."
        )
        with pytest.raises(FieldError) as error:
            posts.explain(verbose="yes")
        assert str(error.value) == (
            "The option verbose is True or False, not 'yes' (in explain(verbose=…))."
        )


def test_of_no_rows_there_is_nothing_to_explain(db: Database) -> None:
    with capture_queries() as queries:
        assert Post.objects.none().explain() == ""
    assert len(queries) == 0


def test_other_shapes_of_rows_and_slices_are_explained(db: Database) -> None:
    assert "post" in posts.values("title")[2:5].explain()
