"""What should have been asked instead? The words for each way of repeating oneself."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..expressions import Q
from ..expressions.q import Lookup
from ..query.spec import QuerySpec
from ..schema.peers import Source
from ..schema.ways import AnyWay, ThroughTable
from .events import Query
from .reasons import Asked, Load
from .repeats import Group
from .sites import Site


class Advice(NamedTuple):
    """What to write, and where.

    Attributes:
        fix: the code.
        to: what it is good for: "Use … to load …".
        relation: the relation that it is about.
        source: the line of the queryset that is to be changed.
    """

    fix: str
    to: str
    relation: str | None = None
    source: Site | None = None

    @property
    def suggestion(self) -> str:
        """The whole sentence."""
        return f"Use {self.fix} {self.to}".replace('"', "'")


def advise(group: Group) -> Advice:
    """What to write instead of the queries of a group."""
    query = group.first
    load, asked = query.load, query.asked
    if load is not None:
        return _of_deferred(load) if load.kind == "deferred" else of_load(load, query)
    if asked is None or asked.call == "raw":
        return _of_raw(query, group.alike)
    if asked.model._made_for is not None and asked.call != "delete":
        return Advice(
            f"{_manager(asked.model)}.bulk_create([…], ignore_conflicts=True)",
            "to link all of them at once, or filter(…).delete() to unlink them",
        )
    change = _CHANGES.get(asked.call)
    if change is not None:
        fix, to = change
        return Advice(fix.format(_manager(asked.model)), to)
    if asked.owner is not None:
        return _of_owner(asked, *asked.owner)
    if group.alike:
        return Advice(
            "one query before the loop",
            "and keep what it gives, as each of these asks for the same values",
        )
    return _of_rows(asked)


# --- relations that were touched -----------------------------------------------------------------


def of_load(load: Load, query: Query) -> Advice:
    """How a relation is loaded with the rows, or right after them."""
    root, names = load.path
    path = "__".join(names)
    related = "related" if query.asked is None else f"related {query.asked.model.__name__}"
    site = None if root is None else root.site
    call = None if root is None or root.asked is None else root.asked.call
    if call == "iterator" and load.kind == "prefetch":
        return Advice(
            "iterator(chunk_size=2000)",
            f"to load {related} objects for many rows at once, as each chunk is prefetched for "
            "by itself",
            load.relation,
            site,
        )
    if load.reaches_many or call == "raw":
        to = f"to load {related} objects in one more query for all of them"
        if load.source is None:
            to += ", or prefetch_related_objects() where the rows are there already"
        return Advice(f'prefetch_related("{path}")', to, load.relation, site)
    to = f"to load {related} objects in a single query with JOIN"
    return Advice(f'select_related("{path}")', to, load.relation, site)


def _of_deferred(load: Load) -> Advice:
    source = load.source
    query = None if source is None else source.query
    asked: Asked | None = None if query is None else query.asked
    path = load.name if source is None else "__".join((*source.path, load.name))
    site = None if query is None else query.site
    if asked is not None and asked.spec.loading.only:
        return Advice(f'only(…, "{path}")', "to load this field with the rows", load.relation, site)
    return Advice(
        f'defer() without "{path}"', "to load this field with the rows", load.relation, site
    )


# --- queries about the rows of one instance ------------------------------------------------------


def _of_owner(asked: Asked, way: AnyWay, instance: Any) -> Advice:
    owner = type(instance).__name__
    source: Source | None = instance._origin.source if instance._origin else None
    load = Load("lazy", owner, way.name, way.many, 1, source)
    root, names = load.path
    site = None if root is None else root.site
    if asked.call in ("count", "exists", "aggregate"):
        return _of_sum(asked, way, load, names, site)
    path, model, narrowed = "__".join(names), asked.model.__name__, _narrowed(asked, way)
    rows = f"{_manager(asked.model)}.{narrowed}" if narrowed else ""
    selected = f'Prefetch("{path}", queryset={rows})' if rows else f'"{path}"'
    return Advice(
        f"prefetch_related({selected})",
        f"to load the {model} objects of all {owner} objects in one query, and read "
        f"{owner.lower()}.{way.name}.all() in the loop",
        load.relation,
        site,
    )


def _of_sum(
    asked: Asked, way: AnyWay, load: Load, names: tuple[str, ...], site: Site | None
) -> Advice:
    name = _query_name(way)
    said = _conditions(asked.spec, way, f"{name}__")
    only = f", filter=Q({', '.join(said)})" if said else ""
    if asked.call == "aggregate":
        added = f'annotate(…("{name}__…"{only}))'
    else:
        # Without distinct, another relation to many in the same query would multiply the number.
        added = f'annotate({way.name}_count=Count("{name}"{only}, distinct=True))'
    if len(names) > 1:
        outer = "__".join(names[:-1])
        added = f'Prefetch("{outer}", queryset={load.model}.objects.{added})'
    does = {"count": "count them", "exists": "know whether there are any"}
    to = f"to {does.get(asked.call, 'calculate that')} in the query for the {load.model} objects"
    return Advice(added, to, load.relation, site)


def _query_name(way: AnyWay) -> str:
    """What a relation is called in lookups."""
    if isinstance(way, ThroughTable):
        reverse: Any = way.declared.reverse
        return str(reverse.query_name) if way.is_reverse else way.name
    relation: Any = getattr(way, "relation", None)
    return way.name if relation is None else str(relation.query_name)


# --- queries about one row after the other -------------------------------------------------------


_CHANGES: dict[str, tuple[str, str]] = {
    "create": ("{0}.bulk_create([…])", "to insert all of them with one statement"),
    "save": ('{0}.bulk_update([…], ["…"])', "to change all of them with one statement"),
    "update": (
        "{0}.filter(pk__in=[…]).update(…)",
        "to change all of them with one statement, or bulk_update() where the values differ",
    ),
    "delete": ("{0}.filter(pk__in=[…]).delete()", "to delete all of them at once"),
    "bulk_create": ("{0}.bulk_create([…])", "once, with all of the objects"),
    "bulk_update": ('{0}.bulk_update([…], ["…"])', "once, with all of the objects"),
}


def _of_rows(asked: Asked) -> Advice:
    """One query for the rows that were asked for one by one."""
    manager = _manager(asked.model)
    name = _single(asked.spec)
    many = f"filter({name or '…'}__in=[…])"
    if asked.call in ("count", "exists", "aggregate"):
        group = name or "…"
        return Advice(
            f'{manager}.{many}.values("{group}").annotate(count=Count("pk"))',
            "to ask for all of them in one query",
        )
    if name is not None and name in ("pk", asked.model._table.pk.name):
        return Advice(f"{manager}.in_bulk([…])", "to load all of them in one query")
    return Advice(f"{manager}.{many}", "to load all of them in one query")


def _of_raw(query: Query, alike: bool) -> Advice:
    if alike and query.kind == "fetch" and query.params:
        return Advice("one query before the loop", "and keep what it gives")
    return Advice("one statement", "with IN (…), a JOIN or several rows of VALUES for all of them")


def _manager(model: type[Any]) -> str:
    """The manager of a model in code: ``Post.objects``, ``Post.tags.through.objects``."""
    made_for = model._made_for
    if made_for is not None:
        return f"{made_for[0].__name__}.{made_for[1]}.through.objects"
    return f"{model.__name__}.{model._default_manager.name}"


# --- conditions in words, without their values ---------------------------------------------------


def _narrowed(asked: Asked, way: AnyWay) -> str:
    """The calls that made a question of a manager's rows: ``filter(views__gt=…)[:3]``."""
    spec, said = asked.spec, _conditions(asked.spec, way)
    calls = [f"filter({', '.join(said)})"] if said else []
    if spec.annotations or spec.distinct or spec.distinct_on:
        calls.append("…")
    if spec.ordering is not None and spec.ordering.terms and asked.call != "get":
        terms = (_quoted(term) if isinstance(term, str) else "…" for term in spec.ordering.terms)
        calls.append(f"order_by({', '.join(terms)})")
    if spec.output.kind != "instances":
        calls.append(f"only({', '.join(map(_quoted, spec.output.paths))})")
    text = ".".join(calls)
    if spec.is_sliced and asked.call != "get":
        text = f"{text or 'all()'}[{spec.low or ''}:{'' if spec.high is None else spec.high}]"
    return text


def _conditions(spec: QuerySpec, way: AnyWay, prefix: str = "") -> list[str]:
    """The conditions besides those of the manager itself, the last of which is the owner's."""
    owned = _said(Q(**{way.lookup: 0}), "")
    said = [_said(clause.condition, "") for clause in spec.clauses]
    after = said.index(owned) + 1 if owned in said else len(said)
    return [_said(clause.condition, prefix) for clause in spec.clauses[after:]]


def _quoted(word: str) -> str:
    return f'"{word}"'


def _said(condition: Q, prefix: str) -> str:
    """The lookups of a condition that are all to hold; dots for everything else."""
    if condition.negated or condition.connector != "AND":
        return "…"
    words = (f"{prefix}{c.path}=…" if isinstance(c, Lookup) else "…" for c in condition.children)
    return ", ".join(words)


def _single(spec: QuerySpec) -> str | None:
    """The one field that a question names with a value."""
    names = [
        leaf.path.removesuffix("__exact")
        for clause in spec.clauses
        for leaf in clause.condition.children
        if isinstance(leaf, Lookup)
    ]
    return names[0] if len(names) == 1 else None
