"""What does every instance of a model do, in either colour: being made, compared, shown, copied?"""

from __future__ import annotations

from collections.abc import Container, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import (
    MultipleObjectsReturned,
    NotLoaded,
    ObjectDoesNotExist,
    UnknownField,
    ValidationError,
    keyword,
)
from ..expressions.shape import Shaped
from .fields import Field
from .peers import FetchMode, Origin

if TYPE_CHECKING:
    from .registry import Registry
    from .relations import ReverseRelation
    from .table import Table
    from .ways import Way


class DatabaseDefault:
    """The type of ``DB_DEFAULT``: the database fills this value in when the row is inserted."""

    def __repr__(self) -> str:
        return "DB_DEFAULT"

    def __reduce__(self) -> str:
        return "DB_DEFAULT"


DB_DEFAULT = DatabaseDefault()


class UnexpectedKeyword(UnknownField, TypeError):
    """A model was given a keyword that is neither a field nor a settable property of it."""


class State:
    """Django's ``instance._state``: whether a row was saved yet, and to which database."""

    __slots__ = ("_record",)

    def __init__(self, record: Record) -> None:
        self._record = record

    @property
    def adding(self) -> bool:
        """Whether it is not in the database yet; True makes it a new row, as copies are made."""
        return self._record._origin is None

    @adding.setter
    def adding(self, value: bool) -> None:
        if value:
            self._record._origin = None

    @property
    def db(self) -> str | None:
        """The alias of the database that it came from."""
        origin = self._record._origin
        return origin.alias if origin else None

    @property
    def fetch_mode(self) -> FetchMode | None:
        """How far touching something of it that is not loaded goes."""
        origin = self._record._origin
        return origin.mode if origin else None

    @property
    def peers(self) -> list[Record]:
        """The living instances that came from the same query, itself among them."""
        origin = self._record._origin
        return (origin.living() if origin else []) or [self._record]


class Reference:
    """The colour-free base of lazy references, so that a foreign key can read their key."""

    __slots__ = ()

    if TYPE_CHECKING:
        _covet_way: Way

    def _covet_known(self) -> tuple[bool, Any]:
        raise NotImplementedError

    def _covet_key(self, attname: str) -> Any:
        raise NotImplementedError


