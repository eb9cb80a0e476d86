"""Which plan answers a query? Found by the query's shape; made once for each shape and dialect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..query import ast, resolve
from ..query.spec import QuerySpec
from ..schema.record import Record
from ..schema.table import MOST_PLANS
from ..sql.compiler import compiler_for
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
    statement = compiler_for(dialect).compile(asked)
    return ReadPlan(statement, loader(model, spec.output, select, dialect))


def count_plan(model: type[Record], spec: QuerySpec, dialect: Dialect) -> Statement:
    """The plan that counts a query's rows."""
    key = (dialect, "count", spec.window, spec.key)
    plan: Statement | None = model._plans.get(key)
    return plan or planned(model, key, lambda: compiler_for(dialect).compile(resolve.count(spec)))


def exists_plan(model: type[Record], spec: QuerySpec, dialect: Dialect) -> Statement:
    """The plan that asks whether a query has rows."""
    key = (dialect, "exists", spec.window, spec.key)
    plan: Statement | None = model._plans.get(key)
    return plan or planned(model, key, lambda: compiler_for(dialect).compile(resolve.exists(spec)))
