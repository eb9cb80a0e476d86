# generated from src/covet/_async/relations.py by scripts/generate_sync.py;
# change that file, not this one
"""How is a related object found? By the object that holds its key, or back from the other side."""

from __future__ import annotations

from collections.abc import Callable
from typing import (
    Any,
    Generic,
    Literal,
    Never,
    Self,
    TypeAlias,
    TypeVar,
    Unpack,
    overload,
)

from ..errors import FieldError, short
from ..expressions import FieldRef
from ..pairs import SyncReference, sync_refer
from ..schema.declare import ModelMeta
from ..schema.many import ManyOptions, ManyToMany
from ..schema.on_delete import CASCADE, OnDelete, cascading
from ..schema.relations import ForeignKeyField, RelationOptions
from ..schema.ways import WayBack
from ..watch.touches import TOUCHES
from .loading import load_one
from .many import ManyDescriptor
from .through import ThroughManager

T = TypeVar("T")
M = TypeVar("M")

To: TypeAlias = type[M] | str | Callable[[], type[M]]


class ForeignKey(ForeignKeyField[T], Generic[T]):
    """A relation to one row of another model, held as its key in the column ``<name>_id``.

    Reading it never hides a query. ``post.author_id`` is the key; see ``docs/how-to`` for more.

    Args:
        to: the related model, its name (``"Author"``, ``"blog.Author"``, ``"self"``) or a function
            that returns it.
        on_delete: what becomes of these rows when the related one is deleted: ``CASCADE``,
            ``PROTECT``, ``SET_NULL`` …; ``docs/how-to/delete.md`` has all.
        null: whether there may be none.
        related_name: the attribute on the related model; ``"+"`` makes none.
        related_query_name: the name in lookups, if it is not ``related_name``.
        to_field: the unique field of the related model that is held, if not its primary key.
        from_fields: the names of the fields that hold a key of several columns; columns of its own,
            ``<name>_<part>``, when left out.
        db_constraint: False leaves the constraint out of the database.
        limit_choices_to: which related rows ``related_choices()`` offers: lookups in a dictionary,
            a ``Q``, or a function that gives either.
        **options: those of every field.

    Example:
        >>> class Post(Model):
        ...     author = ForeignKey(Author, related_name="posts")
    """

    @overload
    def __init__(
        self: ForeignKey[M | None],
        to: To[M],
        on_delete: OnDelete = ...,
        *,
        null: Literal[True],
        **options: Unpack[RelationOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: ForeignKey[M],
        to: To[M],
        on_delete: OnDelete = ...,
        *,
        null: Literal[False] = ...,
        **options: Unpack[RelationOptions],
    ) -> None: ...
    def __init__(self, to: Any, on_delete: OnDelete = CASCADE, **options: Any) -> None:
        super().__init__(to, on_delete, **options)

    @overload  # type: ignore[override]
    def __get__(self, instance: None, owner: Any) -> FieldRef[T]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> SyncReference[T]: ...
    def __get__(self, instance: Any, owner: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The related object, as this colour gives it; of the class, the key as an expression."""
        if instance is None:
            return FieldRef(owner._table.label, self.name)
        return sync_refer(self, instance, load_one)

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
        on_delete: OnDelete = ...,
        *,
        null: Literal[True],
        **options: Unpack[RelationOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: OneToOneField[M],
        to: To[M],
        on_delete: OnDelete = ...,
        *,
        null: Literal[False] = ...,
        **options: Unpack[RelationOptions],
    ) -> None: ...
    def __init__(self, to: Any, on_delete: OnDelete = CASCADE, **options: Any) -> None:
        super().__init__(to, on_delete, **options)


class ManyToManyField(ManyToMany[T], Generic[T]):
    """A relation to any number of rows of a model, each of which may be related to many too.

    ``post.tags`` is a manager. The links stand in a table between, with the two keys.

    Args:
        to: the related model, its name (``"Tag"``, ``"blog.Tag"``, ``"self"``) or a function that
            returns it.
        through: a model of your own for the table between, which may have further fields.
        **options: see ``ManyToMany``.

    Example:
        >>> class Post(Model):
        ...     tags = ManyToManyField(Tag, related_name="posts")
        >>> post.tags.add(news, sports)
    """

    def __init__(
        self,
        to: To[T],
        *,
        through: type[Any] | str | Callable[[], type[Any]] | None = None,
        **options: Unpack[ManyOptions],
    ) -> None:
        super().__init__(to, through=through, **options)

    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> ThroughManager[T]: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        """The manager of the related rows; of the class, the declaration, which has ``through``."""
        if instance is None:
            return self
        self._settled()
        return ManyDescriptor(instance._table.ways[self.name]).__get__(instance, owner)

    def __set__(self, instance: Any, value: Never) -> None:
        """Refused: what belongs to an instance is in the database, not in an attribute."""
        ManyDescriptor(instance._table.ways[self.name]).__set__(instance, value)

    def make_through(self, source: type[Any], target: type[Any]) -> type[Any]:
        """The model of the table between: two foreign keys, and one row for each pair."""
        near, far = source.__name__.lower(), target.__name__.lower()
        if near == far:
            near, far = f"from_{near}", f"to_{far}"
        name = f"{source.__name__}_{self.name}"
        table = self.db_table or f"{source._table.name}_{self.name}"
        words = {"db_table": table, "unique_together": [(near, far)]}
        words |= {"app_label": source._table.app_label, "managed": source._table.options.managed}
        root = next(base for base in reversed(source.__mro__) if isinstance(base, ModelMeta))
        made = ModelMeta(
            name,
            (root,),
            {
                "__module__": source.__module__,
                "__qualname__": f"{source.__qualname__}_{self.name}",
                "Meta": type("Meta", (), words),
                "_made_for": (source, self.name),
                near: self._link(source),
                far: self._link(target),
            },
        )
        made.__qualname__ = f"{source.__qualname__}.{self.name}.through"  # where pickles find it
        return made

    def _link(self, model: type[Any]) -> ForeignKey[Any]:
        """A key of the table between: a link goes with the rows that it links."""
        rule = cascading(model._table)
        return ForeignKey(model, rule, related_name="+", db_constraint=self.db_constraint)


class ReverseOneDescriptor:
    """``user.profile``: the one row that points here."""

    def __init__(self, way: WayBack) -> None:
        self.way = way

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        return sync_refer(self.way, instance, load_one)

    def __set__(self, instance: Any, value: Any) -> None:
        """Make another row the one that points here; save that row then."""
        way = self.way
        if not isinstance(value, way.target_model):
            raise FieldError(
                f"{way.model}.{way.name} cannot be set to {short(value)}",
                fix=f"Set it to a {way.target.model_name}, and save that.",
            )
        way.field.assign(value, instance)
        setattr(instance, way.cache_name, value)


TOUCHES.of(ForeignKey, ReverseOneDescriptor)
