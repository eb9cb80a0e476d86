"""Which receivers of a signal are chosen for a sender, and when are they gone?"""

from __future__ import annotations

import gc
import threading
from typing import Any

import pytest

from covet.sync import Model
from covet.watch.receivers import Receivers, WrongReceiver, receiver


class Base(Model):
    class Meta:
        abstract = True
        app_label = "shop"


class Order(Base): ...


class Item(Model): ...


def one(sender: Any, **kwargs: Any) -> None: ...


def two(sender: Any, **kwargs: Any) -> None: ...


class Listener:
    def hear(self, sender: Any, **kwargs: Any) -> None: ...

    def __call__(self, sender: Any, **kwargs: Any) -> None: ...


@pytest.fixture
def signal() -> Receivers:
    return Receivers()


# --- choosing ------------------------------------------------------------------------------------


def test_receivers_come_in_the_order_of_their_connection(signal: Receivers) -> None:
    signal.connect(two)
    signal.connect(one, sender=Order)

    assert signal.chosen(Order) == [two, one]
    assert signal.chosen(Item) == [two]


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        (None, {Order, Item, Base, "a word", 5}),
        (Order, {Order}),
        (Base, {Order, Base}),
        (Model, {Order, Item, Base}),
        ("Order", {Order}),
        ("shop.Order", {Order}),
        (f"{__name__}.Order", {Order}),
        ("shop.Base", {Order, Base}),
        ("other.Order", set()),
        ("Item", {Item}),
        (".Item", {Item}),
        ("a word", {"a word"}),
        (5, {5}),
    ],
)
def test_what_is_said_means_these_senders(said: Any, chosen: set[Any], signal: Receivers) -> None:
    signal.connect(one, sender=said)

    senders = (Order, Item, Base, "a word", 5)
    assert {sender for sender in senders if signal.has_listeners(sender)} == chosen


def test_nobody_listens_at_first(signal: Receivers) -> None:
    assert not signal.receivers
    assert not signal.has_listeners()
    assert signal.chosen(Order) == []


def test_asking_without_a_sender_is_about_those_who_hear_of_all(signal: Receivers) -> None:
    signal.connect(one, sender=Order)
    assert not signal.has_listeners()

    signal.connect(two)
    assert signal.has_listeners()


# --- connecting ----------------------------------------------------------------------------------


def test_what_is_connected_twice_is_called_once(signal: Receivers) -> None:
    listener = Listener()
    for _ in range(2):
        signal.connect(one)
        signal.connect(listener.hear)
        signal.connect(two, sender=Order)
    signal.connect(two, sender="shop.Order")  # the same by another name

    assert signal.chosen(Order) == [one, listener.hear, two]


def test_for_another_sender_it_is_another_connection(signal: Receivers) -> None:
    signal.connect(one, sender=Order)
    signal.connect(one, sender=Item)
    signal.connect(one)

    assert signal.chosen(Order) == [one, one]


def test_a_receiver_may_be_known_by_a_name(signal: Receivers) -> None:
    signal.connect(one, dispatch_uid="index")
    signal.connect(two, dispatch_uid="index")

    assert signal.chosen(Order) == [one]
    assert not signal.disconnect(one)
    assert signal.disconnect(dispatch_uid="index")
    assert not signal.receivers


def test_disconnecting_says_whether_there_was_anything(signal: Receivers) -> None:
    signal.connect(one, sender=Order)

    assert not signal.disconnect(one)
    assert not signal.disconnect(two, sender=Order)
    assert signal.disconnect(one, sender=Order)
    assert not signal.disconnect(one, sender=Order)


@pytest.mark.parametrize(("said", "again"), [(Order, "Order"), ("shop.Order", Order)])
def test_a_model_and_its_name_are_the_same_sender(said: Any, again: Any, signal: Receivers) -> None:
    signal.connect(one, sender=said)

    assert signal.disconnect(one, sender=again)


def test_an_abstract_model_is_another_sender_than_those_that_inherit_from_it(
    signal: Receivers,
) -> None:
    signal.connect(one, sender=Base)
    signal.connect(one, sender=Order)

    assert signal.chosen(Order) == [one, one]
    assert signal.disconnect(one, sender=Order)
    assert signal.chosen(Order) == [one]


def test_a_method_is_the_same_however_often_it_is_asked_for(signal: Receivers) -> None:
    listener = Listener()
    signal.connect(listener.hear)

    assert not signal.disconnect(Listener().hear)
    assert signal.disconnect(listener.hear)


def test_the_decorator_connects_and_gives_the_function_back(signal: Receivers) -> None:
    other = Receivers()

    @receiver([signal, other], sender=Order)
    def hear(sender: Any, **kwargs: Any) -> None: ...

    assert signal.chosen(Order) == other.chosen(Order) == [hear]


def test_the_decorator_takes_what_connect_does(signal: Receivers) -> None:
    receiver(signal, weak=False, dispatch_uid="hear")(lambda **kwargs: 5)

    assert [hear() for hear in signal.chosen(Order)] == [5]
    assert signal.disconnect(dispatch_uid="hear")


# --- the end of a receiver's life ----------------------------------------------------------------


def test_a_connection_ends_with_the_receivers_life(signal: Receivers) -> None:
    def local(sender: Any, **kwargs: Any) -> None: ...

    listener = Listener()
    signal.connect(local)
    signal.connect(listener)
    signal.connect(listener.hear)

    del local, listener
    gc.collect()

    assert signal.receivers == ()


def test_without_weak_a_connection_keeps_its_receiver(signal: Receivers) -> None:
    signal.connect(Listener().hear, weak=False)
    signal.connect(lambda **kwargs: None, weak=False)
    gc.collect()

    assert len(signal.chosen(Order)) == 2


def test_a_connection_does_not_keep_its_sender(signal: Receivers) -> None:
    class Gone: ...

    signal.connect(one, sender=Gone)
    del Gone
    gc.collect()
    signal.connect(two, sender=Order)

    assert [connection.receiver() for connection in signal.receivers] == [two]


def test_threads_may_connect_at_once(signal: Receivers) -> None:
    listeners = [Listener() for _ in range(400)]
    gate = threading.Barrier(4)

    def connect(part: list[Listener]) -> None:
        gate.wait()
        for listener in part:
            signal.connect(listener)

    threads = [threading.Thread(target=connect, args=(listeners[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {id(chosen) for chosen in signal.chosen(Order)} == set(map(id, listeners))


# --- refusing ------------------------------------------------------------------------------------


def narrow(sender: Any) -> None: ...


def yields(sender: Any, **kwargs: Any) -> Any:
    yield


class Slots:
    __slots__ = ()

    def hear(self, sender: Any, **kwargs: Any) -> None: ...


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (None, "None is not a function. Write connect(function, sender=Model)."),
        (narrow, "narrow does not take **kwargs. Write (sender, **kwargs) as its parameters."),
        (yields, "yields is a generator function; calling it does nothing. Take the yield out."),
        (Slots().hear, "Slots.hear cannot be referred to weakly. Write weak=False."),
    ],
)
def test_what_cannot_be_a_receiver_is_refused(wrong: Any, message: str, signal: Receivers) -> None:
    with pytest.raises(WrongReceiver) as raised:
        signal.connect(wrong)

    assert str(raised.value) == message
    assert isinstance(raised.value, TypeError)
    assert not signal.receivers
