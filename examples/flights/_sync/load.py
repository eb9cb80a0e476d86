# generated from examples/flights/_async/load.py by scripts/generate_sync.py;
# change that file, not this one
"""How do 367,687 rows get from CSV files into a database?"""

from __future__ import annotations

from collections.abc import Iterable

from covet.sync import atomic, create_tables, drop_tables

from ..data import Data, Row, batches, linked
from ..screen import Screen
from .models import MODELS, Airline, Airport, Base, Flight, Plane, Weather


def load(data: Data, screen: Screen) -> None:
    """Make the five tables anew and fill them."""
    drop_tables(*MODELS)
    create_tables(*MODELS)
    fill(Airline, data.airlines, len(data.airlines), screen)
    fill(Airport, data.airports, len(data.airports), screen)
    fill(Plane, data.planes, len(data.planes), screen)
    fill(Weather, data.weather, len(data.weather), screen)
    airports = Airport.objects.values_list("code", flat=True).fetch()
    planes = Plane.objects.values_list("tailnum", flat=True).fetch()
    hours = Weather.objects.values_list("origin_id", "hour", "id").fetch()
    weather = {(origin, hour): key for origin, hour, key in hours}
    flights = linked(data.flights, set(airports), set(planes), weather)
    fill(Flight, flights, len(data.flights), screen)


def fill(model: type[Base], rows: Iterable[Row], total: int, screen: Screen) -> None:
    """Insert the rows in batches and in one transaction, and show how far that has come."""
    with atomic():
        for batch in screen.progress(model.__name__, batches(rows), total):
            model.objects.bulk_create([model(**row) for row in batch])
