"""What is true, false or unknown in a statement.

``unknown``: whether it can be neither true nor false, as a comparison with NULL is. ``needs``: the
joins that must have found a row for it to be true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from .expressions import Expr, Param, Raw

if TYPE_CHECKING:
    from .statements import Select

NOWHERE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition that is the same for every row."""

    value: bool
    unknown: bool = False
    needs: frozenset[str] = NOWHERE
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Compare:
    """Two expressions and a comparison operator: ``=``, ``<`` …"""

    operator: str
    left: Expr
    right: Expr
    unknown: bool
    needs: frozenset[str]
    depth: int = 1


@dataclass(frozen=True, slots=True)
class UnlessNull:
    """A comparison whose outcome is known beforehand for every value but NULL."""

    operand: Expr
    value: bool
    unknown: bool
    needs: frozenset[str]
    depth: int = 1


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether an expression is NULL, or is not."""

    operand: Expr
    null: bool
    needs: frozenset[str]
    unknown: bool = False
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Among:
    """Whether an expression is one of a list of values."""

    operand: Expr
    members: Param
    needs: frozenset[str]
    unknown: bool = True  # all members may turn out to be beyond the column's range
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Between:
    """Whether an expression lies between two others, both included."""

    operand: Expr
    low: Expr
    high: Expr
    unknown: bool
    needs: frozenset[str]
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Match:
    """Whether a text holds another: ``contains``, ``startswith``, ``endswith`` or ``exact``."""

    kind: str
    operand: Expr
    pattern: Expr
    ignore_case: bool
    unknown: bool
    needs: frozenset[str]
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Regex:
    """Whether a text matches a regular expression, in the server's own syntax."""

    operand: Expr
    pattern: Expr
    ignore_case: bool
    unknown: bool
    needs: frozenset[str]
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Exists:
    """Whether a subquery has a row."""

    select: Select
    unknown: bool = False
    needs: frozenset[str] = NOWHERE
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions joined by ``AND``, ``OR`` or ``XOR``."""

    connector: str
    children: tuple[Condition, ...]
    unknown: bool
    needs: frozenset[str]
    depth: int


@dataclass(frozen=True, slots=True)
class Not:
    """The complement: true wherever the condition is not."""

    child: Condition
    depth: int
    unknown: bool = False
    needs: frozenset[str] = NOWHERE


@dataclass(frozen=True, slots=True)
class IsTrue:
    """Whether an expression that is true or false is true."""

    operand: Expr
    unknown: bool
    needs: frozenset[str]
    depth: int = 1


@dataclass(frozen=True, slots=True)
class InSelect:
    """Whether an expression, or a key of several columns, is among the rows of a subquery."""

    operand: Expr
    select: Select
    unknown: bool
    needs: frozenset[str]
    depth: int = 1


@dataclass(frozen=True, slots=True)
class InRaw:
    """Whether an expression is among the rows of a query in the user's own SQL."""

    operand: Expr
    raw: Raw
    needs: frozenset[str]
    unknown: bool = True
    depth: int = 1


Condition: TypeAlias = (
    Truth
    | Compare
    | UnlessNull
    | IsNull
    | Among
    | Between
    | Match
    | Regex
    | Exists
    | IsTrue
    | InSelect
    | InRaw
    | Group
    | Not
)
