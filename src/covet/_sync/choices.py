# generated from src/covet/_async/choices.py by scripts/generate_sync.py;
# change that file, not this one
"""Which objects may a relation be set to?"""

from __future__ import annotations

from typing import Any

from ..errors import FieldError, ModelError, UnknownField, short
from ..expressions import Q
from ..query import resolve
from ..schema.limits import unfit
from ..schema.record import Record
from .queryset import QuerySet


def related_choices(model: type[Any], name: str, *, using: str | None = None) -> QuerySet[Any]:
    """The objects that a relation offers: the related model's, narrowed by ``limit_choices_to``.

    It is for forms to offer and to check; saving does not ask for it.

    Args:
        model: the model that declares the relation.
        name: the relation.
        using: the alias of the database.

    Returns:
        A queryset of the related model's default manager, each object once.

    Raises:
        ModelError: ``limit_choices_to`` does not fit the related model, or there is no such model.
        UnknownField: the model has no such relation.

    Example:
        >>> authors = related_choices(Post, "author")
        >>> related_choices(Post, "author").contains(ann)
        True
    """
    if not (isinstance(model, type) and issubclass(model, Record) and "_table" in vars(model)):
        raise ModelError(f"{short(model)} is not a model with a table")
    table = model._table
    relations: dict[str, Any] = {field.name: field for field in table.relations} | dict(table.many)
    field = relations.get(name)
    if field is None:
        raise UnknownField(
            table.model_name, name, relations, f"related_choices({model.__name__}, {short(name)})"
        )
    target: Any = field.related_model
    query: QuerySet[Any] = target._default_manager.get_queryset()
    if using is not None:
        query = query.using(using)
    given = field.get_limit_choices_to()
    try:
        query = query.filter(given if isinstance(given, Q) else Q(**given))
    except FieldError as error:
        wrong = f"has limit_choices_to={short(given)}, which does not fit {target.__name__}"
        raise unfit(field, f"{wrong}: {error.wrong}", error.fix) from error
    return query.distinct() if resolve.select_keys(query._spec).joins else query
