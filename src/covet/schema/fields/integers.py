"""Which whole numbers can a column hold, by size and sign?"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeVar, Unpack, overload

from ...errors import short
from .base import Field, FieldOptions, unwrap

T = TypeVar("T")

LONGEST_WHOLE: Final = 40
"""Characters of a literal, or digits of a decimal, that are looked at."""
_WHOLE: Final = re.compile(r"[+-]?[0-9]+", re.ASCII)


class IntegerField(Field[T]):
    """Whole numbers of 32 bits.

    Accepts ``int`` and ``bool``, floats and decimals without a fraction, and strings that are
    plain whole number literals. Everything else, and what is out of range, is refused.

    Example:
        views = IntegerField(default=0)
    """

    kind: ClassVar[str] = "integer"
    lowest: ClassVar[int] = -(2**31)
    highest: ClassVar[int] = 2**31 - 1

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: IntegerField[int | None],
            verbose_name: str | None = ...,
            *,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: IntegerField[int],
            verbose_name: str | None = ...,
            *,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...

    def check(self, value: Any) -> Any:
        whole = value if type(value) is int else self._whole(unwrap(value))
        if not self.lowest <= whole <= self.highest:
            raise self.invalid(
                f"must be between {self.lowest} and {self.highest}, not {short(value)}",
                "out_of_range",
            )
        return whole

    def _whole(self, value: Any) -> int:
        if isinstance(value, int):
            return int.__int__(value)
        if isinstance(value, str) and len(value) <= LONGEST_WHOLE and _WHOLE.fullmatch(value):
            return int(value)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, Decimal) and value.is_finite():
            if value.adjusted() > LONGEST_WHOLE:  # int(Decimal("1e1000000")) would take long
                raise self.invalid(
                    f"must be between {self.lowest} and {self.highest}, not {short(value)}",
                    "out_of_range",
                )
            if value == (whole := int(value)):
                return whole
        raise self.invalid(f"must be a whole number, not {short(value)}")


class BigIntegerField(IntegerField[T]):
    """Whole numbers of 64 bits.

    Accepts what ``IntegerField`` does.

    Example:
        bytes_sent = BigIntegerField(default=0)
    """

    kind = "biginteger"
    lowest = -(2**63)
    highest = 2**63 - 1

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: BigIntegerField[int | None],
            verbose_name: str | None = ...,
            *,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: BigIntegerField[int],
            verbose_name: str | None = ...,
            *,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...


class SmallIntegerField(IntegerField[T]):
    """Whole numbers of 16 bits.

    Accepts what ``IntegerField`` does.

    Example:
        floor = SmallIntegerField()
    """

    kind = "smallinteger"
    lowest = -(2**15)
    highest = 2**15 - 1

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: SmallIntegerField[int | None],
            verbose_name: str | None = ...,
            *,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: SmallIntegerField[int],
            verbose_name: str | None = ...,
            *,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...


class PositiveIntegerField(IntegerField[T]):
    """Whole numbers from 0 to 2**31 - 1.

    Accepts what ``IntegerField`` does.

    Example:
        views = PositiveIntegerField(default=0)
    """

    kind = "positiveinteger"
    lowest = 0

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: PositiveIntegerField[int | None],
            verbose_name: str | None = ...,
            *,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: PositiveIntegerField[int],
            verbose_name: str | None = ...,
            *,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...


class PositiveBigIntegerField(IntegerField[T]):
    """Whole numbers from 0 to 2**63 - 1.

    Accepts what ``IntegerField`` does.

    Example:
        size = PositiveBigIntegerField()
    """

    kind = "positivebiginteger"
    lowest = 0
    highest = 2**63 - 1

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: PositiveBigIntegerField[int | None],
            verbose_name: str | None = ...,
            *,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: PositiveBigIntegerField[int],
            verbose_name: str | None = ...,
            *,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...


class PositiveSmallIntegerField(IntegerField[T]):
    """Whole numbers from 0 to 2**15 - 1.

    Accepts what ``IntegerField`` does.

    Example:
        stars = PositiveSmallIntegerField(null=True)
    """

    kind = "positivesmallinteger"
    lowest = 0
    highest = 2**15 - 1

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: PositiveSmallIntegerField[int | None],
            verbose_name: str | None = ...,
            *,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: PositiveSmallIntegerField[int],
            verbose_name: str | None = ...,
            *,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...


class AutoField(IntegerField[T]):
    """A primary key of 32 bits that the database counts up.

    A key that you give is taken.

    Example:
        id = AutoField(primary_key=True)
    """

    kind = "auto"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: AutoField[int | None],
            verbose_name: str | None = ...,
            *,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: AutoField[int],
            verbose_name: str | None = ...,
            *,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...

    def check_declaration(self) -> None:
        super().check_declaration()
        if not self.primary_key:
            raise self.misdeclared(
                "is counted by the database, which it can do for a primary key only",
                "Add primary_key=True.",
            )


class BigAutoField(AutoField[T]):
    """A primary key of 64 bits that the database counts up; what a model has by itself.

    A key that you give is taken.

    Example:
        id = BigAutoField(primary_key=True)
    """

    kind = "bigauto"
    lowest = -(2**63)
    highest = 2**63 - 1

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: BigAutoField[int | None],
            verbose_name: str | None = ...,
            *,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: BigAutoField[int],
            verbose_name: str | None = ...,
            *,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...


class SmallAutoField(AutoField[T]):
    """A primary key of 16 bits that the database counts up.

    A key that you give is taken.

    Example:
        id = SmallAutoField(primary_key=True)
    """

    kind = "smallauto"
    lowest = -(2**15)
    highest = 2**15 - 1

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: SmallAutoField[int | None],
            verbose_name: str | None = ...,
            *,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: SmallAutoField[int],
            verbose_name: str | None = ...,
            *,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...
