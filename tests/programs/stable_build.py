"""A build as a process, to be killed: `python -m tests.programs.stable_build ARTICLES INDEX`; prints when it begins."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.programs.trials import build_edition

if __name__ == "__main__":
    print("building", flush=True)
    build_edition(Path(sys.argv[1]), Path(sys.argv[2]))
    print("built", flush=True)
