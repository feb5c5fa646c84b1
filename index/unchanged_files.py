"""Files that were read for the generation before: one that says the same, byte for byte, is not read again."""

from __future__ import annotations

import json
from collections import defaultdict

from corpus.article import Article, Entry
from corpus.loader import Corpus
from index.storage.entry_table import EntryTable
from index.storage.generation import Generation
from index.storage.payload import Payload

_FILES = "files.json"


def known_files(corpus: Corpus) -> dict[str, Payload]:
    """Return the file that `KnownFiles` reads, by name."""
    known = {"read_by": corpus.read_by, "digests": dict(corpus.digests)}
    return {_FILES: json.dumps(known, ensure_ascii=False, sort_keys=True).encode()}


class KnownFiles:
    """What a generation has of the articles' files that were read without any doubt.

    Attributes:
        read_by: By which program, and with which labels, they were read.
    """

    def __init__(self, generation: Generation) -> None:
        known = json.loads(bytes(generation.bytes_of(_FILES)))
        self.read_by = str(known["read_by"])
        self._digests: dict[str, str] = known["digests"]
        self._entries = EntryTable(generation)
        self._articles: defaultdict[str, list[Article]] = defaultdict(list)
        for article in self._entries.articles:
            self._articles[article.source].append(article)

    def read(self, source: str, digest: str) -> tuple[tuple[Article, tuple[Entry, ...]], ...] | None:
        """Return the articles of a file, each with its entries, or None where it says something else now."""
        if self._digests.get(source) != digest:
            return None
        rows = ((article, self._entries.rows_of(article.article_id)) for article in self._articles[source])
        return tuple((article, tuple(map(self._entries.entry, own))) for article, own in rows)
