"""Which related objects does ``limit_choices_to`` say are to be chosen from?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import ModelError, short
from ..expressions import Q

if TYPE_CHECKING:
    from .many import ManyToMany
    from .relations import ForeignKeyField

Limit: TypeAlias = Mapping[str, Any] | Q | Callable[[], Mapping[str, Any] | Q]
"""Lookups on the related model: a dictionary, a ``Q``, or a function that gives either."""

Relation: TypeAlias = "ForeignKeyField[Any] | ManyToMany[Any]"


def check_limit(field: Relation) -> None:
    """Refuse a ``limit_choices_to`` that can be no condition, when the model is declared.

    Raises:
        ModelError: it is of another kind.
    """
    given = field.limit_choices_to
    if given is not None and not callable(given):
        _condition(field, given)


def limit_of(field: Relation) -> dict[str, Any] | Q:
    """What a relation's ``limit_choices_to`` says now; a function is called each time.

    Raises:
        ModelError: the function gives something that can be no condition.
    """
    given = field.limit_choices_to
    if given is None:
        return {}
    return _condition(field, given() if callable(given) else given)


def _condition(field: Relation, given: Any) -> dict[str, Any] | Q:
    if isinstance(given, Q):
        return given
    if isinstance(given, Mapping) and all(isinstance(name, str) for name in given):
        return dict(given)
    raise unfit(field, f"has limit_choices_to={short(given)}, which is no condition")


def unfit(field: Relation, wrong: str, fix: str | None = None) -> ModelError:
    """The error for a ``limit_choices_to`` that cannot be asked."""
    usual = "Give lookups on the related model: a dictionary, a Q, or a function that gives one."
    return field.misdeclared(wrong, fix or usual)
