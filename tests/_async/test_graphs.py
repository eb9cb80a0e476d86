"""Is a random graph of rows seen as it is, with the queries promised, however it is loaded?

Each example writes its rows in a transaction and undoes it, so that the tables stay empty.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covet.aio import (
    FETCH_ONE,
    FETCH_RAISE,
    SET_NULL,
    CharField,
    Database,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    Model,
    NotLoaded,
    ObjectDoesNotExist,
    OneToOneField,
    atomic,
    capture_queries,
    loaded,
    prefetch_related_objects,
)

from ..oracle.graphs import (
    FETCHED,
    JOINED,
    RELATIONS,
    TABLES,
    TOUCHED,
    Graph,
    Part,
    Reference,
    Seen,
    asked,
    lookups_of,
    most_queries_by_peers,
    seen,
)
from ..oracle.story import Undo
from ..oracle.strategies import examples
from ..oracle.strategies.graphs import (
    eager,
    graphs,
    left_out,
    mixed,
    tables,
    touched,
    with_columns_left_out,
)


class Author(Model):
    name = CharField(max_length=20)
    code = CharField(max_length=20, unique=True)
    rank = IntegerField()
    boss = ForeignKey("self", SET_NULL, null=True, related_name="minions")
    friends = ManyToManyField("self")
    follows = ManyToManyField("self", symmetrical=False, related_name="followers")

    class Meta:
        db_table = "graph_author"


class Profile(Model):
    name = CharField(max_length=20)
    rank = IntegerField()
    author = OneToOneField(Author, related_name="profile")
    mentor = ForeignKey(Author, SET_NULL, null=True, to_field="code", related_name="mentees")

    class Meta:
        db_table = "graph_profile"


class Tag(Model):
    name = CharField(max_length=20)
    rank = IntegerField()

    class Meta:
        db_table = "graph_tag"


class Post(Model):
    name = CharField(max_length=20)
    rank = IntegerField()
    author = ForeignKey(Author, related_name="posts")
    editor = ForeignKey(Author, SET_NULL, null=True, related_name="edited")
    tags = ManyToManyField(Tag, related_name="posts")

    class Meta:
        db_table = "graph_post"


class Club(Model):
    name = CharField(max_length=20)
    rank = IntegerField()
    members = ManyToManyField(Author, through="Membership", related_name="clubs")

    class Meta:
        db_table = "graph_club"


class Membership(Model):
    name = CharField(max_length=20)
    rank = IntegerField()
    author = ForeignKey(Author, related_name="memberships")
    club = ForeignKey(Club, related_name="memberships")

    class Meta:
        db_table = "graph_membership"


BY_TABLE: Mapping[str, Any] = {
    "author": Author,
    "profile": Profile,
    "post": Post,
    "tag": Tag,
    "club": Club,
    "membership": Membership,
}


# --- the rows ---------------------------------------------------------------------------------


async def store(graph: Graph) -> None:
    """Write a graph with as few statements as it takes."""
    rows = graph.rows
    for table in TABLES:
        made = [BY_TABLE[table](**{**row, **_no_boss(table)}) for row in rows[table]]
        await BY_TABLE[table].objects.bulk_create(made)
    for row in rows["author"]:  # now that all of them are there
        await Author.objects.filter(pk=row["id"]).update(boss_id=row["boss_id"])
    await Author.friends.through.objects.bulk_create(
        [
            Author.friends.through(from_author_id=row["from_id"], to_author_id=row["to_id"])
            for row in rows["friends"]
        ]
    )
    await Author.follows.through.objects.bulk_create(
        [
            Author.follows.through(from_author_id=row["from_id"], to_author_id=row["to_id"])
            for row in rows["follows"]
        ]
    )
    await Post.tags.through.objects.bulk_create([Post.tags.through(**row) for row in rows["tags"]])


async def store_by_managers(graph: Graph) -> None:
    """Write a graph as a program would, through the managers of its instances."""
    rows = graph.rows
    authors = {
        row["id"]: await Author.objects.create(**{**row, "boss_id": None}) for row in rows["author"]
    }
    tags = {row["id"]: await Tag.objects.create(**row) for row in rows["tag"]}
    clubs = {row["id"]: await Club.objects.create(**row) for row in rows["club"]}
    for row in rows["author"]:
        if row["boss_id"] is not None:
            await authors[row["boss_id"]].minions.add(authors[row["id"]])
    for row in rows["profile"]:
        await Profile.objects.create(**row)
    for row in rows["post"]:
        own = {key: value for key, value in row.items() if key != "author_id"}
        post = await authors[row["author_id"]].posts.create(**own)
        links = [link["tag_id"] for link in rows["tags"] if link["post_id"] == row["id"]]
        await post.tags.set(links)
    for row in rows["membership"]:
        own = {key: value for key, value in row.items() if key != "author_id"}
        await authors[row["author_id"]].memberships.create(**own)
    for name, add in (("friends", "friends"), ("follows", "follows")):
        for key, author in authors.items():
            others = [link["to_id"] for link in rows[name] if link["from_id"] == key]
            await getattr(author, add).add(*[authors[other] for other in others])
    assert set(tags) == {row["id"] for row in rows["tag"]}
    assert set(clubs) == {row["id"] for row in rows["club"]}


def _no_boss(table: str) -> dict[str, Any]:
    return {"boss_id": None} if table == "author" else {}


@asynccontextmanager
async def stored(graph: Graph, *told: object) -> AsyncIterator[Reference]:
    """A graph in the database, until the end of the block."""
    try:
        async with atomic():
            await store(graph)
            yield Reference(graph)
            raise Undo
    except Undo:
        pass
    except Exception as error:
        for thing in (*told, graph):
            error.add_note(str(thing))
        raise


# --- walking ----------------------------------------------------------------------------------


class Walk:
    """A walk from instances along parts; what was loaded is read without waiting.

    Args:
        hows: which kinds of parts are followed.
        once: whether no instance is asked twice for the same, though several lead to it.
    """

    def __init__(self, *hows: str, once: bool = False) -> None:
        self.hows = hows or (JOINED, FETCHED)
        self.once = once
        self.met: dict[tuple[int, int], tuple[Any, Seen]] = {}

    async def all(self, instances: Iterable[Any], parts: Sequence[Part]) -> list[Seen]:
        """What is seen from each of the instances."""
        return [await self.seen(instance, parts) for instance in instances]

    async def seen(self, instance: Any, parts: Sequence[Part]) -> Seen:
        """What is seen from an instance."""
        place = id(instance), id(parts)
        if self.once and place in self.met:
            return self.met[place][1]
        below = []
        for part in parts:
            if part.how in self.hows:
                below.append((part, await self.all(await reached(instance, part), part.parts)))
        found = seen(instance.name, below)
        self.met[place] = instance, found
        return found


async def reached(instance: Any, part: Part) -> Sequence[Any]:
    relation = RELATIONS[type(instance).__name__.lower()][part.name]
    if part.to_attr is not None:
        kept = getattr(instance, part.to_attr)
        return kept if relation.many else [kept] if kept is not None else []
    if relation.many:
        manager = getattr(instance, part.name)
        if part.how == TOUCHED:
            return list(await manager.all())
        return list(manager.all())  # which is an error where it is not loaded
    try:
        reference = getattr(instance, part.name)
        found = await reference if part.how == TOUCHED else loaded(reference)
    except ObjectDoesNotExist:
        found = None
    return [] if found is None else [found]


EVERYTHING = (JOINED, FETCHED, TOUCHED)


@given(graph=graphs(), table=tables, data=st.data())
@examples(30)
async def test_what_is_loaded_in_advance_is_the_graph_and_takes_the_queries_promised(
    db: Database, graph: Graph, table: str, data: st.DataObject
) -> None:
    parts = data.draw(eager(table), label="parts")
    async with stored(graph, table, parts) as reference:
        query = asked(BY_TABLE[table].objects.order_by("pk"), table, parts, BY_TABLE)
        with capture_queries() as queries:
            instances = await query.fetch()
        promised = 1 + reference.queries_in_advance(table, graph.rows[table], parts)
        assert len(queries) == promised, [one.sql for one in queries]

        with capture_queries() as queries:
            found = await Walk().all(instances, parts)
        assert found == reference.all_seen(table, parts)
        assert len(queries) == 0


@given(graph=graphs(), table=tables, data=st.data())
@examples(18)
async def test_what_is_not_loaded_is_loaded_when_it_is_touched_whatever_came_with_it(
    db: Database, graph: Graph, table: str, data: st.DataObject
) -> None:
    parts = data.draw(mixed(table), label="parts")
    async with stored(graph, table, parts) as reference:
        query = asked(BY_TABLE[table].objects.order_by("pk"), table, parts, BY_TABLE)
        instances = await query.fetch()
        assert await Walk(*EVERYTHING).all(instances, parts) == reference.all_seen(table, parts)


@given(graph=graphs(), table=tables, data=st.data())
@examples(24)
async def test_columns_that_are_left_out_change_nothing_that_is_seen(
    db: Database, graph: Graph, table: str, data: st.DataObject
) -> None:
    parts = data.draw(mixed(table), label="parts")
    parts = data.draw(with_columns_left_out(table, parts), label="with columns left out")
    without = data.draw(left_out(table, parts), label="left out")
    async with stored(graph, table, parts, without) as reference:
        query = asked(BY_TABLE[table].objects.order_by("pk"), table, parts, BY_TABLE)
        instances = await (query.defer(*without) if without else query).fetch()
        found = await Walk(*EVERYTHING).all(instances, [as_touched(part) for part in parts])
        assert found == reference.all_seen(table, parts)


@given(graph=graphs(), table=tables, data=st.data())
@examples(24)
async def test_a_naive_walk_is_the_graph_and_takes_few_queries(
    db: Database, graph: Graph, table: str, data: st.DataObject
) -> None:
    parts = data.draw(touched(table), label="parts")
    async with stored(graph, table, parts) as reference:
        with capture_queries() as queries:
            instances = await BY_TABLE[table].objects.order_by("pk").fetch()
            found = await Walk(*EVERYTHING, once=True).all(instances, parts)
        assert found == reference.all_seen(table, parts)
        assert len(queries) <= 1 + most_queries_by_peers(table, parts), [one.sql for one in queries]


@given(graph=graphs(), table=tables, data=st.data())
@examples(12)
async def test_one_by_one_each_touch_is_a_query(
    db: Database, graph: Graph, table: str, data: st.DataObject
) -> None:
    parts = data.draw(touched(table), label="parts")
    async with stored(graph, table, parts) as reference:
        with capture_queries() as queries:
            instances = await BY_TABLE[table].objects.fetch_mode(FETCH_ONE).order_by("pk").fetch()
            found = await Walk(*EVERYTHING).all(instances, parts)
        assert found == reference.all_seen(table, parts)
        promised = 1 + reference.queries_one_by_one(table, graph.rows[table], parts)
        assert len(queries) == promised, [one.sql for one in queries]


@given(graph=graphs(least=1), table=tables, data=st.data())
@examples(12)
async def test_a_strict_query_reads_what_was_loaded_and_refuses_the_rest(
    db: Database, graph: Graph, table: str, data: st.DataObject
) -> None:
    parts = data.draw(eager(table), label="parts")
    async with stored(graph, table, parts) as reference:
        query = asked(BY_TABLE[table].objects.order_by("pk"), table, parts, BY_TABLE)
        instances = await query.fetch_mode(FETCH_RAISE).fetch()
        assert await Walk().all(instances, parts) == reference.all_seen(table, parts)
        with capture_queries() as queries:
            for instance in instances:
                await check_refused(instance, {part.name for part in parts if not part.to_attr})
                for part in parts:
                    for other in await reached(instance, part):
                        await check_refused(other, names_known(part))
        assert len(queries) == 0


def names_known(part: Part) -> set[str]:
    return {below.name for below in part.parts if not below.to_attr}


async def check_refused(instance: Any, known: set[str]) -> None:
    """What was not loaded with an instance is refused, with the names of what would load it."""
    for name, relation in RELATIONS[type(instance).__name__.lower()].items():
        way = type(instance)._table.ways.get(name)
        if name in known or way is None or way.known(instance)[0]:
            continue
        with pytest.raises(NotLoaded) as caught:
            await reached(instance, Part(name, TOUCHED))
        assert f"{type(instance).__name__}.{name}" in str(caught.value)
        assert f'prefetch_related("{name}")' in str(caught.value)
        assert (f'select_related("{name}")' in str(caught.value)) is not relation.many


@given(graph=graphs(least=1), table=tables, data=st.data())
@examples(18)
async def test_fetching_for_instances_leaves_what_they_have(
    db: Database, graph: Graph, table: str, data: st.DataObject
) -> None:
    """``prefetch_related_objects()`` on instances of which some have some of it already."""
    drawn = data.draw(eager(table, depth=1), label="what some have")
    first = tuple({part.name: Part(part.name, part.how) for part in drawn}.values())
    parts = data.draw(eager(table), label="parts")
    async with stored(graph, table, first, parts) as reference:
        everything = BY_TABLE[table].objects.order_by("pk")
        bare, filled = await everything.fetch(), await asked(everything, table, first, BY_TABLE)
        chosen = [
            data.draw(st.sampled_from(pair), label="which")
            for pair in zip(bare, filled, strict=True)
        ]
        fetched = [part for part in parts if part.how == FETCHED and fits(part, first)]
        await prefetch_related_objects(chosen, *lookups_of(table, fetched, BY_TABLE))
        lazily = [as_touched(part) for part in fetched]
        found = await Walk(*EVERYTHING).all(chosen, lazily)
        assert found == reference.all_seen(table, fetched)


def fits(part: Part, first: Iterable[Part]) -> bool:
    """Whether those that have all rows of a relation already have what the part asks for."""
    is_taken = part.name in {one.name for one in first}
    return bool(part.to_attr) or not (is_taken and (part.inside or part.narrows))


def as_touched(part: Part) -> Part:
    """A part that is read as if it was not there."""
    return replace(part, how=TOUCHED, parts=tuple(map(as_touched, part.parts)))


@given(graph=graphs())
@examples(10)
async def test_what_is_written_through_managers_is_what_is_written_in_bulk(
    db: Database, graph: Graph
) -> None:
    whole = tuple(
        Part(name, FETCHED, tuple(Part(below, FETCHED) for below in RELATIONS[relation.target]))
        for name, relation in RELATIONS["author"].items()
    )
    try:
        async with atomic():
            await store_by_managers(graph)
            query = asked(Author.objects.order_by("pk"), "author", whole, BY_TABLE)
            found = await Walk().all(await query.fetch(), whole)
            assert found == Reference(graph).all_seen("author", whole)
            raise Undo
    except Undo:
        pass
