"""The functions about JSON: what is at a path of a document, and documents made of values."""

from __future__ import annotations

from typing import Any

from ...errors import FieldError, short
from .base import Function


class KeyTransform(Function[Any]):
    """What a document has under one key: ``KeyTransform("name", "data__owner")``.

    For keys that a path cannot name, as they hold ``__``, or come from elsewhere: nothing in a key
    has a meaning of its own.

    Args:
        key: the key of an object, or a place in a list, from its end if negative.
        expression: the document.

    Raises:
        FieldError: the key is neither a text nor a whole number.

    Example:
        >>> from covet import KeyTransform
        >>> KeyTransform("first__name", "data")
        KeyTransform('first__name', F('data'))
    """

    __slots__ = ("key_name",)
    function = "JSON_PATH"
    arity = 1
    takes = ("json",)
    nulls = "always"

    def __init__(self, key: str | int, expression: Any) -> None:
        if type(key) not in (str, int):
            raise FieldError(f"A key is a text or a number, not {short(key)}")
        self.key_name = str(key)
        super().__init__(expression)

    @property
    def options(self) -> tuple[str, ...]:
        """The key: it is part of the shape, and bound as a parameter."""
        return (self.key_name,)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({short(self.key_name)}, {self.parts[0]!r})"


class KT(Function[str]):
    """The text at a path of a document: ``KT("data__owner__name")``.

    A string without its quotes, a number and a truth value as JSON writes them, a list or an object
    as JSON; NULL for null, and where there is nothing.

    Args:
        expression: a path into a document, or an expression that is one.

    Example:
        >>> from covet import KT
        >>> KT("data__owner__name")
        KT(F('data__owner__name'))
    """

    __slots__ = ()
    function = "JSON_TEXT"
    arity = 1
    takes = ("json",)
    returns = "text"
    nulls = "always"


class KeyTextTransform(KT):
    """The text that a document has under one key: ``KT(KeyTransform(key, expression))``.

    Args:
        key: the key of an object, or a place in a list.
        expression: the document.
    """

    __slots__ = ()

    def __init__(self, key: str | int, expression: Any) -> None:
        super().__init__(KeyTransform(key, expression))


class JSONObject(Function[dict[str, Any]]):
    """An object of values: ``JSONObject(title="title", by="author__name")``.

    Numbers and truth values are such in JSON; texts, dates, times and UUIDs are strings, moments as
    ``2026-11-21T12:30:00.000000+00:00``. Documents stay what they are, and NULL is null.

    Args:
        **fields: for each key, an expression, the name of a field, or another value.

    Example:
        >>> from covet import JSONObject
        >>> JSONObject(name="title", views="views")
        JSONObject(name=F('title'), views=F('views'))
    """

    __slots__ = ("keys",)
    function = "JSON_OBJECT"
    returns = "json"
    nulls = "never"

    def __init__(self, /, **fields: Any) -> None:
        self.keys = tuple(fields)
        super().__init__(*fields.values())

    @property
    def options(self) -> tuple[str, ...]:
        """The keys, and how many there are, so that none can be taken for what is behind them."""
        return (str(len(self.keys)), *self.keys)

    def __repr__(self) -> str:
        pairs = zip(self.keys, self.parts, strict=True)
        return f"JSONObject({', '.join(f'{key}={value!r}' for key, value in pairs)})"


class JSONArray(Function[list[Any]]):
    """A list of values: ``JSONArray("title", "views")``; each as in :class:`JSONObject`.

    Args:
        *items: expressions, names of fields, or other values.

    Example:
        >>> from covet import JSONArray
        >>> JSONArray("title", "views")
        JSONArray(F('title'), F('views'))
    """

    __slots__ = ()
    function = "JSON_ARRAY"
    returns = "json"
    nulls = "never"

    def __init__(self, *items: Any) -> None:
        super().__init__(*items)
