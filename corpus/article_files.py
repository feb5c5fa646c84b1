"""The files in a folder of articles: their names, and their bytes, which are read only from inside the folder.

This is the only module of the corpus that opens articles and images.
"""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from corpus.errors import ArticleError, NoArticlesError
from corpus.formats.registry import format_of, is_asset

_UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")  # Unicode categories: controls, surrogates, line and paragraph separators

_NO_LINK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe without a writer must not block
_TEMPORARY = ("~", ".tmp", ".swp", ".swx", ".part", ".crdownload", ".bak")
_MOST_SHOWN = 200  # letters of a path; a path may have thousands


def article_files(root: Path) -> Iterator[Path | ArticleError]:
    """Yield the files that may be articles by name, then an error for each folder that is not entered.

    A file of a format that is not read is yielded too, so that reading it names it; images, styles and files without a
    suffix that are no text for readers (LICENSE) are not.

    Raises:
        NoArticlesError: `root` is not a readable folder.
    """
    if not root.is_dir():
        problem = "is not a folder" if root.exists() else "does not exist"
        raise NoArticlesError(f'{root} {problem}; name the folder of the articles with "--corpus DIR"')
    unreadable: list[OSError] = []
    links: list[Path] = []
    for folder, names, files in os.walk(root, onerror=unreadable.append):
        names[:] = sorted(name for name in names if not _is_ignored(name))
        links += [path for name in names if _is_link(path := Path(folder, name))]
        for name in sorted(files):
            if not _is_ignored(name) and not is_asset(name):
                yield Path(folder, name)
    for link in links:
        source = printable(link.relative_to(root).as_posix())
        yield ArticleError(source, "is a link to a folder, which is not followed; copy the folder in")
    for error in unreadable:
        if Path(error.filename) == root:
            raise NoArticlesError(f"{root} cannot be read ({error.strerror}); correct its permissions") from error
        if not is_gone(error.filename):
            source = printable(_shortened(Path(error.filename).relative_to(root).as_posix()))
            yield ArticleError(source, f"is a folder that cannot be read ({error.strerror}); {_remedy(error)}")


def read_article(path: Path, *, root: Path) -> bytes:
    """Return the bytes of an article's file.

    Raises:
        ArticleError: It is not a regular file inside `root`, is too large, or no format has its suffix.
    """
    return read_inside(path, root=root, max_bytes=format_of(path.relative_to(root).as_posix()).max_bytes)


def read_inside(path: Path, *, root: Path, max_bytes: int) -> bytes:
    """Return the bytes of a file in a folder.

    Raises:
        ArticleError: It is not a regular file inside `root`, or has more than `max_bytes`.
    """
    source = path.relative_to(root).as_posix()
    try:
        inside = path.resolve(strict=True).relative_to(root.resolve())
        descriptor = _opened_inside(root, inside)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise ArticleError(source, "is not a regular file; remove it from the articles' folder")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                content = b"" if status.st_size > max_bytes else file.read(max_bytes + 1)
        finally:
            os.close(descriptor)
    except FileNotFoundError as error:
        raise ArticleError(source, "is a link to a file that does not exist; remove it") from error
    except OSError as error:
        raise ArticleError(_shortened(source), f"cannot be read ({error.strerror}); {_remedy(error)}") from error
    except ValueError as error:  # of relative_to
        raise ArticleError(source, "is a link to a file outside the articles' folder; copy the file in") from error
    except RuntimeError as error:  # Python below 3.13 raises it for a link to itself
        raise ArticleError(source, "is a link to itself; remove it") from error
    if (size := max(status.st_size, len(content))) > max_bytes:
        sizes = f"{size / 1e6:.0f} MB, more than the {max_bytes / 1e6:.0f} MB"
        raise ArticleError(source, f"is {sizes} of its format; split it")
    return content


def _opened_inside(root: Path, inside: Path) -> int:
    """Open a file by its path under `root`, one folder after the other, following no link.

    What was checked is what is opened: a link that was put in the way since then is refused.
    """
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in inside.parts[:-1]:
            within = os.open(name, _NO_LINK | os.O_DIRECTORY, dir_fd=folder)
            os.close(folder)
            folder = within
        return os.open(inside.name or ".", _NO_LINK, dir_fd=folder)
    finally:
        os.close(folder)


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except OSError:  # its path is too long; the folder is reported when it is listed
        return False


def is_gone(path: str | Path) -> bool:
    """Whether a file or a folder was removed after the folder around it was listed."""
    try:
        os.lstat(path)
    except OSError as error:
        return error.errno in {errno.ENOENT, errno.ENOTDIR}
    return False


def _shortened(source: str) -> str:
    return source if len(source) <= _MOST_SHOWN else f"{source[:_MOST_SHOWN]}..."


def _remedy(error: OSError) -> str:
    too_long = error.errno == errno.ENAMETOOLONG
    return "move it up, or give its folders shorter names" if too_long else "correct its permissions"


def printable(name: str) -> str:
    """Return a file's name with the characters escaped that no message and no address can contain."""
    return "".join(
        letter.encode("unicode_escape").decode() if unicodedata.category(letter) in _UNPRINTABLE else letter
        for letter in name
    )


def _is_ignored(name: str) -> bool:
    """Whether a name is that of a hidden, swap, lock or backup file, which editors keep beside their files."""
    return name.startswith((".", "#", "~")) or name.lower().endswith(_TEMPORARY)
