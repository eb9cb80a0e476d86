"""Which rules and indexes does a table have besides its columns?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import ModelError, short
from ..expressions import Q


class Index:
    """An index over one or several fields.

    Args:
        *names: names of fields; a leading ``-`` sorts that column downwards.
        fields: the same as a list, as in Django.
        name: the index's name; made from the table and the columns when left out.

    Raises:
        ModelError: no field is named.

    Example:
        >>> class Meta:
        ...     indexes = [Index("author", "-created")]
    """

    def __init__(self, *names: str, fields: Sequence[str] = (), name: str | None = None) -> None:
        self.fields = tuple(names) + tuple(fields)
        self.name = name
        if not self.fields:
            raise ModelError("An Index names no field", fix='Write Index("title").')

    def __repr__(self) -> str:
        return f"Index({', '.join(map(repr, self.fields))})"


class UniqueConstraint:
    """The rule that no two rows agree in all of these fields.

    Args:
        *names: names of fields.
        fields: the same as a list.
        name: the constraint's name; made from the table and the columns when left out.

    Raises:
        ModelError: no field is named.

    Example:
        >>> class Meta:
        ...     constraints = [UniqueConstraint("author", "slug", name="one_slug_each")]
    """

    def __init__(self, *names: str, fields: Sequence[str] = (), name: str | None = None) -> None:
        self.fields = tuple(names) + tuple(fields)
        self.name = name
        if not self.fields:
            raise ModelError(
                "A UniqueConstraint names no field", fix='Write UniqueConstraint("a", "b").'
            )

    def __repr__(self) -> str:
        return f"UniqueConstraint({', '.join(map(repr, self.fields))})"


class CheckConstraint:
    """The rule that a condition is not false for any row.

    Args:
        condition: a ``Q`` over this model's own fields.
        name: the constraint's name, which the database's error will show.

    Raises:
        ModelError: the condition is empty, or none.

    Example:
        >>> class Meta:
        ...     constraints = [CheckConstraint(Q(views__gte=0), name="views_not_negative")]
    """

    def __init__(self, condition: Q, *, name: str) -> None:
        if not isinstance(condition, Q) or not condition.children:
            raise ModelError(
                f"A CheckConstraint needs a condition, not {short(condition)}",
                fix="Write CheckConstraint(Q(views__gte=0), name=…).",
            )
        self.condition = condition
        self.name = name

    def __repr__(self) -> str:
        return f"CheckConstraint({self.condition!r}, name={self.name!r})"


Constraint = UniqueConstraint | CheckConstraint


def check_kinds(model: str, indexes: Sequence[Any], constraints: Sequence[Any]) -> None:
    """Refuse anything in ``Meta.indexes`` or ``Meta.constraints`` that is neither.

    Raises:
        ModelError: an entry is of another kind.
    """
    for entry in indexes:
        if not isinstance(entry, Index):
            raise ModelError(f"{model}.Meta.indexes holds {short(entry)}, which is not an Index")
    for entry in constraints:
        if not isinstance(entry, Constraint):
            raise ModelError(
                f"{model}.Meta.constraints holds {short(entry)}, which is not a constraint",
                fix="Use UniqueConstraint or CheckConstraint.",
            )
