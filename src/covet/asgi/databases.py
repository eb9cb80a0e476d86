"""Which databases does an app open, by what its user says?"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any, TypeAlias

from ..aio import connect
from ..drivers import parse_url
from ..errors import ConfigurationError, short

Given: TypeAlias = str | Mapping[str, Any] | None
Databases: TypeAlias = str | Mapping[str, Given] | None


def read_databases(databases: Databases) -> dict[str, dict[str, Any]]:
    """The arguments of ``connect()`` by alias.

    Raises:
        ConfigurationError: they are given in another form, or a URL or an option is unusable.
    """
    if databases is None:
        return {}
    if isinstance(databases, str):
        databases = {"default": databases}
    if not isinstance(databases, Mapping):
        raise _unfit(short(databases))
    return {alias: _read(alias, given) for alias, given in databases.items()}


def _read(alias: object, given: Given) -> dict[str, Any]:
    if not isinstance(alias, str) or not alias:
        raise _unfit(f"the alias {short(alias)}")
    options: dict[str, Any] = dict(given) if isinstance(given, Mapping) else {"url": given}
    url = options.pop("url", None)
    if url is not None:  # else that of the environment, which is read as the app starts
        parse_url(url, options)
    return {"url": url, **options}


def _unfit(what: str) -> ConfigurationError:
    return ConfigurationError(
        f"databases takes a URL, or URLs by alias, not {what}",
        asked="CovetPyASGI()",
        fix='Write databases={"default": "sqlite:///blog.db"}, and with options '
        '{"default": {"url": "sqlite:///blog.db", "pool_size": 5}}.',
    )


async def open_databases(databases: Mapping[str, dict[str, Any]], stack: AsyncExitStack) -> None:
    """Open databases in order; the stack closes them in reverse."""
    for alias, arguments in databases.items():
        await stack.enter_async_context(connect(alias=alias, **arguments))
