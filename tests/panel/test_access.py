"""Who may see the query panel?"""

from __future__ import annotations

import pytest

from covet.errors import ConfigurationError
from covet.panel.access import Access
from covet.panel.visits import Visit


def visit(
    client: str | None = "127.0.0.1", host: str = "localhost:8000", method: str = "GET", **more: str
) -> Visit:
    headers = {"host": host, **{name.replace("_", "-"): value for name, value in more.items()}}
    return Visit(method, "/__covet__/", "", "", client, tuple(headers.items()))


LOCAL = Access([], [])
OFFICE = Access(["10.0.0.0/8", "192.168.1.7", "fd00::/8"], ["Dev.Example.org"])


@pytest.mark.parametrize("client", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_clients_on_this_machine_are_welcome(client: str) -> None:
    assert LOCAL.refusal(visit(client)) is None


@pytest.mark.parametrize("client", ["10.0.0.1", "8.8.8.8", "2001:db8::1", "testclient", "", None])
def test_others_are_refused(client: str | None) -> None:
    assert "answers clients on this machine only" in (LOCAL.refusal(visit(client)) or "")


@pytest.mark.parametrize("client", ["10.1.2.3", "192.168.1.7", "::ffff:10.1.2.3", "fd00::9", "::1"])
def test_others_can_be_allowed(client: str) -> None:
    assert OFFICE.refusal(visit(client)) is None


def test_no_more_are_allowed_than_was_said() -> None:
    assert OFFICE.refusal(visit("192.168.1.8")) == (
        "The query panel answers clients on this machine only, and this request came from "
        '192.168.1.8.\nAllow others by QueryPanelMiddleware(…, allow=["192.168.1.8"]).'
    )


@pytest.mark.parametrize(
    "header",
    ["forwarded", "x_forwarded_for", "x_forwarded_proto", "x_real_ip", "via", "cf_connecting_ip"],
)
def test_what_a_proxy_forwards_is_remote(header: str) -> None:
    assert "forwarded by a proxy" in (LOCAL.refusal(visit(**{header: "127.0.0.1"})) or "")


@pytest.mark.parametrize(
    ("headers", "welcome"),
    [
        ({"x_forwarded_for": "10.1.1.1"}, True),
        ({"x_forwarded_for": "10.1.1.1, 192.168.1.7:99"}, True),
        ({"forwarded": 'for="[fd00::1]:80";proto=http, for=10.1.1.1'}, True),
        ({"x_forwarded_for": "10.1.1.1, 8.8.8.8"}, False),
        ({"x_forwarded_for": "127.0.0.1"}, False),  # anybody can write that
        ({"x_forwarded_for": "unknown"}, False),
        ({"x_forwarded_proto": "https"}, False),  # whose request?
        ({"forwarded": "for=10.1.1.1", "x_real_ip": "8.8.8.8"}, False),
    ],
)
def test_forwarded_requests_are_welcome_if_all_that_are_named_are_allowed(
    headers: dict[str, str], welcome: bool
) -> None:
    assert (OFFICE.refusal(visit("10.0.0.1", **headers)) is None) is welcome
    assert OFFICE.refusal(visit("127.0.0.1", **headers)) is not None  # the proxy was not allowed


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8000", "app.localhost", "localhost.", "127.0.0.1:1", "[::1]:80"],
)
def test_hosts_that_no_other_site_can_have(host: str) -> None:
    assert LOCAL.refusal(visit(host=host)) is None


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "a@localhost"]
)
def test_a_name_that_was_made_to_point_here_is_refused(host: str) -> None:
    assert "does not answer to the host name" in (LOCAL.refusal(visit(host=host)) or "")


def test_a_name_can_be_allowed() -> None:
    assert OFFICE.refusal(visit(host="dev.example.org:8000")) is None


def test_a_repeated_host_is_refused() -> None:
    twice = Visit("GET", "/", "", "", "127.0.0.1", (("host", "localhost"), ("host", "localhost")))
    assert LOCAL.refusal(twice) is not None


@pytest.mark.parametrize(
    ("method", "headers", "welcome"),
    [
        ("GET", {"sec_fetch_site": "same-origin"}, True),
        ("GET", {"sec_fetch_site": "none"}, True),
        ("POST", {"sec_fetch_site": "same-origin", "origin": "null"}, True),  # by no-referrer
        ("GET", {"sec_fetch_site": "cross-site"}, False),
        ("GET", {"sec_fetch_site": "same-site"}, False),  # another port
        (
            "GET",
            {
                "sec_fetch_site": "cross-site",
                "sec_fetch_mode": "navigate",
                "sec_fetch_dest": "document",
            },
            True,
        ),
        (
            "POST",
            {
                "sec_fetch_site": "cross-site",
                "sec_fetch_mode": "navigate",
                "sec_fetch_dest": "document",
            },
            False,
        ),
        ("POST", {"origin": "http://localhost:8000"}, True),
        ("GET", {"origin": "http://localhost:3000"}, False),
        ("POST", {"origin": "null"}, False),
    ],
)
def test_pages_of_other_sites_are_refused(
    method: str, headers: dict[str, str], welcome: bool
) -> None:
    assert (LOCAL.refusal(visit(method=method, **headers)) is None) is welcome


def test_the_token_is_the_process_own() -> None:
    assert LOCAL.has_token(LOCAL.token)
    assert LOCAL.token != OFFICE.token
    assert not LOCAL.has_token("")
    assert not LOCAL.has_token("ü")


@pytest.mark.parametrize(
    ("allow", "hosts", "message"),
    [
        ("10.0.0.0/8", (), "allow is a list of texts, not '10.0.0.0/8'"),
        ([1], (), r"allow is a list of texts, not \[1\]"),
        (["10.0.0.1/8"], (), "'10.0.0.1/8' is no network: 10.0.0.1/8 has host bits set"),
        (None, (), "allow is a list of texts, not None"),
        ((), ["http://dev"], "'http://dev' is no host name"),
    ],
)
def test_what_is_no_rule_is_refused(allow: object, hosts: object, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Access(allow, hosts)  # type: ignore[arg-type]
