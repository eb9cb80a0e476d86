"""How does a class body become a model? Its fields become a table, and leave the class.

A field that stayed on the class would make every store on an instance a third slower and every
read three times as slow (measured: CPython cannot specialise them). So ``Post.views`` is answered
by the metaclass, and ``post.views`` is a plain attribute. Relations stay: they are descriptors.
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable, Iterable
from enum import Enum
from functools import partial
from typing import Any

from ..errors import ModelError, MultipleObjectsReturned, ObjectDoesNotExist, short
from ..expressions import FieldRef
from . import inheritance
from .composite import WHOLE, CompositePrimaryKey, Whole
from .fields import NOT_PROVIDED, BigAutoField, Field
from .many import ManyToMany
from .options import Options, read_options
from .ordering import with_order
from .record import DB_DEFAULT, Record
from .table import Table

RESERVED = frozenset(
    {"objects", "save", "delete", "refresh_from_db", "validate_unique", "_table", "_plans"}
)
MIXED_IN = "_covet_fields"
DECLARED = (Field, ManyToMany)


class ModelMeta(type):
    """The metaclass of ``Model``; see the module's first lines."""

    _options: Options
    _own_fields: dict[str, Field[Any]]

    def __new__(
        mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any
    ) -> ModelMeta:
        """Make the class; a model unless it is the root or abstract."""
        is_root = not any(isinstance(base, ModelMeta) for base in bases)
        if is_root:
            return super().__new__(mcls, name, bases, namespace, **kwargs)
        meta = namespace.pop("Meta", None) or _mixed_in_meta(bases)
        options = read_options(name, meta, *inheritance.options_above(bases))
        own = {key: value for key, value in namespace.items() if isinstance(value, Field)}
        _refuse_slips(name, namespace)
        for key in own:
            del namespace[key]
        cls = super().__new__(mcls, name, bases, namespace, **kwargs)
        cls._options = options
        cls._own_fields = own
        if options.abstract:
            if meta is not None:
                cls.Meta = meta  # type: ignore[attr-defined]  # for `class Meta(Base.Meta)`
            _make_abstract(cls)
        elif options.proxy:
            _make_proxy(cls)
        else:
            _make_model(cls, _gathered(cls))
        return cls

    def __getattr__(cls, name: str) -> Any:
        """``Post.views``: the field as an expression."""
        table = cls.__dict__.get("_table")
        if table is not None:
            field = table.names.get(name)
            if field is not None:
                return FieldRef(table.label, field.name)
            registry = cls._registry
            if not name.startswith("_") and registry.settle() and name in cls.__dict__:
                return getattr(cls, name)
        if any(name in vars(base) for base in cls.__mro__):
            return super().__getattribute__(name)  # for the error of a manager that is not there
        raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")

    def lay_out(cls) -> None:
        """Take in that a foreign key turned out to have several columns."""
        table: Table = cls.__dict__["_table"]
        if table.is_proxy:
            table.show()
        else:
            table.lay_out()
        _check_columns(cls.__name__, list(table.fields))
        for field in table.declared:
            if field in table.wide:
                setattr(cls, field.attname, Whole(field))
            elif field.attname in vars(cls):  # it was wide until its target was declared again
                delattr(cls, field.attname)
        cls._fill = _filler(table)
        _seed(cls)
        heirs: list[Any] = cls.__subclasses__()
        for heir in heirs:
            if "_table" in vars(heir):
                heir.lay_out()

    def __dir__(cls) -> Iterable[str]:
        table = cls.__dict__.get("_table")
        return [*super().__dir__(), *(table.names if table is not None else ())]


def _found_again(cls: Any) -> Any:
    """What a pickle says of a model: its name, or the relation that it was made for."""
    made_for = vars(cls).get("_made_for")
    return cls.__qualname__ if made_for is None else (_table_between, made_for)


def _table_between(model: Any, name: str) -> Any:
    return model._table.many[name].through


copyreg.pickle(ModelMeta, _found_again)


def _mixed_in_meta(bases: tuple[type, ...]) -> type | None:
    """The Meta of a plain mixin that comes before any abstract parent."""
    for base in bases:
        if hasattr(base, "_options"):
            return None
        found: type | None = getattr(base, "Meta", None)
        if found is not None:
            return found
    return None


def _refuse_slips(model: str, namespace: dict[str, Any]) -> None:
    """Refuse what was meant to be a field or a manager: one without brackets, or with a comma."""
    for name, value in namespace.items():
        if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], DECLARED):
            raise ModelError(
                f"{model}.{name} is a tuple with a field in it",
                fix="Take away the comma behind the field.",
            )
        if isinstance(value, type) and issubclass(value, DECLARED) and value.__name__ != name:
            raise meant_an_instance(model, name, value)


def meant_an_instance(model: str, name: str, given: type) -> ModelError:
    """The error for ``title = CharField``, without brackets."""
    return ModelError(
        f"{model}.{name} is the class {given.__name__} itself",
        fix=f"Write {name} = {given.__name__}(…).",
    )


