"""Which way do these tests go to the server?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .network import Proxy
from .witness import Witness, witness


@pytest.fixture
def seen(kind: str, url: str) -> Iterator[Witness]:
    """What the server sees."""
    with witness(kind, url) as seen:
        yield seen


@pytest.fixture
def way(url: str) -> Iterator[Proxy]:
    """The way to the server, which can be made to fail."""
    way = Proxy(url)
    yield way
    way.close()


@pytest.fixture
def is_long(request: pytest.FixtureRequest) -> bool:
    """Whether this run takes its time."""
    return bool(request.config.getoption("--long"))
