"""Which responses carry a badge, and where in them does it stand?

A whole HTML page that a browser shows by itself does. Nothing else is touched: no part of a page,
no stream, nothing compressed, and no page whose own policy forbids the badge's style.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from ..watch.findings import WASTES, Finding
from .limits import MOST_PAGE
from .recording import Recording, counted
from .visits import Visit

Headers = Sequence[tuple[str, str]]

_BODY_END = re.compile(rb"</body\s*>", re.I)
_POLICY_IN_PAGE = re.compile(rb"<meta[^>]+content-security-policy", re.I)
# They speak of the bytes as the app made them.
_OF_THE_BYTES = frozenset(
    ("etag", "last-modified", "content-md5", "digest", "content-digest", "repr-digest")
)
_FORBIDDING = frozenset(("content-encoding", "content-range", "content-disposition", "trailer"))

# In a fixed corner, out of the page's flow. Colours that go with light pages and dark ones.
BADGE = (
    "<style>#covet-badge{{all:initial;position:fixed;right:12px;bottom:12px;z-index:2147483647;"
    "padding:6px 10px;border:1px solid #3d444f;border-radius:8px;background:#1b1f26;color:#e8eaed;"
    "font:500 12px/16px system-ui,sans-serif;font-variant-numeric:tabular-nums;cursor:pointer;"
    "box-shadow:0 2px 8px #0004}}#covet-badge b{{font-weight:600;color:#ffb454}}"
    "#covet-badge:hover{{background:#2a303a}}#covet-badge:focus-visible{{outline:2px solid #6cb2ff;"
    "outline-offset:2px}}@media print{{#covet-badge{{display:none}}}}</style>"
    '<a id="covet-badge" href="{href}" aria-label="covet: {label}">{text}</a>'
)


def may_carry(visit: Visit, status: int, headers: Headers) -> bool:
    """Whether a response is a page that may get a badge, judged by all but its body."""
    named = {name.lower(): value for name, value in headers}
    length = named.get("content-length", "0")
    return (
        visit.method not in ("HEAD", "CONNECT")
        and (visit.one("sec-fetch-dest") or "document") == "document"
        and status >= 200
        and status not in (204, 205, 206, 304)
        and named.get("content-type", "").partition(";")[0].strip().lower() == "text/html"
        and not _FORBIDDING & named.keys()
        and length.isdecimal()
        and int(length) <= MOST_PAGE
        and all(allows_style(v) for k, v in headers if k.lower() == "content-security-policy")
    )


def allows_style(policies: str) -> bool:
    """Whether a Content-Security-Policy lets a page have a ``<style>`` that it does not know."""
    return all(map(_allows_style, policies.split(",")))


def _allows_style(policy: str) -> bool:
    directives: dict[str, list[str]] = {}
    for directive in policy.lower().split(";"):
        name, *sources = directive.split() or [""]
        directives.setdefault(name, sources)  # the first of several counts
    for name in ("style-src-elem", "style-src", "default-src"):
        if name in directives:
            sources = directives[name]
            # Beside a nonce or a hash, 'unsafe-inline' is there for old browsers only.
            strict = any(s.startswith(("'nonce-", "'sha")) for s in sources)
            return "'unsafe-inline'" in sources and not strict
    return True


def length_of(headers: Headers) -> int | None:
    """How long the body is said to be."""
    for name, value in headers:
        if name.lower() == "content-length" and value.isdecimal():
            return int(value)
    return None


def carry(body: bytes, badge: bytes) -> bytes | None:
    """A page with a badge at its end; None where it has no end, or a policy of its own."""
    ends = list(_BODY_END.finditer(body))
    if not ends or _POLICY_IN_PAGE.search(body):
        return None
    at = ends[-1].start()
    return body[:at] + badge + body[at:]


def corrected(headers: Headers, length: int) -> list[tuple[str, str]]:
    """The headers of a page that has got a badge."""
    return [
        (name, str(length) if name.lower() == "content-length" else value)
        for name, value in headers
        if name.lower() not in _OF_THE_BYTES
    ]


def badge(recording: Recording, base: str) -> bytes:
    """A request's badge: a link to what the panel knows of it. It is plain ASCII."""
    words = [
        counted(recording.count, "query", "queries"),
        f"{recording.database_seconds * 1000:.1f} ms",
    ]
    found = _kinds(recording.findings())
    strong = "".join(f" &middot; <b>{escape(one)}</b>" for one in found)
    href = escape(f"{base}/requests/{recording.number}")
    text = " &middot; ".join(map(escape, words)) + strong
    label = escape(", ".join([*words, *found]))
    return BADGE.format(href=href, label=label, text=text).encode("ascii", "xmlcharrefreplace")


def _kinds(findings: Iterable[Finding]) -> list[str]:
    """What was found, in a word or two."""
    many = sum(one.kind in WASTES for one in findings)
    return [f"{many} N+1" if many > 1 else "N+1"] if many else []
