"""Which statements ran when? Bars under one another where they ran at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

from .records import Statement

MOST_LANES = 12
LANE = 20
BAR = 14
NARROWEST = 0.3  # per cent of the width, so that it can be seen


@dataclass(frozen=True, slots=True)
class Bar:
    """A statement's bar.

    Attributes:
        statement: the statement.
        x: where it begins, in per cent of the width.
        width: in per cent of the width.
        y: in pixels from above.
    """

    statement: Statement
    x: float
    width: float
    y: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment that is written on the axis; ``x`` in per cent of the width."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is drawn.

    Attributes:
        bars: the statements.
        ticks: the axis.
        height: of the bars together, in pixels.
        lanes: how many statements ran at once at most.
        bar: how high a bar is, in pixels.
    """

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    height: int
    lanes: int
    bar: int = BAR


def timeline(statements: Sequence[Statement], seconds: float) -> Timeline:
    """The time line of a request that took so many seconds."""
    whole = max([seconds, *(one.end for one in statements)]) or 1.0
    lanes = lanes_of(statements)
    bars = []
    for one in statements:
        width = max(one.seconds / whole * 100, NARROWEST)
        x = min(one.offset / whole * 100, 100 - width)
        y = min(lanes[one.number], MOST_LANES - 1) * LANE + (LANE - BAR) // 2
        bars.append(Bar(one, round(x, 3), round(width, 3), y))
    many = max(lanes.values(), default=0) + 1
    return Timeline(tuple(bars), ticks(whole), min(many, MOST_LANES) * LANE, many)


def lanes_of(statements: Sequence[Statement]) -> dict[int, int]:
    """For each statement's number the first lane that is free when it begins, from 0."""
    free_from: list[float] = []
    found: dict[int, int] = {}
    for one in sorted(statements, key=lambda one: one.offset):
        lane = next((n for n, end in enumerate(free_from) if end <= one.offset), len(free_from))
        free_from[lane : lane + 1] = [one.end]
        found[one.number] = lane
    return found


def ticks(whole: float) -> tuple[Tick, ...]:
    """Round moments, three to six of them: 0, 50 ms, 100 ms …"""
    rough = whole / 4
    power = 10.0 ** floor(log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough)
    count = floor(whole / step + 1e-9)
    return tuple(Tick(round(n * step / whole * 100, 3), moment(n * step)) for n in range(count + 1))


def moment(seconds: float) -> str:
    """A moment as the axis has it."""
    if seconds == 0:
        return "0"
    return f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:g} ms"
