"""What differs by hand between the tests of the two colours?

The generator turns ``async_x`` into ``sync_x``; this module holds both.
"""

from __future__ import annotations

import contextlib

import pytest
import pytest_asyncio

async_fixture = pytest_asyncio.fixture
sync_fixture = pytest.fixture

async_closing = contextlib.aclosing
sync_closing = contextlib.closing

async_next = anext
sync_next = next

__all__ = [
    "async_closing",
    "async_fixture",
    "async_next",
    "sync_closing",
    "sync_fixture",
    "sync_next",
]
