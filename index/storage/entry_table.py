"""The entries and articles of a generation, read line by line when they are asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.article import Article, Block, BlockKind, Entry, Solution, Span
from index.storage.generation import Generation
from index.storage.payload import Payload

_ARTICLES, _ENTRIES, _ROWS = "articles.jsonl", "entries.jsonl", "entries.safetensors"
_ENTRY_FIELDS = tuple(field.name for field in fields(Entry))


def entry_files(articles: Sequence[Article], entries: Sequence[Entry]) -> dict[str, Payload]:
    """Return the files that `EntryTable` reads, by name."""
    lines = [as_line(entry_record(entry)) for entry in entries]
    starts = np.cumsum([0, *map(len, lines)], dtype=np.int64)
    article_rows = {article.article_id: row for row, article in enumerate(articles)}
    return {
        _ARTICLES: b"".join(as_line(article_record(article)) for article in articles),
        _ENTRIES: b"".join(lines),
        _ROWS: {
            "starts": starts,
            "articles": np.array([article_rows[entry.article_id] for entry in entries], dtype=np.int32),
        },
    }


class EntryTable:
    """Entries by row, in the order of the articles; an entry is parsed when it is asked for."""

    def __init__(self, generation: Generation) -> None:
        self._lines = generation.bytes_of(_ENTRIES)
        rows = generation.arrays(_ROWS)
        self._starts: npt.NDArray[np.int64] = rows["starts"]
        self._article_rows: npt.NDArray[np.int32] = rows["articles"]
        self.articles = tuple(article_of(record) for record in _records(generation.bytes_of(_ARTICLES)))
        self._rows_by_article = _bounds(self._article_rows, len(self.articles))
        self._article_row_by_id = {article.article_id: row for row, article in enumerate(self.articles)}
        self._rows: dict[str, int] = {}  # of the entries that were found, which are about to be shown

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __iter__(self) -> Iterator[Entry]:
        return map(self.entry, range(len(self)))

    def record(self, row: int) -> dict[str, Any]:
        """Return the stored record of a row."""
        start, end = int(self._starts[row]), int(self._starts[row + 1])
        record: dict[str, Any] = json.loads(bytes(self._lines[start:end]))
        return record

    def entry_id(self, row: int) -> str:
        """Return the id of a row's entry; `row_of` is then spared the search for it."""
        entry_id = str(self.record(row)["entry_id"])
        self._rows[entry_id] = row
        return entry_id

    def entry(self, row: int) -> Entry:
        """Return the entry of a row."""
        return entry_of(self.record(row))

    def article(self, row: int) -> Article:
        """Return the article that holds the entry of a row."""
        return self.articles[int(self._article_rows[row])]

    def rows_of(self, article_id: str) -> range:
        """Return the rows of an article's entries; none for an unknown article."""
        row = self._article_row_by_id.get(article_id)
        return range(0) if row is None else range(self._rows_by_article[row], self._rows_by_article[row + 1])

    def row_of(self, entry_id: str) -> int | None:
        """Return the row of an entry, following an article's alias once; None where there is none."""
        article_id = entry_id.rpartition("#")[0]
        article_row = self._article_row_by_id.get(article_id)
        aliases = dict(self.articles[article_row].aliases) if article_row is not None else {}
        wanted = aliases.get(entry_id, entry_id)
        if (known := self._rows.get(wanted)) is not None:
            return known
        for row in self.rows_of(wanted.rpartition("#")[0]):
            if self.record(row)["entry_id"] == wanted:
                return row
        return None

    def allowed(self, product: str | None, tags: Sequence[str]) -> npt.NDArray[np.bool_] | None:
        """Return which rows stand in an article of this product with all of these tags; None if nothing is asked."""
        if product is None and not tags:
            return None
        fits = [
            (product is None or article.product == product) and set(tags) <= set(article.tags)
            for article in self.articles
        ]
        chosen: npt.NDArray[np.bool_] = np.array(fits, dtype=np.bool_)[self._article_rows]
        return chosen


def article_record(article: Article) -> dict[str, Any]:
    """Return an article as JSON values; `article_of` is the way back."""
    return asdict(article)


def entry_record(entry: Entry) -> dict[str, Any]:
    """Return an entry as JSON values; `entry_of` is the way back."""
    record = {name: getattr(entry, name) for name in _ENTRY_FIELDS}  # asdict takes ten times as long
    solutions = tuple(
        {
            "title": each.title,
            "blocks": tuple({"kind": block.kind, "markdown": block.markdown} for block in each.blocks),
        }
        for each in entry.solutions
    )
    return {**record, "solutions": solutions, "span": asdict(entry.span)}


def article_of(record: Mapping[str, Any]) -> Article:
    """Return the article a record was made from."""
    aliases = tuple((old, new) for old, new in record["aliases"])
    return Article(**{**record, "tags": tuple(record["tags"]), "aliases": aliases})


def entry_of(record: Mapping[str, Any]) -> Entry:
    """Return the entry a record was made from."""
    solutions = tuple(
        Solution(each["title"], tuple(Block(BlockKind(block["kind"]), block["markdown"]) for block in each["blocks"]))
        for each in record["solutions"]
    )
    return Entry(
        entry_id=record["entry_id"],
        title=record["title"],
        messages=tuple(record["messages"]),
        symptoms=tuple(record["symptoms"]),
        cause=record["cause"],
        solutions=solutions,
        context=record["context"],
        breadcrumb=tuple(record["breadcrumb"]),
        span=Span(**record["span"]),
    )


def as_line(record: Mapping[str, Any]) -> bytes:
    """Return a record as one line of JSON, the same bytes for equal records."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def digest_of(records: Iterable[Mapping[str, Any]]) -> str:
    """Return the hex SHA-256 of records, which tells whether any of them changed."""
    digest = hashlib.sha256()
    for record in records:
        digest.update(as_line(record))
    return digest.hexdigest()


def _records(lines: memoryview) -> Iterator[dict[str, Any]]:
    return map(json.loads, bytes(lines).splitlines())


def _bounds(article_rows: npt.NDArray[np.int32], articles: int) -> list[int]:
    return [int(bound) for bound in np.searchsorted(article_rows, np.arange(articles + 1))]
