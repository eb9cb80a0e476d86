"""What does the panel say in JSON?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..watch.sites import Site
from . import explaining
from .groups import groups
from .records import Request, Statement


def request_list(requests: Sequence[Request], base: str, token: str) -> dict[str, Any]:
    """The last requests; the token is what EXPLAIN asks for."""
    return {"token": token, "requests": [summary(one, base) for one in requests]}


def summary(request: Request, base: str) -> dict[str, Any]:
    """A request in a list."""
    return {
        "id": request.id,
        "url": f"{base}/api/requests/{request.id}",
        "method": request.method,
        "path": request.path,
        "query_string": request.query_string,
        "status": request.status,
        "error": request.error,
        "at": request.at,
        "ms": ms(request.seconds),
        "database_ms": ms(request.database_seconds),
        "query_count": request.count,
        "finding_count": len(request.findings),
    }


def detail(request: Request, base: str, wanted: str) -> dict[str, Any]:
    """A request with its statements, by shape and one by one."""
    found = groups(request, wanted)
    numbers = {one.serial: one.number for one in request.statements}
    statements = sorted((s for g in found for s in g.statements), key=lambda one: one.number)
    return {
        **summary(request, base),
        "findings": [
            {**one.as_dict(), "queries": [numbers[n] for n in one.serials if n in numbers]}
            for one in request.findings
        ],
        "groups": [
            {
                "shape": group.shape,
                "count": len(group.statements),
                "ms": ms(group.seconds),
                "rows": group.rows,
                "queries": [one.number for one in group.statements],
            }
            for group in found
        ],
        "queries": [one_statement(one) for one in statements],
        "not_shown": request.count - len(request.statements),
    }


def one_statement(one: Statement) -> dict[str, Any]:
    """A statement."""
    return {
        "number": one.number,
        "sql": one.sql,
        "params": one.params,
        "alias": one.alias,
        "offset_ms": ms(one.offset),
        "ms": ms(one.seconds),
        "rows": one.rowcount,
        "error": one.error,
        "transaction": one.transaction,
        "relation": one.relation,
        "stack": [site(line) for line in one.stack],
        "explainable": explaining.refused(one) is None,
    }


def site(line: Site) -> dict[str, Any]:
    """A line of code."""
    return {
        "file": line.path,
        "line": line.line,
        "function": line.function,
        "source": line.source,
    }


def ms(seconds: float) -> float:
    """Milliseconds, to the microsecond."""
    return round(seconds * 1000, 3)


def encoded(document: dict[str, Any]) -> bytes:
    """The JSON text. What has no form in JSON is shown by its ``str()``."""
    return json.dumps(document, default=str, indent=1).encode()
