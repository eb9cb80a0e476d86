"""How does a user's value look in a message?"""

from __future__ import annotations

from reprlib import Repr

from ..errors import LONGEST_REPR, short

_brief = Repr()
_brief.maxstring = _brief.maxother = LONGEST_REPR


def shown(value: object) -> str:
    """A value for a message: short, on one line, and never an error of its own."""
    try:
        if isinstance(value, (bytes, bytearray)):
            value = value[: LONGEST_REPR + 1]
        text = _brief.repr(value) if isinstance(value, (list, tuple, dict, set)) else short(value)
    except Exception:  # a huge int, a deep list, or a __repr__ of the user's that fails
        return f"a value of type {type(value).__name__}"
    return text if text.isprintable() else repr(text)[1:-1][:LONGEST_REPR]
