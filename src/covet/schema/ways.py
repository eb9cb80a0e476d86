"""How does one get from an instance to those that it is related to, in each direction?

A way says what the instance holds to find them by, how the question for them is put, and where
the answer is kept. Loading for one instance, for its peers and in advance all ask the same of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from .peers import Ahead
from .record import NOT_VALUES, Record

if TYPE_CHECKING:
    from .fields import Field
    from .many import ManyToMany
    from .relations import ForeignKeyField, ReverseRelation
    from .table import Table


class Nobody:
    """The type of ``NOBODY``: what is known of the way back where no row points here."""

    def __reduce__(self) -> str:
        return "NOBODY"


NOBODY = Nobody()


class WayBack:
    """A one-to-one relation as seen from the row that it points to: ``user.profile``."""

    many = False

    def __init__(self, relation: ReverseRelation) -> None:
        field: Any = relation.field
        self.relation = relation
        self.field: ForeignKeyField[Any] = field
        self.name = relation.name or relation.query_name
        self.model = field.target.model_name
        self.target = relation.source
        self.cache_name = f"_{self.name}_cache"
        self.key_name = self.target.pk.attname
        self.lookup = self.row_key = field.attname

    @property
    def target_model(self) -> type[Record]:
        """The model whose row points here."""
        return _model_of(self.target)

    @property
    def near_field(self) -> Field[Any]:
        """The field of an instance that says what its related row is found by."""
        field: Field[Any] = self.field.target_field
        return field

    @property
    def near_name(self) -> str:
        """The attribute of an instance that says it."""
        return self.field.key_name

    def near_key(self, instance: Any) -> Any:
        """What the related row holds to point here; None if nothing can."""
        return self.near_field.value_of(instance)

    def known(self, instance: Any) -> tuple[bool, Any]:
        """Whether the row that points to an instance is known without a query, and the row.

        A row that was pointed to another object since is forgotten.
        """
        found = instance.__dict__.get(self.cache_name)
        if found is None or found is NOBODY:
            return found is NOBODY, None
        field = self.field
        field.take_key(found)
        points_here = field.value_of(found) == self.near_key(instance)
        return (True, found) if points_here or not field.is_loaded(found) else (False, None)

    def keep(self, instance: Any, found: Any) -> None:
        """Keep the row that points to an instance, or that none does."""
        setattr(instance, self.cache_name, NOBODY if found is None else found)
        self.meet(instance, () if found is None else (found,))

    def meet(self, instance: Any, found: Iterable[Any]) -> None:
        """The row that points to the instance knows it then."""
        for row in found:
            _meet(row, self.field, instance)

    def forget(self, instance: Any) -> None:
        """What was kept may not be true any more."""
        instance.__dict__.pop(self.cache_name, None)

    def held(self, instance: Any, attname: str) -> Any:
        """Nothing: the key is on the other side."""
        return None

    def missing(self, instance: Any) -> Any:
        """What reading it gives where no row points here.

        Raises:
            DoesNotExist: always; also an ``AttributeError``, so that ``hasattr()`` is False.
        """
        base = self.target_model.DoesNotExist
        error = type(base.__name__, (base, AttributeError), {"__module__": base.__module__})
        error.__qualname__ = base.__qualname__
        raise error(f"{instance!r} has no {self.name}")


class ToMany:
    """A relation to any number of rows; what is kept of it is their list."""

    many = True

    name: str
    model: str
    start: Table
    target: Table
    cache_name: str
    row_key: str | None
    """The attribute of a related row that holds the near key; None: another table has it."""

    @property
    def target_model(self) -> type[Record]:
        """The model of the related rows."""
        return _model_of(self.target)

    @property
    def lookup(self) -> str:
        """How the related rows are asked for: by this of them."""
        raise NotImplementedError

    @property
    def near_field(self) -> Field[Any]:
        """The field of an instance that says what its related rows are found by."""
        raise NotImplementedError

    @property
    def near_name(self) -> str:
        """The attribute of an instance that says it."""
        name: str = self.near_field.attname
        return name

    def __reduce__(self) -> Any:
        """Found again by its name on the model that it begins at."""
        return _way_of, (self.start, self.name)

    def near_key(self, instance: Any) -> Any:
        """What the related rows are found by; None if the instance has none yet."""
        return self.near_field.value_of(instance)

    def known(self, instance: Any) -> tuple[bool, Any]:
        """Whether the related rows are known without a query, and their list."""
        found = instance.__dict__.get(self.cache_name)
        if found is None or (type(found) is Ahead and not found.is_fresh):
            return False, None
        return True, found

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that they are read from."""
        return tuple(part.name for part in self.target.parts)

    def keep(self, instance: Any, found: list[Any]) -> None:
        """Keep the related rows."""
        setattr(instance, self.cache_name, found)

    def forget(self, instance: Any) -> None:
        """They are changing: what was kept is not true any more."""
        instance.__dict__.pop(self.cache_name, None)

    def meet(self, instance: Any, found: Iterable[Any]) -> None:
        """Tell the related rows of the instance, where each belongs to one."""


