"""Who is told of what happens to whom? The receivers of one signal, with Django's rules.

They are kept in a tuple that is replaced as a whole, so that whoever sends needs no lock and finds
out by one look at it that nobody listens.
"""

from __future__ import annotations

import inspect
import logging
import types
import weakref
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from threading import RLock
from typing import Any, ClassVar, TypeAlias, TypeVar

from ..errors import CovetError, name_of, short
from ..schema.record import Record

Receiver: TypeAlias = Callable[..., Any]
R = TypeVar("R", bound=Receiver)

LOG = logging.getLogger("covet.signals")


class WrongReceiver(CovetError, TypeError):
    """A receiver or a sender that a signal cannot be connected with."""


@dataclass(frozen=True, slots=True, eq=False)
class Connection:
    """One receiver, and whom it wants to hear of.

    Attributes:
        receiver: gives the receiver; None once it is gone.
        sender: gives the sender, which may be gone too; None where any will do.
        uid: what the receiver is known by, if not by itself.
    """

    receiver: Callable[[], Receiver | None]
    sender: Callable[[], object] | None
    uid: Hashable | None

    @property
    def is_alive(self) -> bool:
        """Whether it can be told of anything yet."""
        return self.receiver() is not None and not (self.sender and self.sender() is None)

    def is_about(self, sender: object) -> bool:
        """Whether its receiver wants to hear of a sender."""
        return self.sender is None or means(self.sender(), sender)

    def is_the_same(self, receiver: Receiver | None, sender: object, uid: Hashable | None) -> bool:
        """Whether this is what was connected by the same words."""
        if uid is None and not _is_same(self.receiver(), receiver):
            return False
        if self.sender is None or sender is None:
            return uid == self.uid and self.sender is sender
        said = self.sender()
        return uid == self.uid and (_is_named(said, sender) or _is_named(sender, said))


class Receivers:
    """The receivers of one signal, in the order in which they were connected."""

    root: ClassVar[type[Record] | None] = None  # the colour's Model, where only models are senders

    def __init__(self) -> None:
        self._lock = RLock()  # one who is gone may be noticed at any time, here too
        self.receivers: tuple[Connection, ...] = ()

    def connect(
        self,
        receiver: Receiver,
        sender: object = None,
        weak: bool = True,
        dispatch_uid: Hashable | None = None,
    ) -> None:
        """Have a function called whenever the signal is sent.

        Args:
            receiver: takes ``sender`` and ``**kwargs``; in async code it may be ``async def``.
            sender: the only sender to hear of, a model mostly. An abstract model stands for all
                that inherit from it; ``"Post"`` and ``"blog.Post"`` for models that may come later.
            weak: whether the connection ends with the receiver's life, as it does for a function
                within a function, a lambda or a method unless something else keeps those.
            dispatch_uid: a name for the receiver; a second one of that name is not connected.

        Raises:
            WrongReceiver: the receiver or the sender cannot be used (a ``TypeError`` too).

        Example:
            >>> post_save.connect(index, sender=Post)
        """
        reason = self.unfit(receiver)
        if reason is not None:
            raise WrongReceiver(reason[0], fix=reason[1])
        if self.root is not None:
            _check_model(sender, self.root)
        with self._lock:
            if not any(c.is_the_same(receiver, sender, dispatch_uid) for c in self.receivers):
                held = self._weakly(receiver) if weak else _strongly(receiver)
                connection = Connection(held, _held(sender), dispatch_uid)
                self._replace((*self.receivers, connection))

    def disconnect(
        self,
        receiver: Receiver | None = None,
        sender: object = None,
        dispatch_uid: Hashable | None = None,
    ) -> bool:
        """End what was connected by the same words.

        Args:
            receiver: not needed where it has a ``dispatch_uid``.
            sender: as it was connected.
            dispatch_uid: as it was connected.

        Returns:
            Whether there was such a connection.
        """
        with self._lock:
            left = tuple(
                c for c in self.receivers if not c.is_the_same(receiver, sender, dispatch_uid)
            )
            found = len(left) < len(self.receivers)
            self._replace(left)
        return found

    def has_listeners(self, sender: object = None) -> bool:
        """Whether anybody would be told of a sender."""
        return bool(self.receivers) and bool(self.chosen(sender))

    def chosen(self, sender: object) -> list[Receiver]:
        """Those who want to hear of a sender, in the order in which they were connected."""
        found = (c.receiver() for c in self.receivers if c.is_about(sender))
        return [receiver for receiver in found if receiver is not None]

    def unfit(self, receiver: Receiver) -> tuple[str, str] | None:
        """What is wrong with a receiver, and how to mend it; None if it can be connected."""
        if not callable(receiver):
            return f"{short(receiver)} is not a function", "Write connect(function, sender=Model)."
        name = name_of(receiver)
        if _is_any_of(receiver, inspect.isgeneratorfunction, inspect.isasyncgenfunction):
            return f"{name} is a generator function; calling it does nothing", "Take the yield out."
        if not _takes_keywords(receiver):
            return f"{name} does not take **kwargs", "Write (sender, **kwargs) as its parameters."
        return None

    def changed(self) -> None:
        """Called when there are other receivers than before."""

    def _weakly(self, receiver: Receiver) -> Callable[[], Receiver | None]:
        try:
            if isinstance(receiver, types.MethodType):
                return weakref.WeakMethod(receiver, self._gone)
            return weakref.ref(receiver, self._gone)
        except TypeError:
            wrong = f"{name_of(receiver)} cannot be referred to weakly"
            raise WrongReceiver(wrong, fix="Write weak=False.") from None

    def _gone(self, _: object) -> None:
        with self._lock:
            self._replace(self.receivers)

    def _replace(self, connections: tuple[Connection, ...]) -> None:
        self.receivers = tuple(c for c in connections if c.is_alive)
        self.changed()


