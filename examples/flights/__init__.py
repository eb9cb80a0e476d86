"""What happened on the 336,776 flights that left New York City in 2013?

The answers come from a database that covet fills and asks, in either colour and on any URL:

    python -m examples.flights._async sqlite:///flights.db
    python -m examples.flights._sync postgresql://postgres@127.0.0.1/flights

Reading order: ``_async/models.py`` (five tables), ``_async/load.py`` (fill them) and
``_async/questions.py`` (ask them). ``_sync/`` is the same text without async and await,
generated from ``_async/``. What never waits for a database stands beside the two: where the data
comes from, what its columns mean, and how answers are printed.
"""
