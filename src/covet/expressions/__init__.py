"""What a user can say: Q trees, F references, functions, aggregates, orderings, as plain data."""

from .aggregates import (
    Aggregate,
    AnyValue,
    Avg,
    BoolAnd,
    BoolOr,
    Count,
    Max,
    Min,
    StdDev,
    Sum,
    Variance,
)
from .base import Combined, Compound, Expression, F, FieldRef, OrderBy, Value, as_expression
from .collecting import ArrayAgg, GroupConcat, JSONBAgg, StringAgg
from .conditional import Case, ExpressionWrapper, Predicate, When
from .functions.base import Func
from .functions.comparison import Cast, Coalesce, Greatest, Least, NullIf
from .q import Comparison, Holds, Lookup, Q
from .raw import RawSQL
from .subqueries import Exists, OuterRef, Subquery
from .windows import Rank, RowNumber, RowRange, ValueRange, Window

__all__ = [
    "Aggregate",
    "AnyValue",
    "ArrayAgg",
    "Avg",
    "BoolAnd",
    "BoolOr",
    "Case",
    "Cast",
    "Coalesce",
    "Combined",
    "Comparison",
    "Compound",
    "Count",
    "Exists",
    "Expression",
    "ExpressionWrapper",
    "F",
    "FieldRef",
    "Func",
    "Greatest",
    "GroupConcat",
    "Holds",
    "JSONBAgg",
    "Least",
    "Lookup",
    "Max",
    "Min",
    "NullIf",
    "OrderBy",
    "OuterRef",
    "Predicate",
    "Q",
    "Rank",
    "RawSQL",
    "RowNumber",
    "RowRange",
    "StdDev",
    "StringAgg",
    "Subquery",
    "Sum",
    "Value",
    "ValueRange",
    "Variance",
    "When",
    "Window",
    "as_expression",
]
