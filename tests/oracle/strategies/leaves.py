"""Which conditions are tried? A new lookup is a line in ``LOOKUPS`` or ``PARTS``.

What a condition compares with is mostly taken from the data, so that it is true of some rows and
not of others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from ..meaning import TRANSFORMS
from ..tables import TABLES, Column, Row, ToOne, table_at
from ..tree import Condition, Expression, Group, Negation, Path, Query, Transform, Tree, negate
from .draw import Draw, mostly
from .places import NUMBERS, ORDER, PARTS, Place, wordings
from .sums import calculated
from .values import HUGE, LETTERS, SPECIAL, VALUES, ZONES, small_integers, values

COMPARING = ("exact", *ORDER, "in", "range", "isnull")
CONTAINING = ("contains", "startswith", "endswith")
FOLDED = ("iexact", "icontains", "istartswith", "iendswith")
TEXTUAL = (*COMPARING, *CONTAINING, *FOLDED, "regex", "iregex")

LOOKUPS: Mapping[str, Sequence[str]] = {
    "boolean": ("exact", "in", "isnull"),
    "line": TEXTUAL,
    "text": TEXTUAL,
}

TEXTS = ("line", "text")
OTHERS = ("boolean", "date", "datetime", "time", "duration", "uuid", "binary")
COMPARABLE: Sequence[Sequence[str]] = (
    ("integer", "float", "decimal"),
    ("integer", "biginteger", "decimal"),  # beside a float, 64 bits do not fit
    ("line", "text"),
    *((kind,) for kind in ("key", "boolean", "date", "time", "datetime", "duration")),
    *((kind,) for kind in ("uuid", "binary")),
)
"""Kinds whose columns can stand on both sides of a comparison."""


def conditions(places: Sequence[Place]) -> st.SearchStrategy[Condition]:
    """One leaf, of any form."""
    return st.sampled_from(places).flatmap(
        lambda place: st.one_of(
            columns(place, TEXTS),
            columns(place, NUMBERS),
            columns(place, OTHERS),
            parts(place),
            keys(place),
            columns_compared(place, places),
            calculated(places),
        )
    )


@st.composite
def columns(draw: Draw[Any], place: Place, kinds: Sequence[str]) -> Condition:
    """A column compared with a value: ``posts__title__icontains="a"``."""
    path, column = draw(st.sampled_from(place.columns(kinds)))
    lookup = draw(st.sampled_from(LOOKUPS.get(column.kind, COMPARING)))
    value = place.values(path, column)
    return Condition(path, lookup, draw(operands(column, lookup, value)), draw(wordings(path)))


def operands(column: Column, lookup: str, value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What stands on the right side of a lookup of a column."""
    if lookup == "isnull":
        return st.booleans()
    if lookup in CONTAINING or lookup in FOLDED:
        return value.flatmap(pieces)
    if lookup in ("regex", "iregex"):
        return regexes(anchored_at_end=column.kind == "line")
    if column.kind in IN_OTHER_WORDS:
        value = mostly(value, IN_OTHER_WORDS[column.kind](value))
    if lookup == "range":
        return st.tuples(value, value)
    if lookup == "in":
        return st.lists(st.none() | value, max_size=4).map(tuple) | st.lists(value, max_size=3)
    if lookup == "exact":
        return st.none() | value
    return value | FRACTIONS if column.kind in ("integer", "biginteger") else value


FRACTIONS = st.sampled_from((-1.5, 0.5, 2.5, Decimal("0.1"), Decimal("-2.9")))


def in_some_zone(moment: datetime) -> st.SearchStrategy[datetime]:
    """The same moment in some time zone."""
    if not 1 < moment.year < 9999:
        return st.just(moment)
    return st.sampled_from(ZONES).map(moment.astimezone)


IN_OTHER_WORDS: Mapping[str, Callable[[st.SearchStrategy[Any]], st.SearchStrategy[Any]]] = {
    "integer": lambda value: st.sampled_from(HUGE),
    "biginteger": lambda value: st.sampled_from(HUGE),
    "float": lambda value: small_integers | st.sampled_from(HUGE),
    "decimal": lambda value: small_integers | st.sampled_from(HUGE),
    "datetime": lambda value: value.flatmap(in_some_zone),
}
"""Values of other Python types, or beyond the column's, that a column is compared with as well."""


@st.composite
def pieces(draw: Draw[Any], text: str) -> str:
    """A part of a text, now and then in the other case."""
    start = draw(st.integers(0, len(text)))
    stop = draw(st.integers(start, len(text)))
    piece = text[start:stop]
    swapped: bool = draw(st.integers(0, 2).map(lambda n: n == 2))
    return piece.swapcase() if swapped else piece


