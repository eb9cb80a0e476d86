"""Which columns hold a foreign key whose target has a key of several columns?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import short
from .composite import KeyPart
from .fields import NOT_PROVIDED, Field

if TYPE_CHECKING:
    from .relations import ForeignKeyField

Parts = tuple[Field[Any], ...]


def parts(key: ForeignKeyField[Any]) -> Parts:
    """The fields that hold the parts of a key; none where it is one column, its own.

    They are the fields that ``from_fields`` names, or columns made for it.

    Raises:
        ModelError: the options do not go together with such a key, or ``from_fields`` do not.
    """
    wanted = key.target.pk.members if key.to_field in (None, "pk") else (key,)
    if len(wanted) > 1:
        _check_options(key)
        return _made(key, wanted) if key.from_fields is None else _shared(key, wanted)
    if key.from_fields is not None:
        raise key.misdeclared(
            f"has from_fields, but the key of {key.target.model_name} is one column",
            "Take from_fields away, and give db_column.",
        )
    return ()


def _check_options(key: ForeignKeyField[Any]) -> None:
    given = {
        "db_column": key.db_column is not None,
        "default": key.default is not NOT_PROVIDED,
        "db_default": key.db_default is not NOT_PROVIDED,
    }
    for option in (name for name, is_given in given.items() if is_given):
        raise key.misdeclared(
            f"has {option}, and the key of {key.target.model_name} has several columns",
            "Name fields of this model in from_fields, and give them their options.",
        )
    assert key.source is not None
    if key in key.source.pk.members and not key.primary_key:
        raise key.misdeclared(
            "is part of the primary key, and has several columns itself",
            "Let from_fields name fields of this model, and CompositePrimaryKey too.",
        )


def _made(key: ForeignKeyField[Any], wanted: Parts) -> Parts:
    assert key.source is not None
    found: list[Field[Any]] = []
    for component in wanted:
        name = f"{key.name}_{component.attname}"
        if key.source.names.get(name) in key.source.declared:
            raise key.misdeclared(
                f"needs a column {name!r}, and {key.model} has a field of that name",
                "If it holds that part of the key, say so with from_fields=(…).",
            )
        part = KeyPart(component, null=key.null)
        part.bind(key.model, name)
        found.append(part)
    return tuple(found)


def _shared(key: ForeignKeyField[Any], wanted: Parts) -> Parts:
    assert key.source is not None
    names = key.from_fields
    if isinstance(names, str) or names is None or len(names) != len(wanted):
        raise key.misdeclared(
            f"has from_fields={short(names)}, and the key of {key.target.model_name} has the "
            f"parts {', '.join(field.name for field in wanted)}",
            "Name one field of this model for each, in this order.",
        )
    found: list[Field[Any]] = []
    for name in names:
        field = key.source.names.get(name)
        if field is None or field is key or field not in key.source.declared:
            raise key.misdeclared(
                f"names {name!r} in from_fields, which is no field of {key.model}"
            )
        found.append(field)
    return tuple(found)
