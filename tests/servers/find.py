"""Where does a server come from: from the environment, from this machine, or from us?"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial

from . import keep, private
from .install import install
from .products import PRODUCTS, Product

IGNORE_RUNNING = "COVET_TEST_IGNORE_RUNNING"  # set it to test what happens without servers


class Unusable(Exception):
    """A server that was asked for by its URL does not serve."""


@dataclass(frozen=True)
class Server:
    """A server to test on, or why there is none."""

    product: Product
    url: str | None
    origin: str
    private: private.Private | None = None

    def stop(self) -> None:
        """Stop it if it was started for this run."""
        if self.private is not None:
            self.private.stop()


def provide(
    *, only: Collection[str] | None = None, may_start: bool = True, may_install: bool = False
) -> list[Server]:
    """One server for each product (of these kinds), from the first source that has it.

    Raises:
        Unusable: the environment names a server that does not serve.
    """
    wanted = [product for product in PRODUCTS if only is None or product.kind in only]
    servers: list[Server] = []
    try:
        for product in wanted:
            servers.append(find(product, may_start=may_start, may_install=may_install))
    except BaseException:
        for server in servers:
            server.stop()
        raise
    return servers


def find(product: Product, *, may_start: bool, may_install: bool) -> Server:
    """The server from the first source that has it; one without a URL if none does."""
    server = named(product) or running(product)
    if server is not None:
        return server
    if not may_start:
        return Server(product, None, "not found")
    if product.programs() is None and not (may_install and install(product)):
        return Server(product, None, "not running, and not installed")
    return started(product)


def named(product: Product) -> Server | None:
    """The one that the environment names."""
    url = os.environ.get(product.variable)
    if not url:
        return None
    if (problem := problem_of(product, url)) is not None:
        raise Unusable(f"{product.variable} names a server that is of no use: {problem}")
    return Server(product, url, product.variable)


def running(product: Product) -> Server | None:
    """One that is running already."""
    for url, origin in candidates(product):
        if problem_of(product, url) is None:
            return Server(product, url, origin)
    return None


def candidates(product: Product) -> Iterator[tuple[str, str]]:
    """Where one may be running."""
    if kept := keep.recall().get(product.kind):
        yield kept.url, "started by scripts/servers"
    if not os.environ.get(IGNORE_RUNNING):
        yield product.default, "running on the default port"


def started(product: Product) -> Server:
    """One of our own."""
    programs = product.programs()
    assert programs is not None
    answers = partial(serves, product)
    try:
        url, server = private.start(partial(product.plan, programs), product.owner, answers)
    except private.NotStarted as error:
        return Server(product, None, f"would not start: {error}")
    return Server(product, url, f"started from {programs}", server)


def serves(product: Product, url: str) -> bool:
    """Whether there is a server of use at the URL."""
    return problem_of(product, url) is None


def problem_of(product: Product, url: str) -> str | None:
    """Why the server at the URL is of no use for tests; None if it is."""
    try:
        connection = product.connect(url)
    except Exception as error:  # each driver has its own, and each is a reason
        return str(error).strip()
    try:
        return None if product.may_create(connection) else "the user may not create databases"
    finally:
        connection.close()
