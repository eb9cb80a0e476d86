"""What does iterator() leave behind, wherever it is left, and who can ask what meanwhile?"""

# A block that raises is what some of these tests are about.
# ruff: noqa: PT012

from __future__ import annotations

import gc
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import pytest

from covet.aio import (
    CharField,
    Database,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    Model,
    OperationalError,
    PoolTimeout,
    ProgrammingError,
    TransactionError,
    With,
    atomic,
    capture_queries,
    connect,
    create_tables,
)
from covet.pairs import async_sleep

from ..pairs import async_closing, async_next

ROWS = 60
PAYLOAD = 1000
# 20 MB, so that the server has to wait until they are read.
WIDE = {
    "sqlite": "select number, hex(zeroblob(25000)) from post order by number",
    "postgresql": "select number, repeat(text, 50) from post order by number",
    "mysql": "select number, repeat(text, 50) from post order by number",
}
CURSORS = {
    "postgresql": "select count(*) from pg_cursors where name like 'covet%%'",
}
OTHERS_IN_TRANSACTION = {
    "postgresql": "select count(*) from pg_stat_activity where datname = current_database()"
    " and pid <> pg_backend_pid() and xact_start is not null",
    "mysql": "select count(*) from information_schema.processlist where db = database()"
    " and id <> connection_id() and command = 'Query'",
}


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    number = IntegerField()
    text = CharField(max_length=2000, default="")
    author = ForeignKey(Author, related_name="posts")


@pytest.fixture
def posts() -> Any:
    return Post.objects.order_by("number")


async def write(rows: int = ROWS) -> None:
    author = await Author.objects.create(name="Ann")
    text = "x" * PAYLOAD
    await Post.objects.bulk_create([Post(number=n, text=text, author=author) for n in range(rows)])


def stream(chunk_size: int = 7) -> AsyncGenerator[Post]:
    return Post.objects.order_by("number").iterator(chunk_size)


async def recovered(db: Database, connections: int | None = None) -> None:
    """See that nothing is left: in the pool, on the server, in the connections."""
    slots = db.pool.slots
    for _ in range(200):
        if len(slots.idle) == len(slots.connections):
            break
        await async_sleep(0.01)
    assert len(slots.idle) == len(slots.connections)
    assert (slots.growing, len(slots.waiting), len(slots._late)) == (0, 0, 0)
    if connections is not None:
        assert len(slots.connections) == connections
    for connection in list(slots.idle):
        assert not connection.in_transaction
        assert connection.holder is None
    question = OTHERS_IN_TRANSACTION.get(db.dialect.name)
    if question is not None:
        for _ in range(100):
            if await db.fetch_rows(question) == [(0,)]:
                break
            await async_sleep(0.02)
        assert await db.fetch_rows(question) == [(0,)]


async def test_all_rows_come_in_order_whatever_the_chunk(db: Database) -> None:
    await write()
    for size in (1, 7, ROWS - 1, ROWS, ROWS + 1, 2000):
        assert [post.number async for post in stream(size)] == list(range(ROWS))
        async with atomic():
            assert [post.number async for post in stream(size)] == list(range(ROWS))
    await recovered(db)


async def test_no_rows_are_no_rows(db: Database) -> None:
    assert [post async for post in stream()] == []
    async with atomic():
        assert [post async for post in stream()] == []
    assert [post async for post in Post.objects.none().iterator()] == []
    await recovered(db)


async def test_what_fits_into_one_chunk_leaves_the_connection_at_once(db: Database) -> None:
    await write(3)
    slots = db.pool.slots
    async with async_closing(stream(4)) as rows:
        await async_next(rows)
        assert len(slots.idle) == len(slots.connections)
        assert len([post async for post in rows]) == 2
    await recovered(db)


async def test_rows_are_read_as_they_are_needed(db: Database) -> None:
    await write()
    slots = db.pool.slots
    async with async_closing(stream()) as rows:
        await async_next(rows)
        assert len(slots.idle) == len(slots.connections) - 1
        await Post.objects.filter(number__gte=1).delete()
        # The result is that of the moment when it was asked for, on every database.
        assert [post.number async for post in rows] == list(range(1, ROWS))
    await recovered(db)


