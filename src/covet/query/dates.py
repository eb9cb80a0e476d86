"""What do the functions of dates and times take, and of which type is what they give?"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from ..errors import FieldError
from ..expressions.functions.dates import DAY_KINDS, DAY_PARTS, TIME_KINDS, TIME_PARTS
from ..schema.fields import DateTimeField, Field
from .types import BY_NAME, MOMENTS, checked_type, family, named

PARTS: Final = {
    "date": frozenset(DAY_PARTS),
    "time": frozenset(TIME_PARTS),
    "datetime": frozenset((*DAY_PARTS, *TIME_PARTS)),
}
KINDS: Final = {
    "date": frozenset(DAY_KINDS),
    "time": frozenset(TIME_KINDS),
    "datetime": frozenset((*DAY_KINDS, *TIME_KINDS)),
}
CALLED: Final = {"date": "DateField", "time": "TimeField", "datetime": "DateTimeField"}


class ZonedMomentField(DateTimeField[Any]):
    """A moment that comes back in a time zone of the user's."""

    kind = "zoneddatetime"

    def __init__(self, zone: str) -> None:
        super().__init__()
        self.zone = zone


@cache
def zoned(zone: str) -> Field[Any]:
    """The type of moments in a time zone; one field a zone, as equal expressions have one type."""
    return ZonedMomentField(zone)


def check_part(expression: Any, field: Field[Any]) -> None:
    """Refuse a part that a value does not have, such as the hour of a date.

    Raises:
        FieldError: it does not, or only a moment could be looked at in a time zone.
    """
    kind = family(field)
    if kind not in MOMENTS:
        return
    if expression.word not in PARTS[kind]:
        raise FieldError(
            f"{expression!r}: {named(field)} is a {CALLED[kind]} and has no {expression.word}",
            fix=f"Parts: {', '.join(_order(PARTS[kind]))}.",
        )
    check_zone(expression, field)


def check_zone(expression: Any, field: Field[Any]) -> None:
    """Refuse a time zone for what is no moment.

    Raises:
        FieldError: it is none.
    """
    if expression.zone and family(field) not in ("datetime", "any"):
        raise FieldError(
            f"{expression!r}: {named(field)} is a {CALLED[family(field)]}, "
            "and only a DateTimeField can be looked at in a time zone",
            fix="Leave out tzinfo=….",
        )


def truncated(expression: Any, field: Field[Any]) -> Field[Any]:
    """The type of a truncated value: its own, unless the user said another.

    Raises:
        FieldError: it has no beginning of that kind, or none of that type.
    """
    source = "datetime" if family(field) == "any" else family(field)
    given, target = expression.output_field, source
    if given is not None:
        target = family(checked_type(given, expression))
        if target not in MOMENTS:
            raise FieldError(
                f"{expression!r}: output_field is a {type(given).__name__}, and has to be a "
                "DateField, a TimeField or a DateTimeField"
            )
    fits = source in (target, "datetime")
    if not fits or expression.word not in KINDS[source] & _kinds_for(target):
        wanted = CALLED[target] if given is not None or fits else "DateTimeField"
        raise FieldError(
            f"{expression!r}: the {CALLED[source]} {named(field)} cannot be truncated by "
            f"{expression.word} to a {wanted}",
            fix=f"Kinds of a {CALLED[source]}: {', '.join(_order(KINDS[source]))}.",
        )
    check_zone(expression, field)
    if target == "datetime" and expression.zone:
        return zoned(expression.zone)
    return BY_NAME[target]


def _kinds_for(target: str) -> frozenset[str]:
    """A moment may become a date by any kind; a time only by those of times."""
    return KINDS["time"] if target == "time" else KINDS["datetime"]


def _order(words: frozenset[str]) -> list[str]:
    return [word for word in (*DAY_PARTS, *TIME_PARTS) if word in words]
