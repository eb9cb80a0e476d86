"""What is the SQL of a function? A template, or something that makes it of the arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from ...query import ast
from ..text import SQL, separated, sql

if TYPE_CHECKING:
    from ..dialects.base import Dialect

Said: TypeAlias = "str | Callable[[Dialect, ast.Call, list[SQL]], SQL]"
Functions: TypeAlias = Mapping[str, Said]
"""From the name of a function to ``"LOWER({0})"``, ``"COALESCE({*})"`` or what makes its SQL."""

PLACE = re.compile(r"\{(\d+|\*)\}")


def filled(template: str, arguments: list[SQL]) -> SQL:
    """A template with the arguments in their places."""
    texts = PLACE.split(template)
    found: list[SQL] = []
    for n, text in enumerate(texts):
        if n % 2 == 0:
            found.append((text,) if text else ())
        elif text == "*":
            found.append(separated(", ", arguments))
        else:
            found.append(arguments[int(text)])
    return sql(*found)
