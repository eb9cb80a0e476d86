"""How is a session with MariaDB or MySQL begun, and what is said when it cannot be?"""

from __future__ import annotations

import datetime as dt
import re
import socket
import ssl
from typing import Any

from pymysql.constants import CLIENT, FIELD_TYPE  # type: ignore[import-untyped]
from pymysql.converters import decoders  # type: ignore[import-untyped]

from ..errors import ConnectionFailed
from ..sql.dialects.base import Server
from .base import (
    NO_ANSWER,
    NO_DATABASE,
    REFUSED,
    UNKNOWN_HOST,
    WRONG_PASSWORD,
    connection_failed,
)
from .mysql_errors import number_of
from .url import DatabaseURL

# Everything a session needs, in one round trip. MariaDB alone reads what is in /*M! */: there an
# UPDATE takes all values from the row as it was, as the standard says. MySQL has no such mode.
SETTINGS = (
    # Texts that come from no column compare by code point as well, as columns of covet's do.
    "SET NAMES utf8mb4 /*M! COLLATE utf8mb4_nopad_bin *//*!80017 COLLATE utf8mb4_0900_bin */"
    ", time_zone='+00:00', autocommit=1, sql_mode=CONCAT('STRICT_TRANS_TABLES,"
    "NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
    " /*M!, ',SIMULTANEOUS_ASSIGNMENT' */)"
    # Whoever steps through rows may be as slow to take the next ones as any client to ask.
    ", net_write_timeout=GREATEST(@@net_write_timeout, @@wait_timeout)"
    # As long as a packet takes; what is longer is an error of the query's (sql/functions).
    ", group_concat_max_len=LEAST(@@max_allowed_packet - 64, 1073741824)"
    # As on PostgreSQL, a transaction sees what others have committed; otherwise the row that made
    # an INSERT fail could not be read in the same block. The name is MariaDB's, then MySQL's.
    "/*M! , tx_isolation='READ-COMMITTED' *//*!80000 , transaction_isolation='READ-COMMITTED' */"
)
PACKET = "SELECT @@max_allowed_packet"
MOST_BYTES = 1 << 30  # the most that any server can be set to


def _moment(text: str) -> dt.datetime | str:
    """A DATETIME; zero dates, which Python does not have, stay text."""
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return text


def _day(text: str) -> dt.date | str:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return text


CONVERTERS: dict[Any, Any] = {
    **decoders,
    FIELD_TYPE.DATETIME: _moment,
    FIELD_TYPE.TIMESTAMP: _moment,
    FIELD_TYPE.DATE: _day,
}


def tls(url: DatabaseURL) -> ssl.SSLContext | None:
    """How to encrypt, alike in both colours."""
    mode = url.options["ssl_mode"]
    if mode == "disabled" or url.options["unix_socket"]:
        return None
    verified = mode in ("verify_ca", "verify_identity")
    authorities = url.options["ssl_ca"]
    if verified or authorities:
        context = ssl.create_default_context(cafile=authorities)
    else:  # the system's authorities would be read for each connection, which takes 30 ms
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = mode == "verify_identity"
    context.verify_mode = ssl.CERT_REQUIRED if verified else ssl.CERT_NONE
    if url.options["ssl_cert"]:
        context.load_cert_chain(url.options["ssl_cert"], url.options["ssl_key"])
    return context


def _limit(url: DatabaseURL) -> str:
    """What has the server stop what takes too long; MySQL does that for SELECT only."""
    limit = url.options["statement_timeout"]
    if not limit:
        return ""
    thousandths = max(1, round(limit * 1000))
    return f"/*M! , max_statement_time={limit:.3f} *//*!50704 , max_execution_time={thousandths} */"


def settings(url: DatabaseURL) -> dict[str, Any]:
    """What both libraries want to know to connect."""
    return {
        "host": url.host or "127.0.0.1",
        "port": url.port or 3306,
        "user": url.user,
        "password": url.password or "",
        "unix_socket": url.options["unix_socket"],
        "charset": "utf8mb4",
        "conv": CONVERTERS,
        "client_flag": CLIENT.FOUND_ROWS,
        "connect_timeout": url.options["connect_timeout"],
        "init_command": SETTINGS + _limit(url),
        "autocommit": None,  # in the settings
    }


_REASONS = {
    1040: "the server has too many connections",
    1044: "the user has no right to this database",
    1045: WRONG_PASSWORD,
    1049: NO_DATABASE,
    1698: WRONG_PASSWORD,
}
_BY_CAUSE: tuple[tuple[type[OSError], str], ...] = (
    (ConnectionRefusedError, REFUSED),
    (TimeoutError, NO_ANSWER),
    (socket.gaierror, UNKNOWN_HOST),
)


def failed(url: DatabaseURL, error: BaseException) -> ConnectionFailed:
    reason = _REASONS.get(number_of(error)) or str(error.args[-1] if error.args else error)
    below = getattr(error, "original_exception", None) or error.__cause__ or error.__context__
    for cause, text in _BY_CAUSE:
        if isinstance(below, cause):
            reason = text
    return connection_failed(url, reason, error)


def packet_of(connection: Any) -> int:
    """What the statement ``PACKET`` gave, which was sent last."""
    return int(connection._result.rows[0][0])


def server_of(version: str, packet: int | None = None) -> Server:
    """What ``10.11.19-MariaDB-0+deb12u1`` or ``5.5.5-10.4.7-MariaDB`` or ``8.0.36`` says."""
    product = "mariadb" if "mariadb" in version.lower() else "mysql"
    # Old clients of replication choke on a version above 5; MariaDB then puts this before its own.
    plain = version.removeprefix("5.5.5-") if product == "mariadb" else version
    found = re.match(r"\d+(\.\d+)*", plain)
    numbers = tuple(map(int, found[0].split("."))) if found else ()
    return Server(product, numbers, packet=packet)
