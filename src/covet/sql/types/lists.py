"""How do lists of values, as aggregates give them, travel? As arrays, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from ...schema.fields.base import AnyField, stored_as
from .base import TypeInfo, Types, named

OF_JSON: Final[Mapping[str, str]] = {"float": "float({x})", "binary": "bytes.fromhex({x})"}
"""How JSON holds what SQLite stores in another way."""


def arrays(types: Callable[[], Types]) -> Callable[[Any], TypeInfo]:
    """The type of a list where the database has arrays."""

    def info(field: Any) -> TypeInfo:
        element = _info(types(), field.element)
        adapt = _each(element.adapt)
        cast = f"{element.cast}[]"
        found = TypeInfo(named(cast), cast, adapt, placeholder=f"{{p}}::{cast}")
        if element.convert is None:
            return found
        return found._replace(convert=_members(element.convert, "{x}"), names=element.names)

    return info


def documents(types: Callable[[], Types]) -> Callable[[Any], TypeInfo]:
    """The type of a list that is written as JSON, with members as SQLite stores them."""

    def info(field: Any) -> TypeInfo:
        stored = stored_as(field.element)
        element = _info(types(), stored)
        adapt = _each(element.adapt)
        convert = OF_JSON.get(stored.kind, element.convert) or "{x}"
        return TypeInfo(
            named("text"),
            "text",
            lambda members: json.dumps(adapt(members), default=bytes.hex),
            convert=_members(convert, "listed({x})"),
            names={**element.names, "listed": _listed},
        )

    return info


def _info(types: Types, element: AnyField) -> TypeInfo:
    stored = stored_as(element)
    entry = types[stored.kind]
    return entry if isinstance(entry, TypeInfo) else entry(stored)


def _each(adapt: Callable[[Any], Any] | None) -> Callable[[list[Any]], list[Any]]:
    if adapt is None:
        return list
    return lambda members: [None if member is None else adapt(member) for member in members]


def _members(convert: str, members: str) -> str:
    return f"[None if e is None else {convert.format(x='e')} for e in {members}]"


def _listed(text: str) -> Any:
    return json.loads(text, strict=False)