async def test_values_tuples_and_flat_values(db: Database) -> None:
    await write(20)
    query = Post.objects.order_by("number")
    flat = query.values_list("number", flat=True)
    assert [n async for n in flat.iterator(3)] == list(range(20))
    pairs = query.values_list("number", "author__name")
    assert [pair async for pair in pairs.iterator(3)] == [(n, "Ann") for n in range(20)]
    rows = query.annotate(next=F("number") + 1).values("next")
    assert [row async for row in rows.iterator(3)] == [{"next": n + 1} for n in range(20)]


async def test_conditions_are_bound_as_ever(db: Database) -> None:
    await write(20)
    query = Post.objects.filter(number__in=[2, 3, 5, 7], author__name="Ann", text__contains="x")
    assert sorted([post.number async for post in query.iterator(2)]) == [2, 3, 5, 7]
    tricky = Post.objects.filter(text__contains="100%")
    assert [post async for post in tricky.iterator(2)] == []


async def test_leaving_the_loop_gives_the_connection_back(db: Database) -> None:
    await write()
    for _ in range(15):  # more than the pool has connections
        async for _post in stream():
            break
        await async_sleep(0)
    await recovered(db)


async def test_closing_ends_it_at_once(db: Database) -> None:
    await write()
    slots = db.pool.slots
    async with async_closing(stream()) as rows:
        await async_next(rows)
    assert len(slots.idle) == len(slots.connections)
    assert [post async for post in rows] == []
    await recovered(db)


async def test_an_error_in_the_loop_ends_it(db: Database, url: str) -> None:
    await write()

    async def failing() -> None:
        async for post in Post.objects.using("small").order_by("number").iterator(7):
            if post.number == 9:
                raise ZeroDivisionError

    async with connect(url, alias="small", pool_size=1) as small:
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await failing()
            gc.collect()
        await recovered(small)


async def test_what_is_begun_and_forgotten_is_collected(db: Database) -> None:
    await write()
    cycle: list[Any] = [stream()]
    cycle.append(cycle)
    await async_next(cycle[0])
    del cycle
    gc.collect()
    await recovered(db)


async def test_an_iterator_that_was_never_begun_asks_nothing(db: Database) -> None:
    with capture_queries() as queries:
        rows = stream()
        del rows
    assert queries == []


async def test_other_queries_run_meanwhile_on_other_connections(db: Database) -> None:
    await write()
    seen = 0
    async for post in stream():
        assert await Post.objects.filter(number__lt=post.number).count() == seen
        seen += 1
    assert seen == ROWS
    await recovered(db)


async def test_other_queries_run_meanwhile_in_a_block(db: Database) -> None:
    await write()
    async with atomic():
        seen = []
        async for post in stream():
            seen.append(post.number)
            assert await Post.objects.filter(number__lte=post.number).count() == post.number + 1
        assert seen == list(range(ROWS))
    await recovered(db)


async def test_changing_what_is_read_does_not_change_what_is_read(db: Database) -> None:
    await write()
    async with atomic():
        async for post in stream():
            # Were it seen, it would be read again and again.
            await Post.objects.filter(pk=post.pk).update(number=F("number") + ROWS)
            await Post.objects.create(number=ROWS * 3, author_id=post.author_id)
    assert await Post.objects.count() == ROWS * 2
    assert await Post.objects.filter(number__lt=ROWS).count() == 0
    await recovered(db)


@pytest.mark.parametrize("in_block", [False, True])
async def test_streams_inside_streams(db: Database, in_block: bool) -> None:
    await write(12)

    async def nested() -> list[tuple[int, int]]:
        return [(one.number, other.number) async for one in stream(5) async for other in stream(4)]

    expected = [(one, other) for one in range(12) for other in range(12)]
    if in_block:
        async with atomic():
            assert await nested() == expected
    else:
        assert await nested() == expected
    await recovered(db)


async def test_two_streams_step_by_step(db: Database) -> None:
    await write(20)
    async with atomic(), async_closing(stream(3)) as one, async_closing(stream(4)) as other:
        for n in range(20):
            assert (await async_next(one)).number == n
            assert (await async_next(other)).number == n
    await recovered(db)


