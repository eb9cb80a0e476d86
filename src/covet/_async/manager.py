"""What is ``Post.objects``? The place where queries on a model begin."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from ..errors import ModelError, short
from ..pairs import async_marked
from ..query.builder import Builder

if TYPE_CHECKING:
    from typing import Never, Self

    from .queryset import QuerySet

T = TypeVar("T")
QS = TypeVar("QS", bound="QuerySet[Any]")
U = TypeVar("U", bound="Manager[Never]")
M_co = TypeVar("M_co", covariant=True)


class BaseManager(Generic[M_co]):
    """What every manager is: a queryset of all rows, made anew for each call."""

    model: type[Any]
    _queryset_class: type[Any]
    _alias: str | None = None

    def __init__(self) -> None:
        self.name = "objects"

    if not TYPE_CHECKING:

        def __get__(self, instance: Any, owner: type) -> Any:
            if instance is not None:
                raise AttributeError(
                    f"{owner.__name__}.{self.name} belongs to the class, not to its instances. "
                    f"Write {owner.__name__}.{self.name}."
                )
            if "model" not in self.__dict__:
                raise AttributeError(no_manager(owner, self.name))
            return self

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def bound(self, model: type[Any], name: str) -> Any:
        """A copy that belongs to a model; an abstract model's manager serves several."""
        own = copy.copy(self)
        own.model, own.name = model, name
        return own

    def unbound(self) -> Any:
        """A copy that belongs to no model."""
        free = copy.copy(self)
        free.__dict__.pop("model", None)
        return free

    def get_queryset(self) -> Any:
        """The queryset that every query of this manager begins with; override it to narrow it."""
        return self._queryset_class(self.model, None, self._alias)

    def using(self, alias: str) -> Any:
        """A queryset of another database."""
        return self.get_queryset().using(alias)

    @classmethod
    def from_queryset(cls, queryset_class: type[QS], class_name: str | None = None) -> type[QS]:
        """A manager class that has a queryset class's own methods too.

        To type checkers it is the queryset class, whose methods they then know.

        Args:
            queryset_class: a subclass of ``QuerySet``.
            class_name: the name of the new class.

        Raises:
            ModelError: something else than a queryset class.

        Example:
            >>> class Post(Model):
            ...     objects = Manager.from_queryset(PostQuerySet)()
        """
        if not (isinstance(queryset_class, type) and issubclass(queryset_class, Builder)):
            raise ModelError(
                f"from_queryset() takes a queryset class, not {short(queryset_class)}",
                fix="Write Manager.from_queryset(PostQuerySet).",
            )
        if class_name is not None and not isinstance(class_name, str):
            raise ModelError(f"from_queryset() takes a text as class_name, not {short(class_name)}")
        name = class_name or f"{cls.__name__}From{queryset_class.__name__}"
        namespace = {"_queryset_class": queryset_class, "__module__": queryset_class.__module__}
        made: Any = type(name, (cls,), namespace | _forwarding(cls, queryset_class))
        return cast("type[QS]", made)

    def __repr__(self) -> str:
        model = getattr(self, "model", None)
        return f"<{type(self).__name__} {model.__name__ + '.' if model else ''}{self.name}>"


QUERYSETS_ONLY = frozenset({"delete", "returning"})
"""What a manager does not have, so that nobody empties a table by leaving out a filter."""


def no_manager(model: Any, name: str) -> str:
    """Why a model does not have the manager that an abstract one of its parents declares."""
    if "_table" not in vars(model):
        return (
            f"{model.__name__} is abstract and has no rows, so it has no manager {name!r}. "
            "Ask a model that inherits from it."
        )
    own = [k for k, v in vars(model).items() if isinstance(v, BaseManager) and v.name == k]
    return f"{model.__name__} has no manager {name!r}, as it declares its own: {', '.join(own)}"


def manager_of(queryset_class: type[QS]) -> type[QS]:
    """The manager class of a queryset class."""
    return Manager.from_queryset(queryset_class)


def _forwarding(cls: type, queryset_class: type) -> dict[str, Any]:
    """A method for each public method of a queryset class, which calls it on a new queryset."""
    found: dict[str, Any] = {}
    for name in dir(queryset_class):
        method = inspect.getattr_static(queryset_class, name)
        if name.startswith("_") or not inspect.isfunction(method) or hasattr(cls, name):
            continue
        if name in QUERYSETS_ONLY:
            continue
        found[name] = _forward(name, method)
    return found


def _forward(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    def forward(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        return getattr(self.get_queryset(), name)(*args, **kwargs)

    forward.__name__ = name
    forward.__doc__ = method.__doc__
    return async_marked(forward, method)


if TYPE_CHECKING:

    class Owner:
        """What the rows of a bare ``Manager()`` are: instances of the model that it belongs to."""

    class DefaultManager:
        """The manager that a model has without declaring one, typed by its owner.

        mypy compares a model's own manager with what this is on an instance: anything will do.
        """

        @overload
        def __get__(self, instance: None, owner: type[T]) -> Manager[T]: ...
        @overload
        def __get__(self, instance: object, owner: object) -> object: ...
        def __get__(self, instance: Any, owner: Any) -> Any: ...

    class Manager(QuerySet[M_co], BaseManager[M_co]):  # type: ignore[type-var]
        """The manager of a model; subclass it for methods of your own."""

        @overload
        def __init__(self: Manager[Owner]) -> None: ...
        @overload
        def __init__(self) -> None: ...
        def __init__(self) -> None: ...

        @overload  # a subclass that says nothing of its rows: those are Any
        def __get__(self: U, instance: None, owner: Any) -> U: ...
        @overload
        def __get__(self: Manager[Owner], instance: None, owner: type[T]) -> Manager[T]: ...
        @overload
        def __get__(self, instance: None, owner: Any) -> Self: ...
        def __get__(self, instance: None, owner: Any) -> Any: ...

        def get_queryset(self) -> QuerySet[M_co]:
            """The queryset that every query of this manager begins with."""
            ...

else:

    class Manager(BaseManager[M_co]):
        """The manager of a model; subclass it for methods of your own.

        It has every method of a queryset; each begins a new one. Narrow what it begins with by
        overriding ``get_queryset``.

        Example:
            >>> class LiveManager(Manager):
            ...     def get_queryset(self):
            ...         return super().get_queryset().filter(is_live=True)
            >>> class Post(Model):
            ...     objects = Manager()
            ...     live = LiveManager()
        """

    DefaultManager = Manager


def complete(queryset_class: type[Any]) -> None:
    """Give managers the methods of the standard queryset."""
    Manager._queryset_class = queryset_class
    for name, method in _forwarding(Manager, queryset_class).items():
        setattr(Manager, name, method)
