"""Where does a row stand among those of the same owner, as ``order_with_respect_to`` keeps it?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..errors import ModelError
from .fields import Field, IntegerField
from .options import Options

ORDER = "_order"


class OrderWrt(IntegerField[Any]):
    """The column ``_order``; a new row gets its place when it is inserted."""

    def clean(self, value: Any) -> Any:
        """A place; none yet is no fault of the instance's."""
        return None if value is None else super().clean(value)


def with_order(
    model: str, fields: dict[str, Field[Any]], options: Options
) -> tuple[dict[str, Field[Any]], Options]:
    """The fields and options of a model, with what ``order_with_respect_to`` adds to them.

    Raises:
        ModelError: there is an ``ordering`` too, or a field that is called ``_order``.
    """
    if options.order_with_respect_to is None:
        return fields, options
    if options.ordering:
        raise ModelError(
            f"{model}.Meta has both ordering and order_with_respect_to",
            fix="Take one of them away; the second orders by _order.",
        )
    if ORDER in fields:
        raise ModelError(
            f"{model}._order has the name of the column that order_with_respect_to adds",
            fix="Choose another name; db_column keeps the column's.",
        )
    added = OrderWrt(editable=False)
    given = options.given | {"ordering"}  # so that children and proxies have it too
    return fields | {ORDER: added}, replace(options, ordering=(ORDER,), given=given)
