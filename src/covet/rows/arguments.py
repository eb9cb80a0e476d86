"""Can a terminal work with what it was given? What is of a wrong kind is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import FieldError, short
from ..expressions.shape import is_list
from ..query.spec import QuerySpec


def listed(call: str, what: str, given: Any) -> Any:
    """Several things that a call was given, as they are.

    Raises:
        FieldError: it is a single one, or none.
    """
    if not is_list(given):
        raise FieldError(f"{call}() takes a list of {what}, not {short(given)}")
    return given


def check_batch_size(call: str, size: object) -> None:
    """Refuse a number of rows that a statement cannot have.

    Raises:
        FieldError: it is no whole number above 0.
    """
    if size is not None and (type(size) is not int or size < 1):
        raise FieldError(f"{call}(batch_size={short(size)}): a batch has at least one row")


def check_defaults(call: str, spec: QuerySpec, *given: object) -> None:
    """Refuse values for a row that are no dictionary, and rows that have no attributes to set.

    Raises:
        FieldError: they are.
    """
    check_instances(call, spec)
    for values in given:
        is_named = isinstance(values, Mapping) and all(isinstance(name, str) for name in values)
        if values is not None and not is_named:
            raise FieldError(
                f"{call}() takes a dictionary of fields and values as defaults, "
                f"not {short(values)}",
                fix='Write defaults={"field": value}.',
            )


def check_instances(call: str, spec: QuerySpec) -> None:
    """Refuse rows that are no instances.

    Raises:
        FieldError: they are values.
    """
    if spec.output.kind != "instances":
        raise FieldError(
            f"{call}() gives instances, and the rows of values() are none",
            fix=f"Call {call}() without values() or values_list().",
        )
