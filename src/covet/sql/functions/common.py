"""The functions that the databases say alike."""

from __future__ import annotations

from .base import Functions

FUNCTIONS: Functions = {
    "AS IS": "{0}",  # a parameter as a value of its type, as all arguments are
    "||": "({0} || {1})",
    "ROW_NUMBER": "ROW_NUMBER()",
    "RANK": "RANK()",
    "DENSE_RANK": "DENSE_RANK()",
    "PERCENT_RANK": "PERCENT_RANK()",
    "CUME_DIST": "CUME_DIST()",
    "NTILE": "NTILE({0})",
    "FIRST_VALUE": "FIRST_VALUE({0})",
    "LAST_VALUE": "LAST_VALUE({0})",
    "NTH_VALUE": "NTH_VALUE({*})",
    "LAG": "LAG({*})",
    "LEAD": "LEAD({*})",
}
