"""covet's signals for async code: what happens to instances, for whoever wants to know."""

from __future__ import annotations

from .._async.signals import (
    Signal,
    m2m_changed,
    post_delete,
    post_init,
    post_save,
    pre_delete,
    pre_init,
    pre_save,
)
from ..watch.receivers import WrongReceiver, receiver

__all__ = [
    "Signal",
    "WrongReceiver",
    "m2m_changed",
    "post_delete",
    "post_init",
    "post_save",
    "pre_delete",
    "pre_init",
    "pre_save",
    "receiver",
]
