"""Which five tables hold the flights, and how do they hang together?"""

from __future__ import annotations

from covet.aio import (
    CharField,
    DateField,
    DateTimeField,
    FloatField,
    ForeignKey,
    IntegerField,
    Model,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    SmallIntegerField,
    TimeField,
)


class Base(Model):
    """What the five have in common: their tables are called ``flights_…``."""

    class Meta:
        abstract = True
        app_label = "flights"


class Airline(Base):
    """One of sixteen carriers."""

    code = CharField(max_length=2, primary_key=True)
    name = CharField(max_length=60)


class Airport(Base):
    """A place with an FAA code. New York's are EWR, JFK and LGA."""

    code = CharField(max_length=3, primary_key=True)
    name = CharField(max_length=60)
    latitude = FloatField()
    longitude = FloatField()
    altitude = IntegerField(help_text="in feet")
    utc_offset = SmallIntegerField(help_text="in hours")
    dst = CharField(max_length=1, help_text="A: as in the USA, U: unknown, N: none")
    timezone = CharField(max_length=40, null=True)


class Plane(Base):
    """An aeroplane of the FAA's registry."""

    tailnum = CharField(max_length=6, primary_key=True)
    year = SmallIntegerField(null=True, help_text="when it was built")
    type = CharField(max_length=40)
    manufacturer = CharField(max_length=40)
    model = CharField(max_length=40)
    engines = PositiveSmallIntegerField()
    seats = PositiveSmallIntegerField()
    speed = PositiveSmallIntegerField(null=True, help_text="when cruising, in miles per hour")
    engine = CharField(max_length=20)


class Weather(Base):
    """What an airport's instruments read in one hour."""

    origin = ForeignKey(Airport, related_name="weather")
    hour = DateTimeField()
    temperature = FloatField(null=True, help_text="in °F")
    dew_point = FloatField(null=True, help_text="in °F")
    humidity = FloatField(null=True, help_text="in %")
    wind_direction = SmallIntegerField(null=True, help_text="in degrees")
    wind_speed = FloatField(null=True, help_text="in miles per hour")
    wind_gust = FloatField(null=True, help_text="in miles per hour")
    precipitation = FloatField(null=True, help_text="in inches")
    pressure = FloatField(null=True, help_text="in millibars")
    visibility = FloatField(null=True, help_text="in miles")

    class Meta(Base.Meta):
        unique_together = ("origin", "hour")


class Flight(Base):
    """A scheduled departure.

    Without ``dep_time`` it never left. Where no table has the aeroplane, the destination or the
    weather, the relation is null; what the flight itself says of them stands in ``tailnum``,
    ``destination`` and ``hour``.
    """

    date = DateField(help_text="in New York")
    hour = DateTimeField(help_text="of the scheduled departure")
    carrier = ForeignKey(Airline, related_name="flights")
    number = PositiveIntegerField()
    tailnum = CharField(max_length=6, null=True)
    plane = ForeignKey(Plane, null=True, related_name="flights")
    origin = ForeignKey(Airport, related_name="departures")
    destination = CharField(max_length=3)
    dest = ForeignKey(Airport, null=True, related_name="arrivals")
    sched_dep_time = TimeField(help_text="local, as all four times")
    dep_time = TimeField(null=True)
    dep_delay = IntegerField(null=True, help_text="in minutes; negative is early")
    sched_arr_time = TimeField()
    arr_time = TimeField(null=True)
    arr_delay = IntegerField(null=True, help_text="in minutes; negative is early")
    air_time = PositiveIntegerField(null=True, help_text="in minutes")
    distance = PositiveIntegerField(help_text="in miles")
    weather = ForeignKey(Weather, null=True, related_name="flights")


MODELS = (Airline, Airport, Plane, Weather, Flight)
