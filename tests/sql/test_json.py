"""How does each database say what is asked of JSON documents? Side by side."""

from __future__ import annotations

from typing import Any

import pytest

from covet.aio import KT, Count, JSONArray, JSONField, JSONObject, KeyTransform, Model
from covet.rows import plans
from covet.sql.dialects import dialect_for


class Page(Model):
    data = JSONField(null=True)


PAGES: Any = Page.objects
ALL: Any = Page.objects.values_list("pk", flat=True)


def asked(queryset: Any, dialect: str) -> tuple[str, tuple[Any, ...]]:
    """The SQL of a queryset and its parameters."""
    spec = queryset._spec
    return plans.rows_plan(Page, spec, dialect_for(dialect)).bind(spec.values)


def shown(text: str) -> str:
    """What stands behind WHERE, without the alias and the quotes of the table."""
    text = text.replace("`", '"').replace('"page".', "")
    return text.partition(" WHERE ")[2] or text


SAID: list[tuple[Any, dict[str, str]]] = [
    (
        ALL.filter(data__a__b=1),
        {
            "sqlite": 'covet_json_canonical(covet_json_path("data", ?)) = ?',
            "postgresql": '("data" -> %s::text -> %s::text) = %s::jsonb',
            "mysql": 'COALESCE(JSON_NORMALIZE(CONCAT(JSON_EXTRACT("data", %s)'
            " COLLATE utf8mb4_nopad_bin, ' ')) COLLATE utf8mb4_nopad_bin,"
            ' JSON_EXTRACT("data", %s)) = %s',
        },
    ),
    (
        ALL.filter(data__a__0__isnull=True),
        {
            "sqlite": 'covet_json_path("data", ?) IS NULL',
            "postgresql": '("data" -> %s::text #> ARRAY[%s::text]) IS NULL',
            "mysql": 'COALESCE(JSON_EXTRACT(JSON_EXTRACT("data", %s), %s),'
            ' JSON_EXTRACT("data", %s)) IS NULL',
        },
    ),
    (
        ALL.filter(data__has_key="a"),
        {
            "sqlite": 'covet_json_has_keys("data", ?, 0)',
            "postgresql": '(jsonb_typeof("data") = \'object\' AND "data" ?& %s::text[])',
            "mysql": 'JSON_CONTAINS(JSON_KEYS("data"), %s)',
        },
    ),
    (
        ALL.filter(data__contains={"a": [1]}),
        {
            "sqlite": 'covet_json_contains("data", ?)',
            "postgresql": '"data" @> %s::jsonb',
            "mysql": "EXISTS (SELECT 1 FROM JSON_TABLE(\"data\", '$' COLUMNS (v JSON PATH '$')) AS j0"  # noqa: E501
            " WHERE JSON_TYPE(j0.v) = 'OBJECT' AND JSON_TYPE(JSON_EXTRACT(j0.v, %s)) = 'ARRAY'"
            " AND EXISTS (SELECT 1 FROM JSON_TABLE(JSON_EXTRACT(j0.v, %s), '$[*]'"
            " COLUMNS (v JSON PATH '$')) AS j1"
            " WHERE JSON_NORMALIZE(CONCAT(j1.v COLLATE utf8mb4_nopad_bin, ' ')) COLLATE utf8mb4_nopad_bin = %s))",  # noqa: E501
        },
    ),
    (
        ALL.filter(data__a__gt=5),
        {
            "sqlite": 'covet_json_compare(covet_json_path("data", ?), ?) > 0',
            "postgresql": 'CASE WHEN (jsonb_typeof(("data" -> %s::text)), jsonb_typeof(%s::jsonb))'
            " = ('number', 'number') THEN (\"data\" -> %s::text) > %s::jsonb"
            ' WHEN (jsonb_typeof(("data" -> %s::text)), jsonb_typeof(%s::jsonb))'
            " = ('string', 'string') THEN ((\"data\" -> %s::text) #>> '{}') COLLATE \"C\""
            " > (%s::jsonb #>> '{}') END",
            "mysql": "CASE WHEN JSON_TYPE(JSON_EXTRACT(\"data\", %s)) IN ('INTEGER',"
            " 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') AND JSON_TYPE(%s) IN ('INTEGER',"
            " 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN"
            ' CAST(JSON_EXTRACT("data", %s) AS DOUBLE) > CAST(%s AS DOUBLE)'
            ' OR (CAST(JSON_EXTRACT("data", %s) AS DOUBLE) = CAST(%s AS DOUBLE)'
            ' AND CAST(JSON_EXTRACT("data", %s) AS DECIMAL(65, 30)) > CAST(%s AS DECIMAL(65, 30)))'
            " ELSE CASE WHEN JSON_TYPE(JSON_EXTRACT(\"data\", %s)) = 'STRING' THEN"
            ' JSON_UNQUOTE(JSON_EXTRACT("data", %s)) COLLATE utf8mb4_nopad_bin END'
            " > CASE WHEN JSON_TYPE(%s) = 'STRING' THEN"
            " JSON_UNQUOTE(%s) COLLATE utf8mb4_nopad_bin END END",
        },
    ),
    (
        PAGES.values_list(KT("data__a"), flat=True),
        {
            "sqlite": 'SELECT covet_json_text(covet_json_path("data", ?), 0) AS "kt1" FROM "page"',
            "postgresql": 'SELECT (("data" -> %s::text) #>> \'{}\') AS "kt1" FROM "page"',
            "mysql": "SELECT CASE JSON_TYPE(JSON_EXTRACT(\"data\", %s)) WHEN 'NULL' THEN NULL"
            " WHEN 'STRING' THEN JSON_UNQUOTE(JSON_EXTRACT(\"data\", %s)) COLLATE utf8mb4_nopad_bin"
            ' ELSE JSON_LOOSE(JSON_EXTRACT("data", %s)) COLLATE utf8mb4_nopad_bin END AS "kt1" FROM "page"',  # noqa: E501
        },
    ),
    (
        PAGES.values_list(JSONObject(a=JSONArray("pk")), flat=True),
        {
            "sqlite": "SELECT (? || COALESCE(('[' || COALESCE(covet_json_of(\"id\", 'integer'),"
            " 'null') || ']'), 'null') || '}') AS \"jsonobject1\" FROM \"page\"",
            "postgresql": 'SELECT jsonb_build_object(%s::text, jsonb_build_array(to_jsonb("id")))'
            ' AS "jsonobject1" FROM "page"',
            "mysql": "SELECT CONCAT(%s, COALESCE(CONCAT('[', COALESCE(CAST(\"id\" AS CHAR)"
            " COLLATE utf8mb4_nopad_bin, 'null'), ']') COLLATE utf8mb4_nopad_bin, 'null'), '}')"
            ' AS "jsonobject1" FROM "page"',
        },
    ),
]


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql"])
@pytest.mark.parametrize(("queryset", "wanted"), SAID, ids=[str(n) for n in range(len(SAID))])
def test_the_sql(queryset: Any, wanted: dict[str, str], dialect: str) -> None:
    assert shown(asked(queryset, dialect)[0]) == wanted[dialect]


