"""Whether an index is intact: every file is read and verified, and what the files say is compared with each other.

The model is Lucene's CheckIndex, which opens what is on disk as a searcher would and counts what can be counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from corpus.article import Entry
from corpus.passages import passages_of, whole_text
from index.encoding.passage_encoder import encode_passages
from index.engines.hosted import FACT, Hosted, placed_in
from index.engines.pushing import faults
from index.entry_changes import code_fingerprint
from index.errors import REBUILD, ROLL_BACK, BadIndexError, EngineError, NoIndexError
from index.models.encoder import Encoder
from index.query_language import entry_languages
from index.ranking.passage_table import FIELDS, PassageTable
from index.ranking.search_codes import chunks
from index.ranking.vector_index import VectorIndex
from index.storage.entry_table import EntryTable
from index.storage.generation import Generation
from index.storage.os_errors import translate_read_errors
from index.storage.payload import chunks_of
from index.storage.segments.placed_rows import PlacedRows
from index.storage.store import Store
from index.texts.text_files import text_files

SEARCHED_VECTORS = 5_000  # at most so many are searched for, evenly spaced over the rows
ENCODED_ENTRIES = 50  # at most so many are encoded again, evenly spaced over the rows
_LENGTH_TOLERANCE = 1e-3
_LEAST_COSINE = 0.999  # two backends of one encoder agree better (.9999)


class ProblemKind(StrEnum):
    """What kind of thing is wrong."""

    UNREADABLE = "unreadable"  # the pointer or a file is missing, damaged or of another format
    MALFORMED = "malformed"  # the files are those that were written, and what is in them cannot be interpreted
    COUNTS = "counts"  # there are more or fewer rows than the manifest says
    ENTRIES = "entries"  # an id stands twice, or an entry belongs to another article than its row says
    PASSAGES = "passages"  # a passage without an entry, an entry without a passage, arrays of different lengths
    VECTORS = "vectors"  # a vector is not finite or not of length 1
    SEARCH = "search"  # a stored vector is not found by a search for it
    TEXT = "text"  # passages, or what is computed of the words, are not those of the entries' texts
    ENCODER = "encoder"  # vectors are not those that the encoder computes
    ENGINE = "engine"  # the server that holds the entries does not answer, or has others
    EXPORT = "export"  # the exported model in the cache is not the one that was written


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; as text: where, what, and the remedy.

    Attributes:
        kind: What kind of thing.
        where: The generation's id; "pointer" or "current" where no id is known.
        description: What is wrong, without the remedy.
        remedy: The command or action that repairs it.
    """

    kind: ProblemKind
    where: str
    description: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.description}; {self.remedy}"


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of a check.

    Attributes:
        current: The id of the current generation; None where it cannot be read.
        generations: The ids of all generations, newest first.
        entries: How many entries the current generation has.
        passages: How many passages it has.
        vectors_found: How many of its vectors were searched for and found their own row or an equal one.
        encoded: How many passages were encoded again; 0 unless asked for.
        problems: Empty where nothing is wrong.
    """

    current: str | None
    generations: tuple[str, ...]
    entries: int
    passages: int
    vectors_found: int
    encoded: int
    problems: tuple[Problem, ...]


_Fault = tuple[ProblemKind, str]


def check(
    store: Store, *, open_encoder: Callable[[], Encoder] | None = None, engine: Hosted | None = None
) -> CheckReport:
    """Check the files of every generation, and the content of the current one.

    Args:
        store: The index.
        open_encoder: If given, a sample of the entries is encoded again and compared, and what is computed of the
            words of all entries is computed again.
        engine: The server that holds the entries, which is asked whether it has those of the current generation.

    Raises:
        NoIndexError: Nothing has been built.
    """
    listed = store.generations()
    ids = tuple(each.generation_id for each in listed)
    problems: list[Problem] = []
    generation = None
    try:
        generation = _read_again(store.current())
    except NoIndexError as error:
        if not listed:
            raise
        problems.append(_unreadable("pointer", error))
    except BadIndexError as error:
        problems.append(_unreadable("current", error))
    problems += _check_others(store, [each.generation_id for each in listed if not each.is_current])
    if generation is None:
        return CheckReport(None, ids, 0, 0, 0, 0, tuple(problems))
    with generation:
        problems += [] if engine is None else _engine_problems(generation, engine)
        return _check_current(generation, ids, problems, None if open_encoder is None else open_encoder())


def _unreadable(where: str, error: NoIndexError | BadIndexError) -> Problem:
    return Problem(ProblemKind.UNREADABLE, where, error.problem, error.remedy or ROLL_BACK)


def _read_again(generation: Generation) -> Generation:
    """Read all segments from the disk, whatever is known of them."""
    try:
        with translate_read_errors(generation.path):
            generation.verify(again=True)
    except BaseException:
        generation.close()
        raise
    return generation


def _engine_problems(generation: Generation, engine: Hosted) -> Iterator[Problem]:
    name = generation.generation_id
    if generation.facts.get(FACT) is None:
        description = "it was built without an engine, but ASSISTANT_ENGINE asks for one"
        yield Problem(ProblemKind.ENGINE, name, description, REBUILD)
        return
    try:
        for fault in faults(engine.milvus, placed_in(generation)):
            yield Problem(ProblemKind.ENGINE, name, fault, REBUILD)
    except EngineError as error:
        yield Problem(ProblemKind.ENGINE, name, error.problem, error.remedy)


def _check_others(store: Store, ids: list[str]) -> Iterator[Problem]:
    for generation_id in ids:
        try:
            _read_again(store.open(generation_id)).close()
        except BadIndexError as error:
            if not store.holds(generation_id):  # a build has removed it meanwhile
                continue
            remedy = f"remove {store.root / 'generations' / generation_id}, which is not searched"
            yield Problem(ProblemKind.UNREADABLE, generation_id, error.problem, remedy)


def _check_current(
    generation: Generation, ids: tuple[str, ...], problems: list[Problem], encoder: Encoder | None
) -> CheckReport:
    name = generation.generation_id
    vectors_found = encoded = 0
    try:
        entries, passages = EntryTable(generation), PassageTable(generation)
        faults = [*_entry_faults(generation, entries), *_passage_faults(generation, entries, passages)]
        if not faults:
            vectors_found, lost = _search_for_vectors(passages)
            encoded, differing = (0, []) if encoder is None else _encode_again(entries, passages, encoder)
            faults = [*lost, *differing]
            problems += [] if encoder is None or faults else _compute_again(generation, list(entries))
    except (BadIndexError, LookupError, ValueError, TypeError) as error:
        problem = Problem(ProblemKind.MALFORMED, name, f"its files do not fit together ({error!r})", ROLL_BACK)
        return CheckReport(name, ids, 0, 0, 0, 0, (*problems, problem))
    problems += [Problem(kind, name, description, REBUILD) for kind, description in faults]
    return CheckReport(name, ids, len(entries), len(passages), vectors_found, encoded, tuple(problems))


def _entry_faults(generation: Generation, entries: EntryTable) -> Iterator[_Fault]:
    counts = generation.facts.get("counts", {})
    if counts.get("entries") != len(entries) or counts.get("articles") != len(entries.articles):
        description = f"{len(entries)} entries of {len(entries.articles)} articles, but its manifest says {counts}"
        yield ProblemKind.COUNTS, description
    seen: set[str] = set()
    for row in range(len(entries)):
        entry, article = entries.entry(row), entries.article(row)
        if entry.entry_id in seen:
            yield ProblemKind.ENTRIES, f'two entries have the id "{entry.entry_id}"'
        if entry.article_id != article.article_id:
            yield ProblemKind.ENTRIES, f'entry "{entry.entry_id}" is filed under the article "{article.article_id}"'
        seen.add(entry.entry_id)


def _passage_faults(generation: Generation, entries: EntryTable, passages: PassageTable) -> Iterator[_Fault]:
    count = len(passages)
    stated = generation.facts.get("counts", {}).get("passages")
    if stated != count:
        yield ProblemKind.COUNTS, f"{count} passages, but its manifest says {stated}"
    if not count:
        return
    if passages.fields.max() >= len(FIELDS) or not np.array_equal(np.unique(passages.entries), np.arange(len(entries))):
        yield ProblemKind.PASSAGES, "passages that belong to no entry or field, or entries without a passage"
    bad = 0
    for vectors in chunks(passages.vectors):
        lengths_off_one = np.abs(np.linalg.norm(vectors, axis=1) - 1)
        bad += int((~(lengths_off_one <= _LENGTH_TOLERANCE)).sum())  # subtle: what is not a number is not <= either
    if bad:
        yield ProblemKind.VECTORS, f"{bad} vectors that are not finite and of length 1"


def _search_for_vectors(passages: PassageTable) -> tuple[int, list[_Fault]]:
    """Search for stored vectors: each must find its own row, or another row with an equal vector."""
    vectors = passages.vectors
    index = VectorIndex(vectors, passages.search_codes)
    rows = _spread(len(vectors), SEARCHED_VECTORS)
    lost = [row for row in rows if not _finds_itself(index, vectors, row)]
    description = f"{len(lost)} of {len(rows)} vectors are not found by a search for them, the first in row "
    return len(rows) - len(lost), [(ProblemKind.SEARCH, f"{description}{lost[0]}")] if lost else []


def _finds_itself(index: VectorIndex, vectors: PlacedRows, row: int) -> bool:
    rows, scores = index.nearest(vectors[row], 1)
    nearest = int(rows[0])
    is_equal = nearest == row or bool(np.allclose(vectors[nearest], vectors[row], atol=_LENGTH_TOLERANCE))
    return is_equal and abs(float(scores[0]) - 1) <= _LENGTH_TOLERANCE


def _encode_again(entries: EntryTable, passages: PassageTable, encoder: Encoder) -> tuple[int, list[_Fault]]:
    """Divide and encode some entries again; returns how many passages were encoded and what differs."""
    faults: list[_Fault] = []
    encoded = 0
    for row in _spread(len(entries), ENCODED_ENTRIES):
        entry = entries.entry(row)
        own = np.flatnonzero(passages.entries == row)
        made = passages_of(entry, count_tokens=encoder.count_tokens, max_tokens=encoder.identity.max_tokens)
        if [passage.digest for passage in made] != [bytes(digest).hex() for digest in passages.digests[own]]:
            faults.append((ProblemKind.TEXT, f'the passages of "{entry.entry_id}" are not those of its text'))
            continue
        vectors = encode_passages(made, encoder, previous=None)[0].vectors.astype(np.float32)
        encoded += len(made)
        stored = passages.vectors[own]
        if vectors.shape != stored.shape or not (np.sum(vectors * stored, axis=1) > _LEAST_COSINE).all():
            name = encoder.identity.name
            faults.append((ProblemKind.ENCODER, f'the vectors of "{entry.entry_id}" are not those that {name} gives'))
    return encoded, faults


def _compute_again(generation: Generation, entries: list[Entry]) -> Iterator[Problem]:
    """Compute again what builds carry over from one another; what another version computed is left to the next build.

    A build of the same articles would carry it over once more, so the index has to go first.
    """
    if generation.facts.get("code") != code_fingerprint():
        return
    texts = [whole_text(entry) for entry in entries]
    for name, payload in text_files(entries, texts, entry_languages(texts)).items():
        digest = hashlib.sha256()
        for chunk in chunks_of(payload):
            digest.update(chunk)
        if digest.hexdigest() != generation.manifest.files[name].sha256:
            remedy = f"remove {generation.path.parent.parent}, then {REBUILD}"
            description = f"{name} is not what is computed of the entries"
            yield Problem(ProblemKind.TEXT, generation.generation_id, description, remedy)


def _spread(count: int, most: int) -> list[int]:
    """Return at most so many rows of `count`, evenly spaced, the first and the last among them."""
    return [int(row) for row in np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))]
