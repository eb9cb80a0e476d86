"""Which calculations are tried?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from ..tables import Column
from ..tree import Arithmetic, Condition, Constant, Path
from .draw import Draw
from .places import ORDER, Place, wordings
from .values import decimals, small_integers


@dataclass(frozen=True)
class Sums:
    """Which columns and constants can be calculated with one another, and how."""

    kinds: Sequence[str]
    operators: str
    constants: st.SearchStrategy[Any]


CENTS = Column("decimal", digits=4, places=2)
SUMS: Sequence[Sums] = (
    Sums(("integer",), "+-*/%", small_integers),
    Sums(("integer", "biginteger"), "+-*/%", small_integers | st.just(2**31)),
    # Without "%": PostgreSQL has no remainder of floats, and computed ones differ in the last bits.
    Sums(("integer", "float"), "+-*/", small_integers | st.sampled_from((0.0, 0.5, -1.5, 0.1))),
    Sums(("integer", "decimal"), "+-*/%", small_integers | decimals(CENTS)),
)


@st.composite
def calculated(draw: Draw[Any], places: Sequence[Place]) -> Condition:
    """Arithmetic on one side or both: ``views__gt=F("score") * 2``, ``F("views") % 2 == 1``."""
    sums = draw(st.sampled_from(SUMS))
    lookup = draw(st.sampled_from(("exact", *ORDER)))
    there = [
        path for place in places for path, column in place.columns(sums.kinds) if fits(column, sums)
    ]
    terms = st.sampled_from(there)
    sides = expressions(sums, terms)
    if draw(st.booleans()):
        left = draw(terms)
        return Condition(left, lookup, draw(sides), draw(wordings(left)))
    constants = small_integers if lookup == "exact" else sums.constants  # no sum is a fraction
    right = draw(sides | terms | constants)
    return Condition(draw(sides), lookup, right, "f")


def fits(column: Column, sums: Sums) -> bool:
    """Whether a column is calculated with; products of 38 digits are longer than any decimal."""
    return column.kind in sums.kinds and column.digits < 20


def expressions(sums: Sums, terms: st.SearchStrategy[Path]) -> st.SearchStrategy[Arithmetic]:
    """Arithmetic with at least one column in it, one or two operators deep."""
    operators = st.sampled_from(sums.operators)
    constants = sums.constants.map(Constant)
    simple = st.builds(Arithmetic, operators, terms, terms | constants) | st.builds(
        Arithmetic, operators, constants, terms
    )
    return (
        simple
        | st.builds(Arithmetic, operators, simple, terms | constants)
        | st.builds(Arithmetic, operators, terms | constants, simple)
    )
