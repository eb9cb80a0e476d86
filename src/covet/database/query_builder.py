"""SQL of tables without models: the path that earlier versions had it at."""

from ..query_builder import *  # noqa: F403
from ..query_builder import __all__ as __all__
