"""How does each dialect say the same function? SQLite, PostgreSQL and MariaDB, side by side."""

from __future__ import annotations

from typing import Any

import pytest

from covet import (
    MD5,
    SHA1,
    SHA256,
    Abs,
    ATan2,
    Cast,
    Ceil,
    Chr,
    Coalesce,
    Collate,
    Concat,
    Exp,
    F,
    Floor,
    Func,
    Greatest,
    Least,
    Left,
    Length,
    Ln,
    Log,
    Lower,
    LPad,
    Mod,
    NotSupportedError,
    NullIf,
    Ord,
    Pi,
    Power,
    Random,
    Repeat,
    Replace,
    Reverse,
    Right,
    Round,
    Sign,
    Sqrt,
    StrIndex,
    Substr,
    Trim,
    Upper,
    Value,
)
from covet.aio import (
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    DurationField,
    FloatField,
    IntegerField,
    Model,
    TextField,
    UUIDField,
)
from covet.query import ast
from covet.sql.dialects import Server, dialect_for


class Post(Model):
    title = CharField(max_length=200)
    note = TextField(null=True)
    views = IntegerField(default=0)
    price = DecimalField(max_digits=8, decimal_places=2, null=True)
    share = FloatField(null=True)
    made = DateTimeField(null=True)


DIALECTS = ("sqlite", "postgresql", "mysql")


def said(expression: Any, dialect: str) -> str:
    """The SQL of an expression."""
    rows: Any = Post.objects.order_by().annotate(x=expression)
    text: str = rows.values_list("x").sql(dialect)[0]
    return text[len("SELECT ") : text.rindex(" AS ")]


