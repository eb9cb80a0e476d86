"""Which instances came from one query, and how far may touching one of them load for all?

The rows of one result share an ``Origin``; each points to it with the one attribute that also says
whether it was saved. The way back, from an origin to its rows, must not keep a row alive that the
program has dropped, and should cost nothing for the many results whose relations nobody touches.
So while the result's list lives, the origin refers weakly to that list; when it is dropped, to
each of its rows that somebody still holds.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Iterable, Iterator
from enum import Enum
from sys import getrefcount
from typing import Any, NamedTuple, TypeVar

from ..errors import FieldError, short

T = TypeVar("T")


class FetchMode(Enum):
    """How far touching something that is not loaded goes.

    Attributes:
        PEERS: it is loaded for all living instances of the same query.
        ONE: it is loaded for that instance alone.
        RAISE: nothing is loaded; ``NotLoaded`` says what to add to the query.
    """

    PEERS = "peers"
    ONE = "one"
    RAISE = "raise"

    def __repr__(self) -> str:
        return f"FETCH_{self.name}"


FETCH_PEERS = FetchMode.PEERS
FETCH_ONE = FetchMode.ONE
FETCH_RAISE = FetchMode.RAISE

_default = FETCH_PEERS


def set_default_fetch_mode(mode: FetchMode) -> FetchMode:
    """Set the mode of all queries of the process that name none.

    Args:
        mode: ``FETCH_PEERS``, which it is to begin with, ``FETCH_ONE`` or ``FETCH_RAISE``.

    Returns:
        The mode that it was before.

    Raises:
        FieldError: it is none of these.

    Example:
        >>> set_default_fetch_mode(FETCH_RAISE)
        FETCH_PEERS
    """
    global _default
    before, _default = _default, checked_mode(mode, "set_default_fetch_mode")
    return before


def checked_mode(mode: object, call: str) -> FetchMode:
    """A fetch mode, and nothing else."""
    if not isinstance(mode, FetchMode):
        raise FieldError(
            f"{call}() takes a fetch mode, not {short(mode)}",
            fix="Use FETCH_PEERS, FETCH_ONE or FETCH_RAISE.",
        )
    return mode


class Source(NamedTuple):
    """How rows came, as far as somebody watched.

    Attributes:
        query: the ``covet.watch`` record of the statement.
        path: the relations by which they came along with its rows, as by ``select_related()``.
    """

    query: Any
    path: tuple[str, ...] = ()


class Origin:
    """Where a row came from, and with which others.

    An instance without an origin has never been in the database.

    Attributes:
        alias: the database.
        looping: whether its rows were reached from one of several, so that a loop is under way.
        turns: who is loading something for these rows right now.
        source: the statement that they came by, if somebody watched it.
    """

    # What most never need stands in the class, as each query makes an origin.
    looping: bool = False
    turns: dict[Hashable, Any] | None = None
    source: Source | None = None
    _living: Callable[[], list[Any]] | None = None
    _touched: dict[str, tuple[int, tuple[int, ...]]] | None = None

    def __init__(self, alias: str, mode: FetchMode | None = None) -> None:
        self.alias = alias
        self._mode = mode

    @property
    def mode(self) -> FetchMode:
        """How far touching one of these rows goes."""
        return self._mode or _default

    @property
    def own_mode(self) -> FetchMode | None:
        """The mode that the query named, which whatever is reached from it inherits."""
        return self._mode

    def beside(self, name: str) -> Origin:
        """An origin for the rows that the same query brings along by a relation of these."""
        origin = Origin(self.alias, self._mode)
        if self.source is not None:
            origin.source = Source(self.source.query, (*self.source.path, name))
        return origin

    def again(self) -> Origin:
        """An origin for more rows of the same query, which are peers of each other only."""
        origin = Origin(self.alias, self._mode)
        origin.source = self.source
        return origin

    def came(self, query: Any) -> None:
        """Note the statement by which the rows came."""
        self.source = Source(query)

    def none_came(self) -> None:
        """Note that the query brought none of these rows along: there was nothing to touch."""
        source = self.source
        if source is not None and source.query.touched is not None:
            source.query.touched.add(source.path)

    def living(self) -> list[Any]:
        """The instances of this origin that somebody still holds."""
        return [] if self._living is None else self._living()

    def has_peers(self) -> bool:
        """Whether there are, or were, several of them."""
        return self._living is not None

    def peers(self, instance: Any, wanted: Callable[[Any], bool], most: int | None) -> list[Any]:
        """The instance and its living peers that something is wanted for, from it onwards.

        Args:
            instance: the one that was touched.
            wanted: whether a peer is to be among them.
            most: how many there may be; None for any number.
        """
        living = self.living()
        place = next((n for n, peer in enumerate(living) if peer is instance), 0)
        found = [instance]
        for peer in (*living[place:], *living[:place]):
            if len(found) == most:
                break
            if peer is not instance and peer._origin is self and wanted(peer):
                found.append(peer)
        return found

    def is_loop(self, name: str, instance: Any, tables: tuple[str, ...] | None) -> bool:
        """Whether the same relation of another instance was touched before; noted for the next.

        Where something was written in between, it does not count: what is loaded ahead then would
        be of no use if the next step of the loop writes again.
        """
        if self._touched is None:
            self._touched = {}
        before, now = self._touched.get(name), WRITES.stamp(tables)
        self._touched[name] = id(instance), now
        if before is None:
            return self.looping
        return before[0] != id(instance) and before[1] == now


class Rows(list[T]):
    """The list of a result's instances, which its origin refers to weakly."""

    __slots__ = ("__weakref__", "_origin", "keys")

    _origin: Origin
    keys: list[Any]

    def belong(self, origin: Origin) -> None:
        """Make the instances peers."""
        self._origin = origin
        origin._living = _of_list(weakref.ref(self))

    def __del__(self, getattr: Any = getattr) -> None:
        origin = getattr(self, "_origin", None)
        if origin is not None:
            origin._living = _of_each(held_elsewhere(self))

    def __reduce__(self) -> Any:
        return list, (), None, iter(self)


