"""Article files that are the same, byte for byte, as in the build before are not parsed again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence

from corpus.article import Article, Entry
from corpus.loader import Corpus
from index.storage.entry_table import EntryTable, StoredEntries
from index.storage.generation import Generation
from index.storage.payload import Payload

_FILES = "files.json"


def source_files(corpus: Corpus) -> dict[str, Payload]:
    """Return the file that `UnchangedFiles` reads, by name."""
    record = {
        "read_by": corpus.parser_fingerprint,
        "digests": dict(corpus.digests),
        "images": dict(corpus.image_paths),
    }
    return {_FILES: json.dumps(record, ensure_ascii=False, sort_keys=True).encode()}


class UnchangedFiles:
    """The article files that a generation was built from, as far as they were read without an error.

    Attributes:
        parser_fingerprint: A fingerprint of the parser and the labels that they were read with.

    Raises:
        LookupError, TypeError, ValueError: The files of the generation contradict one another.
    """

    def __init__(self, generation: Generation) -> None:
        record = json.loads(bytes(generation.bytes_of(_FILES)))
        self.parser_fingerprint = str(record["read_by"])
        self._digests: dict[str, str] = record["digests"]
        self._images: dict[str, list[str]] = record["images"]
        self._entries = EntryTable(generation)
        self._articles: defaultdict[str, list[Article]] = defaultdict(list)
        for article in self._entries.articles:
            self._articles[article.source].append(article)

    def sources(self) -> dict[str, str]:
        """Return the file of each article by the article's id."""
        return {article.article_id: article.source for article in self._entries.articles}

    def last_read(self) -> Iterator[tuple[Article, Sequence[Entry]]]:
        """Yield all articles of the generation with their entries, whatever has become of their files."""
        for article in self._entries.articles:
            yield article, StoredEntries(self._entries, article.article_id)

    def image_paths(self, entries: Sequence[Entry]) -> tuple[str, ...] | None:
        """Return the paths of the images that entries show, if they are entries that `read` returned; else None."""
        return tuple(self._images.get(entries.article_id, ())) if isinstance(entries, StoredEntries) else None

    def read(self, source: str, digest: str) -> tuple[tuple[Article, Sequence[Entry]], ...] | None:
        """Return the articles of a file, each with its entries; None if the file has changed or is not known.

        Args:
            source: The file, as a path under the corpus root.
            digest: The SHA-256 of its bytes in hex.
        """
        if self._digests.get(source) != digest:
            return None
        return tuple((each, StoredEntries(self._entries, each.article_id)) for each in self._articles[source])
