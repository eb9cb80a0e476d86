# generated from src/covet/_async/many.py by scripts/generate_sync.py;
# change that file, not this one
"""What is the attribute of a relation to many rows? On an instance, their manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import FieldError
from ..schema.ways import ThroughTable, ToMany
from ..watch.touches import TOUCHES
from .back import BackManager
from .through import ThroughManager

if TYPE_CHECKING:
    pass

M = TypeVar("M")


class ManyDescriptor:
    """The attribute of a relation to many rows: on an instance, their manager."""

    def __init__(self, way: ToMany) -> None:
        self.way = way

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        return manager_class(self.way)(self.way, instance)

    def __set__(self, instance: Any, value: Any) -> None:
        """Refused: what belongs to an instance is in the database, not in an attribute."""
        way = self.way
        raise FieldError(
            f"{type(instance).__name__}.{way.name} cannot be set, "
            f"as it stands for rows of {way.target.model_name}",
            fix=f"Write {way.name}.set(…).",
        )


TOUCHES.of(ManyDescriptor)


def manager_class(way: ToMany) -> Any:
    """The class of a relation's manager: a subclass of the related model's default manager."""
    made = way.__dict__.get("manager_class")
    if made is None:
        base = type(way.target_model._default_manager)  # type: ignore[attr-defined]
        kind = ThroughManager if isinstance(way, ThroughTable) else BackManager
        made = way.__dict__["manager_class"] = type(f"Related{base.__name__}", (kind, base), {})
    return made
