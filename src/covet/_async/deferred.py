"""How are the fields of an instance read that are not loaded, or have to be read again?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..pairs import AsyncShared
from ..rows import saving
from ..schema.fields import Field
from ..schema.peers import FETCH_PEERS, Origin
from ..schema.record import Record
from ..watch.reasons import Loading
from .connection import session_of


async def load_deferred(instance: Record, fields: Sequence[Field[Any]]) -> None:
    """Set fields of an instance that were not loaded, and those of its living peers, by one query.

    Raises:
        NotLoaded: the instance was never in the database, or has lost its key.
        DoesNotExist: the row is gone.
    """
    origin = instance._origin
    if origin is None or not instance._is_pk_set():
        raise instance._not_loaded(fields[0])
    fields = tuple(member for field in fields for member in field.members)
    names = tuple(field.attname for field in fields)
    async with AsyncShared(origin, (names, id(session_of(origin.alias)))):
        if saving.lacks(instance, fields):
            await _load(instance, fields, names, origin)


async def _load(
    instance: Record, fields: Sequence[Field[Any]], names: tuple[str, ...], origin: Origin
) -> None:
    peers = [instance]
    if origin.mode is FETCH_PEERS:
        peers = origin.peers(instance, lambda peer: saving.lacks(peer, fields), None)
    waiting = saving.Waiting(peers, fields)
    query: Any = type(instance)._plain_rows().using(origin.alias)  # type: ignore[attr-defined]
    with Loading("deferred", fields[0].name, peers):
        for condition in waiting.conditions(query._database().dialect):
            waiting.take(await query.filter(condition).values_list("pk", *names).fetch())
    if saving.lacks(instance, fields):
        raise _gone(instance)


async def read_fields(
    instance: Record,
    fields: Sequence[Field[Any]],
    using: str | None = None,
    model: type[Any] | None = None,
) -> None:
    """Set fields of an instance from its row as it is now.

    Args:
        instance: the instance.
        fields: the fields.
        using: the database, if not that it came from.
        model: its own, or the parent in whose table its row is meant.

    Raises:
        DoesNotExist: the row is gone.
    """
    alias = using or (instance._origin.alias if instance._origin else "default")
    asked: Any = model or type(instance)
    query = asked._plain_rows().using(alias)
    query._spec = saving.row_of(instance, asked._table)
    rows = await query.values_list(*(field.attname for field in fields)).fetch()
    if not rows:
        raise _gone(instance)
    saving.take_values(instance, fields, rows[0])
    instance._origin = instance._origin or Origin(alias)


def _gone(instance: Record) -> Exception:
    return instance.DoesNotExist(f"{saving.shown(instance)} is not in the database any more")
