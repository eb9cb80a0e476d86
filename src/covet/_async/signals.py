"""What happens to instances, for whoever wants to know? Django's signals."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..pairs import async_answer, async_unfit
from ..schema.record import Record
from ..watch.making import InitReceivers, Making
from ..watch.receivers import Receiver, Receivers, log_failure


class Signal(Receivers):
    """Something that functions can be connected with, to be called each time that it happens.

    Example:
        >>> order_paid = Signal()
        >>> order_paid.connect(send_receipt)
        >>> await order_paid.send(sender=Order, order=order)
    """

    def unfit(self, receiver: Receiver) -> tuple[str, str] | None:
        """What is wrong with a receiver, and how to mend it; None if it can be connected."""
        return super().unfit(receiver) or async_unfit(receiver)

    async def send(self, sender: Any, **named: Any) -> list[tuple[Receiver, Any]]:
        """Call every receiver of a sender, one after the other.

        An exception that one raises is raised here; those behind it are not called then.

        Args:
            sender: whom it is about, a model mostly.
            **named: what the receivers are told; they get ``signal`` and ``sender`` too.

        Returns:
            Each receiver with what it returned.
        """
        return [(one, await self._call(one, sender, named)) for one in self.chosen(sender)]

    async def send_robust(self, sender: Any, **named: Any) -> list[tuple[Receiver, Any]]:
        """Call every receiver of a sender, whatever the others raise.

        Args:
            sender: as for ``send``.
            **named: as for ``send``.

        Returns:
            Each receiver with what it returned, or with the exception, which is logged too.
        """
        answers: list[tuple[Receiver, Any]] = []
        for one in self.chosen(sender):
            try:
                answers.append((one, await self._call(one, sender, named)))
            except Exception as error:
                log_failure(self, one, error)
                answers.append((one, error))
        return answers

    async def _call(self, receiver: Receiver, sender: Any, named: dict[str, Any]) -> Any:
        return await async_answer(partial(receiver, signal=self, sender=sender, **named))


class ModelSignal(Signal):
    """A signal that models send."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def __repr__(self) -> str:
        return f"<signal {self._name}>"


class InitSignal(InitReceivers, ModelSignal):
    """A signal that constructors send, which cannot wait."""


pre_init = InitSignal("pre_init")
post_init = InitSignal("post_init")
pre_save = ModelSignal("pre_save")
post_save = ModelSignal("post_save")
pre_delete = ModelSignal("pre_delete")
post_delete = ModelSignal("post_delete")
m2m_changed = ModelSignal("m2m_changed")


def complete(model: type[Record]) -> None:
    """Let signals know the model that all models inherit from."""
    ModelSignal.root = model
    InitSignal.making = Making(model, pre_init, post_init)
