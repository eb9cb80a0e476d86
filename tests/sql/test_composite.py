"""How does each dialect say what is asked of keys of several columns?"""

from __future__ import annotations

from typing import Any

import pytest

from covet import F, Q
from covet.aio import (
    DB_SET_NULL,
    CharField,
    CompositePrimaryKey,
    ForeignKey,
    Index,
    IntegerField,
    Model,
    OneToOneField,
)
from covet.query.spec import QuerySpec
from covet.rows import plans, saving
from covet.sql import ddl
from covet.sql.dialects import DIALECTS, dialect_for


class Order(Model):
    pk = CompositePrimaryKey("tenant", "number")
    tenant = IntegerField()
    number = IntegerField()
    code = CharField(max_length=5)


class Line(Model):
    order = ForeignKey(Order, null=True, on_delete=DB_SET_NULL, related_name="lines")
    text = CharField(max_length=20)


class Visit(Model):
    tenant = IntegerField()
    number = IntegerField()
    order = OneToOneField(Order, from_fields=("tenant", "number"), related_name="visit")

    class Meta:
        indexes = (Index("-order", name="late"),)


ORDERS: Any = Order.objects.order_by().values_list("code", flat=True)
LINES: Any = Line.objects.values_list("text", flat=True)


def said(text: str, dialect: str) -> str:
    """SQLite's text as another dialect writes it."""
    if dialect == "sqlite":
        return text
    text = text.replace("?", "%s")
    return text.replace('"', "`") if dialect == "mysql" else text


def behind(word: str, query: Any, dialect: str) -> tuple[str, tuple[Any, ...]]:
    sql, params = query.sql(dialect)
    return sql.partition(f" {word} ")[2], params


SAME = '"order"."tenant" = ? AND "order"."number" = ?'

WHERE: list[tuple[Any, str, tuple[Any, ...]]] = [
    (Q(pk=(1, 2)), SAME, (1, 2)),
    (~Q(pk=(1, 2)), f"NOT ({SAME})", (1, 2)),
    (
        Q(pk=(1, 2)) | Q(code="x"),
        f'({SAME}) OR "order"."code" = ?',
        (1, 2, "x"),
    ),
    (
        Q(pk__gte=(1, 2)),
        '("order"."tenant" = ? AND "order"."number" >= ?) OR "order"."tenant" > ?',
        (1, 2, 1),
    ),
    (Q(pk__isnull=True), '"order"."tenant" IS NULL', ()),
    (
        Q(pk=F("pk")),
        '"order"."tenant" = "order"."tenant" AND "order"."number" = "order"."number"',
        (),
    ),
]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("condition", "text", "params"), WHERE)
def test_conditions(condition: Q, text: str, params: tuple[Any, ...], dialect: str) -> None:
    assert behind("WHERE", ORDERS.filter(condition), dialect) == (said(text, dialect), params)


@pytest.mark.parametrize(
    ("dialect", "text", "params"),
    [
        ("sqlite", '("order"."tenant", "order"."number") IN (VALUES (?, ?), (?, ?))', (1, 2, 3, 4)),
        (
            "postgresql",
            '("order"."tenant", "order"."number") IN '
            "(SELECT * FROM unnest(%s::bigint[], %s::bigint[]))",
            ([1, 3], [2, 4]),
        ),
        (
            "mysql",
            "(`order`.`tenant`, `order`.`number`) IN ((%s, %s), (%s, %s))",
            (1, 2, 3, 4),
        ),
    ],
)
def test_lists_of_keys(dialect: str, text: str, params: tuple[Any, ...]) -> None:
    keys = [(1, 2), (3, 4), (5, None), (6, 2**70)]

    assert behind("WHERE", ORDERS.filter(pk__in=keys), dialect) == (text, params)


def test_a_list_without_any_possible_key() -> None:
    query = ORDERS.filter(pk__in=[(1, None)])

    assert behind("IN", query, "sqlite") == ("(VALUES (NULL, NULL))", ())
    assert behind("IN", query, "mysql") == ("((NULL, NULL))", ())
    assert behind("WHERE", ORDERS.filter(pk__in=[]), "sqlite")[0] == "1 = 0"


def test_a_long_list_is_one_json_array_on_sqlite() -> None:
    text, params = behind("IN", ORDERS.filter(pk__in=[(1, n) for n in range(300)]), "sqlite")

    assert text == (
        "(SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))"
    )
    assert len(params) == 1


def test_lists_of_every_length_share_a_plan() -> None:
    one, two = (ORDERS.filter(pk__in=keys) for keys in ([(1, 2)], [(1, 2), (3, 4)]))

    assert one._spec.key == two._spec.key
    assert one.sql("postgresql")[0] == two.sql("postgresql")[0]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_joins_and_what_needs_none(dialect: str) -> None:
    joined = (
        '"line" INNER JOIN "order" ON "line"."order_tenant" = "order"."tenant" '
        'AND "line"."order_number" = "order"."number" WHERE "order"."code" = ?'
    )
    assert behind("FROM", LINES.filter(order__code="x"), dialect)[0] == said(joined, dialect)
    for condition, text in (
        (Q(order__number=2), '"line"."order_number" = ?'),
        (Q(order=(1, 2)), '"line"."order_tenant" = ? AND "line"."order_number" = ?'),
        (Q(order__pk=(1, 2)), '"line"."order_tenant" = ? AND "line"."order_number" = ?'),
        (Q(order=None), '"line"."order_tenant" IS NULL OR "line"."order_number" IS NULL'),
        (
            Q(order__isnull=False),
            '"line"."order_tenant" IS NOT NULL AND "line"."order_number" IS NOT NULL',
        ),
    ):
        found = behind("FROM", LINES.filter(condition), dialect)[0]
        assert found == said(f'"line" WHERE {text}', dialect)


