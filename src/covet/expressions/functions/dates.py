"""The functions of dates, times and moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, ClassVar

from ...errors import FieldError, nearest, short
from .base import Function
from .zones import tzinfo_of, zone_of

DAY_PARTS = ("year", "iso_year", "quarter", "month", "week", "day", "week_day", "iso_week_day")
TIME_PARTS = ("hour", "minute", "second")
PARTS = (*DAY_PARTS, *TIME_PARTS)
DAY_KINDS = ("year", "quarter", "month", "week", "day")
TIME_KINDS = ("hour", "minute", "second")
KINDS = (*DAY_KINDS, *TIME_KINDS)


def chosen(call: str, word: Any, possible: Sequence[str], what: str) -> str:
    """A word out of a fixed list: it becomes SQL, so that nothing else may get there.

    Raises:
        FieldError: it is none of them.
    """
    if isinstance(word, str) and word in possible:
        return str(word)
    guess = nearest(word, list(possible)) if isinstance(word, str) else None
    fix = f"{what.capitalize()}s: {', '.join(possible)}."
    raise FieldError(
        f"{call}() has no {what} {short(word)}",
        possible=list(possible),
        fix=f"Did you mean {guess!r}? {fix}" if guess else fix,
    )


class OfMoment(Function[Any]):
    """A function of a date, a time or a moment; of a moment, as it is in a time zone.

    Args:
        expression: the value: an expression, or the name of a field.
        word: what of it is meant.
        tzinfo: the time zone; UTC when left out.
        output_field: a field of the type that it gives.
    """

    __slots__ = ("word", "zone")
    arity = 1
    takes = ("a date, a time or a moment",)
    kind: ClassVar[str] = ""
    """What of it is meant, if the class says it."""

    def __init__(
        self, expression: Any, word: str, tzinfo: tzinfo | None = None, output_field: Any = None
    ) -> None:
        self.word = word
        self.zone = zone_of(tzinfo, f"{type(self).__name__}()")
        super().__init__(expression, output_field=output_field)

    @property
    def options(self) -> tuple[str, ...]:
        """What is meant, and the time zone."""
        return (self.word, self.zone)

    def __repr__(self) -> str:
        word = "" if self.kind else f", {self.word!r}"
        zone = f", tzinfo={tzinfo_of(self.zone)!r}" if self.zone else ""
        return f"{type(self).__name__}({self.parts[0]!r}{word}{zone})"


class Extract(OfMoment):
    """A part of a date, a time or a moment, as a number: ``EXTRACT(YEAR FROM …)``.

    Args:
        expression: the value: an expression, or the name of a field.
        lookup_name: the part: year, iso_year, quarter, month, week, day, week_day, iso_week_day,
            hour, minute or second.
        tzinfo: the time zone in which a moment is looked at, a ``ZoneInfo`` or a ``timezone``; UTC
            when left out.

    Raises:
        FieldError: another part, or something that is no time zone; when it is used, a part that
            the value does not have.

    Example:
        >>> Post.objects.annotate(hour=Extract("created", "hour", tzinfo=ZoneInfo("Asia/Tokyo")))
    """

    __slots__ = ()
    function = "EXTRACT"
    returns = "integer"

    def __init__(
        self, expression: Any, lookup_name: str | None = None, tzinfo: tzinfo | None = None
    ) -> None:
        part = chosen(type(self).__name__, lookup_name or self.kind, PARTS, "part")
        super().__init__(expression, part, tzinfo)


class ExtractYear(Extract):
    """The year: ``created__year``."""

    __slots__ = ()
    kind = lookup_name = "year"


class ExtractIsoYear(Extract):
    """The year that the ISO week belongs to."""

    __slots__ = ()
    kind = lookup_name = "iso_year"


class ExtractQuarter(Extract):
    """The quarter of the year, 1 to 4."""

    __slots__ = ()
    kind = lookup_name = "quarter"


class ExtractMonth(Extract):
    """The month, 1 to 12."""

    __slots__ = ()
    kind = lookup_name = "month"


class ExtractWeek(Extract):
    """The ISO week, 1 to 53; it begins on a Monday, and the first has the year's first Thursday."""

    __slots__ = ()
    kind = lookup_name = "week"


class ExtractDay(Extract):
    """The day of the month, 1 to 31."""

    __slots__ = ()
    kind = lookup_name = "day"


class ExtractWeekDay(Extract):
    """The day of the week, from Sunday as 1 to Saturday as 7."""

    __slots__ = ()
    kind = lookup_name = "week_day"


