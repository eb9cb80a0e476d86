"""What differs by hand between the tests of the two colours?

The generator turns ``async_x`` into ``sync_x``; this module holds both.
"""

from __future__ import annotations

import pytest
import pytest_asyncio

from covet._async.deletion import delete as async_delete_rows
from covet._sync.deletion import delete as sync_delete_rows

async_fixture = pytest_asyncio.fixture
sync_fixture = pytest.fixture

__all__ = ["async_delete_rows", "async_fixture", "sync_delete_rows", "sync_fixture"]
