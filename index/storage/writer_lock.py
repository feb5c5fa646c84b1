"""One writer at a time: a lock that ends with the process that holds it, also when that is killed."""

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
    """The lock of one index folder. The thread that holds it may take it again.

    The lock's file is never removed by this program: two writers could otherwise each hold a lock on a file of that
    name, one on the removed file and one on the new.
    """

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk
        self._of_this_process = threading.RLock()
        self._depth = 0

    @contextmanager
    def held(self, *, wait_s: float) -> Iterator[bool]:
        """Hold the lock; yields True where it was taken now, False where this thread held it already.

        Args:
            wait_s: How many seconds to wait for another writer.

        Raises:
            BusyError: Another writer still holds it after `wait_s` seconds.
        """
        deadline = time.monotonic() + wait_s
        if not self._of_this_process.acquire(timeout=wait_s):
            raise BusyError(self._busy_message())
        try:
            if self._depth:
                yield False
                return
            descriptor = self._open_locked(deadline)
            self._depth += 1
            try:
                yield True
            finally:
                self._depth -= 1
                with suppress(OSError):  # the write is complete, and the lock has ended even so
                    self._disk.close(descriptor)
        finally:
            self._of_this_process.release()

    def _open_locked(self, deadline: float) -> int:
        while True:
            make_folders(self._disk, self._path.parent)
            descriptor = self._disk.open(self._path, os.O_RDWR | os.O_CREAT)
            try:
                self._acquire(descriptor, deadline)
                if self._is_in_place(descriptor):
                    self._write_holder(descriptor)
                    return descriptor
            except BaseException:
                self._disk.close(descriptor)
                raise
            self._disk.close(descriptor)

    def _is_in_place(self, descriptor: int) -> bool:
        """Return whether the locked file is still at its path; the folder may have been removed meanwhile."""
        try:
            return os.path.samestat(self._disk.status_open(descriptor), self._disk.status(self._path))
        except FileNotFoundError:
            return False

    def _acquire(self, descriptor: int, deadline: float) -> None:
        while not self._disk.lock(descriptor, shared=False):
            if time.monotonic() >= deadline:
                raise BusyError(self._busy_message())
            time.sleep(_POLL_S)

    def _write_holder(self, descriptor: int) -> None:
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat("T", "seconds"),
        }
        self._disk.truncate(descriptor, 0)
        write_all(self._disk, descriptor, json.dumps(holder).encode())

    def _busy_message(self) -> str:
        try:
            holder = json.loads(self._path.read_bytes())
            name = f"process {holder['pid']} on {holder['host']} since {holder['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            name = "another process"
        return f"{self._path.parent} is being written by {name}; wait until it is done, then run the command again"
