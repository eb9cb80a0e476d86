"""What is a field: the options that all fields share, and what every field can be asked."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeAlias, TypedDict, TypeVar

from ...errors import ModelError, ValidationError, nearest, short
from ...expressions.base import Expression
from ..choices import ChoicesLike, Pair, flat, pairs
from ..validators import Validator
from .lookups import HasLookups

if TYPE_CHECKING:
    from typing import Self, overload

    from ...expressions.base import FieldRef

T = TypeVar("T")

LONGEST_NAME: Final = 63
"""Bytes in a column's name: PostgreSQL cuts longer ones off without a word."""


class Sentinel:
    """A value that only stands for itself, through copies and pickles as well."""

    def __init__(self, name: str, module: str) -> None:
        self._name = name
        self.__module__ = module  # where a pickle finds it

    def __repr__(self) -> str:
        return self._name

    def __reduce__(self) -> str:
        return self._name


NOT_PROVIDED: Final = Sentinel("NOT_PROVIDED", __name__)
"""Stands where None would mean something: no default was given."""


class FieldOptions(TypedDict, total=False):
    """The options that every field takes, beside ``verbose_name``, ``null`` and
    its own.

    Attributes:
        default: the value of a new instance that is given none; a callable is called each time.
        db_default: a value or an expression that the database fills in when it is given none.
        unique: no two rows may hold the same value.
        unique_for_date: the date or moment on whose day no two rows may hold the same value;
            ``validate_unique()`` asks for it.
        unique_for_month: the same for its month.
        unique_for_year: the same for its year.
        db_index: the column gets an index.
        choices: pairs, grouped pairs, a mapping or an enum class; other values are refused.
        primary_key: the column is the table's primary key.
        db_column: the column's name, if it is not the field's.
        editable: False leaves the field out of generated forms.
        blank: ``full_clean()`` accepts an empty value.
        validators: callables that raise ValidationError or ValueError for a value they refuse.
        help_text: a sentence for forms and documentation.
        db_comment: the column's comment in the database, where it has comments.
        sensitive: its values are not shown: not in recorded queries and logs, nor in errors.
    """

    default: Any
    db_default: Any
    unique: bool
    unique_for_date: str | None
    unique_for_month: str | None
    unique_for_year: str | None
    db_index: bool
    choices: ChoicesLike | None
    primary_key: bool
    db_column: str | None
    editable: bool
    blank: bool
    validators: Iterable[Validator]
    help_text: str
    db_comment: str | None
    sensitive: bool


