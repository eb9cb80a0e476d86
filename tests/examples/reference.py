"""What are the answers, found without any database?

Each function answers the question of its name in ``examples/flights/_async/questions.py`` by
looking at every row, and gives the facts and the rows of the table.
"""

from __future__ import annotations

from calendar import month_name
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from operator import itemgetter
from typing import Any

from examples.flights.data import Data, Row

Found = tuple[tuple[Any, ...], tuple[tuple[Any, ...], ...]]


class Reference:
    """The five tables in memory, flights with their related rows in them."""

    def __init__(self, data: Data) -> None:
        self.airlines = keyed(data.airlines, "code")
        self.airports = keyed(data.airports, "code")
        self.planes = keyed(data.planes, "tailnum")
        self.weather = {(row["origin_id"], row["hour"]): row for row in data.weather}
        self.flights = list(data.flights)
        for flight in self.flights:
            flight["plane"] = self.planes.get(flight["tailnum"])
            flight["dest"] = self.airports.get(flight["destination"])
            flight["weather"] = self.weather.get((flight["origin_id"], flight["hour"]))

    def where(self, test: Callable[[Row], Any]) -> list[Row]:
        """The flights that pass a test."""
        return [flight for flight in self.flights if test(flight)]

    def airline(self, flight: Row) -> str:
        """The name of the airline of a flight."""
        return str(self.airlines[flight["carrier_id"]]["name"])

    def busiest_airport(self) -> Found:
        departures = Counter(flight["origin_id"] for flight in self.flights)
        rows = [(code, self.airports[code]["name"], n) for code, n in sorted(departures.items())]
        code, n = departures.most_common(1)[0]
        return (self.airports[code]["name"], n), tuple(rows)

    def longest_delay(self) -> Found:
        flight = max(self.where(has("dep_delay")), key=lambda flight: flight["dep_delay"])
        late = flight["dep_delay"]
        origin, dest = self.airports[flight["origin_id"]]["name"], flight["dest"]["name"]
        airline, day = self.airline(flight), flight["date"]
        return (airline, flight["number"], origin, dest, day, late // 60, late % 60), ()

    def made_up_time(self) -> Found:
        landed = self.where(has("arr_delay"))
        faster = sum(flight["arr_delay"] < flight["dep_delay"] for flight in landed)
        return (faster, len(landed), faster / len(landed)), ()

    def fastest(self) -> Found:
        flights = self.where(lambda f: f["air_time"] and f["distance"] > 10 * f["air_time"])
        rows = [
            (
                self.airline(flight),
                f"{flight['carrier_id']} {flight['number']}",
                f"{flight['origin_id']} → {flight['destination']}",
                round(60 * flight["distance"] / flight["air_time"]),
            )
            for flight in flights
        ]
        rows.sort(key=itemgetter(3), reverse=True)
        return (len(rows), rows[0][3]), tuple(rows)

    def cancelled(self) -> Found:
        months = Counter(flight["date"].month for flight in self.where(lacks("dep_time")))
        rows = [(month_name[month], months[month]) for month in range(1, 13)]
        worst = max(months.values())
        return next(row for row in rows if row[1] == worst), tuple(rows)

    def storms(self) -> Found:
        rows = []
        for name, flights in (
            ("storm", self.where(storm)),
            ("no storm", self.where(lambda flight: not storm(flight))),
        ):
            trouble = [f for f in flights if f["dep_time"] is None or f["dep_delay"] > 60]
            rows.append((name, len(flights), len(trouble)))
        return (rows[0][2] / rows[0][1], rows[1][2] / rows[1][1]), tuple(rows)

    def broken_instrument(self) -> Found:
        (reading,) = (row for row in self.weather.values() if (row["wind_speed"] or 0) > 200)
        flights = self.where(
            lambda flight: (
                flight["dep_time"] is not None
                and flight["origin_id"] == reading["origin_id"]
                and flight["hour"] > reading["hour"]
            )
        )
        flight = min(flights, key=lambda flight: (flight["hour"], flight["dep_delay"]))
        name = self.airports[reading["origin_id"]]["name"]
        after = flight["carrier_id"], flight["number"], flight["destination"]
        return (name, reading["wind_speed"], reading["hour"], *after), ()

    def unmapped(self) -> Found:
        places = Counter(flight["destination"] for flight in self.where(lacks("dest")))
        return (len(places),), tuple(sorted(places.items()))

    def boeings(self) -> Found:
        unknown = len(self.where(lacks("plane")))
        made = Counter(flight["plane"]["manufacturer"] for flight in self.where(has("plane")))
        return (len(self.flights) - made["BOEING"], unknown, made["BOEING"]), ()

    def veterans(self) -> Found:
        users: dict[str, set[str]] = {}
        for flight in self.where(lambda f: f["plane"] and (f["plane"]["year"] or 9999) < 1960):
            users.setdefault(flight["tailnum"], set()).add(self.airline(flight))
        rows = []
        for plane in sorted(map(self.planes.__getitem__, users), key=age):
            made = f"{plane['manufacturer']} {plane['model']}"
            airlines = ", ".join(sorted(users[plane["tailnum"]]))
            rows.append((plane["tailnum"], str(plane["year"]), made, airlines))
        return (len(rows),), tuple(rows)

    def hawaii(self) -> Found:
        flights = self.where(lambda f: f["dest"] and f["dest"]["timezone"] == "Pacific/Honolulu")
        return (" and ".join(sorted({self.airline(flight) for flight in flights})),), ()

    def never_from_laguardia(self) -> Found:
        there = {flight["carrier_id"] for flight in self.flights if flight["origin_id"] == "LGA"}
        rows = sorted(
            (a["code"], a["name"]) for a in self.airlines.values() if a["code"] not in there
        )
        return (len(rows), len(self.airlines)), tuple(rows)

    def two_airports_in_a_day(self) -> Found:
        flights = self.where(lambda f: f["plane"] and f["date"] == date(2013, 10, 4))
        newark, laguardia = (
            {flight["tailnum"] for flight in flights if flight["origin_id"] == code}
            for code in ("EWR", "LGA")
        )
        planes = [self.planes[tailnum] for tailnum in sorted(newark & laguardia)]
        rows = [(plane["tailnum"], plane["manufacturer"], plane["seats"]) for plane in planes]
        return (len(rows),), tuple(rows[:3])

    def what_if(self) -> Found:
        flights = self.where(lambda flight: self.airline(flight).startswith("Delta"))
        delays = [flight["dep_delay"] for flight in flights if flight["dep_delay"] is not None]
        late, imagined = (sum(delay - sooner > 15 for delay in delays) for sooner in (0, 10))
        return (imagined, len(flights), late, late), ()


def keyed(rows: Iterable[Row], key: str) -> dict[str, Row]:
    return {row[key]: row for row in rows}


def has(field: str) -> Callable[[Row], bool]:
    return lambda flight: flight[field] is not None


def lacks(field: str) -> Callable[[Row], bool]:
    return lambda flight: flight[field] is None


def age(plane: Row) -> tuple[int, str]:
    return plane["year"], plane["tailnum"]


def storm(flight: Row) -> bool:
    weather = flight["weather"]
    return weather is not None and (
        (weather["wind_gust"] or 0) >= 50 or weather["precipitation"] >= 0.5
    )
