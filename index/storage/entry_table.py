"""The entries and articles of a generation: JSON, one record a line, parsed when an entry is asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
    """Return the files that `EntryTable` reads, by name.

    Args:
        articles: Every article of which there is an entry.
        entries: Those of an article together, in the order of the articles.
    """
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
    """The entries of a generation by row, in the order of the articles.

    Attributes:
        articles: All articles, in the order of their entries.
    """

    def __init__(self, generation: Generation) -> None:
        self._lines = generation.bytes_of(_ENTRIES)
        rows = generation.arrays(_ROWS)
        self._starts: npt.NDArray[np.int64] = rows["starts"]
        self._article_rows: npt.NDArray[np.int32] = rows["articles"]
        self.articles = tuple(
            article_of(record) for record in map(json.loads, bytes(generation.bytes_of(_ARTICLES)).splitlines())
        )
        bounds = np.searchsorted(self._article_rows, np.arange(len(self.articles) + 1))
        self._first_rows: list[int] = bounds.tolist()  # of each article, and the number of entries
        self._article_row_by_id = {article.article_id: row for row, article in enumerate(self.articles)}
        self._row_by_id: dict[str, int] = {}  # of entries whose id was asked for: they are about to be shown

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __iter__(self) -> Iterator[Entry]:
        return map(self.entry, range(len(self)))

    def record(self, row: int) -> dict[str, Any]:
        """Return the entry of a row as it is stored: see `entry_record`."""
        start, end = int(self._starts[row]), int(self._starts[row + 1])
        record: dict[str, Any] = json.loads(bytes(self._lines[start:end]))
        return record

    def entry_id(self, row: int) -> str:
        """Return the id of a row's entry, and remember its row for `row_of`."""
        entry_id = str(self.record(row)["entry_id"])
        self._row_by_id[entry_id] = row
        return entry_id

    def entry(self, row: int) -> Entry:
        """Return the entry of a row."""
        return entry_of(self.record(row))

    def article(self, row: int) -> Article:
        """Return the article that holds the entry of a row."""
        return self.articles[int(self._article_rows[row])]

    def rows_of(self, article_id: str) -> range:
        """Return the rows of an article's entries; an empty range for an unknown article."""
        row = self._article_row_by_id.get(article_id)
        return range(0) if row is None else range(self._first_rows[row], self._first_rows[row + 1])

    def row_of(self, entry_id: str) -> int | None:
        """Return the row of an entry, by its id or by an old id that its article lists as an alias; None if unknown."""
        article_id = entry_id.rpartition("#")[0]
        article_row = self._article_row_by_id.get(article_id)
        aliases = dict(self.articles[article_row].aliases) if article_row is not None else {}
        current_id = aliases.get(entry_id, entry_id)
        if (remembered := self._row_by_id.get(current_id)) is not None:
            return remembered
        for row in self.rows_of(current_id.rpartition("#")[0]):
            if self.record(row)["entry_id"] == current_id:
                return row
        return None

    def allowed(
        self, product: str | None = None, tags: Sequence[str] = (), without: Collection[str] = ()
    ) -> npt.NDArray[np.bool_] | None:
        """Return which rows a filter allows, (entries,) bool; None, which allows all, where there is no filter.

        Args:
            product: Only entries of articles of this product; None for any.
            tags: Only entries of articles with all of these tags.
            without: Ids of entries that are left out.
        """
        if product is None and not tags and not without:
            return None
        allowed = [
            (product is None or article.product == product) and set(tags) <= set(article.tags)
            for article in self.articles
        ]
        rows: npt.NDArray[np.bool_] = np.array(allowed, dtype=np.bool_)[self._article_rows]
        rows[[row for row in map(self.row_of, without) if row is not None]] = False
        return rows


def article_record(article: Article) -> dict[str, Any]:
    """Return an article as JSON values; `article_of` is the inverse."""
    return asdict(article)


def entry_record(entry: Entry) -> dict[str, Any]:
    """Return an entry as JSON values; `entry_of` is the inverse."""
    record = {name: getattr(entry, name) for name in _ENTRY_FIELDS}  # ten times as fast as asdict
    solutions = tuple(
        {
            "title": each.title,
            "blocks": tuple({"kind": block.kind, "markdown": block.markdown} for block in each.blocks),
        }
        for each in entry.solutions
    )
    return {**record, "solutions": solutions, "span": asdict(entry.span)}


def article_of(record: Mapping[str, Any]) -> Article:
    """Return the article of a record that `article_record` made."""
    aliases = tuple((old, new) for old, new in record["aliases"])
    return Article(**{**record, "tags": tuple(record["tags"]), "aliases": aliases})


def entry_of(record: Mapping[str, Any]) -> Entry:
    """Return the entry of a record that `entry_record` made."""
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
        being_edited=record["being_edited"],
    )


def as_line(record: Mapping[str, Any]) -> bytes:
    """Return a record as one line of UTF-8 JSON; equal records give equal bytes."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def digest_of(records: Iterable[Mapping[str, Any]]) -> str:
    """Return the hex SHA-256 of records; it differs where any of them, or their order, does."""
    digest = hashlib.sha256()
    for record in records:
        digest.update(as_line(record))
    return digest.hexdigest()