class Field(HasLookups, Generic[T]):
    """One column of a model: its Python type, its options, and the values that it accepts.

    Subclass it (or one of its subclasses) and override ``check`` for a field of your own.

    Raises:
        TypeError: an option that this field does not have.
        ModelError: when the model is declared, options that cannot work together.
    """

    kind: ClassVar[str]
    """The key of the type tables in ``covet.sql.types``."""
    is_relation: ClassVar[bool] = False
    empty_values: ClassVar[tuple[Any, ...]] = ()
    """What ``blank=False`` refuses, beside None."""
    default_validators: ClassVar[tuple[Validator, ...]] = ()

    sensitive: bool = False
    name: str = "value"
    attname: str = "value"
    column: str = "value"
    model: str = ""

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        null: bool = False,
        default: Any = NOT_PROVIDED,
        db_default: Any = NOT_PROVIDED,
        unique: bool = False,
        unique_for_date: str | None = None,
        unique_for_month: str | None = None,
        unique_for_year: str | None = None,
        db_index: bool = False,
        choices: ChoicesLike | None = None,
        primary_key: bool = False,
        db_column: str | None = None,
        editable: bool = True,
        blank: bool = False,
        validators: Iterable[Validator] = (),
        help_text: str = "",
        db_comment: str | None = None,
        sensitive: bool = False,
        **unknown: Any,
    ) -> None:
        if unknown:
            raise TypeError(_unknown_option(type(self), next(iter(unknown))))
        self.verbose_name = verbose_name
        self.null = null
        self.default = default
        self.db_default = db_default
        self.unique = unique
        self.unique_for_date = unique_for_date
        self.unique_for_month = unique_for_month
        self.unique_for_year = unique_for_year
        self.db_index = db_index
        self.primary_key = primary_key
        self.db_column = db_column
        self.editable = editable
        self.blank = blank
        self.validators: list[Validator] = [*self.default_validators, *validators]
        self.help_text = help_text
        self.db_comment = db_comment
        self.sensitive = sensitive
        self.choices: list[Pair] | None = None
        # An iterator can be read once, and clones of this field read it again.
        self._given_choices = list(choices) if isinstance(choices, Iterator) else choices
        self._allowed: Sequence[Any] | frozenset[Any] = ()

    # At run time a field is never on its class: a descriptor there makes every store on an
    # instance slower. Model's metaclass answers `Post.title`; this is what checkers are told.
    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> FieldRef[T]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> T: ...
        def __get__(self, instance: object, owner: Any) -> Any: ...
        def __set__(self, instance: Any, value: T) -> None: ...

    def __repr__(self) -> str:
        place = f"{self.model}.{self.name}" if self.model else "unbound"
        return f"<{type(self).__name__}: {place}>"

    # --- declaration ---------------------------------------------------------------------------

    def bind(self, model: str, name: str) -> None:
        """Give the field its place in a model, and refuse what cannot work there.

        Args:
            model: the model's name.
            name: the field's name in it.

        Raises:
            ModelError: the name or the options cannot work; says which, and what to write.
        """
        self.model, self.name = model, name
        self.attname = self.attname_for(name)
        self.column = self.db_column or self.attname
        if self.verbose_name is None:
            self.verbose_name = name.replace("_", " ")
        self.check_declaration()
        if not self.is_relation:
            self._settle_choices()
            self._settle_default()
            self._settle_db_default()

    def attname_for(self, name: str) -> str:
        """The name of the instance attribute that holds the column's value."""
        return name

    def clone(self) -> Self:
        """A fresh, unbound copy: what a model inherits from an abstract one."""
        twin = copy.copy(self)
        for place in ("model", "name", "attname", "column"):
            twin.__dict__.pop(place, None)
        twin.validators = list(self.validators)
        return twin

    def check_declaration(self) -> None:
        """Refuse a name or options that cannot work; subclasses add their own rules."""
        self._check_name()
        if self.primary_key and self.null:
            raise self.misdeclared("is the primary key and cannot be null", "Leave out null=True.")
        for validator in self.validators:
            if not callable(validator):
                raise self.misdeclared(
                    f"has a validator that cannot be called: {short(validator)}",
                    "Give functions, or instances such as MinValueValidator(1).",
                )

    def _check_name(self) -> None:
        name = self.name
        if not name.isidentifier() or name.endswith("_") or "__" in name or name == "pk":
            raise self.misdeclared(
                "cannot be called that: '__' and a trailing '_' are the marks of lookups, "
                "'pk' always means the primary key",
                "Choose another name; db_column keeps the column's.",
            )
        column = self.column
        if not column.isprintable() or len(column.encode("utf-8", "replace")) > LONGEST_NAME:
            raise self.misdeclared(
                f"has the column name {short(column)}, which is not printable or is longer than "
                f"{LONGEST_NAME} bytes",
                "Give a shorter db_column.",
            )

    def _settle_choices(self) -> None:
        given = self._given_choices
        if given is None:
            return
        try:
            declared = pairs(given)
            values = [self.check(value) for value, _ in flat(declared) if value is not None]
        except (TypeError, ValidationError) as error:
            reason = _reason(error)
            raise self.misdeclared(
                f"has choices that it cannot hold: {reason}",
                "Give pairs (value, label), a mapping or an enum class.",
            ) from None
        self.choices = declared
        try:
            self._allowed = frozenset(values)
        except TypeError:  # JSON values are not hashable
            self._allowed = values

    def _settle_default(self) -> None:
        default = self.default
        if default is NOT_PROVIDED or default is None or callable(default):
            return
        if isinstance(default, (list, dict, set, bytearray)):
            maker = type(default).__name__
            fix = f"default={maker}" if not default else f"default=lambda: {short(default)}"
            raise self.misdeclared(
                f"has a mutable default, which all instances would share: {short(default)}",
                f"Give a callable that makes a new one: {fix}.",
            )
        try:
            settled = self.check(default)
        except ValidationError as error:
            raise self.misdeclared(
                f"has a default that it cannot hold: {_reason(error)}",
                "An expression goes into db_default.",
            ) from None
        if isinstance(settled, (list, dict)):
            raise self.misdeclared(
                "has a mutable default, which all instances would share",
                f"Give a callable that makes a new one: default=lambda: {short(default)}.",
            )
        self.default = settled

    def _settle_db_default(self) -> None:
        default = self.db_default
        if default is NOT_PROVIDED or default is None or isinstance(default, Expression):
            return
        try:
            self.db_default = self.check(default)
        except ValidationError as error:
            raise self.misdeclared(
                f"has a db_default that it cannot hold: {_reason(error)}",
                "Give a value or an expression; a function of Python's goes into default.",
            ) from None

    def misdeclared(self, wrong: str, fix: str | None = None) -> ModelError:
        """The error for a declaration that cannot work, naming model and field."""
        return ModelError(f"{self.model or type(self).__name__}.{self.name} {wrong}", fix=fix)

    # --- what others ask -----------------------------------------------------------------------

    @property
    def value_field(self) -> AnyField:
        """The field whose values the column holds: itself; of a relation, the target's key."""
        return self

    @property
    def members(self) -> tuple[AnyField, ...]:
        """The fields that have its columns: itself; of a composite key, those of its parts."""
        return (self,)

    @property
    def lookup_name(self) -> str:
        """The name by which lookups ask for its value."""
        return self.attname

    def value_of(self, instance: Any) -> Any:
        """What an instance has of it; None also where it is not loaded."""
        return instance.__dict__.get(self.attname)

    def is_loaded(self, instance: Any) -> bool:
        """Whether an instance has all of it."""
        known = instance.__dict__
        return all(member.attname in known for member in self.members)

    def apart(self, value: Any) -> Sequence[Any]:
        """A value as those of its members."""
        return (value,)

    @property
    def flatchoices(self) -> list[Pair]:
        """Every ``(value, label)`` of the choices, groups opened; empty without choices."""
        return list(flat(self.choices or ()))

    @property
    def unique_for(self) -> list[tuple[str, str]]:
        """What ``unique_for_date`` and its like say: ``("month", "published")``."""
        given = {
            "date": self.unique_for_date,
            "year": self.unique_for_year,
            "month": self.unique_for_month,
        }
        return [(part, name) for part, name in given.items() if name is not None]

    @property
    def has_default(self) -> bool:
        """Whether a new instance that is given no value gets one from here."""
        return self.default is not NOT_PROVIDED

    def get_default(self) -> Any:
        """The value of a new instance that is given none; None without a default."""
        default = self.default
        if default is NOT_PROVIDED:
            return None
        return default() if callable(default) else default

    def pre_save(self, instance: Any, adding: bool) -> Any:
        """The value to store; what ``auto_now`` and the like decide at the last moment."""
        return getattr(instance, self.attname)

    # --- values --------------------------------------------------------------------------------

    def check(self, value: Any) -> T:
        """What a column of this field can hold: the value in its one normal form.

        Args:
            value: anything but None.

        Raises:
            ValidationError: the column cannot hold it; names the model and the field.
        """
        target = self.value_field
        if target is self:
            raise NotImplementedError(f"{type(self).__name__} does not say which values it holds")
        try:
            checked: T = target.check(value)
            return checked
        except ValidationError as error:
            raise self.renamed(error) from None

    def validate(self, value: T) -> None:
        """Refuse a checked value that is not among the choices or that a validator refuses.

        Raises:
            ValidationError: with one message per validator that refused.
        """
        if self.choices is not None and not self._is_allowed(value):
            listed = ", ".join(short(allowed) for allowed, _ in self.flatchoices)
            raise self.invalid(
                f"is {short(value)}, which is not one of: {listed}", "invalid_choice"
            )
        if self.validators:
            self._run_validators(value)

    def _is_allowed(self, value: T) -> bool:
        try:
            return value in self._allowed
        except TypeError:  # an unhashable document equals no hashable one
            return False

    def _run_validators(self, value: T) -> None:
        messages: list[str] = []
        code = None
        for validator in self.validators:
            try:
                validator(value)
            except ValidationError as error:
                messages += error.messages
                code = error.code or code
            except ValueError as error:
                messages.append(str(error))
        if messages and self.sensitive:
            raise self.invalid("", code or "invalid")
        if messages:
            raise ValidationError({self.name: messages}, model=self.model or None, code=code)

    def clean(self, value: Any) -> T:
        """The value as ``full_clean()`` wants it: not null, not blank, checked and validated.

        Saving asks ``check`` and ``validate`` only: ``blank`` is about forms, as in Django.

        Raises:
            ValidationError: naming the model and the field.
        """
        if value is None:
            if not self.null:
                raise self.invalid("cannot be null", "null")
            return None  # type: ignore[return-value]  # T is `X | None` where null is True
        checked = self.check(value)
        if checked in self.empty_values:
            if not self.blank:
                raise self.invalid("cannot be blank", "blank")
            return checked
        self.validate(checked)
        return checked

    def invalid(self, message: str, code: str = "invalid") -> ValidationError:
        """The error for a value of this field; the message continues "Post.title …".

        Of a sensitive field it says nothing about the value, which messages tend to quote.
        """
        if self.sensitive and code not in ("null", "blank"):
            message = f"does not accept its value ({code}), which is not shown as it is sensitive"
        return ValidationError({self.name: [message]}, model=self.model or None, code=code)

    def renamed(self, error: ValidationError) -> ValidationError:
        """Another field's error as one of this field's."""
        return ValidationError(
            {self.name: error.messages}, model=self.model or None, code=error.code
        )


AnyField: TypeAlias = Field[Any]


def stored_as(field: AnyField) -> AnyField:
    """The field whose type the column has, through keys that are themselves relations."""
    target = field.value_field
    return field if target is field else stored_as(target)


# --- helpers ---------------------------------------------------------------------------------


def unwrap(value: Any) -> Any:
    """The value behind a member of an enumeration; anything else as it is."""
    return value.value if isinstance(value, Enum) else value


def _reason(error: Exception) -> str:
    return error.messages[0] if isinstance(error, ValidationError) else str(error)


def _unknown_option(cls: type[Field[Any]], name: str) -> str:
    options = {*FieldOptions.__annotations__, "null"}
    for base in cls.__mro__:
        if "__init__" in vars(base):
            options.update(inspect.signature(vars(base)["__init__"]).parameters)
    options -= {"self", "options", "unknown", "args", "kwargs"}
    guess = nearest(name, sorted(options))
    hint = f" Did you mean {guess!r}?" if guess else ""
    return f"{cls.__name__} has no option {name!r}.{hint} Options: {', '.join(sorted(options))}."
