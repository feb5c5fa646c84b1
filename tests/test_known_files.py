"""A file that says the same as before is not read again, and what comes of it is what reading it would give."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.publishing.rebuild import read_corpus, rebuild
from assistant.settings import Settings
from corpus.article import Article, Entry
from corpus.labels import Label, Labels
from corpus.loader import Corpus, load_corpus
from index.storage.entry_table import entry_files
from index.storage.store import Store
from index.unchanged_files import KnownFiles, known_files
from tests.conftest import WordEncoder

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


class Told:
    """Knows one file, and notes what it was asked."""

    def __init__(self, corpus: Corpus) -> None:
        self.read_by = corpus.read_by
        self.asked: list[tuple[str, str]] = []

    def read(self, source: str, digest: str) -> Iterable[tuple[Article, tuple[Entry, ...]]] | None:
        self.asked.append((source, digest))
        return ()


def said(corpus: Corpus) -> tuple[Corpus, list[str]]:
    """A corpus as it can be compared: errors are equal to themselves only, but say the same."""
    return replace(corpus, rejected=()), list(map(str, corpus.rejected))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(corpus=tmp_path / "articles", index=tmp_path / "built")
    settings.corpus.mkdir()
    for name, content in FILES.items():
        (settings.corpus / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return settings


def test_only_what_was_read_without_any_doubt_is_known(settings: Settings, words: WordEncoder) -> None:
    rebuild(settings, lambda: words)
    corpus = load_corpus(settings.corpus)
    assert {error.source for error in corpus.rejected} == {"broken.md", "half.json", "twin.txt"}
    known = KnownFiles(Store(settings.index).current())
    assert known.read_by == corpus.read_by
    found = {name for name in FILES if known.read(name, corpus.digests.get(name, "")) is not None}
    assert found == {"printer.md", "page.html", "export.json", "twin.md"} == set(corpus.digests)
    assert known.read("printer.md", "0" * 64) is None


def test_what_is_known_is_what_reading_gives(settings: Settings, words: WordEncoder) -> None:
    rebuild(settings, lambda: words)
    corpus = load_corpus(settings.corpus)
    known = KnownFiles(Store(settings.index).current())
    articles = {article.article_id: article for article in corpus.articles}
    for name, ids in (("printer.md", ["printer"]), ("export.json", ["export/0", "export/1"])):
        expected = [(articles[each], tuple(e for e in corpus.entries if e.article_id == each)) for each in ids]
        assert list(known.read(name, corpus.digests[name]) or ()) == expected
    assert said(read_corpus(settings.corpus, Store(settings.index))) == said(corpus)
    assert [image.content for image in corpus.images] == [PIXEL]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("printer.md", "## Paper jam {#paper-jam}\n\nShake it.\n"),
        ("draft.md", "## Router\n\nRestart it.\n"),
        ("broken.md", "## Mended\n\nRestart it.\n"),
        ("page.html", ""),
        ("twin.md", None),
        ("printer/new.md", str(FILES["printer.md"])),
    ],
)
def test_after_an_edit_reading_again_is_reading(
    settings: Settings, words: WordEncoder, name: str, content: str | None
) -> None:
    rebuild(settings, lambda: words)
    path = settings.corpus / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert said(read_corpus(settings.corpus, Store(settings.index))) == said(load_corpus(settings.corpus))
    rebuild(settings, lambda: words)
    assert said(read_corpus(settings.corpus, Store(settings.index))) == said(load_corpus(settings.corpus))


def test_what_is_known_is_asked_by_the_digest_of_the_bytes_and_not_read(settings: Settings) -> None:
    corpus = load_corpus(settings.corpus)
    told = Told(corpus)
    assert load_corpus(settings.corpus, known=told).entries == ()
    assert ("printer.md", corpus.digests["printer.md"]) in told.asked
    assert ("lever.png", PIXEL.hex()) not in told.asked


def test_with_other_labels_everything_is_read(settings: Settings) -> None:
    labels = Labels({Label.SOLUTION: ["Abhilfe"]})
    told = Told(load_corpus(settings.corpus))
    assert said(load_corpus(settings.corpus, labels=labels, known=told)) == said(
        load_corpus(settings.corpus, labels=labels)
    )
    assert told.asked == []
    assert Labels({Label.SOLUTION: ["Abhilfe"]}).fingerprint == labels.fingerprint != Labels().fingerprint


def test_by_another_program_everything_is_read(settings: Settings) -> None:
    told = Told(load_corpus(settings.corpus))
    told.read_by = "0" * 64
    load_corpus(settings.corpus, known=told)
    assert told.asked == []


def test_a_generation_whose_files_do_not_fit_together_is_no_help(settings: Settings, words: WordEncoder) -> None:
    rebuild(settings, lambda: words)
    store = Store(settings.index)
    current = store.current()
    corpus = load_corpus(settings.corpus)
    files = {name: bytes(current.bytes_of(name)) for name in current.names if name != "files.json"}
    files["entries.jsonl"] = files["entries.jsonl"][:40]
    store.publish({**files, **known_files(corpus)}, {**current.facts, "corpus": "other"})
    assert said(read_corpus(settings.corpus, store)) == said(corpus)
    assert rebuild(settings, lambda: words).added == tuple(entry.entry_id for entry in corpus.entries)
    assert set(entry_files(corpus.articles, corpus.entries)) <= set(store.current().names)
