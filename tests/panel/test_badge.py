"""Which responses carry a badge?"""

from __future__ import annotations

import pytest

from covet.panel.badge import allows_style, carry, corrected, may_carry
from covet.panel.visits import Visit

HTML = ("Content-Type", "text/html; charset=utf-8")


def visit(method: str = "GET", **headers: str) -> Visit:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Visit(method, "/", "", "", "127.0.0.1", named)


def test_a_page_does() -> None:
    assert may_carry(visit(), 200, [HTML])
    assert may_carry(visit(sec_fetch_dest="document"), 404, [HTML, ("Content-Length", "120")])


@pytest.mark.parametrize(
    ("asked", "status", "headers"),
    [
        (visit("HEAD"), 200, [HTML]),
        (visit(sec_fetch_dest="empty"), 200, [HTML]),
        (visit(sec_fetch_dest="iframe"), 200, [HTML]),
        (visit(), 304, [HTML]),
        (visit(), 206, [HTML]),
        (visit(), 204, [HTML]),
        (visit(), 200, []),
        (visit(), 200, [("content-type", "application/json")]),
        (visit(), 200, [("content-type", "text/html-sandboxed")]),
        (visit(), 200, [HTML, ("Content-Encoding", "gzip")]),
        (visit(), 200, [HTML, ("Content-Range", "bytes 0-9/99")]),
        (visit(), 200, [HTML, ("Content-Disposition", "attachment")]),
        (visit(), 200, [HTML, ("Content-Length", "9000000")]),
        (visit(), 200, [HTML, ("Content-Security-Policy", "default-src 'self'")]),
    ],
)
def test_nothing_else_does(asked: Visit, status: int, headers: list[tuple[str, str]]) -> None:
    assert not may_carry(asked, status, headers)


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        ("script-src 'self'", True),
        ("default-src 'self'; style-src 'self' 'unsafe-inline'", True),
        ("default-src 'self'", False),
        ("style-src 'unsafe-inline' 'nonce-abc'", False),
        ("style-src-elem 'self'; style-src 'unsafe-inline'", False),
        ("STYLE-SRC 'Unsafe-Inline'", True),
        ("script-src 'self', style-src 'none'", False),
        ("", True),
    ],
)
def test_a_policy_of_the_page_decides(policy: str, allowed: bool) -> None:
    assert allows_style(policy) is allowed


def test_the_badge_stands_before_the_last_end_of_the_body() -> None:
    page = b"<body><!-- </body> --><p>Hi</BODY >\n</html>"
    assert carry(page, b"*") == b"<body><!-- </body> --><p>Hi*</BODY >\n</html>"


@pytest.mark.parametrize(
    "page",
    [
        b"<li>a part of a page</li>",
        b'<meta http-equiv="Content-Security-Policy" content="default-src \'self\'"><body></body>',
        "<body></body>".encode("utf-16"),
    ],
)
def test_a_page_without_an_end_or_with_a_policy_is_left_alone(page: bytes) -> None:
    assert carry(page, b"*") is None


def test_headers_that_speak_of_the_old_bytes_go() -> None:
    headers = [HTML, ("ETag", '"1"'), ("content-length", "5"), ("Last-Modified", "x"), ("A", "b")]
    assert corrected(headers, 9) == [HTML, ("content-length", "9"), ("A", "b")]