@pytest.mark.parametrize("in_block", [False, True])
async def test_prefetching_goes_chunk_by_chunk(db: Database, in_block: bool) -> None:
    await write(10)

    async def names() -> list[str]:
        query = Post.objects.order_by("number").prefetch_related("author")
        return [(await post.author).name async for post in query.iterator(4)]

    with capture_queries() as queries:
        if in_block:
            async with atomic():
                found = await names()
        else:
            found = await names()
    assert found == ["Ann"] * 10
    assert len(queries) == 1 + 3
    await recovered(db)


async def test_those_who_listen_are_told_once(db: Database) -> None:
    await write(10)
    with capture_queries(transactions=True) as queries:
        await async_collect(stream(4))
    assert [query.sql for query in queries] == [Post.objects.order_by("number").sql()[0]]
    assert queries[0].rowcount == -1
    with capture_queries(transactions=True) as queries:
        await async_collect(stream(40))
    assert [query.rowcount for query in queries] == [10]


async def async_collect(rows: AsyncIterator[Any]) -> list[Any]:
    return [row async for row in rows]


async def test_a_refused_query_is_reported_and_leaves_nothing(db: Database) -> None:
    rows = db.stream_rows("select nosuch from post", (), 10)
    with capture_queries() as queries, pytest.raises(ProgrammingError):
        await rows.fetch()
    assert queries[0].error is not None
    assert await rows.fetch() == []
    await rows.close()
    await recovered(db)
    with pytest.raises(ProgrammingError):
        async with atomic():
            await db.stream_rows("select nosuch from post", (), 10).fetch()
    await recovered(db)


async def test_leaving_the_loop_in_a_block_leaves_the_block_clean(db: Database, kind: str) -> None:
    await write()
    async with atomic():
        for _ in range(3):
            async for _post in stream():
                break
            assert await Post.objects.count() == ROWS
        if kind in CURSORS:
            assert await db.fetch_rows(CURSORS[kind]) == [(0,)]
        await Post.objects.filter(number=0).delete()
        async for _post in stream():
            break
    assert await Post.objects.count() == ROWS - 1
    await recovered(db)


async def test_an_error_in_a_loop_in_a_block_undoes_the_block(db: Database) -> None:
    await write()
    with pytest.raises(ZeroDivisionError):
        async with atomic():
            await Post.objects.filter(number__gt=9).delete()
            async for _post in stream():
                raise ZeroDivisionError
    assert await Post.objects.count() == ROWS
    await recovered(db)


async def test_a_block_inside_may_read_on_and_fail(db: Database, kind: str) -> None:
    await write()
    async with atomic():
        async with async_closing(stream()) as rows:
            seen = [(await async_next(rows)).number]
            with pytest.raises(ZeroDivisionError):
                async with atomic():
                    seen += [(await async_next(rows)).number for _ in range(20)]
                    await Post.objects.all().delete()
                    raise ZeroDivisionError
            seen += [post.number async for post in rows]
            assert seen == list(range(ROWS))
        if kind in CURSORS:
            assert await db.fetch_rows(CURSORS[kind]) == [(0,)]
    assert await Post.objects.count() == ROWS
    await recovered(db)


async def test_a_stream_ends_with_the_block_that_it_was_begun_in(db: Database, kind: str) -> None:
    await write()
    async with atomic():
        async with atomic():
            rows = stream()
            first = [(await async_next(rows)).number for _ in range(7)]
        assert first == list(range(7))
        with pytest.raises(TransactionError) as caught:
            await async_next(rows)
        assert str(caught.value) == (
            "The atomic() block on 'default' in which these rows were asked for has ended, and "
            "there are more of them. Read them to their end inside the block, or ask for them "
            "outside of it."
        )
        if kind in CURSORS:
            assert await db.fetch_rows(CURSORS[kind]) == [(0,)]
    await recovered(db)


async def test_what_was_read_in_the_block_may_be_used_after_it(db: Database) -> None:
    await write(5)
    async with atomic():
        rows = stream(10)
        first = await async_next(rows)
    assert [first.number, *[post.number async for post in rows]] == list(range(5))
    await recovered(db)


