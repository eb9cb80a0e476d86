"""What becomes of the rows that point to a deleted one? The answers that a relation can give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import ModelError, short

if TYPE_CHECKING:
    from .relations import ForeignKeyField
    from .table import Table

CASCADE = "CASCADE"
PROTECT = "PROTECT"
RESTRICT = "RESTRICT"
SET_NULL = "SET_NULL"
SET_DEFAULT = "SET_DEFAULT"
DO_NOTHING = "DO_NOTHING"
DB_CASCADE = "DB_CASCADE"
DB_SET_NULL = "DB_SET_NULL"

ON_DELETE = (
    CASCADE,
    PROTECT,
    RESTRICT,
    SET_NULL,
    SET_DEFAULT,
    DO_NOTHING,
    DB_CASCADE,
    DB_SET_NULL,
)

BY_DATABASE = {DB_CASCADE: "CASCADE", DB_SET_NULL: "SET NULL"}
"""What the database does itself, and how that is written in its definition."""


@dataclass(frozen=True, slots=True)
class SET:
    """``on_delete=SET(value)``: the rows point to something else from then on.

    Args:
        value: an object, its key, or a function that gives one of these. The function is called
            once for each deletion, and only if there are rows that it is for.

    Example:
        >>> async def nobody():
        ...     author, is_new = await Author.objects.get_or_create(name="Nobody")
        ...     return author
        >>> class Post(Model):
        ...     author = ForeignKey(Author, SET(nobody))
    """

    value: Any


OnDelete: TypeAlias = str | SET


def is_done_by_python(on_delete: OnDelete) -> bool:
    """Whether rows that point to deleted ones have to be looked for before."""
    return on_delete != DO_NOTHING and not is_done_by_database(on_delete)


def is_done_by_database(on_delete: OnDelete) -> bool:
    """Whether it is a rule in the table's definition."""
    return in_definition(on_delete) is not None


def in_definition(on_delete: OnDelete) -> str | None:
    """The rule behind ``ON DELETE`` in the table's definition, if it has one."""
    return BY_DATABASE.get(on_delete) if isinstance(on_delete, str) else None


def is_set(on_delete: OnDelete) -> bool:
    """Whether rows are kept and point elsewhere, by what Python does."""
    return isinstance(on_delete, SET) or on_delete in (SET_NULL, SET_DEFAULT)


def check_on_delete(field: ForeignKeyField[Any]) -> None:
    """Refuse an ``on_delete`` that there is not, or that the column cannot follow.

    Raises:
        ModelError: it says which, and what to add.
    """
    on_delete = field.on_delete
    if isinstance(on_delete, SET):
        if on_delete.value is None and not field.null:
            raise field.misdeclared("has on_delete=SET(None) but cannot be null", "Add null=True.")
        return
    if on_delete not in ON_DELETE:
        raise field.misdeclared(
            f"has on_delete={short(on_delete)}", f"Use one of {', '.join(ON_DELETE)}, SET(value)."
        )
    if on_delete in (SET_NULL, DB_SET_NULL) and not field.null:
        raise field.misdeclared(f"has on_delete={on_delete} but cannot be null", "Add null=True.")
    if on_delete == SET_DEFAULT and not all(part.has_default for part in field.members):
        fix = "Add default=…."
        if field.from_fields is not None:
            fix = "Add default=… to each of its from_fields."
        raise field.misdeclared("has on_delete=SET_DEFAULT but no default", fix)
    if on_delete in BY_DATABASE and not field.db_constraint:
        raise field.misdeclared(
            f"has on_delete={on_delete}, which is a rule of the database's, and db_constraint="
            "False, which leaves the rule out",
            f"Give on_delete={on_delete.removeprefix('DB_')}, or leave out db_constraint.",
        )


def cascading(target: Table) -> str:
    """The CASCADE for a key to a table: the database's where the database deletes its rows."""
    return DB_CASCADE if any(key.on_delete == DB_CASCADE for key in target.relations) else CASCADE


def check_chain(field: ForeignKeyField[Any], target: Table) -> None:
    """Refuse a rule of Python's behind rows that the database deletes without asking Python.

    Raises:
        ModelError: the rows that the field points to are such.
    """
    if not is_done_by_python(field.on_delete):
        return
    for key in target.relations:
        if key.on_delete == DB_CASCADE:
            raise ModelError(
                f"{field.model}.{field.name} has on_delete={shown(field.on_delete)}, which Python "
                f"carries out, but rows of {target.model_name} are deleted by the database alone: "
                f"{target.model_name}.{key.name} has on_delete=DB_CASCADE",
                fix="Give the former DB_CASCADE, DB_SET_NULL or DO_NOTHING, or the latter CASCADE.",
            )


def shown(on_delete: OnDelete) -> str:
    """An ``on_delete`` as a message shows it."""
    return f"SET({short(on_delete.value)})" if isinstance(on_delete, SET) else on_delete
