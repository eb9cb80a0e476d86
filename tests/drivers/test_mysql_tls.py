"""How is a connection to MariaDB encrypted?"""

from __future__ import annotations

import ssl

import pytest

from covet.drivers.mysql_session import tls
from covet.drivers.url import parse_url


@pytest.mark.parametrize("mode", ["disabled", "required&unix_socket=/run/mysqld.sock"])
def test_what_is_not_encrypted(mode: str) -> None:
    assert tls(parse_url(f"mysql://h/x?ssl_mode={mode}", {})) is None


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("preferred", (ssl.CERT_NONE, False)),
        ("required", (ssl.CERT_NONE, False)),
        ("verify_ca", (ssl.CERT_REQUIRED, False)),
        ("verify_identity", (ssl.CERT_REQUIRED, True)),
    ],
)
def test_what_is_verified(mode: str, expected: tuple[ssl.VerifyMode, bool]) -> None:
    context = tls(parse_url(f"mysql://h/x?ssl_mode={mode}", {}))
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == expected