def _check_names(model: str, fields: Iterable[str]) -> None:
    for name in fields:
        if name in RESERVED or hasattr(Record, name):
            raise ModelError(
                f"{model}.{name} has the name of something that every model has",
                fix="Choose another name; db_column keeps the column's.",
            )


def _gathered(cls: ModelMeta) -> dict[str, Field[Any]]:
    """The class's own fields and copies of what abstract models and mixins have; nearest wins.

    Anything else of an inherited field's name drops it: a property, or ``title = None``. What a
    model with a table has got already stays in that table.
    """
    fields: dict[str, Field[Any]] = {}
    above = {base for parent in inheritance.parents_of(cls) for base in parent.__mro__}
    for base in reversed(cls.__mro__):
        if base in above or "_table" in base.__dict__:
            continue
        is_model = isinstance(base, ModelMeta)
        found = base.__dict__.get("_own_fields", {}) if is_model else _taken_out(base)
        for name in fields.keys() & base.__dict__.keys():
            del fields[name]
        fields |= found if base is cls else {name: f.clone() for name, f in found.items()}
    _check_names(
        cls.__name__, [n for n, f in fields.items() if not isinstance(f, CompositePrimaryKey)]
    )
    return fields


def _taken_out(mixin: type) -> dict[str, Field[Any]]:
    """A plain mixin's fields, which leave its class as they leave a model's."""
    found = {k: v for k, v in mixin.__dict__.items() if isinstance(v, Field)}
    if found:
        setattr(mixin, MIXED_IN, mixin.__dict__.get(MIXED_IN, {}) | found)
        for name in found:
            delattr(mixin, name)
    known: dict[str, Field[Any]] = mixin.__dict__.get(MIXED_IN, {})
    return known


def _make_abstract(cls: Any) -> None:
    """Take back what a class without a table inherits from one with a table."""
    if inheritance.parents_of(cls):
        cls._fill = Record._fill
        cls._unmanaged()


def _make_proxy(cls: Any) -> None:
    """Show another model's table, and complete the class."""
    model = inheritance.shown_by(cls, [*_gathered(cls), *_many_to_many(cls)])
    cls._concrete_model = model
    cls._table = model._table.seen_as(_label(cls), cls.__name__, cls._options)
    _finish(cls)


def _make_model(cls: Any, fields: dict[str, Field[Any]]) -> None:
    """Bind the fields, make the table, and complete the class."""
    parents = inheritance.parents_of(cls)
    key = _composite_key(cls, fields)
    if key is None:
        fields, links = inheritance.linked(cls, fields, parents)
    else:
        inheritance.refuse_composite(cls, parents)
        links = {}
    if key is None and not any(field.primary_key for field in fields.values()):
        if "id" in fields:
            raise ModelError(
                f"{cls.__name__}.id is not the primary key, and there is no other",
                fix="Give it primary_key=True, or another name.",
            )
        fields = {"id": BigAutoField(primary_key=True)} | fields
    fields, options = with_order(cls.__name__, fields, cls._options)
    cls._options = options
    for name, field in fields.items():
        field.bind(cls.__name__, name)
    _check_columns(cls.__name__, list(fields.values()))
    if parents:
        inheritance.check_names(cls, fields, parents)
    if key is not None:
        key.settle(fields)
    cls._concrete_model = cls
    cls._table = Table(_label(cls), cls.__name__, options, tuple(fields.values()), links, key)
    for name, many in _many_to_many(cls).items():
        many.bind(cls.__name__, name)
        cls._table.many[name] = many
        setattr(cls, name, many)
    for name, field in fields.items():
        if field.is_relation:
            setattr(cls, name, field)
        display = f"get_{name}_display"
        if field.choices is not None and not any(display in vars(base) for base in cls.__mro__):
            setattr(cls, display, _display(field))
    if key is not None:
        cls.pk = key
        setattr(cls, WHOLE, Whole(key))
    _check_names(cls.__name__, cls._table.many)
    cls._fill = _filler(cls._table)
    _finish(cls)


