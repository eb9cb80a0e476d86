# generated from src/covet/_async/loading.py by scripts/generate_sync.py;
# change that file, not this one
"""How are related rows fetched: when one is touched, for all of its peers, or in advance?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..errors import FieldError, NotLoaded, short
from ..pairs import SyncShared
from ..query.prefetch import Branch, Prefetch, checked, tree, way_of
from ..rows.attach import Owners, Read, is_tidied
from ..rows.cardinality import no_row
from ..schema.peers import FETCH_ONE, FETCH_RAISE, Ahead, Origin, by_alias, unique
from ..schema.record import Record
from ..schema.ways import AnyWay, ToMany, Way, tidy
from ..watch.reasons import Loading
from .connection import session_of
from .deferred import load_deferred

if TYPE_CHECKING:
    from .queryset import QuerySet

MOST_PEERS = 500
"""For how many instances the rows of a relation are loaded at once, as each may have many."""


def load_one(way: Way, instance: Any) -> Any:
    """The related object of an instance, loaded for all of its living peers with one query.

    Raises:
        DoesNotExist: there is none.
        NotLoaded: the instance's fetch mode forbids it.
    """
    origin = instance._origin
    if not way.near_field.is_loaded(instance):
        check_allowed(way, origin)
        load_deferred(instance, way.near_field.members)
    if getattr(instance, way.near_name) is None:
        return way.missing(instance)
    check_allowed(way, origin)
    if origin is None:
        _fill(way, [instance])
        return _found(way, instance)
    with SyncShared(origin, _work(way, instance)):
        if not way.known(instance)[0]:
            is_one = origin.mode is FETCH_ONE
            peers = [instance] if is_one else origin.peers(instance, _lacks(way, instance), None)
            _fill(way, peers)
    return _found(way, instance)


def _fill(way: Way, instances: list[Any]) -> None:
    with Loading("lazy", way.name, instances):
        fill(way, instances, _plain(way, instances[0]))


def _found(way: Way, instance: Any) -> Any:
    is_known, found = way.known(instance)
    if not is_known:
        key = way.near_key(instance)
        raise no_row(way.target_model, {way.lookup: key})
    return way.missing(instance) if found is None else found


def load_many(query: QuerySet[Any]) -> list[Any]:
    """The rows that a manager stands for: those of its instance, or those of its peers too.

    The first instance that is touched gets its own rows only: one touch is no loop, and there may
    be many. From the second on, and at once where the instances themselves were reached by such a
    loop, they are loaded for many living peers.

    Raises:
        NotLoaded: the instance's fetch mode forbids it.
    """
    assert query._owner is not None
    way, instance = query._owner
    origin: Origin | None = instance._origin
    check_allowed(way, origin)
    if origin is None or origin.mode is FETCH_ONE:
        with Loading("lazy", way.name, [instance], many=True):
            return query._fetched(query._spec)
    has_peers = origin.has_peers()
    read = Read(_tables(way, query))
    if not (has_peers and origin.is_loop(way.name, instance, read.tables)):
        with Loading("lazy", way.name, [instance], many=True):
            rows: list[Any] = query._fetched(query._spec)
        if has_peers or origin.looping:  # a loop goes on through an only child
            _loop(rows)
        return rows
    with SyncShared(origin, _work(way, instance)):
        is_known, found = way.known(instance)
        if is_known:
            return list(found)
        peers = origin.peers(instance, _lacks(way, instance), MOST_PEERS)
        with Loading("lazy", way.name, peers, many=True):
            owners = fill(way, peers, all_rows(way, instance), ahead=read)
    return list(owners.of(instance))


def _tables(way: ToMany, query: QuerySet[Any]) -> tuple[str, ...] | None:
    """The tables that a manager's rows are read from; None where only the SQL tells."""
    spec = query._spec
    is_plain = len(spec.clauses) == 1 and spec.related == () and not spec.annotations
    return way.tables if is_plain and not query._prefetches else None


def _loop(rows: list[Any]) -> None:
    """Note of rows that they were reached from one of several."""
    if rows:
        rows[0]._origin.looping = True


def _work(way: AnyWay, instance: Any) -> tuple[Any, ...]:
    """What tells this work from others: in a transaction, other rows may be seen."""
    return way.name, id(session_of(instance._origin.alias))


def _lacks(way: AnyWay, instance: Any) -> Any:
    """Whether a peer has what the related rows are found by, and not these."""
    tidy(way, instance)
    usual = type(way.near_key(instance))

    def lacks(peer: Any) -> bool:
        key = way.near_key(peer)
        if key is None or (type(key) is not usual and not is_tidied(way, peer)):
            return False
        return not way.known(peer)[0]

    return lacks


def check_allowed(way: AnyWay, origin: Origin | None) -> None:
    """Refuse to load what the fetch mode of an instance forbids."""
    if origin is not None and origin.mode is FETCH_RAISE:
        raise not_allowed(way)


