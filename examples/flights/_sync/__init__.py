# generated from examples/flights/_async/__init__.py by scripts/generate_sync.py;
# change that file, not this one
"""What happened on the flights of 2013, with ``covet.sync``?"""
