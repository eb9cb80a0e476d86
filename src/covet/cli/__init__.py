"""What can be asked of covet from a shell?

This file imports nothing, on purpose: the twin generator is run when ``_sync`` is missing or
broken, and must not need it to start.
"""