def not_allowed(way: AnyWay) -> NotLoaded:
    """The error for a touch that the fetch mode forbids."""
    fix = f'prefetch_related("{way.name}")'
    if not way.many:
        fix = f'select_related("{way.name}") or {fix}'
    return NotLoaded(
        f"{way.model}.{way.name} has not been loaded, and its fetch mode is FETCH_RAISE",
        fix=f"Load it with the query: {fix}.",
    )


def fill(
    way: AnyWay,
    instances: list[Any],
    query: QuerySet[Any],
    *,
    to_attr: str | None = None,
    ahead: Read | None = None,
) -> Owners:
    """Fetch what a relation leads to for many instances, and hang it on them.

    Args:
        way: the relation.
        instances: those that lack it.
        query: what their rows are looked for in.
        to_attr: the attribute to store them in, if not the relation.
        ahead: where they are read from, if nobody asked for most of them.
    """
    owners = Owners(way, instances)
    below, query._prefetches = query._prefetches, ()
    dialect = query._database().dialect
    for keys in owners.keys(dialect.most_members):
        spec = owners.question(query._spec, keys)
        rows = query._fetched(spec)
        if ahead is not None:
            _loop(rows)
        owners.take(rows, spec.keyed is not None)
    owners.keep(to_attr, ahead)
    if below and (found := owners.found()):
        prefetch(found, below)  # now that each knows whose it is, and is there only once
    return owners


def _plain(way: AnyWay, instance: Any) -> QuerySet[Any]:
    """All rows that a relation may lead to, whatever the model's manager hides."""
    query: QuerySet[Any] = way.target_model._plain_rows()  # type: ignore[attr-defined]
    return _inheriting(query, instance)


def all_rows(way: AnyWay, instance: Any) -> QuerySet[Any]:
    """The rows that a relation may lead to, where it stands for many as its manager has them."""
    if not way.many:
        return _plain(way, instance)
    return _inheriting(way.target_model._default_manager.get_queryset(), instance)  # type: ignore[attr-defined]


def _inheriting(query: QuerySet[Any], instance: Any) -> QuerySet[Any]:
    """A query for what is reached from an instance: its database and its fetch mode."""
    origin = instance._origin
    if origin is not None:
        query._alias = query._alias or origin.alias
        query._mode = query._mode or origin.own_mode
    return query


# --- in advance ---------------------------------------------------------------------------------


def prefetch_related_objects(instances: Iterable[Any], *lookups: str | Prefetch) -> None:
    """Fetch relations for instances that are there already, as ``prefetch_related()`` does.

    Args:
        instances: of one model.
        *lookups: the names of relations, or ``Prefetch`` objects.

    Raises:
        UnknownField: a name that the model does not have.
        FieldError: a name of something else than a relation, or instances of several models.

    Example:
        >>> prefetch_related_objects([ann, bob], "posts__tags")
    """
    records = list(instances)
    if not records:
        return
    for record in records:
        if not isinstance(record, Record) or record._table is not records[0]._table:
            raise FieldError(
                f"prefetch_related_objects() takes instances of one model, and was given "
                f"{short(records[0])} and {short(record)}"
            )
    prefetch(records, checked(records[0]._table, lookups))


def prefetch(instances: list[Any], lookups: tuple[Prefetch, ...]) -> None:
    """Fetch what the lookups name, level by level; what is there already is not fetched again."""
    _prefetch(instances, tree(lookups))


def _prefetch(instances: list[Any], branches: dict[str, Branch]) -> None:
    for branch in branches.values():
        way = way_of(instances[0]._table, branch.name)
        attribute = branch.to_attr
        lacking = [one for one in instances if not _is_there(way, one, attribute)]
        for one in lacking:
            if not way.near_field.is_loaded(one):  # its key is deferred, and those of its peers
                load_deferred(one, way.near_field.members)
        for some in by_alias(lacking):
            with Loading("prefetch", way.name, some, way.many, attribute):
                fill(way, some, _asked(branch, way, some[0]), to_attr=attribute)
        if branch.branches:
            below = list(unique(_reached(way, instances, attribute)))
            if below:
                _prefetch(below, branch.branches)


def _asked(branch: Branch, way: AnyWay, instance: Any) -> QuerySet[Any]:
    """What a branch looks for its rows in."""
    given = branch.queryset
    if given is None:
        return all_rows(way, instance)
    return _inheriting(given._with(given._spec), instance)


def _is_there(way: AnyWay, instance: Any, attribute: str | None) -> bool:
    if attribute is not None:
        return False
    is_known, found = way.known(instance)
    return is_known and type(found) is not Ahead


def _reached(way: AnyWay, instances: Iterable[Any], attribute: str | None) -> Iterator[Any]:
    """What a relation leads to from instances that have it loaded."""
    for instance in instances:
        found = getattr(instance, attribute) if attribute else way.known(instance)[1]
        if way.many:
            yield from found or ()
        elif found is not None:
            yield found
