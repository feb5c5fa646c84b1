"""Reads the text of pictures, in a process of its own that is started when one comes and ended when none does."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from importlib.util import find_spec
from multiprocessing.connection import Connection

from assistant.errors import NoPictureReaderError, PictureError
from assistant.pictures.limits import READ_S, check_file
from assistant.settings import Pictures, Settings

_START_S = 60.0
_IDLE_S = 300.0  # the process takes 0.9 GB, and three seconds to start
_MOST_WAITING = 4
_PATIENCE_S = 20.0
_MOST_READ = 12  # pictures by one process: what the models prepare for each new size stays in its memory
_INSTALL = """pip install --constraint constraints.txt --editable '.[ocr]'"""


def open_reader(settings: Settings) -> PictureReader | None:
    """Return a reader of pictures, or None where it is switched off or its library is not installed."""
    is_wanted = settings.pictures is not Pictures.OFF
    return PictureReader() if is_wanted and find_spec("rapidocr") is not None else None


def required_reader(settings: Settings) -> PictureReader:
    """Return a reader of pictures.

    Raises:
        NoPictureReaderError: It is switched off, or its library is not installed.
    """
    if (reader := open_reader(settings)) is None:
        raise missing_reader(settings)
    return reader


def missing_reader(settings: Settings) -> NoPictureReaderError:
    """Return the error that says why there is no reader of pictures, and what to do."""
    if settings.pictures is Pictures.OFF:
        return NoPictureReaderError("Reading pictures is switched off; unset ASSISTANT_PICTURES, or set it to auto.")
    return NoPictureReaderError(f"Reading pictures needs a library that is not installed; run: {_INSTALL}")


class PictureReader:
    """Reads one picture at a time; safe to use from several threads, to be closed.

    Args:
        timeout_s: A picture that takes longer is given up, and the process ended.
        idle_s: The process is ended when no picture has come for so long.
        patience_s: How long a picture waits for others to be read.
        most_waiting: How many pictures may wait.
    """

    def __init__(
        self,
        *,
        timeout_s: float = READ_S,
        idle_s: float = _IDLE_S,
        patience_s: float = _PATIENCE_S,
        most_waiting: int = _MOST_WAITING,
    ) -> None:
        self._timeout_s = timeout_s
        self._idle_s = idle_s
        self._patience_s = patience_s
        self._places = threading.BoundedSemaphore(1 + most_waiting)
        self._lock = threading.Lock()  # guards what follows
        self._process: _Process | None = None
        self._idle: threading.Timer | None = None

    def read(self, content: bytes) -> str:
        """Return the text of a picture, its paragraphs with blank lines between them.

        Args:
            content: A PNG, JPEG or WebP file.

        Raises:
            PictureError: It cannot be read, or there is no text in it; the message says what to do.
            NoPictureReaderError: Too many pictures are waiting, or the process cannot be started.
        """
        check_file(content)
        if not self._places.acquire(blocking=False):
            raise NoPictureReaderError("Too many pictures are waiting to be read; try again in a moment.")
        try:
            if not self._lock.acquire(timeout=self._patience_s):
                raise NoPictureReaderError("Other pictures are still being read; try again in a moment.")
            try:
                text = self._read(content)
            finally:
                self._lock.release()
        finally:
            self._places.release()
        if not text:
            raise PictureError("No text was found in the picture; type the message, or take the screenshot closer up.")
        return text

    @property
    def process_id(self) -> int | None:
        """The id of the process; None while there is none."""
        process = self._process
        return None if process is None else process.id

    def close(self) -> None:
        """End the process; a picture that is still asked starts another."""
        with self._lock:
            self._end()

    def _read(self, content: bytes) -> str:
        if self._idle is not None:
            self._idle.cancel()
        is_new = self._process is None
        reply = self._reply(content)
        if "fault" in reply and not is_new:
            self._end()  # what it has read before may be the reason, so a new process tries once more
            reply = self._reply(content)
        self._rest()
        if (problem := reply.get("problem")) is not None:
            raise PictureError(problem)
        if "text" not in reply:
            raise PictureError("The picture could not be read. Cut out the part with the message, or type it.")
        return reply["text"]

    def _reply(self, content: bytes) -> dict[str, str]:
        if self._process is None:
            self._process = _Process()
        try:
            return self._process.ask(content, self._timeout_s)
        except TimeoutError:
            self._end()
            problem = f"Reading the picture took longer than {self._timeout_s:g} seconds"
            raise PictureError(f"{problem}. Cut out the part with the message and send that.") from None
        except (EOFError, OSError):
            return {"fault": "it ended"}

    def _rest(self) -> None:
        """Let the process wait for the next picture, for a while; one that has failed or read many is ended."""
        if self._process is None or self._process.is_spent:
            self._end()
            return
        self._idle = threading.Timer(self._idle_s, self.close)
        self._idle.daemon = True
        self._idle.start()

    def _end(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        process, self._process, self._idle = self._process, None, None
        if process is not None:
            process.close()


class _Process:
    """This end of the pipes to a process that reads pictures.

    Raises:
        NoPictureReaderError: It cannot be started; the message says why.
    """

    def __init__(self) -> None:
        command = [sys.executable, "-B", "-m", "assistant.pictures.reading_process"]  # -B: it may write no file
        self._left = _MOST_READ
        self._process = subprocess.Popen(  # noqa: S603 - our own command, no shell
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what a library complains about may quote the picture
            start_new_session=True,  # Ctrl-C at the terminal is meant for the server alone
            env={**os.environ, "MALLOC_ARENA_MAX": "2"},  # each arena reserves 64 MB of the memory that it may have
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._process.stdin as pictures, self._process.stdout as texts:
            self._pictures = Connection(os.dup(pictures.fileno()), readable=False)
            self._texts = Connection(os.dup(texts.fileno()), writable=False)
        try:
            fault = self._receive(_START_S).get("fault")
        except (EOFError, OSError) as error:
            fault = str(error) or "it ended at once"
        if fault is not None:
            self.close()
            raise NoPictureReaderError(f"The process that reads pictures cannot be started ({fault}); run: {_INSTALL}")

    @property
    def id(self) -> int:
        return self._process.pid

    @property
    def is_spent(self) -> bool:
        """Whether it should read no further picture."""
        return self._left <= 0

    def ask(self, content: bytes, timeout_s: float) -> dict[str, str]:
        """Return the reply to a picture.

        Raises:
            TimeoutError: There is none in time.
            OSError: The process has ended.
            EOFError: The process has ended.
        """
        self._left -= 1
        self._pictures.send_bytes(content)
        reply = self._receive(timeout_s)
        if "fault" in reply:
            self._left = 0
        return reply

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            self._pictures.close()
            self._texts.close()

    def _receive(self, timeout_s: float) -> dict[str, str]:
        if not self._texts.poll(timeout_s):
            raise TimeoutError(f"no reply for {timeout_s:g} seconds")
        reply: dict[str, str] = json.loads(self._texts.recv_bytes())
        return reply
