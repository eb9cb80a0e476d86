# generated from src/covet/_async/relations.py by scripts/generate_sync.py;
# change that file, not this one
"""How is a related object found? By the object that holds its key, or back from the other side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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

from ..errors import FieldError, short
from ..expressions import FieldRef, Q
from ..pairs import SyncReference, sync_refer
from ..schema.record import Record
from ..schema.relations import (
    CASCADE,
    NOBODY,
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
    def __get__(self, instance: object, owner: Any) -> SyncReference[T]: ...
    def __get__(self, instance: Any, owner: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The related object, as this colour gives it; of the class, the key as an expression."""
        if instance is None:
            return FieldRef(owner._table.label, self.name)
        return sync_refer(self, instance, load)

    def __set__(self, instance: Any, value: Any) -> None:
        """Point to another object, or with None to none."""
        self.assign(instance, value)


class OneToOneField(ForeignKey[T]):
    """A foreign key that no two rows share; the way back gives one object, not many.

    Args:
        to: as for ``ForeignKey``, and so are the others.

    Example:
        >>> class Profile(Model):
        ...     author = OneToOneField(Author, related_name="profile")
        >>> profile = author.profile
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


def load(relation: ForeignKeyField[Any], instance: Any) -> Any:
    """The object that an instance's key points to, with one query; kept on the instance.

    Raises:
        DoesNotExist: there is none.
    """
    key = getattr(instance, relation.attname)
    if key is None:
        return None
    related = relation.related_model
    query: QuerySet[Any] = QuerySet(related, None, alias_of(instance))
    found = query.get(**{relation.key_name: key})
    setattr(instance, relation.attname, getattr(found, relation.key_name))  # was "5", is 5
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
        base = type(model._default_manager)
        self.manager_class = type(f"Related{base.__name__}", (RelatedManager, base), {})

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        return self.manager_class(self.relation, self.model, instance)

    def __set__(self, instance: Any, value: Any) -> None:
        """Refused: rows are pointed here one by one."""
        relation = self.relation
        raise FieldError(
            f"{type(instance).__name__}.{relation.name} cannot be set, "
            f"as it stands for rows of {self.model.__name__}",
            fix=f"Set {self.model.__name__}.{relation.field.name} of each and save it.",
        )


class ReverseOneDescriptor:
    """``user.profile``: the one row that points here."""

    def __init__(self, relation: ReverseRelation, model: type[Any]) -> None:
        self.way = WayBack(relation)
        self.model = model

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        return sync_refer(self.way, instance, self._load)

    def __set__(self, instance: Any, value: Any) -> None:
        """Make another row the one that points here; save that row then."""
        field = self.way.relation.field
        if not isinstance(value, self.model):
            raise FieldError(
                f"{self.way.model}.{self.way.name} cannot be set to {short(value)}",
                fix=f"Set it to a {self.model.__name__}, and save that.",
            )
        field.assign(value, instance)
        setattr(instance, self.way.cache_name, value)

    def _load(self, way: WayBack, instance: Any) -> Any:
        """The row that points to an instance, with one query; kept on the instance."""
        field = way.relation.field
        key = getattr(instance, field.key_name)
        query: QuerySet[Any] = QuerySet(self.model, None, alias_of(instance))
        if key is None:  # not saved yet, so nothing points to it; NULLs do not
            return way.missing(instance)
        found = query.filter(**{field.attname: key}).first()
        setattr(instance, way.cache_name, NOBODY if found is None else found)
        if found is None:
            return way.missing(instance)
        setattr(found, field.cache_name, instance)
        return found


class RelatedManager(Manager[M]):
    """The manager of the rows whose key points to one instance.

    It has the methods of the model's default manager. Everything that it creates points there too.
    A class that wants its type known to checkers declares it: ``posts: RelatedManager["Post"]``.
    """

    if TYPE_CHECKING:

        def __get__(  # pyright: ignore[reportIncompatibleMethodOverride]
            self, instance: object, owner: Any
        ) -> Self: ...

    def __init__(self, relation: ReverseRelation, model: type[Any], instance: Record) -> None:
        self.__dict__.update(vars(model._default_manager))
        self.name = relation.name or relation.query_name
        self._relation = relation
        self._instance = instance
        self._alias = alias_of(instance)

    def _key(self) -> Any:
        field = self._relation.field
        key = getattr(self._instance, field.key_name)
        if key is None:
            raise FieldError(
                f"This {type(self._instance).__name__} is not saved yet, so it has no {self.name}",
                fix="Save it first.",
            )
        return key

    def get_queryset(self) -> QuerySet[M]:
        """The rows that point to the instance."""
        return super().get_queryset().filter(Q(**{self._relation.field.attname: self._key()}))

    def create(self, /, **values: Any) -> M:
        """A new row that points to the instance, saved.

        Args:
            **values: as for the model's constructor.
        """
        self._key()
        return super().create(**self._pointing(values))

    def get_or_create(
        self, /, defaults: Mapping[str, Any] | None = None, **lookups: Any
    ) -> tuple[M, bool]:
        """The one row that points to the instance and meets the lookups, created if there is none.

        Args:
            defaults: as for a queryset's.
            **lookups: as for a queryset's.
        """
        self._key()
        return super().get_or_create(defaults, **self._pointing(lookups))

    def update_or_create(
        self,
        /,
        defaults: Mapping[str, Any] | None = None,
        create_defaults: Mapping[str, Any] | None = None,
        **lookups: Any,
    ) -> tuple[M, bool]:
        """The one row that points to the instance and meets the lookups, updated or created.

        Args:
            defaults: as for a queryset's.
            create_defaults: as for a queryset's.
            **lookups: as for a queryset's.
        """
        self._key()
        return super().update_or_create(defaults, create_defaults, **self._pointing(lookups))

    def bulk_create(
        self, objs: Iterable[M], batch_size: int | None = None, *, validate: bool = True
    ) -> list[M]:
        """Many rows that point to the instance, saved.

        Args:
            objs: as for a queryset's.
            batch_size: as for a queryset's.
            validate: as for a queryset's.
        """
        self._key()
        records = list(objs)
        for record in records:
            self._relation.field.assign(record, self._instance)
        return super().bulk_create(records, batch_size, validate=validate)

    def _pointing(self, values: dict[str, Any]) -> dict[str, Any]:
        return {self._relation.field.name: self._instance, **values}
