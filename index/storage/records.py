"""Articles and entries as JSON, the way a generation keeps them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any

from corpus.article import Article, Block, BlockKind, Entry, Solution, Span

_ENTRY_FIELDS = tuple(field.name for field in fields(Entry))


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
