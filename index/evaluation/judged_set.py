"""Judged sets: queries and the entries that answer them, in the layout of BEIR.

A folder has these files:

- `queries.jsonl`: {"_id", "text"} and optionally "style", a query a line
- `qrels.tsv`, or `qrels/test.tsv` where there is none: query-id, corpus-id and score, separated by tabs
- `oos_ids.txt`, optional: the ids of queries that nothing answers, an id a line
- `corpus.jsonl`, optional: {"_id", "title", "text"}, an entry a line; without it the set judges articles elsewhere
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from corpus.article import Article, Block, BlockKind, Entry, Solution, Span
from corpus.loader import Corpus
from index.errors import JudgedSetError

_GRADE = re.compile(r"[0-9]{1,2}")  # below 100: the gain is 2 ** grade - 1
_SPACE = re.compile(r"\s")  # separates the columns of a run in TREC's format
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Part(StrEnum):
    """Which queries of a set are asked."""

    TUNE = "tune"  # the third that constants may be chosen on
    REPORT = "report"  # the rest, on which figures are reported
    ALL = "all"


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query and the entries that answer it.

    Attributes:
        query_id: Its id, without spaces.
        text: What is asked.
        style: How it is asked, for measures by style; None where the set does not say.
        grades: (entry id, grade from 1) pairs; empty where nothing answers it.
    """

    query_id: str
    text: str
    style: str | None
    grades: tuple[tuple[str, int], ...]

    @property
    def is_tune(self) -> bool:
        """Whether it is in the third that constants may be chosen on, which a hash of its id decides."""
        digest = hashlib.sha1(self.query_id.encode(), usedforsecurity=False).hexdigest()
        return int(digest, 16) % 3 == 0

    def is_in(self, part: Part) -> bool:
        """Return whether the query belongs to a part of its set."""
        return part is Part.ALL or self.is_tune == (part is Part.TUNE)


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """Judged queries and, where the set has one, the corpus they are asked of.

    Attributes:
        name: The folder's name.
        answerable: Queries with at least one right entry, in the order of the file.
        unanswerable: Queries that nothing answers, as `oos_ids.txt` says.
        left_out: How many queries are neither.
        corpus: None where the set judges articles elsewhere.
    """

    name: str
    answerable: tuple[JudgedQuery, ...]
    unanswerable: tuple[JudgedQuery, ...]
    left_out: int
    corpus: Corpus | None


def read_judged_set(folder: Path, *, entry_ids: frozenset[str] | None = None) -> JudgedSet:
    """Read a judged set.

    Args:
        folder: In the layout of BEIR.
        entry_ids: The ids of all entries, for a set without a corpus; None to accept any id.

    Raises:
        JudgedSetError: A file is missing, a line is malformed, an id occurs twice or is unknown, or no query has a
            right entry.
    """
    corpus = _read_corpus(folder / "corpus.jsonl") if (folder / "corpus.jsonl").exists() else None
    if corpus is not None:
        entry_ids = frozenset(entry.entry_id for entry in corpus.entries)
    queries = dict(_read_records(folder / "queries.jsonl"))
    qrels = _first_of(folder / "qrels.tsv", folder / "qrels" / "test.tsv")
    grades = _read_grades(qrels, frozenset(queries), entry_ids)
    unanswerable_ids = _read_ids(folder / "oos_ids.txt", frozenset(queries), frozenset(grades))
    judged = [
        JudgedQuery(query_id, record["text"], record.get("style"), tuple(sorted(grades.get(query_id, {}).items())))
        for query_id, record in queries.items()
    ]
    answerable = tuple(query for query in judged if query.grades)
    if not answerable:
        raise JudgedSetError(f"{qrels}: no query has a right entry, so there is nothing to measure")
    unanswerable = tuple(query for query in judged if query.query_id in unanswerable_ids)
    return JudgedSet(folder.name, answerable, unanswerable, len(judged) - len(answerable) - len(unanswerable), corpus)


def _read_corpus(path: Path) -> Corpus:
    article = Article("", path.parent.name, None, None, (), None, None, (), draft=False, source=path.name)
    entries = tuple(_entry(number, record) for number, record in enumerate(_read_records(path), start=1))
    if not entries:
        raise JudgedSetError(f'{path}: expected an object with "_id" and "text" in each line, found no line')
    return Corpus((article,), entries, ())


