"""What can be chosen about running a model. Imports nothing heavy, because the settings import it."""

from __future__ import annotations

import os
from enum import StrEnum


class Backend(StrEnum):
    """What runs a model: EXPORTED is OpenVINO, REFERENCE sentence-transformers, AUTO the better one on this machine."""

    AUTO = "auto"
    EXPORTED = "exported"
    REFERENCE = "reference"


class Precision(StrEnum):
    """In which precision OpenVINO computes: AUTO is the fastest on this processor, F32 that of the reference."""

    AUTO = "auto"
    F32 = "f32"


def usable_threads() -> int:
    """Return how many of the processor's threads this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
