"""What stands on the two sides of a lookup?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..expressions import Expression
from ..schema.fields import Field
from . import ast

Transforming = Callable[[Expression[Any]], Expression[Any]]
"""What makes another expression of one: the class of a function, mostly."""

EXPRESSION = "expression"
MEMBERS = "[members]"
"""The kinds of a right side that is an expression, or a list with expressions in it."""


class Given(NamedTuple):
    """The right side of a lookup as the resolver found it.

    Attributes:
        kind: what stands there, in the words of ``expressions.shape``.
        place: its place among the query's values.
        expr: the expression, where it is one.
        needs: the joins that the expression goes through.
        members: those of a list that has expressions.
    """

    kind: str
    place: int
    value: Any
    expr: ast.Expr | None = None
    needs: frozenset[str] = ast.NOWHERE
    members: tuple[Given, ...] = ()


class Operand(NamedTuple):
    """The left side of a lookup: the expression, its type, and the joins it goes through.

    Attributes:
        both: the transforms in it that are made of the right side, too.
        bare: the type of the expression before the first of them.
    """

    expr: ast.Expr
    field: Field[Any]
    needs: frozenset[str]
    both: tuple[Transforming, ...] = ()
    bare: Field[Any] | None = None

    @property
    def nullable(self) -> bool:
        """Whether it can be NULL."""
        return self.expr.nullable


Lookup = Callable[[str, Operand, Given], ast.Condition]
