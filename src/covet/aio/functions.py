"""The functions of the database, by the names they have in ``django.db.models.functions``."""

from __future__ import annotations

from ..functions import *  # noqa: F403
from ..functions import __all__ as __all__
