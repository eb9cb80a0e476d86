"""What differs by hand between the tests of the two colours?

The generator turns ``async_x`` into ``sync_x``; this module holds both.
"""

from __future__ import annotations

import pytest
import pytest_asyncio

async_fixture = pytest_asyncio.fixture
sync_fixture = pytest.fixture

__all__ = ["async_fixture", "sync_fixture"]
