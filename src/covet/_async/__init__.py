"""Where it happens: everything that waits for a database."""
