"""What is a many-to-many relation: two foreign keys of a table between, seen from either side?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypedDict, TypeVar

from ..errors import ModelError, short
from ..expressions import Q
from .limits import Limit, check_limit, limit_of
from .record import Record
from .relations import ForeignKeyField, ReverseRelation, unknown_target
from .ways import ThroughTable

if TYPE_CHECKING:
    from .registry import Registry
    from .table import Table

T = TypeVar("T")


class ManyOptions(TypedDict, total=False):
    """The options of a many-to-many relation, beside ``through``."""

    related_name: str | None
    related_query_name: str | None
    through_fields: tuple[str, str] | None
    db_table: str | None
    symmetrical: bool | None
    db_constraint: bool
    limit_choices_to: Limit | None
    verbose_name: str | None
    help_text: str
    blank: bool


class ManyToMany(Generic[T]):
    """The colour-free half of ``ManyToManyField``: what was declared, and what it came to mean.

    It has no column. Its links stand in a table of their own, which is a model with two foreign
    keys: one made for it, or the user's own.

    Args:
        to: the related model, its name (``"Tag"``, ``"blog.Tag"``, ``"self"``) or a function that
            returns it.
        related_name: the attribute on the related model; ``"+"`` makes none.
        related_query_name: the name in lookups, if it is not ``related_name``.
        through: the model of the table between, its name or a function that returns it.
        through_fields: the names of its foreign keys to this model and to the related one, where
            it has several.
        db_table: the name of the table that is made for it.
        symmetrical: whether, of a model to itself, one direction implies the other; it does unless
            this is False.
        db_constraint: False leaves the constraints of the table that is made out of the database.
        limit_choices_to: which related rows ``related_choices()`` offers: lookups in a dictionary,
            a ``Q``, or a function that gives either.
        verbose_name: the name for readers.
        help_text: an explanation for readers.
        blank: whether forms may leave it empty.

    Raises:
        ModelError: options that cannot work together.
    """

    relation_type: ClassVar[str] = "manytomany"

    near: ForeignKeyField[Any]
    far: ForeignKeyField[Any]

    def __init__(
        self,
        to: Any,
        *,
        related_name: str | None = None,
        related_query_name: str | None = None,
        through: Any = None,
        through_fields: tuple[str, str] | None = None,
        db_table: str | None = None,
        symmetrical: bool | None = None,
        db_constraint: bool = True,
        limit_choices_to: Limit | None = None,
        verbose_name: str | None = None,
        help_text: str = "",
        blank: bool = False,
    ) -> None:
        self.to = self.waits_for = to
        self.to_self = to == "self"
        self.symmetrical = self.to_self if symmetrical is None else symmetrical
        self.related_name = related_name
        self.related_query_name = related_query_name
        self.given_through = through
        self.through_fields = through_fields
        self.db_table = db_table
        self.db_constraint = db_constraint
        self.limit_choices_to = limit_choices_to
        self.verbose_name = verbose_name
        self.help_text = help_text
        self.blank = blank
        self.one_to_one = False
        self.name = ""
        self.model = ""
        self._unbind()

    def _unbind(self) -> None:
        self.source: Table | None = None
        self.related: type[Record] | None = None
        self.through_model: type[Record] | None = None
        self.reverse: ReverseRelation | None = None
        self.registry: Registry | None = None

    def bind(self, model: str, name: str) -> None:
        """Take the names of the model and the attribute, and check what was declared.

        Raises:
            ModelError: options that cannot work together.
        """
        self.model, self.name = model, name
        if self.symmetrical:
            self.related_name = "+"
        if self.symmetrical and not self.to_self:
            raise self.misdeclared(
                f"is symmetrical and points to {short(self.to)}",
                'Only a relation to "self" can be; take symmetrical=True away.',
            )
        if self.given_through is None and self.through_fields is not None:
            raise self.misdeclared(
                "has through_fields but no through", "Name the model that has these fields."
            )
        if self.given_through is not None and self.db_table is not None:
            raise self.misdeclared(
                "has both through and db_table", "Give the through model Meta.db_table."
            )
        if self.through_fields is not None and len(tuple(self.through_fields)) != 2:
            raise self.misdeclared(
                f"has through_fields={short(self.through_fields)}",
                f"Name two foreign keys: the one to {model}, then the one to the related model.",
            )

        check_limit(self)

    def get_limit_choices_to(self) -> dict[str, Any] | Q:
        """What ``limit_choices_to`` says now; a function is called each time.

        Raises:
            ModelError: the function gives something that can be no condition.
        """
        return limit_of(self)

    def misdeclared(self, wrong: str, fix: str | None = None) -> ModelError:
        """The error for a relation that cannot be as it was declared."""
        return ModelError(f"{self.model}.{self.name} {wrong}", fix=fix)

    @property
    def is_auto(self) -> bool:
        """Whether the table between is made for it."""
        return self.given_through is None

    def clone(self) -> ManyToMany[T]:
        """A fresh, unbound copy that has resolved nothing yet."""
        twin: ManyToMany[T] = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin._unbind()
        return twin

    # --- what it came to mean ------------------------------------------------------------------

    @property
    def related_model(self) -> type[Record]:
        """The related model.

        Raises:
            ModelError: no model of that name was declared.
        """
        return self._settled().related  # type: ignore[return-value]

    @property
    def through(self) -> Any:
        """The model of the table between.

        Raises:
            ModelError: no model of that name was declared.
        """
        return self._settled().through_model

    @property
    def target(self) -> Table:
        """The table of the related model."""
        return self.related_model._table

    def _settled(self) -> ManyToMany[T]:
        if self.reverse is None and self.registry is not None:
            self.registry.settle()
        if self.reverse is None:
            raise self._unknown()
        return self

    def _unknown(self) -> ModelError:
        """What to raise where the relation is needed and something of it was never declared."""
        if self.registry is None:
            return ModelError(
                "A many-to-many relation of an abstract model leads nowhere",
                fix="Ask a model that inherits from it.",
            )
        if self.registry.meant(self, self.to) is None:
            return unknown_target(self, self.to)
        if not self.is_auto:
            through = self.registry.meant(self, self.given_through)
            if through is None:
                return unknown_target(self, self.given_through)
            for key in through._table.relations:
                if key.related is None:
                    return unknown_target(key, key.to)
        return self.misdeclared(
            f"belongs to a {self.model} whose place another model of that name has taken",
            "Make instances of that one.",
        )

    def ways(self) -> tuple[ThroughTable, ThroughTable]:
        """Its two directions: from this model, and back from the related one."""
        assert self.reverse is not None
        assert self.source is not None
        there = ThroughTable(self, self.name, self.source, self.near, self.far)
        name = self.reverse.name or self.reverse.query_name
        back = ThroughTable(self, name, self.target, self.far, self.near)
        return there, back

    def make_through(self, source: type[Any], target: type[Any]) -> type[Any]:
        """The model of the table between, where the user has none."""
        raise NotImplementedError

    def use_through(self, through: type[Record], source: type[Record], target: type[Any]) -> None:
        """Take the two foreign keys of the table between, all of which are resolved.

        Raises:
            ModelError: there is no such pair, or more than one.
        """
        keys = through._table.relations
        if self.through_fields is not None:
            near, far = (self._named_key(through, name) for name in self.through_fields)
        else:
            both = 2 if source is target else 1  # the first of two is the near one
            near = self._only_key(through, keys, source, both)
            far = self._only_key(through, [k for k in keys if k is not near], target, 1)
        if not (_points(near, source) and _points(far, target)):
            raise self.misdeclared(
                f"goes through {through.__name__}.{near.name} and {through.__name__}.{far.name}, "
                f"which do not point to {source.__name__} and {target.__name__}",
                "Name the key to this model first in through_fields.",
            )
        self.near, self.far, self.through_model, self.related = near, far, through, target

    def _named_key(self, through: type[Record], name: str) -> ForeignKeyField[Any]:
        field = through._table.names.get(name)
        if not isinstance(field, ForeignKeyField):
            raise self.misdeclared(
                f"has through_fields with {name!r}, which is no foreign key of {through.__name__}",
                f"Its foreign keys: {', '.join(f.name for f in through._table.relations)}.",
            )
        return field

    def _only_key(
        self,
        through: type[Record],
        keys: list[ForeignKeyField[Any]],
        model: type[Record],
        most: int,
    ) -> ForeignKeyField[Any]:
        exact = [key for key in keys if key.related is model]
        found = exact or [key for key in keys if _points(key, model)]  # to a parent of it
        if not found:
            raise self.misdeclared(
                f"goes through {through.__name__}, which has no foreign key to {model.__name__}",
                f"Give {through.__name__} a ForeignKey to {model.__name__}.",
            )
        if len(found) > most:
            raise self.misdeclared(
                f"goes through {through.__name__}, which has several foreign keys to "
                f"{model.__name__}: {', '.join(key.name for key in found)}",
                "Name the two that are meant: through_fields=(…, …).",
            )
        return found[0]


def _points(key: ForeignKeyField[Any], model: type[Record]) -> bool:
    return key.related is not None and issubclass(model, key.related)


To = type[Any] | str | Callable[[], type[Any]]