class Record:
    """The colour-free half of ``Model``."""

    if TYPE_CHECKING:
        _table: ClassVar[Table]
        _registry: ClassVar[Registry]
        _plans: ClassVar[dict[tuple[Any, ...], Any]]
        _concrete_model: ClassVar[type[Record]]

        # A model with a composite primary key declares it.
        pk: Any

        # Names that only the class knows, as `author_id`: what is declared is checked all the same.
        def __setattr__(self, name: str, value: Any) -> None: ...

    DoesNotExist: ClassVar[type[ObjectDoesNotExist]] = ObjectDoesNotExist
    MultipleObjectsReturned: ClassVar[type[MultipleObjectsReturned]] = MultipleObjectsReturned

    _origin: Origin | None = None
    _made_for: ClassVar[tuple[type[Record], str] | None] = None
    """Of a table between that nobody declared: the model and the name of the relation."""
    _told: ClassVar[Any] = None  # a watch.making.Making, while anybody listens to constructors
    _forgotten: frozenset[str] = frozenset()
    """Attributes whose values only the database knows, as it has made them."""

    def __init__(self, /, *args: Any, **kwargs: Any) -> None:
        """Make an instance that is not saved yet.

        Args:
            *args: values in the order of the fields.
            **kwargs: values by the names of fields, relations or settable properties.

        Raises:
            UnexpectedKeyword: a keyword that the model does not have (a ``TypeError`` too).
            TypeError: more positional values than fields, or a field given twice.
        """
        if args:
            kwargs = self._by_name(args, kwargs)
        self._fill(kwargs)
        if kwargs:
            self._fill_rest(kwargs)

    def _fill(self, kwargs: dict[str, Any]) -> None:
        """Set each field from its keyword, which is taken out, or from its default."""
        name = type(self).__name__  # a model with a table has a generated function here
        raise TypeError(
            f"{name} is abstract and has no table, so it has no instances; "
            "make one of a model that inherits from it"
        )

    @classmethod
    def _by_name(cls, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        fields = cls._table.fields
        if len(args) > len(fields):
            raise TypeError(
                f"{cls.__name__}() takes at most {len(fields)} positional values, "
                f"one for each field; {len(args)} were given"
            )
        for field, value in zip(fields, args, strict=False):
            if field.name in kwargs or field.attname in kwargs:
                raise TypeError(f"{cls.__name__}() was given {field.name!r} twice")
            kwargs[keyword_of(field, value)] = value
        return kwargs

    def _fill_rest(self, kwargs: dict[str, Any]) -> None:
        """Set what is no plain field: relations by object, ``pk``, properties."""
        cls = type(self)
        for name, value in kwargs.items():
            if name == "pk" or name in cls._table.names or settable(cls, name):
                setattr(self, name, value)
            else:
                shown = ", ".join(map(keyword, list(kwargs)[:3]))
                choices = [field.name for field in cls._table.fields]
                raise UnexpectedKeyword(cls.__name__, name, choices, f"{cls.__name__}({shown})")

    if not TYPE_CHECKING:

        @property
        def pk(self) -> Any:
            """The value of the primary key, whatever its field is called."""
            return getattr(self, self._table.pk.attname)

        @pk.setter
        def pk(self, value: Any) -> None:
            for name in self._table.key_names:
                setattr(self, name, value)

    def _is_pk_set(self) -> bool:
        """Whether there is a primary key, all parts of it."""
        return self._table.pk.value_of(self) is not None

    @property
    def _state(self) -> State:
        return State(self)

    def __getattr__(self, name: str) -> Any:
        """Only asked for what is not there: say whether it was never loaded or never existed."""
        table: Table | None = type(self).__dict__.get("_table")
        if table is None or name.startswith("__"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        type(self)._registry.settle()
        if any(name in vars(base) for base in type(self).__mro__):
            return object.__getattribute__(self, name)  # or the error of a property of the user's
        field = table.names.get(name)
        if field is not None:
            return self._load_deferred(field)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _load_deferred(self, field: Field[Any]) -> Any:
        """The value of a field that has not been loaded, or the error that says so."""
        raise NotImplementedError

    def _not_loaded(self, field: Field[Any]) -> NotLoaded:
        """The error for touching a field that has not been loaded."""
        fix = f'Load it with refresh_from_db(fields=["{field.name}"]).'
        return NotLoaded(f"{type(self).__name__}.{field.attname} has not been loaded", fix=fix)

    def get_deferred_fields(self) -> set[str]:
        """The attributes of the fields that are not loaded.

        Example:
            >>> (await Post.objects.only("title").get(id=1)).get_deferred_fields()
            {'body'}
        """
        return {f.attname for f in self._table.fields if f.attname not in self.__dict__}

    @classmethod
    def _add_reverse(cls, relation: ReverseRelation) -> None:
        """Give the class its attribute for the way back along a relation."""
        raise NotImplementedError

    @classmethod
    def _add_order(cls, relation: ReverseRelation) -> None:
        """Give the class the methods for the order of the rows that point to it."""
        raise NotImplementedError

    @classmethod
    def _take_order(cls, relation: ReverseRelation) -> None:
        """Take these methods away."""
        raise NotImplementedError

    def __str__(self) -> str:
        return f"{type(self).__name__} object ({self._table.pk.value_of(self)})"

    def __repr__(self) -> str:
        try:
            shown = str(self)
        except NotLoaded:  # a model's own __str__ reads what was deferred
            shown = Record.__str__(self)
        return f"<{type(self).__name__}: {shown}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record):
            return NotImplemented
        if other.__class__._table.concrete is not self._table.concrete:
            return False
        key = self._table.pk.value_of(self)
        return self is other if key is None else bool(key == other.pk)

    def __hash__(self) -> int:
        key = self._table.pk.value_of(self)
        if key is None:
            raise TypeError("Model instances without primary key value are unhashable")
        return hash(key)

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled and copied: the values, and of the origin only its alias."""
        state = dict(self.__dict__)
        if self._origin is not None:
            state["_origin"] = Origin(self._origin.alias, self._origin.own_mode)
        return state

    def __reduce__(self) -> Any:
        return _blank, (type(self),), self.__getstate__()

    # --- validation ----------------------------------------------------------------------------

    def clean(self) -> None:
        """Validate the instance as a whole; override it and raise ``ValidationError``."""

    def clean_fields(self, exclude: Iterable[str] = ()) -> None:
        """Validate each field by itself and keep the cleaned values.

        Raises:
            ValidationError: with the messages of all fields that refuse their value.
        """
        errors: dict[str, list[str]] = {}
        skipped = set(exclude)
        for field in self._table.fields:
            if field.name in skipped or _filled_by_database(self, field):
                continue
            try:
                setattr(self, field.attname, field.clean(self.__dict__[field.attname]))
            except ValidationError as error:
                errors.setdefault(field.name, []).extend(error.messages)
        if errors:
            raise ValidationError(errors, model=type(self).__name__)

    def _validate(self, names: Container[str] | None = None) -> None:
        """What ``save()`` checks first: choices and validators of the fields that it writes."""
        errors: dict[str, list[str]] = {}
        for field in self._table.ruled_fields:
            value = self.__dict__.get(field.attname)
            if names is not None and field.name not in names:
                continue
            if value is None or isinstance(value, NOT_VALUES):
                continue
            try:
                checked = field.check(value)
                if not (field.blank and checked in field.empty_values):
                    field.validate(checked)
            except ValidationError as error:
                errors.setdefault(field.name, []).extend(error.messages)
        if errors:
            raise ValidationError(errors, model=type(self).__name__)

    def full_clean(self, exclude: Iterable[str] = ()) -> None:
        """Validate everything that needs no query: every field, then the instance as a whole.

        Uniqueness is the database's to judge, as only it can without a race; ``save()`` raises
        ``IntegrityError`` for it, and ``validate_unique()`` asks beforehand.

        Args:
            exclude: names of fields to leave out.

        Raises:
            ValidationError: with all messages by field, those of ``clean()`` under ``"__all__"``.
        """
        errors: dict[str, list[str]] = {}
        for step in (partial(self.clean_fields, exclude), self.clean):
            try:
                step()
            except ValidationError as error:
                for name, messages in error.errors.items():
                    errors.setdefault(name, []).extend(messages)
        if errors:
            raise ValidationError(errors, model=type(self).__name__)


NOT_VALUES: tuple[type, ...] = (DatabaseDefault, Shaped)
"""What an attribute may hold that only the database turns into a value."""


def keyword_of(field: Field[Any], value: Any) -> str:
    """The attribute that takes a value of a field: of a relation, an object or its key."""
    is_object = isinstance(value, Record) or issubclass(type(value), Reference)
    return field.name if field.is_relation and is_object else field.attname


def settable(cls: type, name: str) -> bool:
    """Whether a name is a property that can be set."""
    found = getattr(cls, name, None)
    return isinstance(found, property) and found.fset is not None


def _filled_by_database(record: Record, field: Field[Any]) -> bool:
    """Whether there is no value to validate here: the database has it, or will make it."""
    if field.attname not in record.__dict__:
        return True
    value = record.__dict__[field.attname]
    return isinstance(value, NOT_VALUES) or (value is None and field in record._table.set_by_save)


def _blank(cls: type[Record]) -> Record:
    return object.__new__(cls)
