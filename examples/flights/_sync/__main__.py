# generated from examples/flights/_async/__main__.py by scripts/generate_sync.py;
# change that file, not this one
"""What does ``python -m`` run?"""

from __future__ import annotations

from ..command import main
from .run import tell

if __name__ == "__main__":
    main(tell)