def receiver(
    signal: Receivers | Iterable[Receivers],
    sender: object = None,
    weak: bool = True,
    dispatch_uid: Hashable | None = None,
) -> Callable[[R], R]:
    """Connect the function below with a signal, or with several.

    Args:
        signal: one, or a list.
        sender: as for ``Signal.connect``.
        weak: as for ``Signal.connect``.
        dispatch_uid: as for ``Signal.connect``.

    Example:
        >>> @receiver(post_save, sender=Post)
        ... async def index(sender, instance, **kwargs):
        ...     await Entry.objects.create(word=instance.title)
    """
    signals = [signal] if isinstance(signal, Receivers) else list(signal)

    def connected(function: R) -> R:
        for one in signals:
            one.connect(function, sender, weak, dispatch_uid)
        return function

    return connected


def waits(function: Receiver) -> bool:
    """Whether what calling a function gives has to be waited for."""
    return _is_any_of(function, inspect.iscoroutinefunction)


def log_failure(signal: Receivers, function: Receiver, error: Exception) -> None:
    """Write down what a receiver failed with, as ``send_robust`` goes on."""
    LOG.error("%s failed as a receiver of %r", name_of(function), signal, exc_info=error)


def means(said: object, sender: object) -> bool:
    """Whether a sender is the one that was said: itself, an abstract base of it, or its name."""
    if isinstance(sender, type) and issubclass(sender, Record):
        bases = (base for base in sender.__mro__[1:] if "_table" not in vars(base))
        return _is_named(said, sender) or any(_is_named(said, base) for base in bases)
    return _is_named(said, sender)


def _is_named(said: object, sender: object) -> bool:
    """Whether a sender was said by itself, or is a model that goes by ``"Post"``, ``"blog.Post"``.

    A model's app is its label, or its module.
    """
    if said is sender or not isinstance(said, str):
        return said is sender
    if not (isinstance(sender, type) and "_options" in vars(sender)):
        return said == sender
    app, _, name = said.rpartition(".")
    label = vars(sender)["_options"].app_label
    return name == sender.__name__ and app in ("", label, sender.__module__)


def _check_model(sender: object, root: type[Record]) -> None:
    if sender is None or isinstance(sender, str):
        return
    if not (isinstance(sender, type) and issubclass(sender, Record)):
        raise WrongReceiver(
            f"The sender {short(sender)} is not a model", fix="Give the class, or its name."
        )
    if not issubclass(sender, root):
        raise WrongReceiver(
            f"The sender {sender.__name__} is a model of the other colour",
            fix="Import the model and the signal both from covet.aio, or both from covet.sync.",
        )


def _is_same(one: Receiver | None, other: Receiver | None) -> bool:
    if isinstance(one, types.MethodType) and isinstance(other, types.MethodType):
        return one.__self__ is other.__self__ and one.__func__ is other.__func__
    return one is other


def _is_any_of(function: Any, *kinds: Callable[[object], bool]) -> bool:
    """Whether a function, or an object that can be called like one, is of one of these kinds."""
    return any(is_kind(thing) for is_kind in kinds for thing in (function, function.__call__))


def _takes_keywords(function: Receiver) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # written in C, and says nothing
        return True
    return any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)


def _strongly(thing: Any) -> Callable[[], Any]:
    return lambda: thing


def _held(sender: object) -> Callable[[], object] | None:
    """What gives a sender, without keeping it where that can be helped."""
    if sender is None:
        return None
    try:
        return weakref.ref(sender)
    except TypeError:  # a string or a number
        return _strongly(sender)
