"""Article files that are the same, byte for byte, as in the build before are not parsed again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

from corpus.article import Article, Entry
from corpus.loader import Corpus
from index.storage.entry_table import EntryTable
from index.storage.generation import Generation
from index.storage.payload import Payload

_FILES = "files.json"


def source_files(corpus: Corpus) -> dict[str, Payload]:
    """Return the file that `UnchangedFiles` reads, by name."""
    record = {"read_by": corpus.parser_fingerprint, "digests": dict(corpus.digests)}
    return {_FILES: json.dumps(record, ensure_ascii=False, sort_keys=True).encode()}


class UnchangedFiles:
    """The article files that a generation was built from, as far as they were read without an error.

    Attributes:
        parser_fingerprint: A fingerprint of the parser and the labels that they were read with.
    """

    def __init__(self, generation: Generation) -> None:
        record = json.loads(bytes(generation.bytes_of(_FILES)))
        self.parser_fingerprint = str(record["read_by"])
        self._digests: dict[str, str] = record["digests"]
        self._entries = EntryTable(generation)
        self._articles: defaultdict[str, list[Article]] = defaultdict(list)
        for article in self._entries.articles:
            self._articles[article.source].append(article)

    def sources(self) -> dict[str, str]:
        """Return the file of each article by the article's id."""
        return {article.article_id: article.source for article in self._entries.articles}

    def last_read(self) -> Iterator[tuple[Article, tuple[Entry, ...]]]:
        """Yield all articles of the generation with their entries, whatever has become of their files."""
        for article in self._entries.articles:
            yield article, tuple(map(self._entries.entry, self._entries.rows_of(article.article_id)))

    def read(self, source: str, digest: str) -> tuple[tuple[Article, tuple[Entry, ...]], ...] | None:
        """Return the articles of a file, each with its entries; None if the file has changed or is not known.

        Args:
            source: The file, as a path under the corpus root.
            digest: The SHA-256 of its bytes in hex.
        """
        if self._digests.get(source) != digest:
            return None
        rows = ((article, self._entries.rows_of(article.article_id)) for article in self._articles[source])
        return tuple((article, tuple(map(self._entries.entry, own))) for article, own in rows)
