"""How do databases say the functions of dates? Each says four things, and the rest is made of them.

A moment is looked at as it is on a clock in a time zone, and what comes of that is a moment again
by the same clock. Where the clock shows an hour twice the first one is meant, and a time that it
skips is taken to be before the gap: as Python has it with ``fold=0``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...query import ast
from ...query.types import family
from ..text import SQL
from .base import Functions

if TYPE_CHECKING:
    from ..dialects.base import Dialect


class Dates:
    """What the functions of dates are made of, in one dialect."""

    now: ClassVar[str]
    """The moment at which the statement began."""

    def part(self, dialect: Dialect, part: str, operand: SQL, kind: str) -> SQL:
        """A part of a date, a time, or a moment as it is on a clock."""
        raise NotImplementedError

    def on_clock(self, dialect: Dialect, moment: SQL, zone: str) -> SQL:
        """A moment as it is on the clock of a time zone."""
        raise NotImplementedError

    def moment(self, dialect: Dialect, clock: SQL, zone: str) -> SQL:
        """The moment at which the clock of a time zone shows something."""
        raise NotImplementedError

    def beginning(self, dialect: Dialect, kind: str, operand: SQL, source: str, target: str) -> SQL:
        """The beginning of a year, an hour …, of the type that is wanted."""
        raise NotImplementedError

    def date(self, dialect: Dialect, clock: SQL) -> SQL:
        """The date on a clock."""
        raise NotImplementedError

    def time(self, dialect: Dialect, clock: SQL) -> SQL:
        """The time on a clock."""
        raise NotImplementedError

    # --- what is made of these -----------------------------------------------------------------

    @property
    def functions(self) -> Functions:
        """The table of them."""
        return {
            "EXTRACT": self.extract,
            "TRUNC": self.trunc,
            "DATE": self.to_date,
            "TIME": self.to_time,
            "NOW": self.now,
        }

    def extract(self, dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
        """A part as a number."""
        part, zone = node.options
        kind = _kind(node.arguments[0])
        operand = arguments[0]
        if kind == "datetime" and zone:
            operand = self.on_clock(dialect, operand, zone)
        return self.part(dialect, part, operand, kind)

    def trunc(self, dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
        """A beginning, and of a moment the moment of that."""
        kind, zone = node.options
        source, target = _kind(node.arguments[0]), family(node.field)
        operand = arguments[0]
        if source == "datetime":
            operand = self.on_clock(dialect, operand, zone)
        found = self.beginning(dialect, kind, operand, source, target)
        return self.moment(dialect, found, zone) if target == "datetime" else found

    def to_date(self, dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
        """The date of a moment."""
        if _kind(node.arguments[0]) == "date":
            return arguments[0]
        return self.date(dialect, self.on_clock(dialect, arguments[0], node.options[1]))

    def to_time(self, dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
        """The time of a moment."""
        if _kind(node.arguments[0]) == "time":
            return arguments[0]
        return self.time(dialect, self.on_clock(dialect, arguments[0], node.options[1]))


def _kind(node: ast.Expr) -> str:
    """The family of what is given; what has no type is taken for a moment."""
    kind = "any" if node.field is None else family(node.field)
    return "datetime" if kind == "any" else kind