FUNCTIONS: list[tuple[Any, str, str, str]] = [
    (
        Lower("title"),
        'covet_lower("post"."title")',
        '(LOWER("post"."title" COLLATE "und-x-icu") COLLATE "C")',
        "(LOWER(CONVERT(`post`.`title` USING utf8mb4) COLLATE utf8mb4_uca1400_nopad_as_cs) "
        "COLLATE utf8mb4_nopad_bin)",
    ),
    (
        Length("title"),
        'covet_length("post"."title")',
        'CHAR_LENGTH("post"."title")',
        "CHAR_LENGTH(`post`.`title`)",
    ),
    (
        Concat("title", Value("-"), "note", "views"),
        '("post"."title" || ? || COALESCE("post"."note", \'\') || CAST("post"."views" AS TEXT))',
        '("post"."title" || %s::text || COALESCE("post"."note", \'\') || '
        '(("post"."views")::text COLLATE "C"))',
        "CONCAT(`post`.`title`, %s, COALESCE(`post`.`note`, ''), CAST(`post`.`views` AS CHAR))",
    ),
    (
        Left("title", 3),
        'covet_left("post"."title", ?)',
        'LEFT("post"."title", (%s::bigint)::integer)',
        "LEFT(`post`.`title`, %s)",
    ),
    (
        Left("title", "views"),
        'covet_left("post"."title", "post"."views")',
        'LEFT("post"."title", (CASE WHEN "post"."views" > 2147483647 THEN 2147483647 WHEN '
        '"post"."views" > 0 THEN "post"."views" WHEN "post"."views" <= 0 THEN 0 '
        "END)::integer)",
        "LEFT(`post`.`title`, CASE WHEN `post`.`views` > 0 THEN `post`.`views` WHEN "
        "`post`.`views` <= 0 THEN 0 END)",
    ),
    (
        Right("title", 3),
        'covet_right("post"."title", ?)',
        'RIGHT("post"."title", (%s::bigint)::integer)',
        "RIGHT(`post`.`title`, %s)",
    ),
    (
        Substr("title", 2, 3),
        'covet_substr("post"."title", ?, ?)',
        'SUBSTRING("post"."title", (%s::bigint)::integer, (%s::bigint)::integer)',
        "SUBSTRING(`post`.`title`, %s, %s)",
    ),
    (
        LPad("title", 5, Value("x")),
        'covet_lpad("post"."title", ?, ?)',
        'LPAD("post"."title", (%s::bigint)::integer, %s::text)',
        "CASE WHEN %s = '' THEN LEFT(`post`.`title`, %s) ELSE LPAD(`post`.`title`, %s, %s) END",
    ),
    (
        Repeat("title", 2),
        'covet_repeat("post"."title", ?)',
        'REPEAT("post"."title", (%s::bigint)::integer)',
        "REPEAT(`post`.`title`, %s)",
    ),
    (
        Replace("title", Value("a"), "note"),
        'REPLACE("post"."title", ?, "post"."note")',
        'REPLACE("post"."title", %s::text, "post"."note")',
        "CASE WHEN `post`.`note` IS NOT NULL THEN REPLACE(`post`.`title`, %s, `post`.`note`) END",
    ),
    (
        Reverse("title"),
        'covet_reverse("post"."title")',
        'REVERSE("post"."title")',
        "REVERSE(`post`.`title`)",
    ),
    (
        StrIndex("title", Value("a")),
        'INSTR("post"."title", ?)',
        'STRPOS("post"."title", %s::text)',
        "INSTR(`post`.`title`, %s)",
    ),
    (
        Trim("title"),
        'TRIM("post"."title")',
        'TRIM("post"."title")',
        "TRIM(`post`.`title`)",
    ),
    (
        Chr("views"),
        'covet_chr("post"."views")',
        '(CASE WHEN "post"."views" BETWEEN 1 AND 55295 OR "post"."views" BETWEEN 57344 AND '
        '1114111 THEN CHR(("post"."views")::integer) END COLLATE "C")',
        "CAST(CASE WHEN `post`.`views` BETWEEN 1 AND 55295 OR `post`.`views` BETWEEN 57344 "
        "AND 1114111 THEN CHAR(`post`.`views` USING utf32) END AS CHAR)",
    ),
    (
        Ord("title"),
        'covet_ord("post"."title")',
        'ASCII("post"."title")',
        "ORD(CONVERT(`post`.`title` USING utf32))",
    ),
    (
        MD5("title"),
        'covet_hash(\'md5\', "post"."title")',
        'MD5("post"."title")',
        "MD5(`post`.`title`)",
    ),
    (
        SHA256("title"),
        'covet_hash(\'sha256\', "post"."title")',
        "ENCODE(SHA256(CONVERT_TO(\"post\".\"title\", 'UTF8')), 'hex')",
        "SHA2(`post`.`title`, 256)",
    ),
    (
        Collate("title", "x-y"),
        '("post"."title" COLLATE "x-y")',
        '("post"."title" COLLATE "x-y")',
        "(`post`.`title` COLLATE `x-y`)",
    ),
    (
        F("title") + "x",
        '("post"."title" || ?)',
        '("post"."title" || %s::text)',
        "CONCAT(`post`.`title`, %s)",
    ),
    (
        Abs("views"),
        'covet_abs("post"."views")',
        'ABS(("post"."views")::bigint)',
        "ABS(`post`.`views`)",
    ),
    (
        Abs("price"),
        'covet_abs("post"."price")',
        'ABS("post"."price")',
        "ABS(`post`.`price`)",
    ),
    (
        Ceil("price"),
        'covet_ceil("post"."price")',
        'CEIL("post"."price")',
        "CAST(CEILING(`post`.`price`) AS DECIMAL(65, 0))",
    ),
    (
        Floor("views"),
        '"post"."views"',
        '"post"."views"',
        "`post`.`views`",
    ),
    (
        Round("share", 2),
        'covet_round("post"."share", ?)',
        'ROUND((("post"."share")::text)::numeric, (%s::bigint)::integer)::double precision',
        "CASE WHEN ABS(`post`.`share`) < 1e15 THEN CAST(ROUND(CAST(`post`.`share` AS "
        "DECIMAL(65, 30)), %s) AS DOUBLE) ELSE ROUND(`post`.`share`, %s) END",
    ),
    (
        Round("price", 1),
        'covet_round("post"."price", ?)',
        'ROUND("post"."price", (%s::bigint)::integer)',
        "ROUND(`post`.`price`, %s)",
    ),
    (
        Sign("views"),
        'covet_sign("post"."views")',
        'SIGN(("post"."views")::numeric)::bigint',
        "SIGN(`post`.`views`)",
    ),
    (
        Sqrt("views"),
        'covet_sqrt("post"."views")',
        'SQRT(CASE WHEN ("post"."views")::double precision >= 0 THEN '
        '("post"."views")::double precision END)',
        "SQRT(CASE WHEN `post`.`views` >= 0 THEN `post`.`views` END)",
    ),
    (
        Ln("price"),
        'covet_ln("post"."price")',
        'LN(CASE WHEN ("post"."price")::double precision > 0 THEN ("post"."price")::double '
        "precision END)",
        "LN(CASE WHEN `post`.`price` > 0 THEN `post`.`price` END)",
    ),
    (
        Log(2, "share"),
        'covet_log(?, "post"."share")',
        '(LN(CASE WHEN ("post"."share")::double precision > 0 THEN '
        '("post"."share")::double precision END) / NULLIF(LN(CASE WHEN '
        "(%s::bigint)::double precision > 0 THEN (%s::bigint)::double precision END), 0))",
        "(LN(CASE WHEN `post`.`share` > 0 THEN `post`.`share` END) / NULLIF(LN(CASE WHEN "
        "%s > 0 THEN %s END), 0))",
    ),
    (
        Exp("share"),
        'covet_exp("post"."share")',
        'CASE WHEN ("post"."share")::double precision < -745 THEN 0 ELSE '
        'EXP(("post"."share")::double precision) END',
        "CASE WHEN `post`.`share` < -745 THEN 0 ELSE EXP(`post`.`share`) END",
    ),
    (
        ATan2("share", "views"),
        'covet_atan2("post"."share", "post"."views")',
        'ATAN2(("post"."share")::double precision, ("post"."views")::double precision)',
        "ATAN2(`post`.`share`, `post`.`views`)",
    ),
    (
        Mod("views", 3),
        '("post"."views" % NULLIF(?, 0))',
        '("post"."views"::bigint %% NULLIF(%s::bigint, 0))',
        "(`post`.`views` %% NULLIF(%s, 0))",
    ),
    (
        Power("views", 2),
        'covet_power("post"."views", ?)',
        'CASE WHEN "post"."views"::double precision = 0 AND %s::double precision < 0 OR '
        '"post"."views"::double precision < 0 AND %s::double precision <> FLOOR(%s::double '
        'precision) THEN NULL ELSE POWER("post"."views"::double precision, %s::double '
        "precision) END",
        "CASE WHEN `post`.`views` = 0 AND %s < 0 OR `post`.`views` < 0 AND %s <> FLOOR(%s) "
        "THEN NULL ELSE POWER(`post`.`views`, %s) END",
    ),
    (
        Pi(),
        "3.141592653589793",
        "3.141592653589793::double precision",
        "3.141592653589793e0",
    ),
    (
        Random(),
        "((RANDOM() & 9007199254740991) / 9007199254740992.0)",
        "RANDOM()",
        "RAND()",
    ),
    (
        F("views").bitand(4),
        '("post"."views" & ?)',
        '("post"."views"::bigint & %s::bigint)',
        "CAST(`post`.`views` & %s AS SIGNED)",
    ),
    (
        F("views").bitxor(4),
        '(("post"."views" | ?) & ~("post"."views" & ?))',
        '("post"."views"::bigint # %s::bigint)',
        "CAST(`post`.`views` ^ %s AS SIGNED)",
    ),
    (
        F("views").bitleftshift(2),
        'CASE WHEN ? >= 0 THEN "post"."views" << ? END',
        'CASE WHEN %s::bigint BETWEEN 0 AND 63 THEN "post"."views"::bigint << '
        '(%s::bigint)::integer WHEN %s::bigint > 63 THEN "post"."views"::bigint & 0 END',
        "CASE WHEN %s >= 0 THEN CAST(`post`.`views` << LEAST(%s, 64) AS SIGNED) END",
    ),
    (
        F("views").bitrightshift(2),
        'CASE WHEN ? >= 0 THEN "post"."views" >> ? END',
        'CASE WHEN %s::bigint BETWEEN 0 AND 63 THEN "post"."views"::bigint >> '
        '(%s::bigint)::integer WHEN %s::bigint > 63 THEN "post"."views"::bigint >> 63 END',
        "CASE WHEN %s < 0 THEN NULL WHEN `post`.`views` < 0 THEN CAST(~(~`post`.`views` >> "
        "LEAST(%s, 64)) AS SIGNED) ELSE CAST(`post`.`views` >> LEAST(%s, 64) AS SIGNED) END",
    ),
    (
        Cast("views", CharField()),
        'CAST("post"."views" AS TEXT)',
        '(("post"."views")::text COLLATE "C")',
        "CAST(`post`.`views` AS CHAR)",
    ),
    (
        Cast("views", CharField(max_length=3)),
        'covet_left(CAST("post"."views" AS TEXT), 3)',
        'LEFT((("post"."views")::text COLLATE "C"), 3)',
        "LEFT(CAST(`post`.`views` AS CHAR), 3)",
    ),
    (
        Cast("share", CharField()),
        "covet_cast('float', 'text', \"post\".\"share\")",
        '(((("post"."share")::text)::numeric)::text COLLATE "C")',
        "CASE WHEN `post`.`share` = 0 THEN '0' WHEN ABS(`post`.`share`) BETWEEN 1e-13 AND "
        "1e34 THEN TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(CAST(`post`.`share` "
        "AS DECIMAL(65, 30)) AS CHAR))) ELSE CAST(`post`.`share` AS CHAR) END",
    ),
    (
        Cast("price", CharField()),
        '"post"."price"',
        '(("post"."price")::text COLLATE "C")',
        "CAST(`post`.`price` AS CHAR)",
    ),
    (
        Cast("made", CharField()),
        '"post"."made"',
        '(REPLACE(TO_CHAR("post"."made" AT TIME ZONE \'UTC\', \'YYYY-MM-DD '
        "HH24:MI:SS.US'), '.000000', '') COLLATE \"C\")",
        "REPLACE(DATE_FORMAT(`post`.`made`, '%%Y-%%m-%%d %%H:%%i:%%s.%%f'), '.000000', '')",
    ),
    (
        Cast("title", IntegerField()),
        "covet_cast('text', 'integer', \"post\".\"title\")",
        '("post"."title")::bigint',
        "CASE WHEN `post`.`title` REGEXP '^ *[-+]?[0-9]{1,65} *$' THEN CAST(`post`.`title` "
        "AS DECIMAL(65, 0)) DIV 1 WHEN `post`.`title` IS NOT NULL THEN 9223372036854775807 "
        "+ 1 + CHAR_LENGTH(`post`.`title`) END",
    ),
    (
        Cast("share", IntegerField()),
        "covet_cast('float', 'integer', \"post\".\"share\")",
        'ROUND((("post"."share")::text)::numeric)::bigint',
        "(ROUND(CAST(`post`.`share` AS DECIMAL(65, 30))) DIV 1)",
    ),
    (
        Cast("views", FloatField()),
        'CAST("post"."views" AS REAL)',
        '("post"."views")::double precision',
        "CAST(`post`.`views` AS DOUBLE)",
    ),
    (
        Cast("share", DecimalField(max_digits=5, decimal_places=2)),
        "covet_quantize(covet_cast('text', 'decimal', \"post\".\"share\"), 5, 2)",
        '(("post"."share")::text)::numeric(5, 2)',
        "CAST(CASE WHEN ABS(ROUND(CAST(`post`.`share` AS DECIMAL(65, 30)), 2)) < 1000 THEN "
        "CAST(`post`.`share` AS DECIMAL(65, 30)) WHEN `post`.`share` IS NOT NULL THEN "
        "9223372036854775807 + 1 + CHAR_LENGTH(`post`.`share`) END AS DECIMAL(5, 2))",
    ),
    (
        Cast("made", DateField()),
        'SUBSTR("post"."made", 1, 10)',
        '("post"."made" AT TIME ZONE \'UTC\')::date',
        "DATE(`post`.`made`)",
    ),
    (
        Cast("title", DateField()),
        "covet_cast('text', 'date', \"post\".\"title\")",
        '("post"."title")::date',
        "CAST(CASE WHEN CAST(`post`.`title` AS DATE) IS NOT NULL THEN `post`.`title` WHEN "
        "`post`.`title` IS NOT NULL THEN 9223372036854775807 + 1 + "
        "CHAR_LENGTH(`post`.`title`) END AS DATE)",
    ),
    (
        Cast("title", UUIDField()),
        "covet_cast('text', 'uuid', \"post\".\"title\")",
        '("post"."title")::uuid',
        "CASE WHEN REPLACE(`post`.`title`, '-', '') REGEXP '^[0-9a-fA-F]{32,32}$' THEN "
        "LOWER(REPLACE(`post`.`title`, '-', '')) WHEN `post`.`title` IS NOT NULL THEN "
        "9223372036854775807 + 1 + CHAR_LENGTH(`post`.`title`) END",
    ),
    (
        Cast("views", DurationField()),
        '"post"."views"',
        '(("post"."views" / 1000000) * INTERVAL \'1 second\' + ("post"."views" %% 1000000) '
        "* INTERVAL '1 microsecond')",
        "`post`.`views`",
    ),
    (
        Coalesce("price", "views"),
        'COALESCE("post"."price", CAST("post"."views" AS TEXT))',
        'COALESCE("post"."price", "post"."views")',
        "COALESCE(`post`.`price`, `post`.`views`)",
    ),
    (
        Greatest("views", "share"),
        'MAX(CAST("post"."views" AS REAL), "post"."share")',
        'CASE WHEN "post"."views" IS NULL OR "post"."share" IS NULL THEN NULL ELSE '
        'GREATEST("post"."views", "post"."share") END',
        "GREATEST(`post`.`views`, `post`.`share`)",
    ),
    (
        Least("price", 3),
        'MIN("post"."price" COLLATE covet_decimal, CAST(? AS TEXT) COLLATE covet_decimal)',
        'CASE WHEN "post"."price" IS NULL OR %s::bigint IS NULL THEN NULL ELSE '
        'LEAST("post"."price", %s::bigint) END',
        "LEAST(`post`.`price`, %s)",
    ),
    (
        NullIf("views", "share"),
        'NULLIF(CAST("post"."views" AS REAL), "post"."share")',
        'NULLIF(("post"."views")::double precision, "post"."share")',
        "NULLIF(CAST(`post`.`views` AS DOUBLE), `post`.`share`)",
    ),
]


