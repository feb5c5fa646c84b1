"""Unusual files in the articles' folder or a broken index folder give a helpful message, and nothing is lost."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.publishing.rebuild import rebuild, rejection_lines
from assistant.settings import Settings
from corpus.errors import ArticleError
from corpus.loader import load_corpus
from index.build_report import Rejected
from index.builder import build
from index.errors import BuildError
from index.storage.entry_table import EntryTable
from index.storage.store import Store
from tests.conftest import WordEncoder
from tests.programs.faulty_disks import CountingDisk

ENTRY = "## printer\n\nRestart it.\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "good.md").write_text(ENTRY, encoding="utf-8")
    return Settings(corpus=tmp_path / "articles", index=tmp_path / "built")


def ids(settings: Settings) -> list[str]:
    with Store(settings.index).current() as generation:
        return [entry.entry_id for entry in EntryTable(generation)]


def fifo(path: Path) -> None:
    os.mkfifo(path)


def write_50_mb(path: Path) -> None:
    path.write_bytes(b"#" * 50_000_000)


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def link_to_nothing(path: Path) -> None:
    path.symlink_to(path.parent / "nothing")


def link_out(path: Path) -> None:
    (path.parent.parent / "outside.md").write_text(ENTRY, encoding="utf-8")
    path.symlink_to(path.parent.parent / "outside.md")


def write_zeros(path: Path) -> None:
    path.write_bytes(bytes(1000))


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (fifo, "is not a regular file; remove it from the articles' folder"),
        (write_50_mb, "is 50 MB, more than the 5 MB of its format; split it"),
        (link_to_itself, "is a link to itself; remove it"),
        (link_to_nothing, "is a link to a file that does not exist; remove it"),
        (link_out, "is a link to a file outside the articles' folder; copy the file in"),
        (write_zeros, "zero byte"),
    ],
)
def test_a_file_that_is_not_an_article_is_reported_and_the_rest_is_built(
    settings: Settings, words: WordEncoder, make: Callable[[Path], None], expected: str
) -> None:
    make(settings.corpus / "bad.md")
    report = rebuild(settings, lambda: words)
    (line,) = rejection_lines(report, settings)
    assert line.startswith(f"left out: {settings.corpus}/bad.md")
    assert expected in line or (make is link_to_itself and "symbolic links" in line)
    assert ids(settings) == ["good#printer"]


def test_a_linked_folder_is_reported_and_not_followed(settings: Settings, words: WordEncoder, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.md").write_text(ENTRY, encoding="utf-8")
    (settings.corpus / "link").symlink_to(tmp_path / "elsewhere")
    (settings.corpus / "loop").symlink_to(settings.corpus)
    assert [each.message for each in rebuild(settings, lambda: words).rejected] == [
        "link: is a link to a folder, which is not followed; copy the folder in",
        "loop: is a link to a folder, which is not followed; copy the folder in",
    ]
    assert ids(settings) == ["good#printer"]


@pytest.mark.skipif(os.geteuid() == 0, reason="an administrator may read everything")
def test_files_without_permission_are_reported_and_the_rest_is_built(settings: Settings, words: WordEncoder) -> None:
    (settings.corpus / "file.md").write_text(ENTRY, encoding="utf-8")
    (settings.corpus / "file.md").chmod(0)
    (settings.corpus / "folder").mkdir(mode=0)
    assert [each.message for each in rebuild(settings, lambda: words).rejected] == [
        "file.md: cannot be read (Permission denied); correct its permissions",
        "folder: is a folder that cannot be read (Permission denied); correct its permissions",
    ]
    assert ids(settings) == ["good#printer"]


def test_names_in_any_script_are_article_ids(settings: Settings, words: WordEncoder) -> None:
    names = [
        "\u65e5\u672c\u8a9e",
        "\u043e\u0448\u0438\u0431\u043a\u0430 404",
        "e\u0301t\u00e9",
        "a#b",
        "a%23b",
        "\U0001f600",
    ]
    for name in names:
        (settings.corpus / f"{name}.md").write_text(ENTRY, encoding="utf-8")
    assert rebuild(settings, lambda: words).rejected == ()
    assert sorted(ids(settings)) == sorted(f"{name}#printer" for name in ["good", *names])


@pytest.mark.parametrize("name", [b"two\nlines.md", b"\x1b[31mred.md", b"\xff.md"], ids=["lines", "colour", "bytes"])
def test_a_name_that_cannot_be_shown_is_escaped_and_the_rest_is_built(
    settings: Settings, words: WordEncoder, name: bytes
) -> None:
    try:
        Path(settings.corpus, os.fsdecode(name)).write_text(ENTRY, encoding="utf-8")
    except OSError:
        pytest.skip("this file system has no such names")
    (rejected,) = rebuild(settings, lambda: words).rejected
    assert rejected.source.isprintable()
    assert rejected.message == f"{rejected.source}: has a name that cannot be shown or linked to; rename it"
    assert ids(settings) == ["good#printer"]


@pytest.mark.skipif(sys.platform == "darwin", reason="its file system takes them for one")
def test_names_that_differ_in_case_are_two_articles(settings: Settings, words: WordEncoder) -> None:
    (settings.corpus / "Good.md").write_text(ENTRY, encoding="utf-8")
    rebuild(settings, lambda: words)
    assert ids(settings) == ["Good#printer", "good#printer"]


def test_of_thousands_of_bad_files_the_first_are_reported_and_the_rest_counted(
    settings: Settings, words: WordEncoder
) -> None:
    for number in range(2_000):
        (settings.corpus / f"{number:04d}.md").touch()
    report = rebuild(settings, lambda: words)
    lines = rejection_lines(report, settings)
    assert len(report.rejected) == 2_000
    assert lines[0].startswith(f"left out: {settings.corpus}/0000.md: has no entry")
    assert lines[50:] == ["left out: 1950 more"]
    assert not rebuild(settings, lambda: words).written


def test_the_missing_entry_of_an_export_is_counted_until_the_export_is_repaired(
    settings: Settings, words: WordEncoder
) -> None:
    path = settings.corpus / "two.md"
    path.write_text(ENTRY + "## scanner\n\nRestart it.\n", encoding="utf-8")
    rebuild(settings, lambda: words)
    path.write_text(ENTRY, encoding="utf-8")
    corpus = replace(load_corpus(settings.corpus), rejected=(ArticleError("two.md", "is no JSON", 2),))
    for is_first in (True, False):
        report = build(corpus, words, Store(settings.index))
        assert report.rejected == (Rejected("two.md", "two.md:2: is no JSON", 1),)
        assert report.written == is_first


class WriteProtected(CountingDisk):
    """A file system that can be read only, or is full."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code

    def instead(self, name: str, call: Callable[..., Any], arguments: Any, options: Any) -> Any:
        writes = name in {"write", "make_folder", "rename"} or (name == "open" and arguments[1] & os.O_CREAT)
        if writes and (self.code == errno.EROFS or name == "write"):
            raise OSError(self.code, os.strerror(self.code), str(arguments[0]))
        return call(*arguments, **options)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (errno.EROFS, "it is mounted read-only: name another folder with --index"),
        (errno.ENOSPC, "free some space on that disk"),
    ],
)
def test_an_index_folder_that_cannot_be_written_is_still_searched(
    settings: Settings, words: WordEncoder, code: int, expected: str
) -> None:
    rebuild(settings, lambda: words)
    (settings.corpus / "new.md").write_text(ENTRY, encoding="utf-8")
    store = Store(settings.index, disk=WriteProtected(code))
    with pytest.raises(
        BuildError, match=f"could not be written; {expected}.*the index that was published is unchanged"
    ):
        build(load_corpus(settings.corpus), words, store)
    with store.current() as generation:
        assert [entry.entry_id for entry in EntryTable(generation)] == ["good#printer"]
