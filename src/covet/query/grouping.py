"""What do several conditions make together?"""

from __future__ import annotations

from ..expressions.q import AND, OR
from . import ast


def joined(connector: str, children: list[ast.Condition]) -> ast.Condition:
    """Conditions joined, and simplified where one of them decides."""
    if connector == AND:
        return _decided(connector, children, neutral=True)
    if connector == OR:
        return _decided(connector, children, neutral=False)
    if len(children) == 1:
        return children[0]
    depth = 1 + max(child.depth for child in children)
    return ast.Group(connector, tuple(children), False, ast.NOWHERE, depth)


def _decided(connector: str, children: list[ast.Condition], neutral: bool) -> ast.Condition:
    left: list[ast.Condition] = []
    for child in children:
        if isinstance(child, ast.Truth):
            if child.value != neutral:
                return child
        elif isinstance(child, ast.Group) and child.connector == connector:
            left.extend(child.children)
        else:
            left.append(child)
    if not left:
        return ast.Truth(neutral)
    if len(left) == 1:
        return left[0]
    needs = [child.needs for child in left]
    needed = frozenset.union(*needs) if connector == AND else frozenset.intersection(*needs)
    unknown = any(child.unknown for child in left)
    depth = 1 + max(child.depth for child in left)
    return ast.Group(connector, tuple(left), unknown, needed, depth)
