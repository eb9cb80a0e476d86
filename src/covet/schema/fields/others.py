"""Which truths, identifiers and bytes can a column hold."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeVar, Unpack, overload

from ...errors import short
from .base import Field, FieldOptions, unwrap

T = TypeVar("T")

LONGEST_UUID: Final = 45
_TRUTHS: Final = {
    "t": True, "True": True, "true": True, "1": True,
    "f": False, "False": False, "false": False, "0": False,
}  # fmt: skip


class BooleanField(Field[T]):
    """True or False.

    Accepts ``bool``, the numbers 0 and 1, and the strings ``True``, ``true``, ``t``, ``1``,
    ``False``, ``false``, ``f`` and ``0``.

    Example:
        published = BooleanField(default=False)
    """

    kind: ClassVar[str] = "boolean"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: BooleanField[bool | None],
            verbose_name: str | None = ...,
            *,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: BooleanField[bool],
            verbose_name: str | None = ...,
            *,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...

    def check(self, value: Any) -> Any:
        if value is True or value is False:
            return value
        value = unwrap(value)
        if isinstance(value, int) and (value == 0 or value == 1):
            return value == 1
        if isinstance(value, str) and value in _TRUTHS:
            return _TRUTHS[value]
        raise self.invalid(f"must be True or False, not {short(value)}")


class UUIDField(Field[T]):
    """UUIDs.

    Accepts ``UUID`` and strings of 32 hexadecimal digits, with or without hyphens.

    Example:
        id = UUIDField(primary_key=True, default=uuid.uuid4)
    """

    kind: ClassVar[str] = "uuid"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: UUIDField[uuid.UUID | None],
            verbose_name: str | None = ...,
            *,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: UUIDField[uuid.UUID],
            verbose_name: str | None = ...,
            *,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...

    def check(self, value: Any) -> Any:
        if type(value) is uuid.UUID:
            return value
        value = unwrap(value)
        if isinstance(value, uuid.UUID):
            return uuid.UUID(int=value.int)
        if isinstance(value, str) and len(value) <= LONGEST_UUID and value.isascii():
            try:
                return uuid.UUID(value)
            except ValueError:
                pass
        raise self.invalid(f"must be a UUID or its hexadecimal string, not {short(value)}")


class BinaryField(Field[T]):
    """Bytes.

    Accepts ``bytes``, ``bytearray`` and ``memoryview``; always gives ``bytes``.

    Args:
        max_length: the most bytes that are accepted; None for any number.

    Example:
        thumbnail = BinaryField(null=True)
    """

    kind: ClassVar[str] = "binary"
    empty_values = (b"",)

    @overload
    def __init__(
        self: BinaryField[bytes | None],
        verbose_name: str | None = ...,
        *,
        max_length: int | None = ...,
        null: Literal[True],
        **options: Unpack[FieldOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: BinaryField[bytes],
        verbose_name: str | None = ...,
        *,
        max_length: int | None = ...,
        null: Literal[False] = ...,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    def __init__(
        self, verbose_name: str | None = None, *, max_length: int | None = None, **options: Any
    ) -> None:
        super().__init__(verbose_name, **options)
        self.max_length = max_length

    def check_declaration(self) -> None:
        super().check_declaration()
        length = self.max_length
        if length is not None and (type(length) is not int or length < 1):
            raise self.misdeclared(
                f"has max_length={short(length)}", "Give a whole number, 1 or more."
            )

    def check(self, value: Any) -> Any:
        value = unwrap(value)
        if not isinstance(value, (bytes, bytearray, memoryview)):
            raise self.invalid(f"must be bytes, not {short(value)}")
        data = value if type(value) is bytes else bytes(value)
        if self.max_length is not None and len(data) > self.max_length:
            raise self.invalid(
                f"is longer than {self.max_length} bytes (it has {len(data)})", "max_length"
            )
        return data
