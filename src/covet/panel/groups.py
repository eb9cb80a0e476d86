"""Which statements of a request are of one shape, and what is wrong with them?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..watch.findings import Finding
from .records import Request, Statement

KINDS = {
    "n_plus_one": "N+1",
    "repeated": "Repeated",
    "unused": "Loaded, not used",
    "count_then_fetch": "Counted, then fetched",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Statements of one shape.

    Attributes:
        shape: the text that they share.
        statements: in order.
        findings: what was found to be wasted here.
    """

    shape: str
    statements: tuple[Statement, ...]
    findings: tuple[Finding, ...]

    @property
    def first(self) -> Statement:
        """The first of them."""
        return self.statements[0]

    @property
    def seconds(self) -> float:
        """How long they took, each by itself."""
        return sum(one.seconds for one in self.statements)

    @property
    def rows(self) -> int:
        """How many rows came back or were touched."""
        return sum(max(one.rowcount, 0) for one in self.statements)

    @property
    def failed(self) -> bool:
        """Whether one of them failed."""
        return any(one.error for one in self.statements)


def groups(request: Request, wanted: str = "") -> list[Group]:
    """The statements of a request by shape: those with findings first, then in order.

    Args:
        request: the request.
        wanted: only statements that have these words in their text, parameters or lines of code.
    """
    by_shape: dict[tuple[str, str], list[Statement]] = {}
    for one in request.statements:
        if has_words(searched(one), wanted):
            by_shape.setdefault((one.alias, one.shape), []).append(one)
    home = findings_by_group(request)
    found = [
        Group(shape, tuple(statements), tuple(home.get((alias, shape), ())))
        for (alias, shape), statements in by_shape.items()
    ]
    rank = {id(finding): n for n, finding in enumerate(request.findings)}
    last = len(rank)
    return sorted(found, key=lambda group: min((rank[id(f)] for f in group.findings), default=last))


def findings_by_group(request: Request) -> dict[tuple[str, str], list[Finding]]:
    """Each finding with the shape of the first statement that it names."""
    by_serial = {one.serial: one for one in request.statements}
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in request.findings:
        named = next((by_serial[n] for n in finding.serials if n in by_serial), None)
        if named is not None:
            found.setdefault((named.alias, named.shape), []).append(finding)
    return found


def wasteful(request: Request) -> dict[int, str]:
    """For each statement that a finding names, by its number: the finding's kind."""
    kinds = {serial: one.kind for one in request.findings for serial in one.serials}
    return {one.number: kinds[one.serial] for one in request.statements if one.serial in kinds}


def shared_text(one: Statement) -> str:
    """What the filter looks at, and all statements of a group share."""
    return f"{one.shape} {one.alias} {one.relation or ''}"


def own_text(one: Statement) -> str:
    """What the filter looks at beside that."""
    sites = " ".join(f"{site} {site.function}" for site in one.stack)
    return f"{one.params} {sites} {one.error or ''}"


def searched(one: Statement) -> str:
    """All that the filter of a request looks at."""
    return f"{shared_text(one)} {own_text(one)}"


def summary(request: Request) -> str:
    """What the filter of the list of requests looks at."""
    kinds = " ".join(KINDS[one.kind] for one in request.findings)
    return f"{request.method} {request.target} {request.status or ''} {request.error or ''} {kinds}"


def has_words(text: str, wanted: str) -> bool:
    """Whether a text has each of some words, in either case."""
    lower = text.lower()
    return all(word in lower for word in wanted.lower().split())


def picked(requests: Sequence[Request], wanted: str) -> list[Request]:
    """The requests that have these words."""
    return [one for one in requests if has_words(summary(one), wanted)]


def kinds(request: Request) -> list[tuple[str, int]]:
    """What was found in a request, in words, and how often."""
    return list(Counter(KINDS[one.kind] for one in request.findings).items())
