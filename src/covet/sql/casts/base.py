"""What is the SQL of a cast? A template by two types, or something that makes it of the fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from ...query.types import TEXT, family
from ...schema.fields import Field
from ..functions.base import filled
from ..text import SQL

if TYPE_CHECKING:
    from ..dialects.base import Dialect

AnyField = Field[Any]
CastTo: TypeAlias = "str | Callable[[AnyField, AnyField], str]"
Casts: TypeAlias = Mapping[tuple[str, str], CastTo]
"""From the types of a value and of the result to a template, or to what gives it."""


def cast(dialect: Dialect, value: SQL, source: AnyField | None, target: AnyField) -> SQL:
    """A value as another type; one whose type nobody knows is as good as a text."""
    one = "any" if source is None else family(source)
    other = family(target)
    casts = dialect.casts
    said = casts.get((one, other)) or casts.get(("text" if one == "any" else one, other), "{0}")
    template = said if isinstance(said, str) else said(source or target, target)
    text = filled(dialect.in_text(template), [value])
    longest = getattr(target, "max_length", None) if other == "text" else None
    return text if longest is None else filled(dialect.cut_text, [text, (f"{longest}",)])


def as_text(dialect: Dialect, value: SQL, source: AnyField | None) -> SQL:
    """A value as a text."""
    if source is not None and family(source) == "text":
        return value
    return cast(dialect, value, source, TEXT)


def scale(field: Any) -> tuple[int, int] | None:
    """The digits and the places of a decimal type, if it says both."""
    digits, places = getattr(field, "max_digits", None), getattr(field, "decimal_places", None)
    return None if digits is None or places is None else (int(digits), int(places))
