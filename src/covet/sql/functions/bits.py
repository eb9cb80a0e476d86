"""How does each database calculate with bits? Whole numbers have 64 of them, the first is the sign.

Bits that are moved beyond the first are lost; from the left come copies of the sign. To move by
less than no place gives NULL.
"""

from __future__ import annotations

from collections.abc import Mapping

Bits = Mapping[str, str]

SQLITE: Bits = {
    "&": "({0} & {1})",
    "|": "({0} | {1})",
    "#": "(({0} | {1}) & ~({0} & {1}))",
    "<<": "CASE WHEN {1} >= 0 THEN {0} << {1} END",
    ">>": "CASE WHEN {1} >= 0 THEN {0} >> {1} END",
}

# The server takes the number of places modulo 64.
POSTGRESQL: Bits = {
    "&": "({0} & {1})",
    "|": "({0} | {1})",
    "#": "({0} # {1})",
    "<<": "CASE WHEN {1} BETWEEN 0 AND 63 THEN {0} << ({1})::integer "
    "WHEN {1} > 63 THEN {0} & 0 END",
    ">>": "CASE WHEN {1} BETWEEN 0 AND 63 THEN {0} >> ({1})::integer "
    "WHEN {1} > 63 THEN {0} >> 63 END",
}

# The server's results have no sign, and of the number of places it takes 32 bits.
MYSQL: Bits = {
    "&": "CAST({0} & {1} AS SIGNED)",
    "|": "CAST({0} | {1} AS SIGNED)",
    "#": "CAST({0} ^ {1} AS SIGNED)",
    "<<": "CASE WHEN {1} >= 0 THEN CAST({0} << LEAST({1}, 64) AS SIGNED) END",
    ">>": "CASE WHEN {1} < 0 THEN NULL "
    "WHEN {0} < 0 THEN CAST(~(~{0} >> LEAST({1}, 64)) AS SIGNED) "
    "ELSE CAST({0} >> LEAST({1}, 64) AS SIGNED) END",
}
