"""Which rows does ``select_for_update()`` lock?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from ..errors import FieldError, short
from ..schema.relations import ForeignKeyField
from ..schema.table import Table
from ..schema.ways import WayBack
from . import ast
from .joins import Scope
from .spec import INSTANCES, Lock, QuerySpec

Links: TypeAlias = tuple[ForeignKeyField, ...]  # type: ignore[type-arg]
"""The way from a table to one that it goes on from."""


def lock(spec: QuerySpec, scope: Scope, beside: tuple[ast.Related, ...]) -> ast.Lock | None:
    """How the rows are locked: all of them, or those of the tables that were named.

    Raises:
        FieldError: a name of rows that the query does not select.
    """
    asked = spec.lock
    if asked is None:
        return None
    rows = {"self": (spec.table, scope.alias)}
    if spec.output == INSTANCES:  # else related rows are not selected
        rows |= _selected(beside)
    tables = {
        path: (alias, links)
        for start, (table, alias) in rows.items()
        for path, links in _with_parents(start, table)
    }
    for path in asked.of:
        if path not in tables:
            raise _not_selected(path, list(tables), asked)
    wait = "NOWAIT" if asked.nowait else "SKIP LOCKED" if asked.skip_locked else ""
    named = tuple(dict.fromkeys(scope.along(*tables[path]) for path in asked.of))
    return ast.Lock("NO KEY UPDATE" if asked.no_key else "UPDATE", named, wait)


def _selected(
    beside: tuple[ast.Related, ...], before: str = ""
) -> Iterator[tuple[str, tuple[Table, str]]]:
    """The paths of selected related rows: their tables, and the names of these in the query."""
    for one in beside:
        way = one.way
        path = before + (way.relation.query_name if isinstance(way, WayBack) else way.name)
        yield path, (way.target, one.alias)
        yield from _selected(one.children, f"{path}__")


def _with_parents(path: str, table: Table) -> Iterator[tuple[str, Links]]:
    """The path of a row, and the paths of the rows that it goes on from; from there, the links."""
    yield path, ()
    before = "" if path == "self" else f"{path}__"
    for part in table.parts:
        for link in part.parents:
            yield before + link.name, (*table.inherited.get(link, ()), link)


def _not_selected(path: str, possible: list[str], lock: Lock) -> FieldError:
    return FieldError(
        f"{short(path)} is no row that this query selects",
        asked=f"select_for_update(of={lock.of!r})",
        possible=possible,
        fix=f"Choices: {', '.join(possible)}; relations are those of select_related().",
    )
