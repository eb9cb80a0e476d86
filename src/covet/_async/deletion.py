"""How are rows deleted with all that hangs on them? A plan is made, and its steps are taken."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeAlias

from ..pairs import async_answer
from ..query.deletion import Announce, Defer, Delete, Plan, Question, Rows, Server, Update, plan
from ..query.loading import EVERYTHING
from ..query.reach import Observed, by_nobody, changes_others, is_plain, model_of
from ..query.spec import Output, QuerySpec
from ..rows import plans, saving
from ..schema.peers import FetchMode, Origin
from ..schema.record import Record
from ..schema.table import Table
from ..watch.reasons import changing
from ..watch.switch import WATCH
from .database import Database, database
from .signals import post_delete, pre_delete
from .transaction import atomic

Counts: TypeAlias = tuple[int, dict[str, int]]


async def delete(spec: QuerySpec, alias: str, origin: Any) -> Counts:
    """Delete the rows of a query, and do what ``on_delete`` says to those that refer to them.

    Args:
        spec: the query.
        alias: the database.
        origin: what ``delete()`` was called on: a queryset, or the instance whose row this is.

    Returns:
        How many rows were deleted, and the same by model.
    """
    if spec.nothing:
        return 0, {}
    db = database(alias)
    observed = is_observed()
    if is_plain(spec.table, observed):
        count = await _delete_plain(db, spec)
        return count, {spec.table.model_name: count} if count else {}
    async with atomic(using=db.alias):
        dialect = db.dialect
        server = Server(dialect.product, dialect.most_keys, bool(dialect.defer_keys))
        record = origin if isinstance(origin, Record) else None
        found = await _planned(db, plan(spec, server, observed, record))
        return await _carried_out(db, found, origin, spec.table)


async def keys_of(db: Database, spec: QuerySpec) -> list[Any]:
    """The primary keys of a query's rows, each once."""
    keys = spec.with_related(()).with_loading(EVERYTHING).giving(Output("flat", ("pk",)))
    return list(dict.fromkeys(await rows_of(db, keys)))


async def _delete_plain(db: Database, spec: QuerySpec) -> int:
    """Delete rows that nothing hangs on."""
    if not spec.is_changed_by_keys:
        return await _delete(db, spec)
    async with atomic(using=db.alias):
        keys = await keys_of(db, spec)
        most = db.dialect.most_keys
        return sum(
            [
                await _delete(db, spec.among(keys[start : start + most]))
                for start in range(0, len(keys), most)
            ]
        )


def is_observed() -> Observed:
    """What tells whether somebody wants to be told of each instance of a model that is deleted."""
    return _is_observed if pre_delete.receivers or post_delete.receivers else by_nobody


def _is_observed(model: type[Record]) -> bool:
    if model._made_for is not None:
        return False  # m2m_changed tells of the links of a table between that nobody declared
    return pre_delete.has_listeners(model) or post_delete.has_listeners(model)


async def _planned(db: Database, asking: Generator[Question, Any, Plan]) -> Plan:
    """A plan, once its questions are answered."""
    answer: Any = None
    while True:
        try:
            question = asking.send(answer)
        except StopIteration as end:
            made: Plan = end.value
            return made
        if isinstance(question, Rows):
            answer = await rows_of(db, question.spec)
        else:
            answer = await async_answer(question.function)


async def _carried_out(db: Database, found: Plan, origin: Any, called: Table) -> Counts:
    """What is counted while the steps of a plan are taken; a proxy's rows under its own name."""
    deleted: dict[str, int] = {}
    for step in found.steps:
        if isinstance(step, Delete):
            table = step.spec.table
            is_root = table.concrete is called.concrete
            count = await _delete(db, step.spec, "delete" if is_root else "cascade")
            name = (called if called.concrete is table else table).model_name
            if count:
                deleted[name] = deleted.get(name, 0) + count
        elif isinstance(step, Update):
            await _update(db, step)
        elif isinstance(step, Defer):
            await _defer(db, step.on)
        else:
            await _announce(db, step, origin)
    return sum(deleted.values()), deleted


async def _announce(db: Database, step: Announce, origin: Any) -> None:
    signal = pre_delete if step.when == "before" else post_delete
    model = model_of(step.table)
    for record in step.records:
        await signal.send(model, instance=record, using=db.alias, origin=origin)


async def _defer(db: Database, on: bool) -> None:
    command = db.dialect.defer_keys if on else db.dialect.check_keys
    if command:
        await db.execute(command)


async def rows_of(db: Database, spec: QuerySpec, mode: FetchMode | None = None) -> list[Any]:
    """The rows of a query, with nothing fetched besides."""
    made = plans.rows_plan(model_of(spec.table), spec, db.dialect)
    asked = changing("cascade", model_of(spec.table), spec) if WATCH.on else None
    rows = await db.answer(made.bind(spec.values + spec.window_values), asked)
    return made.load(rows, Origin(db.alias, mode))


async def _update(db: Database, step: Update) -> None:
    spec, written = step
    statement = saving.update_plan(model_of(spec.table), spec, written, db.dialect)
    asked = changing("cascade", model_of(spec.table), spec) if WATCH.on else None
    await db.write(spec.table.name, *statement.bind(spec.values + written.values), asked)


async def _delete(db: Database, spec: QuerySpec, call: str = "delete") -> int:
    statement = saving.delete_plan(model_of(spec.table), spec, db.dialect)
    asked = changing(call, model_of(spec.table), spec) if WATCH.on else None
    table = None if changes_others(spec.table) else spec.table.name
    bound = statement.bind(spec.values + spec.window_values)
    return (await db.write(table, *bound, asked)).rowcount
