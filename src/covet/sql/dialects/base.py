"""How do databases differ? A dialect is a list of answers, and the few texts that vary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from ...errors import FieldError, NotSupportedError, QueryTooComplex, short

LONGEST_NAME = 63


class Server(NamedTuple):
    """What a connected server is: its product, its version and the features found in it."""

    product: str
    version: tuple[int, ...]
    features: frozenset[str] = frozenset()


class Dialect:
    """The answers that hold unless a database says otherwise.

    Attributes:
        name: ``"sqlite"``, ``"postgresql"`` or ``"mysql"`` (which stands for MariaDB too).
        placeholder: what stands for a parameter in SQL text.
        server: what is known of the connected server, None before the first connection.
    """

    name: ClassVar[str]
    placeholder: ClassVar[str] = "%s"
    quote: ClassVar[str] = '"'

    # SQL that a database has or lacks
    returning_on_insert = True
    array_parameters = False  # `= ANY(%s)`: one text for every length of list
    bulk_insert_by_unnest = False  # one array a column instead of one parameter a value
    foreign_keys_inline = False  # a key may name a table that does not exist yet
    limit_all = ""  # what stands for "no limit" where an OFFSET needs a LIMIT
    default_values = "DEFAULT VALUES"  # an INSERT without any column
    null_ordering = True  # has NULLS FIRST / NULLS LAST
    nulls_are_smallest = True  # where NULLs sort without being told
    table_comments = False

    # limits of the server
    most_parameters: int | None = None
    deepest_condition = 200
    most_rows_per_insert = 1000

    def __init__(self, server: Server | None = None) -> None:
        self.server = server

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.server or 'not connected'}>"

    def quoted(self, name: str) -> str:
        """An identifier as SQL text. Names come from models and checked aliases only.

        Raises:
            FieldError: the name is empty, longer than 63 bytes or holds a control character.
        """
        if not name or len(name.encode()) > LONGEST_NAME or not name.isprintable():
            raise FieldError(
                f"{short(name)} cannot name a table, a column or a constraint",
                fix=f"Use 1 to {LONGEST_NAME} bytes of printable characters.",
            )
        text = name.replace(self.quote, self.quote * 2)
        if self.placeholder == "%s":
            text = text.replace("%", "%%")
        return f"{self.quote}{text}{self.quote}"

    def check_depth(self, depth: int) -> None:
        """Refuse a condition nested deeper than the server's parser can take.

        Raises:
            QueryTooComplex: it is.
        """
        if depth > self.deepest_condition:
            raise QueryTooComplex(
                f"The condition alternates AND, OR and NOT over {depth} levels; "
                f"{self.name} takes {self.deepest_condition}",
                fix="Split it, or flatten it with Q(a) | Q(b) | … on one level.",
            )

    def unsupported(self, feature: str, alternative: str) -> NotSupportedError:
        """The error for a feature that this database cannot have at all."""
        return NotSupportedError(f"{self.name} has no {feature}", fix=alternative)

    def list_fits(self, members: Sequence[Any]) -> bool:
        """Whether a list can be written as one parameter each."""
        return True
