"""Which values may a field take, and what are they called: choices in every form they come in."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

Pair: TypeAlias = tuple[Any, Any]
"""``(value, label)``, or ``(group name, [(value, label), …])``."""

ChoicesLike: TypeAlias = (
    "Iterable[Pair] | Mapping[Any, Any] | type[enum.Enum] | Callable[[], Iterable[Pair]]"
)
"""What the option ``choices`` accepts."""


class ChoicesType(enum.EnumType):
    """The metaclass of ``Choices``: takes the label off ``value, label`` and knows all of them."""

    def __new__(
        metacls, classname: str, bases: tuple[type, ...], classdict: Any, **kwds: Any
    ) -> ChoicesType:
        labels = []
        for key in classdict._member_names:
            value, label = _split(key, classdict[key])
            labels.append(label)
            dict.__setitem__(classdict, key, value)  # the enum's own dict refuses a second store
        cls = super().__new__(metacls, classname, bases, classdict, **kwds)
        for member, label in zip(cls._members(), labels, strict=True):
            member._label_ = label
        return enum.unique(cls)  # type: ignore[type-var]  # the bound is for member types

    def _members(cls) -> Iterable[Any]:
        return cls.__members__.values()

    @property
    def _empty(cls) -> list[Pair]:
        label = getattr(cls, "__empty__", None)
        return [] if label is None else [(None, label)]

    @property
    def choices(cls) -> list[Pair]:
        """``(value, label)`` of every member."""
        return cls._empty + [(member.value, member.label) for member in cls._members()]

    @property
    def names(cls) -> list[str]:
        """The names of the members."""
        return ["__empty__" for _ in cls._empty] + list(cls.__members__)

    @property
    def values(cls) -> list[Any]:
        """The values of the members, as a column stores them."""
        return [value for value, _ in cls.choices]

    @property
    def labels(cls) -> list[str]:
        """The labels of the members, as a reader sees them."""
        return [label for _, label in cls.choices]


def _split(key: str, value: Any) -> tuple[Any, str]:
    if isinstance(value, (list, tuple)) and len(value) > 1 and isinstance(value[-1], str):
        return tuple(value[:-1]), value[-1]
    return value, key.replace("_", " ").title()


class Choices(enum.Enum, metaclass=ChoicesType):
    """An enumeration with a label per member; subclass it together with the values' type.

    Example:
        >>> from datetime import date
        >>> class Launch(date, Choices):
        ...     MOON = (1969, 7, 20, "Apollo 11")
        >>> Launch.MOON.label
        'Apollo 11'
    """

    if TYPE_CHECKING:
        _label_: str

    @enum.property
    def label(self) -> str:
        """The member's label."""
        return self._label_

    def __str__(self) -> str:
        return str(self.value)

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}.{self._name_}"


class TextChoices(str, Choices):
    """Choices whose values are strings.

    Example:
        >>> class Status(TextChoices):
        ...     DRAFT = "d", "Draft"
        ...     LIVE = "l", "On line"
        >>> Status.choices
        [('d', 'Draft'), ('l', 'On line')]
        >>> Status.LIVE.value, Status.LIVE.label
        ('l', 'On line')
    """

    if TYPE_CHECKING:

        @property
        def value(self) -> str: ...

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[Any]) -> str:
        return name


class IntegerChoices(int, Choices):
    """Choices whose values are whole numbers.

    Example:
        >>> class Size(IntegerChoices):
        ...     SMALL = 1, "S"
        ...     LARGE = 3
        >>> Size.labels
        ['S', 'Large']
    """

    if TYPE_CHECKING:

        @property
        def value(self) -> int: ...


def pairs(choices: ChoicesLike) -> list[Pair]:
    """The option ``choices`` in one form: a list of pairs, groups as ``(name, [pairs])``.

    Raises:
        TypeError: an element is not a pair.
    """
    if isinstance(choices, type) and issubclass(choices, enum.Enum):
        return _members(choices)
    given: Any = choices() if callable(choices) else choices
    return [_pair(choice) for choice in (given.items() if isinstance(given, Mapping) else given)]


def _members(cls: Any) -> list[Pair]:
    if isinstance(cls, ChoicesType):
        return cls.choices
    return [(member.value, member.name.replace("_", " ").title()) for member in cls]


def _pair(choice: Any) -> Pair:
    if not isinstance(choice, (list, tuple)) or len(choice) != 2:
        raise TypeError("each choice is a pair (value, label)")
    value, label = choice
    if isinstance(label, (list, tuple, Mapping)):
        return value, pairs(label)
    return (value.value if isinstance(value, enum.Enum) else value), label


def flat(choices: Iterable[Pair]) -> Iterator[Pair]:
    """Every ``(value, label)`` of normalised choices, groups opened."""
    for value, label in choices:
        if isinstance(label, list):
            yield from label
        else:
            yield value, label
