"""A build in a process of its own, which trials kill; it prints when it begins and when it is done.

python -m tests.programs.trial_build_process ARTICLES INDEX
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.programs.trials import build_edition

if __name__ == "__main__":
    print("building", flush=True)
    build_edition(Path(sys.argv[1]), Path(sys.argv[2]))
    print("built", flush=True)
