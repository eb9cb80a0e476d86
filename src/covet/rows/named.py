"""How are the columns of a raw row read by their names?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, ClassVar


class Row(tuple[Any, ...]):
    """A row of raw SQL: a tuple that can be read by column name too.

    Example:
        >>> row = (await db.fetch("select 1 as id, 'Ann' as name"))[0]
        >>> row[0], row["name"], row.name, row.asdict()
        (1, 'Ann', 'Ann', {'id': 1, 'name': 'Ann'})
    """

    __slots__ = ()
    columns: ClassVar[tuple[str, ...]] = ()
    _places: ClassVar[dict[str, int]] = {}

    def __getitem__(self, key: Any) -> Any:
        if type(key) is str:
            try:
                key = self._places[key]
            except KeyError:
                raise KeyError(self._no_column(key)) from None
        return tuple.__getitem__(self, key)

    def __getattr__(self, name: str) -> Any:
        try:
            return tuple.__getitem__(self, self._places[name])
        except KeyError:
            raise AttributeError(self._no_column(name)) from None

    def asdict(self) -> dict[str, Any]:
        """Column names and values."""
        return dict(zip(self.columns, self, strict=True))

    def _no_column(self, name: str) -> str:
        return f"The row has no column {name!r}; it has {', '.join(self.columns)}"

    def __repr__(self) -> str:
        inside = ", ".join(
            f"{name}={value!r}" for name, value in zip(self.columns, self, strict=True)
        )
        return f"Row({inside})"

    def __reduce__(self) -> Any:
        return _rebuild, (self.columns, tuple(self))


def _rebuild(columns: tuple[str, ...], values: tuple[Any, ...]) -> Row:
    return row_class(columns)(values)


@lru_cache(maxsize=256)
def row_class(columns: tuple[str, ...]) -> type[Row]:
    """The class of rows with these columns; of columns named alike, the first is found by name."""
    places: dict[str, int] = {}
    for place, name in enumerate(columns):
        places.setdefault(name, place)
    # A tuple has methods of its own, and a column may be called `count`.
    hidden = {
        name: property(itemgetter(place))
        for name, place in places.items()
        if name in ("count", "index")
    }
    return type("Row", (Row,), {"__slots__": (), "columns": columns, "_places": places, **hidden})


def named_rows(columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> list[Row]:
    """Plain tuples as rows with names."""
    return list(map(row_class(tuple(columns)), rows))
