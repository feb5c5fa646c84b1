"""Sections, tables, lists and labels become entries; the rest of an article is excluded with a reason."""

import pytest

from corpus.article import Block, BlockKind, Entry, Solution
from corpus.formats import markdown, plain_text
from corpus.formats.document import ExcludedKind
from corpus.labels import Label, Labels, Style, detect_styles, labels_of
from corpus.parsing.entry_parser import ParsedEntries, parse_entries


def parsed(text: str, *, labels: Labels | None = None) -> ParsedEntries:
    document = markdown.read(text, "kettle.md")
    return parse_entries(document, article_id="kettle", title=None, source="kettle.md", labels=labels or Labels())


def entry(text: str) -> Entry:
    (only,) = parsed(text).entries
    return only


def solution(*blocks: str, title: str | None = None) -> Solution:
    return Solution(title, tuple(Block(BlockKind.TEXT, block) for block in blocks))


ONE_ERROR = """\
# The kettle says E4

## Symptoms

- It beeps four times.

## Cause

Lime on the sensor.

## Resolution 1: rinse it

Use vinegar.

## Resolution 2: scrape it

Use a spoon.

## More information

Lime comes with hard water.
"""


def test_an_article_with_sections_named_symptoms_cause_and_resolution_is_one_entry() -> None:
    only = entry(ONE_ERROR)
    assert (only.title, only.symptoms, only.cause) == (
        "The kettle says E4",
        ("It beeps four times.",),
        "Lime on the sensor.",
    )
    assert only.solutions == (
        solution("Use vinegar.", title="Resolution 1: rinse it"),
        solution(
            "Use a spoon.", "**More information**", "Lime comes with hard water.", title="Resolution 2: scrape it"
        ),
    )
    assert (only.span.first_line, only.span.last_line) == (1, 21)


NESTED = """\
# Kettle trouble

Some kettles are old.

## Power

These are about the plug.

### Error: no current<a name="no-current"></a>

Push the plug in.

### It switches itself off

1. Fill it.
2. Try again.

## See also

- [Toasters](toasters.md)
"""


def test_nested_headings_are_groups_and_the_innermost_are_entries_with_a_breadcrumb() -> None:
    first, second = parsed(NESTED).entries
    assert (first.entry_id, first.breadcrumb) == ("kettle#no-current", ("Kettle trouble", "Power"))
    assert (first.messages, first.symptoms) == (("Error: no current",), ())
    assert first.solutions == (solution("Push the plug in."),)
    assert (second.messages, second.symptoms) == ((), ("It switches itself off",))
    assert second.solutions == (Solution(None, (Block(BlockKind.STEPS, "1. Fill it.\n2. Try again."),)),)


def test_excluded_parts_have_a_kind_and_lines() -> None:
    result = parsed(NESTED)
    assert [(part.kind, part.first_line, part.last_line) for part in result.excluded] == [
        (ExcludedKind.TITLE, 1, 1),
        (ExcludedKind.INTRODUCTION, 3, 3),
        (ExcludedKind.GROUP_HEADING, 5, 5),
        (ExcludedKind.INTRODUCTION, 7, 7),
        (ExcludedKind.SUPPLEMENTARY, 18, 20),
    ]


TABLES = """\
# Codes of the kettle

| Error | Why does this happen | Fix | Model |
| --- | --- | --- | --- |
| E1 | Too little water | Fill it. | K100 |
| E2 | Too much water | Pour some out. | K200 |

## The lid is stuck

| Problem | It does not open. |
| --- | --- |
| Cause | Steam. |
| Solution | Wait. |
"""


def test_a_row_under_labelled_columns_is_an_entry_and_its_other_cells_are_context() -> None:
    first, second, third = parsed(TABLES).entries
    assert (first.messages, first.cause, first.solutions) == (("E1",), "Too little water", (solution("Fill it."),))
    assert (first.context, second.context) == ("Model: K100", "Model: K200")
    assert (first.span.first_line, second.span.first_line) == (5, 6)
    assert (third.messages, third.cause, third.solutions) == (("It does not open.",), "Steam.", (solution("Wait."),))


QUESTIONS = """\
# Questions about the kettle

**Why is the water brown?**

It is rust. Replace the kettle.

**How do I open the lid?**

Press the button.
"""


def test_questions_in_bold_are_headings_and_the_messages_of_their_entries() -> None:
    assert [(each.messages, each.solutions) for each in parsed(QUESTIONS).entries] == [
        (("Why is the water brown?",), (solution("It is rust. Replace the kettle."),)),
        (("How do I open the lid?",), (solution("Press the button."),)),
    ]


def test_labels_without_bold_count_if_the_whole_article_has_them_so() -> None:
    only = entry("## The cord is hot\n\nCause: Too thin.\n\nSolution: Unplug it.\n\nNote: It cools down.\n")
    assert (only.cause, only.solutions) == (
        "Too thin.",
        (Solution(None, (Block(BlockKind.TEXT, "Unplug it."), Block(BlockKind.NOTE, "It cools down."))),),
    )


