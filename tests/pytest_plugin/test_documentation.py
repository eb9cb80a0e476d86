"""Do the tests of the page on testing pass?"""

from __future__ import annotations

import re
from pathlib import Path

from .conftest import ASYNC, Run

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "testing.md"
BLOCKS = re.compile(r"^```python(?P<words>[^\n]*)\n(?P<code>.*?)^```$", re.M | re.S)


def test_the_tests_of_the_page_pass(project: Run, colour: str) -> None:
    blocks = BLOCKS.findall(PAGE.read_text())
    meant = [code for words, code in blocks if not words.strip() or colour in words.split()]
    source = "\n\n".join(meant)

    result = project(source, "-ocovet_n_plus_one=raise")

    result.assert_outcomes(passed=len(re.findall(r"^(?:async )?def test_", source, re.M)))
    assert len(blocks) == len(meant) + (0 if colour == ASYNC else 2)
