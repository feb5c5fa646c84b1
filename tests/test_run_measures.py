"""A judged set is asked of a search, and the measures are those worked by hand."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from corpus.labels import Labels
from index.decision import Decision
from index.evaluation.estimate import Estimate
from index.evaluation.judged_set import JudgedQuery, JudgedSet, Part
from index.evaluation.run_measures import Abstention, RankedAnswer, ask_all, paired, summarise, trec_lines
from index.evaluation.systems import SIGNALS, open_search, read_set, searches
from tests.conftest import WordEncoder

JUDGED = JudgedSet(
    name="hand",
    answerable=(
        JudgedQuery("q1", "right at once", "plain", (("e1", 1),)),
        JudgedQuery("q2", "right among the choices", "vague", (("e2", 1),)),
    ),
    unanswerable=(JudgedQuery("q3", "refused", None, ()), JudgedQuery("q4", "answered wrongly", None, ())),
    left_out=0,
    corpus=None,
)
ANSWERS = {
    "right at once": RankedAnswer(("e1", "e2"), (1.0, 0.5), (0.9, 0.1)),
    "right among the choices": RankedAnswer(
        ("e1", "e2"), (1.0, 0.5), (0.4, 0.4), Decision.AMBIGUOUS, choices=("e1", "e2")
    ),
    "refused": RankedAnswer(("e1",), (1.0,), (0.1,), Decision.NONE),
    "answered wrongly": RankedAnswer(("e1",), (1.0,), (0.8,)),
}


def search(query: str, without: Collection[str] = ()) -> RankedAnswer:
    """Answer a query; without its right entry another one is found for the first, and nothing for the second."""
    if not without:
        return ANSWERS[query]
    return RankedAnswer(("e9",), (1.0,), (0.8,)) if "e1" in without else RankedAnswer((), (), (), Decision.NONE)


def test_the_measures_of_a_run_worked_by_hand() -> None:
    summary = summarise(ask_all(search, JUDGED))
    means = {name: estimate.mean for name, estimate in summary.measures.items()}
    assert (summary.queries, means["success@1"], means["RR@10"], means["recall@50"]) == (2, 0.5, 0.75, 1.0)
    assert {style: each["success@1"].mean for style, each in summary.by_style.items()} == {"plain": 1.0, "vague": 0.0}
    # First hits: 0.9 right, 0.4, 0.1 and 0.8 wrong, each in a bin of its own.
    assert summary.calibration == pytest.approx((0.1 + 0.4 + 0.1 + 0.8) / 4)
    # By chance one that is right with .9 is off by .1 nine times in ten and by .9 once: .18, and so on.
    assert summary.calibration_by_chance == pytest.approx((0.18 + 0.48 + 0.18 + 0.32) / 4, abs=0.02)


def test_how_well_a_run_abstains_worked_by_hand() -> None:
    """Confidences: 1.0 and 0.8 with an answer, 0.1 and 0.8 without; of the four pairs three are won and one is tied."""
    assert summarise(ask_all(search, JUDGED)).abstention == Abstention(
        auroc=3.5 / 4, answered_at=0.5, false_answers=0.5, answered=1.0, ambiguous=0.5, right_choice=1.0
    )


def test_the_cost_of_a_run_and_of_its_queries_without_their_right_entries() -> None:
    summary = summarise(ask_all(search, JUDGED, left_out=True))
    assert summary.cost is not None
    assert (summary.cost.covered.mean, summary.cost.not_covered.mean) == ((0 + 1) / 2, (0 + 5) / 2)
    assert summary.cost_left_out is not None
    assert (summary.cost_left_out.covered.mean, summary.cost_left_out.not_covered.mean) == (0.5, (5 + 0) / 2)
    assert summarise(ask_all(search, JUDGED)).cost_left_out is None


def test_a_run_in_the_format_of_trec() -> None:
    assert list(trec_lines(ask_all(search, JUDGED), "mine"))[:3] == [
        "q1 Q0 e1 1 1.000000 mine\n",
        "q1 Q0 e2 2 0.500000 mine\n",
        "q2 Q0 e1 1 1.000000 mine\n",
    ]


def test_two_systems_are_compared_query_by_query() -> None:
    """A constant difference has no spread, however much the values themselves vary."""
    assert paired([0.5, 1.0, 0.25], [0.25, 0.75, 0.0]) == Estimate(0.25, 0.25, 0.25)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "printers"
    folder.mkdir()
    entries = ('"e1", "title": "Paper jam", "text": "Open the lid."', '"e2", "title": "No ink", "text": "Buy some."')
    (folder / "corpus.jsonl").write_text("".join(f'{{"_id": {each}}}\n' for each in entries))
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "paper jam"}\n{"_id": "q8", "text": "ink"}\n')
    (folder / "qrels.tsv").write_text("q1\te1\t1\nq8\te2\t1\n")
    return folder


def test_a_part_of_a_set_is_asked_of_every_system(folder: Path, tmp_path: Path, words: WordEncoder) -> None:
    """The digest of "q8" is divisible by three: it belongs to the tune part."""
    ids = {}
    for part in Part:
        judged, corpus = read_set(folder, tmp_path, labels=Labels(), without_symptoms=False, part=part)
        ids[part] = [query.query_id for query in judged.answerable]
    assert ids == {Part.TUNE: ["q8"], Part.REPORT: ["q1"], Part.ALL: ["q1", "q8"]}
    retriever = open_search(corpus, words, tmp_path / "cache")
    systems = searches(retriever, with_signals=True)
    assert list(systems) == ["ours", *SIGNALS, "RRF"]
    assert {name: search("paper jam").entry_ids[0] for name, search in systems.items()} == dict.fromkeys(systems, "e1")
    assert systems["ours"]("coffee is cold").decision is Decision.NONE
    words.texts.clear()
    open_search(corpus, words, tmp_path / "cache")
    assert words.texts == []
