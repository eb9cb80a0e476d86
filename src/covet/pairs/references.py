"""What is ``post.author``? In async code always a lazy reference; in sync code the object."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Annotated, Any, Generic, Protocol, TypeAlias, TypeVar, cast

from ..errors import NotLoaded
from ..schema.record import Record, Reference
from ..schema.ways import Way

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


PROBED = ("__", "_repr_", "_ipython_")
"""What libraries ask any object for, to see whether it has it; nobody's data is called that."""


class AsyncLoads(Protocol):
    """What finds the object of an instance in the database."""

    async def __call__(self, way: Any, instance: Any, /) -> Any:
        """The related object."""


class SyncLoads(Protocol):
    """The same, without waiting."""

    def __call__(self, way: Any, instance: Any, /) -> Any:
        """The related object."""


class AsyncReference(Reference, Generic[T_co]):
    """A relation's other end: to be awaited, and once loaded it also stands for the object.

    ``await post.author`` gives the ``Author``, any number of times and with one query at most; for
    an empty key, None. What is known without a query needs no await: ``post.author.pk``,
    ``bool(post.author)``, and on a loaded one everything that the object has.

    Raises:
        NotLoaded: an attribute of the object is touched before it was loaded.
    """

    __slots__ = ("_covet_instance", "_covet_load", "_covet_way")

    _covet_way: Way
    _covet_instance: Any
    _covet_load: AsyncLoads

    def __init__(self, way: Way, instance: Any, load: AsyncLoads) -> None:
        object.__setattr__(self, "_covet_way", way)
        object.__setattr__(self, "_covet_instance", instance)
        object.__setattr__(self, "_covet_load", load)

    def __await__(self) -> Generator[Any, Any, T_co]:
        return self._covet_fetch().__await__()

    async def _covet_fetch(self) -> T_co:
        is_known, found = self._covet_known()
        if not is_known:
            found = await self._covet_load(self._covet_way, self._covet_instance)
        elif found is None:
            found = self._covet_way.missing(self._covet_instance)
        return cast(T_co, found)

    def _covet_known(self) -> tuple[bool, Any]:
        return self._covet_way.known(self._covet_instance)

    def _covet_object(self, touched: str) -> Any:
        """The object, for whoever touches it without waiting."""
        is_known, found = self._covet_known()
        if not is_known:
            way = self._covet_way
            raise NotLoaded(
                f"{way.model}.{way.name} has not been loaded, so its {touched!r} is not known",
                fix=f"Write (await {way.model.lower()}.{way.name}).{touched}, or load it with the "
                f'query: select_related("{way.name}").',
            )
        return found

    def _covet_key(self, attname: str) -> Any:
        """A key of the object, which needs no query if it is the one that the relation holds."""
        held = self._covet_way.held(self._covet_instance, attname)
        if held is not None:
            return held
        found = self._covet_object(attname)
        return None if found is None else getattr(found, attname)

    def _covet_own_key(self) -> Any:
        """What the relation itself holds; None for an empty key."""
        return self._covet_key(self._covet_way.key_name)

    @property
    def pk(self) -> Any:
        """The object's primary key; None for an empty key."""
        return self._covet_key(self._covet_way.target.pk.attname)

    if not TYPE_CHECKING:  # to type checkers a reference stays one, so they see a missing await

        def __getattr__(self, name: str) -> Any:
            if name.startswith(PROBED) and not self._covet_known()[0]:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            found = self._covet_object(name)
            if found is None:
                way = self._covet_way
                raise AttributeError(f"{way.model}.{way.name} is None and has no {name!r}")
            return getattr(found, name)

        def __setattr__(self, name: str, value: Any) -> None:
            setattr(self._covet_object(name), name, value)

        @property
        def __class__(self) -> type:
            """Loaded, it is seen as its object: ``isinstance`` and Pydantic look here."""
            is_known, found = self._covet_known()
            return type(found) if is_known and found is not None else AsyncReference

    def __bool__(self) -> bool:
        is_known, found = self._covet_known()
        return found is not None if is_known else self._covet_own_key() is not None

    def __eq__(self, other: object) -> bool:
        is_known, found = self._covet_known()
        if issubclass(type(other), AsyncReference):
            theirs: AsyncReference[Any] = other  # type: ignore[assignment]
            if theirs._covet_way.target.concrete is not self._covet_way.target.concrete:
                return False
            if theirs._covet_way.key_name == self._covet_way.key_name:
                return bool(theirs._covet_own_key() == self._covet_own_key())
            return bool(theirs.pk == self.pk)
        if is_known:
            return bool(found == other)
        if isinstance(other, Record):
            key_name = self._covet_way.key_name
            same_table = other._table.concrete is self._covet_way.target.concrete
            return same_table and bool(getattr(other, key_name) == self._covet_own_key())
        return False

    def __hash__(self) -> int:
        return hash(self.pk)

    def __str__(self) -> str:
        is_known, found = self._covet_known()
        return str(found) if is_known else repr(self)

    def __repr__(self) -> str:
        is_known, found = self._covet_known()
        return (
            repr(found)
            if is_known
            else f"<{self._covet_way.model}.{self._covet_way.name}, not loaded>"
        )

    def __reduce__(self) -> Any:
        return getattr, (self._covet_instance, self._covet_way.name)


# In sync code a relation's other end is the object itself.
SyncReference: TypeAlias = Annotated[T, "the object itself"]


def async_refer(way: Way, instance: Any, load: AsyncLoads) -> Any:
    """What reading a relation gives: the lazy reference."""
    return AsyncReference(way, instance, load)


def sync_refer(way: Way, instance: Any, load: SyncLoads) -> Any:
    """What reading a relation gives: the object, loaded now if it has to be."""
    is_known, found = way.known(instance)
    if not is_known:
        return load(way, instance)
    return way.missing(instance) if found is None else found


def async_loaded(reference: AsyncReference[T]) -> T:
    """The object behind a reference that is known to be loaded, with its static type.

    Args:
        reference: a relation of an instance, such as ``post.author``.

    Raises:
        NotLoaded: it is not loaded.

    Example:
        >>> name = loaded(post.author).name
    """
    if issubclass(type(reference), AsyncReference):
        is_known, found = reference._covet_known()
        if not is_known:
            way = reference._covet_way
            raise NotLoaded(
                f"{way.model}.{way.name} has not been loaded",
                fix=f"Write await {way.model.lower()}.{way.name}, or load it with the query: "
                f'select_related("{way.name}").',
            )
        return cast(T, found)
    return cast(T, reference)


def sync_loaded(reference: T) -> T:
    """The object itself: in sync code a relation is always loaded when it is read."""
    return reference
