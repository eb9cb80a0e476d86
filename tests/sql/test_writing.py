"""How does each dialect say what changes many rows: upserts, bulk updates, slices, RETURNING?"""

from __future__ import annotations

from typing import Any

import pytest

from covet import F
from covet.aio import CharField, CompositePrimaryKey, ForeignKey, IntegerField, Model
from covet.query import ast
from covet.query.resolve import select_keys
from covet.query.spec import QuerySpec
from covet.query.writes import Assigned
from covet.rows import bulk, changes, returning, saving
from covet.sql.dialects import Dialect, Server, dialect_for


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20, unique=True)
    views = IntegerField(default=0)
    author = ForeignKey(Author, null=True, related_name="posts")


class Given(Model):
    """It has the name of the table that is joined."""

    views = IntegerField(default=0)


class Seat(Model):
    row = IntegerField()
    number = IntegerField()
    guest = CharField(max_length=20)
    pk = CompositePrimaryKey("row", "number")


DIALECTS = {
    "sqlite": dialect_for("sqlite"),
    "postgresql": dialect_for("postgresql"),
    "mariadb": dialect_for("mysql", Server("mariadb", (10, 11, 2))),
    "mysql": dialect_for("mysql", Server("mysql", (8, 0, 40))),
    "old mysql": dialect_for("mysql", Server("mysql", (8, 0, 18))),
}


def field(model: Any, name: str) -> Any:
    return model._table.names[name]


def sides(**texts: str) -> Any:
    """A parameter for each dialect and its text."""
    return [pytest.param(DIALECTS[n.replace("_", " ")], t, id=n) for n, t in texts.items()]


def inserted(dialect: Dialect, conflict: ast.Conflict | None) -> str:
    posts = [Post(title="a", views=1), Post(title="b", views=2)]
    (batch,) = bulk.batches(Post, posts, None, dialect, conflict)
    return batch.sql


def updated(query: Any, dialect: Dialect) -> str:
    return saving.update_plan(Post, query._spec, settled(), dialect).text


def settled() -> Assigned:
    return saving.check_settable(Post._table, {"views": F("views") * 1}, "update")


SET = {
    "sqlite": '"views" = covet_whole(("post"."views" * ?), 1)',
    "postgresql": '"views" = ("post"."views"::bigint * %s::bigint)',
    "mysql": "`views` = (`post`.`views` * %s)",
}

VALUES = ' ("title", "views", "author_id") VALUES (?, ?, ?), (?, ?, ?)'


@pytest.mark.parametrize(
    ("dialect", "text"),
    sides(
        sqlite=f'INSERT INTO "post"{VALUES} ON CONFLICT ("title") DO UPDATE SET '
        '"views" = EXCLUDED."views", "author_id" = EXCLUDED."author_id" RETURNING "id"',
        postgresql='INSERT INTO "post" ("title", "views", "author_id") SELECT * FROM '
        "unnest(%s::text[], %s::integer[], %s::bigint[]) "
        'ON CONFLICT ("title") DO UPDATE SET "views" = EXCLUDED."views", '
        '"author_id" = EXCLUDED."author_id" RETURNING "id"',
        mariadb="INSERT INTO `post` (`title`, `views`, `author_id`) VALUES (%s, %s, %s), "
        "(%s, %s, %s) ON DUPLICATE KEY UPDATE "
        "`title` = IF(`post`.`title` = VALUES(`title`), `post`.`title`, NULL), "
        "`views` = VALUES(`views`), `author_id` = VALUES(`author_id`) RETURNING `id`",
        mysql="INSERT INTO `post` (`title`, `views`, `author_id`) VALUES (%s, %s, %s), "
        "(%s, %s, %s) AS new_row ON DUPLICATE KEY UPDATE "
        "`title` = IF(`post`.`title` = new_row.`title`, `post`.`title`, NULL), "
        "`views` = new_row.`views`, `author_id` = new_row.`author_id`",
        old_mysql="INSERT INTO `post` (`title`, `views`, `author_id`) VALUES (%s, %s, %s), "
        "(%s, %s, %s) ON DUPLICATE KEY UPDATE "
        "`title` = IF(`post`.`title` = VALUES(`title`), `post`.`title`, NULL), "
        "`views` = VALUES(`views`), `author_id` = VALUES(`author_id`)",
    ),
)
def test_rows_that_are_there_are_updated(dialect: Dialect, text: str) -> None:
    conflict = ast.Conflict(
        (field(Post, "title"),), (field(Post, "views"), field(Post, "author_id"))
    )
    assert inserted(dialect, conflict) == text


