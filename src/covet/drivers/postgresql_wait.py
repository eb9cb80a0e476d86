"""How does an event loop wait for PostgreSQL? With one future a wait and no timers.

psycopg's own ``wait()`` adds a reader, a timer and a removal to each wait, more than a third of
the time that a small query takes. This one does the same job with the least that asyncio offers.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus
from psycopg.waiting import Ready, Wait, wait_async

ACTIVE = TransactionStatus.ACTIVE
# How long a cancelled query may take to end before its connection is given up.
CANCEL_WITHIN = 1.0


class WaitingConnection(psycopg.AsyncConnection[Any]):
    """psycopg's connection with a cheaper wait."""
