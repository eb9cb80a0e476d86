"""Which statements leave something on the connection?"""

from __future__ import annotations

import pytest

from covet.drivers.traces import leaves_traces


@pytest.mark.parametrize(
    "sql",
    [
        "set time_zone = '+00:00'",
        "  SET LOCAL x = 1",
        "-- why\n/* and\n how */ set x = 1",
        "create temporary table t (n integer)",
        "CREATE OR REPLACE TEMP TABLE t (n integer)",
        "select n into temp t from u",
        "select set_config('a.b', 'c', false)",
        "select pg_advisory_lock(1)",
        "select get_lock('a', 1)",
        "select @n := 1",
        "pragma foreign_keys = off",
        "listen channel",
        "prepare p as select 1",
        "lock tables t write",
        "attach 'x.db' as x",
    ],
)
def test_some_do(sql: str) -> None:
    assert leaves_traces(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select 1",
        "insert into settings values (1)",
        "update t set n = 1",
        "delete from t",
        "create table t (n integer)",
        "drop table t",
        "with x as (select 1) select * from x",
        "settle",
        "begins",
        "",
        "/* unclosed",
        "select offset_config from t",
    ],
)
def test_most_do_not(sql: str) -> None:
    assert not leaves_traces(sql)
