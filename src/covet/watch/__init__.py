"""Who is looking at what is sent to the databases? Trackers, budgets, observers and loggers."""

from .budgets import assert_num_queries, query_budget
from .events import Query
from .findings import Finding
from .logs import log_slow_queries
from .n_plus_one import NPlusOneDetector, detect_n_plus_one
from .observers import (
    ConnectEvent,
    PoolEvent,
    TransactionEvent,
    on_connect,
    on_pool,
    on_query,
    on_transaction,
)
from .reasons import Asked, Load
from .sites import Site
from .tracker import QueryTracker, capture_queries

__all__ = [
    "Asked",
    "ConnectEvent",
    "Finding",
    "Load",
    "NPlusOneDetector",
    "PoolEvent",
    "Query",
    "QueryTracker",
    "Site",
    "TransactionEvent",
    "assert_num_queries",
    "capture_queries",
    "detect_n_plus_one",
    "log_slow_queries",
    "on_connect",
    "on_pool",
    "on_query",
    "on_transaction",
    "query_budget",
]
