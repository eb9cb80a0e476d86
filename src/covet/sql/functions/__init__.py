"""How does each database say its functions? Tables from a function's name to its SQL."""
