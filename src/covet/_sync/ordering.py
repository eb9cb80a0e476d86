# generated from src/covet/_async/ordering.py by scripts/generate_sync.py;
# change that file, not this one
"""How do rows come to their places among their siblings, and to others?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..rows import ordering, saving
from ..schema.ordering import ORDER
from ..schema.record import Record
from ..schema.relations import ReverseRelation
from ..watch.reasons import changing
from ..watch.switch import WATCH
from .database import database
from .transaction import atomic

if TYPE_CHECKING:
    from .queryset import QuerySet


def give_places(query: QuerySet[Any], records: Iterable[Record]) -> None:
    """Put new rows behind their siblings: one question for all owners, however many rows.

    Args:
        query: the rows of their model.
        records: the rows; those that have a place keep it.
    """
    places = ordering.Places(query.model._table, records)
    for spec in places.questions():
        places.take(query._fetched(spec))
    places.give()


def add_steps(model: Any) -> None:
    """Give a model with ``order_with_respect_to`` its ways from row to row."""

    def get_next_in_order(self: Any) -> Any:
        """The row behind this one, of the same owner.

        Raises:
            DoesNotExist: this is the last one, or it is not in the database.
        """
        return _neighbour(self, "gt", ORDER, "last")

    def get_previous_in_order(self: Any) -> Any:
        """The row before this one, of the same owner.

        Raises:
            DoesNotExist: this is the first one, or it is not in the database.
        """
        return _neighbour(self, "lt", f"-{ORDER}", "first")

    for method in (get_next_in_order, get_previous_in_order):
        setattr(model, method.__name__, method)


def _neighbour(record: Any, lookup: str, order: str, end: str) -> Any:
    """The nearest row in one direction, seen from the place that this one has by now."""
    model = type(record)
    owner: Any = next(filter(None, (part.ordered_within for part in record._table.parts)))
    alias = record._origin.alias if record._origin else None
    own = model._plain_rows()._with(saving.row_of(record))
    rows = model._default_manager.get_queryset()
    if alias is not None:
        own, rows = own.using(alias), rows.using(alias)
    place = own.values_list(ORDER, flat=True).first()
    if place is None:
        raise model.DoesNotExist(f"{record!r} is not in the database any more")
    siblings = rows.filter(**{owner.attname: getattr(record, owner.attname)})
    found = siblings.filter(**{f"{ORDER}__{lookup}": place}).order_by(order).first()
    if found is None:
        raise model.DoesNotExist(f"{record!r} is the {end} one of its {owner.name}")
    return found


def add_order(model: Any, relation: ReverseRelation) -> None:
    """Give the owner of ordered rows the methods that read their order and set it.

    Args:
        model: the owner's model, ``Question``.
        relation: the way back to the rows, ``Answer``.
    """
    key: Any = relation.field
    table = relation.source
    assert table.registry is not None
    ordered: Any = table.registry.models[table.label]

    def get_order(self: Any) -> QuerySet[Any]:
        """The primary keys of the rows, in their order."""
        rows = ordered._default_manager.get_queryset()
        if self._origin is not None:
            rows = rows.using(self._origin.alias)
        rows = rows.filter(**{key.attname: key.key_of(self)}).order_by(ORDER)
        found: QuerySet[Any] = rows.values_list("pk", flat=True)
        return found

    def set_order(self: Any, id_list: Iterable[Any], using: str | None = None) -> None:
        """Give rows the order of a list: one ``UPDATE`` for up to 500 of them.

        Rows that the list leaves out keep their places; those of another owner are passed over.

        Args:
            id_list: primary keys, or objects.
            using: the alias of the database; that it came from when left out.
        """
        alias = using or (self._origin.alias if self._origin else "default")
        objects = list(id_list)
        keys = list(dict.fromkeys(o.pk if isinstance(o, Record) else o for o in objects))
        rows = ordered._plain_rows().filter(**{key.attname: key.key_of(self)})
        db = database(alias)
        with atomic(using=alias):
            for spec, pairs in ordering.moves(rows._spec, keys):
                plan = ordering.move_plan(ordered, spec, len(pairs) // 2, db.dialect)
                asked = changing("update", ordered, spec) if WATCH.on else None
                db.write(table.name, *plan.bind(spec.values + pairs), asked)
        if relation.name is not None and relation.many:
            self._table.ways[relation.name].forget(self)

    name = table.model_name.lower()
    setattr(model, f"get_{name}_order", get_order)
    setattr(model, f"set_{name}_order", set_order)


def take_order(model: Any, relation: ReverseRelation) -> None:
    """Take away what ``add_order()`` gave."""
    name = relation.source.model_name.lower()
    for method in (f"get_{name}_order", f"set_{name}_order"):
        if method in vars(model):
            delattr(model, method)