def _label(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _finish(cls: Any) -> None:
    """What every model gets once it has a table."""
    cls._plans = {}
    _check_meta(cls._table)
    for name, root in (
        ("DoesNotExist", ObjectDoesNotExist),
        ("MultipleObjectsReturned", MultipleObjectsReturned),
    ):
        _add_error(cls, name, root)
    cls._complete()
    _seed(cls)
    cls._registry.add(cls)
    if any(field.related is None for field in cls._table.relations):
        cls._fill = _settling_filler(cls)


def _composite_key(cls: Any, fields: dict[str, Field[Any]]) -> CompositePrimaryKey | None:
    """Take the composite primary key out of the fields with a column.

    Raises:
        ModelError: it is not called ``pk``.
    """
    found = {name: f for name, f in fields.items() if isinstance(f, CompositePrimaryKey)}
    for name, key in found.items():
        del fields[name]
        key.bind(cls.__name__, name)
    return found.get("pk")


def _many_to_many(cls: type) -> dict[str, ManyToMany[Any]]:
    """The class's own many-to-many relations, and copies of those of abstract models and mixins."""
    nearest: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        for name, thing in vars(base).items():
            is_inherited = "_table" in vars(base) and base is not cls
            nearest[name] = None if is_inherited else (base, thing)
    return {
        name: found[1] if found[0] is cls else found[1].clone()
        for name, found in nearest.items()
        if found is not None and isinstance(found[1], ManyToMany)
    }


def _display(field: Field[Any]) -> Callable[[Any], Any]:
    """Django's ``get_<field>_display()``: the label of the value's choice, else the value."""
    choices = field.flatchoices

    def display(self: Any) -> Any:
        value = getattr(self, field.attname)
        value = value.value if isinstance(value, Enum) else value
        return next((label for choice, label in choices if choice == value), value)

    return display


def _check_columns(model: str, fields: list[Field[Any]]) -> None:
    columns: dict[str, str] = {}
    attnames: dict[str, str] = {}
    for field in fields:
        column = field.column.lower()  # SQLite and MariaDB do not tell case apart
        for taken, word in ((columns, column), (attnames, field.attname)):
            if word in taken:
                raise ModelError(
                    f"{model}.{taken[word]} and {model}.{field.name} would both be {word!r}",
                    fix="Rename one of them, or give it another db_column.",
                )
            taken[word] = field.name


def _check_meta(table: Table) -> None:
    """Refuse an index, a constraint or an ordering over fields that there are not."""
    options = table.options
    for word, entries in (("indexes", options.indexes), ("constraints", options.constraints)):
        for entry in entries:
            for name in getattr(entry, "fields", ()):
                _check_local(table, name.removeprefix("-"), f"Meta.{word}")
    for group in options.unique_together:
        for name in group:
            _check_local(table, name, "Meta.unique_together")
    for field in table.fields:
        for part, name in field.unique_for:
            _check_unique_for(table, field, part, name)
    for word in ("ordering", "get_latest_by"):
        for term in getattr(options, word):
            if isinstance(term, str) and "__" not in term and term != "?":
                table.field(term.removeprefix("-"), f"Meta.{word}")


def _check_unique_for(table: Table, field: Field[Any], part: str, name: str) -> None:
    """Refuse ``unique_for_date`` and its like where they name no date."""
    other = table.names.get(name)
    if other is None or other.kind not in ("date", "datetime"):
        fields = [f.name for f in table.fields if f.kind in ("date", "datetime")]
        fix = (
            f"{table.model_name} has {', '.join(fields)}."
            if fields
            else "Add one, or take it away."
        )
        raise field.misdeclared(
            f"has unique_for_{part}={short(name)}, which is no DateField or DateTimeField", fix
        )


def _check_local(table: Table, name: str, asked: str) -> None:
    field = table.field(name, asked)
    if field in table.inherited:
        raise ModelError(
            f"{table.model_name}.{asked} names {name!r}, whose column is in the table of "
            f"{field.model}",
            fix=f"Say it in the Meta of {field.model}.",
        )


def _add_error(cls: Any, name: str, root: type[Exception]) -> None:
    """An error of the model's own; a kind of the errors of the models that it inherits from."""
    above = {getattr(base, name, root): None for base in cls.__bases__}
    above.pop(root, None)
    error = type(name, tuple(above) or (root,), {"__module__": cls.__module__})
    error.__qualname__ = f"{cls.__qualname__}.{name}"
    setattr(cls, name, error)


def _filler(table: Table) -> Any:
    """The generated function that sets all fields of a new instance: one line for each.

    Names come from the model's own class body, so they are identifiers; values come by reference.
    """
    names: dict[str, Any] = {}
    lines = ["def _fill(self, kwargs):"]
    if table.parents:
        names["take_over"] = partial(inheritance.take_over, table)
        lines.append("    take_over(kwargs)")
    for n, field in enumerate(table.fields):
        if field.default is NOT_PROVIDED and field.db_default is not NOT_PROVIDED:
            names[f"d{n}"], default = DB_DEFAULT, f"d{n}"
        elif callable(field.default):
            names[f"d{n}"], default = field.default, f"d{n}()"
        else:
            names[f"d{n}"], default = field.get_default(), f"d{n}"
        attname = field.attname
        lines.append(
            f"    self.{attname} = kwargs.pop({attname!r}) if {attname!r} in kwargs else {default}"
        )
    exec("\n".join(lines), names)
    return names["_fill"]


def _settling_filler(cls: Any) -> Any:
    """What makes the first instance where a relation is only named yet.

    The model that it names may have a key of several columns, which are fields of this one then.
    """

    def _fill(self: Any, kwargs: dict[str, Any]) -> None:
        cls._registry.settle()
        cls._fill = _filler(cls._table)
        cls._fill(self, kwargs)

    return _fill


def _seed(cls: Any) -> None:
    """Teach the class's shared key table every name that an instance may ever have.

    CPython freezes that table after some thirty instances; a name that comes later turns an
    instance's attributes into a dictionary of its own, three times as large and slow.
    """
    first = object.__new__(cls)
    first._origin = None
    for field in cls._table.fields:
        setattr(first, field.attname, None)
    for field in cls._table.relations:
        setattr(first, field.cache_name, None)
