"""The functions that the databases say alike."""

from __future__ import annotations

from .base import Functions

FUNCTIONS: Functions = {
    "||": "({0} || {1})",
    "COALESCE": "COALESCE({*})",
    "NULLIF": "NULLIF({0}, {1})",
    "GREATEST": "GREATEST({*})",
    "LEAST": "LEAST({*})",
    "ROW_NUMBER": "ROW_NUMBER()",
    "RANK": "RANK()",
}
