"""Which SQL asks for, writes and makes the tables of models that inherit from each other?"""

from __future__ import annotations

from typing import Any

import pytest

from covet import Q
from covet.aio import CharField, ForeignKey, IntegerField, Model
from covet.query.spec import QuerySpec
from covet.rows import parts, saving
from covet.sql import ddl
from covet.sql.dialects import DIALECTS, dialect_for


class Owner(Model):
    name = CharField(max_length=9)


class Place(Model):
    name = CharField(max_length=9)
    owner = ForeignKey(Owner, null=True, related_name="places")


class Shop(Place):
    size = IntegerField(default=1)


class Kiosk(Shop):
    window = IntegerField(default=1)


class BigShop(Shop):
    class Meta:
        proxy = True


class Visit(Model):
    shop = ForeignKey(Shop, related_name="visits")


def said(text: str, dialect: str) -> str:
    """A text of SQLite's as another dialect says it."""
    if dialect == "mysql":
        text = text.replace('"', "`")
    return text if dialect == "sqlite" else text.replace("?", "%s")


OWN = '"shop"."place_ptr_id", "shop"."size"'
COLUMNS = f'"shop"."place_ptr_id", "place"."name", "place"."owner_id", {OWN}'
TO_PLACE = 'INNER JOIN "place" ON "shop"."place_ptr_id" = "place"."id"'
EVERYTHING = f"SELECT {COLUMNS} FROM"


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Shop.objects.all(), f'{EVERYTHING} "shop" {TO_PLACE}'),
        (
            Shop.objects.filter(id=1),
            f'{EVERYTHING} "shop" {TO_PLACE} WHERE "shop"."place_ptr_id" = ?',
        ),
        (
            BigShop.objects.filter(Shop.name == "x"),
            f'{EVERYTHING} "shop" {TO_PLACE} WHERE "place"."name" = ?',
        ),
        (
            Shop.objects.filter(size=1).values_list("size"),
            'SELECT "shop"."size" FROM "shop" WHERE "shop"."size" = ?',
        ),
        (
            Kiosk.objects.values("pk", "id"),
            'SELECT "kiosk"."shop_ptr_id", "kiosk"."shop_ptr_id" FROM "kiosk"',
        ),
        (
            Kiosk.objects.order_by("name").values("window"),
            'SELECT "kiosk"."window" FROM "kiosk" '
            f'INNER JOIN "shop" ON "kiosk"."shop_ptr_id" = "shop"."place_ptr_id" {TO_PLACE} '
            'ORDER BY "place"."name" ASC',
        ),
        (
            Visit.objects.filter(shop__owner__name="x").values("id"),
            'SELECT "visit"."id" FROM "visit" '
            f'INNER JOIN "shop" ON "visit"."shop_id" = "shop"."place_ptr_id" {TO_PLACE} '
            'INNER JOIN "owner" ON "place"."owner_id" = "owner"."id" WHERE "owner"."name" = ?',
        ),
        (
            Place.objects.select_related("shop"),
            f'SELECT "place"."id", "place"."name", "place"."owner_id", {COLUMNS} FROM "place" '
            'LEFT JOIN "shop" ON "place"."id" = "shop"."place_ptr_id"',
        ),
        (
            Place.objects.filter(shop__visits=1).values("name"),
            'SELECT "place"."name" FROM "place" '
            'INNER JOIN "shop" ON "place"."id" = "shop"."place_ptr_id" '
            'INNER JOIN "visit" ON "shop"."place_ptr_id" = "visit"."shop_id" '
            'WHERE "visit"."id" = ?',
        ),
        (
            Owner.objects.filter(places__shop__size=1).values("id"),
            'SELECT "owner"."id" FROM "owner" '
            'INNER JOIN "place" ON "owner"."id" = "place"."owner_id" '
            'INNER JOIN "shop" ON "place"."id" = "shop"."place_ptr_id" WHERE "shop"."size" = ?',
        ),
    ],
)
def test_inherited_columns_are_reached_along_the_link(
    query: Any, expected: str, dialect: str
) -> None:
    assert query.sql(dialect)[0] == said(expected, dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_update_of_inherited_columns_finds_the_parents_rows(dialect: str) -> None:
    spec = QuerySpec(Kiosk._table).where(Q(window=2))
    written = saving.check_settable(Kiosk._table, {"name": Kiosk.name, "owner": 1}, "update")
    ((links, group),) = parts.by_table(Kiosk._table, written).items()

    statement = saving.update_plan(Kiosk, spec, group, dialect_for(dialect), links)

    assert statement.text == said(
        'UPDATE "place" SET "name" = "place"."name", "owner_id" = ? WHERE "id" IN '
        '(SELECT "c0" FROM (SELECT "shop"."place_ptr_id" AS "c0" FROM "kiosk" '
        'INNER JOIN "shop" ON "kiosk"."shop_ptr_id" = "shop"."place_ptr_id" '
        'WHERE "kiosk"."window" = ?) AS "found")',
        dialect,
    )


def test_an_update_is_split_by_table() -> None:
    values = {"size": 1, "name": "x", "window": 2}
    written = saving.check_settable(Kiosk._table, values, "update")

    groups = parts.by_table(Kiosk._table, written)

    assert {parts.key_path(links): group.values for links, group in groups.items()} == {
        "shop_ptr": (1,),
        "shop_ptr__place_ptr": ("x",),
        "pk": (2,),
    }


def test_the_key_of_a_child_is_a_foreign_key() -> None:
    assert ddl.creation([Kiosk._table, Shop._table], dialect_for("postgresql")) == [
        'CREATE TABLE "kiosk" (\n    "shop_ptr_id" bigint NOT NULL PRIMARY KEY,\n'
        '    "window" integer NOT NULL\n)',
        'CREATE TABLE "shop" (\n    "place_ptr_id" bigint NOT NULL PRIMARY KEY,\n'
        '    "size" integer NOT NULL\n)',
        'ALTER TABLE "kiosk" ADD CONSTRAINT "kiosk_shop_ptr_id_fk" FOREIGN KEY ("shop_ptr_id") '
        'REFERENCES "shop" ("place_ptr_id") DEFERRABLE INITIALLY IMMEDIATE',
        'ALTER TABLE "shop" ADD CONSTRAINT "shop_place_ptr_id_fk" FOREIGN KEY ("place_ptr_id") '
        'REFERENCES "place" ("id") DEFERRABLE INITIALLY IMMEDIATE',
    ]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_children_are_dropped_before_their_parents(dialect: str) -> None:
    tables = [Place._table, Kiosk._table, Shop._table]

    dropped = [text.split()[2].strip('"`') for text in ddl.removal(tables, dialect_for(dialect))]

    assert dropped == ["kiosk", "shop", "place"]
