"""The hits of a search become an answer, a question or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answering.answer import Choice, EntryInfo
from assistant.answering.assistant import apply_choice
from assistant.answering.clarifying_question import NONE_OF_THESE, differing_parts, question_about
from corpus.article import Article, Block, BlockKind, Entry, Field, Solution, Span
from index.decision import CLOSE, SHOWN, THRESHOLD, Decision, Outcome, Reason, decide
from index.hit import EVEN, Hit, PartHits, SearchResult, Why


def hits(*probabilities: float, part: int = 0) -> tuple[Hit, ...]:
    why = Why("dense", Field.CAUSE)
    return tuple(
        Hit(f"a#{part}{rank}", rank, 1 / rank, probability, why, part)
        for rank, probability in enumerate(probabilities, start=1)
    )


def result_of(*probabilities: float, tied: int = 1) -> SearchResult:
    return SearchResult((PartHits(0, 9, hits(*probabilities), tied, is_settled=tied > 1),))


def test_a_hit_that_stands_out_is_the_answer() -> None:
    given = result_of(0.9, 0.2, SHOWN / 2)
    assert decide(given) == Outcome(Decision.ANSWER, None, given.hits[:2])


def test_nothing_probable_is_no_answer_and_names_topics() -> None:
    given = result_of(THRESHOLD - 0.07, 0.04, 0.02, 0.01)
    assert decide(given) == Outcome(Decision.NONE, Reason.NO_MATCH, near_misses=given.hits[:3])


def test_two_hits_that_are_as_probable_share_the_chance_and_are_a_question() -> None:
    given = result_of(0.45, 0.45 * CLOSE, 0.1)
    assert decide(given) == Outcome(Decision.AMBIGUOUS, None, given.hits, tied=given.hits[:2])


def test_a_first_hit_that_is_more_probably_wrong_is_a_question_among_enough_others() -> None:
    given = result_of(0.45, 0.2, 0.1, 0.09)
    assert decide(given) == Outcome(Decision.AMBIGUOUS, None, given.hits, tied=given.hits[:3])


def test_how_many_are_enough_follows_the_threshold() -> None:
    given = result_of(0.45, 0.2, 0.1, 0.09)
    assert decide(given, threshold=0.6).tied == given.hits[:2]
    assert decide(given, threshold=0.4).decision is Decision.ANSWER


def test_a_first_hit_that_is_as_probably_right_as_wrong_is_the_answer() -> None:
    assert decide(result_of(EVEN, 0.2, 0.1)).decision is Decision.ANSWER


def test_too_many_that_are_as_probable_are_a_list() -> None:
    assert decide(result_of(0.25, 0.25, 0.25, 0.25, 0.25)).decision is Decision.ANSWER


def test_four_that_are_as_probable_are_still_a_question() -> None:
    given = result_of(0.25, 0.25, 0.25, 0.24)
    assert decide(given) == Outcome(Decision.AMBIGUOUS, None, given.hits, tied=given.hits)


def test_what_is_shown_as_an_answer_is_probably_one() -> None:
    """The figures that README gives for false answers hold for this threshold alone."""
    assert decide(result_of(0.69)).decision is Decision.NONE
    assert decide(result_of(0.71)).decision is Decision.ANSWER


def test_what_a_code_settles_is_answered_however_many_entries_share_it() -> None:
    given = SearchResult((PartHits(0, 9, hits(*[0.99 / 12] * 12), is_settled=True),))
    assert decide(given) == Outcome(Decision.ANSWER, None, given.hits)


def test_of_what_a_code_settles_as_much_is_asked_about_as_is_as_probable() -> None:
    given = SearchResult((PartHits(0, 9, hits(0.35, 0.34, 0.21, 0.09), is_settled=True),))
    assert decide(given).tied == given.hits[:2]


def test_just_the_threshold_is_enough() -> None:
    assert decide(result_of(0.75), threshold=0.75).decision is Decision.ANSWER


def test_a_cut_message_that_fits_two_entries_asks_about_exactly_these() -> None:
    given = result_of(0.495, 0.495, tied=2)
    assert decide(given) == Outcome(Decision.AMBIGUOUS, None, given.hits, tied=given.hits)


def test_entries_that_fit_equally_well_share_their_chance() -> None:
    given = result_of(*[0.99 / 12] * 12, tied=12)
    assert decide(given) == Outcome(Decision.AMBIGUOUS, None, given.hits, tied=given.hits)


def test_an_unknown_code_is_answered_by_no_neighbour() -> None:
    given = SearchResult((PartHits(0, 9, hits(0.9)),), unknown_codes=("Error 404",))
    assert decide(given) == Outcome(Decision.NONE, Reason.CODE_NOT_DOCUMENTED, near_misses=given.hits)


def test_beside_an_unknown_code_a_documented_one_is_answered() -> None:
    given = SearchResult((PartHits(0, 9, hits(0.99), is_settled=True),), unknown_codes=("E-2099",))
    assert decide(given) == Outcome(Decision.ANSWER, None, given.hits)


def test_what_cannot_be_read_is_not_answered() -> None:
    given = SearchResult((PartHits(0, 9, hits(0.9)),), is_readable=False)
    assert decide(given) == Outcome(Decision.NONE, Reason.UNREADABLE_LANGUAGE, near_misses=given.hits)


def test_several_errors_are_answered_one_after_another_and_without_a_question() -> None:
    parts = (PartHits(0, 4, hits(0.99)), PartHits(5, 9, hits(0.495, 0.495, part=1), 2, is_settled=True))
    decided = decide(SearchResult(parts))
    assert decided == Outcome(Decision.ANSWER, None, (*parts[0].hits, *parts[1].hits))


def test_of_several_errors_one_that_fits_two_entries_asks_nothing_either() -> None:
    parts = (PartHits(0, 4, hits(0.495, 0.495), 2, is_settled=True), PartHits(5, 9, hits(0.99, part=1)))
    assert decide(SearchResult(parts)) == Outcome(Decision.ANSWER, None, (*parts[0].hits, *parts[1].hits))


def test_of_several_errors_those_without_an_answer_show_nothing() -> None:
    parts = (PartHits(0, 4, hits(0.99)), PartHits(5, 9, hits(0.1, part=1)))
    assert decide(SearchResult(parts)) == Outcome(Decision.ANSWER, None, parts[0].hits)


def test_a_search_that_finds_nothing_is_no_answer() -> None:
    assert decide(SearchResult((PartHits(0, 9, ()),))) == Outcome(Decision.NONE, Reason.NO_MATCH)


@pytest.mark.parametrize("higher", [0.1, 0.4, 0.8, 1.0])
def test_a_higher_threshold_never_adds_hits(higher: float) -> None:
    given = result_of(0.7, 0.3, 0.2)
    lower = decide(given, threshold=0.05).hits
    assert set(decide(given, threshold=higher).hits) <= set(lower)


def test_a_choice_gets_the_probability_of_all_choices() -> None:
    asked = decide(result_of(0.45, 0.4, 0.1))
    first, second, third = asked.hits
    answered = apply_choice(asked, second.entry_id)
    assert answered.decision is Decision.ANSWER
    assert answered.hits == (
        replace(second, rank=1, score=first.score, probability=0.45 + 0.4),
        replace(third, rank=2),
    )


def test_none_of_these_leaves_the_other_hits_as_near_misses() -> None:
    asked = decide(result_of(0.45, 0.4, 0.1))
    assert apply_choice(asked, NONE_OF_THESE) == Outcome(Decision.NONE, Reason.NO_MATCH, near_misses=asked.hits[2:])


@pytest.mark.parametrize("choice", [None, "a#03", "a#unknown"])
def test_a_choice_that_is_not_offered_changes_nothing(choice: str | None) -> None:
    asked = decide(result_of(0.45, 0.4, 0.1))
    assert apply_choice(asked, choice) == asked


def test_a_choice_without_a_question_changes_nothing() -> None:
    answer = decide(result_of(0.9))
    assert apply_choice(answer, NONE_OF_THESE) == answer


def entry(slug: str, title: str, *messages: str) -> EntryInfo:
    solution = Solution(None, (Block(BlockKind.TEXT, "Do it."),))
    entry = Entry(f"a#{slug}", title, messages, (), None, (solution,), None, (), Span(1, 2))
    return EntryInfo.from_entry(entry, Article("a", "A", None, None, (), None, None, (), False, "a.md"))


def test_a_choice_shows_the_part_in_which_its_message_differs() -> None:
    question = question_about(
        [entry("paper", "P", "Job 7 is held: no paper."), entry("ink", "I", "Job 7 is held: no ink.")]
    )
    assert question.text == "Which of these do you see?"
    assert question.choices == (
        Choice("a#paper", "\u2026 paper.", ("a#paper",)),
        Choice("a#ink", "\u2026 ink.", ("a#ink",)),
        Choice("none", "None of these", ()),
    )


def test_without_messages_the_choices_are_the_titles() -> None:
    question = question_about([entry("one", "No paper"), entry("two", "No ink", "Ink is out.")])
    assert question.text == "Which of these is it?"
    assert [choice.label for choice in question.choices] == ["No paper", "No ink", "None of these"]


@pytest.mark.parametrize(
    ("texts", "labels"),
    [
        (["a b c", "a x c"], ["\u2026 b \u2026", "\u2026 x \u2026"]),
        (["b c", "x c"], ["b \u2026", "x \u2026"]),
        (["a b", "a b c"], ["a b", "a b c"]),
        (["a", "b"], ["a", "b"]),
        (["same", "same"], ["same", "same"]),
    ],
)
def test_a_common_beginning_or_end_is_left_out(texts: list[str], labels: list[str]) -> None:
    assert differing_parts(texts) == labels


def test_a_long_message_is_shortened_in_its_middle() -> None:
    """The sentence before the trouble is often the same in every message."""
    wrapper = "There was a problem with sending this letter to the printer"
    numbers = " ".join(map(str, range(100, 130)))
    end = " ".join(map(str, range(105, 130)))
    assert differing_parts([f"{wrapper}: {numbers} no paper", "Ink is out."]) == [
        f"There was a problem with sending this letter to \u2026 {end} no paper",
        "Ink is out.",
    ]
