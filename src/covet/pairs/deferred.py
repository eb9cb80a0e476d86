"""What is a field that was not loaded? In async code an error; in sync code it is loaded now."""

from __future__ import annotations

from typing import Any, Protocol

from ..schema.fields import Field
from ..schema.peers import FETCH_RAISE
from ..schema.record import Record


class AsyncLoadsFields(Protocol):
    """What reads fields of an instance from the database."""

    async def __call__(self, instance: Any, fields: tuple[Field[Any], ...], /) -> None:
        """Set the fields."""


class SyncLoadsFields(Protocol):
    """The same, without waiting."""

    def __call__(self, instance: Any, fields: tuple[Field[Any], ...], /) -> None:
        """Set the fields."""


def async_deferred(instance: Record, field: Field[Any], load: AsyncLoadsFields) -> Any:
    """What touching a field gives that was not loaded: there is no I/O that nobody waits for.

    Raises:
        NotLoaded: always.
    """
    raise instance._not_loaded(field)


def sync_deferred(instance: Record, field: Field[Any], load: SyncLoadsFields) -> Any:
    """What touching a field gives that was not loaded: its value, loaded now.

    Raises:
        NotLoaded: the instance was never in the database, its key is not known, or its fetch mode
            forbids it.
        DoesNotExist: its row is gone.
    """
    origin = instance._origin
    if origin is not None and origin.mode is FETCH_RAISE:
        raise instance._not_loaded(field)
    load(instance, (field,))
    return getattr(instance, field.attname)
