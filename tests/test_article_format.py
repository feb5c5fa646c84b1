"""An article in our own format becomes entries, by its headings and labels."""

from corpus.article import Block, BlockKind, Entry, Solution, Span
from corpus.loader import read_content
from corpus.parsing.article_parser import ParsedArticle
from tests.conftest import parse_article


def entries(text: str) -> tuple[Entry, ...]:
    return parse_article(text, "guide/vpn.md")[1]


def entry(text: str) -> Entry:
    (only,) = entries(text)
    return only


def problems(text: str) -> list[str]:
    """What is wrong with the entries of an article."""
    (parsed,) = read_content(text.encode(), "guide/vpn.md")
    assert isinstance(parsed, ParsedArticle)
    return list(map(str, parsed.problems))


def text_block(markdown: str) -> Block:
    return Block(BlockKind.TEXT, markdown)


FULL = """\
---
title: VPN errors
---

## The server does not answer {#no-answer}

On laptops only.

**Message:**

- Error 809
- The remote server is not responding.

**Symptoms:** The line drops as soon as I dial in.

**Cause:** A router in between
drops the packets.

It is often the one at home.

**Solution:** Let the ports through.

**Caution:** Ask your administrator first.

1. Open the router's page.
2. Add a rule.

### Use the phone instead

```
netsh interface show
```

**Note:** It costs money:

- a little by day
"""


def test_each_part_of_an_entry_goes_into_its_field() -> None:
    assert entry(FULL) == Entry(
        entry_id="guide/vpn#no-answer",
        title="The server does not answer",
        messages=("Error 809", "The remote server is not responding."),
        symptoms=("The line drops as soon as I dial in.",),
        cause="A router in between\ndrops the packets.\n\nIt is often the one at home.",
        solutions=(
            Solution(
                None,
                (
                    text_block("Let the ports through."),
                    Block(BlockKind.CAUTION, "Ask your administrator first."),
                    Block(BlockKind.STEPS, "1. Open the router's page.\n2. Add a rule."),
                ),
            ),
            Solution(
                "Use the phone instead",
                (
                    Block(BlockKind.CODE, "```\nnetsh interface show\n```"),
                    Block(BlockKind.NOTE, "It costs money:\n\n- a little by day"),
                ),
            ),
        ),
        context="On laptops only.",
        breadcrumb=("VPN errors",),
        span=Span(5, 36),
    )


def test_labels_on_consecutive_lines_are_parts_of_their_own() -> None:
    parsed = entry("## A\n\n**Message:** one\n**Cause:** two\nand three\n**Solution:** four\n")
    assert (parsed.messages, parsed.cause, parsed.solutions) == (
        ("one",),
        "two\nand three",
        (Solution(None, (text_block("four"),)),),
    )


def test_a_message_may_be_in_a_code_block_or_a_quote() -> None:
    parsed = entry("## A\n\n**Message:**\n\n```text\nfatal: no such file\n```\n\n> Error 12\n\n**Solution:** Wait.\n")
    assert parsed.messages == ("fatal: no such file", "Error 12")


def test_level_3_headings_under_the_solution_are_several_solutions() -> None:
    parsed = entry("## A\n\n**Solution:** Try these.\n\n### First\n\none\n\n### Second\n\ntwo\n")
    assert parsed.solutions == (
        Solution(None, (text_block("Try these."),)),
        Solution("First", (text_block("one"),)),
        Solution("Second", (text_block("two"),)),
    )


def test_a_caution_before_the_solution_stays_before_it() -> None:
    parsed = entry("## A\n\n**Cause:** b\n\n**Caution:** Save first.\n\n**Solution:** Wait.\n")
    assert parsed.cause == "b"
    assert parsed.solutions == (Solution(None, (Block(BlockKind.CAUTION, "Save first."), text_block("Wait."))),)


def test_the_cause_continues_after_a_note_in_it() -> None:
    parsed = entry("## A\n\n**Cause:** b\n\n**Note:** c\n\nd\n\n**Solution:** e\n")
    assert parsed.cause == "b\n\nd"


def test_general_advice_has_no_message() -> None:
    parsed = entry("## Before you call us {#before}\n\nRestart it.\n\n1. Off.\n2. On.\n")
    assert parsed.messages == ()
    assert parsed.solutions == (Solution(None, (text_block("Restart it."), Block(BlockKind.STEPS, "1. Off.\n2. On."))),)


def test_without_braces_the_id_comes_from_the_message() -> None:
    assert entry("## Sign-in\n\n**Message:** Token couldn't be renewed.\n\n**Solution:** a\n").entry_id == (
        "guide/vpn#token-couldnt-be-renewed"
    )


def test_a_long_id_ends_with_a_whole_word() -> None:
    message = "The invoice you are trying to allocate to has already been paid off in full"
    assert entry(f"## A\n\n**Message:** {message}\n\n**Solution:** a\n").entry_id == (
        "guide/vpn#the-invoice-you-are-trying-to-allocate-to-has-already-been"
    )


def test_the_id_survives_an_edit_of_title_cause_and_solution() -> None:
    before = entry("## A\n\n**Message:** Error 5\n\n**Cause:** b\n\n**Solution:** c\n")
    after = entry("## Z\n\n**Message:** Error 5\n\n**Cause:** y\n\n**Solution:** x\n")
    assert before.entry_id == after.entry_id == "guide/vpn#error-5"


def test_a_bold_word_in_a_sentence_is_not_a_label() -> None:
    parsed = entry("## A\n\n**Solution** providers can help.\n\n**Warning** lights are red.\n")
    assert parsed.solutions == (
        Solution(None, (text_block("**Solution** providers can help."), text_block("**Warning** lights are red."))),
    )


def test_two_entries_with_the_same_id_are_reported_with_both_lines() -> None:
    problem = (
        'two entries have the id "guide/vpn#x", the other in line 1; give one of them another {#id} in its heading'
    )
    assert problems("## A {#x}\n\nb\n\n## C {#x}\n\nd\n") == [f"guide/vpn.md:5: {problem}"]


def test_an_entry_without_solution_is_reported_with_its_line() -> None:
    assert problems("# A\n\n## B {#b}\n\n**Cause:** c\n") == [
        'guide/vpn.md:3: the entry "B" has no solution; write one under its heading, then run "assistant build"'
    ]


def test_a_heading_without_letters_names_no_entry_and_its_text_belongs_to_the_entry_above() -> None:
    above, last = entries("## A\n\nb\n\n## !!\n\nc\n\n## D\n\ne\n")
    assert above.solutions == (Solution(None, (text_block("b"), text_block("c"))),)
    assert (above.entry_id, last.entry_id) == ("guide/vpn#a", "guide/vpn#d")


def test_all_that_is_wrong_with_a_file_is_reported_at_once_and_the_rest_of_it_is_read() -> None:
    text = "## A {#x}\n\nb\n\n## C {#x}\n\nd\n\n## E {#e}\n\n**Cause:** f\n\n"
    text += "## G {#g}\n\n1. h\n\n```\ni\n\n## J {#j}\n\nk\n"
    (parsed,) = read_content(text.encode(), "guide/vpn.md")
    assert isinstance(parsed, ParsedArticle)
    assert [entry.entry_id for entry in parsed.entries] == ["guide/vpn#x", "guide/vpn#j"]
    assert [(each.line, each.concerns) for each in parsed.problems] == [
        (5, "guide/vpn#x"),
        (9, "guide/vpn#e"),
        (17, "guide/vpn#g"),
    ]
    assert parsed.problems[2].problem.startswith("the code block is never closed")
    assert (parsed.covered, parsed.size) == (16, 59)  # letters in entries, and all
