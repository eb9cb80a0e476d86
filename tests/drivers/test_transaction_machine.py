"""Does a transaction do what a model of it does, whatever is said in it in which order?

One machine for both colours and all databases: a list of blocks and savepoints beside the real
ones. It has no twin, as it waits by itself.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from covet import aio, sync
from covet.errors import IntegrityError, TransactionError

ROWS = range(30)
SLOW = {
    "sqlite": "with recursive n(x) as (select 1 union all select x + 1 from n where x < 3e9)"
    " select count(*) from n",
    "postgresql": "select pg_sleep(30)",
    "mysql": "select sleep(30)",
}


class Left(Exception):
    """What a block is left by."""


class Level:
    """What the model knows of one block.

    Attributes:
        start: the rows when it began, or began to be a block of its own.
        points: its savepoints: name, rows and waiting functions at that time.
    """

    def __init__(self, block: Any, has_savepoint: bool, rows: set[int]) -> None:
        self.block = block
        self.has_savepoint = has_savepoint
        self.start = frozenset(rows)
        self.broken = self.undone = False
        self.waiting: list[int] = []
        self.points: list[tuple[str, frozenset[int], int]] = []


class Transactions(RuleBasedStateMachine):
    """Blocks of one colour, and the model beside them."""

    face: ModuleType
    kind: str
    wait: Callable[[Callable[[], Any]], Any]
    db: Any

    def __init__(self) -> None:
        super().__init__()
        self.levels: list[Level] = []
        self.rows: set[int] = set()
        self.called: list[int] = []
        self.expected: list[int] = []
        self.numbers = 0
        self.gone = False  # with the connection
        self.do("execute", "delete from machine_of")

    # --- the real thing -------------------------------------------------------------------------

    def do(self, method: str, *args: Any) -> Any:
        return self.wait(lambda: getattr(self.db, method)(*args))

    def stored(self) -> set[int]:
        return {row[0] for row in self.do("fetch_rows", "select id from machine_of")}

    def leave(self, level: Level, error: BaseException | None) -> None:
        exit = getattr(level.block, "__aexit__" if self.face is aio else "__exit__")
        self.wait(lambda: exit(type(error) if error else None, error, None))

    # --- what the model says --------------------------------------------------------------------

    @property
    def is_broken(self) -> bool:
        return any(level.broken for level in self.levels)

    def _leave_model(self, failed: bool) -> None:
        level = self.levels.pop()
        self.gone = self.gone and bool(self.levels)
        undone = failed or level.broken or level.undone
        around = self.levels[-1] if self.levels else None
        if not undone:
            if around is None:
                self.expected += level.waiting
            else:
                around.waiting += level.waiting
        elif around is None or level.has_savepoint:
            self.rows = set(level.start)
        elif failed or level.broken:
            around.broken = True
        else:
            around.undone = True

    # --- rules ----------------------------------------------------------------------------------

    @precondition(lambda self: len(self.levels) < 4)
    @rule(savepoint=st.booleans())
    def begin(self, savepoint: bool) -> None:
        block = self.face.atomic("machine", savepoint=savepoint)
        enter = getattr(block, "__aenter__" if self.face is aio else "__enter__")
        if self.is_broken:
            with pytest.raises(TransactionError):
                self.wait(lambda: enter())
            return
        self.wait(lambda: enter())
        self.levels.append(Level(block, savepoint, self.rows))

    @rule(row=st.sampled_from(ROWS))
    def insert(self, row: int) -> None:
        sql = f"insert into machine_of values ({row})"
        if self.is_broken:
            with pytest.raises(TransactionError, match="is broken by"):
                self.do("execute", sql)
        elif row in self.rows:
            with pytest.raises(IntegrityError):
                self.do("execute", sql)
            if self.levels:
                self.levels[-1].broken = True
        else:
            self.do("execute", sql)
            self.rows.add(row)

    @precondition(lambda self: self.face is aio and self.levels and not self.is_broken)
    @rule()
    def cancel(self) -> None:
        with pytest.raises(TimeoutError):
            self.wait(self._cancelled)
        self.levels[-1].broken = True
        if self.kind == "mysql":  # whose connection is of no use after that
            self.gone = True
            for level in self.levels:
                level.broken = True

    async def _cancelled(self) -> None:
        async with asyncio.timeout(0.01):
            await self.db.fetch_rows(SLOW[self.kind])

    @precondition(lambda self: self.levels)
    @rule(failing=st.sampled_from([False, False, False, True]))
    def end(self, failing: bool) -> None:
        level = self.levels[-1]
        broken = level.broken
        if failing:
            self.leave(level, Left())
        elif broken:
            with pytest.raises(TransactionError, match="was rolled back"):
                self.leave(level, None)
        else:
            self.leave(level, None)
        self._leave_model(failing)

    @precondition(lambda self: not self.is_broken)
    @rule()
    def on_commit(self) -> None:
        self.numbers += 1
        number = self.numbers
        self.wait(lambda: self.face.on_commit(lambda: self.called.append(number), using="machine"))
        (self.levels[-1].waiting if self.levels else self.expected).append(number)

    @precondition(lambda self: self.levels)
    @rule(undo=st.sampled_from([False, False, True]))
    def set_rollback(self, undo: bool) -> None:
        self.wait(lambda: self.face.set_rollback(undo, using="machine"))
        level = self.levels[-1]
        level.undone = undo
        will_be = self.wait(lambda: self.face.get_rollback("machine"))
        assert will_be == (undo or level.broken)

    @precondition(lambda self: self.levels and not self.is_broken)
    @rule()
    def savepoint(self) -> None:
        level = self.levels[-1]
        sid = self.wait(lambda: self.face.savepoint("machine"))
        level.points.append((sid, frozenset(self.rows), len(level.waiting)))

    @precondition(lambda self: self.levels and self.levels[-1].points)
    @rule(data=st.data(), commit=st.sampled_from([False, False, True]))
    def end_savepoint(self, data: st.DataObject, commit: bool) -> None:
        level = self.levels[-1]
        at = data.draw(st.integers(0, len(level.points) - 1))
        sid, rows, waiting = level.points[at]
        around_broken = any(each.broken for each in self.levels[:-1])
        if around_broken or self.gone or (commit and level.broken):
            call = self.face.savepoint_commit if commit else self.face.savepoint_rollback
            with pytest.raises(TransactionError, match="is broken by"):
                self.wait(lambda: call(sid, "machine"))
        elif commit:
            self.wait(lambda: self.face.savepoint_commit(sid, "machine"))
            del level.points[at:]
        else:
            self.wait(lambda: self.face.savepoint_rollback(sid, "machine"))
            del level.points[at + 1 :]
            del level.waiting[waiting:]
            self.rows, level.broken = set(rows), False

    # --- what always holds ----------------------------------------------------------------------

    @invariant()
    def both_agree(self) -> None:
        if not self.is_broken:
            assert self.stored() == self.rows
        assert self.called == self.expected

    def teardown(self) -> None:
        while self.levels:
            self.end(failing=True)
        assert self.stored() == self.rows
        stats = self.wait(lambda: self.db.pool.stats())
        assert (stats.in_use, stats.waiting) == (0, 0)
        assert stats.discarded == 0 or self.kind == "mysql"


async def said(call: Callable[[], Any]) -> Any:
    """What a call gives, or what that gives when it is waited for."""
    answer = call()
    return await answer if inspect.isawaitable(answer) else answer


@pytest.fixture
def machine(request: pytest.FixtureRequest, url: str, kind: str) -> Iterator[type[Transactions]]:
    """The machine of a colour, connected."""
    face = request.param
    with asyncio.Runner() as runner:  # whose runs have one context, as the lines of a task have
        wait = (lambda call: runner.run(said(call))) if face is aio else (lambda call: call())
        db = wait(lambda: face.connect(url, alias="machine", pool_size=2))
        wait(lambda: db.execute("drop table if exists machine_of"))
        wait(lambda: db.execute("create table machine_of (id integer primary key)"))
        attributes = {"face": face, "kind": kind, "wait": staticmethod(wait), "db": db}
        yield type("Machine", (Transactions,), attributes)
        wait(lambda: db.execute("drop table machine_of"))
        wait(lambda: db.close())


@pytest.mark.parametrize("machine", [aio, sync], ids=["async", "sync"], indirect=True)
def test_transactions_do_what_the_model_does(
    machine: type[Transactions], pytestconfig: pytest.Config
) -> None:
    is_quick = machine.kind == "sqlite" and machine.face is sync  # no server, no other thread
    often = 1000 if pytestconfig.getoption("--long") else 300 if is_quick else 40
    run_state_machine_as_test(
        machine, settings=settings(max_examples=often, stateful_step_count=30, deadline=None)
    )
