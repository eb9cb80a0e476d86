"""Which data, conditions, orderings and changes are tried? Widen the language in these files.

``values`` has the data, ``leaves`` and ``sums`` the conditions, ``questions`` the trees of them,
``scenarios`` what the tests draw.
"""

from .draw import examples
from .groups import Summaries, summaries
from .questions import Question
from .scenarios import (
    Chain,
    Chains,
    Change,
    Listing,
    Listings,
    Scenario,
    chains,
    changes,
    listings,
    scenarios,
)
from .together import Combinations, Rankings, combinations, rankings

__all__ = [
    "Chain",
    "Chains",
    "Change",
    "Combinations",
    "Listing",
    "Listings",
    "Question",
    "Rankings",
    "Scenario",
    "Summaries",
    "chains",
    "changes",
    "combinations",
    "examples",
    "listings",
    "rankings",
    "scenarios",
    "summaries",
]
