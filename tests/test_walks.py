"""A message is walked over in a text, element by element: what is found where, what it weighs, what stays of it."""

from __future__ import annotations

import numpy as np
import pytest

from index.messages.alignment import Aligner, Alignment
from index.messages.bigram_index import Candidate
from index.messages.boundaries import may_end, other_code
from index.messages.own_clauses import DocumentedMessage, OwnClauses, separators_of, telling_clauses
from index.messages.paste import Paste
from index.messages.template import Template
from index.messages.template_extraction import spanned_template_of, template_of
from index.messages.template_walk import ElementMatch, Stop, Trail, Walker
from index.messages.truncation import Edges
from index.messages.value_patterns import Slot

TUNNEL = template_of("The tunnel could not open")


def one_letter(word: str, meant: str) -> int | None:
    """Count a word that differs in one letter as mistyped, and no other."""
    differing = sum(one != other for one, other in zip(word, meant, strict=False))
    return 1 if len(word) == len(meant) and differing == 1 else None


def walker(text: str) -> Walker:
    return Walker(Paste(text), one_letter)


def places(trail: Trail | None) -> list[tuple[int, int, int, int]]:
    assert trail is not None
    return [(match.number, match.start, match.end, match.typos) for match in trail.matches]


def only(stops: list[Stop]) -> Stop:
    (stop,) = stops
    return stop


def test_two_words_that_are_written_as_one_are_two_elements_in_one_token() -> None:
    text = "say the tunnel couldnot open now"
    found = [(0, 1, 2, 0), (1, 2, 3, 0), (2, 3, 4, 0), (3, 3, 4, 0), (4, 4, 5, 0)]
    forward = only(walker(text).forward(TUNNEL.elements, 0, 1))
    backward = only(walker(text).backward(TUNNEL.elements, 4, 5))
    assert (forward.number, forward.place, places(forward.trail)) == (5, 5, found)
    assert (backward.number, backward.place, places(backward.trail)) == (-1, 1, found[::-1])
    for stop in (forward, backward):
        assert stop.trail is not None
        # a word of three letters counts; each of the two words takes the token that they share
        assert (stop.trail.size, stop.trail.words, stop.trail.letters, stop.trail.tokens) == (5, 5, 21, 5)


def test_a_mistyped_word_costs_letters_in_either_direction() -> None:
    forward = only(walker("the tunnal could not open").forward(TUNNEL.elements, 0, 0))
    backward = only(walker("the tunnal could not open").backward(TUNNEL.elements, 4, 5))
    assert places(forward.trail) == [(0, 0, 1, 0), (1, 1, 2, 1), (2, 2, 3, 0), (3, 3, 4, 0), (4, 4, 5, 0)]
    assert places(backward.trail) == places(forward.trail)[::-1]
    assert forward.trail is not None
    assert (forward.trail.letters, forward.trail.tokens) == (19, 5)  # two less than 21


def test_of_two_ways_to_one_place_that_with_fewer_mistyped_words_is_kept() -> None:
    template = template_of("Copy 'A' paper 'B' done")
    stop = only(walker("copy X paper papor Y done").forward(template.elements, 0, 0))
    assert places(stop.trail) == [(0, 0, 1, 0), (1, 1, 2, 0), (2, 2, 3, 0), (3, 3, 5, 0), (4, 5, 6, 0)]


def test_where_a_text_goes_on_otherwise_the_walk_stops_at_what_is_missing() -> None:
    stop = only(walker("the tunnel was dug").forward(TUNNEL.elements, 0, 0))
    assert (stop.number, stop.place, places(stop.trail)) == (2, 2, [(0, 0, 1, 0), (1, 1, 2, 0)])
    nothing = only(walker("a bridge").forward(TUNNEL.elements, 0, 0))
    assert (nothing.number, nothing.place, nothing.trail) == (0, 0, None)


def test_what_a_walk_has_found_is_known_so_that_no_other_word_of_it_is_tried() -> None:
    edges = Edges(walker("say the tunnel could not open now"))
    tail, head = edges.tail(TUNNEL, 2, 3, quoted=False), edges.head(TUNNEL, 2, 3)
    assert tail is not None
    assert head is not None
    assert tail.passed == {(2, 3), (3, 4), (4, 5)}
    assert head.passed == {(0, 1), (1, 2)}
    left = edges.walker.steps_left
    assert edges.tail(TUNNEL, 2, 3, quoted=False) is tail
    assert edges.walker.steps_left == left - tail.steps  # as if it were walked again


def aligned(template: Template, text: str, number: int, place: int) -> Alignment:
    found = Aligner(Edges(walker(text)), template, lambda _: 1.0).align(number, place)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "cuts", "explained"),
    [
        ("Go to gateway nine", 0, 15),
        ("to gateway nine", 1, 11),  # the "to" may be the end of another word
        ("Go to gateway", 1, 11),
    ],
)
def test_a_short_word_at_a_cut_explains_nothing(text: str, cuts: int, explained: int) -> None:
    found = aligned(template_of("Go to gateway nine"), text, 2, text.split().index("gateway"))
    assert (found.cuts, found.explained) == (cuts, explained)


