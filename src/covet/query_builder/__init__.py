"""SQL of tables without models: ``Query("posts").select("title").where(views__gt=3)``.

A query is run by ``db.fetch(query)`` and ``db.execute(query)``, or given as text and parameters by
``query.sql("postgresql")``. It takes all expressions, functions and aggregates that querysets take;
they can be imported from here too.
"""

from __future__ import annotations

from .. import expressions
from ..expressions import *  # noqa: F403
from .query import Query

__all__ = ["Query"]
__all__ += expressions.__all__
