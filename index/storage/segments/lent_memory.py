"""Memory that one process fills and others read: a server lends its workers the segments that it has verified.

On Linux such memory is a file without a folder, which can be sealed: from then on nobody can change it, the lender
included, so that what was verified by one process need not be verified by another. Elsewhere nothing is lent.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

CAN_LEND = sys.platform == "linux"
Bytes = npt.NDArray[np.uint8]
_FUTURE_WRITE = 0x10  # F_SEAL_FUTURE_WRITE, which the fcntl module does not name
_NAME = "segment-"


class Memory:
    """Memory that the system provides by small pages, as they are written.

    Args:
        name: What others know it by.
        size: How many bytes.

    Attributes:
        content: (bytes,) uint8, to be filled.
    """

    def __init__(self, name: str, size: int) -> None:
        self._descriptor: int | None = None
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # without descriptors or such files it is not lent
                self._descriptor = os.memfd_create(_NAME + name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, max(size, 1))
        # The mapping has a descriptor of its own, by which others find it as long as it is used.
        pages = mmap.mmap(-1 if self._descriptor is None else self._descriptor, max(size, 1))
        self.content: Bytes = np.frombuffer(pages, np.uint8, size)

    def seal(self) -> None:
        """Let others read it; nothing writes in it any more."""
        if sys.platform == "linux" and self._descriptor is not None:
            import fcntl

            with contextlib.suppress(OSError):  # a system that cannot seal it lends nothing
                fcntl.fcntl(self._descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | _FUTURE_WRITE)
        self.close()

    def close(self) -> None:
        """Give back what only sealing needs."""
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = None


def lent(process_id: int, name: str, size: int) -> Bytes | None:
    """Return what a process has filled and sealed, read-only and without a copy; None where it lends nothing.

    Args:
        process_id: Of a process that is trusted, such as the server that started this one.
        name: The memory's name.
        size: How many bytes it has.
    """
    try:
        paths = list(Path(f"/proc/{process_id}/fd").iterdir())
    except OSError:  # it has ended, or is another user's
        return None
    for path in paths:
        with contextlib.suppress(OSError):  # it was closed meanwhile
            if str(path.readlink()).startswith(f"/memfd:{_NAME}{name} ") and (found := _sealed(path, size)) is not None:
                return found
    return None


def _sealed(path: Path, size: int) -> Bytes | None:
    if sys.platform != "linux":
        return None
    import fcntl

    descriptor = os.open(path, os.O_RDONLY)
    try:
        seals = fcntl.fcntl(descriptor, fcntl.F_GET_SEALS)
        if not seals & _FUTURE_WRITE or not seals & fcntl.F_SEAL_SHRINK or os.fstat(descriptor).st_size != max(size, 1):
            return None
        return np.frombuffer(mmap.mmap(descriptor, max(size, 1), prot=mmap.PROT_READ), np.uint8, size)
    finally:
        os.close(descriptor)
