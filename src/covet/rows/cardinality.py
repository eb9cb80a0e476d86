"""How many rows were there to be? Exactly one, for ``get()``."""

from __future__ import annotations

from typing import Any

from ..query.spec import QuerySpec
from ..schema.record import Record

MOST_COUNTED = 21
"""How many rows ``get()`` fetches, so that it can say how many there are without all of them."""


def exactly_one(rows: list[Any], model: type[Record], spec: QuerySpec) -> Any:
    """The one row.

    Raises:
        DoesNotExist: there is none; the model's own class.
        MultipleObjectsReturned: there are several; the model's own class.
    """
    if len(rows) == 1:
        return rows[0]
    conditions = ", ".join(clause.condition.inside() for clause in spec.clauses)
    asked = f"{model.__name__}.objects.get({conditions})"
    if not rows:
        raise model.DoesNotExist(f"No {model.__name__} matches", asked=asked)
    many = f"more than {MOST_COUNTED - 1}" if len(rows) >= MOST_COUNTED else str(len(rows))
    raise model.MultipleObjectsReturned(
        f"{many} objects of {model.__name__} match, where one was asked for",
        asked=asked,
        fix="Use filter(), or conditions that only one can meet.",
    )
