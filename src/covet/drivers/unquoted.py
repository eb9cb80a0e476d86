"""What is said of a database's refusal where its words may quote values that are not to be shown?

PostgreSQL and MariaDB name the value that a constraint or a type refuses. Of statements with values
of ``sensitive=True`` fields no more is passed on than which rule was broken.
"""

from __future__ import annotations

import re

from ..errors import CovetError, DataError, IntegrityError
from ..sql.hidden import HIDDEN, hides
from .base import AsyncConnection, SyncConnection

UNSAID = "The database refused a value; its words are not shown, as the statement has hidden values"

# What servers quote of the row that breaks a rule; the rule's own name stands outside of it.
_QUOTED = (
    (re.compile(r": Key \(.*", re.S), ""),
    (re.compile(r"Duplicate entry '.*' for key", re.S), f"Duplicate entry {HIDDEN} for key"),
)


def translated(
    connection: AsyncConnection | SyncConnection, error: BaseException, params: object
) -> CovetError | None:
    """covet's error for a driver's, None for any other.

    The driver's is its cause, unless values of the statement are hidden, as it has the same words.

    Args:
        connection: the connection that the error came from.
        error: any error.
        params: the parameters of the statement.
    """
    ours = connection.translate(error)
    if ours is None:
        return None
    if not hides(params):
        ours.__cause__ = error
        return ours
    found = type(ours)(_unquoted(ours), fix=ours.fix)
    found.__cause__ = None  # which also keeps the error that is handled out of the traceback
    return found


def _unquoted(error: CovetError) -> str:
    if isinstance(error, DataError):
        return UNSAID
    text = error.wrong
    if isinstance(error, IntegrityError):
        for quoted, instead in _QUOTED:
            text = quoted.sub(instead, text)
    return text
