"""Judged sets: queries, and which entries answer them, in the layout of BEIR.

A folder holds `queries.jsonl` ({"_id", "text"}, and "style" where it has one), `qrels.tsv` or `qrels/test.tsv`
(query-id, corpus-id, score), perhaps `oos_ids.txt` (the queries that nothing answers, an id a line), and `corpus.jsonl`
({"_id", "title", "text"}) unless it judges articles that are kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.article import Article, Block, BlockKind, Entry, Solution, Span
from corpus.loader import Corpus
from index.errors import JudgedSetError

_GRADE = re.compile(r"[0-9]{1,2}")  # a gain is 2 to the power of it
_SPACE = re.compile(r"\s")  # parts the columns of a run
_HALF_A_CHARACTER = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query and what answers it.

    Attributes:
        grades: (entry id, grade from 1) pairs; empty where nothing answers it.
    """

    query_id: str
    text: str
    style: str | None
    grades: tuple[tuple[str, int], ...]

    @property
    def is_tune(self) -> bool:
        """Whether it is of the third that constants are chosen on; told by its id, so that no file has to say it."""
        digest = hashlib.sha1(self.query_id.encode(), usedforsecurity=False).hexdigest()
        return int(digest, 16) % 3 == 0


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """Judged queries and, where the set brings its own, the corpus they are asked of.

    Attributes:
        answerable: Queries with at least one right entry, in the order of the file.
        unanswerable: Queries that are known to have none.
        left_out: How many queries are neither.
        corpus: None where the articles are kept elsewhere.
    """

    name: str
    answerable: tuple[JudgedQuery, ...]
    unanswerable: tuple[JudgedQuery, ...]
    left_out: int
    corpus: Corpus | None


def read_judged_set(folder: Path, *, known_ids: frozenset[str] | None = None) -> JudgedSet:
    """Read a judged set.

    Args:
        folder: In the layout of BEIR.
        known_ids: The entry ids there are, where the set has no corpus of its own.

    Raises:
        JudgedSetError: A file is missing, a row is malformed, an id is there twice, the qrels name an unknown one, or
            no query has a right entry.
    """
    corpus = _read_corpus(folder / "corpus.jsonl") if (folder / "corpus.jsonl").exists() else None
    if corpus is not None:
        known_ids = frozenset(entry.entry_id for entry in corpus.entries)
    queries = dict(_read_records(folder / "queries.jsonl"))
    qrels = _first_of(folder / "qrels.tsv", folder / "qrels" / "test.tsv")
    grades = _read_grades(qrels, frozenset(queries), known_ids)
    none = _read_ids(folder / "oos_ids.txt", frozenset(queries), frozenset(grades))
    judged = [
        JudgedQuery(query_id, record["text"], record.get("style"), tuple(sorted(grades.get(query_id, {}).items())))
        for query_id, record in queries.items()
    ]
    answerable = tuple(query for query in judged if query.grades)
    if not answerable:
        raise JudgedSetError(f"{qrels}: no query has a right entry, so there is nothing to measure")
    unanswerable = tuple(query for query in judged if query.query_id in none)
    return JudgedSet(folder.name, answerable, unanswerable, len(judged) - len(answerable) - len(unanswerable), corpus)


def _read_corpus(path: Path) -> Corpus:
    article = Article("", path.parent.name, None, None, (), None, None, (), draft=False, source=path.name)
    entries = tuple(_entry(number, record) for number, record in enumerate(_read_records(path), start=1))
    if not entries:
        raise JudgedSetError(f'{path}: expected an entry in each line, an object with "_id" and "text", found none')
    return Corpus((article,), entries, ())


def _entry(line: int, record: tuple[str, dict[str, Any]]) -> Entry:
    """A BEIR document is an entry with its title as the one message and its text as the body."""
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
            raise JudgedSetError(f'{path}:{number}: "_id" and "text" should be texts, found {line!r:.80}')
        for name in ("style", "title"):
            if not isinstance(record.get(name), str | None):
                raise JudgedSetError(f'{path}:{number}: "{name}" should be a text, found {record[name]!r:.80}')
        if _HALF_A_CHARACTER.search("".join(record.get(name) or "" for name in ("_id", "text", "style", "title"))):
            raise JudgedSetError(f"{path}:{number}: half of a surrogate pair is no character, found {line!r:.80}")
        if not record_id or _SPACE.search(record_id):
            raise JudgedSetError(f"{path}:{number}: an id has no spaces and is not empty, found {record_id!r:.80}")
        if record_id in seen:
            raise JudgedSetError(f'{path}:{number}: the id "{record_id}" stands in line {seen[record_id]} already')
        seen[record_id] = number
        yield record_id, record


def _read_grades(path: Path, query_ids: frozenset[str], known_ids: frozenset[str] | None) -> dict[str, dict[str, int]]:
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
        if known_ids is not None and entry_id not in known_ids:
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
        text = content.decode("utf-8-sig")  # Windows' editors put a mark before the first line
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise JudgedSetError(f"{path}:{line}: found a byte that is not UTF-8; save it as UTF-8") from error
    for number, row in enumerate(text.split("\n"), start=1):
        if row.strip():
            yield number, row


def _first_of(*paths: Path) -> Path:
    return next((path for path in paths if path.exists()), paths[0])
