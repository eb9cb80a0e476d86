"""What can be known of one condition before it is asked?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..tables import TABLES, Column, World, table_at
from ..tree import Arithmetic, Condition, Constant, Expression, Path, paths


@dataclass(frozen=True)
class Leaf:
    """A condition on a table of a world, and what can be known of it."""

    world: World
    table: str
    condition: Condition

    @property
    def lookup(self) -> str:
        """The lookup's name."""
        return self.condition.lookup

    @property
    def column(self) -> Column | None:
        """The column on the left, if there is nothing but one."""
        left = self.condition.left
        return self.column_of(left) if isinstance(left, Path) else None

    def column_of(self, path: Path) -> Column | None:
        """A path's column; None for a key."""
        return TABLES[table_at(self.table, path.steps)].columns.get(path.column)

    @property
    def kinds(self) -> set[str]:
        """The kinds of all columns that it reads, and of the constants that it calculates with."""
        columns = (self.column_of(path) for path in paths(self.condition))
        found = {"key" if column is None else column.kind for column in columns}
        sides = [side for part in self.sums for side in (part.left, part.right)]
        if any(isinstance(s, Constant) and isinstance(s.value, Decimal) for s in sides):
            found.add("decimal")
        return found

    @property
    def constants(self) -> Sequence[Any]:
        """The values that it compares with."""
        right = self.condition.right
        if isinstance(right, Expression):
            return ()
        return right if isinstance(right, tuple | list) else (right,)

    @property
    def sums(self) -> list[Arithmetic]:
        """All arithmetic in it."""
        found: list[Arithmetic] = []
        todo = [self.condition.left, self.condition.right]
        while todo:
            if isinstance(part := todo.pop(), Arithmetic):
                found.append(part)
                todo += [part.left, part.right]
        return found

    def is_beyond(self) -> bool:
        """Whether it compares a column of whole numbers with one that it could not hold."""
        limits = {"integer": 2**31, "biginteger": 2**63}
        if self.column is None or self.column.kind not in limits:
            return False
        limit = limits[self.column.kind]
        return any(not -limit <= number < limit for number in self.constants if number is not None)

    def is_decided(self) -> bool:
        """Whether Django knows the answer without the database."""
        nothing = self.lookup == "in" and all(member is None for member in self.constants)
        return nothing or self.is_beyond()

    def is_small(self) -> bool:
        """Whether all numbers in its arithmetic are, so that no product of three is a long one."""
        read = [path for sum in self.sums for path in paths(sum)]
        numbers = [
            row[path.column]
            for path in read
            for row in self.world.rows[table_at(self.table, path.steps)]
        ]
        return all(number is None or abs(number) < 1000 for number in numbers)