@pytest.mark.parametrize(
    ("dialect", "end"),
    sides(
        sqlite=" ON CONFLICT DO NOTHING",
        postgresql=" ON CONFLICT DO NOTHING",
        mariadb=" ON DUPLICATE KEY UPDATE `title` = `post`.`title`",
        mysql=" ON DUPLICATE KEY UPDATE `title` = `post`.`title`",
    ),
)
def test_rows_that_are_there_are_passed_over(dialect: Dialect, end: str) -> None:
    assert inserted(dialect, ast.Conflict((), ())).endswith(")" + end)


def test_one_text_serves_conflicts_of_other_fields_no_more() -> None:
    title, views = field(Post, "title"), field(Post, "views")
    first = inserted(DIALECTS["sqlite"], ast.Conflict((title,), (views,)))
    second = inserted(DIALECTS["sqlite"], ast.Conflict((title,), (title, views)))
    assert first != second != inserted(DIALECTS["sqlite"], None)


@pytest.mark.parametrize(
    ("dialect", "text"),
    sides(
        sqlite='UPDATE "post" SET "views" = "given"."column2" FROM (VALUES (?, ?), (?, ?)) AS '
        '"given" WHERE "post"."id" = "given"."column1" AND (NOT ("post"."title" = ?))',
        postgresql='UPDATE "post" SET "views" = "given"."column2" FROM '
        'unnest(%s::bigint[], %s::integer[]) AS "given"("column1", "column2") '
        'WHERE "post"."id" = "given"."column1" AND (NOT ("post"."title" = %s))',
        mariadb="UPDATE `post` INNER JOIN (SELECT %s AS `column1`, %s AS `column2` "
        "UNION ALL SELECT %s, %s) AS `given` ON `post`.`id` = `given`.`column1` "
        "SET `post`.`views` = `given`.`column2` WHERE NOT (`post`.`title` = %s)",
    ),
)
def test_many_rows_get_values_of_their_own(dialect: Dialect, text: str) -> None:
    spec = Post.objects.exclude(title="x")._spec  # type: ignore[attr-defined]
    posts = [Post(id=1, title="a", views=1), Post(id=2, title="b", views=2)]
    (change,) = changes.changes(Post, spec, (field(Post, "views"),), posts, None, dialect)
    assert change.table == "post"
    assert change.sql == text


def test_the_joined_table_has_a_name_of_its_own() -> None:
    rows = [Given(id=1, views=1)]
    spec = QuerySpec(Given._table)
    (change,) = changes.changes(
        Given, spec, (field(Given, "views"),), rows, None, DIALECTS["sqlite"]
    )
    assert change.sql == (
        'UPDATE "given" SET "views" = "given_values"."column2" FROM (VALUES (?, ?)) AS '
        '"given_values" WHERE "given"."id" = "given_values"."column1"'
    )


def test_a_key_of_several_columns_is_joined_by_all() -> None:
    rows = [Seat(row=1, number=2, guest="Ann")]
    spec = QuerySpec(Seat._table)
    (change,) = changes.changes(
        Seat, spec, (field(Seat, "guest"),), rows, None, DIALECTS["mariadb"]
    )
    assert change.sql.endswith(
        "ON `seat`.`row` = `given`.`column1` AND `seat`.`number` = `given`.`column2` "
        "SET `seat`.`guest` = `given`.`column3`"
    )
    assert change.params == (1, 2, "Ann")


FIRST_TWO = 'WHERE "id" IN (SELECT "c0" FROM (SELECT "post"."id" AS "c0" FROM "post" '


