"""Which request is the panel's, and what does it answer? It waits for nothing: EXPLAIN is run by
the shell around it, in whose colour the database is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from urllib.parse import parse_qs, quote

from ..errors import ConfigurationError, short
from ..watch.settings import settings
from . import api, explaining, replies
from .access import Access
from .badge import badge
from .explaining import Explain, Plan
from .groups import (
    groups,
    has_words,
    kinds,
    own_text,
    picked,
    searched,
    shared_text,
    summary,
    wasteful,
)
from .limits import Limits
from .recording import Recording
from .records import Request, Statement
from .replies import Reply
from .store import Store
from .timeline import timeline
from .visits import Visit

PREFIX = "/__covet__"


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked of the panel.

    Attributes:
        base: the panel's own address, as links begin.
        wanted: what stands in the filter.
        form: the fields of the form that was sent.
        number: of the request that it is about; 0 for none.
    """

    base: str
    wanted: str
    form: dict[str, str]
    number: int


class Panel:
    """The query panel of one app: what it remembers, and its pages.

    Args:
        allow: networks of clients that may see it besides those at this machine.
        hosts: names by which the app may be asked for, besides ``localhost``.
        prefix: the path below which its pages are.
        limits: how much it remembers.

    Raises:
        ConfigurationError: an argument cannot be used.
    """

    def __init__(
        self, allow: Iterable[str], hosts: Iterable[str], prefix: str, limits: Limits
    ) -> None:
        settings()  # what pyproject.toml says of findings is refused now, not with each request
        self.access = Access(allow, hosts)
        self.prefix = checked_prefix(prefix)
        self._limits = limits
        self._store = Store(limits.requests)
        self._numbers = count(1)
        routes: list[tuple[str, str, Callable[[Call], Reply | Explain]]] = [
            ("GET", r"/", self._list),
            ("GET", r"/requests/([0-9]{1,18})", self._request),
            ("POST", r"/requests/([0-9]{1,18})/explain", self._explain),
            ("GET", r"/api/", self._api_list),
            ("GET", r"/api/requests/([0-9]{1,18})", self._api_request),
            ("POST", r"/api/requests/([0-9]{1,18})/explain", self._api_explain),
        ]
        self._routes = [(method, re.compile(path), act) for method, path, act in routes]

    # --- requests of the app ---------------------------------------------------------------------

    def recording(self, visit: Visit) -> Recording:
        """A recording for a request that begins."""
        return Recording(next(self._numbers), visit, self._limits)

    def keep(self, recording: Recording) -> None:
        """Remember a request, or what became of it since."""
        self._store.put(recording.request())

    def badge(self, recording: Recording, visit: Visit) -> bytes:
        """The badge for the page that answers a request."""
        return badge(recording, self._base(visit))

    # --- requests of the panel -------------------------------------------------------------------

    def owns(self, path: str) -> bool:
        """Whether a path is one of the panel's."""
        return path == self.prefix or path.startswith(self.prefix + "/")

    def answer(self, visit: Visit, form: bytes = b"") -> Reply | Explain:
        """The reply to a request for one of the panel's paths.

        Args:
            visit: the request.
            form: the body that came with it.
        """
        refusal = self.access.refusal(visit)
        if refusal is not None:
            return replies.plain(403, refusal)
        path = visit.path[len(self.prefix) :]
        if path in ("", "/api"):
            return replies.moved(self._base(visit) + path + "/")
        found = [
            (method, act, match)
            for method, route, act in self._routes
            if (match := route.fullmatch(path))
        ]
        if not found:
            return replies.plain(404, f"There is no {visit.path} in the query panel.")
        method, act, match = found[0]
        if (visit.method if visit.method != "HEAD" else "GET") != method:
            return replies.plain(405, f"This page takes {method}.", ("Allow", method))
        number = int(match[1]) if match.groups() else 0
        query = fields(visit.query_string)
        return act(Call(self._base(visit), query.get("q", ""), fields(form), number))

    def _base(self, visit: Visit) -> str:
        return quote(visit.root + self.prefix)

    def _list(self, call: Call) -> Reply:
        requests = self._store.latest()
        return replies.page(
            "list.html",
            base=call.base,
            wanted=call.wanted,
            requests=requests,
            shown={one.id for one in picked(requests, call.wanted)},
            searched=summary,
            kinds=kinds,
        )

    def _request(self, call: Call) -> Reply:
        request = self._store.get(call.number)
        if request is None:
            return self._gone(call)
        return replies.page(
            "request.html",
            base=call.base,
            wanted=call.wanted,
            request=request,
            groups=groups(request),
            shown={s.number for s in request.statements if has_words(searched(s), call.wanted)},
            shared_text=shared_text,
            own_text=own_text,
            wasteful=wasteful(request),
            timeline=timeline(request.statements, request.seconds),
            refused=explaining.refused,
            token=self.access.token,
        )

    def _gone(self, call: Call) -> Reply:
        return replies.page("gone.html", 404, base=call.base, number=call.number)

    def _explain(self, call: Call) -> Reply | Explain:
        found = self._asked_about(call)
        if isinstance(found, Reply):
            return found
        request, statement = found

        def reply(plan: Plan) -> Reply:
            return replies.page(
                "plan.html", base=call.base, request=request, statement=statement, plan=plan
            )

        return answered(statement, reply)

    def _asked_about(self, call: Call) -> tuple[Request, Statement] | Reply:
        """The statement whose plan a form asks for, or what is wrong with the form."""
        if not self.access.has_token(call.form.get("token", "")):
            return replies.plain(403, "The form is out of date: reload the page, and press again.")
        request = self._store.get(call.number)
        if request is None:
            return self._gone(call)
        said = call.form.get("query", "")
        statement = request.statement(int(said)) if re.fullmatch("[0-9]{1,9}", said) else None
        if statement is None:
            return replies.plain(404, "The request has no such query.")
        return request, statement

    # --- the same as JSON ------------------------------------------------------------------------

    def _api_list(self, call: Call) -> Reply:
        requests = picked(self._store.latest(), call.wanted)
        return replies.document(api.request_list(requests, call.base, self.access.token))

    def _api_request(self, call: Call) -> Reply:
        request = self._store.get(call.number)
        if request is None:
            return replies.document({"error": f"There is no request {call.number}."}, 404)
        return replies.document(api.detail(request, call.base, call.wanted))

    def _api_explain(self, call: Call) -> Reply | Explain:
        found = self._asked_about(call)
        if isinstance(found, Reply):
            wrong = {403: "The token is missing or wrong.", 404: "There is no such query."}
            return replies.document({"error": wrong[found.status]}, found.status)

        def reply(plan: Plan) -> Reply:
            if plan.failed:
                return replies.document({"error": plan.text}, 409)
            return replies.document({"plan": plan.text})

        return answered(found[1], reply)


def answered(statement: Statement, reply: Callable[[Plan], Reply]) -> Reply | Explain:
    """The reply, at once where the database is not to be asked."""
    refusal = explaining.refused(statement)
    if refusal is not None:
        return reply(Plan(refusal, failed=True))
    return Explain(explaining.question(statement), reply)


def fields(text: str | bytes) -> dict[str, str]:
    """The fields of a form or a query string, the last of each name; none where it is no form."""
    try:
        said = text if isinstance(text, str) else text.decode()
        return {key: values[-1] for key, values in parse_qs(said, max_num_fields=20).items()}
    except ValueError:
        return {}


def checked_prefix(prefix: str) -> str:
    """The path below which the pages are.

    Raises:
        ConfigurationError: it is none.
    """
    if not isinstance(prefix, str) or not re.fullmatch(r"(/[\w.~-]+)+", prefix, re.A):
        raise ConfigurationError(
            f"{short(prefix)} is no path for the panel",
            asked=f"QueryPanelMiddleware(path={short(prefix)})",
            fix=f'Write it as "{PREFIX}".',
        )
    return prefix
