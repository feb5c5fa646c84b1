"""Like questions are one group, asked again of the index as it is now; what is solved or marked is told apart."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from assistant.answering.assistant import Assistant
from assistant.cli import main
from assistant.editing.question_groups import group
from assistant.editing.questions import Mark, Outcome, PastQuestion, mark, questions
from assistant.editing.review import Review, Reviewer, State
from assistant.journal import Journal
from assistant.notes import Count, Kind, Note
from corpus.loader import load_corpus
from index.builder import build
from index.models.encoder import Advance, Vectors
from index.storage.store import Store
from tests.conftest import WordEncoder
from tests.programs.processor_time import in_time
from tests.programs.stub_assistant import StubAssistant

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FAX = "## No tone {#tone}\n\n**Symptoms:**\n\n- The fax is silent.\n\n**Solution:** Plug it in.\n"
PAPER = "## Paper jam {#jam}\n\n**Message:** Error 17: paper jam\n\n**Solution:** Open the lid.\n"


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.sqlite", days=90)


def keep(journal: Journal, query: str, decision: str = "none", *, at: datetime = NOON, **more: str) -> None:
    kind = Kind(more.pop("kind", "asked"))
    journal.write(Note(kind, query, decision, "g1", **more), now=at)


def test_what_the_journal_says_of_a_question(journal: Journal) -> None:
    keep(journal, "the fax is dead", "answer")
    keep(journal, "The Fax is dead", "none", at=NOON + timedelta(hours=1))
    keep(journal, "the fax is dead", kind="opened", entry="office#tone")
    keep(journal, "the fax is dead", kind="helped", entry="office#tone")
    keep(journal, "paper", "answer")
    keep(journal, "paper", kind="did_not_help", entry="office#jam", reason="it is another lid")
    fax, paper = questions(journal).questions
    assert (fax.text, fax.times, fax.outcome) == ("The Fax is dead", 2, Outcome.UNANSWERED)
    assert fax.last == (NOON + timedelta(hours=1)).isoformat()
    assert fax.opened == fax.helped == (Count("office#tone", 1),)
    assert (paper.outcome, paper.refused, paper.reasons) == (
        Outcome.DID_NOT_HELP,
        (Count("office#jam", 1),),
        ("it is another lid",),
    )
    assert [each.text for each in questions(journal, since=NOON + timedelta(minutes=1)).questions] == [
        "The Fax is dead"
    ]


def test_a_question_that_is_asked_again_after_it_was_done_is_open_again(journal: Journal) -> None:
    keep(journal, "Fax")
    mark(journal, ["fax"], Mark.DONE, now=NOON + timedelta(hours=1))
    assert [each.mark for each in questions(journal).questions] == [Mark.DONE]
    keep(journal, "fax", at=NOON + timedelta(hours=2))
    assert [each.mark for each in questions(journal).questions] == [None]
    mark(journal, ["fax"], Mark.NOT_OURS, now=NOON)
    assert [each.mark for each in questions(journal).questions] == [Mark.NOT_OURS]
    mark(journal, ["fax"], None)
    assert [each.mark for each in questions(journal).questions] == [None]


def test_like_questions_are_one_group_and_the_largest_is_first() -> None:
    texts = ["open the red door", "the window", "please open the red door now", "a red door"]
    asked = [PastQuestion(text, 4 - number, "2026", Outcome.UNANSWERED) for number, text in enumerate(texts)]
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8], [0.3, 0.954]], np.float32)
    groups = group(asked, vectors)
    # .6 + .2 of common words is enough; .3 + .2 is not, though the vector is close to that of "the window"
    assert [[each.text for each in one.questions] for one in groups] == [
        ["open the red door", "please open the red door now"],
        ["the window", "a red door"],
    ]
    assert [one.times for one in groups] == [6, 4]


@pytest.fixture
def office(tmp_path: Path, words: WordEncoder) -> Store:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "office.md").write_text(FAX + PAPER, encoding="utf-8")
    store = Store(tmp_path / "built")
    build(load_corpus(folder), words, store)
    return store


def test_a_group_is_asked_again_and_what_is_solved_or_marked_comes_last(
    journal: Journal, office: Store, words: WordEncoder
) -> None:
    for _ in range(3):
        keep(journal, "Error 17: paper jam")
    keep(journal, "purple elephants")
    keep(journal, "somebody else's car")
    mark(journal, ["somebody else's car"], Mark.NOT_OURS)
    keep(journal, "fine", "answer")
    reviewer = Reviewer(Assistant(office, words), words)
    groups = reviewer.review(journal).groups
    assert [(each.group.text, each.state) for each in groups] == [
        ("purple elephants", State.OPEN),
        ("Error 17: paper jam", State.SOLVED),
        ("somebody else's car", State.NOT_OURS),
    ]
    assert groups[0].nearest[0].why == "under 1% sure, 70% are needed; no word in common"
    assert groups[1].answered_by == "office#jam"
    assert len(reviewer.review(journal, article="office").groups) == 3
    assert reviewer.review(journal, article="garden").groups == ()
    assert [each.group.text for each in reviewer.review(journal, outcome=Outcome.ANSWERED).groups] == ["fine"]


def test_an_entry_that_did_not_help_does_not_solve_its_question(
    journal: Journal, office: Store, words: WordEncoder
) -> None:
    keep(journal, "Error 17: paper jam", "answer")
    keep(journal, "Error 17: paper jam", kind="did_not_help", entry="office#jam")
    (reviewed,) = Reviewer(Assistant(office, words), words).review(journal).groups
    assert (reviewed.state, reviewed.answered_by) == (State.OPEN, None)
    assert reviewed.nearest[0].why == "people said that it did not help"


class Small(WordEncoder):
    """Encodes questions as fast as a language model does, in as many dimensions, and notes them."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[str] = []

    def encode(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Vectors:
        assert as_query
        assert advance is None
        self.questions += texts
        vectors = np.random.default_rng(1).standard_normal((len(texts), 384)).astype(np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def insert(journal: Journal, rows: Iterable[tuple[str, str]]) -> None:
    """Write queries with their decisions at once, a second apart, the newest last."""
    keep(journal, "first", "answer")
    with sqlite3.connect(journal._path) as connection:
        notes = (
            ((NOON + timedelta(seconds=number)).isoformat(), query, decision)
            for number, (query, decision) in enumerate(rows, 1)
        )
        connection.executemany("INSERT INTO notes VALUES (?, 'asked', ?, 0, ?, 'g1', NULL, NULL, NULL)", notes)


def test_a_journal_of_100_000_different_questions_is_reviewed_in_two_seconds(journal: Journal) -> None:
    insert(journal, ((f"green giraffe number {number} is unwell", "none") for number in range(100_000)))

    def reviewed() -> tuple[Review, Reviewer, Small, StubAssistant]:
        reviewer = Reviewer(asked := StubAssistant(), small := Small())
        return reviewer.review(journal), reviewer, small, asked

    # .6 where nothing else runs, and a second of processor for the language model
    review, reviewer, small, asked = in_time(3, reviewed)
    assert (len(review.groups), len(asked.asked)) == (50, 50)
    assert review.left_out == 100_000 - len(small.questions)
    assert len(small.questions) == 50_000 // len(small.questions[0])
    assert small.questions[0] == "green giraffe number 99999 is unwell"  # of those asked as often, the latest
    count = len(small.questions)
    reviewer.review(journal)
    assert len(small.questions) == count
    keep(journal, "a new one", at=NOON + timedelta(days=2))
    reviewer.review(journal)
    assert small.questions[count:] == ["a new one"]
    assert len(asked.asked) == 51


def test_what_is_answered_does_not_take_the_place_of_what_was_asked_in_vain(journal: Journal) -> None:
    insert(journal, [*[(f"fine {number % 2_500}", "answer") for number in range(5_000)], ("purple elephants", "none")])
    found = questions(journal)
    assert ([each.text for each in found.questions], found.left_out) == (["purple elephants"], 0)
    answered = questions(journal, in_vain=False)
    assert (len(answered.questions), answered.left_out) == (2_000, 501)
    assert {each.outcome for each in answered.questions} == {Outcome.ANSWERED}


def test_the_choice_of_what_was_asked_in_vain_is_that_of_the_outcome(journal: Journal) -> None:
    for query, decision in (("a", "ambiguous"), ("b", "ambiguous"), ("c", "answer"), ("d", "none"), ("e", "answer")):
        keep(journal, query, decision)
    keep(journal, "b", kind="helped", entry="office#tone")
    keep(journal, "c", kind="did_not_help", entry="office#tone")
    keep(journal, "e", kind="did_not_help", entry="office#tone")
    keep(journal, "e", kind="helped", entry="office#jam")
    outcomes = {each.text: each.outcome for each in questions(journal).questions}
    assert outcomes == {"a": Outcome.NEARLY, "c": Outcome.DID_NOT_HELP, "d": Outcome.UNANSWERED}
    assert {each.text for each in questions(journal, in_vain=False).questions} == {"b", "e"}


def test_the_command_shows_what_was_asked_in_vain(
    tmp_path: Path, office: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert office.current_id()
    monkeypatch.setenv("ASSISTANT_JOURNAL", str(tmp_path / "journal.sqlite"))
    assert main(["journal", "purge", "--since", "2026-11-01"]) == 2
    assert "--since and --unanswered show notes" in capsys.readouterr().err
    journal = Journal(tmp_path / "journal.sqlite", days=90)
    keep(journal, "old", at=NOON - timedelta(days=30))
    keep(journal, "new")
    assert main(["journal", "--since", "2026-11-01", "--json"]) == 0
    assert [each["text"] for each in json.loads(capsys.readouterr().out)["queries"]] == ["new"]
