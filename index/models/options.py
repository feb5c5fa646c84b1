"""What can be chosen about running a model; imports nothing heavy, so that settings can name it."""

from __future__ import annotations

import os
from enum import StrEnum


class Backend(StrEnum):
    """What runs a model: OpenVINO, sentence-transformers, or the better one for this machine."""

    AUTO = "auto"
    EXPORTED = "exported"
    REFERENCE = "reference"


class Precision(StrEnum):
    """How exactly an exported model is computed: as is fastest on this processor, or as the reference does."""

    AUTO = "auto"
    F32 = "f32"


def usable_threads() -> int:
    """Return how many of the processor's threads this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
