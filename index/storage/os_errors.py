"""Failed system calls become errors of ours, each with a remedy."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import BadIndexError, BuildError

_REMEDIES = {
    errno.ENOSPC: "free some space on that disk",
    errno.EDQUOT: "free some of your quota on that disk",
    errno.EACCES: "give yourself access to it, or name another folder with --index",
    errno.EPERM: "give yourself access to it, or name another folder with --index",
    errno.EROFS: "it is mounted read-only: name another folder with --index",
    errno.EMFILE: 'close something or raise the limit ("ulimit -n 4096")',
    errno.ENFILE: "close some programs",
    errno.ENOLCK: "its file system has no locks: name a folder on a local disk with --index",
    errno.ENOTSUP: "its file system has no locks: name a folder on a local disk with --index",
    errno.EISDIR: "a folder is where a file should be: remove it",
    errno.ENOTDIR: "a file is where a folder should be: remove it",
    errno.EIO: "the disk reports an error: check it, or name another folder with --index",
}


@contextmanager
def translate_write_errors(root: Path) -> Iterator[None]:
    """Turn a failed system call into a BuildError; the published generation is unchanged.

    Args:
        root: The index folder, named in the message where the system names no file.
    """
    try:
        yield
    except OSError as error:
        raise BuildError(
            f"{_path_and_reason(error, root)} could not be written",
            f'{_remedy(error)}, then run "assistant build" again; the index that was published is unchanged',
        ) from error


@contextmanager
def translate_read_errors(root: Path) -> Iterator[None]:
    """Turn a failed system call, other than one on a missing file, into a BadIndexError.

    Args:
        root: The index folder, named in the message where the system names no file.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise BadIndexError(f"{_path_and_reason(error, root)} could not be read", _remedy(error)) from error


def _path_and_reason(error: OSError, root: Path) -> str:
    return f"{error.filename or root} ({error.strerror or type(error).__name__})"


def _remedy(error: OSError) -> str:
    return _REMEDIES.get(error.errno or 0, "check the disk and the folder")
