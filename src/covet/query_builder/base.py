"""What do all methods of the query builder need?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from ..errors import keyword, short
from ..expressions.shape import Queried
from ..query.free.names import checked_alias
from ..query.free.spec import FreeSpec, Item, values_of
from . import given


class Saying(Queried):
    """Something that was said with the words of the query builder, and grows by its methods."""

    _spec: FreeSpec

    @property
    def spec(self) -> FreeSpec:
        """What was said so far, as plain data."""
        return self._spec

    def __repr__(self) -> str:
        return f"<Query: {self._spec.kind} {self._spec.alias}>"

    def _with(self, spec: FreeSpec) -> Self:
        new = object.__new__(type(self))
        new._spec = spec
        return new

    def _grown(self, items: Iterable[Item], **changes: Any) -> Self:
        """A query with more said, whose new parts bind the values of ``items``."""
        values = [value for item in items for value in values_of(item.what)]
        return self._with(self._spec.grown(values, **changes))

    def _items(
        self,
        method: str,
        columns: Iterable[tuple[None, Any]],
        named: Mapping[str, Any],
        everything: bool = True,
    ) -> tuple[Item, ...]:
        """Columns and expressions as parts of a clause."""
        items: list[Item] = []
        start = self._spec.start
        for name, column in (*columns, *named.items()):
            asked = f"{method}({short(column) if name is None else keyword(name)})"
            if name is not None:
                checked_alias(name, "a column", asked)
            is_everything = everything and name is None and given.is_everything(column, asked)
            what = column if is_everything else given.expression(column, asked)
            item = Item(what, start, asked, name)
            start += len(values_of(item.what))
            items.append(item)
        return tuple(items)
