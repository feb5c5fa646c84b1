"""Is the index whole? Every file is read, and what the files say is held against each other.

The model is Lucene's CheckIndex: it opens what is on disk as a searcher would, and counts what can be counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.passages import passages_of
from index.errors import BadIndexError, NoIndexError
from index.models.encoder import Encoder
from index.ranking.passage_table import FIELDS, Halves, PassageTable, encode_passages
from index.ranking.vector_index import VectorIndex
from index.storage.entry_table import EntryTable
from index.storage.generation import Generation
from index.storage.store import Store

MOST_ROWS = 5_000  # vectors that are looked up; of a larger index evenly spaced ones
DEEP_ENTRIES = 50
_UNIT = 1e-3
_SAME = 1e-3  # two backends of one encoder differ by less (cosine .9999)
BUILD = 'run "assistant build"'
ROLLBACK = 'run "assistant rollback" to go back to the newest sound generation, or "assistant build"'


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        where: The generation's id, or "pointer".
        found: What is wrong.
        remedy: The command that mends it.
    """

    where: str
    found: str
    remedy: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Attributes:
        current: The generation that is current; None where none can be read.
        generations: All that were read, newest first.
        entries: How many entries the current generation has; `passages` and `vectors_found` likewise.
        vectors_found: How many stored vectors were looked up and found their own row or an equal one.
        encoded: How many passages were encoded again and compared; 0 unless asked for.
        problems: Empty where everything is right.
    """

    current: str | None
    generations: tuple[str, ...]
    entries: int
    passages: int
    vectors_found: int
    encoded: int
    problems: tuple[Problem, ...]


def check(store: Store, *, open_encoder: Callable[[], Encoder] | None = None) -> CheckReport:
    """Check every generation's files and the current one's content.

    Args:
        store: The index.
        open_encoder: With it, a sample of the entries is encoded again and compared.

    Raises:
        NoIndexError: Nothing has been built.
    """
    problems: list[Problem] = []
    listed = store.generations()
    try:
        generation = store.current()
    except NoIndexError as error:
        if not listed:
            raise
        problems.append(Problem("pointer", str(error), ROLLBACK))
        generation = None
    except BadIndexError as error:
        problems.append(Problem("current", str(error), ROLLBACK))
        generation = None
    problems += _others(store, [each.generation_id for each in listed if not each.is_current])
    ids = tuple(each.generation_id for each in listed)
    if generation is None:
        return CheckReport(None, ids, 0, 0, 0, 0, tuple(problems))
    with generation:
        return _check_current(generation, ids, problems, None if open_encoder is None else open_encoder())


def _others(store: Store, ids: list[str]) -> Iterator[Problem]:
    for generation_id in ids:
        try:
            store.open(generation_id).close()
        except BadIndexError as error:
            if not store.holds(generation_id):  # a build has removed it meanwhile
                continue
            folder = store.root / "generations" / generation_id
            yield Problem(generation_id, str(error), f"remove {folder}; it is not searched")


def _check_current(
    generation: Generation, ids: tuple[str, ...], problems: list[Problem], encoder: Encoder | None
) -> CheckReport:
    name = generation.generation_id
    try:
        entries, passages = EntryTable(generation), PassageTable(generation)
        found = [*_entry_problems(generation, entries), *_passage_problems(generation, entries, passages)]
        found_vectors, not_found = (0, []) if found else _look_up(passages)
        encoded, differing = (0, []) if found or encoder is None else _encode_again(entries, passages, encoder)
    except (BadIndexError, LookupError, ValueError, TypeError) as error:
        problems.append(Problem(name, f"its files do not fit together ({error!r})", ROLLBACK))
        return CheckReport(name, ids, 0, 0, 0, 0, tuple(problems))
    problems += [Problem(name, each, BUILD) for each in (*found, *not_found, *differing)]
    return CheckReport(name, ids, len(entries), len(passages), found_vectors, encoded, tuple(problems))


def _entry_problems(generation: Generation, entries: EntryTable) -> Iterator[str]:
    counts = generation.facts.get("counts", {})
    if counts.get("entries") != len(entries) or counts.get("articles") != len(entries.articles):
        yield f"{len(entries)} entries of {len(entries.articles)} articles, but its manifest says {counts}"
    seen: set[str] = set()
    for row in range(len(entries)):
        entry, article = entries.entry(row), entries.article(row)
        if entry.entry_id in seen:
            yield f'two entries have the id "{entry.entry_id}"'
        if entry.article_id != article.article_id:
            yield f'entry "{entry.entry_id}" is filed under the article "{article.article_id}"'
        seen.add(entry.entry_id)


def _passage_problems(generation: Generation, entries: EntryTable, passages: PassageTable) -> Iterator[str]:
    count = len(passages)
    stated = generation.facts.get("counts", {}).get("passages")
    if stated != count:
        yield f"{count} passages, but its manifest says {stated}"
    shapes = {len(passages.fields), len(passages.digests), len(passages.vectors)}
    if shapes != {count}:
        yield f"{count} passages, but {sorted(shapes)} fields, digests and vectors"
        return
    if count and (passages.fields.max() >= len(FIELDS) or not np.array_equal(*_rows(entries, passages))):
        yield "passages that belong to no entry or field, or entries without a passage"
    norms = np.linalg.norm(passages.vectors.astype(np.float32), axis=1)
    if count and not (np.abs(norms - 1) <= _UNIT).all():  # also false for what is no number
        yield f"{int((~(np.abs(norms - 1) <= _UNIT)).sum())} vectors that are not finite and of length 1"


def _rows(entries: EntryTable, passages: PassageTable) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the entry rows that passages name, and those that there are."""
    return np.unique(passages.entries).astype(np.int64), np.arange(len(entries))


