"""What is a table: its name, its fields in order, its key, and the relations to and from it?"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterable, Mapping, MutableMapping
from itertools import count
from typing import TYPE_CHECKING, Any

from ..errors import ModelError, UnknownField
from .fields import Field
from .options import Options

if TYPE_CHECKING:
    from .many import ManyToMany
    from .registry import Registry
    from .relations import ForeignKeyField, ReverseRelation
    from .ways import AnyWay

MOST_PLANS = 2000
SERIALS = count(1)
AUTO_KINDS = frozenset({"auto", "bigauto", "smallauto"})


class Table:
    """The colour-free description of one model's table.

    Attributes:
        label: the model's module and name, ``"blog.models.Post"``.
        serial: its number in this process, as a label can be declared again.
        model_name: the model's name, ``"Post"``, as messages show it.
        name: the table's name in the database.
        declared: the fields as they were declared.
        local_fields: the fields that have a column in this table, in their order.
        fields: those of an instance: the columns of parents' tables, then the local ones.
        parents: the links to the tables that this one goes on from, and those tables.
        parts: the tables that an instance has a row in, parents first; itself is the last.
        inherited: inherited fields, and the links to the table that has their column.
        concrete: itself; of a proxy, the table that it is.
        labels: of the model and all its proxies.
        key_names: the attributes that hold the primary key, which parents hold as their own.
        set_by_save: the keys that ``save()`` finds out, so that a new instance may lack them.
        wide: the foreign keys that are among the declared only, as their key has several columns.
        pk: the primary key.
        auto_field: the primary key where the database counts it up, else None.
        ordered_within: the field whose value rows share that ``_order`` counts, if there is one.
        ruled_fields: the fields with choices or validators, which ``save()`` checks.
        names: every word that names a field: its name, its attname and ``pk``.
        many: the many-to-many relations that are declared here, by name.
        reverse: the relations that point here, by the name that lookups use.
        ways: every way from here to related rows, by the name of the attribute.
        checked: shapes of clauses known to resolve; what makes ``filter()`` cheap the next time.
    """

    def __init__(
        self,
        label: str,
        model_name: str,
        options: Options,
        fields: tuple[Field[Any], ...],
        parents: Mapping[ForeignKeyField[Any], Table] | None = None,
        key: Field[Any] | None = None,
    ) -> None:
        self.label = label
        self.serial = next(SERIALS)
        self.model_name = model_name
        self.options = options
        self.app_label = options.app_label
        self.name = options.db_table or _default_name(model_name, options.app_label)
        self.declared = self.local_fields = fields
        self.local_wide: list[ForeignKeyField[Any]] = []
        self.parents = dict(parents or {})
        self.concrete = self
        self.labels = {label}
        older = [part for parent in self.parents.values() for part in parent.parts]
        self.parts: tuple[Table, ...] = (*dict.fromkeys(older), self)
        self.pk = key or self._primary_key()
        self.key_names = (self.pk.attname, *self._keys_above())
        self.inherited: dict[Field[Any], tuple[ForeignKeyField[Any], ...]] = {}
        self.fields: tuple[Field[Any], ...] = ()
        self.wide: list[ForeignKeyField[Any]] = []
        self.names: dict[str, Field[Any]] = {}
        self._gather()
        self.auto_field = self.pk if self.pk.kind in AUTO_KINDS else None
        within = options.order_with_respect_to
        self.ordered_within = (
            None if within is None else self.field(within, "Meta.order_with_respect_to")
        )
        self.set_by_save: frozenset[Field[Any]] = frozenset(
            part_key
            for part in self.parts
            for part_key in (*part.parents, part.auto_field)
            if part_key is not None
        )
        every: Iterable[Any] = self.fields
        self.ruled_fields: list[Field[Any]] = [
            f for f in every if f.choices is not None or f.validators
        ]
        self.many: MutableMapping[str, ManyToMany[Any]] = {}
        self.reverse: MutableMapping[str, ReverseRelation] = {}
        self.ways: MutableMapping[str, AnyWay] = {f.name: f for f in self.local_relations}
        if self.parents:  # what parents have is found from here, also if it comes later
            above = self.parents.values()
            self.many = ChainMap({}, *(parent.many for parent in above))
            self.reverse = ChainMap({}, *(parent.reverse for parent in above))
            self.ways = ChainMap(self.ways, *(parent.ways for parent in above))
        self.registry: Registry | None = None
        self.checked: set[tuple[Any, ...]] = set()

    def __repr__(self) -> str:
        return f"<Table {self.name!r} of {self.label}>"

    def __reduce__(self) -> Any:
        """Found again by its model, which pickle knows by name."""
        assert self.registry is not None
        return _table_of, (self.registry.models[self.label],)

    def seen_as(self, label: str, model_name: str, options: Options) -> Table:
        """The same table as a proxy shows it: with another name and other options."""
        proxy = object.__new__(Table)  # no copy.copy(), which would find this very table again
        proxy.__dict__.update(self.__dict__)
        proxy.label, proxy.model_name = label, model_name
        proxy.options, proxy.app_label = options, options.app_label
        proxy.registry = None
        self.labels.add(label)
        return proxy

    @property
    def is_proxy(self) -> bool:
        """Whether another model has this table."""
        return self.concrete is not self

    def is_a(self, table: Table) -> bool:
        """Whether every row here has a row in a table: this, or one that it goes on from."""
        return any(part is table.concrete for part in self.parts)

    def knows(self, label: str) -> bool:
        """Whether a model is this one, a proxy of it, or one of its parents."""
        return any(label in part.labels for part in self.parts)

    def way_to(self, table: Table) -> tuple[ForeignKeyField[Any], ...]:
        """The links from here to a table that this one goes on from; none to itself."""
        for link, parent in self.parents.items():
            if parent.is_a(table):
                return (link, *parent.way_to(table))
        return ()

    def _keys_above(self) -> tuple[str, ...]:
        parent = next((parent for link, parent in self.parents.items() if link is self.pk), None)
        return parent.key_names if parent is not None else ()

    def lay_out(self) -> None:
        """Put the columns of foreign keys that take several in the place of these."""
        fields: dict[Field[Any], None] = {}
        self.local_wide = []
        for field in self.declared:
            if field.is_relation and len(field.members) > 1:
                self.local_wide.append(field)  # type: ignore[arg-type]
                fields |= dict.fromkeys(m for m in field.members if m not in self.declared)
            else:
                fields[field] = None
        self.local_fields = tuple(fields)
        self._gather()

    def show(self) -> None:
        """Of a proxy: take over what its table turned out to have."""
        shown = self.concrete
        self.local_fields, self.local_wide = shown.local_fields, shown.local_wide
        self.fields, self.wide, self.inherited = shown.fields, shown.wide, shown.inherited

    def _gather(self) -> None:
        """Put together what parents have and what is here, and name it."""
        self.inherited.clear()
        for link, parent in self.parents.items():
            for field in (*parent.fields, *parent.wide):
                self.inherited.setdefault(field, (link, *parent.inherited.get(field, ())))
        above = dict.fromkeys(wide for parent in self.parents.values() for wide in parent.wide)
        columns = (field for field in self.inherited if field not in above)
        self.fields = (*columns, *self.local_fields)
        self.wide = [*above, *self.local_wide]
        self.names.clear()
        for field in (*self.fields, *self.wide):
            self.names[field.name] = self.names[field.attname] = field
        self.names["pk"] = self.names[self.pk.attname] = self.pk

    def _primary_key(self) -> Field[Any]:
        keys = [field for field in self.local_fields if field.primary_key]
        if len(keys) > 1:
            raise ModelError(
                f"{self.model_name} has several primary keys: "
                f"{', '.join(field.name for field in keys)}",
                fix="Give primary_key=True to one field, and unique_together to the rest.",
            )
        return keys[0]

    @property
    def relations(self) -> list[ForeignKeyField[Any]]:
        """The foreign keys of an instance."""
        keys: list[Any] = [field for field in self.fields if field.is_relation]
        return keys + self.wide

    @property
    def local_relations(self) -> list[ForeignKeyField[Any]]:
        """The foreign keys whose columns are in this table."""
        keys: list[Any] = [field for field in self.local_fields if field.is_relation]
        return keys + self.local_wide

    @property
    def own_reverse(self) -> dict[str, ReverseRelation]:
        """The relations that point here, and not to a table that this one goes on from."""
        reverse: Any = self.reverse
        own: dict[str, ReverseRelation] = reverse.maps[0] if self.parents else reverse
        return own

    @property
    def verbose_name(self) -> str:
        """The model's name for readers: ``Meta.verbose_name``, or ``blog post`` of BlogPost."""
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", self.model_name).lower()
        return self.options.verbose_name or words

    @property
    def verbose_name_plural(self) -> str:
        """The same for several of them: ``Meta.verbose_name_plural``, or with an s."""
        return self.options.verbose_name_plural or f"{self.verbose_name}s"

    def field(self, name: str, asked: str | None = None) -> Field[Any]:
        """The field of a name.

        Raises:
            UnknownField: there is none; the message names the nearest.
        """
        try:
            return self.names[name]
        except (KeyError, TypeError):  # a dictionary or a list is no name, and no key of one
            choices = [field.name for field in (*self.fields, *self.wide)]
            raise UnknownField(self.model_name, name, choices, asked) from None

    def choices(self) -> list[str]:
        """The names that a user may mean, reverse relations included."""
        hidden = "+"
        ways_back = [name for name in self.reverse if not name.startswith(hidden)]
        fields = (*self.fields, *self.wide)
        return [field.name for field in fields] + list(self.many) + ways_back

    def settle(self) -> None:
        """Resolve relations that are only named so far: now is when they are needed."""
        if self.registry is not None:
            self.registry.settle()

    def remember(self, shape: tuple[Any, ...]) -> None:
        """Note that a clause of this shape resolves."""
        if len(self.checked) >= MOST_PLANS:  # shapes can come from users: never let them pile up
            self.checked.clear()
        self.checked.add(shape)


def _table_of(model: Any) -> Table:
    table: Table = model._table
    return table


def _default_name(model_name: str, app_label: str | None) -> str:
    name = model_name.lower()
    return f"{app_label}_{name}".lower() if app_label else name
