"""What is known of a shape of query on a dialect: its SQL, and how values become parameters."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..errors import QueryTooComplex
from .binding import as_it_is
from .dialects import Dialect
from .hidden import sensitive, sensitive_names
from .text import SQL, Bind, ListSlot, Slot, ValueSlot


class Segment(NamedTuple):
    """A stretch of text that is the same for all values, and what fills its placeholders."""

    text: str
    slots: tuple[tuple[int, Bind], ...]
    hidden: tuple[int, ...]


class Statement:
    """A compiled statement: one text for all values, or one for each length of its lists.

    Attributes:
        text: the SQL; of a statement with lists, that of its first segment.
    """

    __slots__ = (
        "_constants",
        "_dialect",
        "_lists",
        "_names",
        "_segments",
        "_slots",
        "text",
    )

    def __init__(self, pieces: SQL, dialect: Dialect, grouped: bool = False) -> None:
        self._dialect = dialect
        self._names = _repeated(pieces) if grouped and dialect.names_repeated else None
        self._constants, self._segments = _segments(pieces, dialect, self._names)
        first = self._segments[0]
        assert isinstance(first, Segment)
        self.text, self._slots = first.text, first.slots
        hides = any(not isinstance(piece, str) and piece.hidden for piece in pieces)
        self._lists = hides or len(self._segments) > 1

    def bind(self, values: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
        """The SQL and its parameters for the values of one query.

        Raises:
            ValidationError: a value that its field does not accept; no SQL is sent.
            QueryTooComplex: more parameters than the server takes.
        """
        if self._constants:
            values += self._constants
        if self._lists:
            return self._bind_lists(values)
        if self._names is not None:
            return self.text, self._named([bind(values[n]) for n, bind in self._slots])
        return self.text, tuple([bind(values[n]) for n, bind in self._slots])

    def _named(self, params: list[Any]) -> Any:
        """Parameters by their names, where some stand in several places."""
        assert self._names is not None
        return dict(zip(self._names, params, strict=True))

    def _bind_lists(self, values: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
        texts: list[str] = []
        params: list[Any] = []
        names = list(self._names or ())  # those of the members of lists go between them
        hidden: list[int] = []
        for segment in self._segments:
            before = len(params)
            if isinstance(segment, Segment):
                texts.append(segment.text)
                params += [bind(values[n]) for n, bind in segment.slots]
            elif isinstance(segment, ValueSlot):
                text, bound = self._made(segment.make(values[segment.place]))
                texts.append(text)
                params += bound
            else:
                members = segment.bind(values[segment.place])
                if self._names is not None:
                    own = [f"m{len(params) + n}" for n in range(len(members))]
                    names[len(params) : len(params)] = own
                    text, bound = _named_list(own), members
                elif segment.width > 1:
                    text, bound = self._dialect.rows_text(members, segment.width)
                else:
                    text, bound = self._dialect.list_text(members, segment.template)
                texts.append(text)
                params += bound
            if isinstance(segment, Segment):
                hidden += [before + n for n in segment.hidden]
            elif segment.hidden:
                hidden += range(before, len(params))
        most = self._dialect.most_parameters
        if most is not None and len(params) > most:
            raise QueryTooComplex(
                f"The statement has {len(params)} parameters; {self._dialect.name} takes {most}",
                fix="Ask for the list in several parts.",
            )
        if self._names is not None:
            named: Any = dict(zip(names, params, strict=True))
            return "".join(texts), sensitive_names(named, names, hidden)
        return "".join(texts), sensitive(params, hidden)

    def _made(self, pieces: SQL) -> tuple[str, list[Any]]:
        """The text and the parameters of a piece that was made of a value."""
        slots = [piece for piece in pieces if isinstance(piece, Slot)]
        placeholder = self._dialect.placeholder
        texts = (
            piece.template.replace("{p}", placeholder) if isinstance(piece, Slot) else str(piece)
            for piece in pieces
        )
        return "".join(texts), [slot.bind(None) for slot in slots]


def _named_list(names: list[str]) -> str:
    """A list behind ``IN`` whose members have names; ``(NULL)``, which nothing equals, if empty."""
    return f"({', '.join(f'%({name})s' for name in names) or 'NULL'})"


def _repeated(pieces: SQL) -> list[str] | None:
    """The name of each parameter in turn, if one of them is the same as another one.

    What a query is grouped by is only known again with the same parameter in it.
    """
    slots = [piece for piece in pieces if isinstance(piece, Slot)]
    numbers: dict[int, int] = {}
    names = [f"p{numbers.setdefault(id(slot), len(numbers))}" for slot in slots]
    return names if len(numbers) < len(slots) else None


def _segments(
    pieces: SQL, dialect: Dialect, names: list[str] | None
) -> tuple[tuple[Any, ...], tuple[Segment | ListSlot | ValueSlot, ...]]:
    """The constants of a statement, and its text cut where lists go.

    Constants stand behind the values, so they are counted from the end.
    """
    slots = [piece for piece in pieces if isinstance(piece, Slot)]
    constants = [slot.bind(None) for slot in slots if slot.place is None]
    segments: list[Segment | ListSlot | ValueSlot] = []
    texts: list[str] = []
    places: list[tuple[int, Bind]] = []
    hidden: list[int] = []
    used = 0
    naming = iter(names or ())
    for piece in pieces:
        if isinstance(piece, str):
            texts.append(piece)
        elif isinstance(piece, ListSlot | ValueSlot):
            segments += [Segment("".join(texts), tuple(places), tuple(hidden)), piece]
            texts, places, hidden = [], [], []
        else:
            placeholder = f"%({next(naming)})s" if names else dialect.placeholder
            texts.append(piece.template.replace("{p}", placeholder))
            if piece.hidden:
                hidden.append(len(places))
            if piece.place is None:
                places.append((used - len(constants), as_it_is))
                used += 1
            else:
                places.append((piece.place, piece.bind))
    segments.append(Segment("".join(texts), tuple(places), tuple(hidden)))
    return tuple(constants), tuple(segments)
