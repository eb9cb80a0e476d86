"""What stands on the two sides of a lookup?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..schema.fields import Field
from . import ast


class Given(NamedTuple):
    """The right side of a lookup as the resolver found it.

    Attributes:
        kind: what stands there, in the words of ``expressions.shape``.
        place: its place among the query's values.
        expr: the expression, where it is one.
        needs: the joins that the expression goes through.
    """

    kind: str
    place: int
    value: Any
    expr: ast.Expr | None = None
    needs: frozenset[str] = ast.NOWHERE


class Operand(NamedTuple):
    """The left side of a lookup: the expression, its type, and the joins it goes through."""

    expr: ast.Expr
    field: Field[Any]
    needs: frozenset[str]

    @property
    def nullable(self) -> bool:
        """Whether it can be NULL."""
        return self.expr.nullable


Lookup = Callable[[str, Operand, Given], ast.Condition]
