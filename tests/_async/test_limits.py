"""What becomes of statements that are too large, or that the server has another plan for?"""

from __future__ import annotations

import pytest

from covet.aio import (
    BinaryField,
    Database,
    DataError,
    IntegerField,
    Model,
    TextField,
    atomic,
    capture_queries,
    connect,
)
from covet.errors import QueryTooComplex
from covet.rows.sizes import within_bytes

MEGABYTE = 1 << 20


class Page(Model):
    text = TextField(default="")
    data = BinaryField(default=b"")
    number = IntegerField(default=0)


MODELS = [Page]


@pytest.mark.databases("mysql")
async def test_a_statement_beyond_the_servers_limit_is_not_sent(db: Database) -> None:
    ((most,),) = await db.fetch_rows("select @@max_allowed_packet")
    with pytest.raises(DataError) as caught:
        await Page.objects.create(text="x" * most)
    text = str(caught.value)
    assert text.startswith("The statement has ")
    assert text.endswith(
        " Raise max_allowed_packet on the server, or store what is that large elsewhere."
    )
    with capture_queries() as queries:
        assert await Page.objects.count() == 0  # over the same connection
    assert len(queries) == 1
    assert db.pool.stats().discarded == 0


async def test_many_large_rows_are_sent_in_several_statements(db: Database, kind: str) -> None:
    pages = [Page(text="ä'" * (MEGABYTE // 2), data=b"\0" * MEGABYTE) for _ in range(9)]
    with capture_queries() as queries:
        await Page.objects.bulk_create(pages)
    assert (len(queries) > 1) == (kind == "mysql")
    found = await Page.objects.order_by("id").fetch()
    assert [(page.text, page.data) for page in found] == [(p.text, p.data) for p in pages]


def test_parts_are_cut_where_they_grow_too_long() -> None:
    columns = [["x" * 1000] * 10, [1] * 10]
    assert list(within_bytes([(0, 10)], columns, None)) == [(0, 10)]
    assert list(within_bytes([(0, 10)], columns, 10**6)) == [(0, 10)]
    assert list(within_bytes([(0, 10)], columns, 4096 + 3 * 2080)) == [
        (0, 3),
        (3, 6),
        (6, 9),
        (9, 10),
    ]
    assert list(within_bytes([(0, 4), (4, 6)], columns, 4096 + 10)) == [
        *((n, n + 1) for n in range(4)),
        *((n, n + 1) for n in range(4, 6)),
    ]


@pytest.mark.databases("postgresql", "mysql")
async def test_a_table_that_is_altered_meanwhile(db: Database, url: str, kind: str) -> None:
    """PostgreSQL keeps plans of statements, and refuses those whose columns have changed."""
    change = "alter column number type bigint" if kind == "postgresql" else "modify number bigint"
    back = change.replace("bigint", "integer")
    await Page.objects.create(number=7)
    for _ in range(7):
        assert (await Page.objects.get(number=7)).number == 7
    async with connect(url, alias="other") as other:
        await other.execute(f"alter table page {change}")
        try:
            assert (await Page.objects.get(number=7)).number == 7
            async with atomic():
                assert (await Page.objects.get(number=7)).number == 7
        finally:
            await other.execute(f"alter table page {back}")


async def test_unions_of_many_queries(db: Database, kind: str) -> None:
    await Page.objects.create(number=7)
    numbers = Page.objects.values_list("number", flat=True)
    parts = [numbers.filter(number=n) for n in range(600)]
    assert await numbers.filter(number=7).union(*parts[:499]).fetch() == [7]
    if kind != "sqlite":
        assert await numbers.filter(number=7).union(*parts).fetch() == [7]
        return
    with pytest.raises(QueryTooComplex) as caught:
        await numbers.filter(number=7).union(*parts).fetch()
    assert str(caught.value) == (
        "601 queries are put together; sqlite takes 500. "
        "Put them together in several parts, or ask for all by one condition."
    )
