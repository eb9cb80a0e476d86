"""The functions of texts, by Django's names; all of them count characters, not bytes."""

from __future__ import annotations

from typing import Any, ClassVar

from ...errors import FieldError, short
from ..base import Value
from .base import Function

LONGEST = 2**31 - 1
"""What every database takes as a length or a position."""


class OfText(Function[Any]):
    """A function of one text."""

    __slots__ = ()
    arity = 1
    takes = ("text",)
    returns = "text"

    def __init__(self, expression: Any, *, output_field: Any = None) -> None:
        super().__init__(expression, output_field=output_field)


class Measured(Function[Any]):
    """A function with lengths or positions, which are plain numbers or expressions.

    A plain one is checked here; an expression that is below the least counts as the least.
    """

    __slots__ = ("is_plain",)
    takes: ClassVar[tuple[str, ...]] = ("text", "integer")
    returns = "text"

    def _measure(self, expressions: tuple[Any, ...], **measures: tuple[Any, int]) -> None:
        given = [(name, value, least) for name, (value, least) in measures.items()]
        plain = [_plain(*each, type(self).__name__) for each in given if each[1] is not None]
        self.is_plain = all(plain)
        super().__init__(*expressions)

    @property
    def options(self) -> tuple[str, ...]:
        """Whether its numbers were checked already."""
        return ("plain",) if self.is_plain else ()


def _plain(name: str, value: Any, least: int, function: str) -> bool:
    """Whether a measure is a plain number, which must be one that every database takes."""
    number = value.value if isinstance(value, Value) else value
    if not isinstance(number, int | float):
        return False
    if type(number) is not int or not least <= number <= LONGEST:
        raise FieldError(
            f"{function}(): {name} is a whole number from {least} to {LONGEST}, not {short(number)}"
        )
    return True


class Chr(Function[Any]):
    """The character of a Unicode code point; NULL for a number that is no character.

    Example:
        >>> Post.objects.annotate(letter=Chr(Value(65)))
    """

    __slots__ = ()
    function = "CHR"
    lookup_name = "chr"
    arity = 1
    takes = ("integer",)
    returns = "text"
    nulls = "always"


class Concat(Function[Any]):
    """Several values as one text; NULL is an empty one, and what is no text is cast to it.

    Example:
        >>> Post.objects.annotate(line=Concat("title", Value(": "), "views"))
    """

    __slots__ = ()
    function = "CONCAT"
    arity: ClassVar[int | tuple[int, int | None] | None] = (2, None)
    takes = ("a value that can be a text",)
    returns = "text"
    nulls = "never"


class ConcatPair(Concat):
    """Two values as one text, as ``Concat`` of two."""

    __slots__ = ()
    arity = 2


class Left(Measured):
    """The first characters of a text.

    Args:
        expression: the text.
        length: how many: a number from 1, or an expression.

    Raises:
        FieldError: a length below 1.

    Example:
        >>> Post.objects.annotate(initial=Left("title", 1))
    """

    __slots__ = ()
    function = "LEFT"
    arity = 2

    def __init__(self, expression: Any, length: Any) -> None:
        self._measure((expression, length), length=(length, 1))


class Right(Left):
    """The last characters of a text; see ``Left``."""

    __slots__ = ()
    function = "RIGHT"


class Length(OfText):
    """The number of characters of a text.

    Example:
        >>> Post.objects.filter(Length("title") > 20)
    """

    __slots__ = ()
    function = "LENGTH"
    lookup_name = "length"
    returns = "integer"


class Lower(OfText):
    """A text in small letters, by Unicode.

    Example:
        >>> Post.objects.order_by(Lower("title"))
    """

    __slots__ = ()
    function = "LOWER"
    lookup_name = "lower"


class Upper(OfText):
    """A text in capitals, by Unicode."""

    __slots__ = ()
    function = "UPPER"
    lookup_name = "upper"


class LPad(Measured):
    """A text filled up on its left, or cut, to a length.

    Args:
        expression: the text.
        length: how long: a number from 0, or an expression.
        fill_text: what it is filled up with; a space when left out. If it is empty, the text is
            only cut.

    Raises:
        FieldError: a length below 0.

    Example:
        >>> Post.objects.annotate(number=LPad(Cast("views", CharField()), 6, Value("0")))
    """

    __slots__ = ()
    function = "LPAD"
    takes = ("text", "integer", "text")
    arity = 3

    def __init__(self, expression: Any, length: Any, fill_text: Any = None) -> None:
        fill = Value(" ") if fill_text is None else fill_text
        self._measure((expression, length, fill), length=(length, 0))


