"""What may a receiver be in sync code? Anything that does not have to be awaited.

The counterpart of ``_async/test_signals_awaited.py``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from covet import aio, sync
from covet.sync import CharField, Model
from covet.sync.signals import Signal, WrongReceiver, post_init, post_save, receiver


class Post(Model):
    title = CharField(max_length=20)


class Theirs(aio.Model):
    title = CharField(max_length=20)


async def index(sender: Any, **kwargs: Any) -> None:
    raise AssertionError("never called")


class Index:
    async def __call__(self, sender: Any, **kwargs: Any) -> None:
        raise AssertionError("never called")

    async def method(self, sender: Any, **kwargs: Any) -> None:
        raise AssertionError("never called")


@pytest.mark.parametrize("waiting", [index, partial(index, extra=1), Index(), Index().method])
@pytest.mark.parametrize("signal", [post_save, post_init, Signal()])
def test_what_waits_is_refused_when_it_is_connected(waiting: Any, signal: Signal) -> None:
    with pytest.raises(WrongReceiver):
        signal.connect(waiting)

    assert not signal.receivers


def test_the_refusal_says_what_to_do() -> None:
    with pytest.raises(TypeError) as raised:
        receiver(post_save, sender=Post)(index)

    assert str(raised.value) == (
        "index is a coroutine function, which covet.sync cannot wait for. "
        "Write def without async, or import models and signals from covet.aio."
    )


def test_what_turns_out_to_wait_is_refused_when_it_is_called() -> None:
    paid = Signal()

    def hidden(sender: Any, **kwargs: Any) -> Any:
        return index(sender, **kwargs)

    paid.connect(hidden)

    with pytest.raises(TypeError, match=r"covet\.sync cannot run it"):
        paid.send("shop")


def test_a_model_of_the_other_colour_is_no_sender() -> None:
    def look(sender: Any, **kwargs: Any) -> None: ...

    with pytest.raises(WrongReceiver) as raised:
        post_save.connect(look, sender=Theirs)

    assert str(raised.value) == (
        "The sender Theirs is a model of the other colour. "
        "Import the model and the signal both from covet.aio, or both from covet.sync."
    )


def test_each_colour_has_signals_of_its_own() -> None:
    heard: list[Any] = []

    def look(sender: Any, **kwargs: Any) -> None:
        heard.append(sender)

    aio.signals.post_init.connect(look)
    try:
        assert "__init__" in vars(aio.Model)
        assert "__init__" not in vars(sync.Model)
        Post()
        Theirs()
    finally:
        aio.signals.post_init.disconnect(look)

    assert heard == [Theirs]


def test_both_faces_have_the_same_signals() -> None:
    assert aio.signals.__all__ == sync.signals.__all__
    assert {type(getattr(aio.signals, name)).__name__ for name in aio.signals.__all__} == {
        type(getattr(sync.signals, name)).__name__ for name in sync.signals.__all__
    }
