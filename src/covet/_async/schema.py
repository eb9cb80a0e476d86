"""How do the tables of models come to be?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import ModelError, short
from ..schema.record import Record
from ..schema.table import Table
from ..sql import ddl
from .database import Database, database
from .model import registry
from .transaction import atomic


async def create_tables(*models: type[Any], using: str = "default") -> list[str]:
    """Create the tables of models that are not there yet, with their keys and indexes.

    Args:
        *models: the models, with the tables between of their many-to-many relations; all that are
            declared and managed when left out.
        using: the alias of the database.

    Returns:
        The names of the tables that were created.

    Raises:
        ModelError: two models want the same table, or a relation's model was never declared.

    Example:
        >>> await create_tables()
    """
    return await make_tables(_tables(models), database(using))


async def make_tables(wanted: Sequence[Table], db: Database) -> list[str]:
    """Create those tables that are not there yet, of models of either colour; their names."""
    there = await existing_tables(db)
    ddl.refuse_doubles(wanted)
    missing = [table for table in wanted if table.name.lower() not in there]
    await _run(db, ddl.creation(missing, db.dialect))
    return [table.name for table in missing]


async def drop_tables(*models: type[Any], using: str = "default") -> list[str]:
    """Drop the tables of models that are there, in an order that their keys allow.

    Args:
        *models: the models; all that are declared and managed when left out.
        using: the alias of the database.

    Returns:
        The names of the tables that were dropped.

    Raises:
        IntegrityError: a table that is not dropped refers to one that is.

    Example:
        >>> await drop_tables(Author, Post)
        ['post', 'author']
    """
    db = database(using)
    there = await existing_tables(db)
    found = [table for table in _tables(models) if table.name.lower() in there]
    await _run(db, ddl.removal(found, db.dialect))
    return [table.name for table in found]


def _tables(models: tuple[type[Any], ...]) -> list[Table]:
    for model in models:
        if not (isinstance(model, type) and issubclass(model, Record)):
            raise ModelError(
                f"{short(model)} is not a model",
                fix="Give the models one by one: create_tables(Author, Post).",
            )
        if "_table" not in vars(model):
            raise ModelError(f"{model.__name__} is abstract and has no table")
    managed = registry.managed()
    if not models:
        return managed
    between = [
        many.through for model in models for many in model._table.many.values() if many.is_auto
    ]
    return [*dict.fromkeys(model._table.concrete for model in (*models, *between))]


async def existing_tables(db: Database) -> set[str]:
    """The names of all tables of a database, in lower case."""
    rows = await db.fetch_rows(db.dialect.tables_query, ())
    return {str(row[0]).lower() for row in rows}


async def _run(db: Database, statements: list[str]) -> None:
    """All statements or none, where the database can take definitions back."""
    if not db.dialect.transactional_ddl:
        for statement in statements:
            await db.execute(statement, ())
    elif statements:
        async with atomic(using=db.alias):
            for statement in (*db.dialect.before_definitions, *statements):
                await db.execute(statement, ())
