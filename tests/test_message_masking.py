"""A documented message is recognised with other values in it, and distinguished from messages that resemble it."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from index.analysis.paste_cleanup import message_text
from index.messages.paste import Paste
from index.messages.template import Template, Word
from index.messages.template_extraction import spanned_template_of, template_of
from index.messages.template_walk import Walker
from index.messages.truncation import Edges
from index.messages.value_patterns import Slot

PAIRS = [
    line.replace("\\n", "\n").split("\t")
    for line in (Path(__file__).parent / "data" / "masking.tsv").read_text("utf-8").splitlines()[1:]
]


def is_message(template: Template, text: str) -> bool:
    """Whether a text is a message from its first word to its last, with nothing mistyped."""
    paste = Paste(text)
    stops = Walker(paste, lambda _word, _expected: None).forward(template.elements, 0, 0)
    return any((stop.number, stop.place) == (len(template.elements), paste.size) for stop in stops)


@pytest.mark.parametrize(("kind", "documented", "pasted", "reason"), PAIRS)
def test_pair(kind: str, documented: str, pasted: str, reason: str) -> None:
    template = template_of(documented)
    assert is_message(template, pasted) is (kind == "must-match"), f"{reason}: {template}"


@pytest.mark.parametrize("documented", sorted({pair[1] for pair in PAIRS}))
def test_a_message_matches_itself(documented: str) -> None:
    assert is_message(template_of(documented), documented)


@pytest.mark.parametrize("documented", sorted({pair[1] for pair in PAIRS}))
def test_a_template_is_written_down_and_read_again(documented: str) -> None:
    template = template_of(documented)
    assert Template.parse(str(template)) == template


def test_values_become_slots_and_codes_stay() -> None:
    template = template_of("Error 809: 'Lease.docx' (38.2 MB) was not sent to <server> by 16:30")
    assert str(template) == "^error =809 ^* # was not sent to * by #"
    assert template.elements[1] == Word((("809",),), exact=True)
    assert template.elements[2] is Slot.ANY


def test_each_element_knows_its_place_in_the_message() -> None:
    message = "Printer\u00a0\u2018XYZ\u2019: ﬁle(s) missing in 3 trays"
    template, spans = spanned_template_of(message)
    assert str(template) == "^printer * ^file|files|file+s missing in # trays|tray"
    assert [message[start:end] for start, end in spans] == ["Printer", "XYZ", "ﬁle(s", "missing", "in", "3", "trays"]


def test_of_a_message_of_many_pages_the_words_of_its_first_4000_characters_are_compared() -> None:
    page = "word " * 798 + "tail"  # 3,994 characters
    assert str(template_of(f"{page} crosses the limit")) == f"^{page}"


def test_a_number_does_not_end_or_begin_with_a_word_that_joins_two() -> None:
    paste = Paste("we lent 3 and 5 and books")
    assert paste.value_ends(2, Slot.NUMBER) == (3, 5)
    assert paste.value_starts(5, Slot.NUMBER) == (4, 2)
    assert paste.value_ends(3, Slot.NUMBER) == paste.value_starts(6, Slot.NUMBER) == ()


def test_a_message_is_read_from_its_markdown() -> None:
    markdown = r"**Printer** \<name\> &amp; [tray](https://example.org/tray) are *offline* in C:\Mail<br>### times"
    assert message_text(markdown) == "Printer <name> & tray are offline in C:\\Mail\n### times"


@pytest.mark.parametrize("text", ["", "  \n", "?!", "''", "\u0301", "\u200b"])
def test_a_text_without_words_is_no_message(text: str) -> None:
    assert not is_message(template_of("Printer 'XYZ' is offline"), text)


@pytest.mark.parametrize(
    "unit",
    ["a", "'", '"', "(", "[", "<", "1", " ", "\n", "a ", "1 ", "'a' ", "[a", "x.", "A_", "\\", "/", "#", "é", "a'"],
)
def test_hostile_text_is_read_in_linear_time(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    assert not is_message(template_of("Printer 'XYZ' of [user] has no <paper> in tray 2."), text)


SENTENCES = (
    "The invoice 17 could not be saved because the printer has expired",
    "The invoice 18 could not be sent because the printer has expired.",
    "Error 809: the bank feed could not be saved because the printer is locked",
    "could not be saved because the printer",
    "could not be saved because the printer has expired",
    "The invoices 17 couldnot be saved because teh printer has exp",
)


@pytest.mark.parametrize("text", SENTENCES)
def test_messages_that_share_their_words_are_found_as_each_is_alone(text: str) -> None:
    """Whatever was found of the others before; and it costs them as many steps."""
    shared = edges_of(text)
    for template in map(template_of, SENTENCES):
        for number, place in product(range(len(template.elements)), range(shared.paste.size)):
            alone = edges_of(text)
            before = shared.walker.steps_left = alone.walker.steps_left
            found = (shared.head(template, number, place), shared.tail(template, number, place, quoted=False))
            assert found == (alone.head(template, number, place), alone.tail(template, number, place, quoted=False))
            assert shared.walker.steps_left == alone.walker.steps_left < before


def test_what_is_known_is_not_found_once_no_steps_are_left() -> None:
    edges, template = edges_of(SENTENCES[0]), template_of(SENTENCES[0])
    assert edges.head(template, 3, 3) is edges.head(template, 3, 3)
    edges.walker.steps_left = 0
    assert edges.head(template, 3, 3) is None


def edges_of(text: str) -> Edges:
    return Edges(Walker(Paste(text), lambda word, expected: 1 if sorted(word) == sorted(expected) else None))
