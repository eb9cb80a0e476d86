"""Do rows that are set aside come back as they were, and does the file go?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covet.drivers.streams import IN_MEMORY, RowStream, Spool
from covet.errors import OperationalError

values = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text() | st.binary()
groups = st.lists(st.lists(st.tuples(values, values), min_size=1, max_size=5), max_size=5)


@given(groups)
def test_groups_come_back_in_order(groups: list[list[tuple[Any, ...]]]) -> None:
    with Spool() as spool:
        for group in groups:
            spool.put(group)
        kept = spool.kept()
    taken = [kept.take() for _ in groups]
    assert repr(taken) == repr(groups)  # a NaN is like a NaN
    assert kept.take() == kept.take() == []
    kept.close()


def test_what_is_large_goes_to_the_disk() -> None:
    group = [n.to_bytes(2) * 500 for n in range(400)]
    with Spool() as spool:
        for _ in range(4):
            spool.put(group)
        assert vars(spool._file)["_rolled"]
        kept = spool.kept()
    assert IN_MEMORY < 4 * 400_000
    assert [kept.take() == group for _ in range(4)] == [True] * 4
    assert kept.take() == []
    kept.close()


def test_a_file_that_is_not_kept_is_closed() -> None:
    with pytest.raises(ZeroDivisionError), Spool() as spool:
        raise ZeroDivisionError
    assert spool._file.closed


def test_the_last_of_what_was_set_aside_closes_the_file() -> None:
    stream = RowStream("select 1", (), 10)
    with Spool() as spool:
        spool.put([(1,)])
        stream.spool = spool.kept()
    assert stream.taken(spool) == [(1,)]
    assert not stream.done
    assert stream.taken(spool) == []
    assert stream.done
    assert stream.spool is None
    assert spool._file.closed


def test_rows_that_were_lost_are_an_error() -> None:
    stream = RowStream("select 1", (), 10)
    stream.check()
    stream._broken = True
    with pytest.raises(OperationalError) as caught:
        stream.check()
    assert str(caught.value) == (
        "The rest of these rows is lost, as reading them failed or was cancelled before. "
        "Ask for them again."
    )