@pytest.mark.parametrize(
    ("dialect", "text"),
    sides(
        sqlite=f'UPDATE "post" SET {SET["sqlite"]} {FIRST_TWO}'
        'ORDER BY "post"."title" ASC LIMIT ?) AS "found")',
        postgresql=f'UPDATE "post" SET {SET["postgresql"]} {FIRST_TWO}'
        'ORDER BY "post"."title" ASC LIMIT %s) AS "found")',
        mariadb=f"UPDATE `post` SET {SET['mysql']} ORDER BY `post`.`title` ASC LIMIT %s",
        mysql=f"UPDATE `post` SET {SET['mysql']} ORDER BY `post`.`title` ASC LIMIT %s",
    ),
)
def test_the_first_rows_are_updated(dialect: Dialect, text: str) -> None:
    assert updated(Post.objects.order_by("title")[:2], dialect) == text


def test_a_window_further_on_needs_keys() -> None:
    text = updated(Post.objects.order_by("title")[1:2], DIALECTS["mariadb"])
    assert text.endswith(
        "WHERE `id` IN (SELECT `c0` FROM (SELECT `post`.`id` AS `c0` FROM `post` "
        "ORDER BY `post`.`title` ASC LIMIT %s OFFSET %s) AS `found`)"
    )


def test_a_slice_and_the_whole_are_different_plans() -> None:
    query: Any = Post.objects.order_by("title")
    sqlite = DIALECTS["sqlite"]
    texts = {
        saving.delete_plan(Post, part._spec, sqlite).text
        for part in (query, query[:1], query[1:], query[1:2])
    }
    assert len(texts) == 4
    assert saving.delete_plan(Post, query[:7]._spec, sqlite).text in texts


COLUMNS = ' RETURNING "post"."id", "post"."views"'


@pytest.mark.parametrize(
    ("dialect", "text"),
    sides(
        sqlite=f'DELETE FROM "post" WHERE "post"."title" = ?{COLUMNS}',
        postgresql=f'DELETE FROM "post" WHERE "post"."title" = %s{COLUMNS}',
        mariadb="DELETE FROM `post` WHERE `post`.`title` = %s RETURNING `post`.`id`, "
        "`post`.`views`",
    ),
)
def test_deleted_rows_are_returned(dialect: Dialect, text: str) -> None:
    spec: QuerySpec = Post.objects.filter(title="x")._spec  # type: ignore[attr-defined]
    wanted = returning.Wanted(spec, ("pk", "views"))
    bound, _ = returning.delete_plan(Post, spec, wanted, dialect).bind(("x",))
    assert bound == text
    assert returning.deletes_natively(spec, dialect)
    assert not returning.deletes_natively(spec, DIALECTS["mysql"])


@pytest.mark.parametrize(
    ("dialect", "text"),
    sides(
        sqlite=f'UPDATE "post" SET {SET["sqlite"]}{COLUMNS}',
        postgresql=f'UPDATE "post" SET {SET["postgresql"]}{COLUMNS}',
    ),
)
def test_updated_rows_are_returned(dialect: Dialect, text: str) -> None:
    spec = QuerySpec(Post._table)
    wanted = returning.Wanted(spec, ("id", "views"))
    bound, _ = returning.update_plan(Post, spec, settled(), wanted, dialect).bind((1,))
    assert bound == text
    assert returning.updates_natively(spec, dialect)
    assert not returning.updates_natively(spec, DIALECTS["mariadb"])


def test_what_is_returned_is_part_of_the_plan() -> None:
    spec = QuerySpec(Post._table)
    texts = [
        returning.delete_plan(Post, spec, returning.Wanted(spec, names), DIALECTS["sqlite"])
        .bind(())[0]
        .partition("RETURNING ")[2]
        for names in ((), ("id",), ("views", "author"))
    ]
    assert texts == [
        '"post"."id", "post"."title", "post"."views", "post"."author_id"',
        '"post"."id"',
        '"post"."views", "post"."author_id"',
    ]


def test_without_a_slice_there_is_no_order() -> None:
    assert select_keys(Post.objects.order_by("title")._spec).order_by == ()  # type: ignore[attr-defined]
