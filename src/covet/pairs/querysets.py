"""What may a queryset be used as? In async code it is awaited; in sync code it is a list."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any, Generic, Self, TypeVar, overload

from ..errors import CovetError, NotLoaded
from ..query.builder import MOST_SHOWN, Builder

T = TypeVar("T")


class AsyncList(Generic[T]):
    """``await rows`` and ``async for row in rows``; as a list only once the rows are loaded."""

    model: type[Any]
    _rows: list[T] | None

    async def fetch(self) -> list[T]:
        """The rows."""
        raise NotImplementedError

    def __await__(self) -> Generator[Any, Any, list[T]]:
        return self.fetch().__await__()

    async def __aiter__(self) -> AsyncIterator[T]:
        for row in await self.fetch():
            yield row

    def _loaded(self, use: str, instead: str) -> list[T]:
        if self._rows is None:
            raise NotLoaded(
                f"The rows of this query on {self.model.__name__} are not loaded, so {use} cannot "
                "be answered",
                fix=f"Write {instead}, or await the query first.",
            )
        return self._rows

    def __iter__(self) -> Iterator[T]:
        return iter(self._loaded("for … in", "async for … in"))

    def __len__(self) -> int:
        return len(self._loaded("len()", "len(await qs)"))

    def __bool__(self) -> bool:
        return bool(self._loaded("its truth", "bool(await qs)"))

    def __contains__(self, item: object) -> bool:
        return item in self._loaded("in", "item in await qs")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, list):
            return self._loaded("==", "await qs == […]") == other
        return self is other

    __hash__ = object.__hash__

    @overload
    def __getitem__(self, key: int) -> T: ...
    @overload
    def __getitem__(self, key: slice) -> Any: ...
    def __getitem__(self, key: Any) -> Any:
        """Positions and slices of the rows, once they are there."""
        return self._loaded("[n]", "(await qs)[n]")[key]


class AsyncRows(AsyncList[T], Builder[T], Generic[T]):
    """A query that can be narrowed, too: a slice of it is one."""

    def __len__(self) -> int:
        return len(self._loaded("len()", "await qs.count()"))

    def __bool__(self) -> bool:
        return bool(self._loaded("its truth", "await qs.exists()"))

    @overload
    def __getitem__(self, key: int) -> T: ...
    @overload
    def __getitem__(self, key: slice) -> Self: ...
    def __getitem__(self, key: Any) -> Any:
        """A slice is a narrower query; a position needs the rows."""
        if isinstance(key, slice):
            return self._sliced(key)
        return self._loaded("[n]", "(await qs[n:n + 1])[0]")[key]


class SyncList(Generic[T]):
    """A lazy list: iterated, counted, indexed and compared as the list of its rows."""

    model: type[Any]
    _rows: list[T] | None

    def fetch(self) -> list[T]:
        """The rows."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[T]:
        return iter(self.fetch())

    def __len__(self) -> int:
        return len(self.fetch())

    def __bool__(self) -> bool:
        return bool(self.fetch())

    def __contains__(self, item: object) -> bool:
        return item in self.fetch()

    def __reversed__(self) -> Iterator[T]:
        return reversed(self.fetch())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, list):
            return self.fetch() == other
        return self is other

    __hash__ = object.__hash__

    @overload
    def __getitem__(self, key: int) -> T: ...
    @overload
    def __getitem__(self, key: slice) -> Any: ...
    def __getitem__(self, key: Any) -> Any:
        """Positions and slices of the rows."""
        return self.fetch()[key]


class SyncRows(SyncList[T], Builder[T], Generic[T]):
    """A query that can be narrowed, too: a slice of it is one."""

    def __repr__(self) -> str:
        """The first rows, as of the list that it stands for; fetched if they have to be."""
        if self._rows is not None:
            return super().__repr__()
        try:
            rows = self._with(self._spec.sliced(0, MOST_SHOWN + 1)).fetch()
        except CovetError:  # not connected, say: a repr is no place to find out
            return super().__repr__()
        return (
            f"<{type(self).__name__} of {self.model.__name__}: [{self._shown(rows, '… and more')}]>"
        )

    @overload
    def __getitem__(self, key: int) -> T: ...
    @overload
    def __getitem__(self, key: slice) -> Self: ...
    def __getitem__(self, key: Any) -> Any:
        """A slice is a narrower query; a position asks for that row only."""
        if isinstance(key, slice):
            return self._sliced(key)
        if self._rows is not None or key < 0:
            return self.fetch()[key]
        rows = self._sliced(slice(key, key + 1)).fetch()
        if not rows:
            raise IndexError(f"The query on {self.model.__name__} has no row {key}")
        return rows[0]
