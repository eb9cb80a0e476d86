"""How does a field live in a database, and how does a value become a parameter?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from ...errors import ConfigurationError, ModelError, ValidationError, short
from ...query.types import type_of_value
from ...schema.fields import CharField, IntegerField
from ...schema.fields.base import AnyField, stored_as, unwrap
from . import mysql, postgresql, sqlite
from .base import TypeInfo, Types

__all__ = ["CANNOT_EQUAL", "Binder", "TypeInfo", "binder", "type_info"]

Binder: TypeAlias = Callable[[Any], Any]

_TABLES: Final[Mapping[str, Types]] = {
    "sqlite": sqlite.TYPES,
    "postgresql": postgresql.TYPES,
    "mysql": mysql.TYPES,
}

CANNOT_EQUAL: Final = frozenset({"out_of_range", "max_length", "max_decimal_places", "nul"})
"""Codes of the errors for values of the right type that no row of the column can hold."""


def type_info(dialect_name: str, field: AnyField) -> TypeInfo:
    """How a field's column lives in a database; of a relation, the target key's type.

    Args:
        dialect_name: ``"sqlite"``, ``"postgresql"`` or ``"mysql"``.
        field: any field; it need not belong to a model.

    Raises:
        ConfigurationError: there is no such dialect.
        ModelError: no database knows the field's ``kind``.
    """
    target = stored_as(field)
    info = _type_of(dialect_name, target)
    if target is field:
        return info
    return info._replace(column=lambda _: info.column(target), check=lambda _: info.check(target))


def _type_of(dialect_name: str, field: AnyField) -> TypeInfo:
    types = _TABLES.get(dialect_name)
    if types is None:
        raise ConfigurationError(
            f"There is no dialect {short(dialect_name)}", possible=list(_TABLES),
            fix=f"Dialects: {', '.join(_TABLES)}.",
        )  # fmt: skip
    entry = types.get(field.kind)
    if entry is None:
        raise ModelError(
            f"{type(field).__name__} has the kind {short(field.kind)}, "
            f"and {dialect_name} has no type for it",
            possible=list(types),
            fix=f"Kinds: {', '.join(types)}.",
        )
    return entry if isinstance(entry, TypeInfo) else entry(field)


def binder(dialect_name: str, field: AnyField) -> Binder:
    """One function that makes a parameter of a value, or refuses the value.

    None passes through, as NULL. Expressions must not get here.

    The function raises ValidationError, naming the field's own model and name, for what the
    column cannot hold. Its ``code`` is one of ``CANNOT_EQUAL`` where the value is of the right
    type but no row can hold it, so that a lookup may answer with no rows instead.
    """
    if field.kind == "any":
        return lambda value: None if value is None else _by_type(dialect_name, value)
    target = stored_as(field)
    info = _type_of(dialect_name, target)
    bind = _checked(field, info)
    if target is not field:
        bind = _renaming(bind, field)
    fast = _FAST.get(target.kind)
    # A user's field may have a check of its own, which has to be asked of each value.
    is_known = type(target).check in (IntegerField.check, CharField.check)
    return fast(target, info, bind) if fast is not None and is_known else bind


def _by_type(dialect_name: str, value: Any) -> Any:
    """A parameter of a value whose own Python type says how it travels."""
    plain = unwrap(value)
    return binder(dialect_name, type_of_value(plain))(plain)


def _checked(field: AnyField, info: TypeInfo) -> Binder:
    check, adapt = field.check, info.adapt
    if adapt is None:
        return lambda value: None if value is None else check(value)
    return lambda value: None if value is None else adapt(check(value))


def _renaming(bind: Binder, field: AnyField) -> Binder:
    """A relation's binder: what its target's type refuses is refused in its own name."""

    def renaming(value: Any) -> Any:
        try:
            return bind(value)
        except ValidationError as error:
            raise field.renamed(error) from None

    return renaming


def _whole_numbers(field: Any, info: TypeInfo, slow: Binder) -> Binder:
    lowest, highest = field.lowest, field.highest

    def bind(value: Any) -> Any:
        if type(value) is int and lowest <= value <= highest:
            return value
        return slow(value)

    return bind


def _texts(field: Any, info: TypeInfo, slow: Binder) -> Binder:
    longest = 2**62 if field.max_length is None else field.max_length
    if info.adapt is None:

        def bind(value: Any) -> Any:
            if type(value) is str and len(value) <= longest and value.isascii():
                return value
            return slow(value)

        return bind

    def bind_without_nul(value: Any) -> Any:
        if type(value) is str and len(value) <= longest and value.isascii() and "\x00" not in value:
            return value
        return slow(value)

    return bind_without_nul


_FAST: Final[Mapping[str, Callable[[Any, TypeInfo, Binder], Binder]]] = {
    "auto": _whole_numbers,
    "bigauto": _whole_numbers,
    "smallauto": _whole_numbers,
    "integer": _whole_numbers,
    "biginteger": _whole_numbers,
    "smallinteger": _whole_numbers,
    "positiveinteger": _whole_numbers,
    "positivebiginteger": _whole_numbers,
    "positivesmallinteger": _whole_numbers,
    "char": _texts,
    "text": _texts,
}
