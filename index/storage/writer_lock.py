"""One writer at a time: a lock that ends with the process that holds it, however that ends."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from index.errors import BusyError
from index.storage.file_system import Disk, make_folders, write_all

_POLL_S = 0.02


class WriterLock:
    """The lock of one index folder; the thread that holds it may take it again.

    The file is never removed by us: two writers could otherwise each hold a lock on a file of that name.
    """

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk
        self._of_this_process = threading.RLock()
        self._depth = 0

    @contextmanager
    def held(self, *, wait_s: float) -> Iterator[bool]:
        """Hold the lock; yields whether it was taken now (and not already held by this thread).

        Raises:
            BusyError: Another writer still holds it after `wait_s` seconds.
        """
        deadline = time.monotonic() + wait_s
        if not self._of_this_process.acquire(timeout=wait_s):
            raise BusyError(self._who())
        try:
            if self._depth:
                yield False
                return
            descriptor = self._open(deadline)
            self._depth += 1
            try:
                yield True
            finally:
                self._depth -= 1
                with suppress(OSError):  # the work is done, and the lock has ended all the same
                    self._disk.close(descriptor)
        finally:
            self._of_this_process.release()

    def _open(self, deadline: float) -> int:
        while True:
            make_folders(self._disk, self._path.parent)
            descriptor = self._disk.open(self._path, os.O_RDWR | os.O_CREAT)
            try:
                self._take(descriptor, deadline)
                if self._is_in_place(descriptor):
                    self._sign(descriptor)
                    return descriptor
            except BaseException:
                self._disk.close(descriptor)
                raise
            self._disk.close(descriptor)

    def _is_in_place(self, descriptor: int) -> bool:
        """Tell whether the locked file is still the one others would lock; somebody may have removed the folder."""
        try:
            return os.path.samestat(self._disk.status_open(descriptor), self._disk.status(self._path))
        except FileNotFoundError:
            return False

    def _take(self, descriptor: int, deadline: float) -> None:
        while not self._disk.lock(descriptor, shared=False):
            if time.monotonic() >= deadline:
                raise BusyError(self._who())
            time.sleep(_POLL_S)

    def _sign(self, descriptor: int) -> None:
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat("T", "seconds"),
        }
        self._disk.truncate(descriptor, 0)
        write_all(self._disk, descriptor, json.dumps(holder).encode())

    def _who(self) -> str:
        try:
            holder = json.loads(self._path.read_bytes())
            name = f"process {holder['pid']} on {holder['host']} since {holder['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            name = "another process"
        return f"{self._path.parent} is being written by {name}; wait for that build to end, then run the command again"
