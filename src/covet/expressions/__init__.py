"""What a user can say: Q trees, F references, arithmetic and orderings, as plain data."""

from .base import Combined, Expression, F, FieldRef, OrderBy, Value
from .q import Comparison, Lookup, Q

__all__ = [
    "Combined",
    "Comparison",
    "Expression",
    "F",
    "FieldRef",
    "Lookup",
    "OrderBy",
    "Q",
    "Value",
]
