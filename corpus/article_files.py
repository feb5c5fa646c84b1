"""The files in a folder of articles: their names, and their bytes, which are read only from inside the folder.

This is the only module of the corpus that opens articles and images.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from corpus.errors import ArticleError, NoArticlesError
from corpus.formats.registry import SUFFIXES, format_of

_UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")  # Unicode categories: controls, surrogates, line and paragraph separators


def article_files(root: Path) -> Iterator[Path | ArticleError]:
    """Yield the files with the suffix of an article by name, then an error for each folder that is not entered.

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
        links += [path for name in names if (path := Path(folder, name)).is_symlink()]
        for name in sorted(files):
            if Path(name).suffix.lower() in SUFFIXES and not _is_ignored(name):
                yield Path(folder, name)
    for link in links:
        source = printable(link.relative_to(root).as_posix())
        yield ArticleError(source, "is a link to a folder, which is not followed; copy the folder in")
    for error in unreadable:
        if Path(error.filename) == root:
            raise NoArticlesError(f"{root} cannot be read ({error.strerror}); correct its permissions") from error
        if os.path.lexists(error.filename):  # otherwise it was removed after the folder around it was listed
            source = printable(Path(error.filename).relative_to(root).as_posix())
            yield ArticleError(source, f"is a folder that cannot be read ({error.strerror}); correct its permissions")


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
        if not path.resolve(strict=True).is_relative_to(root.resolve()):
            raise ArticleError(source, "is a link to a file outside the articles' folder; copy the file in")
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ArticleError(source, "is not a regular file; remove it from the articles' folder")
        if status.st_size > max_bytes:
            sizes = f"{status.st_size / 1e6:.0f} MB, more than the {max_bytes / 1e6:.0f} MB"
            raise ArticleError(source, f"is {sizes} of its format; split it")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ArticleError(source, "is a link to a file that does not exist; remove it") from error
    except OSError as error:
        raise ArticleError(source, f"cannot be read ({error.strerror}); correct its permissions") from error
    except RuntimeError as error:  # Python below 3.13 raises it for a link to itself
        raise ArticleError(source, "is a link to itself; remove it") from error


def printable(name: str) -> str:
    """Return a file's name with the characters escaped that no message and no address can contain."""
    return "".join(
        letter.encode("unicode_escape").decode() if unicodedata.category(letter) in _UNPRINTABLE else letter
        for letter in name
    )


def _is_ignored(name: str) -> bool:
    """Whether a name is that of a hidden, swap, lock or backup file, which editors keep beside their files."""
    return name.startswith((".", "#", "~")) or name.endswith("~")
