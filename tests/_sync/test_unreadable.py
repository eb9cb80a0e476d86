# generated from tests/_async/test_unreadable.py by scripts/generate_sync.py;
# change that file, not this one
"""What is said of values in the database that Python does not have?"""

from __future__ import annotations

import pytest

from covet.sync import (
    CharField,
    Database,
    DataError,
    DateField,
    DateTimeField,
    DecimalField,
    Model,
    atomic,
)


class Event(Model):
    name = CharField(max_length=20, default="")
    day = DateField(null=True)
    moment = DateTimeField(null=True)
    price = DecimalField(max_digits=9, decimal_places=2, null=True)
    secret = DateField(null=True, sensitive=True)


MODELS = [Event]

BAD = {
    "sqlite": {
        "day": "'nonsense'",
        "moment": "'10000-01-01 00:00:00'",
        "price": "'much'",
        "secret": "'1815'",
    },
    "postgresql": {"day": "'infinity'", "moment": "'-infinity'"},
    "mysql": {
        "day": "'0000-00-00'",
        "moment": "'0000-00-00'",
        "secret": "'2024-00-10'",
    },
}


def put(db: Database, kind: str, column: str) -> None:
    """Two rows, the second of which has a value that Python does not have."""
    Event.objects.create(name="good")
    with atomic():
        if kind == "mysql":
            db.execute("set session sql_mode = ''")
        db.execute(f"insert into event (name, {column}) values ('bad', {BAD[kind][column]})")


@pytest.mark.parametrize("column", ["day", "moment", "price", "secret"])
def test_the_value_is_named(db: Database, kind: str, column: str) -> None:
    if column not in BAD[kind]:
        return
    put(db, kind, column)
    for query in (Event.objects.order_by("id"), Event.objects.order_by("id").values_list(column)):
        with pytest.raises(DataError) as caught:
            query.fetch()
        text = str(caught.value)
        value = BAD[kind][column].strip("'")
        if column == "secret":
            assert value not in text
            assert "a value that is not shown" in text
        else:
            assert value in text
        if kind != "postgresql":  # where the driver reads, and says which value it is
            assert text.startswith(f"Event.{column} cannot be read in row 2 of the result: ")
    names = [event.name for event in Event.objects.defer(column).order_by("id").fetch()]
    assert names == ["good", "bad"]
    Event.objects.filter(name="bad").update(**{column: None})
    assert len(Event.objects.all().fetch()) == 2
