"""Does raw SQL leave something on the connection that its next user would find?"""

from __future__ import annotations

import re

_COMMENT = re.compile(r"\s*(?:--[^\n]*(?:\n|$)|/\*(?!!).*?\*/)", re.DOTALL)
_COMMANDS = re.compile(
    r"""\s*(?:
        SET|RESET|DISCARD|PREPARE|DEALLOCATE|DECLARE|LISTEN|UNLISTEN|LOAD|USE|HANDLER|PRAGMA
        |ATTACH|DETACH|LOCK\s+TABLES?|FLUSH|BEGIN|START|XA
        |CREATE\s+(?:OR\s+REPLACE\s+)?(?:GLOBAL\s+|LOCAL\s+)?TEMP(?:ORARY)?
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_WORDS = re.compile(
    r"\b(?:set_config|pg_(?:try_)?advisory_lock(?:_shared)?|get_lock)\s*\(|@\w+\s*:=|\binto\s+@"
    r"|\binto\s+temp",
    re.IGNORECASE,
)


def leaves_traces(sql: str) -> bool:
    """Whether a statement may change the session itself: a setting, a lock, a temporary table.

    It looks for the words by which that is done. One that is only mentioned, in a text perhaps,
    costs a new connection, and nothing else.
    """
    place = 0
    while found := _COMMENT.match(sql, place):
        place = found.end()
    return bool(_COMMANDS.match(sql, place) or _WORDS.search(sql))
