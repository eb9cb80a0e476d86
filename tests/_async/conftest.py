"""How does a test reach the database, with its module's models in it?

A module declares its models at its top; ``db`` gives the connected database with their tables, all
empty. Models of other modules, or fewer: ``MODELS = [Author, Post]`` at the module's top.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from types import ModuleType

import pytest

from covet.aio import Database, Model, connect, create_tables

from ..databases import Scratch
from ..pairs import async_fixture


@async_fixture(scope="module")
async def database(request: pytest.FixtureRequest, scratch: Scratch) -> AsyncIterator[Database]:
    """The connected database with the tables of the module's models, for the whole module."""
    async with connect(scratch.url) as database:
        if models := models_of(request.module):
            await create_tables(*models)
        yield database


@pytest.fixture
def db(database: Database, scratch: Scratch) -> Iterator[Database]:
    """The connected database, its tables empty."""
    yield database
    scratch.empty()


def models_of(module: ModuleType) -> list[type[Model]]:
    """The models whose tables a test module needs."""
    declared = getattr(module, "MODELS", None)
    return list(declared) if declared is not None else [*filter(is_own, vars(module).values())]


def is_own(thing: object) -> bool:
    """Whether this is a model with a table, rather than an abstract one or Model itself."""
    return isinstance(thing, type) and issubclass(thing, Model) and bool(vars(thing).get("_table"))
