"""How do databases differ? A dialect is a list of answers, and the few texts that vary."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from ...errors import CovetError, FieldError, NotSupportedError, QueryTooComplex, short
from ...query import ast
from ...query.types import BITWISE, family
from ...schema.fields import Field
from ..casts.base import Casts
from ..functions import common
from ..functions.aggregates import Aggregates, Parts, usual
from ..functions.base import Functions, filled
from ..functions.math import POWER
from ..text import SQL, Bind, mapped, sql

LONGEST_NAME = 63
LIMITS = "covet_limits_"
"""What the names of checks begin with that stand for the limits of a column's type."""
AnyField = Field[Any] | None


class Server(NamedTuple):
    """What a connected server is.

    Attributes:
        product: its name.
        version: its version.
        features: what was found in it.
        packet: how many bytes a statement may have; None where nobody needs to care.
    """

    product: str
    version: tuple[int, ...]
    features: frozenset[str] = frozenset()
    packet: int | None = None


class Dialect:
    """The answers that hold unless a database says otherwise.

    Attributes:
        name: ``"sqlite"``, ``"postgresql"`` or ``"mysql"`` (which stands for MariaDB too).
        placeholder: what stands for a parameter in SQL text.
        server: what is known of the connected server, None before the first connection.
    """

    name: ClassVar[str]
    placeholder: ClassVar[str] = "%s"
    quote: ClassVar[str] = '"'
    random: ClassVar[str] = "RANDOM()"

    # what the database has
    returning_on_insert = True
    returning_on_update = True
    returning_on_delete = True
    array_parameters = False  # `= ANY(%s)`: one text for every length of list
    names_conflicts = True  # what ON CONFLICT is about has to be said
    updates_twice = True  # one INSERT … ON CONFLICT may come to the same row more than once
    bulk_insert_by_unnest = False  # one array a column instead of one parameter a value
    limits_changes = False  # UPDATE … ORDER BY … LIMIT, and DELETE
    updates_by_join = False  # UPDATE … JOIN … SET instead of UPDATE … SET … FROM
    foreign_keys_inline = False  # a key may name a table that does not exist yet
    transactional_ddl = True
    assigns_in_order = False  # SET a = 1, b = a sets b to 1, not to the old a
    indexes_keys = False  # a foreign key brings its own index
    drops_with_keys = ""  # what becomes of keys to a dropped table: "", "cascade" or "deferred"
    key_timing = " DEFERRABLE INITIALLY IMMEDIATE"
    defer_keys = "SET CONSTRAINTS ALL DEFERRED"  # empty where each row is checked at once
    check_keys = "SET CONSTRAINTS ALL IMMEDIATE"  # empty where that has to wait for the COMMIT
    before_definitions: tuple[str, ...] = ()  # what a transaction of definitions begins with
    tables_query = ""  # gives the names of all tables
    nulls_are_smallest = True  # where NULLs sort without being told
    limit_all = ""  # what stands for "no limit" where an OFFSET needs a LIMIT
    default_values = "DEFAULT VALUES"  # an INSERT without any column
    has_lateral = False
    forgets_order = False  # ORDER BY what is grouped by, beside a window
    slices_in_subquery = True  # `IN (SELECT … LIMIT …)`
    joins_fully = True  # FULL JOIN
    joins_from_right = True  # RIGHT JOIN
    having_needs_aggregates = False  # HAVING knows no columns but those of GROUP BY
    names_repeated = False  # a parameter that stands in several places has to be one
    functions: ClassVar[Functions] = common.FUNCTIONS
    aggregates: ClassVar[Aggregates] = {}
    casts: ClassVar[Casts] = {}
    bits: ClassVar[Mapping[str, str]] = {}
    cut_text = "LEFT({0}, {1})"

    # what it locks
    locks_rows = True
    locks_tables = True  # FOR UPDATE OF some of the tables
    locks_but_keys = True  # FOR NO KEY UPDATE
    locks_what_may_miss = True  # rows that an outer join may not find
    has_distinct_on = False
    derived_knows_outside = True  # a SELECT in FROM, in a subquery, may name the row around that
    locks_distinct = True
    locks_groups = True  # and what stands beside a window
    skips_locked = True

    # how it explains a query
    explain_formats: tuple[str, ...] = ("text", "json")
    explain_options: tuple[str, ...] = ()
    explains_by_running = True

    # what it takes
    most_parameters: int | None = None
    deepest_condition = 200
    most_compound: int | None = None  # queries in one union
    most_rows_per_insert = 1000
    most_keys = 10_000  # in one list of rows to be deleted or changed

    def __init__(self, server: Server | None = None) -> None:
        self.server = server

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.server or 'not connected'}>"

    # --- names and literals --------------------------------------------------------------------

    @property
    def modulo(self) -> str:
        """The operator ``%`` as it stands in text that has parameters."""
        return "%%" if self.placeholder == "%s" else "%"

    def quoted(self, name: str) -> str:
        """An identifier as SQL text. Names come from models and checked aliases only.

        Raises:
            FieldError: the name is empty, longer than 63 bytes or holds a control character.
        """
        if not name or len(name.encode()) > LONGEST_NAME or not name.isprintable():
            raise FieldError(
                f"{short(name)} cannot name a table, a column or a constraint",
                fix=f"Use 1 to {LONGEST_NAME} bytes of printable characters.",
            )
        return f"{self.quote}{self.in_text(name.replace(self.quote, self.quote * 2))}{self.quote}"

    def in_text(self, text: str) -> str:
        """A text as it stands in a statement that has parameters."""
        return text.replace("%", "%%") if self.placeholder == "%s" else text

    def check_depth(self, depth: int) -> None:
        """Refuse a condition nested deeper than the server's parser can take.

        Raises:
            QueryTooComplex: it is.
        """
        if depth > self.deepest_condition:
            raise QueryTooComplex(
                f"The condition alternates AND, OR and NOT over {depth} levels; "
                f"{self.name} takes {self.deepest_condition}",
                fix="Split it, or flatten it with Q(a) | Q(b) | … on one level.",
            )

    def list_text(self, members: list[Any], template: str) -> tuple[str, list[Any]]:
        """A list behind ``IN`` and its parameters; ``(NULL)``, which nothing equals, if empty."""
        if not members:
            return "(NULL)", members
        return f"({', '.join([self.placeholder] * len(members))})", members

    def rows_text(self, members: list[Any], width: int) -> tuple[str, list[Any]]:
        """A list of tuples behind ``IN`` and its parameters."""
        return f"({self.rows_of(members, width)})", [part for row in members for part in row]

    def rows_of(self, members: list[Any], width: int) -> str:
        """A bracket for each tuple; of NULLs, which nothing equals, if there is none."""
        one = f"({', '.join([self.placeholder if members else 'NULL'] * width)})"
        return ", ".join([one] * (len(members) or 1))

    def on_conflict(
        self,
        table: str,
        column: str,
        target: list[str],
        updates: list[str],
        is_counter: bool,
        of_select: bool = False,
    ) -> str:
        """What is done with a row that a unique constraint refuses, and with no other error.

        Args:
            table: the table, quoted as all names here.
            column: one of its columns that is not NULL.
            target: the columns of the constraint.
            updates: the columns that are changed; none if it is passed over.
            is_counter: whether it counts up that column, which it does for a NULL as well.
            of_select: whether the rows come from a SELECT.
        """
        if not updates:
            return " ON CONFLICT DO NOTHING"
        changes = ", ".join(f"{column} = EXCLUDED.{column}" for column in updates)
        return f" ON CONFLICT ({', '.join(target)}) DO UPDATE SET {changes}"

    def most_members(self, member: Any) -> int:
        """How many members like this one a list may have; a packet has 16 MiB or more."""
        return 100_000

    def literal(self, param: Any) -> str:
        """A driver's parameter as SQL text: only for definitions, which take no parameters."""
        if param is None:
            return "NULL"
        if isinstance(param, bool):
            return "TRUE" if param else "FALSE"
        if isinstance(param, int | float | Decimal):
            return format(param, "f") if isinstance(param, Decimal) else repr(param)
        if isinstance(param, bytes):
            return self.bytes_literal(param)
        if isinstance(param, list):
            return f"ARRAY[{', '.join(map(self.literal, param))}]"
        if isinstance(param, timedelta):
            return f"'{param // timedelta(microseconds=1)} microseconds'"
        return self.in_text(self.text_literal(str(param)))

    def text_literal(self, text: str) -> str:
        """A text as SQL text."""
        return "'" + text.replace("'", "''") + "'"

    def bytes_literal(self, data: bytes) -> str:
        """Bytes as SQL text."""
        return f"X'{data.hex()}'"

    def unsupported(self, feature: str, alternative: str) -> NotSupportedError:
        """The error for what this database cannot do at all."""
        return NotSupportedError(f"{self.product} has no {feature}", fix=alternative)

    @property
    def product(self) -> str:
        """The server's own name, for messages."""
        return self.server.product if self.server is not None else self.name

    # --- definitions ---------------------------------------------------------------------------

    def auto_key(self, column: str) -> str:
        """The type of a primary key that the database counts up."""
        raise NotImplementedError

    def column_type(self, text: str) -> str:
        """A column's type as this very server knows it."""
        return self.in_text(text)

    def limits_name(self, column: str) -> list[str]:
        """The name of the check that keeps a column within its type, by which its error is known.

        That is no error of the user's constraints, but the same as where the type itself refuses.
        """
        name = f"{LIMITS}{column}"
        if len(name.encode()) > LONGEST_NAME:
            name = LIMITS + hashlib.sha256(column.encode()).hexdigest()[:8]
        return ["CONSTRAINT", self.quoted(name)]

    def index_column(self, name: str, column: str) -> str:
        """A column in an index."""
        return name

    def table_options(self, comment: str) -> str:
        """What stands behind the closing bracket of CREATE TABLE."""
        return ""

    def column_comment(self, comment: str | None) -> str:
        """A comment as part of a column's definition."""
        return ""

    def comment_statements(
        self, table: str, comment: str, columns: list[tuple[str, str | None]]
    ) -> list[str]:
        """Comments as statements of their own."""
        return []

    # --- conditions ----------------------------------------------------------------------------

    def comparable(self, expr: SQL, field: AnyField) -> SQL:
        """An expression as it is compared and ordered, where it is stored as something else."""
        return expr

    def case(self, expr: SQL, field: AnyField) -> SQL:
        """A whole ``CASE … END``, whose conditions must not have an effect on how it compares."""
        return expr

    def sides(self, left: SQL, lfield: AnyField, right: SQL, rfield: AnyField) -> tuple[SQL, SQL]:
        """Both sides of a comparison, made comparable."""
        return left, right

    def match(
        self, kind: str, operand: SQL, pattern: SQL, is_value: bool, ignore_case: bool
    ) -> SQL:
        """``contains``, ``startswith``, ``endswith`` or, without regard to case, ``exact``."""
        if ignore_case:
            operand, pattern = self.upper(operand), self.upper(pattern)
        if kind == "exact":
            return sql(operand, " = ", pattern)
        if is_value:
            return sql(operand, " LIKE ", mapped(pattern, LIKE_PATTERNS[kind]))
        return self.match_expression(kind, operand, pattern)

    def match_expression(self, kind: str, operand: SQL, pattern: SQL) -> SQL:
        """A match against another expression, where a LIKE pattern cannot be made beforehand."""
        raise NotImplementedError

    def upper(self, expr: SQL) -> SQL:
        """A text in capitals, by which case is ignored."""
        return sql("UPPER(", expr, ")")

    def regex(self, operand: SQL, pattern: SQL, ignore_case: bool) -> SQL:
        """Whether a text matches a regular expression."""
        raise NotImplementedError

    @property
    def lateral(self) -> str:
        """What stands before a query that sees the tables before it.

        Raises:
            NotSupportedError: the database has none.
        """
        if not self.has_lateral:
            raise self.unsupported(
                "LATERAL join",
                "Rank the rows of each with Window(RowNumber(), partition_by=…), or ask for one "
                "value with Subquery(…).",
            )
        return "LATERAL "

    def widened(self, text: SQL, field: AnyField) -> SQL:
        """A column of a recursive query, whose first rows say what the others may be."""
        return text

    # --- functions -----------------------------------------------------------------------------

    def call(self, node: ast.Call, arguments: list[SQL]) -> SQL:
        """A function that all databases have in some way.

        Raises:
            CovetError: there is no such function.
        """
        said = self.functions.get(node.name)
        if said is None:
            raise CovetError(f"The dialect {self.name} does not know the function {node.name}")
        if isinstance(said, str):
            return filled(self.in_text(said), arguments)
        return said(self, node, arguments)

    def window_call(self, node: ast.Call, arguments: list[SQL], over: SQL) -> SQL:
        """A function that only a window has."""
        return sql(self.call(node, arguments), over)

    def check_window(self, node: ast.Over, is_range: bool) -> None:
        """Refuse a window that the database does not have.

        Args:
            node: the window.
            is_range: whether its frame is as far as a value, not as many rows.

        Raises:
            NotSupportedError: it has not.
        """

    def counted_from(self, expr: SQL, field: AnyField) -> SQL:
        """What the bounds of a range are counted from."""
        return expr

    def frame(self, frame: tuple[str, int | None, int | None, str | None]) -> str:
        """``ROWS BETWEEN … AND …``"""
        kind, start, end, exclusion = frame
        low = "UNBOUNDED PRECEDING" if start is None else _bound(start)
        high = "UNBOUNDED FOLLOWING" if end is None else _bound(end)
        left_out = f" EXCLUDE {exclusion}" if exclusion else ""
        return f" {kind} BETWEEN {low} AND {high}{left_out}"

    def aggregate(self, parts: Parts) -> SQL:
        """A function of many rows.

        Raises:
            NotSupportedError: the database has it not in this way.
        """
        said = self.aggregates.get(parts.node.name)
        return said(self, parts) if said is not None else self.usual(parts.node.name, parts)

    def usual(self, name: str, parts: Parts) -> SQL:
        """``SUM(DISTINCT … ORDER BY …) FILTER (WHERE …) OVER (…)``"""
        return usual(name, parts)

    def cased(self, name: str, expr: SQL) -> SQL:
        """A text in capitals or in small letters: ``"UPPER"`` or ``"LOWER"``."""
        return sql(f"{name}(", expr, ")")

    def as_common(self, expr: SQL, source: AnyField, target: AnyField) -> SQL:
        """One of several values that are to have one type."""
        return expr

    def grouped(self, text: SQL, field: AnyField) -> SQL:
        """An expression by which rows are put together: equal documents are one group."""
        if not is_family(field, "json"):
            return text
        assert field is not None
        return self.call(ast.Call("JSON_CANONICAL", (ast.Null(field),), (), field, True), [text])

    def argument(self, text: SQL, field: AnyField) -> SQL:
        """A parameter inside of a function, as a value of its type."""
        return self.selected(text, field)

    # --- expressions ---------------------------------------------------------------------------

    def arithmetic(
        self,
        operator: str,
        left: SQL,
        right: SQL,
        fields: tuple[AnyField, AnyField],
        result: str,
    ) -> SQL:
        """``left operator right`` between numbers; what divides by zero is NULL.

        Whole numbers divide to a whole number, towards zero, as SQL has it.
        """
        if operator in BITWISE:
            return filled(self.bits[operator], [left, right])
        if operator == "**":
            return filled(POWER, [left, right])
        if operator in "/%":
            right = sql("NULLIF(", right, ", 0)")
        return sql("(", left, f" {self.in_text(operator)} ", right, ")")

    def within(self, expr: SQL, field: AnyField) -> SQL:
        """The result of arithmetic, which is an error beyond 64 bits or what a float can be."""
        return expr

    def moment_arithmetic(
        self, operator: str, left: SQL, right: SQL, fields: tuple[AnyField, AnyField]
    ) -> SQL:
        """``left operator right`` between moments and durations, exact to the microsecond.

        A moment outside the years 1 to 9999 is an error: Python has none.
        """
        if is_family(fields[1], "datetime") and operator == "+":
            return self.moved("+", right, left)
        if is_family(fields[0], "datetime") and is_family(fields[1], "duration"):
            return self.moved(operator, left, right)
        if is_family(fields[1], "datetime") or is_family(fields[1], "date"):
            return self.distance(left, right)
        return sql("(", left, f" {operator} ", right, ")")

    def moved(self, operator: str, moment: SQL, duration: SQL) -> SQL:
        """A moment, a duration later or earlier."""
        raise NotImplementedError

    def distance(self, end: SQL, start: SQL) -> SQL:
        """The duration between two moments, or two dates."""
        raise NotImplementedError

    def assigned(self, expr: SQL, source: AnyField, target: Field[Any]) -> SQL:
        """An expression as a column of another type takes it; halves are rounded away from 0."""
        return expr

    def selected(self, expr: SQL, field: AnyField) -> SQL:
        """A bare parameter as an output, which is to have its field's type."""
        return expr

    def check_lock(self, select: ast.Select) -> None:
        """Refuse a way of locking that the database does not have.

        Raises:
            NotSupportedError: it has not.
        """
        assert select.lock is not None
        strength, tables, wait = select.lock.strength, select.lock.tables, select.lock.wait
        if tables and not self.locks_tables:
            raise self.unsupported(
                "SELECT … FOR UPDATE OF", "Leave out of=…, which locks the rows of all tables."
            )
        if strength == "NO KEY UPDATE" and not self.locks_but_keys:
            raise self.unsupported("SELECT … FOR NO KEY UPDATE", "Leave out no_key=True.")
        if wait == "SKIP LOCKED" and not self.skips_locked:
            raise self.unsupported("SELECT … SKIP LOCKED", "Use nowait=True, or a newer server.")
        if (select.distinct or select.distinct_on) and not self.locks_distinct:
            raise self.unsupported(
                "SELECT DISTINCT … FOR UPDATE",
                "Lock the rows by their keys: filter(pk__in=…).select_for_update().",
            )
        if isinstance(select.table, ast.Derived) or not (
            self.locks_groups or not (select.group_by or ast.contains(select.outputs, ast.Over))
        ):
            raise self.unsupported(
                "way to lock the rows of groups or of windows",
                "Lock the rows by their keys: filter(pk__in=…).select_for_update().",
            )
        missing = {join.alias for join in select.joins if join.outer}
        if not self.locks_what_may_miss and missing.intersection(tables or missing):
            raise self.unsupported(
                "way to lock the rows of a relation that may be empty",
                'Name the tables to lock: select_for_update(of=("self",)).',
            )

    def explain(self, format: str, analyze: bool, options: dict[str, bool]) -> str:
        """What stands before a SELECT that is to be explained; all of it is checked already."""
        raise NotImplementedError

    def explained(self, names: list[str], rows: list[tuple[Any, ...]]) -> str:
        """The answer as text: lines where it has one column, else a table."""
        if len(names) == 1:
            return "\n".join(map(_explained_line, (row[0] for row in rows)))
        texts = [
            names,
            *(["NULL" if value is None else str(value) for value in row] for row in rows),
        ]
        widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
        lines = (
            "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True))
            for line in texts
        )
        return "\n".join(line.rstrip() for line in lines)

    def order_term(self, expr: SQL, descending: bool, nulls_first: bool | None) -> SQL:
        """One term of ORDER BY; ``nulls_first`` is None where the database does it anyway."""
        nulls = "" if nulls_first is None else f" NULLS {'FIRST' if nulls_first else 'LAST'}"
        return sql(expr, " DESC" if descending else " ASC", nulls)


def _explained_line(value: Any) -> str:
    """A line of an explanation; a JSON document comes decoded from some drivers."""
    return value if isinstance(value, str) else json.dumps(value, indent=2)


def _bound(distance: int) -> str:
    """One end of a frame."""
    if distance == 0:
        return "CURRENT ROW"
    return f"{-distance} PRECEDING" if distance < 0 else f"{distance} FOLLOWING"


def _like(before: str, after: str) -> Callable[[Bind], Bind]:
    """What makes a LIKE pattern of a text; its own ``%`` and ``_`` stay themselves."""

    def change(bind: Bind) -> Bind:
        def pattern(value: Any) -> str:
            text: str = bind(value)
            escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            return f"{before}{escaped}{after}"

        return pattern

    return change


LIKE_PATTERNS = {
    "contains": _like("%", "%"),
    "startswith": _like("", "%"),
    "endswith": _like("%", ""),
}


def is_family(field: AnyField, name: str) -> bool:
    """Whether an expression's type is of a family; one without a type is of none."""
    return field is not None and family(field) == name
