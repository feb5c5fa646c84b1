"""Memory that is no longer needed, and how it gets back to the system."""

from __future__ import annotations

import contextlib
import ctypes
import gc


def give_back() -> None:
    """Give the memory of what is no longer used back to the system, where the C library can; glibc keeps it else.

    That is the heap between blocks that are still used: training leaves gigabytes of it.
    """
    gc.collect()  # torch's modules refer to one another
    with contextlib.suppress(OSError, AttributeError, TypeError):  # another C library, or none that can be opened
        ctypes.CDLL(None).malloc_trim(0)
