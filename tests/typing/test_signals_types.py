"""What do type checkers make of signals, in both colours? Read by mypy --strict and pyright.

A line with ``# type: ignore[…]`` is a mistake that both checkers must find: a comment that silences
nothing is an error itself.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from collections.abc import Callable
from typing import Any, assert_type

from covet import aio
from covet.aio.signals import Signal, post_save, receiver
from covet.sync.signals import Signal as SyncSignal

Answers = list[tuple[Callable[..., Any], Any]]


class Post(aio.Model):
    title = aio.CharField(max_length=200)


paid, sync_paid = Signal(), SyncSignal()


@receiver([paid, Signal()], sender=Post, dispatch_uid="typed")
async def index(sender: type[Post], instance: Post, **kwargs: Any) -> int:
    return len(instance.title)


async def what_signals_give() -> None:
    post = Post(title="Hello")

    assert_type(await index(Post, post), int)
    assert_type(await paid.send(Post, instance=post), Answers)
    assert_type(await paid.send_robust(Post, instance=post), Answers)
    assert_type(sync_paid.send("shop"), Answers)
    assert_type(paid.has_listeners(Post), bool)
    assert_type(post_save.disconnect(index, sender=Post, dispatch_uid="typed"), bool)
    assert_type(aio.signals.post_save.has_listeners(), bool)
    paid.connect("index")  # type: ignore[arg-type]
    await paid.send()  # type: ignore[call-arg]
