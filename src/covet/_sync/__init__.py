# generated from src/covet/_async/__init__.py by scripts/generate_sync.py;
# change that file, not this one
"""Where it happens: everything that waits for a database."""
