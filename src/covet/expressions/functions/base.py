"""What is a function of the database? Its name, what it takes and what it gives, as plain data.

How each database says it is written in ``sql/functions``; what is said here holds for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MemberDescriptorType
from typing import Any, ClassVar, TypeVar

from ...errors import FieldError, short
from ..base import Compound, as_expression
from ..shape import type_shape

T = TypeVar("T")

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
PLACES = re.compile(r"%(?:\((function|expressions|lhs|rhs)\)s|%)")
"""The places in the template of a function, or a lookup, of the user's; and ``%%``."""
DIALECTS = ("sqlite", "postgresql", "mysql")
TEMPLATE = "%(function)s(%(expressions)s)"


class Func(Compound[T]):
    """A function of the database: subclass it for one of your own, or call it by its name.

    ``class Soundex(Func): function = "SOUNDEX"`` or ``Func("name", function="SOUNDEX")``.

    Args:
        *expressions: what it is called with: expressions, names of fields, or other values.
        function: its name, if the class does not say it.
        template: the SQL, with ``%(function)s`` and ``%(expressions)s``; never of what a user
            typed.
        arg_joiner: what stands between the expressions.
        output_field: a field of the type that it gives; that of its first expression when left
            out. A class can say it as well.

    Raises:
        FieldError: a function's name that is none, a template with other places, or a wrong number
            of expressions.

    Example:
        >>> from covet import Func
        >>> Func("name", function="SOUNDEX")
        Func(F('name'), function='SOUNDEX')
    """

    __slots__ = ("_given", "output_field")

    function: ClassVar[str] = ""
    template: ClassVar[str] = TEMPLATE
    templates: ClassVar[Mapping[str, str]] = {}
    """Templates of single databases: ``{"postgresql": …}``."""
    places: ClassVar[tuple[str, ...]] = ("function", "expressions")
    """What a template has places for."""
    arg_joiner: ClassVar[str] = ", "
    arity: ClassVar[int | tuple[int, int | None] | None] = None
    """How many expressions it takes, or the least and the most of them."""

    lookup_name: ClassVar[str] = ""
    """Its word in paths, where it is registered as a transform."""
    bilateral: ClassVar[bool] = False
    """Whether a transform is made of both sides of a comparison."""

    known: ClassVar[bool] = False
    """Whether the dialects know it by its name; else its template is what they say."""
    takes: ClassVar[tuple[str, ...]] = ()
    """The families of types that its expressions may have; the last stands for all further ones."""
    returns: ClassVar[str] = "first"
    """The type that it gives: a family, ``"first"`` or ``"common"``: those of its expressions."""
    numbers: ClassVar[tuple[int, ...]] = ()
    """The places of expressions that say how many or how far, and nothing of its type."""
    nulls: ClassVar[str] = "any"
    """When it gives NULL: if any expression is, if ``"all"`` are, ``"always"`` or ``"never"``."""

    def __init__(
        self,
        *expressions: Any,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        output_field: Any = None,
    ) -> None:
        given = (function, template, arg_joiner)
        if self.known and any(option is not None for option in given):
            raise FieldError(f"{type(self).__name__}() has its own name and template")
        for option in given:
            if option is not None and not isinstance(option, str):
                raise FieldError(
                    f"{type(self).__name__}() has a text as its function, template and arg_joiner, "
                    f"not {short(option)}"
                )
        self._given = given
        name = self.name
        if not self.known:
            self._check_texts()
        self._check_arity(len(expressions))
        if output_field is not None or not self._has_type():
            self.output_field = output_field
        self._consists(name, map(as_expression, expressions), *self._shape())

    @property
    def name(self) -> str:
        """The function's name."""
        return self._given[0] or self.function

    @property
    def options(self) -> tuple[str, ...]:
        """What else it is told: words that the dialects know."""
        return ()

    def text(self, dialect: str) -> str:
        """Its template in a dialect."""
        return self._given[1] or self.templates.get(dialect, self.template)

    @property
    def joiner(self) -> str:
        """What stands between its expressions."""
        return self.arg_joiner if self._given[2] is None else self._given[2]

    def _shape(self) -> tuple[str, ...]:
        if self.known:
            return (type_shape(self.output_field), *self.options)
        own = f"{type(self).__module__}.{type(self).__qualname__}@{id(type(self))}"
        return (own, *map(repr, self._given), type_shape(self.output_field))

    def _check_texts(self) -> None:
        """Refuse a name that is none, and a template with other places than there are.

        Raises:
            FieldError: there is one.
        """
        for option, given in zip(("function", "template", "arg_joiner"), self._given, strict=True):
            if given is not None and not isinstance(given, str):
                raise FieldError(
                    f"{type(self).__name__}() takes a text as its {option}, not {short(given)}"
                )
        for dialect in self.templates:
            if dialect not in DIALECTS:
                raise FieldError(
                    f"{type(self).__name__}.templates names the database {short(dialect)}",
                    possible=list(DIALECTS),
                    fix=f"Databases: {', '.join(DIALECTS)}.",
                )
        is_named = False
        for text in map(self.text, DIALECTS):
            pieces = PLACES.split(text)
            is_named = is_named or "function" in pieces[1::2]
            if "%" in "".join(pieces[::2]) or not {*pieces[1::2]} <= {*self.places, None}:
                places = " and ".join(f"%({place})s" for place in self.places)
                raise FieldError(
                    f"The template {short(text)} has a percent sign that begins no place",
                    fix=f"Places are {places}; a percent sign is %%.",
                )
        if (is_named or self.name) and not NAME.fullmatch(self.name):
            raise FieldError(
                f"{short(self.name)} cannot name a function",
                fix='Write class Soundex(Func): function = "SOUNDEX".',
            )

    def _has_type(self) -> bool:
        """Whether its class says the type of its results: ``output_field = FloatField()``."""
        cls: Any = type(self)
        return not isinstance(cls.output_field, MemberDescriptorType)

    def _check_arity(self, count: int) -> None:
        if self.arity is None:
            return
        least, most = self.arity if isinstance(self.arity, tuple) else (self.arity, self.arity)
        if count < least or (most is not None and count > most):
            wanted = f"{least}" if least == most else f"{least} or more" if most is None else ""
            raise FieldError(
                f"{type(self).__name__}() takes {wanted or f'{least} to {most}'} expressions, "
                f"not {count}"
            )

    def __repr__(self) -> str:
        inside = [repr(part) for part in self.parts]
        if self._given[0]:
            inside.append(f"function={self._given[0]!r}")
        return f"{type(self).__name__}({', '.join(inside)})"


class Function(Func[T]):
    """A function that every dialect knows by its name."""

    __slots__ = ()

    known = True

    def __init__(self, *expressions: Any, output_field: Any = None) -> None:
        super().__init__(*expressions, output_field=output_field)
