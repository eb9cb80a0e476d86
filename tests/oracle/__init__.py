"""What should a query answer? Random data and conditions, and a reference that works them out.

- ``tables``: the two tables, in words that neither colour nor database knows.
- ``tree``: what a condition or an expression can be.
- ``meaning``: what a lookup, a transform or an operator means for two values.
- ``reference``: which rows a condition keeps, in memory and with three-valued logic.
- ``saying``: the same condition in covet's words, ``Q`` and ``F``.
- ``story``: what a failure tells.
- ``grouping``, ``ranking``, ``combining``: what aggregates, windows and set operations give.
- ``aggregates``: calls with aggregates, said alike in the words of covet and of Django.
- ``django_twin``: Django, asked the same.
- ``strategies``: random data, conditions, orderings and changes.

To widen the language, give a new node of ``tree`` its line in ``reference``, ``saying`` and
``strategies``. A new lookup on values is one line in ``meaning`` and one in ``strategies.leaves``.
"""
