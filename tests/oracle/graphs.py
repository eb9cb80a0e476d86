"""What does a graph of rows look like, and what is seen when it is walked?

A graph is plain data over fixed tables. A ``Part`` says which relation to follow, how its rows are
to be loaded and what is followed from there; ``Reference`` says what must be seen, and how many
queries that may take.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeAlias

from covet import Prefetch

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Forward:
    """A foreign key: the row of ``target`` whose ``to`` is in ``column`` here."""

    target: str
    column: str
    to: str = "id"
    many = False


@dataclass(frozen=True)
class Back:
    """The way back: the rows of ``target`` whose ``column`` holds the ``to`` of this one."""

    target: str
    column: str
    to: str = "id"
    many: bool = True


@dataclass(frozen=True)
class Through:
    """The rows of ``target`` whose keys stand beside this row's own in the table ``between``."""

    target: str
    between: str
    near: str
    far: str
    many = True


Relation: TypeAlias = "Forward | Back | Through"

RELATIONS: Mapping[str, Mapping[str, Relation]] = {
    "author": {
        "boss": Forward("author", "boss_id"),
        "minions": Back("author", "boss_id"),
        "profile": Back("profile", "author_id", many=False),
        "mentees": Back("profile", "mentor_id", to="code"),
        "posts": Back("post", "author_id"),
        "edited": Back("post", "editor_id"),
        "friends": Through("author", "friends", "from_id", "to_id"),
        "follows": Through("author", "follows", "from_id", "to_id"),
        "followers": Through("author", "follows", "to_id", "from_id"),
        "clubs": Through("club", "membership", "author_id", "club_id"),
        "memberships": Back("membership", "author_id"),
    },
    "profile": {
        "author": Forward("author", "author_id"),
        "mentor": Forward("author", "mentor_id", to="code"),
    },
    "post": {
        "author": Forward("author", "author_id"),
        "editor": Forward("author", "editor_id"),
        "tags": Through("tag", "tags", "post_id", "tag_id"),
    },
    "tag": {"posts": Through("post", "tags", "tag_id", "post_id")},
    "club": {
        "members": Through("author", "membership", "club_id", "author_id"),
        "memberships": Back("membership", "club_id"),
    },
    "membership": {
        "author": Forward("author", "author_id"),
        "club": Forward("club", "club_id"),
    },
}

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "author": ("rank", "code", "boss"),
    "profile": ("rank", "author", "mentor"),
    "post": ("rank", "author", "editor"),
    "tag": ("rank",),
    "club": ("rank",),
    "membership": ("rank", "author", "club"),
}
"""The columns that a query may leave out."""

TABLES = tuple(RELATIONS)
"""The tables that have a model, in an order in which they can be filled."""

JOINED, FETCHED, TOUCHED = "joined", "fetched", "touched"


@dataclass(frozen=True, repr=False)
class Part:
    """One relation to follow, and how.

    Attributes:
        name: the relation.
        how: whether its rows come by a join, are fetched in advance, or when they are touched.
        parts: what is followed from these rows.
        least: only rows of at least this rank.
        order: in what order; None for any.
        low: how many rows are left out at the start.
        high: where the rows end.
        to_attr: where the rows are stored, if not in the relation.
        without: columns that are deferred.
        inside: whether what is fetched further on is asked of the queryset, not by longer paths.
    """

    name: str
    how: str
    parts: tuple[Part, ...] = ()
    least: int | None = None
    order: tuple[str, ...] | None = None
    low: int = 0
    high: int | None = None
    to_attr: str | None = None
    without: tuple[str, ...] = ()
    inside: bool = False

    def __repr__(self) -> str:
        """Only what differs from the usual, as parts have parts."""
        given = [(field, getattr(self, field.name)) for field in fields(self)[2:]]
        words = [f"{field.name}={value!r}" for field, value in given if value != field.default]
        return f"Part({', '.join([repr(self.name), repr(self.how), *words])})"

    @property
    def called(self) -> str:
        """The attribute that has the rows."""
        return self.to_attr or self.name

    @property
    def narrows(self) -> bool:
        """Whether it needs a queryset of its own."""
        narrower = self.least is not None or self.order is not None or self.is_sliced
        return narrower or bool(self.without)

    @property
    def is_sliced(self) -> bool:
        """Whether only some rows are asked for, by position."""
        return self.low > 0 or self.high is not None


Seen: TypeAlias = "tuple[str, tuple[tuple[str, tuple[Any, ...]], ...]]"
"""A row's name, and what is seen from there by the attribute that leads to it."""


def seen(name: str, below: Iterable[tuple[Part, list[Seen]]]) -> Seen:
    """What is seen of one row; where no order was asked for, any will do."""
    ways = []
    for part, found in below:
        in_order = found if part.order is not None else sorted(found)
        ways.append((part.called, tuple(in_order)))
    return name, tuple(sorted(ways))


@dataclass(frozen=True)
class Graph:
    """The rows of every table, and of the tables between that have no model."""

    rows: Mapping[str, Sequence[Row]]


