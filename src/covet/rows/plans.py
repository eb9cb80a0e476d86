"""Which plan answers a query? Found by the query's shape; made once for each shape and dialect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..query import ast, resolve
from ..query.spec import Output, QuerySpec
from ..schema.record import Record
from ..schema.table import MOST_PLANS
from ..sql.compiler import compiled
from ..sql.dialects import Dialect
from ..sql.plan import Statement
from .loader import Load, loader

P = TypeVar("P")


class ReadPlan:
    """What is known of a shape of SELECT: its statement, and what makes objects of its rows."""

    __slots__ = ("bind", "load")

    def __init__(self, statement: Statement, load: Load) -> None:
        self.bind = statement.bind
        self.load = load


def planned(model: type[Record], key: tuple[Any, ...], make: Callable[[], P]) -> P:
    """The plan of a key among a model's plans, made now if it is new.

    Shapes can come from users, who may ask for ever new ones; the oldest plan makes room.
    """
    plans: dict[tuple[Any, ...], Any] = model._plans
    plan = make()
    if len(plans) >= MOST_PLANS:
        plans.pop(next(iter(plans)), None)
    plans[key] = plan
    return plan


def rows_plan(model: type[Record], spec: QuerySpec, dialect: Dialect) -> ReadPlan:
    """The plan that fetches a query's rows."""
    key = (dialect, "rows", spec.window, spec.key)
    plan: ReadPlan | None = model._plans.get(key)
    return plan or planned(model, key, lambda: _rows_plan(model, spec, dialect))


def _rows_plan(model: type[Record], spec: QuerySpec, dialect: Dialect) -> ReadPlan:
    asked = resolve.select(spec)
    select = asked.select if isinstance(asked, ast.Ranked) else asked
    statement = compiled(asked, dialect)
    return ReadPlan(statement, loader(model, spec.output, select, dialect))


def aggregate_plan(
    model: type[Record], spec: QuerySpec, names: tuple[str, ...], dialect: Dialect
) -> ReadPlan:
    """The plan of what the last annotations say about all rows of a query."""
    key = (dialect, "aggregate", spec.window, spec.nothing, len(names), spec.key)
    plan: ReadPlan | None = model._plans.get(key)
    return plan or planned(model, key, lambda: _aggregate_plan(model, spec, names, dialect))


def _aggregate_plan(
    model: type[Record], spec: QuerySpec, names: tuple[str, ...], dialect: Dialect
) -> ReadPlan:
    select = resolve.aggregate(spec, names)
    statement = compiled(select, dialect)
    return ReadPlan(statement, loader(model, Output("values", names), select, dialect))


def count_plan(model: type[Record], spec: QuerySpec, dialect: Dialect) -> Statement:
    """The plan that counts a query's rows."""
    key = (dialect, "count", spec.window, spec.key)
    plan: Statement | None = model._plans.get(key)
    return plan or planned(model, key, lambda: compiled(resolve.count(spec), dialect))


def exists_plan(model: type[Record], spec: QuerySpec, dialect: Dialect) -> Statement:
    """The plan that asks whether a query has rows."""
    key = (dialect, "exists", spec.window, spec.key)
    plan: Statement | None = model._plans.get(key)
    return plan or planned(model, key, lambda: compiled(resolve.exists(spec), dialect))