async def test_a_stream_begun_outside_goes_on_in_a_block(db: Database) -> None:
    await write()
    async with async_closing(stream()) as rows:
        seen = [(await async_next(rows)).number]
        async with atomic():
            seen += [(await async_next(rows)).number for _ in range(20)]
            await Post.objects.filter(number__gt=30).delete()
        seen += [post.number async for post in rows]
    assert seen == list(range(ROWS))
    await recovered(db)


async def test_a_broken_block_gives_no_more_rows(db: Database) -> None:
    await write()
    with pytest.raises(TransactionError):
        async with atomic(), async_closing(stream()) as rows:
            await async_next(rows)
            with pytest.raises(ProgrammingError):
                await db.fetch_rows("select nosuch")
            with pytest.raises(TransactionError):
                await async_collect(rows)
    await recovered(db)


@pytest.mark.parametrize("in_block", [False, True])
async def test_a_long_result_is_left_at_once(db: Database, kind: str, in_block: bool) -> None:
    await write(400)

    async def leave() -> None:
        rows = db.stream_rows(WIDE[kind], (), 3)
        assert len(await rows.fetch()) == 3
        await rows.close()
        assert await db.fetch_rows("select count(*) from post") == [(400,)]

    if in_block:
        async with atomic():
            await Post.objects.filter(number=0).update(number=1000)
            await leave()
            await leave()
        assert await Post.objects.filter(number=1000).count() == 1
    else:
        await leave()
    await recovered(db)


async def test_what_is_left_never_costs_the_next_statement(db: Database) -> None:
    await write()
    async with atomic():
        for turn in range(40):
            rows = stream(1 + turn)
            await async_next(rows)
            del rows
            assert await db.fetch_rows(f"select {turn}") == [(turn,)]
    await recovered(db)


async def test_a_long_result_is_set_aside_in_a_block(db: Database, kind: str) -> None:
    await write(400)
    async with atomic():
        rows = db.stream_rows(WIDE[kind], (), 3)
        found = await rows.fetch()
        assert await db.fetch_rows("select count(*) from post") == [(400,)]
        while more := await rows.fetch():
            found += more
    assert [number for number, _ in found] == list(range(400))
    assert {len(text) for _, text in found} == {50_000}
    await recovered(db)


@pytest.mark.databases("postgresql", "mysql")
async def test_a_connection_that_is_lost_meanwhile_is_an_error(db: Database, kind: str) -> None:
    await write(400)
    rows = db.stream_rows(WIDE[kind], (), 3)
    async with async_closing(Closes(rows)):
        assert len(await rows.fetch()) == 3
        killed = await kill(db)
        assert killed == 1
        with pytest.raises(OperationalError):
            for _ in range(400):
                await rows.fetch()
    await recovered(db)


