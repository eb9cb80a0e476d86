"""Fields in a model's place, and what they say when they refuse."""

from __future__ import annotations

from typing import Any, TypeVar

import pytest

from covet.errors import ModelError, ValidationError
from covet.schema.fields import Field

F = TypeVar("F", bound=Field[Any])


def bound(field: F, name: str = "x") -> F:
    """The field, as ``name`` of the model Post."""
    field.bind("Post", name)
    return field


def refusal(field: Field[Any], value: Any) -> ValidationError:
    """The error with which a field refuses a value."""
    with pytest.raises(ValidationError) as caught:
        field.check(value)
    assert caught.value.errors.keys() == {field.name}
    assert caught.value.model == "Post"
    return caught.value


def misdeclared(field: Field[Any], name: str = "x") -> str:
    """What a field says when it is declared like this."""
    with pytest.raises(ModelError) as caught:
        field.bind("Post", name)
    return str(caught.value)
