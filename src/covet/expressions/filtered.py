"""What is a relation of which only some rows are joined?"""

from __future__ import annotations

from typing import Any

from ..errors import FieldError, short
from .base import Compound
from .q import Q


class FilteredRelation(Compound[Any]):
    """A relation under another name, with a condition on the rows that are joined.

    ``annotate(popular=FilteredRelation("posts", condition=Q(posts__views__gt=9)))`` joins
    ``LEFT JOIN post ON post.author_id = author.id AND post.views > ?``, where ``popular`` is named
    in ``filter()``, ``order_by()``, ``values()`` or an aggregate. Rows without such posts stay. All
    places that name it are about the same joined row.

    Args:
        relation_name: the path of the relation.
        condition: a ``Q`` about fields of the relation, or of what is on the way to it.

    Raises:
        FieldError: no name, or another condition than a ``Q``.

    Example:
        >>> popular = FilteredRelation("posts", condition=Q(posts__views__gt=9))
        >>> Author.objects.annotate(popular=popular).annotate(n=Count("popular"))
    """

    __slots__ = ("condition", "relation_name")

    def __init__(self, relation_name: str, *, condition: Q | None = None) -> None:
        if not isinstance(relation_name, str) or not relation_name:
            raise FieldError(
                f"FilteredRelation() takes the name of a relation, not {short(relation_name)}"
            )
        if condition is not None and not isinstance(condition, Q):
            raise FieldError(
                f"FilteredRelation() takes a Q object as its condition, not {short(condition)}",
                fix="Write condition=Q(…).",
            )
        self.relation_name = relation_name
        self.condition = Q() if condition is None else condition
        self._consists("RELATION", (self.condition,), relation_name)

    def __repr__(self) -> str:
        return f"FilteredRelation({self.relation_name!r}, condition={self.condition!r})"
