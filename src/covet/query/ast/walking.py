"""What is inside of a piece of a statement, and how is one made with other insides?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar

from .expressions import Column, Constant, Param
from .statements import Compound, CteRef, Derived, LateralSelect, Ranked, Select

Node = TypeVar("Node")

LEAVES = (Column, Constant, Param)
QUERIES = (Select, Ranked, Derived, Compound, CteRef, LateralSelect)
CLOSED = (*LEAVES, *QUERIES)
"""What is not looked into: leaves, and subqueries, which have rows of their own."""


NO_NODES = frozenset({"field", "fields", "needs", "related", "table"})


@cache
def _names(cls: Any) -> tuple[str, ...]:
    """The attributes that may hold further nodes."""
    return tuple(f.name for f in fields(cls) if f.name not in NO_NODES)


def walk(node: Any, until: tuple[type, ...] = (), deep: bool = False) -> Iterator[Any]:
    """A node and everything inside of it, but for what is inside of subqueries.

    Args:
        node: a node, or a tuple of nodes.
        until: no further than these types; they are given themselves.
        deep: subqueries as well.
    """
    closed = (*until, *(LEAVES if deep else CLOSED))
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            stack += item
        elif is_dataclass(item):
            yield item
            if not isinstance(item, closed):
                stack += [getattr(item, name) for name in _names(item.__class__)]


def contains(node: Any, types: type | tuple[type, ...], but: tuple[type, ...] = ()) -> bool:
    """Whether a node of some types is inside, and not only inside of others."""
    return any(isinstance(item, types) for item in walk(node, but))


def changed(node: Node, change: Callable[[Any], Any]) -> Node:
    """A node with others inside.

    Args:
        node: a node, or a tuple of nodes.
        change: gives what stands in the place of a node, or None to look inside of that.
    """
    if isinstance(node, tuple):
        return tuple(changed(item, change) for item in node)  # type: ignore[return-value]
    if not is_dataclass(node):
        return node
    other = change(node)
    if other is not None:
        return other  # type: ignore[no-any-return]
    if isinstance(node, CLOSED):
        return node
    cls: Any = type(node)
    inside = {name: getattr(node, name) for name in _names(cls)}
    new = {name: changed(value, change) for name, value in inside.items()}
    different = {name: value for name, value in new.items() if value is not inside[name]}
    return replace(node, **different) if different else node  # type: ignore[type-var]
