"""What does ``python -m`` run?"""

from __future__ import annotations

from ..command import main
from .run import tell

if __name__ == "__main__":
    main(tell)
