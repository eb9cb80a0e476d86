"""What are lookups and transforms of one's own?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from ..errors import FieldError
from .functions.base import Func

T = TypeVar("T")


class Transform(Func[T]):
    """A function of one expression that has a word in paths: ``filter(title__length__gt=5)``.

    It gives an expression, so further transforms and lookups may stand behind it. It can be called
    like any function, too: ``annotate(n=Length("title"))``. Register it for a class of fields.

    Attributes:
        lookup_name: the word.
        bilateral: whether it is made of both sides of a comparison, not of the left one only.
        function, template, templates, returns: as of every ``Func``.

    Example:
        >>> @CharField.register_lookup
        ... class Length(Transform):
        ...     lookup_name = "length"
        ...     function = "LENGTH"
        ...     returns = "integer"
    """

    __slots__ = ()
    arity = 1


class Lookup:
    """A comparison of one's own that has a word in paths: ``filter(title__ne="x")``.

    Say it as SQL in ``template``, or with ``as_condition`` by what there is already. Where the SQL
    is NULL, the row belongs to the complement, as with all conditions.

    Attributes:
        lookup_name: the word.
        template: the SQL, with ``%(lhs)s`` and ``%(rhs)s``; a percent sign is written ``%%``.
            Never of what a user typed.
        templates: templates of single databases: ``{"postgresql": …}``.
        takes: the type that the right side is prepared as: ``"same"``, that of the left side, or
            a family such as ``"integer"``.
        can_use_none_as_rhs: whether None may stand on the right, as NULL.

    Example:
        >>> @Field.register_lookup
        ... class NotEqual(Lookup):
        ...     lookup_name = "ne"
        ...     template = "%(lhs)s <> %(rhs)s"
    """

    lookup_name: ClassVar[str] = ""
    template: ClassVar[str] = ""
    templates: ClassVar[Mapping[str, str]] = {}
    takes: ClassVar[str] = "same"
    can_use_none_as_rhs: ClassVar[bool] = False

    def as_condition(self, lhs: Any, rhs: Any) -> Any:
        """The condition: its template, unless a subclass says something else.

        Args:
            lhs: the left side, an expression.
            rhs: the right side, an expression.

        Returns:
            A ``Q``, a comparison, or an expression that is true or false.

        Raises:
            FieldError: there is no template.

        Example:
            >>> class NotEqual(Lookup):
            ...     lookup_name = "ne"
            ...
            ...     def as_condition(self, lhs, rhs):
            ...         return lhs != rhs
        """
        if not self.template and not self.templates:
            raise FieldError(
                f"{type(self).__name__} does not say what it means",
                fix='Give it template = "%(lhs)s <> %(rhs)s", or as_condition().',
            )
        return Said(self, lhs, rhs)


class Said(Func[bool]):
    """A lookup's template over its two sides."""

    __slots__ = ("lookup",)
    returns = "boolean"
    nulls = "always"
    places = ("lhs", "rhs")

    def __init__(self, lookup: Lookup, lhs: Any, rhs: Any) -> None:
        self.lookup = lookup
        super().__init__(lhs, rhs, function=type(lookup).__name__)

    def text(self, dialect: str) -> str:
        """The template in a dialect; empty where it has none."""
        template = self.lookup.templates.get(dialect, self.lookup.template)
        return f"({template})" if template else ""
