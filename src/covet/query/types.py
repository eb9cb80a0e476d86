"""Which type does an expression have, and which types can be compared or calculated with?"""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from ..errors import FieldError, short
from ..schema.composite import KeyPart
from ..schema.fields import (
    BigIntegerField,
    BinaryField,
    BooleanField,
    DateField,
    DateTimeField,
    DecimalField,
    DurationField,
    Field,
    FloatField,
    IntegerField,
    JSONField,
    TextField,
    TimeField,
    UUIDField,
)
from ..schema.relations import ForeignKeyField

MOST_DIGITS = 1000

FAMILIES: dict[str, tuple[str, ...]] = {
    "integer": (
        "auto",
        "bigauto",
        "smallauto",
        "integer",
        "biginteger",
        "smallinteger",
        "positiveinteger",
        "positivebiginteger",
        "positivesmallinteger",
    ),
    "text": ("char", "text", "slug", "email", "url"),
    "datetime": ("datetime", "zoneddatetime"),
    "json": ("json", "jsonvalue", "jsonkeys"),
}
FAMILY = {kind: family for family, kinds in FAMILIES.items() for kind in kinds}
NUMBERS = frozenset({"integer", "float", "decimal"})
MOMENTS = frozenset({"date", "datetime", "time"})
BITWISE = frozenset({"&", "|", "#", "<<", ">>"})
CALCULATED = NUMBERS | {"date", "datetime", "duration"}


class AnyDecimalField(DecimalField[Decimal]):
    """A decimal of any scale: what arithmetic with decimals gives, and what one is compared as."""

    def check(self, value: Any) -> Decimal:
        """The decimal as it is; its scale belongs to the arithmetic, not to a column."""
        number = value if type(value) is Decimal else self._decimal(value)
        if not number.is_finite():
            raise self.invalid(f"must be a finite number, not {short(value)}", "not_finite")
        if abs(number.adjusted()) > MOST_DIGITS or len(number.as_tuple().digits) > MOST_DIGITS:
            raise self.invalid(f"has more than {MOST_DIGITS} digits", "out_of_range")
        return number


class AnyTypeField(Field[Any]):
    """A value whose type nobody said: of raw SQL, of a column without a model, of NULL."""

    kind = "any"

    def check(self, value: Any) -> Any:
        """The value as it is; its own Python type decides how it travels."""
        return value


class ListField(Field[Any]):
    """A list of another field's values: what ``ArrayAgg`` gives."""

    kind = "list"

    def __init__(self, element: Field[Any]) -> None:
        super().__init__()
        self.element = element

    def check(self, value: Any) -> list[Any]:
        """The list, if its members are the other field's values, or None."""
        if not isinstance(value, list):
            raise self.invalid(f"must be a list, not {short(value)}")
        check = compared(self.element).check
        return [None if member is None else check(member) for member in value]


ANY: Field[Any] = AnyTypeField()
BOOLEAN: Field[Any] = BooleanField()
BIG_INTEGER: Field[Any] = BigIntegerField()
INTEGER: Field[Any] = IntegerField()
FLOAT: Field[Any] = FloatField()
DECIMAL: Field[Any] = AnyDecimalField()
TEXT: Field[Any] = TextField()
DATE: Field[Any] = DateField()
DATETIME: Field[Any] = DateTimeField()
TIME: Field[Any] = TimeField()
DURATION: Field[Any] = DurationField()

COMMON: dict[str, Field[Any]] = {
    "integer": BIG_INTEGER,
    "float": FLOAT,
    "decimal": DECIMAL,
    "text": TEXT,
}
BY_NAME: dict[str, Field[Any]] = COMMON | {
    "boolean": BOOLEAN,
    "date": DATE,
    "datetime": DATETIME,
    "time": TIME,
    "duration": DURATION,
    "binary": BinaryField(),
    "uuid": UUIDField(),
    "json": JSONField(),
    "any": ANY,
}
"""The types that functions give, by name."""

BY_TYPE: dict[type, Field[Any]] = {
    int: BIG_INTEGER,
    float: FLOAT,
    Decimal: DECIMAL,
    str: TEXT,
    bool: BOOLEAN,
    bytes: BinaryField(),
    datetime.date: DATE,
    datetime.datetime: DATETIME,
    datetime.time: TIME,
    datetime.timedelta: DURATION,
    UUID: UUIDField(),
}
"""Which field prepares a bare Python value; an exact list, as a subclass may hide anything."""


