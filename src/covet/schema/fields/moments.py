"""Which dates, times and durations can a column hold."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeVar, Unpack, overload

from ...errors import ValidationError, short
from .base import NOT_PROVIDED, Field, FieldOptions, unwrap

T = TypeVar("T")

LONGEST_MOMENT: Final = 40
"""Characters of a date or a time as text: more are refused before they are parsed."""
LONGEST_DURATION: Final = 2**63 - 1
"""Microseconds; a 64-bit integer column holds them on databases without intervals."""
SAFE_DAYS: Final = 10**8
"""Days that are fewer than ``LONGEST_DURATION`` without counting microseconds."""


class MomentField(Field[T]):
    """What the fields of dates and times have in common: ``auto_now`` and ``auto_now_add``.

    Args:
        auto_now: each save stores the current moment.
        auto_now_add: the first save stores the current moment.
    """

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        auto_now: bool = False,
        auto_now_add: bool = False,
        **options: Any,
    ) -> None:
        if auto_now or auto_now_add:
            options = {"editable": False, "blank": True} | options
        super().__init__(verbose_name, **options)
        self.auto_now = auto_now
        self.auto_now_add = auto_now_add

    def check_declaration(self) -> None:
        super().check_declaration()
        given = [
            name
            for name, is_given in (
                ("auto_now", self.auto_now),
                ("auto_now_add", self.auto_now_add),
                ("default", self.default not in (NOT_PROVIDED, None)),
            )
            if is_given
        ]
        if len(given) > 1:
            raise self.misdeclared(
                f"has {' and '.join(given)}, which exclude each other", "Keep one of them."
            )

    def now(self) -> Any:
        """The current moment, as this field stores it: in UTC."""
        raise NotImplementedError

    def pre_save(self, instance: Any, adding: bool) -> Any:
        if self.auto_now or (self.auto_now_add and adding):
            setattr(instance, self.attname, self.now())
        return getattr(instance, self.attname)


class DateField(MomentField[T]):
    """Dates.

    Accepts ``date`` and ISO strings such as ``"2026-11-20"``. A ``datetime`` is refused, as its
    date depends on a time zone.

    Args:
        auto_now: each save stores the current date in UTC.
        auto_now_add: the first save stores the current date in UTC.

    Example:
        born = DateField(null=True)
    """

    kind: ClassVar[str] = "date"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: DateField[date | None],
            verbose_name: str | None = ...,
            *,
            auto_now: bool = ...,
            auto_now_add: bool = ...,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: DateField[date],
            verbose_name: str | None = ...,
            *,
            auto_now: bool = ...,
            auto_now_add: bool = ...,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...

    def now(self) -> date:
        return datetime.now(UTC).date()

    def check(self, value: Any) -> Any:
        if type(value) is date:
            return value
        value = unwrap(value)
        if isinstance(value, datetime):
            raise self.invalid(f"must be a date, not {short(value)}; take its .date()")
        if isinstance(value, date):
            return date(value.year, value.month, value.day)
        if isinstance(value, str) and _is_exact(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise self.invalid(f"must be a date or an ISO date string, not {short(value)}")


class TimeField(MomentField[T]):
    """Times of day, without a time zone, exact to the microsecond.

    Accepts ``time`` and ISO strings such as ``"09:30"``. A time with a time zone is refused.

    Args:
        auto_now: each save stores the current time in UTC.
        auto_now_add: the first save stores the current time in UTC.

    Example:
        opens = TimeField()
    """

    kind: ClassVar[str] = "time"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: TimeField[time | None],
            verbose_name: str | None = ...,
            *,
            auto_now: bool = ...,
            auto_now_add: bool = ...,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: TimeField[time],
            verbose_name: str | None = ...,
            *,
            auto_now: bool = ...,
            auto_now_add: bool = ...,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...

    def now(self) -> time:
        return datetime.now(UTC).time()

    def check(self, value: Any) -> Any:
        if type(value) is time and value.tzinfo is None and not value.fold:
            return value
        value = unwrap(value)
        if isinstance(value, str) and _is_exact(value):
            try:
                value = time.fromisoformat(value)
            except ValueError:
                raise self._no_time(value) from None
        if not isinstance(value, time):
            raise self._no_time(value)
        if value.tzinfo is not None:
            raise self.invalid(
                f"must be a time without a time zone, not {short(value)}; "
                "use .replace(tzinfo=None), or a DateTimeField"
            )
        return time(value.hour, value.minute, value.second, value.microsecond)

    def _no_time(self, value: object) -> ValidationError:
        return self.invalid(f"must be a time or an ISO time string, not {short(value)}")


class DateTimeField(MomentField[T]):
    """Moments: dates with time and time zone, stored in UTC, exact to the microsecond.

    Accepts aware ``datetime`` objects and ISO strings with an offset. A naive one is refused: it
    does not say which moment it means. What comes back is in ``datetime.UTC``.

    Args:
        auto_now: each save stores the current moment.
        auto_now_add: the first save stores the current moment.

    Example:
        created = DateTimeField(auto_now_add=True)
    """

    kind: ClassVar[str] = "datetime"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: DateTimeField[datetime | None],
            verbose_name: str | None = ...,
            *,
            auto_now: bool = ...,
            auto_now_add: bool = ...,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: DateTimeField[datetime],
            verbose_name: str | None = ...,
            *,
            auto_now: bool = ...,
            auto_now_add: bool = ...,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...

    def now(self) -> datetime:
        return datetime.now(UTC)

    def check(self, value: Any) -> Any:
        if type(value) is datetime and value.tzinfo is UTC:
            return value.replace(fold=0) if value.fold else value
        return self._in_utc(self._moment(unwrap(value)))

    def _moment(self, value: Any) -> datetime:
        if isinstance(value, str) and _is_exact(value):
            try:
                value = datetime.fromisoformat(value)
            except ValueError:
                raise self._no_moment(value) from None
        if not isinstance(value, datetime):
            raise self._no_moment(value)
        return value

    def _in_utc(self, value: datetime) -> datetime:
        offset = value.utcoffset()
        if offset is None:
            raise self.invalid(
                f"must have a time zone, and {short(value)} has none; "
                "write datetime.now(UTC) or .replace(tzinfo=UTC)",
                "naive",
            )
        naive = datetime(
            value.year, value.month, value.day,
            value.hour, value.minute, value.second, value.microsecond,
        )  # fmt: skip
        try:
            return (naive - offset).replace(tzinfo=UTC)
        except OverflowError:
            raise self.invalid(
                f"is outside the years 1 to 9999 in UTC: {short(value)}", "out_of_range"
            ) from None

    def _no_moment(self, value: object) -> ValidationError:
        return self.invalid(
            f"must be a datetime or an ISO string with an offset, not {short(value)}"
        )


class DurationField(Field[T]):
    """Spans of time, exact to the microsecond, up to 292,271 years.

    Accepts ``timedelta``.

    Example:
        took = DurationField()
    """

    kind: ClassVar[str] = "duration"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: DurationField[timedelta | None],
            verbose_name: str | None = ...,
            *,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: DurationField[timedelta],
            verbose_name: str | None = ...,
            *,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...

    def check(self, value: Any) -> Any:
        if type(value) is timedelta and -SAFE_DAYS < value.days < SAFE_DAYS:
            return value
        value = unwrap(value)
        if not isinstance(value, timedelta):
            raise self.invalid(f"must be a timedelta, not {short(value)}")
        if not -LONGEST_DURATION <= microseconds(value) <= LONGEST_DURATION:
            raise self.invalid(
                f"is longer than 2**63 - 1 microseconds: {short(value)}", "out_of_range"
            )
        return timedelta(value.days, value.seconds, value.microseconds)


def microseconds(duration: timedelta) -> int:
    """The whole duration in microseconds, exactly (``total_seconds()`` is a float)."""
    return (duration.days * 86_400 + duration.seconds) * 1_000_000 + duration.microseconds


_TOO_FINE: Final = re.compile(r"[.,][0-9]{6}0*[1-9]")


def _is_exact(text: str) -> bool:
    """Whether an ISO string can be parsed without loss: Python drops what is below microseconds."""
    return len(text) <= LONGEST_MOMENT and _TOO_FINE.search(text) is None
