"""Which relations point to a model?"""

from __future__ import annotations

from typing import Any

from ..errors import ModelError, UnknownField, short
from .record import Record
from .relations import ReverseRelation


class RelationInfo(dict[str, Any]):
    """One relation that points to a model, read by key or by attribute.

    Attributes:
        related_model: the model that declares it.
        related_field: its name there.
        relation_type: ``"foreignkey"``, ``"onetoone"`` or ``"manytomany"``.
        related_name: the attribute of the way back; None where it was hidden with ``"+"``.
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"A relation has no {name!r}; it has {', '.join(self)}") from None


def get_reverse_relations(model: type[Any]) -> list[RelationInfo]:
    """The relations that point to a model, in the order of their declaration.

    The prefetcher, deletions and lookups go by the same.

    Args:
        model: a model of either colour.

    Raises:
        ModelError: it is no model, or an abstract one.

    Example:
        >>> [relation.related_name for relation in get_reverse_relations(Author)]
        ['posts', 'profile']
    """
    _check(model)
    model._table.settle()
    return [
        _info(model, relation)
        for relation in model._table.reverse.values()
        if not (relation.to_child and relation.field.target.concrete is not model._table.concrete)
    ]


def register_reverse_relation(
    target_model: type[Any],
    related_model: type[Any],
    related_field: str,
    relation_type: str,
    related_name: str | None = None,
) -> None:
    """Make the way back of a relation known. Declaring the relation has done that already.

    Registering it again changes nothing; what is left to do is to name a way back that was hidden
    with ``related_name="+"``.

    Args:
        target_model: the model that is pointed to.
        related_model: the model that declares the relation.
        related_field: its name there.
        relation_type: ``"foreignkey"``, ``"onetoone"`` or ``"manytomany"``.
        related_name: the attribute of the way back, and its name in lookups.

    Raises:
        ModelError: there is no such relation, it is of another type, or its way back has a name.

    Example:
        >>> register_reverse_relation(Author, Post, "editor", "foreignkey", "edited_posts")
    """
    _check(target_model)
    _check(related_model)
    target_model._table.settle()
    table = related_model._table
    declared: Any = table.many.get(related_field) or table.names.get(related_field)
    if declared is None:
        choices = [field.name for field in table.relations] + list(table.many)
        raise UnknownField(table.model_name, related_field, choices)
    relation = getattr(declared, "reverse", None)
    where = f"{table.model_name}.{related_field}"
    if relation is None or relation not in target_model._table.reverse.values():
        raise ModelError(f"{where} does not point to {target_model.__name__}")
    if declared.relation_type != relation_type:
        raise ModelError(
            f"{where} is a {declared.relation_type}, not a {short(relation_type)}",
            fix=f'Register it as "{declared.relation_type}".',
        )
    if related_name in (None, relation.name):
        return
    if relation.name is not None:
        raise ModelError(
            f"The way back of {where} is called {relation.name!r} already, not {related_name!r}",
            fix=f'Declare it with related_name="{related_name}".',
        )
    assert table.registry is not None
    table.registry.name_way_back(relation, target_model, related_name)


def _check(model: object) -> None:
    if not (isinstance(model, type) and issubclass(model, Record) and "_table" in vars(model)):
        raise ModelError(f"{short(model)} is not a model with a table")


def _info(model: type[Any], relation: ReverseRelation) -> RelationInfo:
    registry = relation.source.registry
    assert registry is not None
    return RelationInfo(
        related_model=registry.models[relation.source.label],
        related_field=relation.field.name,
        relation_type=relation.field.relation_type,
        related_name=relation.name,
    )
