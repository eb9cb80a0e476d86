"""What can a condition be? Plain data, from which the reference and covet's own words are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

# --- what has a value in each row --------------------------------------------------------------


@dataclass(frozen=True)
class Path:
    """A column, across relations: ``Path(("posts", "author"), "name")``.

    ``column`` may also be ``pk``, or empty for the related row itself, which stands for its key.
    """

    steps: tuple[str, ...]
    column: str

    @property
    def name(self) -> str:
        """The path as a lookup spells it."""
        return "__".join(word for word in (*self.steps, self.column) if word)


@dataclass(frozen=True)
class Constant:
    """A value among expressions."""

    value: Any


@dataclass(frozen=True)
class Arithmetic:
    """Two expressions and ``+ - * / %`` between them."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Transform:
    """A part of a value: ``posted__year``."""

    name: str
    of: Expression


Expression = Path | Constant | Arithmetic | Transform

# --- what is true, false or unknown in each row ------------------------------------------------


@dataclass(frozen=True)
class Condition:
    """A leaf: ``left <lookup> right``.

    ``said`` is the wording in covet, which must not change what it means: a keyword of ``Q``, a
    comparison of ``F(...)``, or one of the model's own attribute.
    """

    left: Expression
    lookup: str
    right: Any  # an expression, or a plain value
    said: Literal["keyword", "f", "typed"] = "keyword"


@dataclass(frozen=True)
class Group:
    """Two or more conditions joined by AND, OR or XOR."""

    connector: Literal["AND", "OR", "XOR"]
    children: tuple[Tree, ...]


@dataclass(frozen=True)
class Negation:
    """The complement; made by ``negate()``, so that no negation stands directly in another."""

    inner: Condition | Group


Tree = Condition | Group | Negation


def negate(tree: Tree) -> Tree:
    """The complement of a condition; twice is not at all, as ``~~q`` is ``q``."""
    return tree.inner if isinstance(tree, Negation) else Negation(tree)


def paths(tree: Any, *, into_negations: bool = True) -> Iterator[Path]:
    """Every path that a condition or an expression reads."""
    match tree:
        case Path():
            yield tree
        case Arithmetic() | Condition():
            yield from paths(tree.left, into_negations=into_negations)
            yield from paths(tree.right, into_negations=into_negations)
        case Transform():
            yield from paths(tree.of, into_negations=into_negations)
        case Group():
            for child in tree.children:
                yield from paths(child, into_negations=into_negations)
        case Negation() if into_negations:
            yield from paths(tree.inner, into_negations=into_negations)


def leaves(tree: Tree) -> Iterator[Condition]:
    """Every condition in a tree."""
    match tree:
        case Condition():
            yield tree
        case Negation(inner):
            yield from leaves(inner)
        case Group(_, children):
            for child in children:
                yield from leaves(child)