def test_keys_are_parameters_and_no_part_of_the_text() -> None:
    for dialect in ("sqlite", "postgresql", "mysql"):
        texts = set()
        for key in ("x", "'", '"', "\\", "%s", "a.b", "*", "$", "`", "a--"):
            queryset = ALL.filter(KeyTransform(key, "data") == 1).order_by(
                KeyTransform(key, "data")
            )
            texts.add(asked(queryset, dialect)[0])
        assert len(texts) == 1, dialect


def test_a_path_of_mariadb_quotes_each_key_as_json_does() -> None:
    wanted = {
        "a": '$."a"',
        'a"b': '$."a\\"b"',
        "a\\b": '$."a\\\\b"',
        "a.b": '$."a.b"',
        "*": '$."*"',
        "[0]": '$."[0]"',
        "": '$.""',
        "é": '$."é"',
        "\n": '$."\\n"',
    }
    for key, path in wanted.items():
        assert asked(ALL.filter(KeyTransform(key, "data") == 1), "mysql")[1][0] == path


def test_a_group_and_its_output_have_the_same_parameters() -> None:
    queryset = PAGES.values("data__a").annotate(n=Count("pk")).order_by()
    text, params = asked(queryset, "postgresql")
    assert text == (
        'SELECT ("page"."data" -> %(p0)s::text), COUNT("page"."id") AS "n" FROM "page" '
        'GROUP BY ("page"."data" -> %(p0)s::text)'
    )
    assert params == {"p0": "a"}
