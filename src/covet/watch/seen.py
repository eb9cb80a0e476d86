"""What is to be said of the queries of a piece of code?"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from .advice import advise
from .allowing import Allowed
from .counted import Counted, Pair
from .eager import Eager, EagerLoads
from .events import Query
from .findings import TITLES, Finding
from .repeats import Group, Repeats


class Seen:
    """The queries of a piece of code, as far as findings are made of them."""

    def __init__(self) -> None:
        self._repeats = Repeats()
        self._counted = Counted()
        self._eager = EagerLoads()
        self._lock = Lock()

    def add(self, query: Query) -> None:
        """Take one more query, from any thread."""
        if query.error is not None or not query.stack:
            return
        with self._lock:
            self._repeats.add(query)
            self._counted.add(query)
            self._eager.add(query)

    def findings(self, threshold: int, allow: Sequence[str], *, unused: bool) -> list[Finding]:
        """What is to be said of them, the worst first."""
        with self._lock:
            found = [made for group in self._repeats if (made := _repeated(group, threshold))]
            found += map(_counted, self._counted)
            found += map(_unused, self._eager.untouched()) if unused else ()
        allowed = Allowed(allow)
        order = list(TITLES)
        found = [finding for finding in found if not allowed.has(finding)]
        return sorted(found, key=lambda one: (order.index(one.kind), -one.count, one.serials))


def _repeated(group: Group, threshold: int) -> Finding | None:
    wasted = group.wasted()
    if len(wasted) < threshold:
        return None
    query, advice = group.first, advise(group)
    return Finding(
        kind="repeated" if advice.relation is None else "n_plus_one",
        count=len(wasted),
        sql=query.shape,
        seconds=sum(step.seconds for step in wasted[1:]),
        relation=advice.relation,
        model=_model(query),
        site=query.site,
        source=advice.source,
        fix=advice.fix,
        suggestion=advice.suggestion,
        stack=query.stack,
        serials=tuple(step.serial for step in wasted),
    )


def _counted(pairs: list[Pair]) -> Finding:
    query, fetch = pairs[0]
    assert query.asked is not None
    counts = query.asked.call == "count"
    fix = "len(rows)" if counts else "if rows:"
    return Finding(
        kind="count_then_fetch",
        count=len(pairs),
        sql=query.shape,
        seconds=sum(pair.asked.seconds for pair in pairs),
        relation=None,
        model=_model(query),
        site=query.site,
        source=fetch.site,
        fix=fix,
        suggestion=f"Fetch the rows first and use {fix.removesuffix(':')}, as "
        f"{query.asked.call}() asks for the same rows in another query",
        stack=query.stack,
        serials=tuple(pair.asked.serial for pair in pairs),
    )


def _unused(eager: Eager) -> Finding:
    query = eager.loads[0] if eager.loads else eager.query
    path = "__".join(eager.path)
    asked = eager.query.asked
    return Finding(
        kind="unused",
        count=len(eager.loads) or 1,
        sql=query.shape,
        seconds=sum(load.seconds for load in eager.loads),
        relation=_relation(eager),
        model=None if asked is None else asked.model.__name__,
        site=eager.query.site,
        source=eager.query.site,
        fix=f'no {eager.call}("{path}")',
        suggestion=f"Take '{path}' out of {eager.call}(), as nothing has touched it on the rows "
        "that came",
        stack=eager.query.stack,
        serials=tuple(load.serial for load in eager.loads) or (query.serial,),
    )


def _relation(eager: Eager) -> str | None:
    if eager.loads and eager.loads[0].load is not None:
        return eager.loads[0].load.relation
    asked = eager.query.asked
    return None if asked is None else f"{asked.model.__name__}.{'__'.join(eager.path)}"


def _model(query: Query) -> str | None:
    return None if query.asked is None else query.asked.model.__name__
