"""What does a bulk_create() do with a row that is there already, in the user's words?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..errors import FieldError, short
from ..query.ast import Conflict
from ..schema.fields import Field
from ..schema.table import Table
from ..sql.dialects import Dialect
from .unique import groups

PASS_OVER = Conflict((), ())


def conflict(
    table: Table,
    dialect: Dialect,
    *,
    ignore: bool,
    update: bool,
    update_fields: Iterable[str] | None,
    unique_fields: Iterable[str] | None,
) -> Conflict | None:
    """What was asked for; None for an error of the database's.

    Args:
        table: the table that is written to.
        dialect: the database.
        ignore: whether a row that is there already is passed over.
        update: whether it is changed to what the new one says.
        update_fields: what is changed of it.
        unique_fields: the fields by which it is known to be the same.

    Raises:
        UnknownField: a name that the model does not have.
        FieldError: what does not go together, or is missing.
    """
    if ignore and update:
        raise FieldError("bulk_create() cannot both ignore conflicts and update rows by them")
    if not update:
        for name, given in (("update_fields", update_fields), ("unique_fields", unique_fields)):
            if given:
                raise FieldError(
                    f"bulk_create({name}=…) says how rows are updated that are there already",
                    fix="Add update_conflicts=True, or leave it out.",
                )
        return PASS_OVER if ignore else None
    changed = _named(table, "update_fields", update_fields)
    if not changed:
        raise FieldError(
            "bulk_create(update_conflicts=True) does not say what is updated",
            fix='Write update_fields=["…"].',
        )
    keys = {table.pk, *table.pk.members}
    for field in changed:
        if field in keys:
            raise FieldError(
                f"bulk_create() cannot update {table.model_name}.{field.name}, the primary key",
                fix="Leave it out of update_fields.",
            )
    known_by = _named(table, "unique_fields", unique_fields)
    _check_unique(table, known_by, dialect)
    return Conflict(known_by, changed)


def _named(table: Table, word: str, names: Iterable[str] | None) -> tuple[Field[Any], ...]:
    """The columns that names stand for, each once."""
    if isinstance(names, str):
        raise FieldError(
            f"bulk_create({word}={short(names)}) is a string, not a list",
            fix=f"Write {word}=[{short(names)}].",
        )
    if names is not None and not isinstance(names, Iterable):
        raise FieldError(f"bulk_create({word}={short(names)}) is no list of fields")
    listed = list(names or ())
    asked = f"bulk_create({word}={short(listed)})"
    found = [member for name in listed for member in table.field(name, asked).members]
    return tuple(dict.fromkeys(found))


def _check_unique(table: Table, fields: tuple[Field[Any], ...], dialect: Dialect) -> None:
    """Refuse fields that several rows may agree in, on every database alike."""
    possible = [tuple(m for f in group for m in f.members) for group in groups(table)]
    choices = "; ".join(", ".join(f.name for f in group) for group in possible)
    if not fields:
        if dialect.names_conflicts:
            raise FieldError(
                "bulk_create(update_conflicts=True) does not say by which fields rows are the same",
                fix=f"Write unique_fields=[…]. {table.model_name} is unique by: {choices}.",
            )
        return
    if set(fields) not in map(set, possible):
        names = ", ".join(field.name for field in fields)
        raise FieldError(
            f"{table.model_name} has no unique constraint over just: {names}",
            asked=f"bulk_create(unique_fields={[field.name for field in fields]!r})",
            possible=[", ".join(f.name for f in group) for group in possible],
            fix=f"It is unique by: {choices}.",
        )