def family(field: Field[Any]) -> str:
    """The group of types that a field's values can be compared with: ``"integer"``, ``"text"`` …"""
    kind: str = field.value_field.kind
    return FAMILY.get(kind, kind)


def is_comparable(left: Field[Any], right: Field[Any]) -> bool:
    """Whether two expressions can stand on both sides of a comparison."""
    one, other = family(left), family(right)
    return one == other or (one in NUMBERS and other in NUMBERS) or "any" in (one, other)


GROUPS: dict[str, frozenset[str]] = {
    "a number": NUMBERS,
    "number or duration": NUMBERS | {"duration"},
    "whole number": frozenset({"integer"}),
    "a date or a moment": frozenset({"date", "datetime"}),
    "a time or a moment": frozenset({"time", "datetime"}),
    "a date, a time or a moment": MOMENTS,
    "a value": frozenset(),
    "what has an order": frozenset(
        {*NUMBERS, *MOMENTS, "text", "duration", "boolean", "uuid", "binary", "ip"}
    ),
    "a value that can be cast": frozenset(),
    "a value that can be a text": NUMBERS
    | MOMENTS
    | {"text", "boolean", "uuid", "json", "binary", "ip"},
}
"""What functions take, in the words of their messages; a family stands for itself."""


def is_taken(wanted: str, field: Field[Any]) -> bool:
    """Whether a function that takes a family, or a group of them, takes a field's values."""
    group = GROUPS.get(wanted, frozenset({wanted}))
    return not group or family(field) in group or family(field) == "any"


def checked_type(field: Any, expression: Any) -> Field[Any]:
    """The type that a user says an expression has.

    Raises:
        FieldError: it is no field.
    """
    if not isinstance(field, Field):
        raise FieldError(
            f"{expression!r}: output_field is {short(field)}, and has to be a field",
            fix="Write output_field=IntegerField().",
        )
    return field


def common_type(expression: Any, fields: list[Field[Any]]) -> Field[Any]:
    """The type that all of several values can have.

    Raises:
        FieldError: there is none.
    """
    known = [field for field in fields if family(field) != "any"]
    families = dict.fromkeys(family(field) for field in known)
    if not families:
        return ANY
    if len(families) == 1:
        one = next(iter(families))
        return COMMON.get(one) or checked_type(known[0].value_field, expression)
    if set(families) <= NUMBERS:
        return FLOAT if "float" in families else DECIMAL
    raise FieldError(
        f"{expression!r} mixes the types {', '.join(families)}",
        fix="Make them one with Cast(…, output_field), or say output_field=….",
    )


def result_type(expression: Any, returns: str, fields: list[Field[Any]]) -> Field[Any]:
    """The type that a function gives for arguments of these types."""
    if returns == "common":
        return common_type(expression, fields)
    if returns == "first":
        return fields[0] if fields else ANY
    if returns == "list":
        return ListField(fields[0])
    if returns == "like the first":
        return common_type(expression, fields[:1])
    if returns in ("sum", "average"):
        kind = family(fields[0])
        if kind == "integer":
            return FLOAT if returns == "average" else BIG_INTEGER
        return {"float": FLOAT, "decimal": DECIMAL, "duration": DURATION}.get(kind, ANY)
    return BY_NAME[returns]


def type_of_value(value: Any) -> Field[Any]:
    """The field that prepares a Python value that stands by itself in an expression.

    Raises:
        FieldError: no database has such a type.
    """
    found = BY_TYPE.get(type(value))
    if found is None:
        raise FieldError(
            f"{short(value)} cannot be used in an expression",
            possible=sorted(cls.__name__ for cls in BY_TYPE),
            fix=f"Types: {', '.join(sorted(cls.__name__ for cls in BY_TYPE))}.",
        )
    return found


