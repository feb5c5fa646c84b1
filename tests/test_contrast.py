"""A text with the words of a documented message but one, or with a "not" more, is another error."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from corpus.article import Block, BlockKind, Entry, Solution, Span
from index.messages.contrast import is_another

NO_MODULE = "No module named 'numpy'"


def entry(message: str, *, title: str = "Kiln", symptoms: Sequence[str] = (), solution: str = "Do this.") -> Entry:
    steps = Solution(None, (Block(BlockKind.TEXT, solution),))
    messages = (message,) if message else ()
    return Entry("a#b", title, messages, tuple(symptoms), None, (steps,), None, (), Span(1, 1))


@pytest.mark.parametrize(
    ("documented", "text"),
    [
        ("This parcel is an exchange", "This parcel is not an exchange"),
        ("This parcel is not an exchange", "This parcel is an exchange"),
        ("The berth is no longer free", "The berth is free"),
        ("The pilot is unable to sign the log", "The pilot can sign the log"),
        ("The warp was refused by the loom", "The warp was not refused by the loom"),
        ("Cannot register provider Quay.Mesh", "Cannot register provider Quay.Cranes"),
        ("The glaze is too thick for this kiln", "The glaze is too cold for this kiln"),
        ("The valve is locked by the guard", "The valve is unlocked by the guard"),
        ("The order is complete and was sent", "The order is incomplete and was sent"),
        (NO_MODULE, "No module named 'pandas'"),
        ("Crane stopped, exit code 3", "Hatch closed, exit code 3"),
        ("The glaze is too thick for this kiln", "The glase is too thick for this oven"),  # after a typo
        ("Printer 'Hall' has no paper in the tray", "Printer 'Door' has no paper in the drawer"),  # after a value
        ("The glaze is too thick for this kiln", "The glaze is too red and green and blue for this kiln"),
        ("The chimney is cold today", "The chymnej is cold today"),  # two letters of seven are no typo
        ("kiln glaze clay wood", "kiln glaze iron steel"),  # half of it
        ("The glaze is too thick for this kiln", "Last night at home I saw that the glaze is too cold for this kiln"),
    ],
)
def test_another_word_or_a_negation_more_or_less_makes_another_error(documented: str, text: str) -> None:
    assert is_another(text, entry(documented))


@pytest.mark.parametrize(
    ("documented", "text"),
    [
        ("This parcel is not an exchange", "This parcel isn't an exchange"),
        ("The berth is no longer free", "The berth is not free"),
        ("The kiln door is not locked", "How is the kiln door locked"),
        ("The valve is open at night", "The valve is never not open at night"),
        ("The valve is never not open at night", "The valve is open at night"),
        ("The warp was refused by the loom", "The warp was refused and not cut by the loom"),
        ("The glaze is too thick for this kiln", "The glaze is too red and green and blue today for this kiln"),
        ("The manifold is cold today", "The mamifokd is cold today"),
        ("kiln glaze clay wood sand slip ash", "kiln glaze iron"),
        ("kiln is in the red", "door is in the hall"),
        ("The glaze is too thick for this kiln", "The glaze is too thick for that kiln"),
        ("The glaze is too thick for this kiln", "The glaze is too thik for this kiln"),
        ("The glaze is too thick for this kiln", "The glaze is too thick for this kiln, again and again"),
        ("Printer 'Reception' has no paper", "Printer 'Hall' has no paper"),
        (NO_MODULE, NO_MODULE),
        ("The glaze is too thick for this kiln", "where do I park my bicycle"),
        ("The glaze is too thick for this kiln", ""),
    ],
)
def test_values_typos_and_the_same_said_otherwise_make_no_other_error(documented: str, text: str) -> None:
    assert not is_another(text, entry(documented))


def test_a_word_that_the_entry_has_elsewhere_is_no_other_one() -> None:
    documented = "The glaze is too thick for this kiln"
    assert is_another("The slip is too thick for this kiln", entry(documented))
    assert not is_another("The slip is too thick for this kiln", entry(documented, title="Glaze or slip is thick"))
    assert not is_another("The slip is too thick for this kiln", entry(documented, symptoms=["The slip clots."]))


def test_what_any_failure_is_called_is_nothing_in_common() -> None:
    assert is_another("Fatal error: the spindle is bent", entry("Fatal error: out of yarn"))
    assert not is_another("Fatal error", entry("Fatal error: out of yarn"))


def test_only_the_word_that_is_denied_has_to_be_there() -> None:
    assert not is_another("The door is closed", entry("The door is not locked", symptoms=["Closed"]))


def test_failure_words_in_another_order_are_nothing_in_common_either() -> None:
    torn = entry("The pattern with number nine was torn by the shuttle, a fatal error")
    assert is_another("the spindle is bent, a fatal error", torn)


def test_a_symptom_or_a_title_that_is_denied_is_another() -> None:
    described = entry("", title="Sight", symptoms=["The skipper can see the crew list of others"])
    assert is_another("The skipper cannot see the crew list of others", described)
    assert not is_another("The skipper can see the crew list of others", described)
    assert is_another("Skippers cannot see the list of others", entry("", symptoms=["Skippers see the list of others"]))
    asked = entry("", title="Sight", symptoms=["Why others see the crew list"])
    assert not is_another("others cannot see the crew list", asked)
    denied = entry("", title="Sight", symptoms=["The skipper cannot see the crew list"])
    assert not is_another("The skipper does not see the crew list", denied)
    assert not is_another("cannot restore the crew list", entry("", title="Restore the crew list"))


def test_words_that_are_scattered_over_a_story_quote_nothing() -> None:
    story = " ".join(["The glaze", *["we bought last summer in the town by the sea"] * 3, "is too cold for this kiln"])
    assert not is_another(story, entry("The glaze is too thick for this kiln"))
