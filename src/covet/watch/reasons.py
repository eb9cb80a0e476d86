"""Why is a statement sent? Which question of a queryset, or which relation of which instances."""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from ..query.spec import QuerySpec
from ..schema.peers import Origin, Source
from ..schema.ways import AnyWay
from .switch import WATCH

if TYPE_CHECKING:
    from .events import Query

LoadKind: TypeAlias = Literal["lazy", "prefetch", "deferred"]


class Asked(NamedTuple):
    """The question of a queryset that a statement answers, or the change that it makes.

    Attributes:
        model: the model whose rows are meant.
        call: the terminal: ``"fetch"``, ``"get"``, ``"count"`` …; for raw SQL whose rows become
            instances, ``"raw"``; for changes, one of ``CHANGES``.
        spec: the question; of raw SQL and new rows, nothing but the table.
        owner: for the manager of an instance (``author.posts``), its relation and the instance.
        prefetches: the relations that are prefetched for its rows.
        origin: what the instances made of the rows will refer to; None where none are made.
    """

    model: type[Any]
    call: str
    spec: QuerySpec
    owner: tuple[AnyWay, Any] | None = None
    prefetches: tuple[Any, ...] = ()
    origin: Origin | None = None


CHANGES = frozenset({"create", "save", "bulk_create", "bulk_update", "update", "delete", "cascade"})
"""What ``Asked.call`` is of changes; of an instance's row, ``"create"`` or ``"save"``.

``"cascade"`` is what a change asks and does besides, as to the rows that refer to deleted ones.
"""


def changing(call: str, model: type[Any], spec: QuerySpec | None = None) -> Asked:
    """The reason of a statement that changes rows."""
    return Asked(model, call, spec or QuerySpec(model._table))


class Load(NamedTuple):
    """What is loaded for instances that are there already.

    Attributes:
        kind: ``"lazy"`` for a relation that was touched, ``"prefetch"`` for one that was asked for
            in advance, ``"deferred"`` for fields that were left out.
        model: the instances' model.
        name: the relation, or the first field.
        many: whether it is a relation to many.
        instances: for how many it is loaded at once.
        source: the query that the instances came from, and how they came; None where they were made
            by the program.
        to_attr: the attribute that is to hold what was asked for in advance, if not the relation.
    """

    kind: LoadKind
    model: str
    name: str
    many: bool
    instances: int
    source: Source | None
    to_attr: str | None = None

    @property
    def relation(self) -> str:
        """The relation with its model: ``"Post.author"``."""
        return f"{self.model}.{self.name}"

    @property
    def path(self) -> tuple[Query | None, tuple[str, ...]]:
        """The query that everything began with, and the relations on the way from its rows.

        Where posts were loaded for authors, and tags for these posts, that is the query for the
        authors, and ``("posts", "tags")``.
        """
        names: tuple[str, ...] = (self.name,)
        source = self.source
        first: Query | None = None
        while source is not None:
            query: Query = source.query
            first, names, source = query, (*source.path, *names), None
            if query.load is not None:
                names, source = (query.load.name, *names), query.load.source
        return first, names

    @property
    def reaches_many(self) -> bool:
        """Whether any relation of the path leads to many rows."""
        load: Load | None = self
        while load is not None:
            if load.many:
                return True
            load = None if load.source is None else load.source.query.load
        return False


_load: ContextVar[Load | None] = ContextVar("covet_load", default=None)


def current_load() -> Load | None:
    """What the statements sent here are loading."""
    return _load.get()


class Loading:
    """A block whose statements load something for instances.

    Args:
        kind: as for ``Load``.
        name: the relation, or a field.
        instances: the instances; one at least.
        many: whether it is a relation to many.
        to_attr: as for ``Load``.
    """

    __slots__ = ("_said", "_token")

    def __init__(
        self,
        kind: LoadKind,
        name: str,
        instances: list[Any],
        many: bool = False,
        to_attr: str | None = None,
    ) -> None:
        self._said = kind, name, instances, many, to_attr
        self._token: Token[Load | None] | None = None

    def __enter__(self) -> None:
        if WATCH.on:
            kind, name, instances, many, to_attr = self._said
            first = instances[0]
            source = first._origin.source if first._origin else None
            model = type(first).__name__
            load = Load(kind, model, name, many, len(instances), source, to_attr)
            self._token = _load.set(load)

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _load.reset(self._token)
