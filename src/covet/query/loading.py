"""Which columns of a row, and of the rows related to it, does ``only()`` or ``defer()`` leave?"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from ..schema.fields import Field
from ..schema.table import Table

Tree: TypeAlias = dict[str, Any]


class Loading(NamedTuple):
    """The paths that were named last: with ``only`` the ones that are loaded, else those not."""

    paths: tuple[str, ...] = ()
    only: bool = False

    def taking(self, paths: tuple[str, ...]) -> Loading:
        """``only()``: instead of what was asked for before, but never what was deferred."""
        if self.only:
            return Loading(paths, True)
        return Loading(_without(paths, self.paths), True)

    def leaving(self, paths: tuple[str, ...]) -> Loading:
        """``defer()``: besides what was deferred before, or out of what ``only()`` named."""
        if not self.only:
            return Loading(tuple(dict.fromkeys((*self.paths, *paths))), False)
        left = _without(self.paths, paths)
        return Loading(left, True) if left else Loading(_without(paths, self.paths), False)


EVERYTHING = Loading()


def _without(paths: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(path for path in dict.fromkeys(paths) if path not in others)


def tree_of(paths: tuple[str, ...]) -> Tree:
    """Paths as a tree of their words."""
    tree: Tree = {}
    for path in paths:
        here = tree
        for name in path.split("__"):
            here = here.setdefault(name, {})
    return tree


class Mask:
    """Which fields of one table's rows are loaded, and of the rows related to them.

    Args:
        tree: the named paths from this table on, word by word.
        only: whether they are what is loaded, rather than what is not.
    """

    def __init__(self, tree: Tree, only: bool) -> None:
        self.tree = tree
        self.only = only

    @classmethod
    def of(cls, loading: Loading) -> Mask:
        """The mask of a query's own rows."""
        return cls(tree_of(loading.paths), loading.only)

    def has(self, field: Field[Any]) -> bool:
        """Whether a field is loaded; the primary key always is."""
        if not self.tree or field.primary_key:
            return True
        below = self.tree.get(field.name)
        return below is not None if self.only else below is None or bool(below)

    def kept(self, table: Table) -> set[Field[Any]]:
        """The fields of a table that are loaded; of a wide foreign key, all own columns or none."""
        found = {field for field in table.fields if self.has(field)}
        for field in table.wide:
            if not self.has(field):
                found.difference_update(m for m in field.members if m not in table.declared)
            elif self.only and self.tree:
                found.update(field.members)
        return found.union(table.pk.members)

    def below(self, name: str) -> Mask:
        """The mask of the rows that a relation leads to."""
        return Mask(self.tree.get(name, {}), self.only)