def test_the_complement_over_several_rows_is_asked_in_a_subquery() -> None:
    query = ORDERS.exclude(lines__text="x")

    assert behind("WHERE", query, "sqlite")[0] == (
        'NOT EXISTS (SELECT 1 FROM "line" WHERE "line"."order_tenant" = "order"."tenant" '
        'AND "line"."order_number" = "order"."number" AND "line"."text" = ?)'
    )


def test_writes_over_joins_name_rows_by_the_whole_key() -> None:
    spec = ORDERS.filter(lines__text="x")._spec
    statement = saving.delete_plan(Order, spec, dialect_for("postgresql"))

    assert statement.text == (
        'DELETE FROM "order" WHERE ("tenant", "number") IN (SELECT "c0", "c1" FROM '
        '(SELECT "order"."tenant" AS "c0", "order"."number" AS "c1" FROM "order" '
        'INNER JOIN "line" ON "order"."tenant" = "line"."order_tenant" '
        'AND "order"."number" = "line"."order_number" WHERE "line"."text" = %s) AS "found")'
    )


def test_distinct_rows_are_counted_by_the_whole_key() -> None:
    spec = QuerySpec(Order._table).distinctly()

    assert plans.count_plan(Order, spec, dialect_for("sqlite")).text == (
        'SELECT COUNT(*) FROM (SELECT DISTINCT "order"."tenant" AS "c0", '
        '"order"."number" AS "c1" FROM "order") AS "rows"'
    )


def test_orders_and_outputs_have_all_columns() -> None:
    query = Order.objects.order_by("-pk").values_list("pk", "code")

    assert query.sql("sqlite")[0] == (
        'SELECT "order"."tenant", "order"."number", "order"."code" FROM "order" '
        'ORDER BY "order"."tenant" DESC, "order"."number" DESC'
    )


# --- definitions ---------------------------------------------------------------------------------


def created(dialect: str, *models: type[Model]) -> list[str]:
    return ddl.creation([model._table for model in models], dialect_for(dialect))


def test_tables() -> None:
    assert created("sqlite", Order, Line, Visit) == [
        """\
CREATE TABLE "order" (
    "tenant" integer NOT NULL CONSTRAINT "covet_limits_tenant" \
CHECK ("tenant" between -2147483648 and 2147483647),
    "number" integer NOT NULL CONSTRAINT "covet_limits_number" \
CHECK ("number" between -2147483648 and 2147483647),
    "code" text NOT NULL CONSTRAINT "covet_limits_code" CHECK (length("code") <= 5),
    PRIMARY KEY ("tenant", "number")
)""",
        """\
CREATE TABLE "line" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "order_tenant" integer NULL,
    "order_number" integer NULL,
    "text" text NOT NULL CONSTRAINT "covet_limits_text" CHECK (length("text") <= 20),
    CONSTRAINT "line_order_tenant_order_number_fk" FOREIGN KEY ("order_tenant", "order_number") \
REFERENCES "order" ("tenant", "number") ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
)""",
        """\
CREATE TABLE "visit" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "tenant" integer NOT NULL CONSTRAINT "covet_limits_tenant" \
CHECK ("tenant" between -2147483648 and 2147483647),
    "number" integer NOT NULL CONSTRAINT "covet_limits_number" \
CHECK ("number" between -2147483648 and 2147483647),
    CONSTRAINT "visit_tenant_number_uniq" UNIQUE ("tenant", "number"),
    CONSTRAINT "visit_tenant_number_fk" FOREIGN KEY ("tenant", "number") \
REFERENCES "order" ("tenant", "number") DEFERRABLE INITIALLY IMMEDIATE
)""",
        'CREATE INDEX "line_order_tenant_order_number_idx" ON "line" '
        '("order_tenant", "order_number")',
        'CREATE INDEX "late" ON "visit" ("tenant" DESC, "number" DESC)',
    ]


@pytest.mark.parametrize("dialect", ["postgresql", "mysql"])
def test_keys_follow_tables(dialect: str) -> None:
    (key,) = [text for text in created(dialect, Order, Line) if text.startswith("ALTER")]

    assert key.startswith(
        said(
            'ALTER TABLE "line" ADD CONSTRAINT "line_order_tenant_order_number_fk" '
            'FOREIGN KEY ("order_tenant", "order_number") '
            'REFERENCES "order" ("tenant", "number") ON DELETE SET NULL',
            dialect,
        )
    )


def test_stand_ins_for_keys_that_go_round_have_the_whole_key() -> None:
    class Head(Model):
        pk = CompositePrimaryKey("a", "b")
        a = IntegerField()
        b = IntegerField()
        department = ForeignKey("Department", null=True, related_name="+")

    class Department(Model):
        head = ForeignKey(Head, null=True, related_name="+")

    statements = ddl.removal([Head._table, Department._table], dialect_for("sqlite"))
    assert (
        'CREATE TABLE "head" ("a" UNIQUE, "b" UNIQUE, "department_id" UNIQUE, UNIQUE ("a", "b"))'
        in statements
    )
    assert ddl.removal([Head._table, Department._table], dialect_for("mysql"))[0] == (
        "ALTER TABLE `department` DROP FOREIGN KEY `department_head_a_head_b_fk`"
    )
