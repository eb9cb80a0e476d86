"""What is a key of several columns: of a table itself, or of a relation to such a table?

It is a field without a column: its ``members`` are the fields that have them, and its value is the
tuple of theirs. Everything that asks a field for its members need not know how many there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import ValidationError, nearest, short
from ..expressions import FieldRef
from .fields import Field
from .fields.base import AnyField
from .record import NOT_VALUES, keyword_of

WHOLE = "_key"
"""The attribute with the tuple of a composite primary key, or None while a part of it is missing.

``pk`` has a tuple in any case, as in Django.
"""


class CompositePrimaryKey(Field[tuple[Any, ...]]):
    """A primary key of several columns: ``pk = CompositePrimaryKey("tenant", "number")``.

    It has no column of its own; the rows are told apart by those of the fields that it names.
    ``instance.pk`` is the tuple of their values, and can be set.

    Args:
        *names: the names of fields of the model, at least two.
        verbose_name: the name for readers.
        help_text: an explanation for readers.

    Raises:
        ModelError: when the model is declared, fields that cannot make a key together.

    Example:
        >>> class Order(Model):
        ...     pk = CompositePrimaryKey("tenant", "number")
        ...     tenant = ForeignKey(Tenant)
        ...     number = IntegerField()
    """

    kind = "composite"

    def __init__(self, *names: str, verbose_name: str | None = None, help_text: str = "") -> None:
        super().__init__(verbose_name, primary_key=True, help_text=help_text, editable=False)
        self.component_names = names
        self._components: tuple[AnyField, ...] = ()

    if TYPE_CHECKING:

        def __set__(self, instance: Any, value: Sequence[Any] | None) -> None: ...

    else:

        def __get__(self, instance: Any, owner: Any) -> Any:
            if instance is None:
                return FieldRef(owner._table.label, self.name)
            return tuple(getattr(instance, field.attname) for field in self._components)

        def __set__(self, instance: Any, value: Any) -> None:
            put(self, instance, value)

    def attname_for(self, name: str) -> str:
        """The attribute in which the tuple stands once it is complete."""
        return WHOLE

    @property
    def members(self) -> tuple[AnyField, ...]:
        """The fields that have the columns of the key."""
        return self._components

    @property
    def lookup_name(self) -> str:
        """The name by which it is asked for."""
        return self.name

    @property
    def has_default(self) -> bool:
        """Whether a new instance that is given no key makes one."""
        return all(field.has_default for field in self._components)

    def value_of(self, instance: Any) -> Any:
        """The key of an instance; None while a part of it is missing."""
        return together(self, instance)

    def apart(self, value: Any) -> Sequence[Any]:
        """A key as its parts, unchecked."""
        return apart(self, value)

    def check(self, value: Any) -> tuple[Any, ...]:
        """The key with each part in its normal form."""
        parts = apart(self, value)
        return tuple(f.check(part) for f, part in zip(self._components, parts, strict=True))

    def clone(self) -> CompositePrimaryKey:
        """A fresh, unbound copy."""
        twin = super().clone()
        twin._components = ()
        return twin

    def check_declaration(self) -> None:
        """Refuse another name than ``pk``, and names that are no list of fields."""
        names = self.component_names
        if self.name != "pk":
            raise self.misdeclared(
                "is a CompositePrimaryKey, which has to be called 'pk'",
                f"Write pk = CompositePrimaryKey({', '.join(map(repr, names))}).",
            )
        if not all(isinstance(name, str) for name in names) or len(set(names)) < max(len(names), 2):
            raise self.misdeclared(
                f"is a CompositePrimaryKey of {short(names)}",
                'Name two fields or more, each once: CompositePrimaryKey("tenant", "number").',
            )

    def settle(self, fields: Mapping[str, AnyField]) -> None:
        """Find the fields that it names.

        Raises:
            ModelError: there is no such field, or it cannot be part of a key.
        """
        known = {name: f for f in fields.values() for name in (f.name, f.attname)}
        for field in fields.values():
            if field.primary_key:
                raise self.misdeclared(
                    f"is the primary key, and {self.model}.{field.name} has primary_key=True",
                    "Take one of them away; unique=True tells rows apart as well.",
                )
        for name in self.component_names:
            if name not in known:
                guess = nearest(name, fields)
                raise self.misdeclared(
                    f"names {name!r}, which is no field of {self.model}",
                    f"Did you mean {guess!r}?" if guess else f"Fields: {', '.join(fields)}.",
                )
            if known[name].null:
                raise self.misdeclared(
                    f"names {name!r}, which can be null", f"Take null=True away from {name}."
                )
        self._components = tuple(known[name] for name in self.component_names)
        if len(set(self._components)) < len(self._components):
            raise self.misdeclared("names a field twice")


class Whole:
    """The attribute that is a key as a whole: the tuple, or None while a part of it is missing."""

    def __init__(self, field: AnyField) -> None:
        self.field = field

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return FieldRef(owner._table.label, self.field.name)
        members = self.field.members
        if not any(member.attname in instance.__dict__ for member in members):
            return instance._load_deferred(self.field)  # all of them at once
        return _complete([getattr(instance, member.attname) for member in members])

    def __set__(self, instance: Any, value: Any) -> None:
        put(self.field, instance, value)


class KeyPart(Field[Any]):
    """The column of a relation that holds one part of a composite key.

    Args:
        component: the part of the key that it holds values of.
        null: whether the relation may be empty.
    """

    kind = "keypart"

    def __init__(self, component: AnyField, *, null: bool) -> None:
        super().__init__(null=null)
        self.component = component

    @property
    def value_field(self) -> AnyField:
        """The field that says which values the column holds."""
        field: AnyField = self.component.value_field
        return field

    def check(self, value: Any) -> Any:
        """A value that the component accepts."""
        try:
            return self.component.check(value)
        except ValidationError as error:
            raise self.renamed(error) from None


def together(field: AnyField, instance: Any) -> tuple[Any, ...] | None:
    """The value of a key of several columns, as far as an instance has it; else None."""
    known = instance.__dict__
    return _complete([known.get(member.attname) for member in field.members])


def _complete(values: Sequence[Any]) -> tuple[Any, ...] | None:
    is_missing = any(value is None or isinstance(value, NOT_VALUES) for value in values)
    return None if is_missing else tuple(values)


def apart(field: AnyField, value: Any) -> Sequence[Any]:
    """A key as its parts, unchecked.

    Raises:
        ValidationError: it is no tuple, or one of another length.
    """
    if isinstance(value, tuple | list) and len(value) == len(field.members):
        return value
    names = ", ".join(member.name for member in field.members)
    raise field.invalid(f"must be a tuple ({names}), not {short(value)}")


def put(field: AnyField, instance: Any, value: Any) -> None:
    """Set the parts of a key of an instance; of an empty key, those that may be empty."""
    for member, part in assigned(field, value):
        setattr(instance, keyword_of(member, part), part)


def assigned(field: AnyField, value: Any) -> list[tuple[AnyField, Any]]:
    """The parts of a key with what each is set to.

    An empty key empties the columns that may be NULL, as a shared one may belong to others too.
    """
    if value is None:
        members = [member for member in field.members if member.null] or field.members
        return [(member, None) for member in members]
    return list(zip(field.members, field.apart(value), strict=True))
