"""A query that asks how something is done, or is the message of a program, is told from one that tells of a trouble."""

from __future__ import annotations

import pytest

from corpus.loader import load_corpus
from index.analysis.intent import asks_how, is_of_a_program, tells_of_trouble
from index.builder import build
from index.models.encoder import Encoder
from index.retriever import Retriever
from index.storage.store import Store


@pytest.mark.parametrize(
    "text",
    [
        "How do I add a berth?",
        "how to add a berth",
        "Where in the harbour office can I see the tides",
        "Can we pay the dues in two parts?",
        "I'd like to rename a quay",
        "Is it possible to moor at night?",
        "Which of the cranes should I book",
        "the master wants to see all tides of a week",
    ],
)
def test_a_question_without_a_word_of_trouble_asks_how(text: str) -> None:
    assert asks_how(text)


@pytest.mark.parametrize(
    "text",
    [
        "How do I add a berth that is not in the list?",  # a trouble
        "Where did my booking go, it's gone",
        "The crane stops when I want to lift",
        "Can't we pay the dues?",
        "add a berth",  # no question
        "crane booking",
        "What happened to the crane",
        "Wie buche ich einen Kran?",
        "",
    ],
)
def test_a_trouble_a_few_words_or_another_language_do_not_ask_how(text: str) -> None:
    assert not asks_how(text)


def test_a_word_of_trouble_is_a_negation_a_failure_or_what_a_program_says() -> None:
    troubles = ["The winch won\u2019t turn", "It says the berth is taken", "The berth is taken twice"]
    others = ["I booked the berth and it is free", ""]
    assert [each for each in (*troubles, *others) if tells_of_trouble(each)] == troubles


@pytest.mark.parametrize(
    "text",
    [
        "Booking failed: the berth is too short.",
        "TIDE-4410: no table for this port",
        "Harbour exception detected:\n the crane is at work",
        "Crane 4 cannot be lowered (0x80070070): the hook is at the top",
    ],
)
def test_what_failed_and_why_after_a_colon_is_written_by_a_program(text: str) -> None:
    assert is_of_a_program(text)


@pytest.mark.parametrize(
    "text",
    [
        "Booking failed: I have no idea why.",
        "Booking failed: what now?",
        "Booking failed: the berth of our boat is too short",
        "Crane: the hook will not move",  # a person names the thing
        "The booking failed, the berth is too short",
        "error: tide",
        "Hello, booking failed: the berth is too short",
        "",
    ],
)
def test_what_a_person_adds_or_a_topic_before_a_colon_is_not_written_by_a_program(text: str) -> None:
    assert not is_of_a_program(text)


ARTICLE = """# Harbour office

## A booking is refused {#refused}

**Message:** Booking refused: the berth is too short for the boat

**Symptoms:**

- the berth cannot be booked

**Solution:** Choose a longer berth.

## How to rename a quay {#rename}

**Solution:** Open the quay, click on its name and write another one.

## Long list of tides {#tides}

**Cause:** {calm}The list failed.

**Solution:** Fold it.
""".replace("{calm}", "The harbour is calm. " * 100)


@pytest.fixture(scope="module")
def harbour(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    root = tmp_path_factory.mktemp("harbour")
    articles = root / "articles"
    articles.mkdir()
    (articles / "harbour.md").write_text(ARTICLE, encoding="utf-8")
    store = Store(root / "index")
    build(load_corpus(articles), encoder, store)
    return Retriever(store.current(), encoder)


def probability(retriever: Retriever, query: str, entry: str) -> float:
    found = {hit.entry_id: hit.probability for hit in retriever.search(query).hits}
    return found[f"harbour#{entry}"] or 0.0


def odds(retriever: Retriever, query: str, entry: str) -> float:
    chance = probability(retriever, query, entry)
    return chance / (1 - chance)


def test_who_asks_how_is_seldom_about_an_error_and_as_often_as_ever_about_what_is_no_error(harbour: Retriever) -> None:
    troubled, asking = "a berth for the boat is not booked", "how is a berth for the boat booked"
    assert odds(harbour, asking, "refused") < 0.4 * odds(harbour, troubled, "refused")
    assert probability(harbour, "how do I rename a quay", "rename") > 0.9


def test_of_a_cause_of_many_pages_only_the_first_is_read_for_words_of_trouble(harbour: Retriever) -> None:
    assert probability(harbour, "how do I see a long list of tides", "tides") == pytest.approx(
        probability(harbour, "I see a long list of tides", "tides"), abs=0.02
    )


def test_a_story_whose_surest_clause_has_no_word_of_trouble_is_less_often_about_an_error(harbour: Retriever) -> None:
    story = "Good morning to all of you. The weather is lovely at the quay. {} Have a good day at the office."
    told = [odds(harbour, story.format(f"The berth {is_} booked for a boat."), "refused") for is_ in ("is again", "is")]
    assert told[1] < 0.8 * told[0]


def test_a_message_that_no_entry_has_is_seldom_another_wording_of_one(harbour: Retriever) -> None:
    theirs, own = (
        "Mooring refused: the boat is wider than the berth",
        "Mooring refused, the boat is wider than the berth",
    )
    assert odds(harbour, theirs, "refused") < 0.4 * odds(harbour, own, "refused")
    assert probability(harbour, "Booking refused: the berth is too short for the boat", "refused") == 0.99


def test_a_message_with_the_words_of_an_entry_is_no_other(harbour: Retriever) -> None:
    probabilities = [
        probability(harbour, query, "refused")
        for query in ("booking refused: too short a berth", "booking refused, too short a berth")
    ]
    assert probabilities[0] == pytest.approx(probabilities[1], abs=0.001)
