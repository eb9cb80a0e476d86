"""What is a relation: the column that holds the key, the table it points to, and the way back?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ..errors import ModelError, ValidationError, short
from ..expressions import Q
from . import composite, wide
from .fields import Field, FieldOptions
from .limits import Limit, check_limit, limit_of
from .on_delete import CASCADE, DB_SET_NULL, OnDelete, check_on_delete
from .record import Record, Reference

if TYPE_CHECKING:
    from .many import ManyToMany
    from .registry import Registry
    from .table import Table

T = TypeVar("T")

NOT_YET = (NameError, AttributeError, ImportError)
"""What a function raises whose model a module, perhaps half imported, has not declared yet."""


class RelationOptions(FieldOptions, total=False):
    """The options that every relation takes, beside ``null``."""

    related_name: str | None
    related_query_name: str | None
    to_field: str | None
    from_fields: Sequence[str] | None
    db_constraint: bool
    limit_choices_to: Limit | None
    parent_link: bool


@dataclass(frozen=True, slots=True, eq=False)
class ReverseRelation:
    """A relation seen from the table that it points to.

    Attributes:
        name: the attribute on instances, ``author.posts``; None where it was hidden with ``"+"``.
        query_name: the name in lookups.
        field: the foreign key, or the many-to-many relation.
        source: the table of the model that declares it.
        many: whether several rows may point here; False for one-to-one.
    """

    name: str | None
    query_name: str
    field: Any
    source: Table
    many: bool

    @property
    def key(self) -> ForeignKeyField[Any] | None:
        """The foreign key; None for a many-to-many relation, which has two in another table."""
        return self.field if isinstance(self.field, ForeignKeyField) else None

    @property
    def to_child(self) -> bool:
        """Whether it leads from a parent's row to the row of a child that goes on from it."""
        return self.key is not None and self.key.parent_link