def test_a_word_with_a_colon_in_an_article_with_bold_labels_is_text() -> None:
    only = entry("## A\n\n**Cause:** b\n\n**Solution:** c\n\nNote: d\n")
    assert only.solutions == (solution("c", "Note: d"),)


def test_bold_words_without_a_colon_are_labels_if_several_parts_have_them() -> None:
    only = entry("## The cord is hot\n\n**Cause** Too thin.\n\n**Solution** Unplug it.\n")
    assert (only.cause, only.solutions) == ("Too thin.", (solution("Unplug it."),))


def test_list_items_that_begin_with_labels_are_parts() -> None:
    only = entry("## The cord is hot\n\n- **Cause:** Too thin.\n- **Fix:** Unplug it.\n")
    assert (only.cause, only.solutions) == ("Too thin.", (solution("Unplug it."),))


def test_a_definition_under_a_label_is_its_text() -> None:
    only = entry("## The cord is hot\n\n**Cause**\n: Too thin.\n\n**Solution**\n: Unplug it.\n")
    assert (only.cause, only.solutions) == ("Too thin.", (solution("Unplug it."),))


def test_headings_of_steps_stay_in_one_solution() -> None:
    only = entry("# A\n\n## The cord is hot\n\nDo this.\n\n### Step 1: pull\n\nPull it.\n\n### Step 2: wait\n\nWait.\n")
    assert only.solutions == (solution("Do this.", "**Step 1: pull**", "Pull it.", "**Step 2: wait**", "Wait."),)


def test_headings_for_platforms_are_solutions_of_one_entry() -> None:
    only = entry("# A\n\n## The cord is hot\n\n### Windows\n\nOne.\n\n### macOS\n\nTwo.\n")
    assert only.solutions == (solution("One.", title="Windows"), solution("Two.", title="macOS"))


def test_code_tables_images_and_links_of_a_solution_are_kept() -> None:
    blocks = ("See [it](x.md).", "```sh\nls\n```", "| a | b |\n| --- | --- |\n| c | d |", "![A lid](lid.png)")
    only = entry("## The cord is hot {#hot}\n\n**Solution:**\n\n" + "\n\n".join(blocks) + "\n")
    assert [(block.kind, block.markdown) for block in only.solutions[0].blocks] == list(
        zip((BlockKind.TEXT, BlockKind.CODE, BlockKind.TABLE, BlockKind.IMAGE), blocks, strict=True)
    )


def test_a_reference_link_becomes_an_inline_link() -> None:
    only = entry("## A {#a}\n\nSee [the guide][g].\n\n[g]: https://example.org/g\n")
    assert only.solutions == (solution("See [the guide](https://example.org/g)."),)


def test_a_message_after_a_solution_begins_the_next_entry_of_a_plain_text() -> None:
    text = "Kettles\n\nError It leaks\nSolution Dry it.\nError It hisses\nSolution Cool it.\n"
    entries = parse_entries(plain_text.read(text, Labels()), article_id="k", title=None, source="k.txt").entries
    assert [(each.messages, each.solutions) for each in entries] == [
        (("It leaks",), (solution("Dry it."),)),
        (("It hisses",), (solution("Cool it."),)),
    ]


def test_two_equal_headings_give_two_ids() -> None:
    assert [each.entry_id for each in parsed("## A\n\nb\n\n## A\n\nc\n").entries] == ["kettle#a", "kettle#a-2"]


def test_an_error_without_cause_and_solution_is_excluded() -> None:
    result = parsed("## A\n\n**Message:** b\n\n## C\n\nd\n")
    assert [each.title for each in result.entries] == ["C"]
    assert [part.kind for part in result.excluded] == [ExcludedKind.INCOMPLETE_ENTRY]


def test_labels_of_another_language_come_from_the_settings() -> None:
    labels = labels_of("solution=Lösung, Abhilfe; cause=Ursache")
    (only,) = parsed("## Heiß\n\n**Ursache:** Kabel\n\n**Abhilfe:** Kaufen\n", labels=labels).entries
    assert (only.cause, only.solutions) == ("Kabel", (solution("Kaufen"),))


@pytest.mark.parametrize(
    ("lines", "styles"),
    [
        (["**Cause:** a", "Solution: b"], {Style.BOLD}),
        (["Cause: a", "Solution: b"], {Style.BOLD, Style.COLON}),
        (["Cause: a", "Reason: b"], {Style.BOLD}),
        (["**Cause** A", "**Solution** B"], {Style.BOLD, Style.BOLD_BARE}),
    ],
)
def test_weaker_styles_of_labels_count_only_without_bold_ones(lines: list[str], styles: set[Style]) -> None:
    assert detect_styles(lines, Labels()) == styles


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("How to resolve:", Label.SOLUTION),
        ("Possible solutions", Label.SOLUTION),
        ("Solution 2", Label.SOLUTION),
        ("Solution B", Label.SOLUTION),
        ("Why does this happen?", Label.CAUSE),
        ("ERROR MESSAGE", Label.MESSAGE),
        ("Providers", None),
    ],
)
def test_synonyms_and_numbered_labels_are_known(words: str, label: Label | None) -> None:
    assert Labels().of(words) is label