class BackToMany(ToMany):
    """A foreign key as seen from the row that it points to: ``author.posts``."""

    def __init__(self, relation: ReverseRelation) -> None:
        field: Any = relation.field
        self.relation = relation
        self.field: ForeignKeyField[Any] = field
        self.name = relation.name or relation.query_name
        self.start = field.target
        self.model = field.target.model_name
        self.target = relation.source
        self.cache_name = f"_{self.name}_cache"
        self.row_key = field.attname

    @property
    def lookup(self) -> str:
        """The foreign key that points here."""
        return self.field.attname

    @property
    def near_field(self) -> Field[Any]:
        """The field whose value the rows hold which point here."""
        field: Field[Any] = self.field.target_field
        return field

    def meet(self, instance: Any, found: Iterable[Any]) -> None:
        """Each of these rows points to the instance, which it then knows."""
        value_of, is_known = self.field.value_of, self.field.is_loaded
        key = self.near_key(instance)
        for row in found:
            if value_of(row) == key or not is_known(row):
                _meet(row, self.field, instance)


class ThroughTable(ToMany):
    """A many-to-many relation, from one of its sides.

    Attributes:
        declared: the relation.
        near: the foreign key of the table between that points to this side.
        far: the one that points to the other side.
    """

    row_key = None

    def __init__(
        self,
        declared: ManyToMany[Any],
        name: str,
        start: Table,
        near: ForeignKeyField[Any],
        far: ForeignKeyField[Any],
    ) -> None:
        self.declared = declared
        self.name = name
        self.start = start
        self.model = start.model_name
        self.near = near
        self.far = far
        self.target = far.target
        self.cache_name = f"_{name}_cache"

    @property
    def lookup(self) -> str:
        """The key of this side in the table between, whose name lookups may yet be given."""
        assert self.far.reverse is not None
        return f"{self.far.reverse.query_name}__{self.near.attname}"

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that they are read from."""
        return (*super().tables, *(part.name for part in self.declared.through._table.parts))

    @property
    def is_reverse(self) -> bool:
        """Whether it begins at the model that the relation was declared to."""
        return self.near is not self.declared.near

    @property
    def near_field(self) -> Field[Any]:
        """The field whose value the rows of the table between hold which point here."""
        field: Field[Any] = self.near.target_field
        return field


Way: TypeAlias = "ForeignKeyField[Any] | WayBack"
"""One direction of a relation to a single object."""

AnyWay: TypeAlias = "ForeignKeyField[Any] | WayBack | ToMany"
"""One direction of any relation."""


def tidy(way: AnyWay, instance: Any) -> None:
    """Make a key that an instance was given as ``"5"`` the 5 that related rows have.

    Raises:
        ValidationError: it is no valid key.
    """
    for member in way.near_field.members:
        value = instance.__dict__.get(member.attname)
        if value is not None and not isinstance(value, NOT_VALUES):
            setattr(instance, member.attname, member.check(value))


def _meet(row: Any, field: ForeignKeyField[Any], instance: Any) -> None:
    """Tell a row whom it points to, unless it brought that object along, with its own relations."""
    if row.__dict__.get(field.cache_name) is None:
        setattr(row, field.cache_name, instance)


def _way_of(table: Table, name: str) -> AnyWay:
    return table.ways[name]


def _model_of(table: Table) -> type[Record]:
    assert table.registry is not None
    return table.registry.models[table.label]
