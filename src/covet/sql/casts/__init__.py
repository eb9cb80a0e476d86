"""How does each database cast a value? Tables from two types to the SQL between them.

A text of a value is the same everywhere, and so is what a text is read as; what cannot be read is
an error of the server's, which becomes a ``DataError``.
"""
