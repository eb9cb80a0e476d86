"""What can be said of a row among others? Functions over a window of rows, as plain data."""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar

from ..errors import FieldError, short
from .aggregates import Aggregate, _listed, _order
from .base import Compound, Expression, as_expression
from .functions.base import Function
from .shape import INT64_MAX, type_shape


class WindowFrameExclusion(Enum):
    """Which of the rows in a frame are left out.

    Example:
        >>> RowRange(-1, 1, exclusion=WindowFrameExclusion.CURRENT_ROW)
        RowRange(start=-1, end=1)
    """

    CURRENT_ROW = "CURRENT ROW"
    """The row itself."""
    GROUP = "GROUP"
    """The row, and those that are equal to it in the window's order."""
    TIES = "TIES"
    """Those that are equal to it, and not the row itself."""
    NO_OTHERS = "NO OTHERS"
    """None of them."""


EXCLUSIONS = tuple(exclusion.value for exclusion in WindowFrameExclusion)


class Frame:
    """Which rows around the current one a window function looks at.

    Args:
        start: where it begins: so many rows (or, of a range, so much) before the current row if
            negative, behind it if positive, the row itself if 0; None for the partition's start.
        end: where it ends, likewise; None for the partition's end.
        exclusion: what is left out: a ``WindowFrameExclusion``, or its SQL, ``"CURRENT ROW"``.

    Raises:
        FieldError: an end before the start, a bound that is no whole number, or another exclusion.
    """

    __slots__ = ("end", "exclusion", "start")

    kind: ClassVar[str]

    def __init__(
        self,
        start: int | None = None,
        end: int | None = None,
        exclusion: WindowFrameExclusion | str | None = None,
    ) -> None:
        if isinstance(exclusion, WindowFrameExclusion):
            exclusion = exclusion.value
        for bound in (start, end):
            if bound is not None and type(bound) is not int:
                raise FieldError(f"The bound of a frame is a whole number, not {short(bound)}")
            if bound is not None and not -INT64_MAX <= bound <= INT64_MAX:
                raise FieldError(f"A frame reaches no further than 64 bits, and not {short(bound)}")
        if start is not None and end is not None and end < start:
            raise FieldError(f"A frame from {start} to {end} ends before it starts")
        if exclusion is not None and exclusion not in EXCLUSIONS:
            raise FieldError(
                f"{short(exclusion)} is no exclusion of a frame",
                possible=EXCLUSIONS,
                fix=f"Choices: {', '.join(EXCLUSIONS)}.",
            )
        self.start, self.end, self.exclusion = start, end, exclusion

    def __repr__(self) -> str:
        return f"{type(self).__name__}(start={self.start}, end={self.end})"


class RowRange(Frame):
    """A frame of so many rows: ``ROWS BETWEEN … AND …``."""

    __slots__ = ()
    kind = "ROWS"


class ValueRange(Frame):
    """A frame of the rows whose value lies in a range: ``RANGE BETWEEN … AND …``.

    With bounds, the window is ordered by one number, and they say how far from it.
    """

    __slots__ = ()
    kind = "RANGE"


class WindowFunction(Function[Any]):
    """The base of the functions that only a window has."""

    __slots__ = ()
    returns = "integer"
    nulls = "never"


class Window(Compound[Any]):
    """A function over the rows that a row belongs with: ``SUM(…) OVER (PARTITION BY …)``.

    Args:
        expression: an aggregate, or a window function such as ``Rank()``.
        partition_by: expressions or names of fields that make rows belong together.
        order_by: the order within a partition: names, with ``-`` for descending, or terms.
        frame: which of these rows count: a ``RowRange`` or a ``ValueRange``.
        output_field: the type of the result, if it is to be another one.

    Raises:
        FieldError: an expression that has no window.

    Example:
        >>> Post.objects.annotate(place=Window(Rank(), order_by="-views"))
    """

    __slots__ = ("expression", "frame", "order_by", "output_field", "partition_by")

    def __init__(
        self,
        expression: Any,
        partition_by: Any = None,
        order_by: Any = None,
        frame: Frame | None = None,
        output_field: Any = None,
    ) -> None:
        if not isinstance(expression, Aggregate | WindowFunction):
            raise FieldError(
                f"{short(expression)} has no window",
                fix="Give an aggregate such as Sum(…), or a window function such as Rank().",
            )
        if isinstance(expression, Aggregate) and (expression.distinct or expression.order_by):
            raise FieldError(
                f"{expression!r} has no window: distinct and order_by of an aggregate have none",
                fix="Give the order to Window(…, order_by=…), or ask in a Subquery(…).",
            )
        if frame is not None and not isinstance(frame, Frame):
            raise FieldError(f"{short(frame)} is no frame", fix="Use RowRange(…) or ValueRange(…).")
        self.expression = expression
        self.partition_by: tuple[Expression[Any], ...] = tuple(
            map(as_expression, _listed(partition_by))
        )
        self.order_by = tuple(map(_order, _listed(order_by)))
        self.frame = frame
        self.output_field = output_field
        bounds = () if frame is None else (frame.kind, frame.start, frame.end, frame.exclusion)
        self._consists(
            "OVER",
            (expression, *self.partition_by, *self.order_by),
            f"{len(self.partition_by)} {len(self.order_by)} {bounds}",
            type_shape(output_field),
        )

    def __repr__(self) -> str:
        inside = [repr(self.expression)]
        if self.partition_by:
            inside.append(f"partition_by={list(self.partition_by)!r}")
        if self.order_by:
            inside.append(f"order_by={list(self.order_by)!r}")
        return f"Window({', '.join(inside)})"
