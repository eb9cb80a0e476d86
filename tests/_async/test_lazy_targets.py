"""Do relations work that were only named at first, on a database?"""

from __future__ import annotations

from typing import Any

from covet.aio import (
    CharField,
    Database,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    Model,
    OneToOneField,
    create_tables,
    drop_tables,
)


class Crew(Model):
    name = CharField(max_length=20)
    captain = OneToOneField("Sailor", null=True, related_name="commands")
    members = ManyToManyField("Sailor", through="Berth", related_name="crews")
    ports = ManyToManyField(lambda: Port, related_name="crews")


class Berth(Model):
    sailor = ForeignKey(lambda: Sailor, related_name="berths")
    crew = ForeignKey("Crew", related_name="berths")
    number = IntegerField(default=0)


class Sailor(Model):
    name = CharField(max_length=20)
    mentor = ForeignKey("self", null=True, related_name="pupils")
    home = ForeignKey("Port", null=True, related_name="born")
    knows = ManyToManyField("Sailor", related_name="known_by")


class Port(Model):
    name = CharField(max_length=20)
    patron = ForeignKey(Sailor, null=True, related_name="patron_of")


async def names(rows: Any) -> list[str]:
    found: list[str] = await rows.order_by("name").values_list("name", flat=True).fetch()
    return found


async def test_models_in_a_circle(db: Database) -> None:
    bergen = await Port.objects.create(name="Bergen")
    ann = await Sailor.objects.create(name="Ann", home=bergen)
    bob = await Sailor.objects.create(name="Bob", home=bergen, mentor=ann)
    bergen.patron = ann
    await bergen.save()

    assert await names(bergen.born) == ["Ann", "Bob"]
    assert await names(Sailor.objects.filter(home__patron__pupils=bob)) == ["Ann", "Bob"]
    assert await ann.patron_of.get() == bergen


async def test_a_table_between_that_was_declared_later(db: Database) -> None:
    ann, bob = [await Sailor.objects.create(name=name) for name in ("Ann", "Bob")]
    crew = await Crew.objects.create(name="Owls", captain=ann)
    bergen = await Port.objects.create(name="Bergen")

    await crew.members.add(ann, through_defaults={"number": 7})
    await crew.members.add(bob)
    await crew.ports.add(bergen)

    assert await names(crew.members) == ["Ann", "Bob"]
    assert await names(crew.members.filter(berths__number=7)) == ["Ann"]
    assert await names(bergen.crews) == ["Owls"]
    assert await names(Crew.objects.filter(captain__berths__number=7)) == ["Owls"]
    found = await Sailor.objects.select_related("commands").get(name="Ann")
    assert found.commands == crew


async def test_a_model_that_names_itself_is_not_mutual(db: Database) -> None:
    ann, bob = [await Sailor.objects.create(name=name) for name in ("Ann", "Bob")]

    await ann.knows.add(bob)

    assert await names(ann.knows) == ["Bob"]
    assert await names(bob.knows) == []
    assert await names(bob.known_by) == ["Ann"]


async def test_a_cell_of_a_notebook_that_runs_twice(db: Database) -> None:
    """The second Cup takes the place of the first, between the relations of others."""
    root: Any = type(Model)

    def cell(called: str, **fields: Any) -> Any:
        words = {"db_table": f"notebook_{called.lower()}"}
        place = {"__module__": "__main__", "__qualname__": called}
        return root(called, (Model,), {**place, **fields, "Meta": type("Meta", (), words)})

    tea = cell("Tea", name=CharField(max_length=9), cups=ManyToManyField("Cup", related_name="t"))
    cell("Cup")
    cup = cell("Cup", name=CharField(max_length=9), teas=ManyToManyField(tea, related_name="c"))
    table = cell("Table", cups=ManyToManyField(cup, related_name="tables"))
    models = [tea, cup, table]
    created = await create_tables(*models)
    try:
        green = await tea.objects.create(name="Green")
        blue = await cup.objects.create(name="Blue")
        await green.cups.add(blue)
        await blue.teas.add(green)
        laid = await table.objects.create()
        await laid.cups.add(blue)

        assert await names(blue.t) == await names(blue.teas) == ["Green"]
        assert await names(green.c) == await names(green.cups) == ["Blue"]
        assert await table.objects.filter(cups__t=green).get() == laid
        assert await blue.tables.get() == laid
    finally:
        between = [model.through for model in (tea.cups, cup.teas, table.cups)]
        await drop_tables(*models, *between)
    assert len(created) == 6
