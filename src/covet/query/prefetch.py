"""Which related rows are to be fetched in queries of their own, and in what order?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from inspect import getattr_static
from typing import Any

from ..errors import FieldError, UnknownField, short
from ..schema.record import Record
from ..schema.table import Table
from ..schema.ways import AnyWay


def is_name(word: object) -> bool:
    """Whether a name is free for an attribute of rows: no underscore, which is covet's own."""
    return isinstance(word, str) and word.isidentifier() and not word.startswith("_")


class Prefetch:
    """A relation to fetch in advance, with a query of its own.

    Args:
        lookup: the path of the relation: ``"posts"``, ``"posts__tags"``.
        queryset: what the relation's rows are looked for in; it may be filtered, ordered, annotated
            and sliced, where a slice is one of each owner's rows. All rows when left out.
        to_attr: the name of the attribute that the list is stored in, so that the relation itself
            keeps standing for all of its rows.

    Raises:
        FieldError: a lookup that is no string, or a ``to_attr`` that is no name.

    Example:
        >>> best = Post.objects.order_by("-views")[:3]
        >>> authors = await Author.objects.prefetch_related(
        ...     Prefetch("posts", best, to_attr="best_posts"))
    """

    def __init__(self, lookup: str, queryset: Any = None, to_attr: str | None = None) -> None:
        if not isinstance(lookup, str):
            raise FieldError(f"Prefetch() takes the name of a relation, not {short(lookup)}")
        if to_attr is not None and not is_name(to_attr):
            raise FieldError(f"Prefetch({lookup!r}, to_attr={short(to_attr)}) needs a plain name")
        if queryset is not None and not hasattr(queryset, "_spec"):
            raise FieldError(
                f"Prefetch({lookup!r}) was given {short(queryset)} as its queryset",
                fix="Give a queryset of the related model: Prefetch(lookup, Post.objects.all()).",
            )
        if queryset is not None and queryset._spec.output.kind != "instances":
            raise FieldError(
                f"Prefetch({lookup!r}) needs instances, and values() gives none",
                fix="Take values() away; only() leaves out columns.",
            )
        self.lookup = lookup
        self.queryset = queryset
        self.to_attr = to_attr

    def __repr__(self) -> str:
        words = [repr(self.lookup)]
        words += [] if self.queryset is None else [repr(self.queryset)]
        words += [] if self.to_attr is None else [f"to_attr={self.to_attr!r}"]
        return f"Prefetch({', '.join(words)})"


@dataclass(slots=True)
class Branch:
    """One relation to fetch, and what is to be fetched for its rows in turn.

    Attributes:
        name: the relation.
        to_attr: where its rows go, if not into the relation itself.
        queryset: what they are looked for in; None for all rows.
        branches: by the name that longer paths call them.
    """

    name: str
    to_attr: str | None = None
    queryset: Any = None
    branches: dict[str, Branch] = field(default_factory=dict)


def checked(table: Table, lookups: Iterable[Any]) -> tuple[Prefetch, ...]:
    """The lookups of a call, each of which leads along relations that there are.

    Raises:
        UnknownField: a name that the model there does not have.
        FieldError: a name of something else than a relation.
    """
    found = tuple(one if isinstance(one, Prefetch) else Prefetch(one) for one in lookups)
    _check(table, tree(found), f"prefetch_related({', '.join(short(one.lookup) for one in found)})")
    return found


def _check(table: Table, branches: dict[str, Branch], asked: str) -> None:
    for branch in branches.values():
        way = way_of(table, branch.name, asked)
        if branch.to_attr is not None and _is_taken(table, branch.to_attr):
            raise FieldError(
                f"{table.model_name} has {branch.to_attr!r} already; nothing can be stored there",
                asked=asked,
                fix="Choose another to_attr.",
            )
        if branch.queryset is not None and branch.queryset._spec.table.name != way.target.name:
            raise FieldError(
                f"{table.model_name}.{branch.name} leads to {way.target.model_name}, and the "
                f"queryset is of {branch.queryset.model.__name__}",
                asked=asked,
                fix=f"Give a queryset of {way.target.model_name}.",
            )
        _check(way.target, branch.branches, asked)


def _is_taken(table: Table, name: str) -> bool:
    """Whether a name is a field, a relation, or what an instance is or does besides."""
    if name in table.names or name in table.ways or hasattr(Record, name):
        return True
    assert table.registry is not None
    found = getattr_static(table.registry.models[table.label], name, None)
    return callable(found) or hasattr(type(found), "__get__")


def together(
    before: tuple[Prefetch, ...], table: Table, lookups: tuple[Any, ...]
) -> tuple[Prefetch, ...]:
    """What is prefetched after one more ``prefetch_related()``; None alone takes back all of it.

    Raises:
        UnknownField: a name that the model does not have.
        FieldError: what does not go together, or is no relation.
    """
    if lookups == (None,):
        return ()
    both = (*before, *checked(table, lookups))
    tree(both)  # which refuses what does not go together
    return both


def tree(lookups: Iterable[Prefetch]) -> dict[str, Branch]:
    """The lookups as branches, so that nothing is fetched twice.

    Raises:
        FieldError: two lookups say different things of one relation.
    """
    branches: dict[str, Branch] = {}
    for one in lookups:
        *before, last = one.lookup.split("__")
        here = branches
        for name in before:
            here = here.setdefault(name, Branch(name)).branches
        called = one.to_attr or last
        there = here.get(called)
        if there is None:
            here[called] = Branch(last, one.to_attr, one.queryset)
        elif one.queryset is not None or one.to_attr is not None:
            is_same = there.name == last and there.to_attr == one.to_attr
            if is_same and there.queryset is one.queryset:
                continue
            raise FieldError(
                f"prefetch_related() is told twice what to fetch as {called!r}",
                fix="Give the Prefetch before the paths that go through it, and give it once; "
                "to_attr stores another selection beside it.",
            )
    return branches


def way_of(table: Table, name: str, asked: str | None = None) -> AnyWay:
    """The relation of a name.

    Raises:
        UnknownField: the model has no such name.
        FieldError: it is no relation, or the way back is known by another name.
    """
    way = table.ways.get(name)
    if way is None:
        table.settle()
        way = table.ways.get(name)
    if way is not None:
        return way
    known = sorted(table.ways)
    relation = table.reverse.get(name)
    if relation is not None and relation.name is not None:
        raise FieldError(
            f"{table.model_name}.{name} is a name for lookups; the attribute is {relation.name!r}",
            asked=asked,
            fix=f"Write {relation.name!r}.",
        )
    if name in table.names:
        raise FieldError(
            f"{table.model_name}.{name} is no relation",
            asked=asked,
            possible=known,
            fix=f"Relations: {', '.join(known) or 'none'}.",
        )
    raise UnknownField(table.model_name, name, known, asked)
