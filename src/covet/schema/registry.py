"""Which models are there, and which one does a name mean?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import ModelError
from .record import Record
from .relations import NOT_YET, ForeignKeyField, ReverseRelation, reverse_names

if TYPE_CHECKING:
    from .table import Table

TWINS: dict[str, dict[str, Table]] = {}
"""Twin-neutral label → colour → table; what two twins of one model are compared by."""

COLOURS = {"_async": "_", "_sync": "_", "aio": "_", "sync": "_"}


class Registry:
    """The models of one colour, and the relations among them.

    Args:
        colour: the name of the colour, such as ``"aio"``; two registries never mix.
    """

    def __init__(self, colour: str) -> None:
        self.colour = colour
        self.models: dict[str, type[Record]] = {}
        self.named: dict[str, list[type[Record]]] = {}
        self.pending: dict[str, list[ForeignKeyField[Any]]] = {}

    def add(self, model: type[Record]) -> None:
        """Take in a model that was just declared.

        One of the same module and name replaces the earlier one, so that a cell of a notebook can
        be run again.

        Raises:
            ModelError: its twin of the other colour has other fields, or a relation clashes.
        """
        table = model._table
        has_twin = model.__module__ != "__main__"  # in a notebook, nothing generates one
        if has_twin:
            check_twin(self.colour, table)
        earlier = self.models.get(table.label)
        if earlier is not None:
            self._forget(earlier)
            self._forget_plans()
        self.models[table.label] = model
        self.named.setdefault(table.model_name, []).append(model)
        table.registry = self
        for field in table.relations:
            field.source, field.registry = table, self
        try:
            self._resolve([*self._waiting_for(table), *table.relations], late=False)
        except ModelError:
            self._forget(model)
            raise
        if has_twin:
            _twins(table)[self.colour] = table

    def settle(self) -> bool:
        """Resolve the relations whose target is known by now; True if there was any."""
        if not self.pending:
            return False
        waiting = [field for fields in self.pending.values() for field in fields]
        self.pending.clear()
        return self._resolve(waiting, late=True)

    def _waiting_for(self, table: Table) -> list[ForeignKeyField[Any]]:
        """Take out the pending relations that a new table may be the target of.

        Only these, as a program may have hundreds of models, each waiting for the next.
        """
        return [*self.pending.pop("", ()), *self.pending.pop(table.model_name, ())]

    def _wait(self, field: ForeignKeyField[Any]) -> None:
        self.pending.setdefault(_wanted(field), []).append(field)

    def _resolve(self, fields: list[ForeignKeyField[Any]], *, late: bool) -> bool:
        """Resolve relations as far as their target is known, keep the others; True if any was.

        Args:
            fields: relations that are not pending.
            late: whether every module has had its turn, so that a name may be looked for in all.
                While models are still being declared, a nearer one of that name may yet come.
        """
        resolved = False
        for place, field in enumerate(fields):
            try:
                target = self._target(field, late)
                if target is None:
                    self._wait(field)
                else:
                    self._connect(field, target)
                    resolved = True
            except ModelError:
                for left in fields[place:]:
                    self._wait(left)
                raise
        return resolved

    def _target(self, field: ForeignKeyField[Any], late: bool) -> type[Record] | None:
        to: Any = field.to
        source = field.source
        assert source is not None
        if isinstance(to, str):
            return self.find(to, source, late=late)
        if not isinstance(to, type):
            try:
                to = to()
            except NOT_YET:  # the module goes on; asked again at the next model or query
                return None
        if not (isinstance(to, type) and issubclass(to, Record)):
            raise field.misdeclared(f"points to {to!r}, which is not a model")
        if getattr(to, "_table", None) is None:
            raise field.misdeclared(
                f"points to {to.__name__}, which is abstract and has no table",
                "Point to a model that inherits from it.",
            )
        if to._registry is not self:
            raise field.misdeclared(
                f"points to {to.__name__} of the other colour",
                "Import both models from covet.aio, or both from covet.sync.",
            )
        return self.models.get(to._table.label)  # the one of that name that was declared last

    def find(self, name: str, source: Table, *, late: bool = True) -> type[Record] | None:
        """The model that a name means, seen from a table: the nearest of that name.

        ``"self"`` is the table's own model. A plain name is looked for in the same scope, the same
        module, the same app, then everywhere; ``"app.Model"`` only in that app.

        Raises:
            ModelError: several models of that name are equally near.
        """
        if name == "self":
            return self.models.get(source.label)
        app, _, model_name = name.rpartition(".")
        named = self.named.get(model_name, [])
        if app:
            exact = [m for m in named if app in (m._table.app_label, m.__module__)]
            return exact[0] if exact else None
        scope = source.label.rpartition(".")[0]
        module = self.models[source.label].__module__
        same_scope = [m for m in named if m._table.label == f"{scope}.{model_name}"]
        wider = (
            [m for m in named if m.__module__ == module],
            [m for m in named if m._table.app_label and m._table.app_label == source.app_label],
            named,
        )
        for near in (same_scope, *(wider if late else ())):
            if len(near) == 1:
                model: type[Record] = near[0]
                return model
            if near:
                labels = ", ".join(sorted(m._table.label for m in near))
                raise ModelError(
                    f"{source.model_name} points to {name!r}, and there are several: {labels}",
                    fix="Give the class itself, or a lambda that returns it.",
                )
        return None

    def _connect(self, field: ForeignKeyField[Any], model: type[Record]) -> None:
        """Point a foreign key at its model, and make the way back."""
        source = field.source
        assert source is not None
        field.related = model
        name, query_name = reverse_names(field, source)
        table = model._table
        clash = _clash(model, name, query_name)
        if clash is not None:
            raise ModelError(
                f"The way back from {table.model_name} along {source.model_name}.{field.name} "
                f"would be called {clash!r}, which {table.model_name} has already",
                fix=f'Give {source.model_name}.{field.name} another name: related_name="…".',
            )
        many = not (field.one_to_one or field.unique)
        relation = ReverseRelation(name, query_name, field, source, many)
        field.reverse = relation
        table.reverse[query_name] = relation
        table.checked.clear()
        if name is not None:
            model._add_reverse(relation)

    def _forget(self, model: type[Record]) -> None:
        """Take out a model, and its relations out of the models that they point to.

        What pointed to it waits for the model that takes its place.
        """
        table = model._table
        self.models.pop(table.label, None)
        self.named[table.model_name].remove(model)
        for relation in table.reverse.values():
            relation.field.related = None
            self._wait(relation.field)
        for name, fields in list(self.pending.items()):
            self.pending[name] = [field for field in fields if field.source is not table]
            if not self.pending[name]:
                del self.pending[name]
        for field in table.relations:
            if field.related is not None and field.reverse is not None:
                field.related._table.reverse.pop(field.reverse.query_name, None)
                if field.reverse.name is not None:
                    delattr(field.related, field.reverse.name)

    def _forget_plans(self) -> None:
        for model in self.models.values():
            model._plans.clear()
            model._table.checked.clear()

    def known(self) -> list[type[Record]]:
        """All models that have a table, in the order of their declaration."""
        self.settle()
        return list(self.models.values())


def _clash(model: type[Record], name: str | None, query_name: str) -> str | None:
    """The name that a way back would have and that the model uses for something else already."""
    table = model._table
    if query_name in table.names or query_name in table.reverse:
        return query_name
    if name in table.names or any(name in vars(base) for base in model.__mro__):
        return name
    return None


def _wanted(field: ForeignKeyField[Any]) -> str:
    """The name of the model that a relation waits for; empty where only asking it tells."""
    if not isinstance(field.to, str):
        return ""
    assert field.source is not None
    return field.source.model_name if field.to == "self" else field.to.rpartition(".")[2]


def _twins(table: Table) -> dict[str, Table]:
    """The tables of a model and its twin, by colour."""
    neutral = ".".join(COLOURS.get(part, part) for part in table.label.split("."))
    return TWINS.setdefault(neutral, {})


def check_twin(colour: str, table: Table) -> None:
    """Refuse a model whose twin of the other colour was declared with other fields.

    Raises:
        ModelError: naming what differs; the generated file is out of date.
    """
    for other_colour, other in _twins(table).items():
        mine, theirs = columns(table), columns(other)
        if other_colour == colour or mine == theirs:
            continue
        extra = [column for column in mine if column not in theirs]
        missing = [column for column in theirs if column not in mine]
        if not extra and not missing:
            extra, missing = mine, theirs  # the order differs
        raise ModelError(
            f"{table.label} and its twin {other.label} differ: "
            f"{', '.join(extra) or 'nothing'} against {', '.join(missing) or 'nothing'}",
            fix="Generate the twin again.",
        )


def columns(table: Table) -> list[str]:
    """What two twins must agree in, one sentence a column."""
    return [
        f"{table.name}.{field.column} {field.kind}{' null' if field.null else ''}"
        for field in table.fields
    ]
