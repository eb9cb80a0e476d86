"""What is a table: its name, its fields in order, its key, and the relations to and from it?"""

from __future__ import annotations

import re
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
AUTO_KINDS = frozenset({"auto", "bigauto", "smallauto"})


class Table:
    """The colour-free description of one model's table.

    Attributes:
        label: the model's module and name, ``"blog.models.Post"``.
        model_name: the model's name, ``"Post"``, as messages show it.
        name: the table's name in the database.
        declared: the fields as they were declared.
        fields: the fields that have a column, in their order.
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
        key: Field[Any] | None = None,
    ) -> None:
        self.label = label
        self.model_name = model_name
        self.options = options
        self.app_label = options.app_label
        self.name = options.db_table or _default_name(model_name, options.app_label)
        self.declared = self.fields = fields
        self.wide: list[ForeignKeyField[Any]] = []
        self.pk = key or self._primary_key()
        self.names: dict[str, Field[Any]] = {}
        self._name_fields()
        self.auto_field = self.pk if self.pk.kind in AUTO_KINDS else None
        within = options.order_with_respect_to
        self.ordered_within = (
            None if within is None else self.field(within, "Meta.order_with_respect_to")
        )
        self.ruled_fields = [f for f in fields if f.choices is not None or f.validators]
        self.many: dict[str, ManyToMany[Any]] = {}
        self.reverse: dict[str, ReverseRelation] = {}
        self.ways: dict[str, AnyWay] = {field.name: field for field in self.relations}
        self.registry: Registry | None = None
        self.checked: set[tuple[Any, ...]] = set()

    def __repr__(self) -> str:
        return f"<Table {self.name!r} of {self.label}>"

    def lay_out(self) -> None:
        """Put the columns of foreign keys that take several in the place of these."""
        fields: dict[Field[Any], None] = {}
        self.wide = []
        for field in self.declared:
            if field.is_relation and len(field.members) > 1:
                self.wide.append(field)  # type: ignore[arg-type]
                fields |= dict.fromkeys(m for m in field.members if m not in self.declared)
            else:
                fields[field] = None
        self.fields = tuple(fields)
        self._name_fields()

    def _name_fields(self) -> None:
        self.names.clear()
        for field in (*self.fields, *self.wide):
            self.names[field.name] = self.names[field.attname] = field
        self.names["pk"] = self.names[self.pk.attname] = self.pk

    def _primary_key(self) -> Field[Any]:
        keys = [field for field in self.fields if field.primary_key]
        if len(keys) > 1:
            raise ModelError(
                f"{self.model_name} has several primary keys: "
                f"{', '.join(field.name for field in keys)}",
                fix="Give primary_key=True to one field, and unique_together to the rest.",
            )
        return keys[0]

    @property
    def relations(self) -> list[ForeignKeyField[Any]]:
        """The foreign keys of this table."""
        keys: list[Any] = [field for field in self.fields if field.is_relation]
        return keys + self.wide

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
        except KeyError:
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


def _default_name(model_name: str, app_label: str | None) -> str:
    name = model_name.lower()
    return f"{app_label}_{name}".lower() if app_label else name