class Reference:
    """What must be seen in a graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def reached(self, relation: Relation, row: Row) -> list[Row]:
        """The rows that a relation leads to."""
        rows = self.graph.rows
        if isinstance(relation, Forward):
            return [
                other
                for other in rows[relation.target]
                if other[relation.to] == row[relation.column]
            ]
        if isinstance(relation, Back):
            return [
                other
                for other in rows[relation.target]
                if other[relation.column] == row[relation.to]
            ]
        by_id = {other["id"]: other for other in rows[relation.target]}
        between = rows[relation.between]
        return [by_id[link[relation.far]] for link in between if link[relation.near] == row["id"]]

    def chosen(self, table: str, row: Row, part: Part) -> list[Row]:
        """The rows of a part for one row."""
        found = self.reached(RELATIONS[table][part.name], row)
        if part.least is not None:
            found = [other for other in found if other["rank"] >= part.least]
        for term in reversed(part.order or ()):
            column = term.lstrip("-")
            found.sort(key=lambda other: other[column], reverse=term.startswith("-"))
        return found[part.low : part.high]

    def seen(self, table: str, row: Row, parts: Iterable[Part]) -> Seen:
        """What must be seen from one row."""
        below = []
        for part in parts:
            target = RELATIONS[table][part.name].target
            found = [self.seen(target, o, part.parts) for o in self.chosen(table, row, part)]
            below.append((part, found))
        return seen(row["name"], below)

    def all_seen(self, table: str, parts: Sequence[Part]) -> list[Seen]:
        """What must be seen from all rows of a table, by their primary key."""
        rows = sorted(self.graph.rows[table], key=lambda row: row["id"])
        return [self.seen(table, row, parts) for row in rows]

    # --- queries -------------------------------------------------------------------------------

    def queries_in_advance(
        self,
        table: str,
        rows: Sequence[Row],
        parts: Iterable[Part],
        came_by: Relation | None = None,
    ) -> int:
        """How many queries fetch the parts: one for each that some row lacks."""
        total = 0
        for part in parts:
            relation = RELATIONS[table][part.name]
            is_known = part.to_attr is None and is_way_home(relation, came_by)
            if part.how == FETCHED and not is_known and any(has_key(relation, r) for r in rows):
                total += 1
            below = [other for row in rows for other in self.chosen(table, row, part)]
            total += self.queries_in_advance(relation.target, below, part.parts, relation)
        return total

    def queries_one_by_one(
        self,
        table: str,
        rows: Sequence[Row],
        parts: Iterable[Part],
        came_by: Relation | None = None,
    ) -> int:
        """How many queries a walk takes in which each touch is one."""
        total = 0
        for part in parts:
            relation = RELATIONS[table][part.name]
            if not is_way_home(relation, came_by):
                total += sum(has_key(relation, row) for row in rows)
            below = [other for row in rows for other in self.reached(relation, row)]
            total += self.queries_one_by_one(relation.target, below, part.parts, relation)
        return total


def has_key(relation: Relation, row: Row) -> bool:
    """Whether there is anything to look for."""
    return not isinstance(relation, Forward) or row[relation.column] is not None


def is_way_home(relation: Relation, came_by: Relation | None) -> bool:
    """Whether a relation leads back to the row that this one was reached from."""
    if not (isinstance(relation, Forward) and isinstance(came_by, Back)):
        return False
    return relation.column == came_by.column


def most_queries_by_peers(
    table: str, parts: Iterable[Part], loops: Sequence[bool] = (False,)
) -> int:
    """How many queries a walk takes at most where rows are loaded for all peers.

    Args:
        table: where it begins.
        parts: what is walked.
        loops: the groups of peers at hand; of each, whether it was reached by a loop.
    """
    total = 0
    for part in parts:
        relation = RELATIONS[table][part.name]
        if relation.many:  # one touch is no loop: the first loads its own rows only
            below = [True for looping in loops for _ in range(1 if looping else 2)]
        else:
            below = [False for _ in loops]
        total += len(below) + most_queries_by_peers(relation.target, part.parts, below)
    return total


# --- how it is said ------------------------------------------------------------------------------


def asked(query: Any, table: str, parts: Sequence[Part], models: Mapping[str, Any]) -> Any:
    """A query that loads the parts with its rows."""
    if joined := [*_joined(parts)]:
        query = query.select_related(*joined)
    if left_out := [*_left_out(parts)]:
        query = query.defer(*left_out)
    if lookups := [*_lookups(table, parts, (), models)]:
        query = query.prefetch_related(*lookups)
    return query


def lookups_of(table: str, parts: Sequence[Part], models: Mapping[str, Any]) -> list[Any]:
    """The lookups of the parts that are fetched in advance."""
    return [*_lookups(table, parts, (), models)]


def _joined(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        if part.how == JOINED:
            yield part.name
            yield from (f"{part.name}__{path}" for path in _joined(part.parts))


def _left_out(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        if part.how == JOINED:
            yield from (f"{part.name}__{name}" for name in part.without)
            yield from (f"{part.name}__{path}" for path in _left_out(part.parts))


def _without_fetched(part: Part) -> Part:
    joined = (below for below in part.parts if below.how == JOINED)
    return replace(part, parts=tuple(map(_without_fetched, joined)))


def _lookups(
    table: str, parts: Iterable[Part], before: tuple[str, ...], models: Mapping[str, Any]
) -> Iterator[Any]:
    for part in parts:
        target = RELATIONS[table][part.name].target
        if part.how == FETCHED:
            yield _lookup(target, part, "__".join((*before, part.name)), models)
        if part.how == JOINED or (part.how == FETCHED and not part.inside):
            yield from _lookups(target, part.parts, (*before, part.called), models)


def _lookup(target: str, part: Part, path: str, models: Mapping[str, Any]) -> Any:
    query = models[target].objects.all()
    if part.inside:
        query = asked(query, target, part.parts, models)
    elif any(below.how == JOINED for below in part.parts):
        joined = tuple(below for below in part.parts if below.how == JOINED)
        query = asked(query, target, tuple(map(_without_fetched, joined)), models)
    elif not part.narrows:
        return path if part.to_attr is None else Prefetch(path, to_attr=part.to_attr)
    if part.without:
        query = query.defer(*part.without)
    if part.least is not None:
        query = query.filter(rank__gte=part.least)
    if part.order is not None:
        query = query.order_by(*part.order)
    if part.is_sliced:
        query = query[part.low : part.high]
    return Prefetch(path, query, to_attr=part.to_attr)
