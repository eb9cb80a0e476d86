"""Which calls of managers are tried, and in what order?"""

from __future__ import annotations

from hypothesis import strategies as st

from ..linked import FRESH, PEERS, PREFETCHED, SIDES, VERBS, Change
from .draw import some

positions = st.integers(0, 3)

a_change = st.builds(
    Change,
    verb=st.sampled_from(VERBS),
    side=st.sampled_from([*SIDES.values()]),
    owner=positions,
    targets=st.lists(positions, min_size=1, max_size=3).map(tuple),
    by=st.sampled_from(["object", "key", "text"]),
    via=st.sampled_from([FRESH, PEERS, PREFETCHED]),
)

changes_of_links = some(a_change, 8, least=1)
