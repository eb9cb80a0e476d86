"""What can go wrong, each error built from data and its sentence written once.

An error says what was asked, what is wrong, what is possible and how to fix it, and keeps these
four parts as attributes. The names follow Django's where Django has one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from reprlib import Repr
from typing import Any

LONGEST_REPR = 80
LONGEST_CALL = 300
COLLECTIONS = (list, tuple, dict, set, frozenset)

_brief = Repr()
_brief.maxstring = _brief.maxother = LONGEST_REPR


def short(value: object) -> str:
    """A value for a message or a log: its ``repr`` on one line, cut, and never an error itself."""
    try:
        if isinstance(value, str | bytes | bytearray):
            value = value[: LONGEST_REPR + 1]
        text = _brief.repr(value) if isinstance(value, COLLECTIONS) else repr(value)
    except Exception:  # a huge int, a deep list, or a __repr__ of the user's that fails
        return f"a value of type {type(value).__name__}"
    text = text if text.isprintable() else repr(text)[1:-1]
    return text if len(text) <= LONGEST_REPR else text[: LONGEST_REPR - 1] + "…"


def cut(call: str) -> str:
    """A call as the user wrote it, no longer than a message can take."""
    return call if len(call) <= LONGEST_CALL else call[: LONGEST_CALL - 1] + "…"


def keyword(name: str, value: str = "…") -> str:
    """A keyword argument as a message shows it; a name that could be none, in a dictionary."""
    if name.isidentifier() and len(name) <= LONGEST_REPR:
        return f"{name}={value}"
    return f"**{{{short(name)}: {value}}}"


def name_of(function: object) -> str:
    """A function's name as a message shows it."""
    return str(getattr(function, "__qualname__", None) or short(function))


def nearest(word: object, choices: Iterable[str]) -> str | None:
    """The choice that a mistyped word most probably meant, or None."""
    if not isinstance(word, str):
        return None
    close = get_close_matches(word[:LONGEST_REPR], list(choices), n=1, cutoff=0.6)
    return close[0] if close else None


class CovetError(Exception):
    """The base of every error that covet raises on purpose.

    Attributes:
        wrong: what is wrong, one sentence.
        asked: the call that asked for it, such as ``filter(titel=…)``.
        possible: the words that would have been right, nearest match first.
        fix: what to write instead.
    """

    def __init__(
        self,
        wrong: str,
        *,
        asked: str | None = None,
        possible: Sequence[str] = (),
        fix: str | None = None,
    ) -> None:
        self.wrong = wrong
        self.asked = asked
        self.possible = tuple(possible)
        self.fix = fix
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """The whole message."""
        text = self.wrong if self.asked is None else f"{self.wrong} (in {cut(self.asked)})"
        text += "" if text.endswith((".", "?", "!")) else "."
        return f"{text} {self.fix}" if self.fix else text

    def __reduce__(self) -> Any:
        return _rebuild, (type(self), self.args, self.__dict__)


@contextmanager
def naming(asked: str) -> Iterator[None]:
    """Where what goes wrong names the call that the user wrote, unless it names one already."""
    try:
        yield
    except FieldError as error:
        if error.asked is None:
            error.asked = asked
            error.args = (error.sentence(),)
        raise


def _rebuild(cls: type[CovetError], args: tuple[Any, ...], state: dict[str, Any]) -> CovetError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(CovetError):
    """A connection or a setting cannot be used as it was given: URL, driver, alias."""


class ModelError(CovetError):
    """A model is declared in a way that cannot work; raised while the class is made."""


class NotLoaded(CovetError):
    """An attribute of something that has not been loaded from the database yet was touched."""


class FieldError(CovetError):
    """A query names something that its model does not have, or uses it in a wrong place."""


class UnknownField(FieldError):
    """A query or a constructor names a field that the model does not have."""

    def __init__(self, model: str, name: str, choices: Iterable[str], asked: str | None = None):
        possible = sorted(choices)
        guess = nearest(name, possible) if isinstance(name, str) else None
        self.model, self.name = model, name
        fix = f"Fields: {', '.join(possible)}."
        super().__init__(
            f"{model} has no field {short(name)}",
            asked=asked,
            possible=[guess, *(p for p in possible if p != guess)] if guess else possible,
            fix=f"Did you mean {guess!r}? {fix}" if guess else fix,
        )


class UnknownLookup(FieldError):
    """A query uses a lookup that the field does not have, such as ``views__startwith``."""

    def __init__(
        self, model: str, field: str, name: str, choices: Iterable[str], asked: str | None = None
    ):
        possible = sorted(choices)
        guess = nearest(name, possible)
        self.model, self.field, self.name = model, field, name
        fix = f"Lookups: {', '.join(possible)}."
        super().__init__(
            f"{model}.{field} has no lookup {short(name)}",
            asked=asked,
            possible=[guess, *(p for p in possible if p != guess)] if guess else possible,
            fix=f"Did you mean {guess!r}? {fix}" if guess else fix,
        )


NON_FIELD_ERRORS = "__all__"


