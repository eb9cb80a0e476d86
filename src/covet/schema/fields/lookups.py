"""Which lookups and transforms of their own do fields have, beside those of every type?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from weakref import WeakSet

from ...errors import FieldError, short
from ...expressions.functions.base import Func
from ...expressions.lookups import Lookup

Registered = TypeVar("Registered", bound=type)

WORD = re.compile(r"[a-zA-Z][a-zA-Z0-9]*(_[a-zA-Z0-9]+)*")

WATCHING: WeakSet[Any] = WeakSet()
"""The registries of models: what they know of resolved queries ends with each registration."""


class OnClassOrField:
    """A method that a class has for all its fields, and a field for itself alone."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    def __get__(self, field: Any, cls: type) -> Any:
        return partial(self.function, cls if field is None else field)


class HasLookups:
    """What fields and classes of fields have to do with lookups of one's own."""

    own_lookups: ClassVar[Mapping[str, type]] = {}
    """The lookups and transforms registered for just this class, or just this field."""

    if TYPE_CHECKING:

        @classmethod
        def register_lookup(
            cls, lookup: Registered, lookup_name: str | None = None
        ) -> Registered: ...
        @classmethod
        def unregister_lookup(cls, lookup: type, lookup_name: str | None = None) -> None: ...

    else:

        @OnClassOrField
        def register_lookup(self, lookup: type, lookup_name: str | None = None) -> type:
            """Give all fields of this class, or this one field, a lookup or a transform.

            It goes before a lookup of the same name that the type has, or a class above.

            Args:
                lookup: a class made from ``Lookup`` or ``Transform``, or a function of one
                    expression.
                lookup_name: the word for it in a path, if it is not the class's own
                    ``lookup_name``.

            Returns:
                The class itself, so that this may stand above it as a decorator.

            Raises:
                FieldError: something else, or a word that cannot stand in a path.

            Example:
                >>> CharField.register_lookup(Lower)
                >>> await Post.objects.filter(title__lower="hello")
            """
            name = _checked_name(lookup, lookup_name)
            self.own_lookups = {
                **_own(self),
                name: lookup,
            }  # a new one, as copies of a field share it
            _forget_plans()
            return lookup

        @OnClassOrField
        def unregister_lookup(self, lookup: type, lookup_name: str | None = None) -> None:
            """Take away what ``register_lookup()`` gave with the same arguments.

            Args:
                lookup: the class.
                lookup_name: the word, if it was given one.

            Raises:
                FieldError: it is not registered here.

            Example:
                >>> CharField.unregister_lookup(Lower)
            """
            name = _checked_name(lookup, lookup_name)
            own = _own(self)
            if own.get(name) is not lookup:
                raise FieldError(
                    f"{lookup.__name__} is not registered as {name!r} for {_said(self)}"
                )
            del own[name]
            self.own_lookups = own
            _forget_plans()


def registered(field: Any) -> dict[str, type]:
    """The lookups and transforms of one's own that a field has, by name.

    Those of the field go before those of its class, and these before those of classes above.
    """
    found: dict[str, type] = {}
    holders = (*reversed(type(field).__mro__), field)
    for holder in holders:
        found.update(vars(holder).get("own_lookups", {}))
    value_field = field.value_field
    return found if value_field is field else registered(value_field) | found


def _own(holder: Any) -> dict[str, type]:
    return dict(vars(holder).get("own_lookups", {}))


def _forget_plans() -> None:
    for registry in WATCHING:
        registry.forget_plans()


def _checked_name(lookup: Any, given: str | None) -> str:
    if not isinstance(lookup, type) or not issubclass(lookup, (Func, Lookup)):
        raise FieldError(
            f"{short(lookup)} is neither a Lookup nor a Transform",
            fix="Write class NotEqual(Lookup): lookup_name = …",
        )
    name = given or lookup.lookup_name
    if not isinstance(name, str) or not WORD.fullmatch(name):
        raise FieldError(
            f"{lookup.__name__} has the lookup_name {short(name)}, which cannot stand in a path",
            fix="Use letters, digits and single underscores.",
        )
    return name


def _said(holder: Any) -> str:
    return holder.__name__ if isinstance(holder, type) else repr(holder)
