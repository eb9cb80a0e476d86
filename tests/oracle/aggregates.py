"""Which calls with aggregates are tried? Plain data, said alike in covet's words and in Django's.

Both have the same names, so that one function says a chain to either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

Call = tuple[str, Any]

PATHS = (
    "posts__id",
    "posts__ratio",
    "apprentices__score",
    "apprentices__posts__id",
    "mentor__score",
    "score",
    "rating",
)
FILTERS = (
    None,
    ("posts__views__gt", 0),
    ("apprentices__score__lt", 2),
    ("score__isnull", True),
    ("posts__draft", True),
)
NARROWED: Sequence[Call] = (
    ("filter", {"posts__views__gt": 0}),
    ("filter", {"score__lt": 3}),
    ("exclude", {"score": 1}),
    ("exclude", {"posts__views": 1}),
    ("values", ("active",)),
    ("values", ("active", "score")),
    ("having", ("gt", 1)),
    ("having", ("lte", 2)),
    ("having", ("isnull", True)),
)

aggregates = st.tuples(
    st.sampled_from(("Count", "Sum", "Min", "Max", "Avg", "Count distinct")),
    st.sampled_from(PATHS),
    st.sampled_from(FILTERS),
)
calls: st.SearchStrategy[list[Call]] = st.lists(
    aggregates.map(lambda given: ("annotate", given)) | st.sampled_from(NARROWED),
    min_size=1,
    max_size=4,
)
"""Calls about authors; values() counts before the first annotate() only."""


def said(query: Any, words: Any, calls: Sequence[Call]) -> Any:
    """The calls on a queryset, in the words of a module that has ``Q`` and ``Count``."""
    names: list[str] = []
    shown: tuple[str, ...] = ()
    for number, (verb, given) in enumerate(calls):
        if verb == "annotate":
            names.append(f"a{number}")
            query = query.annotate(**{names[-1]: _aggregate(words, *given)})
        elif verb == "values" and not (shown or names):
            shown = given
            query = query.values(*given)
        elif verb == "having" and names:
            query = query.filter(**{f"{names[-1]}__{given[0]}": given[1]})
        elif verb in ("filter", "exclude"):
            query = getattr(query, verb)(**given)
    return query.values_list(*(shown or ("pk",)), *names)


def _aggregate(words: Any, name: str, path: str, condition: Any) -> Any:
    options: dict[str, Any] = {} if condition is None else {"filter": words.Q(condition)}
    if name == "Count distinct":
        return words.Count(path, distinct=True, **options)
    return getattr(words, name)(path, **options)


def alike(rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Rows in one order; of fractions, the digits that Django's averages have in MariaDB.

    A sum of whole numbers is a decimal there, and whole all the same.
    """
    return sorted((tuple(map(_rounded, row)) for row in rows), key=repr)


def _rounded(value: Any) -> Any:
    if not isinstance(value, float | Decimal):
        return value
    return int(value) if value == int(value) else float(f"{value:.3g}")
