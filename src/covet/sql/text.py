"""What is a piece of SQL? Text, and the slots in it where parameters go; the two never part."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

Bind: TypeAlias = Callable[[Any], Any]


class Slot(NamedTuple):
    """The place of one parameter.

    Attributes:
        place: its place among the query's values; None for a constant.
        bind: what makes a parameter of the value; of a constant, gives it.
        template: what stands in the text, over ``{p}``.
        hidden: whether the value is not to be shown to anybody.
    """

    place: int | None
    bind: Bind
    template: str = "{p}"
    hidden: bool = False


class ListSlot(NamedTuple):
    """The place of a list of parameters, as long as the list turns out to be.

    Attributes:
        width: how many parameters each member has.
        hidden: as for ``Slot``.
    """

    place: int
    bind: Bind
    template: str = "{p}"
    width: int = 1
    hidden: bool = False


class ValueSlot(NamedTuple):
    """The place of a piece of SQL that depends on the value itself.

    Attributes:
        make: gives the piece; all its slots are constants.
        hidden: as for ``Slot``.
    """

    place: int
    make: Callable[[Any], SQL]
    hidden: bool = False


Part: TypeAlias = str | Slot | ListSlot | ValueSlot
SQL: TypeAlias = tuple[Part, ...]


def sql(*parts: Part | SQL) -> SQL:
    """Pieces put together in this order."""
    found: list[Part] = []
    for part in parts:
        if isinstance(part, str | Slot | ListSlot | ValueSlot):
            found.append(part)
        else:
            found.extend(part)
    return tuple(found)


def separated(separator: str, pieces: Iterable[SQL]) -> SQL:
    """Pieces with a text between each two."""
    found: list[Part] = []
    for n, piece in enumerate(pieces):
        if n:
            found.append(separator)
        found.extend(piece)
    return tuple(found)


def clause(keyword: str, piece: SQL) -> SQL:
    """A clause behind its keyword; nothing where the clause is empty."""
    return (f" {keyword} ", *piece) if piece else ()


def mapped(piece: SQL, change: Callable[[Bind], Bind]) -> SQL:
    """A piece with the way its single parameters are made changed."""
    return tuple(
        part._replace(bind=change(part.bind)) if isinstance(part, Slot) else part for part in piece
    )
