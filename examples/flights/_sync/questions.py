# generated from examples/flights/_async/questions.py by scripts/generate_sync.py;
# change that file, not this one
"""What would one ask about the flights that left New York in 2013?

Each function is a question, in its docstring, and finds the answer.
"""

from __future__ import annotations

from calendar import month_name
from datetime import date
from operator import itemgetter

from covet.sync import F, Q, atomic

from ..answers import Answer, answer, certain
from .models import Airline, Airport, Flight, Plane, Weather


def busiest_airport() -> Answer:
    """Which of New York's three airports is the busiest?"""
    airports = Airport.objects.filter(departures__isnull=False).distinct().order_by("code")
    rows = [
        (airport.code, airport.name, airport.departures.count()) for airport in airports.fetch()
    ]
    _, name, flights = max(rows, key=itemgetter(2))
    return answer("{}, with {:,} departures.", name, flights).with_table(
        "code, airport, departures", rows
    )


def longest_delay() -> Answer:
    """Which flight was delayed the longest, and who flew it?"""
    delayed = Flight.objects.exclude(dep_delay=None)
    flight = certain(delayed.order_by("-dep_delay", "id").first())
    carrier, origin, dest = flight.carrier, flight.origin, flight.dest
    return answer(
        "{0} {1} from {2} to {3} on {4.day} {4:%B}: it left {5} hours and {6} minutes late.",
        carrier.name,
        flight.number,
        origin.name,
        certain(dest).name,
        flight.date,
        *divmod(certain(flight.dep_delay), 60),
    )


def made_up_time() -> Answer:
    """How many flights made up time in the air?"""
    landed = Flight.objects.exclude(arr_delay=None)
    faster = landed.filter(arr_delay__lt=F("dep_delay")).count()
    total = landed.count()
    return answer("{:,} of {:,}, which is {:.0%}.", faster, total, faster / total)


def fastest() -> Answer:
    """Which flights covered more than ten miles a minute?"""
    flights = Flight.objects.filter(distance__gt=F("air_time") * 10).fetch()
    airlines = Airline.objects.in_bulk(sorted({flight.carrier_id for flight in flights}))
    rows = [
        (
            airlines[flight.carrier_id].name,
            f"{flight.carrier_id} {flight.number}",
            f"{flight.origin_id} → {flight.destination}",
            round(60 * flight.distance / certain(flight.air_time)),
        )
        for flight in flights
    ]
    rows.sort(key=itemgetter(3), reverse=True)
    return answer("{}, the fastest at {} miles per hour.", len(rows), rows[0][3]).with_table(
        "airline, flight, route, miles per hour", rows
    )


def cancelled() -> Answer:
    """In which month were most flights cancelled?"""
    never_left = Flight.objects.filter(dep_time=None)
    rows = [
        (month_name[month], never_left.filter(date__month=month).count()) for month in range(1, 13)
    ]
    month, flights = max(rows, key=itemgetter(1))
    return answer("In {}: {:,} flights never left.", month, flights).with_table(
        "month, cancelled", rows
    )


def storms() -> Answer:
    """How much trouble is a storm?"""
    storm = Q(weather__wind_gust__gte=50) | Q(weather__precipitation__gte=0.5)
    trouble = Q(dep_time=None) | Q(dep_delay__gt=60)
    in_storm, otherwise = Flight.objects.filter(storm), Flight.objects.exclude(storm)
    rows = [
        ("storm", in_storm.count(), in_storm.filter(trouble).count()),
        ("no storm", otherwise.count(), otherwise.filter(trouble).count()),
    ]
    (_, stormy, hit), (_, calm, unlucky) = rows
    return answer(
        "In a storm {:.0%} of the flights are cancelled or leave over an hour late; else {:.0%}.",
        hit / stormy,
        unlucky / calm,
    ).with_table("weather, flights, in trouble", rows)


