"""Which calls of managers are tried, and in what order?"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ..linked import FRESH, PEERS, PREFETCHED, SIDES, VERBS, Change, Side
from .draw import Draw, some

positions = st.integers(0, 2)


@st.composite
def changes_of_links(draw: Draw[Any]) -> list[Change]:
    """Calls of the managers of one relation or two, so that each meets what others left."""
    relations = draw(st.lists(st.sampled_from(sorted(_by_pairs())), min_size=1, max_size=2))
    sides = [side for pairs in relations for side in _by_pairs()[pairs]]
    return draw(some(_changes(sides), 8, least=2))


def _changes(sides: list[Side]) -> st.SearchStrategy[Change]:
    return st.builds(
        Change,
        verb=st.sampled_from(VERBS),
        side=st.sampled_from(sides),
        owner=st.integers(0, 1),
        targets=st.lists(positions, min_size=1, max_size=3).map(tuple),
        by=st.sampled_from(["object", "key", "text"]),
        via=st.sampled_from([FRESH, PEERS, PREFETCHED]),
    )


def _by_pairs() -> dict[str, list[Side]]:
    found: dict[str, list[Side]] = {}
    for side in SIDES.values():
        found.setdefault(side.pairs, []).append(side)
    return found