def _look_up(passages: PassageTable) -> tuple[int, list[str]]:
    """Search for stored vectors: each must find its own row, or another row with an equal vector."""
    vectors = passages.vectors
    index = VectorIndex(vectors, passages.search_codes)
    rows = np.unique(np.linspace(0, len(vectors) - 1, min(len(vectors), MOST_ROWS)).astype(np.int64))
    lost = [int(row) for row in rows if not _finds_itself(index, vectors, int(row))]
    problems = [f"{len(lost)} of {len(rows)} vectors do not find themselves, row {lost[0]} first"] if lost else []
    return len(rows) - len(lost), problems


def _finds_itself(index: VectorIndex, vectors: Halves, row: int) -> bool:
    found, scores = index.nearest(vectors[row], 1)
    nearest = int(found[0])
    same = nearest == row or bool(np.allclose(vectors[nearest], vectors[row], atol=_SAME))
    return same and abs(float(scores[0]) - 1) <= _UNIT


def _encode_again(entries: EntryTable, passages: PassageTable, encoder: Encoder) -> tuple[int, list[str]]:
    rows = np.unique(np.linspace(0, len(entries) - 1, min(len(entries), DEEP_ENTRIES)).astype(np.int64))
    problems: list[str] = []
    encoded = 0
    for row in map(int, rows):
        entry = entries.entry(row)
        own = np.flatnonzero(passages.entries == row)
        made = passages_of(entry, count_tokens=encoder.count_tokens, max_tokens=encoder.identity.max_tokens)
        if [passage.digest for passage in made] != [bytes(digest).hex() for digest in passages.digests[own]]:
            problems.append(f'the passages of "{entry.entry_id}" are not those of its text')
            continue
        vectors = encode_passages(made, encoder, previous=None)[0].vectors.astype(np.float32)
        encoded += len(made)
        if (
            vectors.shape != passages.vectors[own].shape
            or not (np.sum(vectors * passages.vectors[own], 1) > 0.999).all()
        ):
            problems.append(f'the vectors of "{entry.entry_id}" are not those that {encoder.identity.name} gives')
    return encoded, problems