class ForeignKeyField(Field[T]):
    """The colour-free half of ``ForeignKey``: the column and what may stand in it.

    Args:
        to: the related model, its name (``"Author"``, ``"blog.Author"``, ``"self"``) or a function
            that returns it, for models that come later in the module.
        related_name: the attribute on the related model, ``posts``; ``"+"`` makes none.
        related_query_name: the name in lookups, if it is not ``related_name``.
        to_field: the unique field of the related model that the column holds; its primary key
            when left out.
        from_fields: the names of fields of this model that hold the key, where it is one of several
            columns; columns of their own when left out.
        on_delete: what becomes of the rows whose target is deleted; ``schema.on_delete`` has all.
        db_constraint: False leaves the constraint out.
        limit_choices_to: which related rows ``related_choices()`` offers: lookups in a dictionary,
            a ``Q``, or a function that gives either.
        parent_link: whether a one-to-one relation is what a model inherits along.
        **options: those of every field; ``db_index`` is on by default.

    Raises:
        ModelError: when the model is declared, options that cannot work together.
    """

    kind = "foreignkey"
    is_relation: ClassVar[bool] = True
    one_to_one: ClassVar[bool] = False
    many: ClassVar[bool] = False

    @property
    def relation_type(self) -> str:
        """``"foreignkey"`` or ``"onetoone"``, as the reverse registry calls it."""
        return "onetoone" if self.one_to_one else "foreignkey"

    def __init__(
        self,
        to: type[Any] | str | Callable[[], type[Any]],
        on_delete: OnDelete = CASCADE,
        *,
        related_name: str | None = None,
        related_query_name: str | None = None,
        to_field: str | None = None,
        from_fields: Sequence[str] | None = None,
        db_constraint: bool = True,
        limit_choices_to: Limit | None = None,
        parent_link: bool = False,
        **options: Any,
    ) -> None:
        options.setdefault("db_index", True)
        if self.one_to_one:
            options["unique"] = True
        super().__init__(**options)
        self.to = self.waits_for = to
        self.related_name = related_name
        self.related_query_name = related_query_name
        self.to_field = to_field
        self.from_fields = from_fields
        self.on_delete = on_delete
        self.db_constraint = db_constraint
        self.limit_choices_to = limit_choices_to
        self.parent_link = parent_link
        self.source: Table | None = None
        self.related: type[Record] | None = None
        self.reverse: ReverseRelation | None = None
        self.registry: Registry | None = None
        self.parts: tuple[Field[Any], ...] = ()

    def clone(self) -> ForeignKeyField[T]:
        """A fresh, unbound copy that has resolved nothing yet."""
        twin = super().clone()
        twin.source = twin.related = twin.reverse = twin.registry = None
        twin.parts = ()
        return twin

    def attname_for(self, name: str) -> str:
        """The attribute that holds the key: ``author_id``."""
        return f"{name}_id"

    def check_declaration(self) -> None:
        """Refuse an ``on_delete`` that there is not, or that the column cannot follow."""
        if self.parent_link and (not self.one_to_one or self.null or self.to_field):
            raise self.misdeclared(
                "has parent_link=True, but is no OneToOneField to the parent's key",
                f"Write {self.name} = OneToOneField(…, parent_link=True), without more.",
            )
        super().check_declaration()
        if self.from_fields is None:  # whether these can be null is not known yet
            check_on_delete(self)
        check_limit(self)

    def get_limit_choices_to(self) -> dict[str, Any] | Q:
        """What ``limit_choices_to`` says now; a function is called each time.

        Raises:
            ModelError: the function gives something that can be no condition.
        """
        return limit_of(self)

    @property
    def cache_name(self) -> str:
        """The instance attribute that holds the related object once it is known."""
        return f"_{self.name}_cache"

    @property
    def related_model(self) -> type[Record]:
        """The related model.

        Raises:
            ModelError: it is only named yet, and no model of that name was declared; or the
                function that is to return it fails.
        """
        if self.related is None:
            if self.registry is not None:
                self.registry.settle()
            if self.related is None:
                raise unknown_target(self, self.to)
        return self.related

    @property
    def target(self) -> Table:
        """The table that the key points to."""
        return self.related_model._table

    @property
    def target_field(self) -> Field[Any]:
        """The field that the key holds a value of.

        Raises:
            ModelError: ``to_field`` names a field that is not unique, or that another table has.
        """
        if self.to_field is None:
            return self.target.pk
        field = self.target.field(self.to_field)
        if not (field.unique or field.primary_key):
            raise self.misdeclared(
                f"has to_field={self.to_field!r}, but {field.model}.{field.name} is not unique",
                "Add unique=True to it.",
            )
        if field in self.target.inherited:
            raise self.misdeclared(
                f"has to_field={self.to_field!r}, which {self.target.model_name} inherits and "
                "has no column for",
                f"Leave it out, or point to {field.model}.",
            )
        return field

    @property
    def value_field(self) -> Field[Any]:
        """The field that says which values the column holds: the target's."""
        field: Field[Any] = self.target_field.value_field
        return field

    # --- a key of several columns --------------------------------------------------------------

    @property
    def members(self) -> tuple[Field[Any], ...]:
        """The fields that have its columns: itself, or one for each part of the target's key."""
        return self.parts or (self,)

    def take_parts(self) -> bool:
        """Whether it has other columns than it was declared with, as the target's key has several.

        Raises:
            ModelError: the options do not go together with such a key, or ``from_fields`` do not.
        """
        before = self.parts
        self.parts = wide.parts(self)
        if self.from_fields is not None:
            empty = [member.null for member in self.parts]
            self.null = any(empty)
            if self.on_delete == DB_SET_NULL and not all(empty):
                raise self.misdeclared(
                    "has on_delete=DB_SET_NULL, and not all of its from_fields can be null",
                    "Add null=True to each of them, or use SET_NULL, which empties those that can.",
                )
            check_on_delete(self)
        return bool(before or self.parts)

    def value_of(self, instance: Any) -> Any:
        """The key that an instance holds, as far as it is loaded."""
        if self.parts:
            return composite.together(self, instance)
        return instance.__dict__.get(self.attname)

    def apart(self, value: Any) -> Sequence[Any]:
        """The key of an object, or a key, as its parts."""
        key = self._key(value)
        return composite.apart(self, key) if self.parts else (key,)

    def is_empty(self, instance: Any) -> bool:
        """Whether it is known that there is no key: a part of it that is loaded is NULL."""
        attributes = instance.__dict__
        return any(attributes.get(member.attname, self) is None for member in self.members)

    # --- values --------------------------------------------------------------------------------

    def check(self, value: Any) -> T:
        """The key of an object, or the key itself.

        Raises:
            ValidationError: an object of another model, one that is not saved, or no valid key.
        """
        return super().check(self._key(value))

    def _key(self, value: Any) -> Any:
        """The key of an object; a key as it is."""
        if issubclass(type(value), Reference):
            if not value._covet_way.target.is_a(self.target):
                raise self.of_another_model(value)
            return value._covet_key(self.key_name)
        return self.key_of(value) if isinstance(value, Record) else value

    def key_of(self, value: Record) -> Any:
        """The value that this column holds for a related object.

        Raises:
            ValidationError: the object is of another model or has no key yet.
        """
        if not isinstance(value, self.accepted):
            raise self.of_another_model(value)
        key = getattr(value, self.key_name)
        if key is None:
            noun = _a(self.related_model.__name__)
            raise self.invalid(f"is {noun} that is not saved yet; save it first")
        return key

    @property
    def accepted(self) -> type[Record]:
        """What related objects are instances of: a proxy stands for its model."""
        return self.related_model._concrete_model

    def of_another_model(self, value: Any) -> ValidationError:
        """The error for a value that is no object of the related model."""
        return self.invalid(f"must be {_a(self.related_model.__name__)}, not {short(value)}")

    # --- what an instance knows of its related object ------------------------------------------

    def known(self, instance: Any) -> tuple[bool, Any]:
        """Whether an instance's related object is known without a query, and the object.

        An object that was loaded for another key than the instance has now is forgotten.
        """
        attributes = instance.__dict__
        found = attributes.get(self.cache_name)
        if type(found) is Unsaved:
            self.take_key(instance)
            found = attributes[self.cache_name]
        if found is None:
            key = self.value_of(instance)
            if self.parent_link and key is not None:
                return self._part(instance)
            return self.is_empty(instance), None
        if type(found) is Unsaved:
            return True, found.record
        key = self.value_of(instance)
        if key is not None:
            theirs = self.target_field.value_of(found)
            if key == theirs or (theirs is None and self._is_key_deferred(found)):
                return True, found
        is_empty = self.is_empty(instance)
        if key is None and not is_empty:  # it is not loaded
            return True, found
        attributes[self.cache_name] = None
        return is_empty, None

    def _is_key_deferred(self, found: Any) -> bool:
        """Whether an object was loaded without the key that it is pointed to by."""
        values = found.__dict__
        return any(member.attname not in values for member in self.target_field.members)

    def _part(self, instance: Any) -> tuple[bool, Any]:
        """The parent's row of an instance as an object of its own: the instance has its values."""
        names = [field.attname for field in self.target.fields]
        values = instance.__dict__
        if instance._origin is None or any(name not in values for name in names):
            return False, None
        part = object.__new__(self.related_model)
        part._origin = instance._origin
        for name in (*names, *(field.cache_name for field in self.target.relations)):
            setattr(part, name, values.get(name))
        values[self.cache_name] = part
        return True, part

    def assign(self, instance: Any, value: Any) -> None:
        """Point an instance to another object, or with None to none.

        Raises:
            ValidationError: the object is of another model.
        """
        key = None
        if issubclass(type(value), Reference):
            is_known, found = value._covet_known()
            key = None if is_known else self.check(value)  # not loaded, its key is enough
            value = found
        kept: Any = value
        if value is not None:
            if not isinstance(value, self.accepted):
                raise self.of_another_model(value)
            key = getattr(value, self.key_name)
            kept = value if key is not None else Unsaved(value)
        if self.one_to_one and value is not None and not self.parent_link:
            self._turn_back(instance, value)
        setattr(instance, self.attname, key)
        setattr(instance, self.cache_name, kept)
        if self.parent_link:  # the keys above are this one
            for name in self.target.key_names:
                setattr(instance, name, key)
        if self.one_to_one and value is not None and self.reverse is not None:
            setattr(value, f"_{self.reverse.name}_cache", instance)

    def _turn_back(self, instance: Any, value: Any) -> None:
        """The way back leads from another object to the instance now, if there is such a way."""
        relation = self.reverse
        if relation is not None and relation.name is not None:
            way: Any = self.target.ways[relation.name]
            setattr(value, way.cache_name, instance)

    def take_key(self, instance: Any) -> None:
        """Take over the key of an object that was saved after it was assigned."""
        attributes = instance.__dict__
        found = attributes.get(self.cache_name)
        if type(found) is not Unsaved:
            return
        if self.value_of(instance) is not None:  # another key was set since
            attributes[self.cache_name] = None
        elif (key := getattr(found.record, self.key_name)) is not None:
            setattr(instance, self.attname, key)
            attributes[self.cache_name] = found.record

    @property
    def key_name(self) -> str:
        """The attribute of the related object that the column holds."""
        name: str = self.target_field.attname
        return name

    @property
    def target_model(self) -> type[Record]:
        """The related model."""
        return self.related_model

    @property
    def lookup(self) -> str:
        """How the related objects of many instances are asked for: by this of them."""
        name: str = self.target_field.lookup_name
        return name

    @property
    def row_key(self) -> str:
        """The attribute of a related object that instances hold."""
        return self.key_name

    @property
    def near_name(self) -> str:
        """The attribute of an instance that says what its related object is found by."""
        return self.attname

    @property
    def near_field(self) -> Field[Any]:
        """The field that is this attribute."""
        return self

    def near_key(self, instance: Any) -> Any:
        """What an instance holds of its related object, as far as it is loaded."""
        return self.value_of(instance)

    def forget(self, instance: Any) -> None:
        """What was kept may not be true any more."""
        setattr(instance, self.cache_name, None)

    def keep(self, instance: Any, found: Any) -> None:
        """Keep the related object; where none was found there is nothing to keep."""
        if found is not None:
            setattr(instance, self.cache_name, found)

    def missing(self, instance: Any) -> Any:
        """What reading it gives where the key is empty."""
        return None

    def held(self, instance: Any, attname: str) -> Any:
        """A value of the related object that the instance holds itself: its key; else None."""
        return getattr(instance, self.attname) if attname == self.key_name else None


