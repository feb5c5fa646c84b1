"""Markdown articles become elements with their source lines."""

import pytest

from corpus.errors import ArticleError
from corpus.formats.document import Element, ElementKind
from corpus.formats.markdown import read, source_lines


def elements(text: str) -> tuple[Element, ...]:
    return read(text, "a.md").elements


def test_every_kind_of_element_has_its_lines() -> None:
    text = (
        "# Title\n\n"
        "A paragraph\nof two lines.\n\n"
        "1. First\n2. Second\n\n"
        "- One\n- Two\n\n"
        "```\ncode\n```\n\n"
        "| a | b |\n|---|---|\n| c | d |\n\n"
        "> Quoted\n> twice\n\n"
        "![Alt](x.png)\n"
    )
    assert elements(text) == (
        Element(ElementKind.HEADING, "Title", 1, 1, level=1),
        Element(ElementKind.PARAGRAPH, "A paragraph\nof two lines.", 3, 4),
        Element(ElementKind.STEPS, "1. First\n2. Second", 6, 7, items=("First", "Second")),
        Element(ElementKind.BULLETS, "- One\n- Two", 9, 10, items=("One", "Two")),
        Element(ElementKind.CODE, "```\ncode\n```", 12, 14),
        Element(ElementKind.TABLE, "| a | b |\n|---|---|\n| c | d |", 16, 18, rows=(("a", "b"), ("c", "d"))),
        Element(ElementKind.QUOTE, "Quoted\ntwice", 20, 21),
        Element(ElementKind.IMAGE, "![Alt](x.png)", 23, 23),
    )


def test_a_list_inside_a_step_stays_in_that_step() -> None:
    (steps,) = elements("1. Open it\n   - here\n   - or there\n2. Close it\n")
    assert steps.items == ("Open it\n- here\n- or there", "Close it")


def test_no_line_of_deeply_nested_lists_is_lost() -> None:
    text = "".join("  " * depth + f"- depth {depth}\n" for depth in range(200))
    (bullets,) = elements(text)
    assert [f"depth {depth}" in bullets.markdown for depth in range(200)] == [True] * 200


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_numbers_do_not_depend_on_the_line_end(end: str) -> None:
    assert elements(end.join(["# A", "", "b", "c"])) == (
        Element(ElementKind.HEADING, "A", 1, 1, level=1),
        Element(ElementKind.PARAGRAPH, "b\nc", 3, 4),
    )


@pytest.mark.parametrize("character", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_lines_are_counted_as_editors_count_them(character: str) -> None:
    """Python splits at more characters than editors, so that later line numbers would be wrong."""
    assert source_lines(f"a{character}b\nc") == [f"a{character}b", "c"]


def test_values_of_front_matter_stay_as_written() -> None:
    document = read("---\ntitle: 007\ntags: [3.10, on]\nupdated: 2026-11-23\ndraft:\n---\n", "a.md")
    assert document.metadata == {"title": "007", "tags": ["3.10", "on"], "updated": "2026-11-23", "draft": ""}


@pytest.mark.parametrize(
    ("front_matter", "message"),
    [
        ("title: a\ntags: [b\nurl: c\n", r"a\.md:4: the front matter is not valid YAML \(expected ',' or '\]'"),
        ("title: a: b\n", r"a\.md:2: the front matter is not valid YAML \(mapping values are not allowed here\)"),
        ("title: a\n\turl: b\n", r"a\.md:3: the front matter is not valid YAML"),
        ("title: *nobody\n", r"a\.md:2: the front matter is not valid YAML \(\*nobody repeats another value"),
        ("- a\n- b\n", r"a\.md:2: the front matter is not a list of `name: value` lines"),
        ("title: " + "[" * 20_000 + "\n", r"a\.md:1: the front matter is nested too deeply"),
    ],
)
def test_broken_front_matter_is_reported_with_its_line(front_matter: str, message: str) -> None:
    with pytest.raises(ArticleError, match=message):
        read(f"---\n{front_matter}---\n\n## A\n\nb\n", "a.md")


def test_a_rule_between_paragraphs_is_not_front_matter() -> None:
    assert read("a\n\n---\n\nb\n", "a.md").metadata == {}
