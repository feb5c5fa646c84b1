"""What distinguishes a corpus from the generation before: entries added, changed, removed, and lost to broken files."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import chain
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

import corpus as corpus_package
import index as index_package
from corpus.article import Entry
from corpus.entry_runs import article_id_of, runs_of
from corpus.loader import Corpus
from index.build_report import Rejected
from index.models.encoder import Encoder
from index.storage.carried_rows import CarriedRows
from index.storage.entry_table import EntryTable, StoredEntries, as_line, content_digest, entry_record
from index.storage.generation import Generation

_COUNTING_PACKAGES = ("PyStemmer", "pycld2")


@dataclass(frozen=True, slots=True, eq=False)
class EntryChanges:
    """The entries of a corpus compared with those of the generation before, by their ids.

    Attributes:
        added: Ids of entries that are new.
        changed: Ids of entries whose content differs.
        removed: Ids of entries that are gone.
        before: (entries,) int32, the row that each entry with the same content has in the generation before; -1 for
            those that are new or changed.
        stored: (entries,) int32, the row that each entry has there that is stored in the same bytes; -1 for the others.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    before: npt.NDArray[np.int32]
    stored: npt.NDArray[np.int32]

    @property
    def unchanged(self) -> int:
        """How many entries have the same content."""
        return int((self.before >= 0).sum())


def entry_changes(entries: Sequence[Entry], previous: EntryTable | None) -> EntryChanges:
    """Compare the entries of a corpus with those of the generation before; None means that there is none.

    Entries that were taken from that generation as they are stored are not read.
    """
    before, stored = np.full((2, len(entries)), -1, dtype=np.int32)
    is_gone = np.ones(0 if previous is None else len(previous), dtype=np.bool_)
    added: list[str] = []
    changed: list[str] = []
    start = 0
    for run in runs_of(entries):
        own, as_stored = before[start : start + len(run)], stored[start : start + len(run)]
        start += len(run)
        if previous is not None and isinstance(run, StoredEntries) and run.generation_id == previous.generation_id:
            own[:] = as_stored[:] = run.rows
            is_gone[run.rows.start : run.rows.stop] = False
            continue
        old = {} if previous is None else _rows_by_id(previous, run[0].article_id)
        for at, entry in enumerate(run):
            row = old.get(entry.entry_id)
            if row is None or previous is None:
                added.append(entry.entry_id)
                continue
            is_gone[row] = False
            record = entry_record(entry)
            if as_line(record) == previous.line(row):
                own[at] = as_stored[at] = row
            elif content_digest(record) == content_digest(previous.record(row)):
                own[at] = row
            else:
                changed.append(entry.entry_id)
    gone = (
        () if previous is None else tuple(str(previous.record(int(row))["entry_id"]) for row in np.flatnonzero(is_gone))
    )
    return EntryChanges(tuple(added), tuple(changed), gone, before, stored)


def _rows_by_id(previous: EntryTable, article_id: str) -> dict[str, int]:
    return {previous.record(row)["entry_id"]: row for row in previous.rows_of(article_id)}


def carried_rows(before: npt.NDArray[np.int32], previous: Generation, *, code: str) -> CarriedRows | None:
    """Return which entries are carried over from the generation before; None where most would have to be made anew.

    Args:
        before: `EntryChanges.before`.
        previous: The generation before.
        code: What `code_fingerprint` returns now: other code may make something else of the same entries.
    """
    if previous.facts.get("code") != code or 2 * int((before >= 0).sum()) < len(before):
        return None
    highest = np.maximum.accumulate(np.append(np.int32(-1), before))[:-1]
    is_carried = before > highest  # what has moved up within its article is as good as new: the others keep their order
    rows = np.full(int(previous.facts["counts"]["entries"]), -1, dtype=np.int32)
    rows[before[is_carried]] = np.flatnonzero(is_carried)
    return CarriedRows(previous, rows, np.flatnonzero(~is_carried).astype(np.int32))


def was_made_with(encoder: Encoder, generation: Generation) -> bool:
    """Return whether the vectors of a generation are comparable with those of an encoder."""
    return bool(generation.facts["encoder"]["fingerprint"] == encoder.identity.fingerprint)


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
    for run in runs_of(corpus.entries):
        missing[source_of[article_id_of(run)]] -= len(run)
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
    for entry in _read_now(corpus):
        if not entry.being_edited:
            continue
        if (own := next((each for each in (entry.entry_id, entry.article_id) if each in named), None)) is not None:
            counts[own] += 1
        else:
            path = PurePosixPath(source_of[entry.article_id])
            counts.update(each.as_posix() for each in (path, *path.parents))
    return counts


def _read_now(corpus: Corpus) -> Iterator[Entry]:
    """Yield the entries of files that have changed; what is stored of the others was whole, and is not read."""
    return chain.from_iterable(run for run in runs_of(corpus.entries) if not isinstance(run, StoredEntries))
