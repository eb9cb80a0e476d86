"""What is a list with expressions in it?"""

from __future__ import annotations

from typing import Any

from .base import Compound, Expression, Value
from .shape import Queried, Shaped, is_list


class Several(Compound[Any]):
    """The members of a list some of which are expressions: ``views__in=[F("likes"), 3]``."""

    __slots__ = ()

    def __init__(self, members: tuple[Any, ...]) -> None:
        self._consists("[", map(_member, members))

    def __repr__(self) -> str:
        return f"[{', '.join(map(repr, self.parts))}]"


def _member(value: Any) -> Shaped:
    if isinstance(value, Queried):
        return value.as_subquery()
    return value if isinstance(value, Shaped) else Value(value)


def settled(value: Any) -> Any:
    """A value that stays as it is: of a list or an iterator, what it holds now.

    A query may be resolved again, long after its shape was taken, and must have that shape still.
    """
    if isinstance(value, Queried):
        return value.as_subquery()
    if not is_list(value) or isinstance(value, Expression):
        return value
    members = tuple(value)
    if any(issubclass(cls, (Shaped, Queried)) for cls in set(map(type, members))):
        return Several(members)
    return members