class RPad(LPad):
    """A text filled up on its right, or cut, to a length; see ``LPad``."""

    __slots__ = ()
    function = "RPAD"


class LTrim(OfText):
    """A text without the spaces it begins with."""

    __slots__ = ()
    function = "LTRIM"
    lookup_name = "ltrim"


class RTrim(OfText):
    """A text without the spaces it ends with."""

    __slots__ = ()
    function = "RTRIM"
    lookup_name = "rtrim"


class Trim(OfText):
    """A text without the spaces around it.

    Example:
        >>> Post.objects.update(title=Trim("title"))
    """

    __slots__ = ()
    function = "TRIM"
    lookup_name = "trim"


class Ord(OfText):
    """The Unicode code point of a text's first character; 0 if there is none."""

    __slots__ = ()
    function = "ORD"
    lookup_name = "ord"
    returns = "integer"


class Repeat(Measured):
    """A text several times.

    Args:
        expression: the text.
        number: how often: a number from 0, or an expression.

    Raises:
        FieldError: a number below 0.
    """

    __slots__ = ()
    function = "REPEAT"
    arity = 2

    def __init__(self, expression: Any, number: Any) -> None:
        self._measure((expression, number), number=(number, 0))


class Replace(Function[Any]):
    """A text with another in all places of a third; where that is empty, nothing is replaced.

    Args:
        expression: the text to look through.
        text: what to look for.
        replacement: what to put there; nothing when left out.

    Example:
        >>> Post.objects.update(title=Replace("title", Value("colour"), Value("color")))
    """

    __slots__ = ()
    function = "REPLACE"
    arity = 3
    takes = ("text",)
    returns = "text"

    def __init__(self, expression: Any, text: Any, replacement: Any = None) -> None:
        super().__init__(expression, text, Value("") if replacement is None else replacement)


class Reverse(OfText):
    """A text from its last character to its first."""

    __slots__ = ()
    function = "REVERSE"
    lookup_name = "reverse"


class StrIndex(Function[Any]):
    """The place of a text in another one: 1 at its beginning, 0 if it is not in it.

    Args:
        string: the text to look through.
        substring: what to look for.

    Example:
        >>> User.objects.filter(StrIndex("email", Value("@")) > 1)
    """

    __slots__ = ()
    function = "STRINDEX"
    arity = 2
    takes = ("text",)
    returns = "integer"


class Substr(Measured):
    """A part of a text.

    Args:
        expression: the text.
        pos: the place of its first character, which is 1 for the text's own first: a number, or
            an expression.
        length: how many characters; all the rest when left out.

    Raises:
        FieldError: a position below 1, or a length below 0.

    Example:
        >>> Post.objects.annotate(code=Substr("title", 3, 2))
    """

    __slots__ = ()
    function = "SUBSTR"
    arity = (2, 3)

    def __init__(self, expression: Any, pos: Any, length: Any = None) -> None:
        rest = () if length is None else (length,)
        self._measure((expression, pos, *rest), pos=(pos, 1), length=(length, 0))


class MD5(OfText):
    """The MD5 hash of a text in UTF-8, as hexadecimal digits; no protection of anything."""

    __slots__ = ()
    function = "MD5"
    lookup_name = "md5"


class SHA1(OfText):
    """The SHA-1 hash of a text; PostgreSQL has it with its extension pgcrypto only."""

    __slots__ = ()
    function = "SHA1"
    lookup_name = "sha1"


class SHA224(OfText):
    """The SHA-224 hash of a text in UTF-8, as hexadecimal digits."""

    __slots__ = ()
    function = "SHA224"
    lookup_name = "sha224"


class SHA256(OfText):
    """The SHA-256 hash of a text in UTF-8, as hexadecimal digits.

    Example:
        >>> User.objects.filter(SHA256("email") == digest)
    """

    __slots__ = ()
    function = "SHA256"
    lookup_name = "sha256"


class SHA384(OfText):
    """The SHA-384 hash of a text in UTF-8, as hexadecimal digits."""

    __slots__ = ()
    function = "SHA384"
    lookup_name = "sha384"


class SHA512(OfText):
    """The SHA-512 hash of a text in UTF-8, as hexadecimal digits."""

    __slots__ = ()
    function = "SHA512"
    lookup_name = "sha512"
