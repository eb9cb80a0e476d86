"""Do frameworks see which methods of managers are to be waited for, before they call them?"""

from __future__ import annotations

import asyncio
import inspect
import sys

import pytest
from starlette.background import BackgroundTask

from covet import aio, sync

waits = asyncio.iscoroutinefunction if sys.version_info < (3, 12) else inspect.iscoroutinefunction


class Leaf(aio.Model):
    name = aio.CharField(max_length=10)


class SyncLeaf(sync.Model):
    name = sync.CharField(max_length=10)


@pytest.mark.parametrize("name", ["create", "get", "count", "bulk_create", "update_or_create"])
def test_methods_that_wait_say_so(name: str) -> None:
    assert waits(getattr(Leaf.objects, name))
    assert not waits(getattr(SyncLeaf.objects, name))


@pytest.mark.parametrize("name", ["filter", "all", "values", "iterator"])
def test_methods_that_do_not_wait_say_nothing(name: str) -> None:
    assert not waits(getattr(Leaf.objects, name))


async def test_a_background_task_may_be_a_method() -> None:
    async with aio.connect("sqlite:///:memory:"):
        await aio.create_tables(Leaf)
        await BackgroundTask(Leaf.objects.create, name="oak")()
        assert await Leaf.objects.count() == 1
