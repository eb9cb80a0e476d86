"""What do type checkers make of what watches queries?

A line with ``# type: ignore[…]`` is a mistake that both checkers must find: a comment that silences
nothing is an error itself.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from typing import Any, assert_type

from covet import NPlusOneDetector, detect_n_plus_one
from covet.watch import Finding


@detect_n_plus_one(threshold=3, action="warn", allow=["Post.author"])
def page(number: int) -> str:
    return str(number)


@NPlusOneDetector()
async def slow_page(number: int) -> bytes:
    return bytes(number)


async def what_a_decorated_function_gives() -> None:
    assert_type(page(1), str)
    assert_type(await slow_page(number=1), bytes)
    page("1")  # type: ignore[arg-type]


async def what_a_block_gives() -> None:
    with detect_n_plus_one() as detector:
        assert_type(detector, NPlusOneDetector)
    async with NPlusOneDetector(unused=False) as other:
        assert_type(other.findings, list[Finding])
    assert_type(other.findings[0].as_dict(), dict[str, Any])
    detect_n_plus_one(action="print")  # type: ignore[arg-type]
