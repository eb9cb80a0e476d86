"""What a user can say: Q trees, F references, functions, aggregates, orderings, as plain data."""

from .aggregates import Aggregate, Avg, Count, Max, Min, Sum
from .base import Combined, Compound, Expression, F, FieldRef, OrderBy, Value, as_expression
from .conditional import Case, ExpressionWrapper, Predicate, When
from .functions.base import Func
from .functions.comparison import Cast, Coalesce, Greatest, Least, NullIf
from .q import Comparison, Holds, Lookup, Q
from .raw import RawSQL
from .subqueries import Exists, OuterRef, Subquery
from .windows import Rank, RowNumber, RowRange, ValueRange, Window

__all__ = [
    "Aggregate",
    "Avg",
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
    "Holds",
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
    "Subquery",
    "Sum",
    "Value",
    "ValueRange",
    "When",
    "Window",
    "as_expression",
]
