"""Do random calls of managers, one after the other, do what the same does to plain Python sets?

Each example runs in a transaction that is undone. What instances have loaded is looked at after
each call too: rows loaded ahead are never old, and what was prefetched stays until the instance's
own manager changes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, note

from covet.aio import FETCH_ONE, Database, FieldError, MultipleObjectsReturned, atomic

from ..oracle.linked import FRESH, PEERS, SIDES, Change, Linked, Side
from ..oracle.story import Undo
from ..oracle.strategies import examples
from ..oracle.strategies.linked import changes_of_links
from .test_graphs import BY_TABLE, Author, Club, Membership, Post, Profile, Tag

BETWEEN: dict[str, Any] = {"name": "between", "rank": lambda: 0}

MODELS = [Author, Profile, Tag, Post, Club, Membership]


def values(table: str, name: str) -> dict[str, Any]:
    """What a row of a table needs."""
    return {"name": name, "rank": 0, **({"code": name} if table == "author" else {})}


class Program:
    """The database's side of the story, and what the program holds of it.

    Attributes:
        model: what must be true.
        peers: instances of one query, by table and name.
        prefetched: instances that have everything loaded, by table and name.
        snapshots: what they have, as long as their own manager does not change it.
    """

    def __init__(self, model: Linked) -> None:
        self.model = model
        self.made = 0
        self.peers: dict[str, dict[str, Any]] = {}
        self.prefetched: dict[str, dict[str, Any]] = {}
        self.snapshots: dict[tuple[Side, str], list[str]] = {}

    async def fetch_anew(self) -> None:
        """Take new instances of everything."""
        self.snapshots.clear()
        for table, names in self.model.alive.items():
            everything = BY_TABLE[table].objects.order_by("pk")
            sides = [side for side in SIDES.values() if side.table == table]
            prefetched = everything.prefetch_related(*(side.name for side in sides))
            self.peers[table] = {one.name: one for one in await everything.fetch()}
            self.prefetched[table] = {one.name: one for one in await prefetched.fetch()}
            for side in sides:
                for name in names:
                    self.snapshots[side, name] = self.model.of(side, name)

    async def fresh(self, table: str, names: Sequence[str]) -> dict[str, Any]:
        """New instances, none of which loads anything for another."""
        found = BY_TABLE[table].objects.filter(name__in=names).fetch_mode(FETCH_ONE)
        by_name = {one.name: one for one in await found.fetch()}
        return {name: by_name[name] for name in names}

    # --- one change -----------------------------------------------------------------------------

    async def make(self, change: Change) -> None:
        """Do what a change says, here and in the model."""
        model, side = self.model, change.side
        owners, names = model.alive[side.table], model.alive[side.target]
        if change.verb == "fetch anew":
            await self.fetch_anew()
        if change.verb == "fetch anew" or not owners or not names:
            return
        owner = owners[change.owner % len(owners)]
        chosen = [*dict.fromkeys(names[target % len(names)] for target in change.targets)]
        instance = await self.instance(side.table, owner, change.via)
        is_changed = await self.change(change, owner, instance, chosen)
        if is_changed and instance is self.prefetched[side.table].get(owner):
            self.snapshots.pop((side, owner), None)

    async def instance(self, table: str, name: str, via: str) -> Any:
        pool = {} if via == FRESH else self.peers if via == PEERS else self.prefetched
        found = pool.get(table, {}).get(name)  # one that was created since is fetched
        return found or (await self.fresh(table, [name]))[name]

    async def change(self, change: Change, owner: str, instance: Any, chosen: list[str]) -> bool:
        """Whether the instance's manager changed what it stands for."""
        side, model = change.side, self.model
        manager: Any = getattr(instance, side.name)
        between = {} if side.pairs != "members" else {"through_defaults": BETWEEN}
        match change.verb:
            case "add":
                await manager.add(*await self.given(change, chosen), **between)
                model.add(side, owner, chosen)
            case "set" | "clear and set":
                clear = change.verb == "clear and set"
                await manager.set(await self.given(change, chosen), clear=clear, **between)
                model.set(side, owner, chosen, clear=clear)
            case "remove":
                return await self.remove(change, owner, manager, chosen)
            case "clear":
                if side.back and not side.null:
                    with pytest.raises(FieldError):
                        await manager.clear()
                    return False
                await manager.clear()
                model.remove(side, owner, model.of(side, owner))
            case "create":
                name = self.new_name()
                await manager.create(**await self.row(side, name), **between)
                model.create(side.target, name)
                model.add(side, owner, [name])
                self.add_others(side, name)
            case "get_or_create":
                return await self.get_or_create(side, owner, manager, chosen[0], between)
            case "delete":
                found = await self.instance(side.target, chosen[0], change.via)
                await found.delete()
                self.forget(side.target, chosen[0])
                return False
            case "delete rows":
                linked = [name for name in chosen if name in model.of(side, owner)]
                await manager.filter(name__in=chosen).delete()
                for name in linked:
                    if name in model.alive[side.target]:
                        self.forget(side.target, name)
            case "link again":
                if side.pairs == "members":
                    pair = [owner, chosen[0]][:: -1 if side.flipped else 1]
                    club = (await self.fresh("club", pair[:1]))[pair[0]]
                    author = (await self.fresh("author", pair[1:]))[pair[1]]
                    await Membership.objects.create(club=club, author=author, name="", rank=1)
                    model.link_again(side, owner, chosen[0])
                return False
            case "update":  # past all managers
                if side.back:
                    key = {"posts": "author", "edited": "editor"}[side.name]
                    await Post.objects.filter(name__in=chosen).update(**{key: instance})
                    model.add(side, owner, chosen)
                return False
        return True

    async def given(self, change: Change, names: list[str]) -> list[Any]:
        """Rows as objects or as keys; foreign keys back take objects only."""
        found = [*(await self.fresh(change.side.target, names)).values()]
        if change.by == "object" or change.side.back:
            return found
        return [one.pk if change.by == "key" else str(one.pk) for one in found]

    async def remove(self, change: Change, owner: str, manager: Any, chosen: list[str]) -> bool:
        side, given = change.side, await self.given(change, chosen)
        there = self.model.of(side, owner)
        if side.back and not side.null:
            with pytest.raises(FieldError):
                await manager.remove(*given)
            return False
        if side.back and not set(chosen) <= set(there):
            with pytest.raises(Post.DoesNotExist):
                await manager.remove(*given)
            return False
        await manager.remove(*given)
        self.model.remove(side, owner, chosen)
        return True

    async def get_or_create(
        self, side: Side, owner: str, manager: Any, name: str, between: dict[str, Any]
    ) -> bool:
        there = self.model.of(side, owner)
        if there.count(name) > 1:
            with pytest.raises(MultipleObjectsReturned):
                await manager.get_or_create(name=name)
            return side.back
        is_new = name not in there
        name = self.new_name() if is_new else name
        row = await self.row(side, name)
        found, was_made = await manager.get_or_create(row, name=row.pop("name"), **between)
        assert (found.name, was_made) == (name, is_new)
        if is_new:
            self.model.create(side.target, name)
            self.model.add(side, owner, [name])
            self.add_others(side, name)
        return is_new or side.back

    async def row(self, side: Side, name: str) -> dict[str, Any]:
        """The values of a new row; a post has to have an author, whoever else it belongs to."""
        row = values(side.target, name)
        if (side.target == "post" and side.name != "posts") or side.table == "tag":
            author = self.model.alive["author"][0]
            row["author"] = (await self.fresh("author", [author]))[author]
        return row

    def add_others(self, side: Side, name: str) -> None:
        if side.target == "post" and side is not SIDES["author.posts"]:
            self.model.add(SIDES["author.posts"], self.model.alive["author"][0], [name])

    def new_name(self) -> str:
        self.made += 1
        return f"new{self.made}"

    def forget(self, table: str, name: str) -> None:
        """A row is gone: nobody uses the instances of what went with it any more."""
        self.model.delete(table, name)
        for pool in (self.peers, self.prefetched):
            for kind, instances in pool.items():
                for gone in [one for one in instances if one not in self.model.alive[kind]]:
                    del instances[gone]

    # --- looking --------------------------------------------------------------------------------

    async def check(self, side: Side) -> None:
        """Every instance of a side's table tells what the model does."""
        model = self.model
        fresh = await self.fresh(side.table, model.alive[side.table])
        others = await self.fresh(side.target, model.alive[side.target][:2])
        for name, instance in fresh.items():
            await self.check_one(instance, side, model.of(side, name), others)
        for name, instance in self.peers[side.table].items():
            found = [one.name for one in await getattr(instance, side.name).all()]
            assert sorted(found) == model.of(side, name), f"peers: {instance}"
        for name, instance in self.prefetched[side.table].items():
            expected = self.snapshots.get((side, name))
            found = [one.name for one in await getattr(instance, side.name).all()]
            assert sorted(found) == (model.of(side, name) if expected is None else expected)

    async def check_all(self) -> None:
        """The same of every side."""
        for side in SIDES.values():
            await self.check(side)

    async def check_one(
        self, instance: Any, side: Side, expected: list[str], others: dict[str, Any]
    ) -> None:
        manager = getattr(instance, side.name)
        assert sorted([one.name for one in await manager.all()]) == expected
        assert await manager.count() == len(expected)
        assert await manager.exists() == bool(expected)
        for name, other in others.items():
            assert await manager.contains(other) == (name in expected)


@given(changes=changes_of_links())
@examples(36)
async def test_managers_do_what_python_does(db: Database, changes: list[Change]) -> None:
    model = Linked(
        {"author": ["ann", "bob", "cy"], "post": ["p", "q", "r"], "tag": ["s", "t"], "club": ["c"]},
        [("ann", "p"), ("ann", "q"), ("bob", "r")],
    )
    try:
        async with atomic():
            program = await begun(model)
            for change in changes:
                await program.make(change)
                note(f"after {change}: {model.pairs}")
                await program.check(change.side)
            await program.check_all()
            raise Undo
    except Undo:
        pass


async def begun(model: Linked) -> Program:
    """The model's first rows, written."""
    program = Program(model)
    for table, names in model.alive.items():
        for name in names:
            row = values(table, name)
            if table == "post":
                (author,) = (near for near, far in model.pairs["posts"] if far == name)
                row["author"] = await Author.objects.get(name=author)
            await BY_TABLE[table].objects.create(**row)
    await program.fetch_anew()
    return program
