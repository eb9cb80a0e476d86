"""What does covet promise while tasks are cancelled, networks fail and servers go away?

The tools: ``cancelling`` (at the n-th await), ``network`` (a proxy that misbehaves),
``witness`` (what the server sees).
"""
