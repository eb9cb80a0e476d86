"""How does SQLite differ?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from ...errors import QueryTooComplex
from ...query.types import NUMBERS, family
from ...schema.fields import Field
from ..casts.base import cast
from ..casts.sqlite import CASTS
from ..functions.aggregates_sqlite import AGGREGATES
from ..functions.bits import SQLITE as BITS
from ..functions.sqlite import FUNCTIONS
from ..text import SQL, Bind, mapped, sql
from .base import AnyField, Dialect, Server, is_family

MOST_PLACEHOLDERS = 500
LONGEST_PATTERN = 50_000  # SQLITE_MAX_LIKE_PATTERN_LENGTH as SQLite ships it


class SqliteDialect(Dialect):
    """SQLite 3.35 or newer.

    It has no type for decimals, so they are texts that compare by an own collation and calculate
    by own functions; ``sqlite_functions`` has both.
    """

    name = "sqlite"
    placeholder = "?"
    foreign_keys_inline = True
    drops_with_keys = "deferred"
    locks_rows = False  # a transaction that writes locks the whole database
    defer_keys = "PRAGMA defer_foreign_keys = ON"
    check_keys = ""  # OFF forgets what was violated meanwhile; it ends with the transaction
    before_definitions = (defer_keys,)  # tables may go in any order
    tables_query = "SELECT name FROM sqlite_master WHERE type = 'table'"
    limit_all = "-1"
    explain_formats = ("text",)
    explains_by_running = False
    deepest_condition = 80  # its parser's stack holds 100 (measured: 90 left-nested levels)
    functions = FUNCTIONS
    aggregates = AGGREGATES
    casts = CASTS
    bits = BITS
    cut_text = "covet_left({0}, {1})"
    most_parameters = 32766  # SQLITE_MAX_VARIABLE_NUMBER as SQLite ships it
    most_compound = 500  # SQLITE_MAX_COMPOUND_SELECT

    def __init__(self, server: Server | None = None) -> None:
        super().__init__(server)
        self.joins_fully = self.joins_from_right = server is None or server.version >= (3, 39)

    def list_text(self, members: list[Any], template: str) -> tuple[str, list[Any]]:
        """A long list goes as one JSON array, which no limit of parameters holds back."""
        if len(members) > MOST_PLACEHOLDERS and not isinstance(members[0], bytes):
            text = json.dumps(members, ensure_ascii=False)
            return "(SELECT value FROM json_each(?))", [text]
        return super().list_text(members, template)

    def rows_text(self, members: list[Any], width: int) -> tuple[str, list[Any]]:
        """Tuples need VALUES in front of them; many go as JSON as well."""
        if len(members) * width > MOST_PLACEHOLDERS and not _has_bytes(members[0]):
            parts = ", ".join(f"json_extract(value, '$[{n}]')" for n in range(width))
            text = json.dumps(members, ensure_ascii=False)
            return f"(SELECT {parts} FROM json_each(?))", [text]
        _, params = super().rows_text(members, width)
        return f"(VALUES {self.rows_of(members, width)})", params

    def most_members(self, member: Any) -> int:
        """JSON holds no bytes, so those take a parameter each."""
        if not _has_bytes(member):
            return super().most_members(member)
        return 32_000 // (len(member) if isinstance(member, tuple) else 1)

    def explain(self, format: str, analyze: bool, options: dict[str, bool]) -> str:
        """``EXPLAIN QUERY PLAN``"""
        return "EXPLAIN QUERY PLAN"

    def explained(self, names: list[str], rows: list[tuple[Any, ...]]) -> str:
        """The steps, each further in than the one that it belongs to."""
        depths = {0: -1}
        lines: list[str] = []
        for number, parent, _, detail in rows:
            depths[number] = depths.get(parent, -1) + 1
            lines.append("  " * depths[number] + detail)
        return "\n".join(lines)

    def auto_key(self, column: str) -> str:
        """AUTOINCREMENT never gives a number again, as the others do not."""
        return "integer NOT NULL PRIMARY KEY AUTOINCREMENT"

    def comparable(self, expr: SQL, field: AnyField) -> SQL:
        """Decimals compare as numbers."""
        return sql(expr, " COLLATE covet_decimal") if is_family(field, "decimal") else expr

    def case(self, expr: SQL, field: AnyField) -> SQL:
        """The collation of a condition in it would be that of the whole, even if dates come out."""
        leaks = any(isinstance(part, str) and "covet_decimal" in part for part in expr)
        return sql(expr, " COLLATE BINARY") if leaks and not is_family(field, "decimal") else expr

    def sides(self, left: SQL, lfield: AnyField, right: SQL, rfield: AnyField) -> tuple[SQL, SQL]:
        """With a decimal on one side, both compare as decimals; with a float, both as floats."""
        decimals = (is_family(lfield, "decimal"), is_family(rfield, "decimal"))
        if not any(decimals):
            return left, right
        if is_family(lfield, "float") or is_family(rfield, "float"):
            return tuple(  # type: ignore[return-value]
                sql("CAST(", side, " AS REAL)") if is_decimal else side
                for side, is_decimal in zip((left, right), decimals, strict=True)
            )
        left, right = (
            side if is_decimal else sql("CAST(", side, " AS TEXT)")
            for side, is_decimal in zip((left, right), decimals, strict=True)
        )
        return sql(left, " COLLATE covet_decimal"), right

    def match(
        self, kind: str, operand: SQL, pattern: SQL, is_value: bool, ignore_case: bool
    ) -> SQL:
        """GLOB, as its LIKE knows case only of ASCII and cannot be told to heed it."""
        if ignore_case or not is_value or kind == "contains":
            return self._by_functions(kind, operand, pattern, ignore_case)
        return sql(operand, " GLOB ", mapped(pattern, GLOB_PATTERNS[kind]))

    def _by_functions(self, kind: str, operand: SQL, pattern: SQL, ignore_case: bool) -> SQL:
        if ignore_case:
            operand, pattern = self.upper(operand), self.upper(pattern)
        if kind == "exact":
            return sql(operand, " = ", pattern)
        return self.match_expression(kind, operand, pattern)

    def match_expression(self, kind: str, operand: SQL, pattern: SQL) -> SQL:
        """By position; a pattern's length is that of its text, so an empty one always matches."""
        if kind == "contains":
            return sql("instr(", operand, ", ", pattern, ") > 0")
        if kind == "startswith":
            return sql("substr(", operand, ", 1, length(", pattern, ")) = ", pattern)
        start = sql("length(", operand, ") - length(", pattern, ")")
        return sql("(", start, " >= 0 AND substr(", operand, ", ", start, " + 1) = ", pattern, ")")

    def upper(self, expr: SQL) -> SQL:
        """Its own UPPER knows ASCII only."""
        return sql("covet_upper(", expr, ")")

    def regex(self, operand: SQL, pattern: SQL, ignore_case: bool) -> SQL:
        """Python's regular expressions."""
        return sql("covet_regex(", pattern, ", ", operand, f", {int(ignore_case)})")

    def arithmetic(
        self,
        operator: str,
        left: SQL,
        right: SQL,
        fields: tuple[AnyField, AnyField],
        result: str,
    ) -> SQL:
        """Decimals by own functions; its ``%`` cuts floats to whole numbers, so that too."""
        if operator == "**":
            return sql("covet_power(", left, ", ", right, ")")
        if result == "decimal" or (result == "float" and operator == "%"):
            kind = "decimal" if result == "decimal" else "float"
            return sql(f"covet_{kind}('{operator}', ", left, ", ", right, ")")
        if result == "float":
            left, right = (
                sql("CAST(", side, " AS REAL)") if is_family(field, "decimal") else side
                for side, field in zip((left, right), fields, strict=True)
            )
        return super().arithmetic(operator, left, right, fields, result)

    def within(self, expr: SQL, field: AnyField) -> SQL:
        """It would go on with floats beyond 64 bits, and with infinity beyond these."""
        if is_family(field, "integer"):
            return sql("covet_whole(", expr, ", 1)")
        return sql("covet_finite(", expr, ")") if is_family(field, "float") else expr

    def counted_from(self, expr: SQL, field: AnyField) -> SQL:
        """Decimals are texts, which nothing can be added to."""
        return sql("CAST(", expr, " AS REAL)") if is_family(field, "decimal") else expr

    def as_common(self, expr: SQL, source: AnyField, target: AnyField) -> SQL:
        """Decimals are texts, and any value keeps its own type."""
        if source is None or target is None or family(source) not in NUMBERS:
            return expr
        is_one = family(source) == family(target) or family(target) not in NUMBERS
        return expr if is_one else cast(self, expr, source, target)

    def moved(self, operator: str, moment: SQL, duration: SQL) -> SQL:
        """By a function: its own know milliseconds."""
        return sql("covet_moved(", moment, f", {operator}", duration, ")")

    def distance(self, end: SQL, start: SQL) -> SQL:
        """By a function as well."""
        return sql("covet_distance(", end, ", ", start, ")")

    def assigned(self, expr: SQL, source: AnyField, target: Field[Any]) -> SQL:
        """A column takes any type, so the expression is made one of the column's."""
        if is_family(target, "decimal"):
            places = target.decimal_places  # type: ignore[attr-defined]
            digits = target.max_digits  # type: ignore[attr-defined]
            return sql("covet_quantize(", expr, f", {int(digits)}, {int(places)})")
        if is_family(target, "integer"):
            if is_family(source, "integer") and str(expr[0]).startswith("covet_whole("):
                return expr  # arithmetic is checked already
            return sql("covet_whole(", expr, f", {int(is_family(source, 'integer'))})")
        if is_family(target, "duration"):
            return sql("covet_whole(", expr, ", 1)")
        if is_family(target, "float") and is_family(source, "decimal"):
            return sql("CAST(", expr, " AS REAL)")
        return expr


def _has_bytes(member: Any) -> bool:
    parts = member if isinstance(member, tuple) else (member,)
    return any(isinstance(part, bytes) for part in parts)


def _glob(before: str, after: str) -> Callable[[Bind], Bind]:
    special = re.compile(r"([*?\[])")

    def change(bind: Bind) -> Bind:
        def pattern(value: Any) -> str:
            text = special.sub(r"[\1]", bind(value))
            if len(text.encode()) >= LONGEST_PATTERN:
                raise QueryTooComplex(f"SQLite takes no pattern of {LONGEST_PATTERN} bytes or more")
            return before + text + after

        return pattern

    return change


GLOB_PATTERNS = {"startswith": _glob("", "*"), "endswith": _glob("*", "")}
