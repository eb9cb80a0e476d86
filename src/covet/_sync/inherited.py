# generated from src/covet/_async/inherited.py by scripts/generate_sync.py;
# change that file, not this one
"""How are rows written that are in several tables, as their model inherits from others' tables?"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from ..errors import DatabaseError
from ..expressions import Q
from ..query.locks import Links
from ..query.spec import Output, QuerySpec
from ..query.writes import Assigned
from ..rows import parts, plans, saving
from ..schema.peers import Origin
from ..watch.reasons import changing
from ..watch.switch import WATCH
from .database import Database
from .transaction import atomic

if TYPE_CHECKING:
    from .model import Model


def save(
    record: Model,
    db: Database,
    names: Collection[str] | None,
    *,
    force_insert: bool,
    force_update: bool,
) -> bool:
    """Write an instance's row in each table, parents first; all of them or none.

    An INSERT is forced for the model's own table only, so that a row can be made to go on from a
    parent's that is there already.

    Returns:
        Whether the row in the model's own table was inserted, not updated.

    Raises:
        DatabaseError: there was no row to update.
    """
    before = parts.keys(record)
    is_loaded = record._origin is not None
    must_be_there = force_update or names is not None
    saving.take_keys(record)
    parts.share_keys(record)
    try:
        with atomic(using=db.alias):
            created = inserted = False
            for part in record._table.parts:
                model: Any = parts.model_of(part)
                parts.link(record, part)
                forced = inserted or (force_insert and part is record._table.concrete)
                is_new = not must_be_there and parts.is_new(record, part, is_loaded)
                created = forced or is_new or not record._update(db, names, model)
                if created:
                    if must_be_there:
                        raise DatabaseError(
                            f"{record!r} could not be updated: there is no such row"
                        )
                    record._insert(db, model)
                    inserted = True
    except BaseException:
        for name, value in before.items():
            setattr(record, name, value)
        raise
    return created


def update(model: type[Any], spec: QuerySpec, groups: dict[Links, Assigned], db: Database) -> int:
    """Set columns of several tables, or of one that the rows go on from.

    Setting some may change which rows the query finds, so where there are several tables the keys
    are asked for first.

    Returns:
        How many rows matched.
    """
    asked = changing("update", model, spec) if WATCH.on else None
    if len(groups) == 1:
        ((links, written),) = groups.items()
        plan = saving.update_plan(model, spec, written, db.dialect, links)
        table = links[-1].target if links else spec.table
        bound = plan.bind(spec.values + written.values)
        return db.write(table.name, *bound, asked).rowcount
    with atomic(using=db.alias):
        keys = _keys(model, spec, list(groups), db)
        for (links, written), found in zip(groups.items(), keys, strict=True):
            if found:
                part: Any = parts.model_of(links[-1].target) if links else model
                rows = QuerySpec(part._table).where(Q(pk__in=found))
                plan = saving.update_plan(part, rows, written, db.dialect, asked_of=spec.table)
                bound = plan.bind(rows.values + written.values)
                db.write(part._table.name, *bound, asked)
        return len(keys[0])


def _keys(model: type[Any], spec: QuerySpec, ways: list[Links], db: Database) -> list[list[Any]]:
    """The keys of the rows that each of the ways leads to from a query's rows."""
    paths = tuple(map(parts.key_path, ways))
    asked = spec.ordered(()).giving(Output("list", paths))
    plan = plans.rows_plan(model, asked, db.dialect)
    why = changing("update", model, spec) if WATCH.on else None
    rows = plan.load(db.answer(plan.bind(asked.values), why), Origin(db.alias))
    return [list(dict.fromkeys(column)) for column in zip(*rows, strict=True)] or [[] for _ in ways]
