"""The result of a search becomes an answer, a question or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answering.answer import Choice, EntryInfo
from assistant.answering.clarifying_question import (
    NONE_OF_ALL,
    NONE_OF_THESE,
    differing_parts,
    differing_sentences,
    question_about,
)
from assistant.answering.decided import apply_choice
from corpus.article import Article, Block, BlockKind, Entry, Field, Solution, Span
from index.decision import CHOICES, CLOSE, PLAUSIBLE, SHOWN, Decision, Outcome, QuestionKind, Reason, choices_of, decide
from index.hit import Hit, PartHits, SearchResult, Vagueness, Why


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


def question(given: SearchResult, kind: QuestionKind, count: int) -> Outcome:
    return Outcome(Decision.AMBIGUOUS, None, given.hits, kind=kind, choices=given.hits[:count])


def test_nothing_plausible_is_no_answer_and_names_topics() -> None:
    given = result_of(PLAUSIBLE - 0.07, 0.04, 0.02, 0.01)
    assert decide(given) == Outcome(Decision.NONE, Reason.NO_MATCH, near_misses=given.hits[:3])


def test_just_plausible_is_a_question_and_never_a_refusal() -> None:
    given = result_of(PLAUSIBLE - 0.1, 0.06, 0.04, 0.01)
    assert decide(given) == question(given, QuestionKind.PERHAPS, 3)


def test_two_hits_that_are_as_probable_and_together_sure_are_a_question_which() -> None:
    given = result_of(0.45, 0.45 * CLOSE, 0.1)
    assert decide(given) == question(given, QuestionKind.WHICH, 2)


def test_hits_that_are_together_sure_and_of_which_none_is_are_a_question_perhaps() -> None:
    given = result_of(0.6, 0.2, 0.1, 0.09)
    assert decide(given) == question(given, QuestionKind.PERHAPS, 4)


def test_a_question_has_two_choices_even_where_the_second_is_improbable() -> None:
    given = result_of(0.6, 0.01, 0.006)
    assert decide(given) == question(given, QuestionKind.PERHAPS, 2)


def test_too_many_that_are_as_probable_are_a_question_among_the_first_four() -> None:
    given = result_of(0.25, 0.25, 0.25, 0.25, 0.25)
    assert decide(given) == question(given, QuestionKind.PERHAPS, CHOICES)


def test_four_that_are_as_probable_are_a_question_which() -> None:
    given = result_of(0.25, 0.25, 0.25, 0.24)
    assert decide(given) == question(given, QuestionKind.WHICH, 4)


def test_what_is_shown_as_an_answer_is_probably_one() -> None:
    """The figures that index/README.md gives hold for these thresholds alone."""
    assert decide(result_of(0.69)).decision is Decision.AMBIGUOUS
    assert decide(result_of(0.71)).decision is Decision.ANSWER
    assert decide(result_of(0.26)).decision is Decision.NONE
    assert decide(result_of(0.28)).decision is Decision.AMBIGUOUS


def test_just_enough_is_enough() -> None:
    """The limits of what is shown, of what may be chosen, and of several that are sure only together."""
    assert decide(given := result_of(0.9, SHOWN)).hits == given.hits
    assert decide(given := result_of(0.6, SHOWN)).hits == given.hits
    assert decide(given := result_of(0.6, 0.1, 0.02)).choices == given.hits
    assert len(decide(result_of(0.6, 0.1, 0.0199)).choices) == 2
    assert decide(given := result_of(0.375, 0.375), threshold=0.75) == question(given, QuestionKind.WHICH, 2)


def test_a_hit_without_a_probability_has_none() -> None:
    certain, without = hits(0.9)[0], replace(hits(0.5, 0.5)[1], probability=None)
    part = PartHits(0, 9, (certain, without))
    assert decide(SearchResult((part,))) == Outcome(Decision.ANSWER, None, (certain,))
    assert decide(SearchResult((replace(part, hits=(without,)),))).decision is Decision.NONE
    likely = replace(part, hits=(replace(certain, probability=0.5), without))
    assert decide(SearchResult((likely,))).hits == likely.hits[:1]
    unlikely = replace(part, hits=(replace(certain, probability=0.2), without))
    assert decide(SearchResult((unlikely,))).decision is Decision.NONE
    settled = replace(part, hits=(without,), is_settled=True)
    assert decide(SearchResult((settled,))) == Outcome(Decision.ANSWER, None, (without,))


def test_a_further_choice_is_probable_enough_to_be_read() -> None:
    third = replace(hits(0.4, 0.3, 0.2)[2], probability=None)
    assert choices_of((*hits(0.4, 0.3), third)) == hits(0.4, 0.3)


def test_shown_at_once_is_the_first_answer_or_all_choices() -> None:
    given = hits(0.6, 0.2, 0.1)
    assert Outcome(Decision.ANSWER, None, given).shown == {"a#01"}
    asked = Outcome(Decision.AMBIGUOUS, None, given, kind=QuestionKind.PERHAPS, choices=given[:2])
    assert asked.shown == {"a#01", "a#02"}
    assert Outcome(Decision.NONE, Reason.NO_MATCH, near_misses=given).shown == frozenset()


def test_what_fits_equally_well_is_asked_about_and_what_only_follows_it_is_not_shown() -> None:
    given = result_of(0.6, 0.3, tied=2)
    assert decide(given) == question(given, QuestionKind.WHICH, 2)
    alone = SearchResult((PartHits(0, 9, hits(0.9, 0.001), is_settled=True),))
    assert decide(alone) == Outcome(Decision.ANSWER, None, alone.hits[:1])


def vague(vagueness: Vagueness, *words: str) -> SearchResult:
    why = Why("dense", Field.CAUSE, words)
    given = (Hit("a#1", 1, 1.0, 0.94, why), Hit("a#2", 2, 0.5, 0.04, Why("dense", Field.CAUSE)))
    return SearchResult((PartHits(0, 9, given),), vagueness=vagueness)


def test_one_word_is_never_one_card_however_sure_the_search_is() -> None:
    given = vague(Vagueness.LITTLE, "xero")
    assert decide(given) == question(given, QuestionKind.PERHAPS, 2)


def test_one_word_asks_about_entries_that_have_it() -> None:
    given = vague(Vagueness.LITTLE, "xero")
    unlikely = replace(given, parts=(replace(given.parts[0], hits=hits(0.02, 0.01)),))
    assert decide(unlikely).decision is Decision.NONE
    named = tuple(replace(hit, why=Why("dense", Field.CAUSE, ("xero",))) for hit in hits(0.02, 0.01))
    about = replace(given, parts=(replace(given.parts[0], hits=named),))
    assert decide(about) == Outcome(Decision.AMBIGUOUS, None, named, kind=QuestionKind.PERHAPS, choices=named)


def test_a_word_that_two_entries_have_asks_about_both_and_not_about_a_more_probable_one() -> None:
    first, second, third = hits(0.45, 0.3, 0.2)
    named = tuple(replace(each, why=replace(each.why, words=("ink",))) for each in (second, third))
    given = SearchResult((PartHits(0, 9, (first, *named)),), vagueness=Vagueness.LITTLE)
    assert decide(given) == Outcome(Decision.AMBIGUOUS, None, named, kind=QuestionKind.PERHAPS, choices=named)


def test_a_word_that_several_entries_have_asks_about_these_however_probable_the_first_is() -> None:
    named = tuple(replace(hit, why=Why("dense", Field.CAUSE, ("xero",))) for hit in hits(0.94, 0.002, 0.001))
    given = SearchResult((PartHits(0, 9, named),), vagueness=Vagueness.LITTLE)
    assert decide(given) == Outcome(Decision.AMBIGUOUS, None, named, kind=QuestionKind.PERHAPS, choices=named)


def test_words_that_say_nothing_are_asked_what_one_sees() -> None:
    given = replace(result_of(0.02, 0.01), vagueness=Vagueness.NOTHING)
    assert decide(given) == Outcome(Decision.AMBIGUOUS, None, kind=QuestionKind.PERHAPS)


def test_a_settled_word_is_answered_however_little_the_query_says() -> None:
    given = SearchResult((PartHits(0, 4, hits(0.99), is_settled=True),), vagueness=Vagueness.LITTLE)
    assert decide(given) == Outcome(Decision.ANSWER, None, given.hits)


def test_what_a_code_settles_is_answered_however_many_entries_share_it() -> None:
    given = SearchResult((PartHits(0, 9, hits(*[0.99 / 12] * 12), is_settled=True),))
    assert decide(given) == Outcome(Decision.ANSWER, None, given.hits)


def test_of_what_a_code_settles_as_much_is_asked_about_as_is_as_probable() -> None:
    given = SearchResult((PartHits(0, 9, hits(0.35, 0.34, 0.21, 0.09), is_settled=True),))
    assert decide(given).choices == given.hits[:2]


def test_just_the_threshold_is_enough() -> None:
    assert decide(result_of(0.75), threshold=0.75).decision is Decision.ANSWER


def test_a_cut_message_that_fits_two_entries_asks_about_exactly_these() -> None:
    given = result_of(0.495, 0.495, tied=2)
    assert decide(given) == question(given, QuestionKind.WHICH, len(given.hits))


def test_entries_that_fit_equally_well_share_their_chance() -> None:
    given = result_of(*[0.99 / 12] * 12, tied=12)
    assert decide(given) == question(given, QuestionKind.WHICH, len(given.hits))


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


def test_none_of_these_leads_to_the_next_choices_and_from_there_to_no_answer() -> None:
    asked = decide(result_of(0.3, 0.1, 0.09, 0.08, 0.07, 0.03, 0.01))
    again = apply_choice(asked, NONE_OF_THESE)
    following = asked.hits[4:]
    expected = Outcome(Decision.AMBIGUOUS, None, following, kind=QuestionKind.PERHAPS, choices=following[:2])
    assert again == expected
    assert apply_choice(asked, NONE_OF_ALL) == Outcome(Decision.NONE, Reason.NO_MATCH, near_misses=asked.hits[6:])
    second = apply_choice(asked, asked.hits[5].entry_id)
    assert (second.decision, second.hits[0].entry_id) == (Decision.ANSWER, asked.hits[5].entry_id)


def test_none_of_these_without_further_choices_is_no_answer() -> None:
    asked = decide(result_of(0.45, 0.4, 0.01))
    assert apply_choice(asked, NONE_OF_THESE) == Outcome(Decision.NONE, Reason.NO_MATCH, near_misses=asked.hits[2:])


@pytest.mark.parametrize("choice", [None, "a#unknown"])
def test_a_choice_that_is_no_hit_changes_nothing(choice: str | None) -> None:
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
    entries = [entry("paper", "P", "Job 7 is held: no paper."), entry("ink", "I", "Job 7 is held: no ink.")]
    question = question_about(QuestionKind.WHICH, entries, ["It is **empty**.", None])
    assert question.kind is QuestionKind.WHICH
    assert question.text == "Which of these do you see?"
    assert question.choices == (
        Choice("a#paper", "\u2026 paper.", "It is empty.", ("a#paper",)),
        Choice("a#ink", "\u2026 ink.", None, ("a#ink",)),
        Choice("none", "None of these", None, ()),
    )


def test_without_messages_the_choices_are_the_titles() -> None:
    question = question_about(
        QuestionKind.WHICH, [entry("one", "No paper"), entry("two", "No ink", "Ink is out.")], [None] * 2
    )
    assert question.text == "Which of these is it?"
    assert [choice.label for choice in question.choices] == ["No paper", "No ink", "None of these"]


def test_where_none_is_sure_the_choices_are_titles_whatever_the_messages() -> None:
    question = question_about(
        QuestionKind.PERHAPS, [entry("ink", "No ink", "Ink is out."), entry("jam", "Jam")], ["Pages are pale.", None]
    )
    assert question.text == "Is it one of these?"
    assert question.choices[0] == Choice("a#ink", "No ink", "Pages are pale.", ("a#ink",))


def test_a_single_choice_is_asked_about_alone() -> None:
    assert question_about(QuestionKind.PERHAPS, [entry("ink", "No ink")], [None]).text == "Is it this one?"


def test_a_question_without_choices_asks_what_one_sees() -> None:
    question = question_about(QuestionKind.PERHAPS, (), ())
    assert (question.text[:16], question.choices) == ("What do you see?", ())


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


def test_the_entries_of_an_article_that_the_query_names_are_asked_about_before_nothing_is_said_to_be_near() -> None:
    given = result_of(0.02, 0.01, 0.01)
    first, second, _ = (hit.entry_id for hit in given.hits)
    given = replace(given, under=frozenset({first, second}))
    outcome = decide(given)
    assert (outcome.decision, outcome.kind) == (Decision.AMBIGUOUS, QuestionKind.PERHAPS)
    assert [hit.entry_id for hit in outcome.choices] == [first, second]
    sure = replace(result_of(0.9, 0.02, 0.01), under=frozenset({second}))
    assert decide(sure).decision is Decision.ANSWER


@pytest.mark.parametrize(
    ("texts", "whole"),
    [
        (["Not sent. The file is empty.", "Not sent. The disk is full!"], ["The file is empty.", "The disk is full!"]),
        (
            ["Job 7 is held: no paper.", "Job 7 is held: no ink."],
            ["Job 7 is held: no paper.", "Job 7 is held: no ink."],
        ),
        (["Not sent.", "Not sent. The disk is full."], ["Not sent.", "The disk is full."]),
        (["One. Two."], ["One. Two."]),
        ([], []),
    ],
)
def test_choices_are_told_apart_by_whole_sentences(texts: list[str], whole: list[str]) -> None:
    assert differing_sentences(texts) == whole
