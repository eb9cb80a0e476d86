"""Which of the 336,776 flights are in ``data/``, so that every question has an answer there?

    python -m tests.examples.make_sample

writes the same files again. (nycflights13 is in the public domain, CC0.)
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

from examples.flights.data import Data, Sheet
from examples.flights.download import nycflights13

FOLDER = Path(__file__).parent / "data"
Row = dict[str, str]
OLD = {"N381AA", "N201AA", "N567AA"}
DAY = ("10", "4")
BROKEN = ("EWR", "2013-02-12T08:00:00Z")
NEXT = ("EWR", "2013-02-12T10:00:00Z")


def main() -> None:
    """Write the five files."""
    everything = Data(nycflights13())
    planes, weather = rows(everything.planes), rows(everything.weather)
    flights = chosen(rows(everything.flights), stormy(weather))
    flown = {flight["tailnum"] for flight in flights}
    places = {flight[end] for flight in flights for end in ("origin", "dest")}
    hours = {(flight["origin"], flight["time_hour"]) for flight in flights} | {BROKEN}
    write("flights", flights)
    write("airlines", rows(everything.airlines))
    write("airports", some(rows(everything.airports), 40, lambda row: row["faa"] in places))
    write("planes", some(planes, 200, lambda row: row["tailnum"] in flown))
    write("weather", some(weather, 900, lambda row: (row["origin"], row["time_hour"]) in hours))


def chosen(flights: list[Row], storms: set[tuple[str, str]]) -> list[Row]:
    """One flight of 500, and those that the questions are about."""
    return some(
        flights,
        500,
        lambda row: any(
            (
                row["dep_delay"] == "1301",
                row["air_time"] != "NA" and int(row["distance"]) > 10 * int(row["air_time"]),
                row["tailnum"] in OLD and row["day"] == "20",
                (row["month"], row["day"]) == DAY and row["origin"] != "JFK" and is_even(row),
                (row["origin"], row["time_hour"]) in storms and row["minute"] in ("0", "30"),
                (row["origin"], row["time_hour"]) == NEXT,
                row["dest"] == "HNL" and row["day"] == "1" and row["month"] in ("1", "5"),
                row["dest"] in ("PSE", "STT", "BQN") and row["day"] == "13" and is_even(row),
            )
        ),
    )


def is_even(row: Row) -> bool:
    """Half of the aeroplanes."""
    return row["tailnum"][-3:-2] in "02468"


def stormy(weather: list[Row]) -> set[tuple[str, str]]:
    """The hours that the question about storms means."""
    return {
        (row["origin"], row["time_hour"])
        for row in weather
        if (row["wind_gust"] != "NA" and float(row["wind_gust"]) >= 50)
        or float(row["precip"]) >= 0.5
    }


def some(rows: list[Row], step: int, also: Callable[[Row], bool]) -> list[Row]:
    """Every ``step``-th row, and those wanted."""
    return [row for number, row in enumerate(rows) if number % step == 0 or also(row)]


def rows(sheet: Sheet) -> list[Row]:
    """The rows of a file as they stand there."""
    with sheet.lines() as lines:
        return list(csv.DictReader(lines))


def write(name: str, rows: Iterable[Row]) -> None:
    """Write a file in the form of the originals."""
    rows = list(rows)
    with (FOLDER / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