def broken_instrument() -> Answer:
    """Which reading of the weather cannot be right?"""
    reading = Weather.objects.get(Weather.wind_speed > 200)
    airport = reading.origin
    departures = airport.departures.filter(hour__gt=reading.hour).exclude(dep_time=None)
    following = certain(departures.order_by("hour", "dep_delay", "id").first())
    return answer(
        "{0} claims a wind of {1:,.0f} miles per hour at {2:%H:%M} UTC on {2.day} {2:%B}. "
        "The next flight, {3} {4} to {5}, left all the same.",
        airport.name,
        reading.wind_speed,
        reading.hour,
        following.carrier_id,
        following.number,
        following.destination,
    )


def unmapped() -> Answer:
    """Where did flights go that is not in the table of airports?"""
    unknown = Flight.objects.filter(dest=None)
    codes = unknown.values_list("destination", flat=True).distinct().order_by("destination")
    rows = [(code, unknown.filter(destination=code).count()) for code in codes.fetch()]
    return answer("To {} airports, all of them on islands in the Caribbean.", len(rows)).with_table(
        "destination, flights", rows
    )


def boeings() -> Answer:
    """How many flights were not in a Boeing?"""
    boeing = Q(plane__manufacturer="BOEING")
    others = Flight.objects.exclude(boeing).count()
    unknown = Flight.objects.filter(plane=None).count()
    flights = Flight.objects.filter(boeing).count()
    return answer(
        "{:,}, of which {:,} were in aeroplanes that nobody described. {:,} were in a Boeing.",
        others,
        unknown,
        flights,
    )


def veterans() -> Answer:
    """Which aeroplanes from before 1960 were still in service, and with whom?"""
    old = Plane.objects.filter(year__lt=1960, flights__isnull=False).distinct()
    rows = []
    for plane in old.order_by("year", "tailnum").fetch():
        users = Airline.objects.filter(flights__plane=plane).distinct().order_by("name")
        names = users.values_list("name", flat=True).fetch()
        made = f"{plane.manufacturer} {plane.model}"
        rows.append((plane.tailnum, str(plane.year), made, ", ".join(names)))
    return answer("{} of them, if one believes the registry.", len(rows)).with_table(
        "aeroplane, built, as, flown by", rows
    )


def hawaii() -> Answer:
    """Who flies to Hawaii?"""
    there = Airline.objects.filter(flights__dest__timezone="Pacific/Honolulu").distinct()
    names = there.order_by("name").values_list("name", flat=True).fetch()
    return answer("{}", " and ".join(names))


def never_from_laguardia() -> Answer:
    """Which airlines never leave from LaGuardia?"""
    airlines = Airline.objects.exclude(flights__origin="LGA").order_by("code")
    rows = airlines.values_list("code", "name").fetch()
    return answer("{} of {}.", len(rows), Airline.objects.count()).with_table("code, airline", rows)


def two_airports_in_a_day() -> Answer:
    """Which aeroplanes left from Newark and from LaGuardia on 4 October?"""
    day = date(2013, 10, 4)
    both = (
        Plane.objects.filter(flights__origin="EWR", flights__date=day)
        .filter(flights__origin="LGA", flights__date=day)
        .values_list("tailnum", "manufacturer", "seats")
        .distinct()
    )
    first = both.order_by("tailnum")[:3].fetch()
    return answer("{} did; the first three are:", both.count()).with_table(
        "aeroplane, made by, seats", first
    )


def what_if() -> Answer:
    """What if every flight of Delta's had left ten minutes sooner?"""
    flights = Flight.objects.filter(carrier__name__startswith="Delta")
    late = flights.filter(dep_delay__gt=15)
    before = late.count()
    try:
        with atomic():
            moved = flights.update(dep_delay=F("dep_delay") - 10)
            raise JustImagined(moved, late.count())
    except JustImagined as dream:
        moved, imagined = dream.args
    return answer(
        "{:,} of {:,} would have left over a quarter of an hour late, not {:,}. "
        "(Rolled back: {:,} again.)",
        imagined,
        moved,
        before,
        late.count(),
    )


class JustImagined(Exception):
    """Raised to roll a transaction back."""


QUESTIONS = (
    busiest_airport,
    longest_delay,
    made_up_time,
    fastest,
    cancelled,
    storms,
    broken_instrument,
    unmapped,
    boeings,
    veterans,
    hawaii,
    never_from_laguardia,
    two_airports_in_a_day,
    what_if,
)