@st.composite
def regexes(draw: Draw[Any], anchored_at_end: bool) -> str:
    """A regular expression in what all databases and Python have in common.

    ``.`` and ``$`` differ where a text has line breaks, so they are left to texts without.
    """
    letter = st.sampled_from(LETTERS + SPECIAL).map(escaped)
    several = st.lists(st.sampled_from(LETTERS + "%_1 "), min_size=1, max_size=3, unique=True)
    one_of = several.map("".join)
    atom = st.one_of(
        letter,
        one_of.map("[{}]".format),
        one_of.map("[^{}]".format),
        st.tuples(letter, letter).map("({0[0]}|{0[1]})".format),
        *([st.just(".")] if anchored_at_end else []),
    )
    atoms = draw(st.lists(st.tuples(atom, st.sampled_from(("", "", "*", "+", "?"))), max_size=3))
    body = "".join(atom + times for atom, times in atoms) or draw(letter)
    start = draw(st.sampled_from(("", "", "^")))
    end = draw(st.sampled_from(("", "", "$"))) if anchored_at_end else ""
    return f"{start}{body}{end}"


def escaped(letter: str) -> str:
    """A letter that means itself in a regular expression of every database."""
    return f"\\{letter}" if letter in "\\^$.|?*+()[]{}" else letter


@st.composite
def keys(draw: Draw[Any], place: Place) -> Condition:
    """A relation, or a key: ``author=1``, ``posts__isnull=True``, ``author_id__in=[1]``."""
    own = [Path(place.steps, "pk"), Path(place.steps, "id")]
    related = [
        Path((*place.steps, name), "")
        for name, to in TABLES[place.table].relations.items()
        if place.to_many or isinstance(to, ToOne)
    ]
    held = [
        Path(place.steps, f"{name}_id")
        for name, to in TABLES[place.table].relations.items()
        if isinstance(to, ToOne)
    ]
    path = draw(st.sampled_from([*related, *held, *own]))
    lookup = draw(st.sampled_from(("isnull", "exact", "in", "isnull", "gt")))
    known = [row["id"] for name in TABLES for row in place.world.rows[name]]
    value = mostly(st.sampled_from(known), VALUES["key"]) if known else VALUES["key"]
    key = {"isnull": st.booleans(), "in": st.lists(st.none() | value, max_size=3)}
    said: Any = draw(wordings(path)) if path.column else "keyword"
    operand = st.none() | value if lookup == "exact" else key.get(lookup, value)
    return Condition(path, lookup, draw(operand), said)


@st.composite
def of_one_row(draw: Draw[Any], place: Place, row: Row) -> Condition:
    """A condition that is true of one row, and of few others."""
    known = [name for name in TABLES[place.table].columns if row[name] is not None]
    name = draw(mostly(st.just("id"), st.sampled_from(known)))
    return Condition(Path(place.steps, name), "exact", row[name])


@st.composite
def parts(draw: Draw[Any], place: Place) -> Condition:
    """A part of a moment: ``posts__posted__year__gte=2000``."""
    path, column = draw(st.sampled_from(place.columns(tuple(PARTS))))
    name = draw(st.sampled_from(PARTS[column.kind]))
    moment = place.values(path, column)
    left = Transform(name, path)
    numbers = [number for number, _ in place.columns(("integer",))]
    if name not in ("date", "time") and draw(st.integers(0, 4)) == 4:
        one, other = draw(st.permutations([left, draw(st.sampled_from(numbers))]))
        return Condition(one, draw(st.sampled_from(("exact", *ORDER))), other, "f")
    inner = Column({"date": "date", "time": "time"}.get(name, "part"))
    lookup = draw(st.sampled_from(("exact", *COMPARING)))
    value = moment.map(TRANSFORMS[name])
    said = draw(st.sampled_from(("keyword", "f")))
    return Condition(left, lookup, draw(operands(inner, lookup, value)), said)


@st.composite
def columns_compared(draw: Draw[Any], place: Place, places: Sequence[Place]) -> Condition:
    """A column compared with another: ``views__gt=F("author__score")``."""
    kinds = draw(st.sampled_from([k for k in COMPARABLE if place.columns(k)]))
    left, column = draw(st.sampled_from(place.columns(kinds)))
    other = draw(st.sampled_from([p for p in places if p.columns(kinds)]))
    right, _ = draw(st.sampled_from(other.columns(kinds)))
    lookups: Sequence[str] = ("exact",) if column.kind == "boolean" else ("exact", *ORDER)
    if column.kind in ("line", "text"):
        lookups = (*lookups, *CONTAINING, *FOLDED)
    return Condition(left, draw(st.sampled_from(lookups)), right, draw(wordings(left)))


@st.composite
def revalued(draw: Draw[Any], table: str, tree: Tree) -> Tree:
    """The same condition with other values: a query of the same shape, which shares its plan."""
    match tree:
        case Group(connector, children):
            return Group(connector, tuple(draw(revalued(table, child)) for child in children))
        case Negation(inner):
            return negate(draw(revalued(table, inner)))
        case Condition(Path(steps, name), lookup, right, said):
            column = TABLES[table_at(table, steps)].columns.get(name)
            if column is None or isinstance(right, Expression | Query):
                return tree
            other = draw(operands(column, lookup, values(column)))
            return Condition(tree.left, lookup, other, said)
    return tree
