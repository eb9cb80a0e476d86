"""What do the managers of relations do? The same in plain Python: names, and pairs of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True)
class Side:
    """A relation as its manager on one table sees it.

    Attributes:
        table: whose instances have the manager.
        name: the attribute.
        target: the table of its rows.
        pairs: where its links stand.
        flipped: whether this side is the second of a pair.
        back: whether it is the way back of a foreign key, so that a row belongs to one at most.
        null: whether that key may be empty.
    """

    table: str
    name: str
    target: str
    pairs: str
    flipped: bool = False
    back: bool = False
    null: bool = True

    def __repr__(self) -> str:
        return f"{self.table}.{self.name}"


SIDES: Mapping[str, Side] = {
    str(side): side
    for side in (
        Side("post", "tags", "tag", "tags"),
        Side("tag", "posts", "post", "tags", flipped=True),
        Side("author", "friends", "author", "friends"),
        Side("author", "follows", "author", "follows"),
        Side("author", "followers", "author", "follows", flipped=True),
        Side("club", "members", "author", "members"),
        Side("author", "clubs", "club", "members", flipped=True),
        Side("author", "posts", "post", "posts", back=True, null=False),
        Side("author", "edited", "post", "edited", back=True),
    )
}

VERBS = (
    "add",
    "add",
    "add",
    "remove",
    "set",
    "set",
    "clear and set",
    "clear",
    "create",
    "get_or_create",
    "delete",
    "delete rows",
    "link again",
    "update",
    "fetch anew",
)

FRESH, PEERS, PREFETCHED = "fresh", "peers", "prefetched"


@dataclass(frozen=True)
class Change:
    """One call of a manager; rows are meant by their position among those that are alive.

    Attributes:
        verb: what is done.
        side: the manager.
        owner: whose manager.
        targets: the rows that it is given.
        by: whether these are given as objects, keys, or keys as text.
        via: which instance of the owner is used, and so what it has loaded already.
    """

    verb: str
    side: Side
    owner: int
    targets: tuple[int, ...]
    by: str
    via: str


class Linked:
    """The names that are alive, and which are linked."""

    def __init__(self, alive: Mapping[str, Sequence[str]], posts: Iterable[Pair]) -> None:
        self.alive = {table: list(names) for table, names in alive.items()}
        self.pairs: dict[str, list[Pair]] = {side.pairs: [] for side in SIDES.values()}
        self.pairs["posts"] = list(posts)

    def of(self, side: Side, owner: str) -> list[str]:
        """The names that a manager stands for, sorted."""
        pairs = self.pairs[side.pairs]
        if side.flipped:
            return sorted(near for near, far in pairs if far == owner)
        return sorted(far for near, far in pairs if near == owner)

    def add(self, side: Side, owner: str, names: Iterable[str]) -> None:
        """Those that are not linked yet are."""
        pairs = self.pairs[side.pairs]
        for name in names:
            if side.back:
                pairs[:] = [pair for pair in pairs if pair[1] != name]
            for pair in self._links(side, owner, name):
                if pair not in pairs:
                    pairs.append(pair)

    def remove(self, side: Side, owner: str, names: Iterable[str]) -> None:
        """Those that are linked are not any more, however often they were."""
        gone = {pair for name in names for pair in self._links(side, owner, name)}
        self.pairs[side.pairs] = [pair for pair in self.pairs[side.pairs] if pair not in gone]

    def set(self, side: Side, owner: str, names: Sequence[str], *, clear: bool) -> None:
        """Just these are linked; of a key that cannot be empty the others stay."""
        if not side.back or side.null:
            there = self.of(side, owner)
            self.remove(side, owner, there if clear else [n for n in there if n not in names])
        self.add(side, owner, names)

    def link_again(self, side: Side, owner: str, name: str) -> None:
        """One more row between, whatever is there."""
        self.pairs[side.pairs] += self._links(side, owner, name)

    def create(self, table: str, name: str) -> None:
        """A new row."""
        self.alive[table].append(name)

    def delete(self, table: str, name: str) -> None:
        """A row is gone, and what cannot be without it."""
        self.alive[table].remove(name)
        if table == "author":
            for near, far in list(self.pairs["posts"]):
                if near == name:
                    self.delete("post", far)
        for side in SIDES.values():
            first, second = side.table, side.target
            if side.flipped:
                first, second = second, first
            self.pairs[side.pairs] = [
                (near, far)
                for near, far in self.pairs[side.pairs]
                if not (first == table and near == name) and not (second == table and far == name)
            ]

    def _links(self, side: Side, owner: str, name: str) -> list[Pair]:
        pair = (name, owner) if side.flipped else (owner, name)
        return [*dict.fromkeys([pair, pair[::-1]])] if side.pairs == "friends" else [pair]
