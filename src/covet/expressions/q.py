"""What a condition is: a tree of lookups joined by AND, OR and XOR, some of it negated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..errors import FieldError, keyword, short
from .base import Expression
from .several import settled
from .shape import PLAIN, VALUE, Shaped, shape

AND = "AND"
OR = "OR"
XOR = "XOR"

SYMBOL = {AND: " & ", OR: " | ", XOR: " ^ "}
OPERATORS = {"exact": "==", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


class Lookup(Shaped):
    """A leaf as a keyword says it: ``views__gt=10``."""

    __slots__ = ("path", "value")

    def __init__(self, path: str, value: Any) -> None:
        if not isinstance(path, str):
            raise FieldError(f"A lookup is named by a string, not by {short(path)}")
        self.path = path
        self.value = value
        self.depth = 1
        if value.__class__ in PLAIN:  # most lookups, and shape() below would say the same
            self.key = (path, VALUE)
            self.values = (value,)
            return
        self.value = settled(value)
        key = [path]
        values: list[Any] = []
        shape(self.value, key, values)
        self.key, self.values = tuple(key), tuple(values)

    def __repr__(self) -> str:
        return self.shown(short(self.value))

    def shown(self, value: str) -> str:
        """The text of it with another text in the place of the value."""
        return keyword(self.path, value)

    @property
    def parts(self) -> tuple[Shaped, ...]:
        """The value, if it is an expression."""
        return (self.value,) if isinstance(self.value, Shaped) else ()


class Comparison(Shaped):
    """A leaf as an expression says it: ``Post.views > 10``."""

    __slots__ = ("left", "lookup", "value")

    def __init__(self, left: Expression[Any], lookup: str, value: Any) -> None:
        if not isinstance(lookup, str):
            raise FieldError(f"A lookup is named by a string, not by {short(lookup)}")
        self.left = left
        self.lookup = lookup
        self.value = settled(value)
        key = ["?", *left.key, lookup]
        values = list(left.values)
        shape(self.value, key, values)
        self.key, self.values = tuple(key), tuple(values)
        self.depth = left.depth

    def __repr__(self) -> str:
        is_value = not isinstance(self.value, Expression)
        return self.shown(short(self.value) if is_value else repr(self.value))

    def shown(self, value: str) -> str:
        """The text of it with another text in the place of the value."""
        operator = OPERATORS.get(self.lookup)
        if operator:
            return f"{self.left!r} {operator} {value}"
        return f"{self.left!r}.compare({self.lookup!r}, {value})"

    @property
    def parts(self) -> tuple[Shaped, ...]:
        """Both sides, as far as they are expressions."""
        return (self.left, self.value) if isinstance(self.value, Shaped) else (self.left,)


class Holds(Shaped):
    """A leaf that is an expression which is true or false: ``Exists(…)``, ``F("is_public")``."""

    __slots__ = ("expression",)

    def __init__(self, expression: Expression[Any]) -> None:
        self.expression = expression
        self.key = ("!", *expression.key)
        self.values = expression.values
        self.depth = expression.depth

    @property
    def parts(self) -> tuple[Shaped, ...]:
        """The expression."""
        return (self.expression,)

    def __repr__(self) -> str:
        return repr(self.expression)

    def shown(self, value: str) -> str:
        """The text of it."""
        return repr(self)


LEAVES = (Lookup, Comparison, Holds)


class Q(Shaped):
    """A condition: lookups that all hold, to be combined with ``&``, ``|``, ``^`` and ``~``.

    A condition keeps the rows for which it is true. ``~`` is its complement: a row for which the
    condition is unknown, as a comparison with NULL is, is not true and so belongs to ``~``.

    Args:
        *conditions: further conditions: ``Q`` objects or comparisons such as ``Post.views > 10``.
        **lookups: lookups as ``filter()`` takes them.

    Example:
        >>> from covet import Q
        >>> Q(views__gt=10) | ~Q(title="Draft")
        Q(Q(views__gt=10) | ~Q(title='Draft'))
    """

    __slots__ = ("children", "connector", "negated")

    children: tuple[Any, ...]
    connector: str
    negated: bool

    def __init__(self, /, *conditions: Any, **lookups: Any) -> None:
        children = [Lookup(path, value) for path, value in lookups.items()]
        if conditions:
            given = [_condition(condition) for condition in conditions]
            children = [c for c in given if not _is_empty(c)] + children
        _fill(self, AND, False, tuple(children))

    if not TYPE_CHECKING:  # it makes two attributes, and checkers would allow any

        def __getattr__(self, name: str) -> Any:
            """The shape and the values, when first asked for: most trees are parts of others."""
            if name not in ("key", "values"):
                return object.__getattribute__(self, name)  # for Python's own error
            self.key, self.values = _shape(self)
            return self.key if name == "key" else self.values

    def __and__(self, other: Any) -> Q:
        joined: Q = _join(AND, self, other)
        return joined

    def __or__(self, other: Any) -> Q:
        joined: Q = _join(OR, self, other)
        return joined

    def __xor__(self, other: Any) -> Q:
        joined: Q = _join(XOR, self, other)
        return joined

    __rand__ = __and__
    __ror__ = __or__
    __rxor__ = __xor__

    def __invert__(self) -> Q:
        """The complement; of the empty condition, which says nothing, it is itself."""
        if not self.children:
            return self
        return _make(self.connector, not self.negated, self.children, self.depth)

    def __bool__(self) -> bool:
        """Whether it says anything; asked of a comparison it is a mistake.

        Raises:
            FieldError: of ``5 < Post.views < 10`` and of ``and``, ``or``, ``not`` between
                comparisons, where Python would keep only one of them.
        """
        if any(isinstance(child, Comparison) for child in self.children):
            raise FieldError(
                f"{short(self)} is a condition and has no truth value in Python",
                fix="Combine conditions with & and |, not with 'and', 'or' or 'a < b < c'.",
            )
        return bool(self.children)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Q):
            return NotImplemented
        return self.key == other.key and self.values == other.values

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def parts(self) -> tuple[Any, ...]:
        """The leaves and trees that it joins."""
        return self.children

    def __repr__(self) -> str:
        return "".join(_words(self, repr))

    def inside(self, *, values: bool = True) -> str:
        """The condition as it stands between the brackets of a call.

        Args:
            values: False shows each value as ``…``.

        Example:
            >>> from covet import Q
            >>> Q(views__gt=10, title="Draft").inside(values=False)
            'views__gt=…, title=…'
        """
        text = "".join(_words(self, repr if values else _without_value))
        return text if self.negated else text[2:-1]

    def __reduce__(self) -> Any:
        return _from_flat, (tuple(_flat(self)),)


def _condition(condition: Any) -> Any:
    if isinstance(condition, Q):
        return _unwrapped(condition)
    if isinstance(condition, LEAVES):
        return condition
    if isinstance(condition, Expression):
        return Holds(condition)
    if isinstance(condition, tuple) and len(condition) == 2:
        return Lookup(*condition)
    raise FieldError(
        f"{short(condition)} is not a condition",
        fix="Give a Q object, a comparison such as Post.views > 10, or a keyword lookup.",
    )


def _is_empty(child: Any) -> bool:
    return isinstance(child, Q) and not child.children


def _unwrapped(q: Q) -> Any:
    """A single leaf out of the Q around it, so that trees do not grow by wrapping."""
    if len(q.children) == 1 and not q.negated:
        return q.children[0]
    return q


def _join(connector: str, left: Q, right: Any) -> Any:
    if not isinstance(right, Q):
        return NotImplemented
    if not left.children or not right.children:
        return left if left.children else right
    ours, our_depth = _members(left, connector)
    theirs, their_depth = _members(right, connector)
    return _make(connector, False, ours + theirs, 1 + max(our_depth, their_depth))


def _members(q: Q, connector: str) -> tuple[tuple[Any, ...], int]:
    """A Q's children where it may be merged into a tree of this connector, else the Q itself.

    And how deep the deepest of them is, without looking at each: a loop may join thousands.
    """
    if not q.negated and (q.connector == connector or len(q.children) == 1):
        return q.children, q.depth - 1
    return (q,), q.depth


def _fill(q: Q, connector: str, negated: bool, children: tuple[Any, ...]) -> Q:
    """Make a Q of any children."""
    if len(children) == 1 and isinstance(children[0], Q):  # a lone Q: take over what it says
        only = children[0]
        return _set(q, only.connector, only.negated != negated, only.children, only.depth)
    depth = 1 + max([child.depth for child in children], default=0)
    _set(q, connector, negated, children, depth)
    if depth == 2 and len(children) > 1:  # keywords of a filter(), which asks for both at once
        q.key, q.values = _shape(q)
    return q


def _make(connector: str, negated: bool, children: tuple[Any, ...], depth: int) -> Q:
    return _set(Q.__new__(Q), connector, negated, children, depth)


def _set(q: Q, connector: str, negated: bool, children: tuple[Any, ...], depth: int) -> Q:
    q.connector, q.negated, q.children, q.depth = connector, negated, children, depth
    if len(children) == 1 and not negated:  # most conditions, and no work
        q.key, q.values = children[0].key, children[0].values
    return q


def _shape(q: Q) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """The key and the values of a tree; by an own stack, and the trees in it get none."""
    key: list[str] = []
    values: list[Any] = []
    stack: list[Any] = [q]
    while stack:
        item = stack.pop()
        if isinstance(item, LEAVES):
            key += item.key
            values += item.values
        elif isinstance(item, Q):
            if item.negated or len(item.children) != 1:
                key.append(f"~{item.connector}(" if item.negated else f"{item.connector}(")
                stack.append(")")
            stack += item.children[::-1]
        else:
            key.append(item)
    return tuple(key), tuple(values)


def _without_value(leaf: Lookup | Comparison | Holds) -> str:
    return leaf.shown("…")


def _words(q: Q, leaf: Callable[[Any], str]) -> Iterator[str]:
    """The text of a tree in pieces; by an own stack, as a tree may be deeper than Python's."""
    stack: list[Any] = [q]
    while stack:
        item = stack.pop()
        if isinstance(item, Q):
            symbol = SYMBOL[item.connector] if item.connector != AND else ", "
            inner: list[Any] = ["~Q(" if item.negated else "Q("]
            children = item.children  # Python wants keywords behind the rest
            if item.connector == AND:
                children = tuple(sorted(children, key=lambda child: isinstance(child, Lookup)))
            for n, child in enumerate(children):
                inner += [symbol, child] if n else [child]
                if not isinstance(child, Q) and item.connector != AND:
                    inner[-1] = f"Q({leaf(child)})"
            stack += reversed([*inner, ")"])
        else:
            yield item if isinstance(item, str) else leaf(item)


def _flat(q: Q) -> Iterator[Any]:
    """The tree in postfix order: leaves, and ``(connector, negated, count)`` for each group."""
    stack: list[Any] = [q]
    out: list[Any] = []
    while stack:
        item = stack.pop()
        if isinstance(item, Q):
            out.append((item.connector, item.negated, len(item.children)))
            stack.extend(item.children)
        else:
            out.append(item)
    yield from reversed(out)


def _from_flat(items: tuple[Any, ...]) -> Q:
    stack: list[Any] = []
    for item in items:
        if isinstance(item, tuple):
            connector, negated, count = item
            first = len(stack) - count
            children = tuple(stack[first:])
            del stack[first:]
            stack.append(_fill(Q.__new__(Q), connector, negated, children))
        else:
            stack.append(item)
    return stack[0]  # type: ignore[no-any-return]