def _entry(line: int, record: tuple[str, dict[str, Any]]) -> Entry:
    """Return a BEIR document as an entry: its title is the only message, its text the solution."""
    entry_id, values = record
    title, text = values.get("title") or "", values["text"]
    solution = Solution(None, (Block(BlockKind.TEXT, text),))
    return Entry(entry_id, title, (title,) if title else (), (), None, (solution,), None, (), Span(line, line))


def _read_records(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    seen: dict[str, int] = {}
    for number, line in _lines(path):
        try:
            record = json.loads(line)
            record_id, text = record["_id"], record["text"]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise JudgedSetError(
                f'{path}:{number}: expected an object with "_id" and "text", found {line!r:.80}'
            ) from error
        if not isinstance(record_id, str) or not isinstance(text, str):
            raise JudgedSetError(f'{path}:{number}: expected strings as "_id" and "text", found {line!r:.80}')
        for name in ("style", "title"):
            if not isinstance(record.get(name), str | None):
                raise JudgedSetError(f'{path}:{number}: expected a string as "{name}", found {record[name]!r:.80}')
        if _LONE_SURROGATE.search("".join(record.get(name) or "" for name in ("_id", "text", "style", "title"))):
            raise JudgedSetError(f"{path}:{number}: found half of a surrogate pair in {line!r:.80}")
        if not record_id or _SPACE.search(record_id):
            raise JudgedSetError(f"{path}:{number}: an id must not be empty or have spaces, found {record_id!r:.80}")
        if record_id in seen:
            raise JudgedSetError(f'{path}:{number}: the id "{record_id}" is used in line {seen[record_id]} already')
        seen[record_id] = number
        yield record_id, record


def _read_grades(path: Path, query_ids: frozenset[str], entry_ids: frozenset[str] | None) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = {}
    judged: set[tuple[str, str]] = set()
    for number, line in _lines(path):
        cells = line.split("\t")
        if number == 1 and cells[0] == "query-id":
            continue
        if len(cells) != 3 or not _GRADE.fullmatch(cells[2].strip()):
            raise JudgedSetError(
                f"{path}:{number}: expected query-id, corpus-id and score, a whole number below 100, found {line!r:.80}"
            )
        query_id, entry_id, grade = cells[0], cells[1], int(cells[2])
        if query_id not in query_ids:
            raise JudgedSetError(f'{path}:{number}: there is no query "{query_id}" in queries.jsonl')
        if entry_ids is not None and entry_id not in entry_ids:
            raise JudgedSetError(f'{path}:{number}: there is no entry "{entry_id}"')
        if (query_id, entry_id) in judged:
            raise JudgedSetError(f'{path}:{number}: "{query_id}" and "{entry_id}" are judged twice')
        judged.add((query_id, entry_id))
        if grade > 0:
            grades.setdefault(query_id, {})[entry_id] = grade
    return grades


def _read_ids(path: Path, query_ids: frozenset[str], answered: frozenset[str]) -> frozenset[str]:
    if not path.exists():
        return frozenset()
    for number, line in _lines(path):
        if line.strip() not in query_ids:
            raise JudgedSetError(f'{path}:{number}: there is no query "{line.strip()}" in queries.jsonl')
        if line.strip() in answered:
            raise JudgedSetError(f'{path}:{number}: "{line.strip()}" has right entries in the qrels')
    return frozenset(line.strip() for _, line in _lines(path))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise JudgedSetError(f"{path} is missing; a judged set has queries.jsonl and qrels.tsv") from error
    except OSError as error:
        raise JudgedSetError(f"{path} cannot be read ({error.strerror})") from error
    try:
        text = content.decode("utf-8-sig")  # without the byte order mark of Windows' editors
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise JudgedSetError(f"{path}:{line}: found a byte that is not UTF-8; save it as UTF-8") from error
    for number, row in enumerate(text.split("\n"), start=1):
        if row.strip():
            yield number, row


def _first_of(*paths: Path) -> Path:
    return next((path for path in paths if path.exists()), paths[0])
