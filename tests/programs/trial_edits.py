"""Articles are edited and segments merged at random: an index built after each edit equals one from nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import numpy as np
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from assistant.publishing.rebuild import read_corpus
from index.builder import Options, build
from index.errors import BuildError
from index.models.encoder import Encoder
from index.ranking.passage_table import PassageTable
from index.ranking.signals import Scored
from index.retriever import Retriever
from index.storage.entry_table import EntryTable
from index.storage.generation import PLACES, Generation
from index.storage.segments.merging import Policy
from index.storage.store import Store
from tests.conftest import columns_of
from tests.programs.faulty_disks import QuickDisk
from tests.programs.trial_hypothesis import QUIET, outcome_of
from tests.programs.trials import QUERIES, Outcome, StableEncoder, write_edition

# An encoder rounds a text's vector by what else is in its batch, in single precision (and is stored in half): ...
_COSINE = 5e-4  # ... the cosines differ a little, ...
_LATE = 2e-3  # ... the signs of a word's code hardly ever, ...
_TIE = 1e-3  # ... and the scores by less than this part of the highest one.
_EMPTY, _BROKEN = b"", b"## Broken\n\n\xff\n"
_NAMES = st.sampled_from(["printer", "scanner", "router", "telephone", "new", "näher"])
_WORDS = st.sampled_from(["paper jam", "no signal", "restart", "wrong password", "Größe", "\u65e5\u672c", "x"])
_MESSAGES = st.sampled_from(  # with codes, with values, and with clauses that several have
    [
        "Error 809: the paper tray cannot be opened",
        "PRN-2041 the paper tray cannot be opened by the driver",
        "Sending failed: the backup printer was disconnected",
        "The backup printer was disconnected. Restart the spooler first",
        "Job 17 was cancelled by the print spooler",
        "Das Dokument kann nicht gedruckt werden und der Drucker ist aus",
        "Is the signal lost?",
    ]
)
_EDITS = st.one_of(
    st.tuples(st.just("document"), _NAMES, st.lists(_MESSAGES, min_size=1, max_size=3)),
    st.tuples(st.just("write"), _NAMES, st.lists(_WORDS, min_size=1, max_size=4)),
    st.tuples(st.just("append"), _NAMES, st.lists(_WORDS, min_size=1, max_size=2)),
    st.tuples(st.just("rename"), _NAMES, _NAMES),
    st.tuples(st.just("duplicate"), _NAMES, _NAMES),
    st.tuples(st.sampled_from(["delete", "empty", "break", "revert"]), _NAMES, st.none()),
)


_POLICIES = st.builds(  # of when segments are merged
    Policy, most=st.integers(1, 5), dead=st.sampled_from([0.0, 0.25, 1.0]), small=st.sampled_from([0.0, 0.1, 0.5])
)
_DEFAULT = Policy()
_Script = list[tuple[tuple[str, str, object], Policy]]


def edit_scripts(folder: Path, seed_: int, count: int, encoder: Encoder | None = None) -> Outcome:
    """Apply random edits, building after each one; compare the last build with one from nothing."""
    edits = [0]

    @seed(seed_)
    @settings(QUIET, max_examples=count)
    @given(st.lists(st.tuples(_EDITS, _POLICIES), min_size=1, max_size=6))
    def run(script: _Script) -> None:
        edits[0] += len(script)
        _run_script(script, folder, encoder or StableEncoder())

    return outcome_of("random edit scripts", run, seed_, lambda: f"{count} scripts, {edits[0]} edits")


def _run_script(script: _Script, folder: Path, encoder: Encoder) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as name:
        corpus, store = Path(name, "articles"), Store(Path(name, "built"), disk=QuickDisk())
        write_edition(corpus, 1, articles=2)
        originals = {path.stem: path.read_bytes() for path in corpus.iterdir()}
        _build(corpus, store, encoder)
        for (action, one, other), policy in script:
            _edit(corpus, originals, action, one, other)
            _build(corpus, store, encoder, policy)
        _remove_what_cannot_be_read(corpus)
        _build(corpus, store, encoder)
        fresh = Store(Path(name, "fresh"), disk=QuickDisk())
        if _build(corpus, fresh, encoder):
            assert_equal_builds(store, fresh, encoder)


def _build(corpus: Path, store: Store, encoder: Encoder, policy: Policy = _DEFAULT) -> bool:
    try:
        build(read_corpus(corpus, store), encoder, store, options=Options(keep=1, merging=policy))
    except BuildError as error:
        if "no entry to index" not in str(error):
            raise
        return False
    return True


def _edit(corpus: Path, originals: dict[str, bytes], action: str, one: str, other: object) -> None:
    path = corpus / f"{one}.md"
    if action in {"write", "append", "document"} and isinstance(other, list):
        told = "**Message:** {0}\n\n**Solution:** " if action == "document" else ""
        entries = "".join(
            f"## {word} {at}\n\n{told.format(word)}Restart the {one}, {word}.\n\n" for at, word in enumerate(other)
        )
        before = path.read_text(encoding="utf-8", errors="ignore") if action != "write" and path.exists() else ""
        path.write_text(before + entries, encoding="utf-8")
    elif action == "revert":
        path.write_bytes(originals.get(one, b"## Restored\n\nAs it was.\n"))
    elif path.exists():
        _edit_existing(path, action, corpus / f"{other}.md")


def _edit_existing(path: Path, action: str, other: Path) -> None:
    if action == "rename":
        path.rename(other)
    elif action == "duplicate":
        other.write_bytes(path.read_bytes())
    elif action == "delete":
        path.unlink()
    else:
        path.write_bytes(_EMPTY if action == "empty" else _BROKEN)


def _remove_what_cannot_be_read(corpus: Path) -> None:
    """Remove the files whose last readable version stays in an index; a build from nothing has none of them."""
    for path in corpus.glob("*.md"):
        if path.read_bytes() in (_EMPTY, _BROKEN):
            path.unlink()


def assert_equal_builds(one: Store, other: Store, encoder: Encoder) -> None:
    """Assert that two indexes have the same entries in the same order, vectors within 2e-4, and the same ranking."""
    with one.current() as left, other.current() as right:
        assert [EntryTable(left).record(row) for row in range(len(EntryTable(left)))] == [
            EntryTable(right).record(row) for row in range(len(EntryTable(right)))
        ]
        assert EntryTable(left).articles == EntryTable(right).articles
        assert left.facts["counts"] == right.facts["counts"]
        assert left.facts["corpus"] == right.facts["corpus"]
        assert left.facts["languages"] == right.facts["languages"]
        _assert_equal_files(left, right)
        _assert_equal_passages(PassageTable(left), PassageTable(right))
        _assert_equal_rankings(left, right, encoder)
        if isinstance(encoder, StableEncoder):
            _assert_same_to_the_last_byte(left, right)
            _assert_same_answers(left, right, encoder)


def _assert_same_to_the_last_byte(left: Generation, right: Generation) -> None:
    """Assert that the rows of the entries are the same, whatever segments they are in."""
    ours, theirs = columns_of(left), columns_of(right)
    assert ours.keys() == theirs.keys()
    assert [name for name, array in ours.items() if array.tobytes() != theirs[name].tobytes()] == []


def _assert_same_answers(left: Generation, right: Generation, encoder: Encoder) -> None:
    for query in QUERIES:
        ours, theirs = (Retriever(each, encoder).search(query, k=100).hits for each in (left, right))
        assert [hit.entry_id for hit in ours] == [hit.entry_id for hit in theirs]
        for name in ("score", "probability"):
            values = [[float(getattr(hit, name)) for hit in hits] for hits in (ours, theirs)]
            np.testing.assert_allclose(values[0], values[1], atol=1e-6)


def _assert_equal_files(left: Generation, right: Generation) -> None:
    """Assert that all that is computed of texts alone is the same to the last byte."""
    assert left.names == right.names
    different = [name for name in left.names if bytes(left.bytes_of(name)) != bytes(right.bytes_of(name))]
    assert set(different) <= {"passages.safetensors", PLACES}


def _assert_equal_passages(left: PassageTable, right: PassageTable) -> None:
    for name in ("entries", "fields", "digests"):
        np.testing.assert_array_equal(getattr(left, name)[:], getattr(right, name)[:])
    np.testing.assert_allclose(left.vectors[:], right.vectors[:], atol=2e-4)


def _assert_equal_rankings(left: Generation, right: Generation, encoder: Encoder) -> None:
    ours, theirs = Retriever(left, encoder), Retriever(right, encoder)
    for query in QUERIES:
        encoded = ours.ranker.encode(query)
        _assert_equal_signals(ours.ranker.score(encoded), theirs.ranker.score(encoded))
        found = [{hit.entry_id: hit.score for hit in each.search(query, k=100).hits} for each in (ours, theirs)]
        _assert_same_order(*found)


def _assert_equal_signals(one: Scored, other: Scored) -> None:
    np.testing.assert_array_equal(one.entries, other.entries)
    np.testing.assert_array_equal(one.signals.lexical, other.signals.lexical)
    np.testing.assert_array_equal(one.evidence.coverage, other.evidence.coverage)
    np.testing.assert_allclose(one.evidence.background, other.evidence.background, atol=_COSINE)
    np.testing.assert_allclose(one.signals.whole, other.signals.whole, atol=_COSINE)
    np.testing.assert_allclose(one.signals.window, other.signals.window, atol=_COSINE)
    np.testing.assert_allclose(one.signals.late, other.signals.late, atol=_LATE)


def _assert_same_order(one: Mapping[str, float], other: Mapping[str, float]) -> None:
    """Assert that the same entries were found, in the same order except for ties."""
    assert one.keys() == other.keys()
    tie = _TIE * max(one.values(), default=0)
    place = {entry_id: at for at, entry_id in enumerate(other)}
    swapped = [(a, b) for a, b in combinations(one, 2) if place[a] > place[b] and one[a] - one[b] > tie]
    assert swapped == [], f"{swapped} of {one} and {other}"
