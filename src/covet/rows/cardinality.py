"""How many rows were there to be? Exactly one, for ``get()``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import FieldError, ObjectDoesNotExist, short
from ..expressions import Q
from ..query.spec import QuerySpec
from ..schema.record import Record

MOST_COUNTED = 21
"""How many rows ``get()`` fetches, so that it can say how many there are without all of them."""


def exactly_one(
    rows: list[Any], model: type[Record], spec: QuerySpec, hides: Callable[[], bool]
) -> Any:
    """The one row.

    Args:
        rows: what was found.
        model: of what.
        spec: the question, whose conditions an error shows.
        hides: tells whether some of its values are not to be shown.

    Raises:
        DoesNotExist: there is none; the model's own class.
        MultipleObjectsReturned: there are several; the model's own class.
    """
    if len(rows) == 1:
        return rows[0]
    values = not hides()
    shown = [c.condition.inside(values=values) for c in spec.clauses if not _is_hidden(c.condition)]
    asked = _asked(model, ", ".join(shown))
    if not rows:
        raise model.DoesNotExist(f"No {model.__name__} matches", asked=asked)
    many = f"more than {MOST_COUNTED - 1}" if len(rows) >= MOST_COUNTED else str(len(rows))
    raise model.MultipleObjectsReturned(
        f"{many} objects of {model.__name__} match, where one was asked for",
        asked=asked,
        fix="Use filter(), or conditions that only one can meet.",
    )


def the_first(rows: list[Any], model: type[Record], call: str, fields: tuple[Any, ...]) -> Any:
    """The first row, for ``latest()`` and ``earliest()``.

    Raises:
        DoesNotExist: there is none; the model's own class.
    """
    if not rows:
        shown = ", ".join(map(short, fields))
        asked = f"{model.__name__}.objects.{call}({shown})"
        raise model.DoesNotExist(f"No {model.__name__} matches", asked=asked)
    return rows[0]


def check_member(model: type[Record], spec: QuerySpec, member: object) -> Any:
    """The key of an instance that may be among the rows of a query.

    Raises:
        FieldError: it cannot be.
    """
    if spec.output.kind != "instances":
        raise FieldError(
            "contains() looks for an instance, and the rows of values() are none",
            fix="Take values() away, or use filter(…).exists().",
        )
    if not isinstance(member, model) or not member._is_pk_set():
        wrong = "is not saved" if isinstance(member, model) else f"is no {model.__name__}"
        raise FieldError(f"contains() was given {short(member)}, which {wrong}")
    return member.pk


def no_row(model: type[Record], lookups: dict[str, Any]) -> ObjectDoesNotExist:
    """The error for a row that a key points to and that is not there."""
    return model.DoesNotExist(
        f"No {model.__name__} matches", asked=_asked(model, Q(**lookups).inside())
    )


def _is_hidden(condition: Q) -> bool:
    """Whether a condition is a manager's own, over a relation that has no name."""
    return any(word.startswith("+") for word in condition.key)


def _asked(model: type[Record], conditions: str) -> str:
    return f"{model.__name__}.objects.get({conditions})"
