"""Which graphs of rows are tried, and what is followed in them?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from ..graphs import (
    COLUMNS,
    FETCHED,
    JOINED,
    RELATIONS,
    TABLES,
    TOUCHED,
    Back,
    Graph,
    Part,
    Relation,
    Row,
    is_way_home,
)
from .draw import Draw, mostly, some

ranks = st.integers(0, 3)

ORDERS = (("name",), ("-name",), ("rank", "name"), ("-rank", "name"))
"""Each has one outcome only, as names are unique."""


@st.composite
def graphs(draw: Draw[Any], least: int = 0) -> Graph:
    """A few rows in every table, and links at random."""
    authors, posts, tags, clubs = (draw(sizes(most, least)) for most in (5, 6, 4, 2))
    to_author = st.sampled_from(authors) if authors else st.nothing()
    rows: dict[str, list[Row]] = {
        "author": [
            _row(draw, "author", key, code=f"code{key}", boss_id=draw(or_none(to_author)))
            for key in authors
        ],
        "profile": [
            _row(draw, "profile", n, author_id=key, mentor_id=draw(or_none(codes(authors))))
            for n, key in enumerate(draw(subsets(authors)), 1)
        ],
        "post": [
            _row(
                draw,
                "post",
                key,
                author_id=draw(to_author),
                editor_id=draw(or_none(to_author)),
            )
            for key in (posts if authors else [])
        ],
        "tag": [_row(draw, "tag", key) for key in tags],
        "club": [_row(draw, "club", key) for key in clubs],
    }
    made = [row["id"] for row in rows["post"]]
    pairs = draw(some(st.tuples(to_author, st.sampled_from(clubs)), 5)) if authors and clubs else []
    rows["membership"] = [
        _row(draw, "membership", n, author_id=author, club_id=club)
        for n, (author, club) in enumerate(pairs, 1)  # the same pair may come twice
    ]
    friends = draw(subsets([(a, b) for a in authors for b in authors if a <= b]))
    both_ways = dict.fromkeys([*friends, *((b, a) for a, b in friends)])
    rows["friends"] = [{"from_id": a, "to_id": b} for a, b in both_ways]
    follows = draw(subsets([(a, b) for a in authors for b in authors]))
    rows["follows"] = [{"from_id": a, "to_id": b} for a, b in follows]
    tagged = draw(subsets([(post, tag) for post in made for tag in tags]))
    rows["tags"] = [{"post_id": post, "tag_id": tag} for post, tag in tagged]
    return Graph(rows)


def _row(draw: Draw[Any], table: str, key: int, **columns: Any) -> Row:
    return {"id": key, "name": f"{table}{key}", "rank": draw(ranks), **columns}


def sizes(most: int, least: int) -> st.SearchStrategy[list[int]]:
    """The keys of a table; those of different tables are alike, so that none hides another."""
    numbers = mostly(st.integers(max(least, 2), most), st.integers(least, most))
    return numbers.map(lambda number: [*range(1, number + 1)])


def subsets(things: list[Any]) -> st.SearchStrategy[list[Any]]:
    """Some of the things, each once."""
    if not things:
        return st.just([])
    return st.lists(st.sampled_from(things), unique=True, max_size=len(things))


def or_none(keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly a key, where there is any."""
    return st.none() if keys.is_empty else mostly(keys, st.none())


def codes(authors: list[int]) -> st.SearchStrategy[str]:
    """What a key holds that points to a unique field."""
    return st.sampled_from([f"code{key}" for key in authors]) if authors else st.nothing()


tables = st.sampled_from(TABLES)


@st.composite
def eager(draw: Draw[Any], table: str, depth: int = 3, most: int = 3) -> tuple[Part, ...]:
    """Relations that come with the rows, by joins and in advance."""
    return _parts(draw, table, depth, most, (JOINED, FETCHED, FETCHED))


@st.composite
def touched(draw: Draw[Any], table: str, depth: int = 3, most: int = 2) -> tuple[Part, ...]:
    """Relations that are loaded when they are touched."""
    return _parts(draw, table, depth, most, (TOUCHED,), least=1)


@st.composite
def mixed(draw: Draw[Any], table: str, depth: int = 3, most: int = 3) -> tuple[Part, ...]:
    """Relations of all kinds above one another."""
    return _parts(draw, table, depth, most, (JOINED, FETCHED, TOUCHED))


def _parts(
    draw: Draw[Any],
    table: str,
    depth: int,
    most: int,
    hows: tuple[str, ...],
    least: int = 0,
    came_by: Relation | None = None,
) -> tuple[Part, ...]:
    if depth == 0:
        return ()
    found: dict[str, Part] = {}
    for name in draw(some(st.sampled_from([*RELATIONS[table]]), most, least)):
        part = _part(draw, table, name, depth, most, hows, came_by)
        found.setdefault(part.called, part)
    return tuple(found.values())


def _part(
    draw: Draw[Any],
    table: str,
    name: str,
    depth: int,
    most: int,
    hows: tuple[str, ...],
    came_by: Relation | None,
) -> Part:
    relation = RELATIONS[table][name]
    how = draw(st.sampled_from(hows))
    if how == JOINED and relation.many:
        how = FETCHED
    words: dict[str, Any] = {}
    if how == FETCHED:
        words["inside"] = draw(st.booleans())
        if draw(st.booleans()):
            words["to_attr"] = f"kept_{name}"
        if relation.many or "to_attr" in words:  # what hides a relation's only row has other rules
            words |= _narrowed(draw)
    if how == TOUCHED:
        hows = (TOUCHED,)  # what is not there brings nothing along
    if how != JOINED and "to_attr" not in words and is_way_home(relation, came_by):
        return Part(name, how)  # the very object that has other parts already
    below = _parts(draw, relation.target, depth - 1, max(most - 1, 1), hows, 0, relation)
    return Part(name, how, below, **words)


@st.composite
def left_out(draw: Draw[Any], table: str, parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Columns of a table to defer, but none that a join goes along, or a manager looks for."""
    needed = {part.name for part in parts if part.how == JOINED}
    for part in parts:
        relation = RELATIONS[table][part.name]
        if part.how == TOUCHED and isinstance(relation, Back):
            needed.add(relation.to)
    return tuple(draw(subsets([name for name in COLUMNS[table] if name not in needed])))


@st.composite
def with_columns_left_out(draw: Draw[Any], table: str, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The same parts, each with some columns deferred."""
    found = []
    for part in parts:
        target = RELATIONS[table][part.name].target
        below = draw(with_columns_left_out(target, part.parts))
        without = draw(left_out(target, below)) if part.how != TOUCHED else ()
        found.append(replace(part, parts=below, without=without))
    return tuple(found)


def _narrowed(draw: Draw[Any]) -> dict[str, Any]:
    words: dict[str, Any] = {}
    if draw(st.booleans()):
        words["least"] = draw(ranks)
    if draw(st.booleans()):
        words["order"] = draw(st.sampled_from(ORDERS))
        if draw(st.booleans()):
            words["low"] = draw(st.integers(0, 2))
            words["high"] = draw(st.none() | st.integers(words["low"] + 1, 4))
    return words
