"""What is ``post.author``? In async code always a lazy reference; in sync code the object."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Annotated, Any, Generic, Protocol, TypeAlias, TypeVar, cast

from ..errors import NotLoaded
from ..schema.record import Record, Reference
from ..schema.relations import ForeignKeyField

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class AsyncLoads(Protocol):
    """What a relation has to do for its references: find the object of an instance."""

    async def __call__(self, relation: Any, instance: Any) -> Any:
        """The related object, from the database."""


class SyncLoads(Protocol):
    """The same, without waiting."""

    def __call__(self, relation: Any, instance: Any) -> Any:
        """The related object, from the database."""


def known(relation: ForeignKeyField[Any], instance: Any) -> tuple[bool, Any]:
    """Whether an instance's related object is known, and the object.

    An object that was loaded for another key than the instance has now is forgotten.
    """
    attributes = instance.__dict__
    key = attributes.get(relation.attname)
    found = attributes.get(relation.cache_name)
    if found is None:
        return key is None and relation.attname in attributes, None
    target = found.__dict__.get(relation.target_field.attname)
    if key == target or (key is None and found._origin is None):
        return True, found
    del attributes[relation.cache_name]
    return key is None, None


class AsyncReference(Reference, Generic[T_co]):
    """A relation's other end: to be awaited, and once loaded it also stands for the object.

    ``await post.author`` gives the ``Author``, any number of times and with one query at most; for
    an empty key, None. What is known without a query needs no await: ``post.author.pk``,
    ``bool(post.author)``, and on a loaded one everything that the object has.

    Raises:
        NotLoaded: an attribute of the object is touched before it was loaded.
    """

    __slots__ = ("_covet_instance", "_covet_load", "_covet_relation")

    def __init__(self, relation: ForeignKeyField[Any], instance: Any, load: AsyncLoads) -> None:
        object.__setattr__(self, "_covet_relation", relation)
        object.__setattr__(self, "_covet_instance", instance)
        object.__setattr__(self, "_covet_load", load)

    def __await__(self) -> Generator[Any, Any, T_co]:
        return self._covet_fetch().__await__()

    async def _covet_fetch(self) -> T_co:
        is_known, found = known(self._covet_relation, self._covet_instance)
        if is_known:
            return cast(T_co, found)
        load: Any = self._covet_load
        return cast(T_co, await load(self._covet_relation, self._covet_instance))

    def _covet_object(self, touched: str) -> Any:
        """The object, for whoever touches it without waiting."""
        relation = self._covet_relation
        is_known, found = known(relation, self._covet_instance)
        if not is_known:
            name = relation.name
            raise NotLoaded(
                f"{relation.model}.{name} has not been loaded, so it has no {touched!r} yet",
                fix=f"Write (await {relation.model.lower()}.{name}).{touched}, or load it with the "
                f'query: select_related("{name}").',
            )
        return found

    def _covet_key(self, attname: str) -> Any:
        """The key of the object, which needs no query if it is the one that the relation holds."""
        relation = self._covet_relation
        if attname == relation.target_field.attname:
            key = self._covet_instance.__dict__.get(relation.attname)
            if key is not None:
                return key
        return getattr(self._covet_object(attname), attname)

    @property
    def pk(self) -> Any:
        """The object's primary key; None for an empty key."""
        relation = self._covet_relation
        if getattr(self._covet_instance, relation.attname) is None:
            is_known, found = known(relation, self._covet_instance)
            return found.pk if is_known and found is not None else None
        return self._covet_key(relation.target.pk.attname)

    if not TYPE_CHECKING:  # to type checkers a reference stays one, so they see a missing await

        def __getattr__(self, name: str) -> Any:
            found = self._covet_object(name)
            if found is None:
                relation = self._covet_relation
                raise AttributeError(f"{relation.model}.{relation.name} is None and has no {name!r}")
            return getattr(found, name)

        def __setattr__(self, name: str, value: Any) -> None:
            setattr(self._covet_object(name), name, value)

        @property
        def __class__(self) -> type:
            """Loaded, it is seen as its object: ``isinstance`` and Pydantic look here."""
            is_known, found = known(self._covet_relation, self._covet_instance)
            return type(found) if is_known and found is not None else AsyncReference

    def __bool__(self) -> bool:
        if getattr(self._covet_instance, self._covet_relation.attname) is not None:
            return True
        is_known, found = known(self._covet_relation, self._covet_instance)
        return is_known and found is not None

    def __eq__(self, other: object) -> bool:
        is_known, found = known(self._covet_relation, self._covet_instance)
        if isinstance(other, Reference) and type(other) is AsyncReference:
            theirs_known, theirs = known(other._covet_relation, other._covet_instance)
            if is_known and theirs_known:
                return bool(found == theirs)
            same = other._covet_relation.target is self._covet_relation.target
            return same and self.pk == other.pk
        if is_known:
            return bool(found == other)
        if isinstance(other, Record):
            return other._table is self._covet_relation.target and other.pk == self.pk
        return False

    def __hash__(self) -> int:
        return hash(self.pk)

    def __str__(self) -> str:
        is_known, found = known(self._covet_relation, self._covet_instance)
        return str(found) if is_known else repr(self)

    def __repr__(self) -> str:
        relation = self._covet_relation
        is_known, found = known(relation, self._covet_instance)
        if is_known:
            return repr(found)
        key = self._covet_instance.__dict__.get(relation.attname)
        return f"<{relation.model}.{relation.name} {key!r}, not loaded>"

    def __reduce__(self) -> Any:
        return getattr, (self._covet_instance, self._covet_relation.name)


# In sync code a relation's other end is the object itself.
SyncReference: TypeAlias = Annotated[T, "the object itself"]


def async_refer(relation: Any, instance: Any, load: AsyncLoads) -> Any:
    """What reading a relation gives: the lazy reference."""
    return AsyncReference(relation, instance, load)


def sync_refer(relation: Any, instance: Any, load: SyncLoads) -> Any:
    """What reading a relation gives: the object, loaded now if it has to be."""
    is_known, found = known(relation, instance)
    return found if is_known else load(relation, instance)


def async_loaded(reference: AsyncReference[T]) -> T:
    """The object behind a reference that is known to be loaded, with its static type.

    Example:
        >>> name = loaded(post.author).name

    Raises:
        NotLoaded: it is not loaded.
    """
    if isinstance(reference, Reference) and type(reference) is AsyncReference:
        return cast(T, reference._covet_object("name"))
    return cast(T, reference)


def sync_loaded(reference: T) -> T:
    """The object itself: in sync code a relation is always loaded when it is read."""
    return reference


