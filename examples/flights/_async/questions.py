"""What would one ask about the flights that left New York in 2013?

Each function is a question, in its docstring, and finds the answer.
"""

from __future__ import annotations

from calendar import month_name
from datetime import date
from operator import itemgetter

from covet.aio import F, Q, atomic

from ..answers import Answer, answer, certain
from .models import Airline, Airport, Flight, Plane, Weather


async def busiest_airport() -> Answer:
    """Which of New York's three airports is the busiest?"""
    airports = Airport.objects.filter(departures__isnull=False).distinct().order_by("code")
    rows = [
        (airport.code, airport.name, await airport.departures.count())
        for airport in await airports.fetch()
    ]
    _, name, flights = max(rows, key=itemgetter(2))
    return answer("{}, with {:,} departures.", name, flights).with_table(
        "code, airport, departures", rows
    )


async def longest_delay() -> Answer:
    """Which flight was delayed the longest, and who flew it?"""
    delayed = Flight.objects.exclude(dep_delay=None)
    flight = certain(await delayed.order_by("-dep_delay", "id").first())
    carrier, origin, dest = await flight.carrier, await flight.origin, await flight.dest
    return answer(
        "{0} {1} from {2} to {3} on {4.day} {4:%B}: it left {5} hours and {6} minutes late.",
        carrier.name,
        flight.number,
        origin.name,
        certain(dest).name,
        flight.date,
        *divmod(certain(flight.dep_delay), 60),
    )


async def made_up_time() -> Answer:
    """How many flights made up time in the air?"""
    landed = Flight.objects.exclude(arr_delay=None)
    faster = await landed.filter(arr_delay__lt=F("dep_delay")).count()
    total = await landed.count()
    return answer("{:,} of {:,}, which is {:.0%}.", faster, total, faster / total)


async def fastest() -> Answer:
    """Which flights covered more than ten miles a minute?"""
    flights = await Flight.objects.filter(distance__gt=F("air_time") * 10).fetch()
    airlines = await Airline.objects.in_bulk(sorted({flight.carrier_id for flight in flights}))
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


async def cancelled() -> Answer:
    """In which month were most flights cancelled?"""
    never_left = Flight.objects.filter(dep_time=None)
    rows = [
        (month_name[month], await never_left.filter(date__month=month).count())
        for month in range(1, 13)
    ]
    month, flights = max(rows, key=itemgetter(1))
    return answer("In {}: {:,} flights never left.", month, flights).with_table(
        "month, cancelled", rows
    )


async def storms() -> Answer:
    """How much trouble is a storm?"""
    storm = Q(weather__wind_gust__gte=50) | Q(weather__precipitation__gte=0.5)
    trouble = Q(dep_time=None) | Q(dep_delay__gt=60)
    in_storm, otherwise = Flight.objects.filter(storm), Flight.objects.exclude(storm)
    rows = [
        ("storm", await in_storm.count(), await in_storm.filter(trouble).count()),
        ("no storm", await otherwise.count(), await otherwise.filter(trouble).count()),
    ]
    (_, stormy, hit), (_, calm, unlucky) = rows
    return answer(
        "In a storm {:.0%} of the flights are cancelled or leave over an hour late; else {:.0%}.",
        hit / stormy,
        unlucky / calm,
    ).with_table("weather, flights, in trouble", rows)


async def broken_instrument() -> Answer:
    """Which reading of the weather cannot be right?"""
    reading = await Weather.objects.get(Weather.wind_speed > 200)
    airport = await reading.origin
    departures = airport.departures.filter(hour__gt=reading.hour).exclude(dep_time=None)
    following = certain(await departures.order_by("hour", "dep_delay", "id").first())
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


async def unmapped() -> Answer:
    """Where did flights go that is not in the table of airports?"""
    unknown = Flight.objects.filter(dest=None)
    codes = unknown.values_list("destination", flat=True).distinct().order_by("destination")
    rows = [(code, await unknown.filter(destination=code).count()) for code in await codes.fetch()]
    return answer("To {} airports, all of them on islands in the Caribbean.", len(rows)).with_table(
        "destination, flights", rows
    )


async def boeings() -> Answer:
    """How many flights were not in a Boeing?"""
    boeing = Q(plane__manufacturer="BOEING")
    others = await Flight.objects.exclude(boeing).count()
    unknown = await Flight.objects.filter(plane=None).count()
    flights = await Flight.objects.filter(boeing).count()
    return answer(
        "{:,}, of which {:,} were in aeroplanes that nobody described. {:,} were in a Boeing.",
        others,
        unknown,
        flights,
    )


async def veterans() -> Answer:
    """Which aeroplanes from before 1960 were still in service, and with whom?"""
    old = Plane.objects.filter(year__lt=1960, flights__isnull=False).distinct()
    rows = []
    for plane in await old.order_by("year", "tailnum").fetch():
        users = Airline.objects.filter(flights__plane=plane).distinct().order_by("name")
        names = await users.values_list("name", flat=True).fetch()
        made = f"{plane.manufacturer} {plane.model}"
        rows.append((plane.tailnum, str(plane.year), made, ", ".join(names)))
    return answer("{} of them, if one believes the registry.", len(rows)).with_table(
        "aeroplane, built, as, flown by", rows
    )


async def hawaii() -> Answer:
    """Who flies to Hawaii?"""
    there = Airline.objects.filter(flights__dest__timezone="Pacific/Honolulu").distinct()
    names = await there.order_by("name").values_list("name", flat=True).fetch()
    return answer("{}", " and ".join(names))


async def never_from_laguardia() -> Answer:
    """Which airlines never leave from LaGuardia?"""
    airlines = Airline.objects.exclude(flights__origin="LGA").order_by("code")
    rows = await airlines.values_list("code", "name").fetch()
    return answer("{} of {}.", len(rows), await Airline.objects.count()).with_table(
        "code, airline", rows
    )


async def two_airports_in_a_day() -> Answer:
    """Which aeroplanes left from Newark and from LaGuardia on 4 October?"""
    day = date(2013, 10, 4)
    both = (
        Plane.objects.filter(flights__origin="EWR", flights__date=day)
        .filter(flights__origin="LGA", flights__date=day)
        .values_list("tailnum", "manufacturer", "seats")
        .distinct()
    )
    first = await both.order_by("tailnum")[:3].fetch()
    return answer("{} did; the first three are:", await both.count()).with_table(
        "aeroplane, made by, seats", first
    )


async def what_if() -> Answer:
    """What if every flight of Delta's had left ten minutes sooner?"""
    flights = Flight.objects.filter(carrier__name__startswith="Delta")
    late = flights.filter(dep_delay__gt=15)
    before = await late.count()
    try:
        async with atomic():
            moved = await flights.update(dep_delay=F("dep_delay") - 10)
            raise JustImagined(moved, await late.count())
    except JustImagined as dream:
        moved, imagined = dream.args
    return answer(
        "{:,} of {:,} would have left over a quarter of an hour late, not {:,}. "
        "(Rolled back: {:,} again.)",
        imagined,
        moved,
        before,
        await late.count(),
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
