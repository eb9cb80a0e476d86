"""How does async code become its sync twin, and when is a twin not what its source says?

``render`` gives the twin of one file, ``plan`` those of whole trees, ``problems`` what is wrong
with the trees on disk, and ``generate`` writes. The rules are one table, ``RULES``.
"""

from .render import Refused, render
from .report import Problem
from .rules import RULES, Renamer, Rule
from .trees import Plan, Tree, generate, main, plan, problems, trees_of

__all__ = [
    "RULES",
    "Plan",
    "Problem",
    "Refused",
    "Renamer",
    "Rule",
    "Tree",
    "generate",
    "main",
    "plan",
    "problems",
    "render",
    "trees_of",
]