class Unsaved:
    """Stands where a related object is kept, as long as that has no key to be kept for."""

    __slots__ = ("record",)

    def __init__(self, record: Record) -> None:
        self.record = record


def is_plain(name: str) -> bool:
    """Whether a way back can be called so."""
    return name.isidentifier() and "__" not in name and not name.endswith("_")


def unknown_target(field: ForeignKeyField[Any] | ManyToMany[Any], to: Any) -> ModelError:
    """What to raise where the model that a relation names is needed and is not known."""
    where = f"{field.model}.{field.name}"
    fix = "Import the module of that model before the first query."
    if not isinstance(to, str | type):
        try:
            to()
        except NOT_YET as cause:
            said = f"{type(cause).__name__}: {cause}"
            error = ModelError(f"{where} points to a function that raises {said}", fix=fix)
            error.__cause__ = cause
            return error
    wrong = f"{where} points to {short(to)}, which no module that was imported declares"
    return ModelError(wrong, fix=fix)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[:1] in "AEIOU" else f"a {noun}"


def reverse_names(
    field: ForeignKeyField[Any] | ManyToMany[Any], source: Table
) -> tuple[str | None, str]:
    """The accessor's and the lookup's name for the way back along a relation.

    Django's rules: ``related_name`` is both; without it ``<model>_set`` (one-to-one: ``<model>``)
    and ``<model>``. ``%(class)s``, ``%(model_name)s`` and ``%(app_label)s`` stand for the model
    that has the key, so that abstract models can be inherited twice.
    """
    words = {
        "class": source.model_name.lower(),
        "model_name": source.model_name.lower(),
        "app_label": (source.app_label or "").lower(),
    }
    given = field.related_name or source.options.default_related_name
    name = given % words if given else None
    if name and name.endswith("+"):
        hidden = f"+{source.label}.{field.name}".replace("__", "_")  # one word in a path
        return None, field.related_query_name or hidden
    model = words["model_name"]
    query_name = (field.related_query_name or "") % words or name or model
    return name or (model if field.one_to_one else f"{model}_set"), query_name
