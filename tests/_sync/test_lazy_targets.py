# generated from tests/_async/test_lazy_targets.py by scripts/generate_sync.py;
# change that file, not this one
"""Do relations work that were only named at first, on a database?"""

from __future__ import annotations

from typing import Any

from covet.sync import (
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


def names(rows: Any) -> list[str]:
    found: list[str] = rows.order_by("name").values_list("name", flat=True).fetch()
    return found


def test_models_in_a_circle(db: Database) -> None:
    bergen = Port.objects.create(name="Bergen")
    ann = Sailor.objects.create(name="Ann", home=bergen)
    bob = Sailor.objects.create(name="Bob", home=bergen, mentor=ann)
    bergen.patron = ann
    bergen.save()

    assert names(bergen.born) == ["Ann", "Bob"]
    assert names(Sailor.objects.filter(home__patron__pupils=bob)) == ["Ann", "Bob"]
    assert ann.patron_of.get() == bergen


def test_a_table_between_that_was_declared_later(db: Database) -> None:
    ann, bob = [Sailor.objects.create(name=name) for name in ("Ann", "Bob")]
    crew = Crew.objects.create(name="Owls", captain=ann)
    bergen = Port.objects.create(name="Bergen")

    crew.members.add(ann, through_defaults={"number": 7})
    crew.members.add(bob)
    crew.ports.add(bergen)

    assert names(crew.members) == ["Ann", "Bob"]
    assert names(crew.members.filter(berths__number=7)) == ["Ann"]
    assert names(bergen.crews) == ["Owls"]
    assert names(Crew.objects.filter(captain__berths__number=7)) == ["Owls"]
    found = Sailor.objects.select_related("commands").get(name="Ann")
    assert found.commands == crew


def test_a_model_that_names_itself_is_not_mutual(db: Database) -> None:
    ann, bob = [Sailor.objects.create(name=name) for name in ("Ann", "Bob")]

    ann.knows.add(bob)

    assert names(ann.knows) == ["Bob"]
    assert names(bob.knows) == []
    assert names(bob.known_by) == ["Ann"]


def test_a_cell_of_a_notebook_that_runs_twice(db: Database) -> None:
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
    created = create_tables(*models)
    try:
        green = tea.objects.create(name="Green")
        blue = cup.objects.create(name="Blue")
        green.cups.add(blue)
        blue.teas.add(green)
        laid = table.objects.create()
        laid.cups.add(blue)

        assert names(blue.t) == names(blue.teas) == ["Green"]
        assert names(green.c) == names(green.cups) == ["Blue"]
        assert table.objects.filter(cups__t=green).get() == laid
        assert blue.tables.get() == laid
    finally:
        between = [model.through for model in (tea.cups, cup.teas, table.cups)]
        drop_tables(*models, *between)
    assert len(created) == 6
