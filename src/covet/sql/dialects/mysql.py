"""How do MariaDB and MySQL differ?"""

from __future__ import annotations

from typing import Any

from ...query import ast
from ...schema.fields import Field
from ..casts.mysql import CASTS
from ..functions.aggregates import Parts
from ..functions.aggregates_mysql import AGGREGATES
from ..functions.bits import MYSQL as BITS
from ..functions.mysql import FUNCTIONS
from ..functions.mysql_dates import FIRST
from ..text import SQL, mapped, sql
from .base import AnyField, Dialect, Server, is_family

DECIMAL = "DECIMAL(65, 30)"
LAST = "CAST(315537897599999999 AS UNSIGNED)"  # microseconds from there to the end of 9999
LONG_TEXT = 20_000  # characters: beyond a VARCHAR's, so that it becomes a TEXT
BINARY = "utf8mb4_nopad_bin"
MYSQL_BINARY = "utf8mb4_0900_bin"
ALL_LETTERS = "utf8mb4_uca1400_nopad_as_cs"
COLLATION = f"CHARACTER SET utf8mb4 COLLATE {BINARY}"


class MysqlDialect(Dialect):
    """MariaDB 10.5 or newer (tested), MySQL 8 (expected to work)."""

    name = "mysql"
    quote = "`"
    random = "RAND()"
    transactional_ddl = False  # each DDL statement commits what went before it
    indexes_keys = True
    key_timing = ""
    defer_keys = ""
    most_keys = 1000
    tables_query = (
        "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
    )
    locks_but_keys = False
    derived_knows_outside = False
    names_conflicts = False
    returning_on_update = False
    limits_changes = True
    updates_by_join = True
    limit_all = "18446744073709551615"  # the manual's own way to say "all"
    default_values = "() VALUES ()"
    slices_in_subquery = False
    forgets_order = True
    joins_fully = False
    having_needs_aggregates = True
    functions = FUNCTIONS
    aggregates = AGGREGATES
    casts = CASTS
    bits = BITS

    def __init__(self, server: Server | None = None) -> None:
        super().__init__(server)
        self.mariadb = server is None or server.product == "mariadb"
        self.returning_on_insert = self.returning_on_delete = self.mariadb
        self.has_lateral = not self.mariadb
        self.assigns_in_order = not self.mariadb  # which has SIMULTANEOUS_ASSIGNMENT
        self.locks_tables = not self.mariadb
        # MySQL wants an alias of the row instead, which MariaDB does not have.
        self.values_function = self.mariadb or (server is not None and server.version < (8, 0, 19))
        is_new = server is None or server.version >= (10, 10)
        self.cases = ALL_LETTERS if self.mariadb and is_new else ""
        since = (10, 6) if self.mariadb else (8, 0, 1)
        self.skips_locked = server is None or server.version >= since

    def on_conflict(
        self,
        table: str,
        column: str,
        target: list[str],
        updates: list[str],
        is_counter: bool,
        of_select: bool = False,
    ) -> str:
        """It takes any unique constraint, so a row that another one refuses is an error of its own.

        That is a NULL where there is none, or two values for one column. To pass over a row is an
        update that changes nothing; INSERT IGNORE would pass over foreign keys as well.
        """
        words = " ON DUPLICATE KEY UPDATE "
        if not updates:
            return f"{words}{column} = {table}.{column}"
        by_function = self.values_function or of_select  # a SELECT's rows have no alias
        new = "VALUES({})" if by_function else "new_row.{}"
        changes = {name: new.format(name) for name in updates}
        if target:
            same = " AND ".join(f"{table}.{name} = {new.format(name)}" for name in target)
            value = changes.pop(column, f"{table}.{column}")
            error = "(SELECT 1 UNION SELECT 2)" if is_counter else "NULL"
            changes = {column: f"IF({same}, {value}, {error})"} | changes
        alias = "" if by_function else " AS new_row"
        return alias + words + ", ".join(f"{name} = {value}" for name, value in changes.items())

    def limits_name(self, column: str) -> list[str]:
        """MariaDB names the checks of columns itself, MySQL's would be unique in the database."""
        return []

    def auto_key(self, column: str) -> str:
        """A counter of the table."""
        return f"{column} NOT NULL AUTO_INCREMENT PRIMARY KEY"

    def text_literal(self, text: str) -> str:
        """A text as SQL text; a backslash begins an escape here."""
        return super().text_literal(text.replace("\\", "\\\\"))

    def column_type(self, text: str) -> str:
        """MySQL calls the collation by code point, without padding, otherwise."""
        own = text if self.mariadb else text.replace(BINARY, MYSQL_BINARY)
        return super().column_type(own)

    def index_column(self, name: str, column: str) -> str:
        """Of long texts and bytes only the beginning can be indexed."""
        return f"{name}(255)" if column.startswith("long") else name

    def table_options(self, comment: str) -> str:
        """Transactions need InnoDB, and texts compare by code point."""
        text = f" COMMENT={self.literal(comment)}" if comment else ""
        return f" ENGINE=InnoDB DEFAULT {self.column_type(COLLATION)}{text}"

    @property
    def explain_formats(self) -> tuple[str, ...]:  # type: ignore[override]
        """MySQL has one that MariaDB has not."""
        return ("text", "json") if self.mariadb else ("text", "json", "tree")

    def explain(self, format: str, analyze: bool, options: dict[str, bool]) -> str:
        """``EXPLAIN FORMAT=JSON``; MariaDB runs the query with ``ANALYZE`` in its place."""
        word = "EXPLAIN" if not analyze else "ANALYZE" if self.mariadb else "EXPLAIN ANALYZE"
        return word if format == "text" else f"{word} FORMAT={format.upper()}"

    def column_comment(self, comment: str | None) -> str:
        """``COMMENT '…'``"""
        return f"COMMENT {self.literal(comment)}" if comment else ""

    def match_expression(self, kind: str, operand: SQL, pattern: SQL) -> SQL:
        """By position."""
        if kind == "contains":
            return sql("INSTR(", operand, ", ", pattern, ") > 0")
        side = "LEFT" if kind == "startswith" else "RIGHT"
        return sql(f"{side}(", operand, ", CHAR_LENGTH(", pattern, ")) = ", pattern)

    def cased(self, name: str, expr: SQL) -> SQL:
        """By a collation that knows the capitals of all letters, which MariaDB has since 10.10."""
        if not self.cases:
            return super().cased(name, expr)
        text = sql("CONVERT(", expr, f" USING utf8mb4) COLLATE {self.cases}")
        return sql(f"({name}(", text, f") COLLATE {BINARY})")

    def regex(self, operand: SQL, pattern: SQL, ignore_case: bool) -> SQL:
        """PCRE on MariaDB, ICU on MySQL; the inline flag says whether case counts."""
        flag = "(?i)" if ignore_case else "(?-i)"
        return sql(
            operand, " REGEXP ", mapped(pattern, lambda bind: lambda value: flag + bind(value))
        )

    def arithmetic(
        self,
        operator: str,
        left: SQL,
        right: SQL,
        fields: tuple[AnyField, AnyField],
        result: str,
    ) -> SQL:
        """``/`` gives decimals even between whole numbers; DIV does not."""
        if operator == "/" and result == "integer":
            return sql("(", left, " DIV NULLIF(", right, ", 0))")
        if operator == "/" and result == "decimal":
            return sql("ROUND(CAST(", left, f" AS {DECIMAL}) / NULLIF(", right, ", 0), 20)")
        return super().arithmetic(operator, left, right, fields, result)

    def usual(self, name: str, parts: Parts) -> SQL:
        """Without FILTER: rows that do not count give NULL, which no aggregate counts."""
        if parts.condition:
            star = isinstance(parts.node.arguments[0], ast.Star)
            first: SQL = ("1",) if star else parts.arguments[0]
            first = sql("CASE WHEN ", parts.condition, " THEN ", first, " END")
            parts = parts._replace(arguments=[first, *parts.arguments[1:]], condition=())
        return super().usual(name, parts)

    def check_window(self, node: ast.Over, is_range: bool) -> None:
        """No EXCLUDE; and where NULLs go is a term of its own, beside which a range has no bounds.

        Raises:
            NotSupportedError: for both.
        """
        exclusion = node.frame[3] if node.frame is not None else None
        if exclusion not in (None, "NO OTHERS"):
            raise self.unsupported(
                f"EXCLUDE {exclusion} in the frame of a window",
                "Take it off the result: Window(Sum(…), …) - F(…).",
            )
        if is_range and any(
            t.nulls_first is t.descending and t.expr.nullable for t in node.order_by
        ):
            raise self.unsupported(
                "bounds of a ValueRange where NULLs are told to come at the other end",
                "Leave out nulls_first and nulls_last.",
            )

    def frame(self, frame: tuple[str, int | None, int | None, str | None]) -> str:
        """Without ``EXCLUDE NO OTHERS``, which is what it does."""
        return super().frame((*frame[:3], None))

    def window_call(self, node: ast.Call, arguments: list[SQL], over: SQL) -> SQL:
        """MariaDB's LAG has no default, and floats of windows have ten places on both."""
        if node.name in ("PERCENT_RANK", "CUME_DIST"):
            return sql("CAST(", super().window_call(node, arguments, over), " AS DOUBLE)")
        if len(arguments) < 3 or not self.mariadb:
            return super().window_call(node, arguments, over)
        value, offset, default = arguments
        there = sql(f"{node.name}(1, ", offset, ")", over, " IS NULL")
        shifted = sql(f"{node.name}(", value, ", ", offset, ")", over)
        return sql("CASE WHEN ", there, " THEN ", default, " ELSE ", shifted, " END")

    def widened(self, text: SQL, field: AnyField) -> SQL:
        """A text may be no longer than those of the first rows."""
        if is_family(field, "text"):
            return sql("CAST(", text, f" AS CHAR({LONG_TEXT})) COLLATE {BINARY}")
        if is_family(field, "integer"):
            return sql("CAST(", text, " AS SIGNED)")
        if is_family(field, "decimal"):
            return sql("CAST(", text, f" AS {DECIMAL})")
        return text

    def moved(self, operator: str, moment: SQL, duration: SQL) -> SQL:
        """By microseconds since the year 1, which ``LAST - (LAST - x)`` leaves as they are.

        It is an error where it is no unsigned number, that is, outside of the years that there
        are. ``moment + INTERVAL`` would be NULL there, or in the year 0.
        """
        since = sql(f"TIMESTAMPDIFF(MICROSECOND, {FIRST}, ", moment, ")")
        reached = sql(f"{LAST} - ({LAST} - (", since, f" {operator} ", duration, "))")
        return sql(f"({FIRST} + INTERVAL (", reached, ") MICROSECOND)")

    def distance(self, end: SQL, start: SQL) -> SQL:
        """``TIMESTAMPDIFF(MICROSECOND, start, end)``"""
        return sql("TIMESTAMPDIFF(MICROSECOND, ", start, ", ", end, ")")

    def assigned(self, expr: SQL, source: AnyField, target: Field[Any]) -> SQL:
        """A float is rounded as a decimal is: halves away from zero."""
        if is_family(target, "integer") and is_family(source, "float"):
            return sql("ROUND(CAST(", expr, f" AS {DECIMAL}))")
        return expr

    def selected(self, expr: SQL, field: AnyField) -> SQL:
        """A moment goes as a text, and would come back as one."""
        for kind, name in (("date", "DATE"), ("time", "TIME(6)"), ("datetime", "DATETIME(6)")):
            if is_family(field, kind):
                return sql("CAST(", expr, f" AS {name})")
        return expr

    def order_term(self, expr: SQL, descending: bool, nulls_first: bool | None) -> SQL:
        """There is no NULLS FIRST: whether it is NULL is a term of its own."""
        term = super().order_term(expr, descending, None)
        if nulls_first is None:
            return term
        return sql(expr, " IS NULL DESC, " if nulls_first else " IS NULL ASC, ", term)
