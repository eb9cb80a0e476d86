"""What does Django answer to the same questions, on the very rows that covet wrote?

A second oracle, written by others: Django itself, in this process, with models on the tables that
the covet models of the tests made.

- ``ready``: Django, configured in this process.
- ``models``: its models.
- ``connecting``: Django's own connection to the test's database.
- ``saying``: a condition of the oracle in Django's words.
- ``differences``: where covet is meant to answer otherwise, and why; the only table of these.
- ``leaf``: what that table may ask about a condition.
- ``verdicts``: which rows the two must agree about, in the light of that table.

To widen it with the oracle: a new node of ``tree`` has its line in ``saying`` and ``verdicts``; a
new lookup on which Django differs has one in ``differences``.
"""

from . import ready as ready  # before anything else here: models need settings
