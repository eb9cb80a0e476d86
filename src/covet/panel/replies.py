"""What does the panel send back? Pages and JSON, under headers that let nothing else in."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from . import api
from .rendering import rendered

ALWAYS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
CLOSED = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True)
class Reply:
    """A response of the panel.

    Attributes:
        status: its code.
        headers: names and values.
        body: its content; not sent in answer to HEAD.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def reply(status: int, kind: str, body: bytes, policy: str, *more: tuple[str, str]) -> Reply:
    """A response with the headers that all of the panel's have."""
    headers = (
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Content-Security-Policy", policy),
        *ALWAYS,
        *more,
    )
    return Reply(status, headers, body)


def page(template: str, status: int = 200, **values: Any) -> Reply:
    """A page. Only its own style and script run, as only they know the nonce."""
    nonce = token_urlsafe(16)
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
        "connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    body = rendered(template, nonce=nonce, **values)
    return reply(status, "text/html; charset=utf-8", body, policy)


def document(content: dict[str, Any], status: int = 200) -> Reply:
    """A JSON document."""
    return reply(status, "application/json", api.encoded(content), CLOSED)


def plain(status: int, text: str, *more: tuple[str, str]) -> Reply:
    """A sentence."""
    body = (text.rstrip() + "\n").encode()
    return reply(status, "text/plain; charset=utf-8", body, CLOSED, *more)


def moved(to: str) -> Reply:
    """A hint that the page is elsewhere."""
    return plain(307, f"See {to}", ("Location", to))