def test_how_much_of_a_message_is_there_and_what_its_words_weigh() -> None:
    whole, half = aligned(TUNNEL, "the tunnel could not open", 1, 1), aligned(TUNNEL, "the tunnel could", 1, 1)
    assert (whole.weight, whole.coverage, whole.cuts) == (5, 1, 0)
    assert (half.weight, half.coverage, half.cuts) == (3, 16 / 25, 1)


@pytest.mark.parametrize("text", ["(a b) c", "[a b]: c", "<a b>", "'a b' c", "see \u201ca b\u201d."])
def test_a_stretch_stands_in_quotation_marks_or_brackets(text: str) -> None:
    start = text.startswith("see")
    assert Paste(text).is_enclosed(start, start + 2)
    assert not Paste(text).is_enclosed(start, start + 1)


def test_a_value_ends_where_a_clause_does() -> None:
    assert Paste("5: 6").value_ends(0, Slot.NUMBER) == (1,)
    assert Paste("5 6").value_ends(0, Slot.NUMBER) == (1, 2)
    assert Paste("took 5: 6 left").value_starts(3, Slot.NUMBER) == (2,)


@pytest.mark.parametrize(
    ("text", "is_end"),
    [
        ("NO PAPER\nPrinter", True),  # a line that begins anew
        ("NO PAPER\nIN TRAY", False),  # all in capitals, as the one before it
        ("no paper\nIN TRAY", True),
        ("no paper\nin tray", False),
    ],
)
def test_a_message_ends_before_a_line_that_begins_anew(text: str, *, is_end: bool) -> None:
    assert may_end(Paste(text), 2, beside_value=False) is is_end


def test_a_code_of_another_error_is_one_that_is_surely_a_code() -> None:
    assert other_code(Paste("Error 809 in the log"), 1)
    assert not other_code(Paste("see K-77 in the log"), 1)  # an employee or a room
    assert not other_code(Paste("Error 809 in the log"), 0)
    assert not other_code(Paste("Error 809"), 2)


@pytest.mark.parametrize(
    ("message", "template"),
    [
        ("5 MB left on disk", "^# left on disk"),
        ("Pay US$310 now", "^pay # now"),
        ("Pay USD 310 now", "^pay # now"),
        ("Free: 5 MB", "^free ^#"),
        ("The file {} is missing", "^the file * is missing"),  # what is left out begins no clause
    ],
)
def test_a_value_is_one_element_with_all_that_belongs_to_it(message: str, template: str) -> None:
    assert str(template_of(message)) == template


def documented(message: str) -> DocumentedMessage:
    template, spans = spanned_template_of(message)
    return DocumentedMessage(0, template, separators_of(message, spans))


LETTERS = "The shredder swallowed a contract. Sorry. Bye. The stapler jammed between two pages."


def test_a_clause_ends_where_it_tells_enough() -> None:
    clauses = list(telling_clauses(documented(LETTERS), ()))
    assert clauses == [(0, 5), (7, 13), (0, 13)]  # "Sorry. Bye." belongs to neither


def test_values_tell_a_little_in_a_clause() -> None:
    clauses = list(telling_clauses(documented("5 shredders photographed 7. Then it is done."), ()))
    assert clauses == [(0, 4), (0, 8)]


def found_clause(message: str, text: str, first: int, end: int, anchor: tuple[int, int]) -> Alignment | None:
    clauses = OwnClauses(np.array([[0, first, end]], np.int32))
    return clauses.find(Edges(walker(text)), template_of(message), Candidate(0, 1.0, (anchor,)), lambda _: 1.0)


def test_a_clause_is_cut_where_the_message_goes_on() -> None:
    beginning = found_clause(LETTERS, "the shredder swallowed a contract", 0, 5, (1, 1))
    end = found_clause(LETTERS, "the stapler jammed between two pages", 7, 13, (8, 1))
    middle = found_clause(LETTERS, "sorry bye", 5, 7, (5, 0))
    assert [found and found.cuts for found in (beginning, end, middle)] == [1, 1, 2]
    assert beginning is not None
    assert beginning.matches == tuple(ElementMatch(number, number, number + 1) for number in range(5))
    assert end is not None
    assert [match.number for match in end.matches] == [7, 8, 9, 10, 11, 12]


def test_a_clause_beside_the_code_of_another_error_is_none() -> None:
    message = "Error 809: The tunnel collapsed under the harbour"
    others = "Error 807: the tunnel collapsed under the harbour"
    assert found_clause(message, others, 2, 8, (3, 3)) is None
    assert found_clause(message, "the tunnel collapsed under the harbour", 2, 8, (3, 1)) is not None
