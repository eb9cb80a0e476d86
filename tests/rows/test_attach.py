"""Are rows that were loaded ahead dropped once something was written?"""

from covet.rows.attach import Read
from covet.schema.peers import WRITES, Ahead


def ahead(read: Read) -> Ahead[int]:
    """A row that is kept after it was read."""
    return Ahead([1], read.tables, read.stamp)


def test_rows_are_fresh_until_their_tables_are_written() -> None:
    rows = ahead(Read(("post",)))

    WRITES.to("tag")
    assert rows.is_fresh
    WRITES.to("post")
    assert not rows.is_fresh


def test_a_write_while_they_are_read_makes_them_old() -> None:
    read = Read(("post",))

    WRITES.to("post")

    assert not ahead(read).is_fresh


def test_a_write_to_nobody_knows_where_makes_all_old() -> None:
    rows = ahead(Read(("post",)))

    WRITES.to(None)

    assert not rows.is_fresh
