"""How is MariaDB reached, found and started?"""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from .private import Plan

SYSTEM_FOLDERS = "/usr/sbin:/usr/local/sbin:/usr/libexec"  # not on everybody's path


def connect(url: str) -> Any:
    """An autocommit connection that takes several statements at once."""
    import pymysql
    from pymysql.constants import CLIENT

    parts = urlsplit(url)
    return pymysql.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=unquote(parts.username or "root"),
        password=unquote(parts.password or ""),
        database=unquote(parts.path[1:]) or None,
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=5,
        client_flag=CLIENT.MULTI_STATEMENTS,
    )


def may_create(connection: Any) -> bool:
    """Whether this user may create databases."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.user_privileges"
            " WHERE privilege_type = 'CREATE'"
        )
        return bool(cursor.fetchone()[0])


def programs() -> Path | None:
    """The folder of ``mariadbd`` on this machine, if what prepares its data is there too."""
    server = which("mariadbd")
    return Path(server).parent if server and which("mariadb-install-db") else None


def which(program: str) -> str | None:
    """Where a program is, looking into the system's folders too."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:{SYSTEM_FOLDERS}")


def plan(programs: Path, folder: Path, port: int, user: str | None) -> Plan:
    """A server that may lose its data in a crash, and in return does not wait for the disk.

    It knows root without a password, on loopback only, and lives as long as the tests.
    """
    data = folder / "data"
    install = ["--auth-root-authentication-method=normal", "--skip-test-db"]
    options = {
        "datadir": data,
        "port": port,
        "bind-address": "127.0.0.1",
        "socket": folder / "server.sock",
        "pid-file": folder / "server.pid",
        "character-set-server": "utf8mb4",
        "innodb-flush-log-at-trx-commit": 0,
        "innodb-log-file-size": "32M",
        "max-connections": 200,
    }
    server = [str(programs / "mariadbd"), "--no-defaults", "--skip-log-bin"]
    as_user = [f"--user={user}"] if user else []  # it refuses root unless told whom to become
    return Plan(
        prepare=[str(which("mariadb-install-db")), "--no-defaults", f"--datadir={data}", *install],
        serve=[*server, *as_user, *(f"--{name}={value}" for name, value in options.items())],
        url=f"mysql://root@127.0.0.1:{port}/mysql",
        stop=signal.SIGTERM,
    )
