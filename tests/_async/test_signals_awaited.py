# covet: no twin — receivers that are awaited; tests/test_sync_signals.py is the counterpart
"""What may a receiver wait for in async code?"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest

from covet.aio import CharField, Database, Model, atomic, capture_queries
from covet.aio.signals import Signal, WrongReceiver, post_init, post_save, pre_save, receiver


class Post(Model):
    title = CharField(max_length=20)


class Entry(Model):
    word = CharField(max_length=20)


async def index(sender: Any, instance: Post, **kwargs: Any) -> None:
    await Entry.objects.create(word=instance.title)


async def test_a_receiver_is_awaited_in_the_transaction_of_who_saves(db: Database) -> None:
    async def half() -> None:
        async with atomic():
            await Post.objects.create(title="undone")
            assert await Entry.objects.count() == 1
            raise ZeroDivisionError

    post_save.connect(index, sender=Post)
    try:
        with pytest.raises(ZeroDivisionError):
            await half()
        await Post.objects.create(title="kept")
    finally:
        post_save.disconnect(index, sender=Post)

    assert await Entry.objects.values_list("word", flat=True) == ["kept"]


async def test_functions_of_both_kinds_are_called_in_their_order() -> None:
    paid = Signal()
    order: list[str] = []

    async def slow(sender: Any, **kwargs: Any) -> str:
        await asyncio.sleep(0)
        order.append("slow")
        return "waited"

    def quick(sender: Any, **kwargs: Any) -> str:
        order.append("quick")
        return "at once"

    class Both:
        async def __call__(self, sender: Any, **kwargs: Any) -> str:
            order.append("object")
            return "called"

        async def method(self, sender: Any, **kwargs: Any) -> str:
            order.append("method")
            return "bound"

    both = Both()
    part = partial(slow, extra=1)
    for each in (slow, quick, both, both.method, part):
        paid.connect(each)

    answers = await paid.send("shop")

    assert order == ["slow", "quick", "object", "method", "slow"]
    assert [answer for _, answer in answers] == ["waited", "at once", "called", "bound", "waited"]


async def test_robust_sending_takes_what_a_coroutine_raises_but_no_cancellation() -> None:
    paid = Signal()

    async def fail(sender: Any, error: BaseException, **kwargs: Any) -> None:
        raise error

    paid.connect(fail)
    wrong = ValueError("no")

    assert await paid.send_robust("shop", error=wrong) == [(fail, wrong)]
    with pytest.raises(asyncio.CancelledError):
        await paid.send_robust("shop", error=asyncio.CancelledError())


async def test_a_task_that_is_returned_goes_on_by_itself() -> None:
    paid = Signal()
    gate = asyncio.Event()

    def start(sender: Any, **kwargs: Any) -> asyncio.Task[Any]:
        return asyncio.create_task(gate.wait())

    paid.connect(start)

    [(_, task)] = await paid.send("shop")

    assert not task.done()
    gate.set()
    await task


def test_what_waits_cannot_be_told_by_a_constructor() -> None:
    with pytest.raises(WrongReceiver) as raised:
        post_init.connect(index)

    assert str(raised.value) == (
        "index is a coroutine function. "
        "Write def without async: what it is told of is a constructor, which cannot wait."
    )
    assert not post_init.receivers


def test_what_turns_out_to_wait_is_refused_by_a_constructor() -> None:
    def hidden(sender: Any, **kwargs: Any) -> Any:
        return index(sender, **kwargs)

    post_init.connect(hidden)
    try:
        with pytest.raises(WrongReceiver, match="hidden is a coroutine function"):
            Post()
    finally:
        post_init.disconnect(hidden)


async def test_two_tasks_that_save_at_once_do_not_disturb_each_other(db: Database) -> None:
    seen: list[str] = []

    @receiver(pre_save, sender=Post)
    async def look(sender: Any, instance: Post, **kwargs: Any) -> None:
        await asyncio.sleep(0)
        seen.append(instance.title)

    try:
        with capture_queries() as queries:
            await asyncio.gather(*(Post.objects.create(title=str(n)) for n in range(5)))
    finally:
        pre_save.disconnect(look, sender=Post)

    assert sorted(seen) == ["0", "1", "2", "3", "4"]
    assert len(queries) == 5
