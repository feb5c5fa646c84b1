"""What a message quotes is a value, unless the entry says it, too, or it is a part of a program."""

from __future__ import annotations

import pytest

from corpus.article import Block, BlockKind, Entry, Solution, Span
from index.messages.named_things import names_in, quoted_in

MESSAGE = "The switch 'harbour' is off."


def entry(*, title: str = "Off", message: str = MESSAGE, cause: str | None = None, solution: str = "Ask us.") -> Entry:
    block = Block(BlockKind.TEXT, solution)
    return Entry("a#s", title, (message,), (), cause, (Solution(None, (block,)),), None, ("A",), Span(1, 1))


@pytest.mark.parametrize(
    ("said", "names"),
    [
        (entry(), set()),
        (entry(title="The harbour switch"), {"harbour"}),
        (entry(title=MESSAGE), set()),  # a title that is the message says nothing more
        (entry(cause="Somebody turned harbour off."), {"harbour"}),
        (entry(cause="Two harbours share a switch."), set()),  # another word
        (entry(solution="Turn Harbour on."), set()),  # nor is it written so
        (entry(solution="Turn harbour on."), {"harbour"}),
    ],
)
def test_a_quoted_name_that_the_entry_says_too_is_no_value(said: Entry, names: set[str]) -> None:
    assert names_in(MESSAGE, said) == names


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("The module named 'harbour' was not found.", {"harbour"}),
        ("The lamp named 'harbour' was not found.", set()),
        ("The lamp 'setLight' was not found.", {"setLight"}),
        ("The module 'XXX' was not found.", set()),  # a placeholder
    ],
)
def test_a_part_of_a_program_is_no_value(message: str, names: set[str]) -> None:
    assert names_in(message, entry(message=message)) == names


def test_all_that_a_text_quotes() -> None:
    assert quoted_in("The 'harbour' and the \u201cpier\u201d") == {"harbour", "pier"}
