"""Where it happens: everything that waits."""