class Closes:
    """Something that can be closed by both names."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    async def aclose(self) -> None:
        await self._rows.close()

    close = aclose


async def kill(db: Database) -> int:
    """End the connections whose rows are half read, on the server."""
    if db.dialect.name == "postgresql":
        ended = await db.fetch_rows(
            "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
            " and datname = current_database() and state = 'idle in transaction'"
        )
        return len(ended)
    running = await db.fetch_rows(
        "select id from information_schema.processlist where db = database()"
        " and id <> connection_id() and command = 'Query'"
    )
    for (number,) in running:
        await db.execute(f"kill {number}")
    return len(running)


async def test_one_connection_in_memory_is_enough() -> None:
    async with connect("sqlite:///:memory:", alias="memory") as db:
        await create_tables(Author, Post, using="memory")
        author = await Author.objects.using("memory").create(name="Ann")
        made = [Post(number=n, author=author) for n in range(20)]
        await Post.objects.using("memory").bulk_create(made)
        query = Post.objects.using("memory").order_by("number")
        seen = []
        async for post in query.iterator(3):
            seen.append(post.number)
            await Post.objects.using("memory").filter(pk=post.pk).update(number=F("number") + 99)
        assert seen == list(range(20))
        await recovered(db, 1)


async def test_a_chunk_has_a_row(db: Database) -> None:
    with pytest.raises(FieldError) as caught:
        await async_collect(stream(0))
    assert str(caught.value) == "iterator(chunk_size=0): a chunk has at least one row."
    evil: Any = "1 from x; drop table post; --"
    for size in (evil, True, 2.0, None):
        with pytest.raises(FieldError) as caught:
            await async_collect(stream(size))
        assert str(caught.value).endswith(": a chunk is a whole number of rows.")
    with pytest.raises(FieldError) as caught:
        await async_collect(db.stream("select 1", chunk_size=-1))
    assert str(caught.value) == "stream(chunk_size=-1): a chunk has at least one row."


async def test_instances_of_raw_sql(db: Database) -> None:
    await write(10)
    raw = Post.objects.raw("select id, number from post order by number")
    assert [post.number async for post in raw.iterator(3)] == list(range(10))
    whole = Post.objects.raw("select * from post order by number").prefetch_related("author")
    with capture_queries() as queries:
        names = [(await post.author).name async for post in whole.iterator(4)]
    assert names == ["Ann"] * 10
    assert len(queries) == 1 + 3
    for rows in (10, 0):
        if not rows:
            await Post.objects.all().delete()
        with pytest.raises(FieldError) as caught:
            await async_collect(Post.objects.raw("select number from post").iterator())
        assert "primary key" in str(caught.value)
        await recovered(db)


async def test_queries_of_every_kind(db: Database) -> None:
    await write(10)
    query: Any
    one = Post.objects.filter(number=1)
    few = With(Post.objects.filter(number__lt=2).order_by("number"), name="few")
    for query, expected in (
        (Post.objects.order_by("-number")[2:5], [7, 6, 5]),
        (Post.objects.values_list("author__name").distinct(), [("Ann",)]),
        (Post.objects.select_related("author").order_by("number")[:2], [0, 1]),
        (one.union(Post.objects.filter(number=5)).order_by("number"), [1, 5]),
        (few.queryset().with_cte(few).order_by("number"), [0, 1]),
    ):
        for size in (1, 100):
            found = await async_collect(query.iterator(size))
            assert [getattr(row, "number", row) for row in found] == expected
    sql = (
        "with few as (select number from post where number < 3)"
        " select number from few union select number + 10 from few order by 1"
    )
    assert [row.number async for row in db.stream(sql, chunk_size=2)] == [0, 1, 2, 10, 11, 12]
    await recovered(db)


@pytest.mark.parametrize("in_block", [False, True])
async def test_raw_rows_are_read_by_name(db: Database, in_block: bool) -> None:
    await write(10)
    mark = {"sqlite": "?"}.get(db.dialect.name, "%s")
    sql = f"select number, text from post where number >= {mark} order by number"

    async def numbers() -> list[int]:
        found = []
        async for row in db.stream(sql, [3], chunk_size=2):
            assert (row["number"], row.text) == (row[0], "x" * PAYLOAD)
            assert await Post.objects.count() == 10
            found.append(row.number)
        return found

    if in_block:
        async with atomic():
            assert await numbers() == list(range(3, 10))
    else:
        assert await numbers() == list(range(3, 10))
    await recovered(db)


async def test_a_pool_that_is_too_small_names_the_loop(url: str) -> None:
    async with connect(url, alias="small", pool_size=1, acquire_timeout=0.1) as db:
        rows = db.stream("select 1 as n union all select 2 union all select 3", chunk_size=1)
        async with async_closing(rows):
            await async_next(rows)
            with pytest.raises(PoolTimeout) as caught:
                await db.fetch("select 1")
        text = str(caught.value)
        assert "all 1 are in use: 'select 1 as n union" in text
        assert " of iterator() in t" in text  # task …, thread …
        assert text.endswith(
            "End atomic() blocks and iterator() loops earlier, or raise pool_size."
        )
        assert (await db.fetch("select 1 as n"))[0].n == 1


async def test_closing_the_database_ends_what_comes_back(url: str) -> None:
    db = await connect(url, alias="closing")
    rows = db.stream_rows("select 1 union all select 2 union all select 3", (), 1)
    assert await rows.fetch() == [(1,)]
    pool = db.pool
    await db.close()
    assert await rows.fetch() == [(2,)]
    await rows.close()
    assert not pool.slots.connections
