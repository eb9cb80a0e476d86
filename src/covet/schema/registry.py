"""Which models are there, and which one does a name mean?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import ModelError
from .fields.lookups import WATCHING
from .many import ManyToMany
from .on_delete import check_chain
from .record import Record
from .relations import NOT_YET, ForeignKeyField, ReverseRelation, is_plain, reverse_names
from .ways import BackToMany, WayBack

if TYPE_CHECKING:
    from .table import Table

Relation: TypeAlias = ForeignKeyField[Any] | ManyToMany[Any]

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
        WATCHING.add(self)
        self.models: dict[str, type[Record]] = {}
        self.named: dict[str, list[type[Record]]] = {}
        self.pending: dict[str, list[Relation]] = {}

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
            self.forget_plans()
        self.models[table.label] = model
        self.named.setdefault(table.model_name, []).append(model)
        table.registry = self
        keys, many = _own_relations(table)
        relations: list[Relation] = [*keys, *many]
        for field in relations:
            field.source, field.registry = table, self
        try:
            waiting = self._waiting_for(table)  # some for its keys, as those of a table between
            self._resolve([*relations, *waiting], late=False)
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

    def _waiting_for(self, table: Table) -> list[Relation]:
        """Take out the pending relations that a new table may be the target of.

        Only these, as a program may have hundreds of models, each waiting for the next.
        """
        return [*self.pending.pop("", ()), *self.pending.pop(table.model_name, ())]

    def _wait(self, field: Relation) -> None:
        self.pending.setdefault(_wanted(field), []).append(field)

    def _resolve(self, fields: list[Relation], *, late: bool) -> bool:
        """Resolve relations as far as their target is known, keep the others; True if any was.

        Foreign keys come first, as a many-to-many relation needs those of the table between.

        Args:
            fields: relations that are not pending.
            late: whether every module has had its turn, so that a name may be looked for in all.
                While models are still being declared, a nearer one of that name may yet come.
        """
        resolved = False
        fields.sort(key=lambda field: isinstance(field, ManyToMany))
        for place, field in enumerate(fields):
            try:
                if self._connect(field, late):
                    resolved = True
                else:
                    self._wait(field)
            except ModelError:
                for left in fields[place:]:
                    self._wait(left)
                raise
        return resolved

    def meant(self, field: Relation, to: Any, *, late: bool = True) -> type[Record] | None:
        """The model that a relation names, or None if there is none yet.

        Raises:
            ModelError: it names something else, or several models equally well.
        """
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
        if "_table" not in vars(to):
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

    def _connect(self, field: Relation, late: bool) -> bool:
        """Point a relation at its model, and make the way back; False if that is not there yet."""
        model = self.meant(field, field.to, late=late)
        if model is None:
            field.waits_for = field.to
        elif isinstance(field, ForeignKeyField):
            check_chain(field, model._table)
            field.related = model
            self._take_columns(field)
            self._make_way_back(field, model, not (field.one_to_one or field.unique))
            return True
        elif self._has_through(field, model, late):
            try:
                self._make_way_back(field, model, True)
            except ModelError:
                self._disconnect(field)
                raise
            assert field.source is not None
            field.source.ways[field.name] = field.ways()[0]
            return True
        return False

    def _take_columns(self, field: ForeignKeyField[Any]) -> None:
        """Give a foreign key the columns that the key of its target needs.

        So, too, to what points to this table by that key.
        """
        if not field.take_parts():
            return
        assert field.source is not None
        model: Any = self.models[field.source.label]
        model.lay_out()
        if field.primary_key:
            for relation in field.source.reverse.values():
                if relation.key is not None and relation.key.to_field is None:
                    self._take_columns(relation.key)

    def _has_through(self, field: ManyToMany[Any], model: type[Record], late: bool) -> bool:
        """Whether the table between is there, and its keys are resolved; made now if it is ours."""
        assert field.source is not None
        source = self.models[field.source.label]
        if field.given_through is None:
            through: type[Record] | None = field.make_through(source, model)
        else:
            through = self.meant(field, field.given_through, late=late)
        if through is None:
            field.waits_for = field.given_through
            return False
        unresolved = [key for key in through._table.relations if key.related is None]
        if unresolved:
            field.waits_for = _wanted(unresolved[0])
            return False
        field.use_through(through, source, model)
        return True

    def _make_way_back(self, field: Relation, model: type[Record], many: bool) -> None:
        source = field.source
        assert source is not None
        name, query_name = reverse_names(field, source)
        given = ((field.related_name, name), (field.related_query_name, query_name))
        for word in [word for option, word in given if option and word is not None]:
            if not is_plain(word):
                raise field.misdeclared(
                    f"cannot have a way back that is called {word!r}: '__' and a trailing '_' are "
                    "the marks of lookups",
                    'Choose a plain name, or "+" for none.',
                )
        clash = self._clash(field, model, name, query_name)
        if clash is not None:
            taken, owner = clash
            raise ModelError(
                f"The way back from {model.__name__} along {source.model_name}.{field.name} "
                f"would be called {taken!r}, which {owner} has already",
                fix=f'Give {source.model_name}.{field.name} another name: related_name="…".',
            )
        self._add_reverse(ReverseRelation(name, query_name, field, source, many), model)

    def name_way_back(self, relation: ReverseRelation, model: type[Record], name: str) -> None:
        """Give a way back that was hidden a name.

        Raises:
            ModelError: the model has something else of that name.
        """
        model = relation.field.related_model  # which may be a parent of the one that was named
        clash = self._clash(relation.field, model, name, name)
        if clash is not None or not is_plain(name):
            raise ModelError(
                f"The way back to {model.__name__} cannot be called {name!r}",
                fix="Choose a plain name that it does not use yet.",
            )
        del model._table.reverse[relation.query_name]
        relation.field.related_name = name  # it is called so when its model is declared again too
        self._add_reverse(replace(relation, name=name, query_name=name), model)
        self.forget_plans()

    def _clash(
        self, field: Relation, model: type[Record], name: str | None, query_name: str
    ) -> tuple[str, str] | None:
        """The name that a way back would have and that is used already, and the model that does.

        Those that inherit from a model inherit its ways back. One from a child to itself or to a
        sister may be hidden by another relation.
        """
        assert field.source is not None
        heirs = [model._concrete_model]
        for heir in heirs:  # which grows
            heirs += [sub for sub in heir.__subclasses__() if self._is_current(sub)]
            if getattr(field, "parent_link", False):
                same = heir._table.names.get(query_name)
                if heir._table.is_a(field.source) or (same is not None and same.is_relation):
                    continue
            taken = _clash(heir, name, query_name)
            if taken is not None:
                return taken, heir.__name__
        return None

    def _is_current(self, model: type[Record]) -> bool:
        table = vars(model).get("_table")
        return table is None or self.models.get(table.label) is model

    def _add_reverse(self, relation: ReverseRelation, model: type[Record]) -> None:
        relation.field.reverse = relation
        model._table.reverse[relation.query_name] = relation
        model._table.checked.clear()
        if relation.name is not None:
            self._add_accessor(model, relation)
        if relation.field is relation.source.ordered_within:
            model._add_order(relation)

    def _add_accessor(self, model: type[Record], relation: ReverseRelation) -> None:
        """Give a model its attribute for the way back along a relation."""
        assert relation.name is not None
        if relation.key is None:
            way: Any = relation.field.ways()[1]
        else:
            way = BackToMany(relation) if relation.many else WayBack(relation)
        model._table.ways[relation.name] = way
        model._concrete_model._add_reverse(relation)

    def _forget(self, model: type[Record]) -> None:
        """Take out a model, and its relations out of the models that they point to.

        What pointed to it waits for the model that takes its place.
        """
        table = model._table
        for many in self._linked(table):
            self._disconnect(many)
            self._wait(many)
        del self.models[table.label]
        self.named[table.model_name].remove(model)
        for relation in list(table.reverse.values()):
            if relation.field.related is not model:
                continue  # it points to a parent, or to what this is a proxy of
            if table.is_proxy:
                _take_out(relation, model)
            relation.field.related = relation.field.reverse = None
            relation.field.waits_for = relation.field.to
            self._wait(relation.field)
        for name, fields in list(self.pending.items()):
            self.pending[name] = [field for field in fields if field.source is not table]
            if not self.pending[name]:
                del self.pending[name]
        for key in _own_relations(table)[0]:
            if key.related is not None and key.reverse is not None:
                _take_out(key.reverse, key.related)

    def _linked(self, table: Table) -> list[ManyToMany[Any]]:
        """The many-to-many relations that have a table at either end or between."""
        return [
            many
            for model in self.models.values()
            for many in model._table.many.values()
            if many.source is model._table  # and not that of a parent
            and many.related is not None
            and many.through_model is not None
            and table in (many.source, many.target, many.through_model._table)
        ]

    def _disconnect(self, many: ManyToMany[Any]) -> None:
        """Undo what connecting a many-to-many relation did."""
        source, related, through = many.source, many.related, many.through_model
        assert source is not None
        assert related is not None
        assert through is not None
        if many.reverse is not None:
            _take_out(many.reverse, related)
        source.ways.pop(many.name, None)
        many.reverse = many.related = many.through_model = None
        many.waits_for = many.to
        if many.is_auto:
            self._forget(through)

    def forget_plans(self) -> None:
        """Resolve all queries anew from here on."""
        for model in self.models.values():
            model._plans.clear()
            model._table.checked.clear()

    def known(self) -> list[type[Record]]:
        """All models that have a table, in the order of their declaration."""
        self.settle()
        return list(self.models.values())

    def managed(self) -> list[Table]:
        """The tables that covet makes; proxies have those of their models."""
        tables = dict.fromkeys(model._table.concrete for model in self.known())
        return [table for table in tables if table.options.managed]


def _own_relations(
    table: Table,
) -> tuple[list[ForeignKeyField[Any]], list[ManyToMany[Any]]]:
    """The foreign keys and the many-to-many relations that a model declares, not its parents."""
    if table.is_proxy:
        return [], []
    return table.local_relations, [m for m in table.many.values() if m.source in (None, table)]


def _take_out(relation: ReverseRelation, model: type[Record]) -> None:
    """Take a way back away from the model that it begins at."""
    model._table.reverse.pop(relation.query_name, None)
    if relation.name is not None:
        model._table.ways.pop(relation.name, None)
        delattr(model._concrete_model, relation.name)
    if relation.field is relation.source.ordered_within:
        model._take_order(relation)


def _clash(model: type[Record], name: str | None, query_name: str) -> str | None:
    """The name that a way back would have and that the model uses for something else already."""
    table = model._table
    if query_name in table.names or query_name in table.reverse or query_name in table.many:
        return query_name
    if name in table.names or any(name in vars(base) for base in model.__mro__):
        return name
    return None


def _wanted(field: Relation) -> str:
    """The name of the model that a relation waits for; empty where only asking it tells."""
    if not isinstance(field.waits_for, str):
        return ""
    assert field.source is not None
    is_self = field.waits_for == "self"
    return field.source.model_name if is_self else field.waits_for.rpartition(".")[2]


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
    if table.is_proxy:
        return [f"proxy of {table.name}"]
    found = [
        f"{table.name}.{field.column} {field.kind}{_detail(field)}" for field in table.declared
    ]
    parts = getattr(table.pk, "component_names", ())
    return [*found, *([f"{table.name} primary key ({', '.join(parts)})"] if parts else [])]


def _detail(field: Any) -> str:
    """Whether a column can be NULL; of a foreign key without columns of its own, those it has."""
    shared = getattr(field, "from_fields", None)
    return f" from ({', '.join(shared)})" if shared else " null" if field.null else ""
