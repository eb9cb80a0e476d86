# generated from tests/_async/test_streaming.py by scripts/generate_sync.py;
# change that file, not this one
"""What does iterator() leave behind, wherever it is left, and who can ask what meanwhile?"""

# A block that raises is what some of these tests are about.
# ruff: noqa: PT012

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from covet.pairs import sync_sleep
from covet.sync import (
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

from ..pairs import sync_closing, sync_next

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


def write(rows: int = ROWS) -> None:
    author = Author.objects.create(name="Ann")
    text = "x" * PAYLOAD
    Post.objects.bulk_create([Post(number=n, text=text, author=author) for n in range(rows)])


def stream(chunk_size: int = 7) -> Generator[Post]:
    return Post.objects.order_by("number").iterator(chunk_size)


def recovered(db: Database, connections: int | None = None) -> None:
    """See that nothing is left: in the pool, on the server, in the connections."""
    slots = db.pool.slots
    for _ in range(200):
        if len(slots.idle) == len(slots.connections):
            break
        sync_sleep(0.01)
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
            if db.fetch_rows(question) == [(0,)]:
                break
            sync_sleep(0.02)
        assert db.fetch_rows(question) == [(0,)]


def test_all_rows_come_in_order_whatever_the_chunk(db: Database) -> None:
    write()
    for size in (1, 7, ROWS - 1, ROWS, ROWS + 1, 2000):
        assert [post.number for post in stream(size)] == list(range(ROWS))
        with atomic():
            assert [post.number for post in stream(size)] == list(range(ROWS))
    recovered(db)


def test_no_rows_are_no_rows(db: Database) -> None:
    assert [post for post in stream()] == []
    with atomic():
        assert [post for post in stream()] == []
    assert [post for post in Post.objects.none().iterator()] == []
    recovered(db)


def test_what_fits_into_one_chunk_leaves_the_connection_at_once(db: Database) -> None:
    write(3)
    slots = db.pool.slots
    with sync_closing(stream(4)) as rows:
        sync_next(rows)
        assert len(slots.idle) == len(slots.connections)
        assert len([post for post in rows]) == 2
    recovered(db)


def test_rows_are_read_as_they_are_needed(db: Database) -> None:
    write()
    slots = db.pool.slots
    with sync_closing(stream()) as rows:
        sync_next(rows)
        assert len(slots.idle) == len(slots.connections) - 1
        Post.objects.filter(number__gte=1).delete()
        # The result is that of the moment when it was asked for, on every database.
        assert [post.number for post in rows] == list(range(1, ROWS))
    recovered(db)


def test_values_tuples_and_flat_values(db: Database) -> None:
    write(20)
    query = Post.objects.order_by("number")
    flat = query.values_list("number", flat=True)
    assert [n for n in flat.iterator(3)] == list(range(20))
    pairs = query.values_list("number", "author__name")
    assert [pair for pair in pairs.iterator(3)] == [(n, "Ann") for n in range(20)]
    rows = query.annotate(next=F("number") + 1).values("next")
    assert [row for row in rows.iterator(3)] == [{"next": n + 1} for n in range(20)]


def test_conditions_are_bound_as_ever(db: Database) -> None:
    write(20)
    query = Post.objects.filter(number__in=[2, 3, 5, 7], author__name="Ann", text__contains="x")
    assert sorted([post.number for post in query.iterator(2)]) == [2, 3, 5, 7]
    tricky = Post.objects.filter(text__contains="100%")
    assert [post for post in tricky.iterator(2)] == []


def test_leaving_the_loop_gives_the_connection_back(db: Database) -> None:
    write()
    for _ in range(15):  # more than the pool has connections
        for _post in stream():
            break
        sync_sleep(0)
    recovered(db)


def test_closing_ends_it_at_once(db: Database) -> None:
    write()
    slots = db.pool.slots
    with sync_closing(stream()) as rows:
        sync_next(rows)
    assert len(slots.idle) == len(slots.connections)
    assert [post for post in rows] == []
    recovered(db)


def test_an_error_in_the_loop_ends_it(db: Database, url: str) -> None:
    write()

    def failing() -> None:
        for post in Post.objects.using("small").order_by("number").iterator(7):
            if post.number == 9:
                raise ZeroDivisionError

    with connect(url, alias="small", pool_size=1) as small:
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                failing()
            gc.collect()
        recovered(small)


def test_what_is_begun_and_forgotten_is_collected(db: Database) -> None:
    write()
    cycle: list[Any] = [stream()]
    cycle.append(cycle)
    sync_next(cycle[0])
    del cycle
    gc.collect()
    recovered(db)


def test_an_iterator_that_was_never_begun_asks_nothing(db: Database) -> None:
    with capture_queries() as queries:
        rows = stream()
        del rows
    assert queries == []


def test_other_queries_run_meanwhile_on_other_connections(db: Database) -> None:
    write()
    seen = 0
    for post in stream():
        assert Post.objects.filter(number__lt=post.number).count() == seen
        seen += 1
    assert seen == ROWS
    recovered(db)


def test_other_queries_run_meanwhile_in_a_block(db: Database) -> None:
    write()
    with atomic():
        seen = []
        for post in stream():
            seen.append(post.number)
            assert Post.objects.filter(number__lte=post.number).count() == post.number + 1
        assert seen == list(range(ROWS))
    recovered(db)


def test_changing_what_is_read_does_not_change_what_is_read(db: Database) -> None:
    write()
    with atomic():
        for post in stream():
            # Were it seen, it would be read again and again.
            Post.objects.filter(pk=post.pk).update(number=F("number") + ROWS)
            Post.objects.create(number=ROWS * 3, author_id=post.author_id)
    assert Post.objects.count() == ROWS * 2
    assert Post.objects.filter(number__lt=ROWS).count() == 0
    recovered(db)


@pytest.mark.parametrize("in_block", [False, True])
def test_streams_inside_streams(db: Database, in_block: bool) -> None:
    write(12)

    def nested() -> list[tuple[int, int]]:
        return [(one.number, other.number) for one in stream(5) for other in stream(4)]

    expected = [(one, other) for one in range(12) for other in range(12)]
    if in_block:
        with atomic():
            assert nested() == expected
    else:
        assert nested() == expected
    recovered(db)


def test_two_streams_step_by_step(db: Database) -> None:
    write(20)
    with atomic(), sync_closing(stream(3)) as one, sync_closing(stream(4)) as other:
        for n in range(20):
            assert sync_next(one).number == n
            assert sync_next(other).number == n
    recovered(db)


@pytest.mark.parametrize("in_block", [False, True])
def test_prefetching_goes_chunk_by_chunk(db: Database, in_block: bool) -> None:
    write(10)

    def names() -> list[str]:
        query = Post.objects.order_by("number").prefetch_related("author")
        return [post.author.name for post in query.iterator(4)]

    with capture_queries() as queries:
        if in_block:
            with atomic():
                found = names()
        else:
            found = names()
    assert found == ["Ann"] * 10
    assert len(queries) == 1 + 3
    recovered(db)


def test_those_who_listen_are_told_once(db: Database) -> None:
    write(10)
    with capture_queries(transactions=True) as queries:
        sync_collect(stream(4))
    assert [query.sql for query in queries] == [Post.objects.order_by("number").sql()[0]]
    assert queries[0].rowcount == -1
    with capture_queries(transactions=True) as queries:
        sync_collect(stream(40))
    assert [query.rowcount for query in queries] == [10]


def sync_collect(rows: Iterator[Any]) -> list[Any]:
    return [row for row in rows]


def test_a_refused_query_is_reported_and_leaves_nothing(db: Database) -> None:
    rows = db.stream_rows("select nosuch from post", (), 10)
    with capture_queries() as queries, pytest.raises(ProgrammingError):
        rows.fetch()
    assert queries[0].error is not None
    assert rows.fetch() == []
    rows.close()
    recovered(db)
    with pytest.raises(ProgrammingError):
        with atomic():
            db.stream_rows("select nosuch from post", (), 10).fetch()
    recovered(db)


def test_leaving_the_loop_in_a_block_leaves_the_block_clean(db: Database, kind: str) -> None:
    write()
    with atomic():
        for _ in range(3):
            for _post in stream():
                break
            assert Post.objects.count() == ROWS
        if kind in CURSORS:
            assert db.fetch_rows(CURSORS[kind]) == [(0,)]
        Post.objects.filter(number=0).delete()
        for _post in stream():
            break
    assert Post.objects.count() == ROWS - 1
    recovered(db)


def test_an_error_in_a_loop_in_a_block_undoes_the_block(db: Database) -> None:
    write()
    with pytest.raises(ZeroDivisionError):
        with atomic():
            Post.objects.filter(number__gt=9).delete()
            for _post in stream():
                raise ZeroDivisionError
    assert Post.objects.count() == ROWS
    recovered(db)


def test_a_block_inside_may_read_on_and_fail(db: Database, kind: str) -> None:
    write()
    with atomic():
        with sync_closing(stream()) as rows:
            seen = [sync_next(rows).number]
            with pytest.raises(ZeroDivisionError):
                with atomic():
                    seen += [sync_next(rows).number for _ in range(20)]
                    Post.objects.all().delete()
                    raise ZeroDivisionError
            seen += [post.number for post in rows]
            assert seen == list(range(ROWS))
        if kind in CURSORS:
            assert db.fetch_rows(CURSORS[kind]) == [(0,)]
    assert Post.objects.count() == ROWS
    recovered(db)


def test_a_stream_ends_with_the_block_that_it_was_begun_in(db: Database, kind: str) -> None:
    write()
    with atomic():
        with atomic():
            rows = stream()
            first = [sync_next(rows).number for _ in range(7)]
        assert first == list(range(7))
        with pytest.raises(TransactionError) as caught:
            sync_next(rows)
        assert str(caught.value) == (
            "The atomic() block on 'default' in which these rows were asked for has ended, and "
            "there are more of them. Read them to their end inside the block, or ask for them "
            "outside of it."
        )
        if kind in CURSORS:
            assert db.fetch_rows(CURSORS[kind]) == [(0,)]
    recovered(db)


def test_what_was_read_in_the_block_may_be_used_after_it(db: Database) -> None:
    write(5)
    with atomic():
        rows = stream(10)
        first = sync_next(rows)
    assert [first.number, *[post.number for post in rows]] == list(range(5))
    recovered(db)


def test_a_stream_begun_outside_goes_on_in_a_block(db: Database) -> None:
    write()
    with sync_closing(stream()) as rows:
        seen = [sync_next(rows).number]
        with atomic():
            seen += [sync_next(rows).number for _ in range(20)]
            Post.objects.filter(number__gt=30).delete()
        seen += [post.number for post in rows]
    assert seen == list(range(ROWS))
    recovered(db)


def test_a_broken_block_gives_no_more_rows(db: Database) -> None:
    write()
    with pytest.raises(TransactionError):
        with atomic(), sync_closing(stream()) as rows:
            sync_next(rows)
            with pytest.raises(ProgrammingError):
                db.fetch_rows("select nosuch")
            with pytest.raises(TransactionError):
                sync_collect(rows)
    recovered(db)


@pytest.mark.parametrize("in_block", [False, True])
def test_a_long_result_is_left_at_once(db: Database, kind: str, in_block: bool) -> None:
    write(400)

    def leave() -> None:
        rows = db.stream_rows(WIDE[kind], (), 3)
        assert len(rows.fetch()) == 3
        rows.close()
        assert db.fetch_rows("select count(*) from post") == [(400,)]

    if in_block:
        with atomic():
            Post.objects.filter(number=0).update(number=1000)
            leave()
            leave()
        assert Post.objects.filter(number=1000).count() == 1
    else:
        leave()
    recovered(db)


def test_what_is_left_never_costs_the_next_statement(db: Database) -> None:
    write()
    with atomic():
        for turn in range(40):
            rows = stream(1 + turn)
            sync_next(rows)
            del rows
            assert db.fetch_rows(f"select {turn}") == [(turn,)]
    recovered(db)


def test_a_long_result_is_set_aside_in_a_block(db: Database, kind: str) -> None:
    write(400)
    with atomic():
        rows = db.stream_rows(WIDE[kind], (), 3)
        found = rows.fetch()
        assert db.fetch_rows("select count(*) from post") == [(400,)]
        while more := rows.fetch():
            found += more
    assert [number for number, _ in found] == list(range(400))
    assert {len(text) for _, text in found} == {50_000}
    recovered(db)


@pytest.mark.databases("postgresql", "mysql")
def test_a_connection_that_is_lost_meanwhile_is_an_error(db: Database, kind: str) -> None:
    write(400)
    rows = db.stream_rows(WIDE[kind], (), 3)
    with sync_closing(Closes(rows)):
        assert len(rows.fetch()) == 3
        killed = kill(db)
        assert killed == 1
        with pytest.raises(OperationalError):
            for _ in range(400):
                rows.fetch()
    recovered(db)


class Closes:
    """Something that can be closed by both names."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    def aclose(self) -> None:
        self._rows.close()

    close = aclose


def kill(db: Database) -> int:
    """End the connections whose rows are half read, on the server."""
    if db.dialect.name == "postgresql":
        ended = db.fetch_rows(
            "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
            " and datname = current_database() and state = 'idle in transaction'"
        )
        return len(ended)
    running = db.fetch_rows(
        "select id from information_schema.processlist where db = database()"
        " and id <> connection_id() and command = 'Query'"
    )
    for (number,) in running:
        db.execute(f"kill {number}")
    return len(running)


def test_one_connection_in_memory_is_enough() -> None:
    with connect("sqlite:///:memory:", alias="memory") as db:
        create_tables(Author, Post, using="memory")
        author = Author.objects.using("memory").create(name="Ann")
        made = [Post(number=n, author=author) for n in range(20)]
        Post.objects.using("memory").bulk_create(made)
        query = Post.objects.using("memory").order_by("number")
        seen = []
        for post in query.iterator(3):
            seen.append(post.number)
            Post.objects.using("memory").filter(pk=post.pk).update(number=F("number") + 99)
        assert seen == list(range(20))
        recovered(db, 1)


def test_a_chunk_has_a_row(db: Database) -> None:
    with pytest.raises(FieldError) as caught:
        sync_collect(stream(0))
    assert str(caught.value) == "iterator(chunk_size=0): a chunk has at least one row."
    evil: Any = "1 from x; drop table post; --"
    for size in (evil, True, 2.0, None):
        with pytest.raises(FieldError) as caught:
            sync_collect(stream(size))
        assert str(caught.value).endswith(": a chunk is a whole number of rows.")
    with pytest.raises(FieldError) as caught:
        sync_collect(db.stream("select 1", chunk_size=-1))
    assert str(caught.value) == "stream(chunk_size=-1): a chunk has at least one row."


def test_instances_of_raw_sql(db: Database) -> None:
    write(10)
    raw = Post.objects.raw("select id, number from post order by number")
    assert [post.number for post in raw.iterator(3)] == list(range(10))
    whole = Post.objects.raw("select * from post order by number").prefetch_related("author")
    with capture_queries() as queries:
        names = [post.author.name for post in whole.iterator(4)]
    assert names == ["Ann"] * 10
    assert len(queries) == 1 + 3
    for rows in (10, 0):
        if not rows:
            Post.objects.all().delete()
        with pytest.raises(FieldError) as caught:
            sync_collect(Post.objects.raw("select number from post").iterator())
        assert "primary key" in str(caught.value)
        recovered(db)


def test_queries_of_every_kind(db: Database) -> None:
    write(10)
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
            found = sync_collect(query.iterator(size))
            assert [getattr(row, "number", row) for row in found] == expected
    sql = (
        "with few as (select number from post where number < 3)"
        " select number from few union select number + 10 from few order by 1"
    )
    assert [row.number for row in db.stream(sql, chunk_size=2)] == [0, 1, 2, 10, 11, 12]
    recovered(db)


@pytest.mark.parametrize("in_block", [False, True])
def test_raw_rows_are_read_by_name(db: Database, in_block: bool) -> None:
    write(10)
    mark = {"sqlite": "?"}.get(db.dialect.name, "%s")
    sql = f"select number, text from post where number >= {mark} order by number"

    def numbers() -> list[int]:
        found = []
        for row in db.stream(sql, [3], chunk_size=2):
            assert (row["number"], row.text) == (row[0], "x" * PAYLOAD)
            assert Post.objects.count() == 10
            found.append(row.number)
        return found

    if in_block:
        with atomic():
            assert numbers() == list(range(3, 10))
    else:
        assert numbers() == list(range(3, 10))
    recovered(db)


def test_a_pool_that_is_too_small_names_the_loop(url: str) -> None:
    with connect(url, alias="small", pool_size=1, acquire_timeout=0.1) as db:
        rows = db.stream("select 1 as n union all select 2 union all select 3", chunk_size=1)
        with sync_closing(rows):
            sync_next(rows)
            with pytest.raises(PoolTimeout) as caught:
                db.fetch("select 1")
        text = str(caught.value)
        assert "all 1 are in use: 'select 1 as n union" in text
        assert " of iterator() in t" in text  # task …, thread …
        assert text.endswith(
            "End atomic() blocks and iterator() loops earlier, or raise pool_size."
        )
        assert db.fetch("select 1 as n")[0].n == 1


def test_closing_the_database_ends_what_comes_back(url: str) -> None:
    db = connect(url, alias="closing")
    rows = db.stream_rows("select 1 union all select 2 union all select 3", (), 1)
    assert rows.fetch() == [(1,)]
    pool = db.pool
    db.close()
    assert rows.fetch() == [(2,)]
    rows.close()
    assert not pool.slots.connections
