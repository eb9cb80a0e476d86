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
from .ctes import Lateral, With
from .functions.base import Func
from .functions.comparison import Cast, Coalesce, Greatest, Least, NullIf
from .functions.window import (
    CumeDist,
    DenseRank,
    FirstValue,
    Lag,
    LastValue,
    Lead,
    NthValue,
    Ntile,
    PercentRank,
    Rank,
    RowNumber,
)
from .q import Comparison, Holds, Lookup, Q
from .raw import RawSQL
from .subqueries import Exists, OuterRef, Subquery
from .windows import RowRange, ValueRange, Window, WindowFrameExclusion

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
    "CumeDist",
    "DenseRank",
    "Exists",
    "Expression",
    "ExpressionWrapper",
    "F",
    "FieldRef",
    "FirstValue",
    "Func",
    "Greatest",
    "GroupConcat",
    "Holds",
    "JSONBAgg",
    "Lag",
    "LastValue",
    "Lateral",
    "Lead",
    "Least",
    "Lookup",
    "Max",
    "Min",
    "NthValue",
    "Ntile",
    "NullIf",
    "OrderBy",
    "OuterRef",
    "PercentRank",
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
    "WindowFrameExclusion",
    "With",
    "as_expression",
]
