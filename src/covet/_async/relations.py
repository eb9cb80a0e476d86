"""How is a related object found? By the object that holds its key, or back from the other side."""

from __future__ import annotations

from collections.abc import Callable
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    Literal,
    Self,
    TypeAlias,
    TypeVar,
    Unpack,
    overload,
)

from ..errors import FieldError
from ..expressions import FieldRef, Q
from ..pairs import AsyncReference, async_refer
from ..schema.record import Record, Reference
from ..schema.relations import (
    CASCADE,
    ForeignKeyField,
    RelationOptions,
    ReverseRelation,
    WayBack,
)
from .manager import Manager
from .queryset import QuerySet

T = TypeVar("T")
M = TypeVar("M")

To: TypeAlias = type[M] | str | Callable[[], type[M]]


class ForeignKey(ForeignKeyField[T], Generic[T]):
    """A relation to one row of another model, held as its key in the column ``<name>_id``.

    Reading it never hides a query. ``post.author_id`` is the key; see ``docs/how-to`` for more.

    Args:
        to: the related model, its name (``"Author"``, ``"blog.Author"``, ``"self"``) or a function
            that returns it.
        on_delete: what the database does to these rows when the related one is deleted.
        null: whether there may be none.
        related_name: the attribute on the related model; ``"+"`` makes none.
        related_query_name: the name in lookups, if it is not ``related_name``.
        to_field: the unique field of the related model that is held, if not its primary key.
        db_constraint: False leaves the constraint out of the database.
        **options: those of every field.

    Example:
        >>> class Post(Model):
        ...     author = ForeignKey(Author, related_name="posts")
    """

    @overload
    def __init__(
        self: ForeignKey[M | None],
        to: To[M],
        on_delete: str = ...,
        *,
        null: Literal[True],
        **options: Unpack[RelationOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: ForeignKey[M],
        to: To[M],
        on_delete: str = ...,
        *,
        null: Literal[False] = ...,
        **options: Unpack[RelationOptions],
    ) -> None: ...
    def __init__(self, to: Any, on_delete: str = CASCADE, **options: Any) -> None:
        super().__init__(to, on_delete, **options)

    @overload  # type: ignore[override]
    def __get__(self, instance: None, owner: Any) -> FieldRef[T]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> AsyncReference[T]: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        """The related object, as this colour gives it; of the class, the key as an expression."""
        if instance is None:
            return FieldRef(owner._table.label, self.name)
        return async_refer(self, instance, load)

    def __set__(self, instance: Any, value: Any) -> None:
        """Point to another object, or with None to none."""
        if issubclass(type(value), Reference):
            value = value._covet_object("pk")
        if value is None:
            setattr(instance, self.attname, None)
            instance.__dict__.pop(self.cache_name, None)
            return
        if not isinstance(value, self.related_model):
            self.key_of(value)
        setattr(instance, self.attname, getattr(value, self.target_field.attname))
        setattr(instance, self.cache_name, value)


class OneToOneField(ForeignKey[T]):
    """A foreign key that no two rows share; the way back gives one object, not many.

    Args:
        to: as for ``ForeignKey``, and so are the others.
    """

    one_to_one = True

    @overload
    def __init__(
        self: OneToOneField[M | None],
        to: To[M],
        on_delete: str = ...,
        *,
        null: Literal[True],
        **options: Unpack[RelationOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: OneToOneField[M],
        to: To[M],
        on_delete: str = ...,
        *,
        null: Literal[False] = ...,
        **options: Unpack[RelationOptions],
    ) -> None: ...
    def __init__(self, to: Any, on_delete: str = CASCADE, **options: Any) -> None:
        super().__init__(to, on_delete, **options)


async def load(relation: ForeignKeyField[Any], instance: Any) -> Any:
    """The object that an instance's key points to, with one query; kept on the instance.

    Raises:
        DoesNotExist: there is none.
    """
    key = getattr(instance, relation.attname)
    if key is None:
        return None
    related = relation.related_model
    query: QuerySet[Any] = QuerySet(related, None, alias_of(instance))
    found = await query.get(**{relation.target_field.attname: key})
    setattr(instance, relation.cache_name, found)
    return found


def alias_of(instance: Record) -> str | None:
    """The database that an instance came from."""
    return instance._origin.alias if instance._origin else None


class ReverseDescriptor:
    """``author.posts``: the manager of the rows that point here."""

    def __init__(self, relation: ReverseRelation, model: type[Any]) -> None:
        self.relation = relation
        self.model = model

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        return RelatedManager(self.relation, self.model, instance)


class ReverseOneDescriptor:
    """``user.profile``: the one row that points here."""

    def __init__(self, relation: ReverseRelation, model: type[Any]) -> None:
        self.way = WayBack(relation)
        self.model = model

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        return async_refer(self.way, instance, self._load)

    async def _load(self, way: WayBack, instance: Any) -> Any:
        """The row that points to an instance, with one query; kept on the instance."""
        field = way.relation.field
        key = getattr(instance, field.target_field.attname)
        query: QuerySet[Any] = QuerySet(self.model, None, alias_of(instance))
        found = await query.get(**{field.attname: key})
        setattr(instance, way.cache_name, found)
        setattr(found, field.cache_name, instance)
        return found


class RelatedManager(Manager[M]):
    """The manager of the rows whose key points to one instance.

    Everything that it creates points there too. A class that wants its type known to checkers
    declares it: ``posts: RelatedManager["Post"]``.
    """

    if TYPE_CHECKING:

        def __get__(self, instance: object, owner: Any) -> Self: ...  # type: ignore[override]

    def __init__(self, relation: ReverseRelation, model: type[Any], instance: Record) -> None:
        self.name = relation.name or relation.query_name
        self.model = model
        self._relation = relation
        self._instance = instance
        self._alias = alias_of(instance)

    def _key(self) -> Any:
        field = self._relation.field
        key = getattr(self._instance, field.target_field.attname)
        if key is None:
            raise FieldError(
                f"This {type(self._instance).__name__} is not saved yet, so it has no {self.name}",
                fix="Save it first.",
            )
        return key

    def get_queryset(self) -> QuerySet[M]:
        """The rows that point to the instance."""
        key = self._key()
        manager = self.model._default_manager
        query: QuerySet[M] = manager.get_queryset()
        if self._alias is not None:
            query = query.using(self._alias)
        return query.filter(Q(**{self._relation.field.attname: key}))

    async def create(self, /, **values: Any) -> M:
        """A new row that points to the instance, saved.

        Args:
            **values: as for the model's constructor.
        """
        self._key()
        return await super().create(**{self._relation.field.name: self._instance, **values})
