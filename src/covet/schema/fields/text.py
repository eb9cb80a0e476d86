"""Which texts can a column hold: by length, and by form."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeVar, Unpack, overload

from ...errors import short
from ..validators import (
    Validator,
    validate_email,
    validate_slug,
    validate_unicode_slug,
    validate_url,
)
from .base import NOT_PROVIDED, Field, FieldOptions, unwrap

T = TypeVar("T")

LONGEST_ADDRESS: Final = 60
"""Characters of an IP address as text, with room to spare."""


class TextField(Field[T]):
    """Text of any length.

    Accepts ``str`` only: a number has to be made one with ``str()``. The empty string is a value
    like any other. Half a surrogate pair is refused everywhere; the character NUL is refused on
    PostgreSQL, which cannot store it.

    Args:
        max_length: the most characters (code points) that are accepted; None for any number.

    Example:
        body = TextField(blank=True)
    """

    kind: ClassVar[str] = "text"
    usual_max_length: ClassVar[int | None] = None
    """What ``max_length`` is unless it is given."""
    empty_values = ("",)

    @overload
    def __init__(
        self: TextField[str | None],
        verbose_name: str | None = ...,
        *,
        max_length: int | None = ...,
        null: Literal[True],
        **options: Unpack[FieldOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: TextField[str],
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
        self.max_length = self.usual_max_length if max_length is None else max_length

    def check_declaration(self) -> None:
        super().check_declaration()
        length = self.max_length
        if length is not None and (type(length) is not int or length < 1):
            raise self.misdeclared(
                f"has max_length={short(length)}", "Give a whole number, 1 or more."
            )

    def check(self, value: Any) -> Any:
        text = value if type(value) is str else self._text(unwrap(value))
        if self.max_length is not None and len(text) > self.max_length:
            raise self.invalid(
                f"is longer than {self.max_length} characters (it has {len(text)})", "max_length"
            )
        if not text.isascii():
            self._refuse_surrogates(text)
        return text

    def _text(self, value: Any) -> str:
        if isinstance(value, str):
            return str.__str__(value)
        raise self.invalid(f"must be a str, not {short(value)}; use str() to make it one")

    def _refuse_surrogates(self, text: str) -> None:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise self.invalid(
                f"has half a surrogate pair at position {error.start}, "
                "which is not a character that can be stored",
                "surrogate",
            ) from None

    def get_default(self) -> Any:
        """As for every field; but a text that may be blank is, unless told otherwise."""
        if self.default is NOT_PROVIDED and self.blank and not self.null:
            return ""
        return super().get_default()


class CharField(TextField[T]):
    """Text of limited length.

    Args:
        max_length: the most characters (code points) that are accepted; required.

    Example:
        title = CharField(max_length=200)
    """

    kind = "char"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: CharField[str | None],
            verbose_name: str | None = ...,
            *,
            max_length: int | None = ...,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: CharField[str],
            verbose_name: str | None = ...,
            *,
            max_length: int | None = ...,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...

    def check_declaration(self) -> None:
        super().check_declaration()
        if self.max_length is None:
            raise self.misdeclared(
                f"is a {type(self).__name__} without its length",
                "Give max_length, or use TextField for text of any length.",
            )


class SlugField(CharField[T]):
    """A short name for a URL: letters, digits, ``-`` and ``_``; indexed.

    Args:
        max_length: 50 unless told otherwise.
        allow_unicode: letters and digits of all scripts.

    Example:
        slug = SlugField(unique=True)
    """

    usual_max_length = 50

    @overload
    def __init__(
        self: SlugField[str | None],
        verbose_name: str | None = ...,
        *,
        max_length: int = ...,
        allow_unicode: bool = ...,
        null: Literal[True],
        **options: Unpack[FieldOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: SlugField[str],
        verbose_name: str | None = ...,
        *,
        max_length: int = ...,
        allow_unicode: bool = ...,
        null: Literal[False] = ...,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        allow_unicode: bool = False,
        db_index: bool = True,
        **options: Any,
    ) -> None:
        # The overloads of a superclass are for its own type variable.
        super().__init__(verbose_name, db_index=db_index, **options)  # type: ignore[misc]
        self.allow_unicode = allow_unicode
        self.validators.insert(0, validate_unicode_slug if allow_unicode else validate_slug)


class EmailField(CharField[T]):
    """An e-mail address.

    Args:
        max_length: 254 unless told otherwise, the longest that mail can be sent to.

    Example:
        email = EmailField(unique=True)
    """

    usual_max_length = 254
    default_validators: ClassVar[tuple[Validator, ...]] = (validate_email,)

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: EmailField[str | None],
            verbose_name: str | None = ...,
            *,
            max_length: int = ...,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: EmailField[str],
            verbose_name: str | None = ...,
            *,
            max_length: int = ...,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...


class URLField(CharField[T]):
    """An absolute URL with the scheme http, https, ftp or ftps.

    Args:
        max_length: 200 unless told otherwise.

    Example:
        homepage = URLField(blank=True, default="")
    """

    usual_max_length = 200
    default_validators: ClassVar[tuple[Validator, ...]] = (validate_url,)

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: URLField[str | None],
            verbose_name: str | None = ...,
            *,
            max_length: int = ...,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: URLField[str],
            verbose_name: str | None = ...,
            *,
            max_length: int = ...,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...


class GenericIPAddressField(Field[T]):
    """An IPv4 or IPv6 address, as a string in its shortest form.

    Accepts strings and the address objects of ``ipaddress``. ``2001:0DB8::0:1`` is stored as
    ``2001:db8::1``.

    Args:
        protocol: ``"both"``, ``"IPv4"`` or ``"IPv6"``.
        unpack_ipv4: turns ``::ffff:192.0.2.1`` into ``192.0.2.1``; with ``"both"`` only.

    Example:
        client = GenericIPAddressField(protocol="IPv4", null=True)
    """

    kind: ClassVar[str] = "ip"
    empty_values = ("",)

    @overload
    def __init__(
        self: GenericIPAddressField[str | None],
        verbose_name: str | None = ...,
        *,
        protocol: str = ...,
        unpack_ipv4: bool = ...,
        null: Literal[True],
        **options: Unpack[FieldOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: GenericIPAddressField[str],
        verbose_name: str | None = ...,
        *,
        protocol: str = ...,
        unpack_ipv4: bool = ...,
        null: Literal[False] = ...,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        protocol: str = "both",
        unpack_ipv4: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(verbose_name, **options)
        self.protocol = protocol
        self.unpack_ipv4 = unpack_ipv4

    def check_declaration(self) -> None:
        super().check_declaration()
        if str(self.protocol).lower() not in _VERSIONS:
            raise self.misdeclared(
                f"has protocol={short(self.protocol)}", 'It is "both", "IPv4" or "IPv6".'
            )
        if self.unpack_ipv4 and self.protocol.lower() != "both":
            raise self.misdeclared(
                "has unpack_ipv4 with one protocol only", 'It needs protocol="both".'
            )

    def check(self, value: Any) -> Any:
        address = self._address(unwrap(value))
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        if mapped is not None and self.unpack_ipv4:
            address = mapped
        wanted = self.protocol.lower()
        if address.version not in _VERSIONS[wanted]:
            raise self.invalid(f"must be an IPv{_VERSIONS[wanted][0]} address, not {short(value)}")
        return address_text(address)

    def _address(self, value: Any) -> Address:
        if isinstance(value, (ipaddress.IPv4Interface, ipaddress.IPv6Interface)):
            pass  # has a network as well, which a column of addresses would lose
        elif isinstance(value, (ipaddress.IPv4Address, ipaddress.IPv6Address)):
            if getattr(value, "scope_id", None) is None:
                return value
        elif isinstance(value, str) and len(value) <= LONGEST_ADDRESS and "%" not in value:
            try:
                return ipaddress.ip_address(value)
            except ValueError:
                pass
        raise self.invalid(f"must be an IP address, not {short(value)}")


Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_VERSIONS: Final = {"both": (4, 6), "ipv4": (4,), "ipv6": (6,)}


def address_text(address: Address) -> str:
    """An address in its one normal form, the same on every version of Python."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return f"::ffff:{address.ipv4_mapped}"  # Python before 3.13 writes ::ffff:c000:201
    return str(address)