@pytest.mark.parametrize(("expression", "sqlite", "postgresql", "mysql"), FUNCTIONS, ids=repr)
def test_functions(expression: Any, sqlite: str, postgresql: str, mysql: str) -> None:
    assert said(expression, "sqlite") == sqlite
    assert said(expression, "postgresql") == postgresql
    assert said(expression, "mysql") == mysql


class Marked(Func[str]):
    template = "%(function)s(%(expressions)s, '50%%')"
    templates = {"mysql": "50 %% %(expressions)s"}
    function = "mark"
    arg_joiner = " %%"


def test_templates_are_filled_once() -> None:
    marked = Marked("title", Value("%(function)s"))
    assert said(marked, "sqlite") == 'mark("post"."title" %%?, \'50%\')'
    assert said(marked, "postgresql") == 'mark("post"."title" %%%%%s::text, \'50%%\')'
    assert said(marked, "mysql") == "50 %% `post`.`title` %%%%%s"


def test_sha1_asks_postgresql_for_its_extension() -> None:
    expected = "ENCODE(DIGEST(CONVERT_TO(\"post\".\"title\", 'UTF8'), 'sha1'), 'hex')"
    assert said(SHA1("title"), "postgresql") == expected
    bare = dialect_for("postgresql", Server("postgresql", (15, 0)))
    field = Post._table.field("title")
    call = ast.Call("SHA1", (ast.Column("post", field, False),), (), field, False)
    with pytest.raises(NotSupportedError):
        bare.call(call, [("title",)])


def test_letters_are_cased_as_far_as_the_server_knows_them() -> None:
    old = dialect_for("mysql", Server("mariadb", (10, 6)))
    assert old.cased("LOWER", ("x",)) == ("LOWER(", "x", ")")
    mysql = dialect_for("mysql", Server("mysql", (8, 0, 30)))
    assert mysql.cased("LOWER", ("x",)) == ("LOWER(", "x", ")")
    without_icu = dialect_for("postgresql", Server("postgresql", (15, 0)))
    assert without_icu.cased("UPPER", ("x",)) == ("UPPER(", "x", ")")


def test_one_plan_serves_all_lengths_and_not_all_collations() -> None:
    assert Left("title", 1).key == Left("title", 2).key
    assert Left("title", 1).key != Left("title", "views").key
    assert Collate("title", "a").key != Collate("title", "b").key
    assert Cast("views", CharField(max_length=1)).key != Cast("views", CharField(max_length=2)).key
    assert Upper("title").key != Lower("title").key
