"""Were queries sent for each of many rows, where one would have done for all of them?"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from logging import getLogger
from typing import Any, Literal, ParamSpec, TypeAlias, TypeVar, cast

from ..errors import ConfigurationError, NPlusOneError, NPlusOneWarning, name_of, short
from .events import Query
from .findings import WASTES, Finding
from .seen import Seen
from .settings import Settings, settings
from .touches import TOUCHES
from .tracker import Scope

Action: TypeAlias = Literal["log", "warn", "raise"]
P = ParamSpec("P")
R = TypeVar("R")

LOG = getLogger("covet.n_plus_one")


def find(
    queries: Iterable[Query], *, threshold: int | None = None, allow: Sequence[str] = ()
) -> list[Finding]:
    """What could be asked with fewer queries, among those that were recorded already.

    Args:
        queries: as trackers keep them, in order.
        threshold: how many of one shape from one line are too many; what ``pyproject.toml`` says
            when left out.
        allow: what is not reported, besides what ``pyproject.toml`` allows.

    Returns:
        The findings, the worst first. What was loaded in advance and never touched is among them
        if touches were noted, as a detector has it.

    Raises:
        ConfigurationError: a threshold or an entry that cannot be one.

    Example:
        >>> with QueryTracker() as tracker:
        ...     await page()
        >>> for finding in find(tracker):
        ...     print(finding.fix)
    """
    wanted = settings().changed("find(…)", threshold=threshold, allow=allow)
    seen = Seen()
    for query in queries:
        seen.add(query)
    return seen.findings(wanted.threshold, wanted.allow, unused=wanted.unused)


class NPlusOneDetector(Scope["NPlusOneDetector"]):
    """A block, or a function, in which queries are watched that one query could have replaced.

    It hears what a ``QueryTracker`` hears. What is left out is what ``pyproject.toml`` says under
    ``[tool.covet.n_plus_one]``, or else the default.

    Args:
        threshold: how many queries of one shape from one line are too many; 5.
        action: what becomes of findings at the end: ``"log"`` writes them to the logger
            ``covet.n_plus_one``, ``"warn"`` gives a ``NPlusOneWarning`` at the line that sent them,
            ``"raise"`` raises a ``NPlusOneError``.
        allow: what is not reported, besides what ``pyproject.toml`` allows: relations
            (``"Author.posts"``, ``"Post.*"``), models (``"Author"``), files (``"app/legacy/*"``)
            and functions (``"app/views.py:index"``).
        unused: whether what is loaded in advance and never touched is reported too. That, and rows
            that are counted and fetched, is never raised, but logged.

    Attributes:
        findings: what was found, the worst first; after the block.

    Raises:
        ConfigurationError: a setting that cannot be one.
        NPlusOneError: at the block's end, unless another error leaves it.

    Example:
        >>> with NPlusOneDetector(action="raise"):
        ...     for post in await Post.objects.fetch_mode(FETCH_ONE).fetch():
        ...         await post.author
    """

    _called = "NPlusOneDetector(…)"

    def __init__(
        self,
        threshold: int | None = None,
        action: Action | None = None,
        allow: Iterable[str] = (),
        *,
        unused: bool | None = None,
    ) -> None:
        self.settings: Settings = settings().changed(
            self._called, threshold=threshold, action=action, allow=allow, unused=unused
        )
        self.findings: list[Finding] = []
        self._seen = Seen()

    def heard(self, query: Query) -> None:
        """Take a statement, with the line of code that sent it."""
        query.find_stack()
        self._seen.add(query)

    def given(self) -> NPlusOneDetector:
        """The detector itself."""
        self._seen, self.findings = Seen(), []
        if self.settings.unused:
            TOUCHES.wanted()
        return self

    def finished(self, failed: bool) -> None:
        """Report what was found."""
        wanted = self.settings
        if wanted.unused:
            TOUCHES.unwanted()
        # An error may have come before what was loaded in advance was needed.
        self.findings = self._seen.findings(
            wanted.threshold, wanted.allow, unused=wanted.unused and not failed
        )
        _report(self.findings, wanted.action, failed)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """The function with each call of it watched by a detector of its own.

        Raises:
            ConfigurationError: it is no function, or a generator function, whose code runs later.
        """
        if not callable(function) or isinstance(function, type):
            raise ConfigurationError(f"{short(function)} is no function", asked=self._called)
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise ConfigurationError(
                f"{name_of(function)} is a generator function, whose code runs after it was called",
                asked=self._called,
                fix="Write the detector as a with block inside of it.",
            )
        if inspect.iscoroutinefunction(function):
            return cast("Callable[P, R]", self._watched(function))

        @wraps(function)
        def watched(*args: P.args, **kwargs: P.kwargs) -> R:
            with self._again():
                return function(*args, **kwargs)

        return watched

    def _watched(self, function: Callable[P, Any]) -> Callable[P, Any]:
        @wraps(function)
        async def watched(*args: P.args, **kwargs: P.kwargs) -> Any:
            with self._again():
                return await function(*args, **kwargs)

        return watched

    def _again(self) -> NPlusOneDetector:
        twin = object.__new__(type(self))
        twin.settings = self.settings
        return twin


class _Detecting(NPlusOneDetector):
    _called = "detect_n_plus_one(…)"


def detect_n_plus_one(
    threshold: int | None = None,
    action: Action | None = None,
    allow: Iterable[str] = (),
    *,
    unused: bool | None = None,
) -> NPlusOneDetector:
    """Find queries that are sent for each of many rows, in a block or in a function.

    Args:
        threshold: as for ``NPlusOneDetector``, and so are the others.
        action: what becomes of findings: ``"log"``, ``"warn"`` or ``"raise"``.
        allow: what is not reported.
        unused: whether what is loaded in advance and never touched is reported too.

    Returns:
        The detector: a context manager (a plain ``with`` in both colours), and a decorator.

    Raises:
        ConfigurationError: a setting that cannot be one.

    Example:
        >>> @detect_n_plus_one(action="warn", allow=["Author.posts"])
        ... async def index(request):
        ...     ...
    """
    return _Detecting(threshold, action, allow, unused=unused)


# --- telling of them -----------------------------------------------------------------------------


def _report(findings: list[Finding], action: str, failed: bool) -> None:
    is_raised = action == "raise" and not failed
    raised = [one for one in findings if is_raised and one.kind in WASTES]
    for finding in findings:
        if action == "warn":
            _warn(finding, failed)
        elif finding not in raised:
            LOG.warning("\n%s", finding.text(), extra={"finding": finding.as_dict()})
    if raised:
        count = "N+1 queries were" if len(raised) > 1 else "An N+1 query was"
        reports = "\n\n".join(finding.text() for finding in raised)
        raise NPlusOneError(f"{count} found:\n{reports}", findings)


def _warn(finding: Finding, failed: bool) -> None:
    """Warn at the line of the loop; never instead of an error that leaves the block."""
    site = finding.site
    assert site is not None
    warning = NPlusOneWarning(f"\n{finding.text()}", finding)
    try:
        warnings.warn_explicit(warning, NPlusOneWarning, site.file, site.line)
    except NPlusOneWarning:
        if not failed:
            raise
