"""What distinguishes a corpus from the generation before: entries added, changed, removed, and lost to broken files."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

import corpus as corpus_package
import index as index_package
from corpus.article import Entry
from corpus.loader import Corpus
from index.build_report import Rejected
from index.storage.carried_rows import CarriedRows
from index.storage.entry_table import EntryTable, digest_of, entry_record
from index.storage.generation import Generation

_COUNTING_PACKAGES = ("PyStemmer", "pycld2")


@dataclass(frozen=True, slots=True)
class EntryChanges:
    """The entries of a corpus compared with those of the generation before, by their ids.

    Attributes:
        added: Ids of entries that are new.
        changed: Ids of entries whose content differs.
        removed: Ids of entries that are gone.
        unchanged: The ids of all others, each with its row in the generation before.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: Mapping[str, int]


def entry_changes(entries: Sequence[Entry], previous: EntryTable | None) -> EntryChanges:
    """Compare the entries of a corpus with those of the generation before; None means that there is none."""
    old: dict[str, str] = {}
    if previous is not None:
        old = {each["entry_id"]: _content_digest(each) for each in map(previous.record, range(len(previous)))}
    new = {entry.entry_id: _content_digest(entry_record(entry)) for entry in entries}
    return EntryChanges(
        added=tuple(each for each in new if each not in old),
        changed=tuple(each for each, digest in new.items() if old.get(each, digest) != digest),
        removed=tuple(each for each in old if each not in new),
        unchanged={each: row for row, each in enumerate(old) if old[each] == new.get(each)},
    )


def carried_rows(
    entries: Sequence[Entry], unchanged: Mapping[str, int], previous: Generation, *, code: str
) -> CarriedRows | None:
    """Return which entries are carried over from the generation before; None where most would have to be made anew.

    Args:
        entries: All entries, in the order of their rows.
        unchanged: The rows that those with the same content have in the generation before, by their ids.
        previous: The generation before.
        code: What `code_fingerprint` returns now: other code may make something else of the same entries.
    """
    if previous.facts.get("code") != code or 2 * len(unchanged) < len(entries):
        return None
    rows = np.full(int(previous.facts["counts"]["entries"]), -1, dtype=np.int32)
    new: list[int] = []
    last = -1
    for row, entry in enumerate(entries):
        before = unchanged.get(entry.entry_id, -1)
        if before > last:  # what has moved up within its article is as good as new: carried entries keep their order
            rows[before] = row
            last = before
        else:
            new.append(row)
    return CarriedRows(previous, rows, np.array(new, dtype=np.int32))


@cache
def code_fingerprint() -> str:
    """Return the hex SHA-256 of the code that an index is made by, and of the versions of what it counts words with."""
    digest = hashlib.sha256("\n".join(map(version, _COUNTING_PACKAGES)).encode())
    for package in (index_package, corpus_package):
        for path in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def rejected_articles(corpus: Corpus, previous: Generation | None) -> tuple[Rejected, ...]:
    """Return what was rejected of a corpus, each with how many entries of its file are missing or as they were."""
    if not corpus.rejected:
        return ()
    missing = Counter[str]()  # by file: the entries it had in the generation before, less those it has now
    if previous is not None:
        entries = EntryTable(previous)
        missing.update({source: count for source, _, count, _ in previous.facts["rejected"]})
        for article in entries.articles:
            missing[article.source] += len(entries.rows_of(article.article_id))
    source_of = {article.article_id: article.source for article in corpus.articles}
    missing.subtract(source_of[entry.article_id] for entry in corpus.entries)
    as_before = _kept_as_before(corpus, source_of)
    return tuple(
        Rejected(
            error.source,
            str(error),
            max(0, missing[error.source]),
            as_before[error.source if error.concerns is None else error.concerns],
        )
        for error in corpus.rejected
    )


def _kept_as_before(corpus: Corpus, source_of: Mapping[str, str]) -> Counter[str]:
    """Count the entries that are searched as they were before, by what was left out: an id, or a file or a folder."""
    named = {error.concerns for error in corpus.rejected}
    counts = Counter[str]()
    for entry in corpus.entries:
        if not entry.being_edited:
            continue
        if (own := next((each for each in (entry.entry_id, entry.article_id) if each in named), None)) is not None:
            counts[own] += 1
        else:
            path = PurePosixPath(source_of[entry.article_id])
            counts.update(each.as_posix() for each in (path, *path.parents))
    return counts


def _content_digest(record: dict[str, Any]) -> str:
    """Return a digest of what an entry says; where it stands in its file, and whether it is edited, is left out."""
    return digest_of([{**record, "span": None, "being_edited": False}])
