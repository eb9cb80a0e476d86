"""What does an instance write to which table, where its model inherits from others with tables?

Its row goes on from the parents' rows: they are written first, and their key is its own.
"""

from __future__ import annotations

from typing import Any

from ..query.locks import Links
from ..query.writes import Assigned, assigned
from ..schema.record import Record
from ..schema.table import Table


def model_of(part: Table) -> type[Record]:
    """The model of one of the tables."""
    assert part.registry is not None
    return part.registry.models[part.label]


def share_keys(record: Record) -> None:
    """Give the parents' rows the keys that their links hold, where they have none of their own."""
    for part in reversed(record._table.parts):
        for link, parent in part.parents.items():
            if record.__dict__.get(parent.pk.attname) is None:
                setattr(record, parent.pk.attname, getattr(record, link.attname))


def link(record: Record, part: Table) -> None:
    """Point an instance's row in a table to those of the parents, which are written by now."""
    for to_parent in part.parents:
        setattr(record, to_parent.attname, getattr(record, to_parent.key_name))
        setattr(record, to_parent.cache_name, None)  # it may show what was just overwritten


def is_new(record: Record, part: Table, is_loaded: bool) -> bool:
    """Whether no row can be there yet: it has no key, or one that its default just made."""
    return getattr(record, part.pk.attname) is None or (not is_loaded and part.pk.has_default)


def keys(record: Record) -> dict[str, Any]:
    """What saving finds out, to be put back if it fails."""
    known = record.__dict__
    names = [field.attname for field in record._table.set_by_save]
    return {"_origin": record._origin} | {name: known[name] for name in names if name in known}


def by_table(table: Table, written: Assigned) -> dict[Links, Assigned]:
    """The assignments of an ``update()`` by the way to the table whose columns they set."""
    pairs: dict[Links, list[tuple[Any, Any]]] = {}
    for field, value in zip(written.fields, written.given, strict=True):
        pairs.setdefault(table.inherited.get(field, ()), []).append((field, value))
    return {links: assigned(group) for links, group in pairs.items()}


def key_path(links: Links) -> str:
    """The path of the key of the rows that a way leads to."""
    return "__".join(link.name for link in links) or "pk"
