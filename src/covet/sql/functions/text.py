"""How does each database say the functions of texts?

All count characters and know all of Unicode, so most of SQLite's are Python's: its own know
capitals of ASCII only, and end at the character NUL.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...query import ast
from ..casts.base import as_text
from ..text import SQL, separated, sql
from .base import Functions, filled

if TYPE_CHECKING:
    from ..dialects.base import Dialect

Call = Callable[["Dialect", ast.Call, list[SQL]], SQL]

INT32_MAX = 2**31 - 1
IS_CHARACTER = "{0} BETWEEN 1 AND 55295 OR {0} BETWEEN 57344 AND 1114111"
"""Not 0, which PostgreSQL's texts cannot hold, nor half of a surrogate pair."""


def concat(joined: str) -> Call:
    """Texts put together, NULLs as empty ones."""

    def said(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
        parts = (
            _not_null(as_text(dialect, text, each.field), each.nullable)
            for text, each in zip(arguments, node.arguments, strict=True)
        )
        name, separator = joined.split("|", 1)
        return sql(f"{name}(", separated(separator, parts), ")")

    return said


def _not_null(text: SQL, nullable: bool) -> SQL:
    return sql("COALESCE(", text, ", '')") if nullable else text


def measured(template: str, *least: int, longer: str = "", most: int | None = None) -> Call:
    """A function of a text and numbers, which are not below their least.

    Args:
        template: the SQL.
        least: the least of each number, in their order; they stand behind the text.
        longer: the template if there are three arguments, where two are enough.
        most: the greatest that the database takes, as its smaller type of whole numbers.
    """

    def said(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
        found = list(arguments)
        for n, lowest in enumerate(least[: len(found) - 1], 1):
            if not node.options:  # it was not checked when the function was made
                found[n] = _between(lowest, found[n], most)
            if most is not None:
                found[n] = sql("(", found[n], ")::integer")
        return filled(longer if longer and len(found) == 3 else template, found)

    return said


def _between(least: int, number: SQL, most: int | None) -> SQL:
    """A number, or the least where it is below; NULL stays NULL."""
    above = sql(" WHEN ", number, f" > {most} THEN {most}") if most is not None else ()
    ways = sql(" WHEN ", number, f" > {least} THEN ", number, " WHEN ", number)
    return sql("CASE", above, ways, f" <= {least} THEN {least} END")


def collate(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """``(… COLLATE "name")``"""
    return sql("(", arguments[0], f" COLLATE {dialect.quoted(node.options[0])})")


def cased(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """A text in capitals or in small letters."""
    return dialect.cased(node.name, arguments[0])


def sha1(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """By the extension pgcrypto, as PostgreSQL itself has none.

    Raises:
        NotSupportedError: the extension is not there.
    """
    if dialect.server is not None and "pgcrypto" not in dialect.server.features:
        raise dialect.unsupported(
            "SHA1() without its extension pgcrypto",
            "Use SHA256(…), or CREATE EXTENSION pgcrypto and connect again.",
        )
    return sql("ENCODE(DIGEST(CONVERT_TO(", arguments[0], ", 'UTF8'), 'sha1'), 'hex')")


PART, PART_OF_LENGTH = "SUBSTRING({0}, {1})", "SUBSTRING({0}, {1}, {2})"

COMMON: Functions = {
    "TRIM": "TRIM({0})",
    "LTRIM": "LTRIM({0})",
    "RTRIM": "RTRIM({0})",
    "REPLACE": "REPLACE({0}, {1}, {2})",
    "REVERSE": "REVERSE({0})",
    "UPPER": cased,
    "LOWER": cased,
    "COLLATE": collate,
    "MD5": "MD5({0})",
    "LEFT": measured("LEFT({0}, {1})", 0),
    "RIGHT": measured("RIGHT({0}, {1})", 0),
    "REPEAT": measured("REPEAT({0}, {1})", 0),
    "SUBSTR": measured(PART, 1, 0, longer=PART_OF_LENGTH),
    "LENGTH": "CHAR_LENGTH({0})",
}

SQLITE: Functions = {
    **COMMON,
    "UPPER": "covet_upper({0})",
    "LOWER": "covet_lower({0})",
    "REVERSE": "covet_reverse({0})",
    "CHR": "covet_chr({0})",
    "ORD": "covet_ord({0})",
    "CONCAT": concat("| || "),
    "LEFT": "covet_left({0}, {1})",
    "RIGHT": "covet_right({0}, {1})",
    "REPEAT": "covet_repeat({0}, {1})",
    "SUBSTR": measured("covet_substr({0}, {1})", 1, 0, longer="covet_substr({0}, {1}, {2})"),
    "LPAD": "covet_lpad({0}, {1}, {2})",
    "RPAD": "covet_rpad({0}, {1}, {2})",
    "LENGTH": "covet_length({0})",
    "STRINDEX": "INSTR({0}, {1})",
    **{
        name: f"covet_hash('{name.lower()}', {{0}})"
        for name in ("MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512")
    },
}

POSTGRESQL: Functions = {
    **COMMON,
    "CHR": f'(CASE WHEN {IS_CHARACTER} THEN CHR(({{0}})::integer) END COLLATE "C")',
    "ORD": "ASCII({0})",
    "CONCAT": concat("| || "),
    "LEFT": measured("LEFT({0}, {1})", 0, most=INT32_MAX),
    "RIGHT": measured("RIGHT({0}, {1})", 0, most=INT32_MAX),
    "REPEAT": measured("REPEAT({0}, {1})", 0, most=INT32_MAX),
    "SUBSTR": measured(PART, 1, 0, longer=PART_OF_LENGTH, most=INT32_MAX),
    "LPAD": measured("LPAD({0}, {1}, {2})", 0, most=INT32_MAX),
    "RPAD": measured("RPAD({0}, {1}, {2})", 0, most=INT32_MAX),
    "STRINDEX": "STRPOS({0}, {1})",
    "SHA1": sha1,
    **{
        name: f"ENCODE({name}(CONVERT_TO({{0}}, 'UTF8')), 'hex')"
        for name in ("SHA224", "SHA256", "SHA384", "SHA512")
    },
}


def _padded(name: str) -> Call:
    """It gives NULL where there is nothing to fill the text up with."""
    return measured(
        f"CASE WHEN {{2}} = '' THEN LEFT({{0}}, {{1}}) ELSE {name}({{0}}, {{1}}, {{2}}) END",
        0,
    )


def _replaced(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """NULL for nothing to put there is not noticed where there is nothing to replace."""
    replaced = filled("REPLACE({0}, {1}, {2})", arguments)
    if not node.arguments[2].nullable:
        return replaced
    return sql("CASE WHEN ", arguments[2], " IS NOT NULL THEN ", replaced, " END")


MYSQL: Functions = {
    **COMMON,
    "REPLACE": _replaced,
    "CHR": f"CAST(CASE WHEN {IS_CHARACTER} THEN CHAR({{0}} USING utf32) END AS CHAR)",
    "ORD": "ORD(CONVERT({0} USING utf32))",
    "CONCAT": concat("CONCAT|, "),
    "LPAD": _padded("LPAD"),
    "RPAD": _padded("RPAD"),
    "STRINDEX": "INSTR({0}, {1})",
    "SHA1": "SHA1({0})",
    **{f"SHA{bits}": f"SHA2({{0}}, {bits})" for bits in (224, 256, 384, 512)},
}
