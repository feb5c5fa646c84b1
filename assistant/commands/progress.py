"""Progress bars for a person at a terminal; nothing is drawn anywhere else."""

from __future__ import annotations

import sys

from index.builder import StartProgress
from index.models.encoder import Advance


def progress_bar(what: str) -> StartProgress:
    """Return what starts a bar on stderr, with rate and time left; silent where stderr is not a terminal."""

    def start(total: int) -> Advance:
        from tqdm import tqdm

        bar = tqdm(total=total, desc=what, unit=" passages", file=sys.stderr, disable=not sys.stderr.isatty())
        return bar.update

    return start
