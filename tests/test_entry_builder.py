"""Labels and callouts decide which part of an entry a text goes to."""

import pytest

from corpus.article import Block, BlockKind, Solution
from corpus.formats import markdown
from corpus.labels import DEFAULT_LABELS, Label, LabelMatch, Style
from corpus.parsing.builder_state import BuilderState
from corpus.parsing.entry_builder import build_content
from corpus.parsing.entry_content import EntryContent, find_quoted_messages
from corpus.parsing.labelled_parts import split_parts


def content(text: str, *, is_own_format: bool = False) -> EntryContent:
    parts = split_parts(markdown.read(text, "a.md").elements, DEFAULT_LABELS, frozenset({Style.BOLD}))
    return build_content(parts, is_own_format=is_own_format)


def block(kind: BlockKind, text: str) -> Block:
    return Block(kind, text)


def test_a_label_opens_a_part_and_a_callout_keeps_it_open() -> None:
    cause = BuilderState().after_label(LabelMatch(Label.CAUSE, "Cause", ""))
    note = cause.after_label(LabelMatch(Label.NOTE, "Note", ""))
    assert cause == BuilderState(part=Label.CAUSE)
    assert note == BuilderState(part=Label.CAUSE, callout=Label.NOTE, awaits_text=True)
    assert note.after_callout() == cause


@pytest.mark.parametrize(("words", "is_description"), [("Issue", True), ("Problem statement", True), ("Error", False)])
def test_the_label_of_an_issue_opens_a_description(words: str, *, is_description: bool) -> None:
    state = BuilderState().after_label(LabelMatch(Label.MESSAGE, words, ""))
    assert state == BuilderState(part=Label.MESSAGE, is_description=is_description)


def test_symptoms_continue_after_a_note_and_the_note_is_a_block_of_the_solution() -> None:
    parsed = content("**Symptoms:** a\n\n**Note:** b\n\nc\n\n**Solution:** d\n")
    assert parsed.symptoms == ("a", "c")
    assert parsed.solutions == (Solution(None, (block(BlockKind.NOTE, "b"), block(BlockKind.TEXT, "d"))),)


def test_a_note_that_ends_in_a_colon_takes_in_the_next_element_and_no_more() -> None:
    parsed = content("**Solution:** a\n\n**Note:** b:\n\n- c\n\n- d\n\ne\n")
    note = block(BlockKind.NOTE, "b:\n\n- c\n\n- d")
    assert parsed.solutions == (Solution(None, (block(BlockKind.TEXT, "a"), note, block(BlockKind.TEXT, "e"))),)


def test_a_heading_ends_a_note_also_one_that_ends_in_a_colon() -> None:
    parsed = content("**Solution:** a\n\n**Note:** b:\n\n### Step 1\n\nc\n\n### By phone\n\nd\n")
    texts = (block(BlockKind.TEXT, "**Step 1**"), block(BlockKind.TEXT, "c"))
    assert parsed.solutions == (
        Solution(None, (block(BlockKind.TEXT, "a"), block(BlockKind.NOTE, "b:"), *texts)),
        Solution("By phone", (block(BlockKind.TEXT, "d"),)),
    )


@pytest.mark.parametrize(
    ("is_own_format", "symptoms", "context"),
    [(False, ("a",), ("**Log files**", "b")), (True, ("a", "**Log files**", "b"), ())],
)
def test_an_unknown_label_ends_the_symptoms_except_in_our_own_format(
    symptoms: tuple[str, ...], context: tuple[str, ...], *, is_own_format: bool
) -> None:
    parsed = content("**Symptoms:** a\n\n**Log files**\n\nb\n\n**Solution:** c\n", is_own_format=is_own_format)
    assert (parsed.symptoms, parsed.context) == (symptoms, context)


def test_without_cause_and_solution_the_text_after_the_message_is_the_solution() -> None:
    parsed = content("**Error:** a\n\nb\n\nc\n")
    assert parsed.messages == ("a",)
    assert parsed.solutions == (Solution(None, (block(BlockKind.TEXT, "b"), block(BlockKind.TEXT, "c"))),)


def test_a_cause_is_the_solution_where_there_is_no_other_and_the_context_stays() -> None:
    parsed = EntryContent(messages=("a",), cause=("b", "c"), context=("d",)).with_text_as_solution()
    solution = Solution(None, (block(BlockKind.TEXT, "b"), block(BlockKind.TEXT, "c")))
    assert parsed == EntryContent(messages=("a",), context=("d",), solutions=(solution,))


def test_a_quoted_message_is_a_message_once() -> None:
    parsed = EntryContent(messages=("The disk is full.",), quoted_messages=("The disk is full!", "No space is left"))
    assert parsed.all_messages() == ("The disk is full.", "No space is left")


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('You see "The disk is full." when you save.', ["The disk is full."]),
        ("It logs `Error: no space left` twice.", ["Error: no space left"]),
        ("Run `npm install --global it` again.", []),
        ('Choose "Save as" and wait.', []),
        ('"The disk is full."', []),
    ],
    ids=["in quotes", "as code", "a command", "a button", "the whole text"],
)
def test_a_quotation_of_three_words_that_is_not_a_command_may_be_a_message(text: str, quoted: list[str]) -> None:
    assert list(find_quoted_messages(text)) == quoted