class ExtractIsoWeekDay(Extract):
    """The day of the ISO week, from Monday as 1 to Sunday as 7."""

    __slots__ = ()
    kind = lookup_name = "iso_week_day"


class ExtractHour(Extract):
    """The hour, 0 to 23."""

    __slots__ = ()
    kind = lookup_name = "hour"


class ExtractMinute(Extract):
    """The minute, 0 to 59."""

    __slots__ = ()
    kind = lookup_name = "minute"


class ExtractSecond(Extract):
    """The whole second, 0 to 59."""

    __slots__ = ()
    kind = lookup_name = "second"


class TruncBase(OfMoment):
    """The beginning of the year, the hour … that a date, a time or a moment is in.

    Args:
        expression: the value: an expression, or the name of a field.
        output_field: a ``DateField``, ``TimeField`` or ``DateTimeField``; the type of the value
            when left out.
        tzinfo: the time zone in which a moment is looked at, and in which the result is; UTC when
            left out.
    """

    __slots__ = ()
    function = "TRUNC"

    def __init__(
        self, expression: Any, output_field: Any = None, tzinfo: tzinfo | None = None
    ) -> None:
        super().__init__(expression, self.kind, tzinfo, output_field)


class Trunc(OfMoment):
    """The beginning of the year, the hour … that a date, a time or a moment is in.

    Args:
        expression: the value: an expression, or the name of a field.
        kind: year, quarter, month, week (from Monday), day, hour, minute or second.
        output_field: a ``DateField``, ``TimeField`` or ``DateTimeField``; the type of the value
            when left out.
        tzinfo: the time zone in which a moment is looked at, and in which the result is; a
            ``ZoneInfo`` or a ``timezone``, UTC when left out.

    Raises:
        FieldError: another kind, or something that is no time zone; when it is used, a kind that
            the value does not have.

    Example:
        >>> Post.objects.annotate(month=Trunc("created", "month")).values("month")
    """

    __slots__ = ()
    function = "TRUNC"

    def __init__(
        self, expression: Any, kind: str, output_field: Any = None, tzinfo: tzinfo | None = None
    ) -> None:
        word = chosen(type(self).__name__, kind, KINDS, "kind")
        super().__init__(expression, word, tzinfo, output_field)


class TruncYear(TruncBase):
    """The beginning of the year."""

    __slots__ = ()
    kind = "year"


class TruncQuarter(TruncBase):
    """The beginning of the quarter."""

    __slots__ = ()
    kind = "quarter"


class TruncMonth(TruncBase):
    """The beginning of the month."""

    __slots__ = ()
    kind = "month"


class TruncWeek(TruncBase):
    """The beginning of the week, a Monday."""

    __slots__ = ()
    kind = "week"


class TruncDay(TruncBase):
    """The beginning of the day."""

    __slots__ = ()
    kind = "day"


class TruncHour(TruncBase):
    """The beginning of the hour."""

    __slots__ = ()
    kind = "hour"


class TruncMinute(TruncBase):
    """The beginning of the minute."""

    __slots__ = ()
    kind = "minute"


class TruncSecond(TruncBase):
    """The beginning of the second."""

    __slots__ = ()
    kind = "second"


class TruncDate(OfMoment):
    """The date of a moment: ``created__date``.

    Args:
        expression: the moment: an expression, or the name of a field.
        tzinfo: the time zone in which it is looked at; UTC when left out.
    """

    __slots__ = ()
    function = "DATE"
    returns = kind = lookup_name = "date"
    takes = ("a date or a moment",)

    def __init__(self, expression: Any, tzinfo: tzinfo | None = None) -> None:
        super().__init__(expression, self.kind, tzinfo)


class TruncTime(OfMoment):
    """The time of day of a moment: ``created__time``.

    Args:
        expression: the moment: an expression, or the name of a field.
        tzinfo: the time zone in which it is looked at; UTC when left out.
    """

    __slots__ = ()
    function = "TIME"
    returns = kind = lookup_name = "time"
    takes = ("a time or a moment",)

    def __init__(self, expression: Any, tzinfo: tzinfo | None = None) -> None:
        super().__init__(expression, self.kind, tzinfo)


class Now(Function[Any]):
    """The moment at which the statement began, by the database's clock."""

    __slots__ = ()
    function = "NOW"
    arity = 0
    returns = "datetime"
    nulls = "never"

    def __init__(self) -> None:
        super().__init__()
