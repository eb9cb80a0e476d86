"""Who is told that an instance is made? While nobody wants to know, nothing is in the way.

The constructor is another one only as long as somebody listens, and so are generated loaders.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from threading import RLock
from typing import Any

from ..errors import name_of
from ..schema.record import Record
from .receivers import Receiver, Receivers, WrongReceiver, waits

PLAIN = "Write def without async: what it is told of is a constructor, which cannot wait."


class Making:
    """What tells of the instances of one colour's models.

    Args:
        root: the colour's ``Model``.
        before: the receivers of ``pre_init``.
        after: the receivers of ``post_init``.
    """

    def __init__(self, root: type[Record], before: Receivers, after: Receivers) -> None:
        self.root, self.before, self.after = root, before, after
        self._lock = RLock()  # a receiver may be noticed to be gone while it is held

    def changed(self) -> None:
        """Get in the way of what makes instances, or out of it."""
        root: Any = self.root
        with self._lock:
            if self.before.receivers or self.after.receivers:
                root._told, root.__init__ = self, self._constructor()
            else:
                for name in ("_told", "__init__"):
                    if name in vars(root):
                        delattr(root, name)
            for model in list(root._registry.models.values()):
                model._plans = {}  # another one, as a plan may just be put into the old

    def of_rows(self, model: type[Record]) -> Callable[[Record], None] | None:
        """What is called with each instance made of a row, or None where nobody wants to know."""
        if not (self.before.has_listeners(model) or self.after.has_listeners(model)):
            return None
        attnames = [field.attname for field in model._table.fields]

        def told(record: Record) -> None:
            if self.before.receivers:  # told only now; nobody can see that without the instance
                known = record.__dict__
                values = {name: known[name] for name in attnames if name in known}
                self._tell(self.before, model, args=(), kwargs=values)
            self._tell(self.after, model, instance=record)

        return told

    def _constructor(self) -> Callable[..., None]:
        def __init__(record: Record, /, *args: Any, **kwargs: Any) -> None:
            model = type(record)
            self._tell(self.before, model, args=args, kwargs=kwargs)
            Record.__init__(record, *args, **kwargs)
            self._tell(self.after, model, instance=record)

        return __init__

    def _tell(self, signal: Receivers, model: type[Record], **named: Any) -> None:
        for receiver in signal.chosen(model):
            result = receiver(signal=signal, sender=model, **named)
            if inspect.iscoroutine(result):
                result.close()
                raise WrongReceiver(_unfit(receiver), fix=PLAIN)


class InitReceivers(Receivers):
    """The receivers of ``pre_init`` or ``post_init``: plain functions, in either colour."""

    making: Making

    def unfit(self, receiver: Receiver) -> tuple[str, str] | None:
        """What is wrong with a receiver; that it waits, too."""
        reason = super().unfit(receiver)
        return reason or ((_unfit(receiver), PLAIN) if waits(receiver) else None)

    def changed(self) -> None:
        """Have constructors and loaders tell of what they make, or not any more."""
        self.making.changed()


def _unfit(receiver: Receiver) -> str:
    return f"{name_of(receiver)} is a coroutine function"
