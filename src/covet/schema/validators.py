"""Which further rules can a value be held to? Validators, by Django's names.

A validator is called with a value and raises ``ValidationError`` when it refuses it. A message
continues the field's name: ``Post.views must be at least 3.``
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, ClassVar, Final, TypeAlias
from urllib.parse import urlsplit

from ..errors import ValidationError, short

Validator: TypeAlias = Callable[[Any], object]

LONGEST_TEXT: Final = 10_000
"""Characters that are given to a regular expression of the user's; longer texts are refused."""


class _Comparable:
    """Two validators are equal when they are of one class and were made alike."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash(type(self))

    def __repr__(self) -> str:
        made = ", ".join(f"{name}={value!r}" for name, value in vars(self).items() if value)
        return f"{type(self).__name__}({made})"


class BaseValidator(_Comparable):
    """Compares a value, or a measure of it, with a limit; subclass it for such a rule.

    Args:
        limit_value: the limit, or a callable that gives it each time.
        message: what to say instead; ``%(limit_value)s``, ``%(show_value)s`` and ``%(value)s`` are
            filled in.

    Example:
        >>> MinValueValidator(3)(5)
        >>> MinValueValidator(3)(2)
        Traceback (most recent call last):
        covet.errors.ValidationError: must be at least 3, not 2.
    """

    message: str = "must be %(limit_value)s, not %(value)s"
    code: ClassVar[str] = "limit_value"

    def __init__(self, limit_value: Any, message: str | None = None) -> None:
        self.limit_value = limit_value
        if message is not None:
            self.message = message

    def __call__(self, value: Any) -> None:
        limit = self.limit_value() if callable(self.limit_value) else self.limit_value
        measure = self.clean(value)
        if self.compare(measure, limit):
            words = {
                "limit_value": limit, "show_value": short(measure), "value": short(value),
            }  # fmt: skip
            raise ValidationError(self.message % words, code=self.code)

    def compare(self, a: Any, b: Any) -> bool:
        """Whether the measure ``a`` is refused by the limit ``b``."""
        return bool(a is not b)

    def clean(self, x: Any) -> Any:
        """The measure of a value that is compared; itself by default."""
        return x


class MinValueValidator(BaseValidator):
    """Refuses values below a limit."""

    message = "must be at least %(limit_value)s, not %(value)s"
    code = "min_value"

    def compare(self, a: Any, b: Any) -> bool:
        return bool(a < b)


class MaxValueValidator(BaseValidator):
    """Refuses values above a limit."""

    message = "must be at most %(limit_value)s, not %(value)s"
    code = "max_value"

    def compare(self, a: Any, b: Any) -> bool:
        return bool(a > b)


class MinLengthValidator(BaseValidator):
    """Refuses values shorter than a limit."""

    message = "must have at least %(limit_value)s characters (it has %(show_value)s)"
    code = "min_length"

    def compare(self, a: Any, b: Any) -> bool:
        return bool(a < b)

    def clean(self, x: Any) -> int:
        return len(x)


class MaxLengthValidator(BaseValidator):
    """Refuses values longer than a limit."""

    message = "must have at most %(limit_value)s characters (it has %(show_value)s)"
    code = "max_length"

    def compare(self, a: Any, b: Any) -> bool:
        return bool(a > b)

    def clean(self, x: Any) -> int:
        return len(x)


class StepValueValidator(BaseValidator):
    """Refuses numbers that are not a whole number of steps away from an offset.

    Args:
        limit_value: the step.
        offset: where the steps start; 0 by default.
    """

    message = "must be a multiple of %(limit_value)s, not %(value)s"
    code = "step_size"

    def __init__(self, limit_value: Any, message: str | None = None, offset: Any = None) -> None:
        super().__init__(limit_value, message)
        if offset is not None:
            self.offset = offset
            if message is None:
                self.message = f"must be {offset} plus a multiple of %(limit_value)s, not %(value)s"

    def compare(self, a: Any, b: Any) -> bool:
        # Through the shortest notation, so that 0.3 is three steps of 0.1.
        distance = Decimal(str(a)) - Decimal(str(getattr(self, "offset", 0)))
        return distance % Decimal(str(b)) != 0


class RegexValidator(_Comparable):
    """Refuses texts in which a regular expression is not found.

    Args:
        regex: the expression, as text or compiled; found anywhere unless it is anchored.
        message: what to say instead.
        code: the error's code instead of ``"invalid"``.
        inverse_match: refuses texts in which it is found.
        flags: those of ``re.compile``, for an expression given as text.
        max_length: longer texts are refused unseen, as a regular expression may take very long.
    """

    message: str = "does not have the right form"
    code: str = "invalid"
    inverse_match: bool = False

    def __init__(
        self,
        regex: str | re.Pattern[str],
        message: str | None = None,
        code: str | None = None,
        inverse_match: bool | None = None,
        flags: int = 0,
        *,
        max_length: int = LONGEST_TEXT,
    ) -> None:
        if flags and not isinstance(regex, str):
            raise TypeError("flags go with a regular expression given as text")
        self.regex = re.compile(regex, flags) if isinstance(regex, str) else regex
        if message is not None:
            self.message = message
        if code is not None:
            self.code = code
        if inverse_match is not None:
            self.inverse_match = inverse_match
        self.max_length = max_length

    def __call__(self, value: Any) -> None:
        text = str(value)
        if len(text) > self.max_length:
            raise ValidationError(
                f"is longer than {self.max_length} characters (it has {len(text)})",
                code="max_length",
            )
        if bool(self.regex.search(text)) is self.inverse_match:
            raise ValidationError(f"{self.message}: {short(text)}", code=self.code)


class EmailValidator(_Comparable):
    """Refuses texts that are not an e-mail address; whether it exists is another question.

    Args:
        message: what to say instead.
        code: the error's code instead of ``"invalid"``.
        allowlist: domains that are accepted as they are; ``localhost`` by default.
    """

    message: str = "must be an e-mail address"
    code: str = "invalid"
    allowlist: Sequence[str] = ("localhost",)
    _USER: ClassVar[re.Pattern[str]] = re.compile(
        r"[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+(\.[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+)*"
    )

    def __init__(
        self,
        message: str | None = None,
        code: str | None = None,
        allowlist: Iterable[str] | None = None,
    ) -> None:
        if message is not None:
            self.message = message
        if code is not None:
            self.code = code
        if allowlist is not None:
            self.allowlist = tuple(allowlist)

    def __call__(self, value: Any) -> None:
        if not isinstance(value, str) or not self._is_address(value):
            raise ValidationError(f"{self.message}, not {short(value)}", code=self.code)

    def _is_address(self, text: str) -> bool:
        user, at, domain = text.rpartition("@")
        if not at or len(text) > 320 or len(user) > 64 or not self._USER.fullmatch(user):
            return False
        if domain in self.allowlist or _is_domain(domain):
            return True
        return domain.startswith("[") and domain.endswith("]") and _is_ip(domain[1:-1])


class URLValidator(_Comparable):
    """Refuses texts that are not an absolute URL.

    Args:
        schemes: the schemes that are accepted; http, https, ftp and ftps by default.
        message: what to say instead.
        code: the error's code instead of ``"invalid"``.
    """

    message: str = "must be a URL"
    code: str = "invalid"
    schemes: Sequence[str] = ("http", "https", "ftp", "ftps")
    max_length: int = 2048
    _UNSAFE: ClassVar[re.Pattern[str]] = re.compile(r"[\s\x00-\x1f\x7f<>\"]")

    def __init__(
        self,
        schemes: Iterable[str] | None = None,
        message: str | None = None,
        code: str | None = None,
    ) -> None:
        if schemes is not None:
            self.schemes = tuple(schemes)
        if message is not None:
            self.message = message
        if code is not None:
            self.code = code

    def __call__(self, value: Any) -> None:
        if not isinstance(value, str) or not self._is_url(value):
            raise ValidationError(f"{self.message}, not {short(value)}", code=self.code)

    def _is_url(self, text: str) -> bool:
        if len(text) > self.max_length or self._UNSAFE.search(text):
            return False
        scheme, mark, rest = text.partition("://")
        if not mark or scheme.lower() not in self.schemes:
            return False
        try:
            parts = urlsplit(text)
            host, _ = parts.hostname or "", parts.port  # the port is checked by being read
        except ValueError:
            return False
        bracketed = rest.rpartition("@")[2].startswith("[") or "[" in parts.netloc
        if bracketed:
            return _is_ip(host, 6)
        return host == "localhost" or _is_ip(host, 4) or _is_domain(host.removesuffix("."))


class DecimalValidator(_Comparable):
    """Refuses decimals with too many digits.

    Args:
        max_digits: how many digits there may be in all; None for any number.
        decimal_places: how many of them behind the point; None for any number.
    """

    def __init__(self, max_digits: int | None, decimal_places: int | None) -> None:
        self.max_digits = max_digits
        self.decimal_places = decimal_places

    def __call__(self, value: Decimal) -> None:
        _sign, digits, exponent = value.as_tuple()
        if not isinstance(exponent, int):
            raise ValidationError(f"must be a finite number, not {short(value)}", code="invalid")
        places = max(-exponent, 0)
        whole = max(len(digits) + exponent, 0) if any(digits) else 0
        self._limit(whole + places, self.max_digits, "digits", "max_digits")
        self._limit(places, self.decimal_places, "decimal places", "max_decimal_places")
        if self.max_digits is not None and self.decimal_places is not None:
            limit = self.max_digits - self.decimal_places
            self._limit(whole, limit, "digits before the point", "max_whole_digits")

    def _limit(self, number: int, limit: int | None, what: str, code: str) -> None:
        if limit is not None and number > limit:
            raise ValidationError(f"has {number} {what}, and {limit} are allowed", code=code)


class ProhibitNullCharactersValidator(_Comparable):
    """Refuses texts with the character NUL, which PostgreSQL cannot store.

    Args:
        message: what to say instead.
        code: the error's code instead of ``"null_characters_not_allowed"``.
    """

    message: str = "must not contain the character NUL"
    code: str = "null_characters_not_allowed"

    def __init__(self, message: str | None = None, code: str | None = None) -> None:
        if message is not None:
            self.message = message
        if code is not None:
            self.code = code

    def __call__(self, value: Any) -> None:
        if "\x00" in str(value):
            raise ValidationError(self.message, code=self.code)


validate_email: Final = EmailValidator()
validate_url: Final = URLValidator()
validate_slug: Final = RegexValidator(
    r"\A[-a-zA-Z0-9_]+\Z", "must consist of letters, digits, '-' and '_'"
)
validate_unicode_slug: Final = RegexValidator(
    r"\A[-\w]+\Z", "must consist of letters and digits of any script, '-' and '_'"
)


def validate_ipv4_address(value: Any) -> None:
    """Refuses texts that are not an IPv4 address."""
    if not isinstance(value, str) or not _is_ip(value, 4):
        raise ValidationError(f"must be an IPv4 address, not {short(value)}", code="invalid")


def validate_ipv6_address(value: Any) -> None:
    """Refuses texts that are not an IPv6 address."""
    if not isinstance(value, str) or not _is_ip(value, 6):
        raise ValidationError(f"must be an IPv6 address, not {short(value)}", code="invalid")


def validate_ipv46_address(value: Any) -> None:
    """Refuses texts that are not an IP address."""
    if not isinstance(value, str) or not _is_ip(value):
        raise ValidationError(f"must be an IP address, not {short(value)}", code="invalid")


_LABEL: Final = re.compile(r"(?!-)[-0-9A-Za-z\u00a1-\uffff]{1,63}(?<!-)")
_LAST_LABEL: Final = re.compile(r"(?!-)(?![0-9]+\Z)[-0-9A-Za-z\u00a1-\uffff]{2,63}(?<!-)")


def _is_domain(text: str) -> bool:
    """Whether a text is a host name with at least two labels, the last not a number."""
    if len(text) > 253:
        return False
    *labels, last = text.split(".")
    return (
        bool(labels)
        and _LAST_LABEL.fullmatch(last) is not None
        and all(_LABEL.fullmatch(label) for label in labels)
    )


def _is_ip(text: str, version: int | None = None) -> bool:
    if len(text) > 60:
        return False
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return version is None or address.version == version


__all__ = [
    "BaseValidator",
    "DecimalValidator",
    "EmailValidator",
    "MaxLengthValidator",
    "MaxValueValidator",
    "MinLengthValidator",
    "MinValueValidator",
    "ProhibitNullCharactersValidator",
    "RegexValidator",
    "StepValueValidator",
    "URLValidator",
    "Validator",
    "validate_email",
    "validate_ipv4_address",
    "validate_ipv6_address",
    "validate_ipv46_address",
    "validate_slug",
    "validate_unicode_slug",
    "validate_url",
]
