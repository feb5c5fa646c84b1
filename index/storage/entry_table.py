"""The entries and articles of a generation: JSON, one record a line, parsed when an entry is asked for.

The lines of entries are in segments, with all that belongs to an entry alone.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.article import Article, Block, BlockKind, Entry, Solution, Span
from corpus.entry_runs import ArticleEntries, article_id_of, runs_of
from index.storage.generation import Generation
from index.storage.payload import Payload
from index.storage.segments.columns import LINE_LENGTHS, LINES
from index.storage.segments.placed_rows import SHIFT

_ARTICLES, _ROWS = "articles.jsonl", "entries.safetensors"
_ENTRY_FIELDS = tuple(field.name for field in fields(Entry))
_ARTICLE_FIELDS = tuple(field.name for field in fields(Article))
_SPAN_FIELDS = tuple(field.name for field in fields(Span))


def entry_files(articles: Sequence[Article], entries: Sequence[Entry]) -> dict[str, Payload]:
    """Return the files that `EntryTable` reads, by name.

    Args:
        articles: Every article of which there is an entry, in the order of their ids.
        entries: Those of an article together, in the order of the articles.

    Raises:
        ValueError: The articles are in another order.
    """
    if any(one.article_id >= other.article_id for one, other in pairwise(articles)):
        raise ValueError("the articles are not in the order of their ids")
    runs = runs_of(entries)
    lines = [as_line(article_record(article)) for article in articles]
    rows = {article.article_id: row for row, article in enumerate(articles)}
    digests = b"".join(bytes.fromhex(entries_digest(run)) for run in runs)
    return {
        _ARTICLES: b"".join(lines),
        _ROWS: {
            "article_starts": np.cumsum([0, *map(len, lines)], dtype=np.int64),
            "articles": np.repeat([rows[article_id_of(run)] for run in runs], list(map(len, runs))).astype(np.int32),
            "digests": np.frombuffer(digests, dtype=np.uint8).reshape(-1, 32),
        },
    }


def entry_columns(entries: Iterable[Entry]) -> dict[str, npt.NDArray[Any]]:
    """Return what `EntryTable` reads of a segment that holds these entries."""
    lines = [as_line(entry_record(entry)) for entry in entries]
    return {
        LINES: np.frombuffer(b"".join(lines), dtype=np.uint8),
        LINE_LENGTHS: np.array(list(map(len, lines)), dtype=np.int32),
    }


def entries_digest(entries: Sequence[Entry]) -> str:
    """Return the hex SHA-256 of the entries of an article as they are stored; known of what a generation has."""
    return entries.digest if isinstance(entries, StoredEntries) else digest_of(map(entry_record, entries))


class StoredEntries(ArticleEntries):
    """The entries of an article of a generation, parsed when they are asked for.

    Attributes:
        generation_id: The generation's.
        article_id: The article's.
        rows: Their rows.
    """

    def __init__(self, table: EntryTable, article_id: str) -> None:
        self.generation_id = table.generation_id
        self.article_id = article_id
        self.rows = table.rows_of(article_id)
        self._table = table

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def digest(self) -> str:
        """What `entries_digest` returns of them."""
        return self._table.digest(self.article_id)

    def _entry(self, at: int) -> Entry:
        return self._table.entry(self.rows[at])


class EntryTable:
    """The entries of a generation by row, in the order of the articles.

    Attributes:
        generation_id: The generation's.
    """

    def __init__(self, generation: Generation) -> None:
        self.generation_id = generation.generation_id
        stored = generation.entry_rows()
        self._segments = stored.segments
        self._places, self._lengths = stored.runs(LINE_LENGTHS, stored.places)
        rows = generation.arrays(_ROWS)
        self._digests: npt.NDArray[np.uint8] = rows["digests"]
        self._article_rows: npt.NDArray[np.int32] = rows["articles"]
        if len(self._article_rows) != len(self._places):
            raise ValueError(f"{len(self._places)} entries, but {len(self._article_rows)} of articles")
        self._article_lines = generation.bytes_of(_ARTICLES)
        self._article_starts: npt.NDArray[np.int64] = rows["article_starts"]
        if self._article_starts[-1] != len(self._article_lines):
            raise ValueError(f"{len(self._article_lines)} bytes of articles, expected {self._article_starts[-1]}")
        self._parsed: dict[int, Article] = {}  # articles by row, as far as they were asked for
        self._all_articles: tuple[Article, ...] | None = None
        self._article_row_by_id: dict[str, int] = {}  # once all were asked for
        self._row_by_id: dict[str, int] = {}  # of entries whose id was asked for: they are about to be shown

    def __len__(self) -> int:
        return len(self._places)

    @property
    def articles(self) -> tuple[Article, ...]:
        """All articles, in the order of their entries."""
        if self._all_articles is None:
            articles = tuple(map(self._article, range(len(self._article_starts) - 1)))
            self._article_row_by_id = {each.article_id: row for row, each in enumerate(articles)}
            self._all_articles = articles
        return self._all_articles

    def __iter__(self) -> Iterator[Entry]:
        return map(self.entry, range(len(self)))

    def record(self, row: int) -> dict[str, Any]:
        """Return the entry of a row as it is stored: see `entry_record`."""
        record: dict[str, Any] = json.loads(self.line(row))
        return record

    def line(self, row: int) -> bytes:
        """Return the line that a row's entry is stored in."""
        number, first = divmod(int(self._places[row]), 1 << SHIFT)
        return self._segments[number].run(LINES, first, first + int(self._lengths[row])).tobytes()

    def digest(self, article_id: str) -> str:
        """Return the hex SHA-256 of the lines of an article's entries."""
        row = self._article_row(article_id)
        if row is None:
            raise KeyError(article_id)
        return bytes(self._digests[row]).hex()

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
        return self._article(int(self._article_rows[row]))

    def rows_of(self, article_id: str) -> range:
        """Return the rows of an article's entries; an empty range for an unknown article."""
        row = self._article_row(article_id)
        return range(0) if row is None else range(*np.searchsorted(self._article_rows, [row, row + 1]).tolist())

    def row_of(self, entry_id: str) -> int | None:
        """Return the row of an entry, by its id or by an old id that its article lists as an alias; None if unknown."""
        article_id = entry_id.rpartition("#")[0]
        article_row = self._article_row(article_id)
        aliases = {} if article_row is None else dict(self._article(article_row).aliases)
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

    def _article(self, row: int) -> Article:
        if row not in self._parsed:
            start, end = self._article_starts[row : row + 2].tolist()
            self._parsed[row] = article_of(json.loads(bytes(self._article_lines[start:end])))
        return self._parsed[row]

    def _article_row(self, article_id: str) -> int | None:
        if self._all_articles is not None:
            return self._article_row_by_id.get(article_id)
        count = len(self._article_starts) - 1
        row = bisect_left(range(count), article_id, key=lambda each: self._article(each).article_id)
        return row if row < count and self._article(row).article_id == article_id else None


def article_record(article: Article) -> dict[str, Any]:
    """Return an article as JSON values; `article_of` is the inverse."""
    return {name: getattr(article, name) for name in _ARTICLE_FIELDS}  # ten times as fast as asdict


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
    return {**record, "solutions": solutions, "span": {name: getattr(entry.span, name) for name in _SPAN_FIELDS}}


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


def content_digest(record: Mapping[str, Any]) -> str:
    """Return a digest of what an entry says; where it stands in its file, and whether it is edited, is left out."""
    return digest_of([{**record, "span": None, "being_edited": False}])
