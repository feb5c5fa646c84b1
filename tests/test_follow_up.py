"""After "No, it did not help" come the next choices, then the support desk; while one types, nothing is taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answering.answer import Answer, Choice, Part, Question
from assistant.answering.follow_up import next_answer
from assistant.answering.query import Query
from assistant.rendering.page_request import PageRequest
from assistant.rendering.page_view import Outcome, PageRenderer, Shown
from assistant.settings import Settings
from index.decision import Decision, QuestionKind, Reason
from tests.programs.stub_assistant import StubAssistant
from tests.test_rendering import ANSWER, HIT

A, B, C = (replace(HIT, entry_id=name, rank=rank, entry_title=name) for rank, name in enumerate("abc", start=1))
SURE = replace(ANSWER, hits=(A, B, C))
NOTHING = replace(ANSWER, decision=Decision.NONE, reason=Reason.NO_MATCH, hits=())


def asking(*hits: object, none_id: str) -> Answer:
    choices = tuple(Choice(hit.entry_id, hit.entry_id, None, (hit.entry_id,)) for hit in (A, B, C) if hit in hits)
    none = Choice(none_id, "None of these", None, ())
    question = Question(QuestionKind.PERHAPS, "Is it one of these?", (*choices, none))
    return replace(SURE, decision=Decision.AMBIGUOUS, question=question)


def surely(_choice: str | None) -> Answer:
    return SURE


def perhaps(choice: str | None) -> Answer:
    """Asks for A and B, then for C, then says that there is nothing."""
    answers = {None: asking(A, B, none_id="none"), "none": asking(C, none_id="none-of-all"), "none-of-all": NOTHING}
    return answers[choice]


def choices(answer: Answer) -> list[str]:
    return [choice.id for choice in answer.question.choices] if answer.question is not None else []


def test_a_no_to_an_answer_asks_among_the_rest() -> None:
    answer = next_answer(surely, None, ["a"])
    assert (answer.decision, choices(answer)) == (Decision.AMBIGUOUS, ["b", "c", "none-of-all"])
    assert [hit.entry_id for hit in answer.hits] == ["b", "c"]
    assert choices(next_answer(surely, None, ["b", "a"])) == ["c", "none-of-all"]
    assert next_answer(surely, None, []) is SURE


@pytest.mark.parametrize(("choice", "unhelpful"), [(None, ["a", "b", "c"]), ("none-of-all", ["a"])])
def test_an_answer_of_which_nothing_helped_leads_to_none(choice: str | None, unhelpful: list[str]) -> None:
    answer = next_answer(surely, choice, unhelpful)
    assert (answer.decision, answer.reason, answer.hits) == (Decision.NONE, Reason.NO_MATCH, ())


def test_a_no_to_a_choice_leaves_the_others_and_then_the_next_choices_come() -> None:
    assert choices(next_answer(perhaps, None, ["a"])) == ["b", "none"]
    assert choices(next_answer(perhaps, None, ["a", "b"])) == ["c", "none-of-all"]
    assert choices(next_answer(perhaps, "none", [])) == ["c", "none-of-all"]
    assert next_answer(perhaps, None, ["a", "b", "c"]).decision is Decision.NONE
    assert next_answer(perhaps, "none-of-all", []) == NOTHING


def test_of_several_errors_in_a_paste_only_the_card_that_did_not_help_goes() -> None:
    paste = replace(SURE, parts=(Part(0, 4), Part(5, 11)))
    answer = next_answer(lambda _choice: paste, None, ["b"])
    assert (answer.decision, [hit.entry_id for hit in answer.hits]) == (Decision.ANSWER, ["a", "c"])


class Told(StubAssistant):
    """Answers what holds "port", asks back for what holds "perhaps", else has nothing."""

    def ask(self, query: Query) -> Answer:
        if "perhaps" in query.text:
            return replace(asking(A, B, none_id="none"), query=query.text)
        return super().ask(query)


@pytest.mark.parametrize(
    ("query", "before", "after", "is_held"),
    [
        ("prin", Outcome.START, Outcome.START, True),
        ("prin", Outcome.ANSWER, Outcome.ANSWER, True),
        ("prin", Outcome.NONE, Outcome.NONE, True),
        ("perhaps", Outcome.ANSWER, Outcome.ANSWER, True),
        ("perhaps", Outcome.QUESTION, Outcome.QUESTION, False),
        ("perhaps", Outcome.NONE, Outcome.QUESTION, False),
        ("port", Outcome.QUESTION, Outcome.ANSWER, False),
        ("port", Outcome.ANSWER, Outcome.ANSWER, False),
        ("", Outcome.ANSWER, Outcome.START, False),
    ],
)
def test_while_one_types_a_weaker_outcome_is_held_back(
    query: str, before: Outcome, after: Outcome, *, is_held: bool
) -> None:
    renderer = PageRenderer(Told(), Settings())
    view = renderer.respond(query, PageRequest(is_typing=True), shown=Shown(before, "g1"))
    assert (view.shown, view.is_held) == (Shown(after, "g1"), is_held)
    settled = renderer.respond(query, PageRequest(), shown=Shown(before, "g1"))
    assert settled.is_held is False


def test_what_the_page_shows_survives_its_box() -> None:
    assert Shown.parse(str(Shown(Outcome.QUESTION, "g 1"))) == Shown(Outcome.QUESTION, "g 1")
    assert Shown.parse("\ud800 x") == Shown.parse("") == Shown()


def test_a_linked_entry_that_did_not_help_leads_to_the_ticket_that_names_it() -> None:
    view = PageRenderer(Told(), Settings()).respond(
        "", PageRequest(entry="help/vpn#error-809", unhelpful=("help/vpn#error-809",))
    )
    assert view.shown.outcome is Outcome.NONE
    assert "There is nothing more to suggest" in view.answer
    assert "did not help:\n- Error 809" in view.answer


@pytest.mark.parametrize(("reason", "tickets"), [(Reason.EMPTY_QUERY, 0), (Reason.TOO_LONG, 0), (Reason.NO_MATCH, 1)])
def test_a_query_that_its_writer_can_mend_gets_no_ticket(reason: Reason, tickets: int) -> None:
    class Refusing(StubAssistant):
        """Has no answer, for a reason."""

        def ask(self, query: Query) -> Answer:
            return replace(NOTHING, query=query.text, reason=reason)

    assert PageRenderer(Refusing(), Settings()).respond("?!", PageRequest()).answer.count('class="ticket"') == tickets
