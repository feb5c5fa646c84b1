"""A file that is unchanged is not parsed again, and the corpus is the same as if it were."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.publishing.rebuild import read_corpus, rebuild
from assistant.settings import Settings
from corpus.article import Article, Entry
from corpus.labels import Label, Labels
from corpus.loader import Corpus, load_corpus
from index.storage.entry_table import entry_files
from index.storage.segments.segment_list import SegmentList
from index.storage.store import Store
from index.unchanged_files import UnchangedFiles, source_files
from tests.conftest import WordEncoder, columns_of

PIXEL = b"\x89PNG\r\n\x1a\n"
FILES: dict[str, str | bytes] = {
    "printer.md": "---\ntags: [office]\naliases: {printer#old: printer#paper-jam}\n---\n"
    "## Paper jam {#paper-jam}\n\n**Message:** Error 17\n\n**Solution:**\n\n1. Open it.\n2. ![Lever](lever.png)\n",
    "lever.png": PIXEL,
    "page.html": "<h1>Scanner</h1><h2>No signal</h2><p>Cause: the cable.</p><p>Solution: plug it in.</p>",
    "export.json": json.dumps(
        {
            "articles": [
                {"id": number, "title": name, "body": f"<h2>The {name} is lost</h2><p>Solution: look for it.</p>"}
                for number, name in enumerate(("key", "pass"))
            ]
        }
    ),
    "half.json": json.dumps(
        {
            "articles": [
                {"id": 1, "title": "Fax", "body": "<h2>No tone</h2><p>Solution: plug it in.</p>"},
                {"id": 2, "title": "Telex", "body": ""},
            ]
        }
    ),
    "draft.md": "---\ndraft: true\n---\n## Router\n\nRestart it.\n",
    "broken.md": "## Nothing to do {#a}\n\n## Nothing else {#a}\n",
    "twin.md": "## Twin\n\nRestart it.\n",
    "twin.txt": "Error: twin\nSolution: restart it.\n",
}


class Recorder:
    """Claims that every file is unchanged and empty, and records which files it is asked for."""

    def __init__(self, corpus: Corpus) -> None:
        self.parser_fingerprint = corpus.parser_fingerprint
        self.asked: list[tuple[str, str]] = []

    def sources(self) -> dict[str, str]:
        return {}

    def last_read(self) -> Iterable[tuple[Article, tuple[Entry, ...]]]:
        return ()

    def image_paths(self, entries: Sequence[Entry]) -> tuple[str, ...] | None:
        del entries
        return None

    def read(self, source: str, digest: str) -> Iterable[tuple[Article, tuple[Entry, ...]]] | None:
        self.asked.append((source, digest))
        return ()


def comparable(corpus: Corpus) -> tuple[Corpus, list[str]]:
    """A corpus and its errors as texts, because an error is equal only to itself."""
    return replace(corpus, rejected=()), list(map(str, corpus.rejected))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(corpus=tmp_path / "articles", index=tmp_path / "built")
    settings.corpus.mkdir()
    for name, content in FILES.items():
        (settings.corpus / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return settings


def test_only_files_that_were_read_without_an_error_are_reused(settings: Settings, words: WordEncoder) -> None:
    rebuild(settings, lambda: words)
    corpus = load_corpus(settings.corpus)
    assert {error.source for error in corpus.rejected} == {"broken.md", "half.json", "twin.txt"}
    unchanged = UnchangedFiles(Store(settings.index).current())
    assert unchanged.parser_fingerprint == corpus.parser_fingerprint
    reused = {name for name in FILES if unchanged.read(name, corpus.digests.get(name, "")) is not None}
    assert reused == {"printer.md", "page.html", "export.json", "twin.md"} == set(corpus.digests)
    assert unchanged.read("printer.md", "0" * 64) is None


def test_what_is_reused_is_what_parsing_gives(settings: Settings, words: WordEncoder) -> None:
    rebuild(settings, lambda: words)
    corpus = load_corpus(settings.corpus)
    unchanged = UnchangedFiles(Store(settings.index).current())
    articles = {article.article_id: article for article in corpus.articles}
    for name, ids in (("printer.md", ["printer"]), ("export.json", ["export/0", "export/1"])):
        expected = [(articles[each], tuple(e for e in corpus.entries if e.article_id == each)) for each in ids]
        assert list(unchanged.read(name, corpus.digests[name]) or ()) == expected
    assert comparable(read_corpus(settings.corpus, Store(settings.index))) == comparable(corpus)
    assert [image.content for image in corpus.images] == [PIXEL]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("printer.md", "## Paper jam {#paper-jam}\n\nShake it.\n"),
        ("draft.md", "## Router\n\nRestart it.\n"),
        ("broken.md", "## Mended\n\nRestart it.\n"),
        ("page.html", "<p>Hello.</p>"),
        ("twin.md", None),
        ("printer/new.md", str(FILES["printer.md"])),
    ],
)
def test_after_an_edit_the_corpus_is_that_of_parsing_everything(
    settings: Settings, words: WordEncoder, name: str, content: str | None
) -> None:
    rebuild(settings, lambda: words)
    path = settings.corpus / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert comparable(read_corpus(settings.corpus, Store(settings.index))) == comparable(load_corpus(settings.corpus))
    rebuild(settings, lambda: words)
    assert comparable(read_corpus(settings.corpus, Store(settings.index))) == comparable(load_corpus(settings.corpus))


def test_the_loader_asks_by_the_sha256_of_the_bytes_and_does_not_parse_what_it_is_given(settings: Settings) -> None:
    corpus = load_corpus(settings.corpus)
    recorder = Recorder(corpus)
    assert load_corpus(settings.corpus, cache=recorder).entries == ()
    assert ("printer.md", corpus.digests["printer.md"]) in recorder.asked
    assert ("lever.png", PIXEL.hex()) not in recorder.asked


def test_with_other_labels_everything_is_parsed(settings: Settings) -> None:
    labels = Labels({Label.SOLUTION: ["Abhilfe"]})
    recorder = Recorder(load_corpus(settings.corpus))
    assert comparable(load_corpus(settings.corpus, labels=labels, cache=recorder)) == comparable(
        load_corpus(settings.corpus, labels=labels)
    )
    assert recorder.asked == []
    assert Labels({Label.SOLUTION: ["Abhilfe"]}).fingerprint == labels.fingerprint != Labels().fingerprint


def test_after_a_change_of_the_parser_everything_is_parsed(settings: Settings) -> None:
    recorder = Recorder(load_corpus(settings.corpus))
    recorder.parser_fingerprint = "0" * 64
    load_corpus(settings.corpus, cache=recorder)
    assert recorder.asked == []


def test_nothing_is_reused_from_a_generation_whose_files_do_not_fit_together(
    settings: Settings, words: WordEncoder
) -> None:
    rebuild(settings, lambda: words)
    store = Store(settings.index)
    current = store.current()
    corpus = load_corpus(settings.corpus)
    files = {name: bytes(current.bytes_of(name)) for name in current.names if name != "files.json"}
    rows = SegmentList.of_one({name: array[:1] for name, array in columns_of(current).items()})
    store.publish({**files, **source_files(corpus)}, {**current.facts, "corpus": "other"}, rows=rows)
    assert comparable(read_corpus(settings.corpus, store)) == comparable(corpus)
    assert rebuild(settings, lambda: words).added == tuple(entry.entry_id for entry in corpus.entries)
    assert set(entry_files(corpus.articles, corpus.entries)) <= set(store.current().names)
