"""Does covet work in the process of a Django project, where PyMySQL stands in for mysqlclient?"""

from __future__ import annotations

import subprocess
import sys

import pytest

# What Django's backend imports; Python then hangs second copies of these modules on pymysql.
STAND_IN = """
import sys, pymysql
pymysql.install_as_MySQLdb()
import MySQLdb.constants.CLIENT, MySQLdb.converters
assert pymysql.err is not sys.modules["pymysql.err"]
"""
COVET = """
import covet.drivers.mysql
"""
# A statement that fails leaves its connection and the block around as they are, in both colours.
USE = """
import asyncio, sys
from covet import aio, errors, sync

async def in_a_task():
    async with aio.connect(sys.argv[1], pool_size=1) as db:
        async with aio.atomic():
            before = await db.fetch_rows("select connection_id()")
            try:
                async with aio.atomic():
                    await db.fetch_rows("select nosuch")
            except errors.ProgrammingError:
                assert await db.fetch_rows("select connection_id()") == before
        assert await db.fetch_rows("select connection_id()") == before

def in_a_thread():
    with sync.connect(sys.argv[1], pool_size=1) as db:
        with sync.atomic():
            before = db.fetch_rows("select connection_id()")
            try:
                with sync.atomic():
                    db.fetch_rows("select nosuch")
            except errors.ProgrammingError:
                assert db.fetch_rows("select connection_id()") == before
        assert db.fetch_rows("select connection_id()") == before

async def refused(url):
    try:
        await aio.connect(url)
    except errors.ConnectionFailed:
        return "the task"

def refused_to_a_thread(url):
    try:
        sync.connect(url)
    except errors.ConnectionFailed:
        return "the thread"

asyncio.run(in_a_task())
in_a_thread()
nobody = "mariadb://127.0.0.1:1/nosuch"
print("refused to", asyncio.run(refused(nobody)), "and", refused_to_a_thread(nobody))
"""


@pytest.mark.databases("mysql")
@pytest.mark.parametrize(
    "program", [STAND_IN + COVET + USE, COVET + STAND_IN + USE], ids=["before covet", "after covet"]
)
def test_errors_are_known_where_pymysql_stands_in_for_mysqlclient(url: str, program: str) -> None:
    done = subprocess.run([sys.executable, "-c", program, url], capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("refused to the task and the thread\n", "")
