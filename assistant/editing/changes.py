"""A change that an editor wants to make to an article: tried first, then written to its file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from assistant.editing.article_edit import EditedArticle, NewEntry, with_entry, with_symptom
from assistant.errors import ConflictError, EditError
from assistant.publishing.atomic_write import write_atomically
from corpus.article_files import read_article
from corpus.errors import ArticleError
from corpus.labels import Labels


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be changed.

    Attributes:
        source: The article's file, under the articles' folder.
        questions: What people asked that it is to answer.
        entry_id: The entry that gets a symptom; None for a new entry.
        symptom: That symptom.
        new: The new entry; None for a symptom.
    """

    source: str
    questions: tuple[str, ...] = ()
    entry_id: str | None = None
    symptom: str = ""
    new: NewEntry | None = None


@dataclass(frozen=True, slots=True)
class PreparedChange:
    """A change, and the file that it is made to.

    Attributes:
        before: The file's bytes.
        edit: The article with the change.
    """

    before: bytes
    edit: EditedArticle

    @property
    def text_before(self) -> str:
        """The file's text."""
        return self.before.decode("utf-8-sig")

    @property
    def after(self) -> bytes:
        """What the file is to hold; it keeps its byte-order mark."""
        mark = b"\xef\xbb\xbf" if self.before.startswith(b"\xef\xbb\xbf") else b""
        return mark + self.edit.text.encode()

    @property
    def digest(self) -> str:
        """The hex SHA-256 of the file as it was seen; one that differs later was changed by somebody else."""
        return hashlib.sha256(self.before).hexdigest()


def prepare(corpus: Path, change: Change, labels: Labels) -> PreparedChange:
    """Return what a change would make of its file, and write nothing.

    Raises:
        EditError: The file cannot be read, or the change cannot be made to it.
    """
    try:
        before = read_article(corpus / change.source, root=corpus)
        text = before.decode("utf-8-sig")
    except ArticleError as error:
        raise EditError(f"{error}; it may have been moved: look at the articles again") from error
    except UnicodeDecodeError as error:
        raise EditError(f"{change.source} is not UTF-8; save it as UTF-8 first") from error
    if change.new is not None:
        edit = with_entry(text, change.source, change.new, labels)
    else:
        edit = with_symptom(text, change.source, change.entry_id or "", change.symptom, labels)
    return PreparedChange(before, edit)


def write(corpus: Path, source: str, prepared: PreparedChange) -> None:
    """Write a change to its file.

    Raises:
        ConflictError: The file has changed since it was read.
        EditError: It cannot be written.
    """
    try:
        is_written = write_atomically(corpus / source, prepared.after, only_if=prepared.before)
    except OSError as error:
        raise EditError(f"{source} cannot be written ({error.strerror}); correct its permissions") from error
    if not is_written:
        raise conflict(source)


def conflict(source: str) -> ConflictError:
    """Return the error for a file that has changed since an editor saw it."""
    return ConflictError(f"{source} has changed since you looked at this change; try it again to see it as it is now")