class ValidationError(CovetError, ValueError):
    """One or more values that a model, or the column behind a field, does not accept.

    Attributes:
        errors: field name → messages; ``"__all__"`` holds those of the model as a whole.
        model: the model's name, or None where no model is known.

    Example:
        >>> error = ValidationError({"title": ["is longer than 5 characters"]}, model="Post")
        >>> str(error)
        'Post.title is longer than 5 characters.'
    """

    def __init__(
        self,
        errors: str | Sequence[str] | Mapping[str, Sequence[str] | str],
        *,
        model: str | None = None,
        code: str | None = None,
    ) -> None:
        if isinstance(errors, str):
            errors = {NON_FIELD_ERRORS: [errors]}
        elif not isinstance(errors, Mapping):
            errors = {NON_FIELD_ERRORS: list(errors)}
        self.errors: dict[str, list[str]] = {
            name: [messages] if isinstance(messages, str) else list(messages)
            for name, messages in errors.items()
        }
        self.model = model
        self.code = code
        super().__init__("; ".join(self._sentences()))

    def _sentences(self) -> list[str]:
        return [
            _said_of(self._subject(name), message)
            for name, messages in self.errors.items()
            for message in messages
        ]

    def _subject(self, name: str) -> str:
        if name == NON_FIELD_ERRORS:
            return f"{self.model}:" if self.model else ""
        return f"{self.model}.{name}" if self.model else name

    @property
    def messages(self) -> list[str]:
        """All messages in one list, without the names of their fields."""
        return [message for messages in self.errors.values() for message in messages]

    @property
    def message_dict(self) -> dict[str, list[str]]:
        """The messages by field; Django's name for ``errors``."""
        return self.errors


class InvalidCursor(ValidationError):
    """A cursor was changed on its way, or belongs to another query."""


def _said_of(subject: str, message: str) -> str:
    """A predicate behind its subject, or a sentence of its own behind a colon."""
    colon = ":" if subject and message[:1].isupper() and not subject.endswith(":") else ""
    return f"{subject}{colon} {message}".strip()


class InvalidPage(CovetError):
    """A paginator has no such page."""


class PageNotAnInteger(InvalidPage):
    """What was given as the number of a page is no number."""


class EmptyPage(InvalidPage):
    """There is no page of that number."""


class ObjectDoesNotExist(CovetError):
    """No row matched where exactly one was asked for. Each model has its own subclass."""


class MultipleObjectsReturned(CovetError):
    """Several rows matched where exactly one was asked for. Each model has its own subclass."""


class DatabaseError(CovetError):
    """The database or its driver refused; the driver's own error is the ``__cause__``."""


class InterfaceError(DatabaseError):
    """The driver was used in a way that it does not support."""


class OperationalError(DatabaseError):
    """The database could not do its work: connection lost, locked, out of memory, cancelled."""


class ConnectionFailed(OperationalError):
    """No connection could be made: refused, wrong password, no such database, timed out."""


class PoolTimeout(OperationalError):
    """No connection of the pool became free in time; the message says who holds them."""


class IntegrityError(DatabaseError):
    """A constraint of the database was violated: unique, foreign key, not null, check."""


class ProtectedError(IntegrityError):
    """Rows cannot be deleted, as others refer to them by a key with ``on_delete=PROTECT``.

    Attributes:
        protected_objects: the rows that refer to them, as instances.
    """

    def __init__(self, wrong: str, protected_objects: Collection[Any], *, fix: str | None = None):
        super().__init__(wrong, fix=fix)
        self.protected_objects = protected_objects


class RestrictedError(IntegrityError):
    """Rows cannot be deleted, as others that stay refer to them, with ``on_delete=RESTRICT``.

    Attributes:
        restricted_objects: the rows that refer to them and stay, as instances.
    """

    def __init__(self, wrong: str, restricted_objects: Collection[Any], *, fix: str | None = None):
        super().__init__(wrong, fix=fix)
        self.restricted_objects = restricted_objects


class DataError(DatabaseError):
    """The database could not process a value: out of range, division by zero, bad cast."""


class InternalError(DatabaseError):
    """The database met an error of its own."""


class ProgrammingError(DatabaseError):
    """The statement is wrong: no such table or column, syntax, wrong number of parameters."""


class NotSupportedError(DatabaseError):
    """This database has no such feature; the message names it and the alternative."""


class TransactionError(DatabaseError):
    """A transaction is used wrongly or is broken: query after an error, child after the end."""


class CommitOutcomeUnknown(TransactionError):
    """A COMMIT was sent and its answer never read, so nobody knows whether it was carried out.

    The connection was lost in between, or the task was cancelled: then this is the ``__cause__`` of
    the cancellation. Such a transaction is never done again by itself.
    """


class BudgetExceeded(CovetError):
    """A block asked more of the databases than its ``query_budget()`` allows."""


class NPlusOneWarning(UserWarning):
    """Queries that another way of asking would have made unnecessary.

    Attributes:
        finding: what was found, as ``covet.watch`` reports it.
    """

    def __init__(self, text: str, finding: Any = None) -> None:
        super().__init__(text)
        self.finding = finding


class NPlusOneError(CovetError):
    """Queries were repeated for each of many rows where one would have done.

    Attributes:
        findings: what was found, as ``covet.watch`` reports it.
    """

    def __init__(self, wrong: str, findings: Sequence[Any] = ()) -> None:
        super().__init__(wrong)
        self.findings = tuple(findings)

    def sentence(self) -> str:
        """The reports, which end by themselves."""
        return self.wrong


class QueryTooComplex(FieldError):
    """A query is nested deeper, or is longer, than the database accepts."""