def type_of_arithmetic(operator: str, left: Field[Any], right: Field[Any]) -> Field[Any]:
    """The type that ``left <operator> right`` has: of two numbers, that of the wider one.

    Raises:
        FieldError: the operator does not go between them.
    """
    families = {family(left), family(right)}
    if "any" in families:
        return _unknown(operator, left, right)
    if operator in BITWISE:
        if families != {"integer"}:
            raise _no_arithmetic(operator, left, right)
        return BIG_INTEGER
    if operator == "**" and families <= NUMBERS:
        return FLOAT
    if not families <= NUMBERS:
        found = OF_MOMENTS.get((family(left), operator, family(right)))
        if found is None:
            raise _no_arithmetic(operator, left, right)
        return found
    if "float" in families:
        return FLOAT
    return DECIMAL if "decimal" in families else BIG_INTEGER


def _unknown(operator: str, left: Field[Any], right: Field[Any]) -> Field[Any]:
    """The type of arithmetic with a value of which nobody said what it is: nobody knows it.

    Raises:
        FieldError: the other one is a moment or a duration, which databases store as they like.
    """
    known = {family(left), family(right)} - {"any", "boolean", "text"} - NUMBERS
    if known:
        raise FieldError(
            f"'{operator}' calculates with a value of type {known.pop()} and one of unknown type",
            fix="Say what it is: ExpressionWrapper(…, DateTimeField()).",
        )
    return ANY


OF_MOMENTS: dict[tuple[str, str, str], Field[Any]] = {
    ("datetime", "+", "duration"): DATETIME,
    ("duration", "+", "datetime"): DATETIME,
    ("datetime", "-", "duration"): DATETIME,
    ("datetime", "-", "datetime"): DURATION,
    ("date", "-", "date"): DURATION,
    ("duration", "+", "duration"): DURATION,
    ("duration", "-", "duration"): DURATION,
    ("duration", "*", "integer"): DURATION,
    ("integer", "*", "duration"): DURATION,
}


def _no_arithmetic(operator: str, left: Field[Any], right: Field[Any]) -> FieldError:
    """The error for two operands that an operator does not go between."""
    wrong = next((side for side in (left, right) if family(side) not in CALCULATED), None)
    if wrong is not None:
        return FieldError(
            f"'{operator}' calculates with numbers, and {named(wrong)} is of type {family(wrong)}"
        )
    fix = None
    if {family(left), family(right)} == {"date", "duration"}:
        fix = "Use a DateTimeField, and compare its 'name__date'."
    elif operator in "+-" and not {family(left), family(right)}.isdisjoint(NUMBERS):
        fix = "Use a timedelta."
    return FieldError(
        f"'{operator}' does not go between {named(left)}, of type {family(left)}, "
        f"and {named(right)}, of type {family(right)}",
        fix=fix,
    )


def named(field: Field[Any]) -> str:
    """A field as messages name it: ``Post.title``, or ``the value`` for a bare one."""
    return f"{field.model}.{field.name}" if field.model else "the value"


class ComparedKey(ForeignKeyField[Any]):
    """A foreign key as the right side of a comparison."""

    relaxed: Any  # a field; checkers would take one in a class body for a descriptor

    @property
    def value_field(self) -> Field[Any]:
        """What the key's values are compared as."""
        field: Field[Any] = self.relaxed
        return field


def compared(field: Field[Any]) -> Field[Any]:
    """The field that prepares a value to be compared with this one.

    A value that the column could not hold, being too long or out of range, is a fair question all
    the same: no row has it. So the limits of the column are left out, and its type is kept.
    """
    known: Field[Any] | None = field.__dict__.get("_compared")
    if known is None:
        known = _compared(field)
        field.__dict__["_compared"] = known
    return known


def _compared(field: Field[Any]) -> Field[Any]:
    if isinstance(field, KeyPart):
        part = copy.copy(field)
        part.component = compared(field.component)
        return part
    relaxed = _RELAXED.get(family(field), lambda: field.value_field)()
    if field.is_relation:
        key = copy.copy(field)
        key.__class__ = ComparedKey
        key.relaxed = relaxed  # type: ignore[attr-defined]
        return key
    if relaxed is not field:
        for place in ("model", "name", "attname", "column", "sensitive"):
            setattr(relaxed, place, getattr(field, place))
    return relaxed


_RELAXED: dict[str, Callable[[], Field[Any]]] = {
    "integer": BigIntegerField,
    "decimal": AnyDecimalField,
    "text": TextField,
}
