"""What can a condition be? Plain data, from which the reference and covet's own words are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True)
class Case:
    """The value of the first condition that is true: ``Case(When(…), default=…)``."""

    cases: tuple[tuple[Tree, Expression], ...]
    default: Expression


@dataclass(frozen=True)
class Call:
    """A function of values: ``Coalesce``, ``NullIf``, ``Greatest`` or ``Least``."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Predicate:
    """A condition as a value: True, False, or NULL where it is unknown."""

    condition: Tree


@dataclass(frozen=True)
class Outer:
    """A column of the row around a subquery, across to-one relations: ``OuterRef``."""

    path: Path


@dataclass(frozen=True)
class Query:
    """Some rows of a table: in a subquery, those for the row around it, where one is named."""

    table: str
    condition: Tree
    column: str = "pk"


@dataclass(frozen=True)
class Picked:
    """The value of a query's first row, by a column and then by key: ``Subquery(…[:1])``."""

    query: Query
    order: str
    descending: bool


Expression = Path | Constant | Arithmetic | Transform | Case | Call | Predicate | Outer | Picked

# --- what is true, false or unknown in each row ------------------------------------------------


@dataclass(frozen=True)
class Condition:
    """A leaf: ``left <lookup> right``.

    ``said`` is the wording in covet, which must not change what it means: a keyword of ``Q``, a
    comparison of ``F(...)``, one of the model's own attribute, or a keyword about an annotation.
    """

    left: Expression
    lookup: str
    right: Any  # an expression, a query, or a plain value
    said: Literal["keyword", "f", "typed", "annotated"] = "keyword"


@dataclass(frozen=True)
class Exists:
    """Whether a query has a row."""

    query: Query


@dataclass(frozen=True)
class Group:
    """Two or more conditions joined by AND, OR or XOR."""

    connector: Literal["AND", "OR", "XOR"]
    children: tuple[Tree, ...]


@dataclass(frozen=True)
class Negation:
    """The complement; made by ``negate()``, so that no negation stands directly in another."""

    inner: Condition | Group | Exists


Tree = Condition | Group | Negation | Exists


def negate(tree: Tree) -> Tree:
    """The complement of a condition; twice is not at all, as ``~~q`` is ``q``."""
    return tree.inner if isinstance(tree, Negation) else Negation(tree)


def members(tree: Any) -> Sequence[Any]:
    """What a condition or an expression is made of; of a query, that is not its own affair."""
    match tree:
        case Arithmetic() | Condition():
            return (tree.left, tree.right)
        case Transform():
            return (tree.of,)
        case Case():
            return [part for case in (*tree.cases, (tree.default,)) for part in case]
        case Call():
            return tree.arguments
        case Predicate():
            return (tree.condition,)
        case Group():
            return tree.children
        case Negation():
            return (tree.inner,)
    return ()


def parts(tree: Any, *, into_negations: bool = True) -> Iterator[Any]:
    """All that a condition or an expression consists of, and it itself first.

    A negation asks anew of what is joined; one in a value is about the joined row, as the value is.
    """
    yield tree
    if into_negations or not isinstance(tree, Negation):
        into_negations = into_negations or isinstance(tree, Case | Predicate)
        for member in members(tree):
            yield from parts(member, into_negations=into_negations)


def paths(tree: Any, *, into_negations: bool = True) -> Iterator[Path]:
    """Every path that a condition or an expression reads, by subqueries too."""
    for part in parts(tree, into_negations=into_negations):
        match part:
            case Path():
                yield part
            case Query(condition=condition) | Exists(Query(condition=condition)):
                yield from outer_paths(condition)
            case Picked(Query(condition=condition)):
                yield from outer_paths(condition)


def outer_paths(condition: Tree) -> Iterator[Path]:
    """What a subquery's condition reads in the row around it."""
    yield from (part.path for part in parts(condition) if isinstance(part, Outer))


def leaves(tree: Tree) -> Iterator[Condition]:
    """Every condition in a tree."""
    yield from (part for part in parts(tree) if isinstance(part, Condition))