def held_elsewhere(things: Iterable[T], count: Callable[[Any], int] = getrefcount) -> list[Any]:
    """Weak references to those things in a list that somebody else refers to too."""
    return [weakref.ref(thing) for thing in things if count(thing) > _ALONE]


_ALONE = next(iter([getrefcount(thing) for thing in [object()]]))
"""What ``getrefcount`` says of a thing in a list when nobody else has it; differs by Python."""


def _of_list(rows: weakref.ref[Rows[Any]]) -> Callable[[], list[Any]]:
    return lambda: list(rows() or ())


def _of_each(references: list[weakref.ref[Any]]) -> Callable[[], list[Any]]:
    return lambda: [found for ref in references if (found := ref()) is not None]


# --- rows that were loaded ahead ----------------------------------------------------------------


class Writes:
    """How often this process has written, to each table and where it cannot tell to which.

    A number that has not moved says that rows read before are as this process left them.
    """

    def __init__(self) -> None:
        self._to: dict[str, int] = {}
        self._anywhere = 0
        self._unknown = 0

    def to(self, table: str | None) -> None:
        """A statement has changed rows of a table, and of no other; None: perhaps of any."""
        if table is None:
            self._unknown += 1
        else:
            self._to[table] = self._to.get(table, 0) + 1
        self._anywhere += 1

    def stamp(self, tables: tuple[str, ...] | None) -> tuple[int, ...]:
        """What moves with the next write to one of these tables; None stands for all."""
        if tables is None:
            return (self._anywhere,)
        return (self._unknown, *(self._to.get(table, 0) for table in tables))


WRITES = Writes()


class Ahead(list[T]):
    """Related rows that were loaded because a peer's were asked for.

    Nobody asked for these, so they must not be older than what the program wrote since.

    Args:
        rows: the rows.
        tables: the tables that they were read from; None for any.
        stamp: what ``WRITES`` said of these before.
    """

    __slots__ = ("_stamp", "_tables")

    def __init__(
        self, rows: Iterable[T], tables: tuple[str, ...] | None, stamp: tuple[int, ...]
    ) -> None:
        super().__init__(rows)
        self._tables = tables
        self._stamp = stamp

    @property
    def is_fresh(self) -> bool:
        """Whether this process has written nothing to these tables since."""
        return self._stamp == WRITES.stamp(self._tables)

    def __reduce__(self) -> Any:
        return _stale, (), None, iter(self)


def _stale() -> Ahead[Any]:
    """Where another process unpickles them, they are of no use."""
    return Ahead((), None, ())


def by_alias(instances: Iterable[Any]) -> list[list[Any]]:
    """Instances in groups of those that came from the same database."""
    groups: dict[str | None, list[Any]] = {}
    for one in instances:
        groups.setdefault(one._origin and one._origin.alias, []).append(one)
    return list(groups.values())


def unique(things: Iterable[T]) -> Iterator[T]:
    """Each thing once, by identity."""
    seen: set[int] = set()
    for thing in things:
        if id(thing) not in seen:
            seen.add(id(thing))
            yield thing
