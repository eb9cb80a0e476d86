#!/usr/bin/env python
"""Generate the sync twins (src, tests, examples); with --check, fail where one is not its source's.

The rules and the work are in covet.cli.twin.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The working tree's own rules, whether or not covet is installed.
sys.path.insert(0, str(ROOT / "src"))

from covet.cli.twin import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(ROOT))
