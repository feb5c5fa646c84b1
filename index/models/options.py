"""What can be chosen about running a model; imports nothing, so that settings can name it."""

from __future__ import annotations

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
