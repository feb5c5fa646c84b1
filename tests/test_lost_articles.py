"""One bad spot costs that spot, never the article; a file that is not read is named."""

from pathlib import Path

import pytest

from corpus.article import Entry
from corpus.authoring.article_rules import coverage, lint
from corpus.loader import load_corpus, read_folder
from corpus.parsing.article_parser import ParsedArticle
from corpus.parsing.entry_ids import slugify


def texts(entry: Entry) -> list[str]:
    return [block.markdown for solution in entry.solutions for block in solution.blocks]


def entries(root: Path, name: str, text: str) -> dict[str, list[str]]:
    """Return the texts of the solutions by title; nothing may be left out."""
    (root / name).write_text(text, encoding="utf-8")
    corpus = load_corpus(root)
    assert corpus.rejected == ()
    return {entry.title: texts(entry) for entry in corpus.entries}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "# Lamp\n\n## It flickers\n\nTighten it.\n\n## \u2757\u2757\n\nThen wait.\n",
            {"It flickers": ["Tighten it.", "Then wait."]},
        ),
        (
            "# Lamp\n\n## It flickers\n\nTighten it.\n\n### ---\n\nThen wait.\n",
            {"It flickers": ["Tighten it.", "Then wait."]},
        ),
        ("# Lamp\n\n## \U0001f6a7\n\nRead this.\n\n## It hums\n\nWait.\n", {"It hums": ["Wait."]}),
        ("# Lamp\n\n##\n\n## It hums\n\nWait.\n", {"It hums": ["Wait."]}),
        ("# Lamp\n\n## ***\n\nTurn it on.\n", {"Lamp": ["Turn it on."]}),
        ("# Lamp\n\n## It hums\n\nWait.\n\n#### !?\n", {"It hums": ["Wait."]}),
    ],
)
def test_a_heading_without_letters_costs_that_heading(
    tmp_path: Path, text: str, expected: dict[str, list[str]]
) -> None:
    assert entries(tmp_path, "a.md", text) == expected


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("# Lamp\n\n## Steps {#s}\n\n### Dim it {#d}\n\nTurn.\n\n### Clean it {#c}\n\nWipe.\n", ["Dim it", "Clean it"]),
        ("## Bulbs {#b}\n\nAll of them.\n\n### Warm ones {#w}\n\nWait.\n", ["Warm ones"]),
        ("## All {#a}\n\n### Bulbs {#b}\n\n#### Red {#r}\n\nWait.\n\n#### Blue {#u}\n\nGo.\n", ["Red", "Blue"]),
        ("# Lamp\n\n## It hums {#h}\n\n**Solution:** Wait.\n\n### On a desk {#d}\n\nGo.\n", ["It hums", "On a desk"]),
    ],
)
def test_a_group_with_an_id_is_no_entry_without_a_solution(tmp_path: Path, text: str, titles: list[str]) -> None:
    assert list(entries(tmp_path, "a.md", text)) == titles


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("The lamp hums.md", "Tighten the bulb.\n", {"The lamp hums": ["Tighten the bulb."]}),
        ("lamp-stays-dark.md", "Turn it on.\n\n1. Press.\n", {"Lamp stays dark": ["Turn it on.", "1. Press."]}),
        ("a.md", "The lamp does not light.\n\nFix:\n\n1. Press.\n", {"The lamp does not light.": ["1. Press."]}),
        ("b.md", "---\ntitle: Dark lamp\n---\n\nTurn it on.\n", {"Dark lamp": ["Turn it on."]}),
        ("c.txt", "Turn it on.\n", {"C": ["Turn it on."]}),
        ("dark lamp.html", "<p>Turn it on.</p>", {"Dark lamp": ["Turn it on."]}),
        ("d.md", "- Turn it on.\n- Wait.\n", {"D": ["- Turn it on.\n- Wait."]}),
    ],
)
def test_a_file_without_headings_is_an_entry(
    tmp_path: Path, name: str, text: str, expected: dict[str, list[str]]
) -> None:
    assert entries(tmp_path, name, text) == expected


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("![Lamp is dark](img/dark.png)", "lamp-is-dark"),
        ("![](img/dark.png)", ""),
        ("The [lamp](../lamps/a.md#x) hums", "the-lamp-hums"),
        ("[![Dark](d.png)](https://lamps.example/d)", "dark"),
        ('Dark <img src="a.png" alt="x"> lamp', "dark-lamp"),
        ("Cannot find <file>", "cannot-find-file"),
        ("See [lamp][1]", "see-lamp"),
    ],
)
def test_an_id_never_comes_from_an_address(title: str, slug: str) -> None:
    assert slugify(title) == slug


def test_a_title_that_is_a_picture_without_words_takes_its_id_from_the_solution(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Lamp\n\n## ![](dark.png)\n\nTurn it on.\n", encoding="utf-8")
    assert [entry.entry_id for entry in load_corpus(tmp_path).entries] == ["a#turn-it-on"]


def test_every_file_that_is_not_read_is_named(tmp_path: Path) -> None:
    names = ["b.pages", "c.yaml", "d.mhtml", "e.org", "f.ipynb", "g.xml", "h", "notes.wiki"]
    for name in [*names, "a.md"]:
        (tmp_path / name).write_text("# Lamp\n\n## It hums\n\nWait.\n", encoding="utf-8")
    assert [error.source for error in load_corpus(tmp_path).rejected] == names
    findings = lint(read_folder(tmp_path), today="2026-11-29")
    assert [finding.source for finding in findings if finding.rule == "unreadable"] == names


def test_a_file_without_a_suffix_is_named_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "lamp").write_text("# Lamp\n", encoding="utf-8")
    (error,) = load_corpus(tmp_path).rejected
    assert str(error) == (
        'lamp: has no suffix to tell its format by; give it the suffix of its format; "assistant formats" lists them'
    )


def test_pictures_styles_programs_and_licences_are_no_articles(tmp_path: Path) -> None:
    for name in ("a.png", "b.CSS", "c.js", "LICENSE", "d.svg", "Makefile", "e.zip", "f.md.tmp", "g.md.bak"):
        (tmp_path / name).write_bytes(b"x")
    assert load_corpus(tmp_path).rejected == ()


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        (
            "# Table of contents\n\n* [Lamps](README.md)\n* [It hums](lamps/hums.md)\n  * [Why](lamps/why.md#it)\n",
            False,
        ),
        ("# Summary\n\n## Lamps\n\n* [It hums](lamps/hums.md)\n\n## Cranes\n\n- [Stuck](cranes/stuck.md)\n", False),
        ("# It hums\n\n- [Download the new driver](https://lamps.example/driver)\n", True),
        ("# It hums\n\n- [Turn it off](off.md), then wait.\n", True),
    ],
)
def test_a_table_of_contents_is_no_entry(tmp_path: Path, text: str, *, is_read: bool) -> None:
    (tmp_path / "SUMMARY.md").write_text(text, encoding="utf-8")
    corpus = load_corpus(tmp_path)
    told = "SUMMARY.md: has links only, as a table of contents; nothing in it can be searched"
    assert [str(each) for each in corpus.rejected] == ([] if is_read else [told])
    assert [entry.title for entry in corpus.entries] == (["It hums"] if is_read else [])


def test_coverage_counts_the_files_that_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Lamp\n\n## It hums\n\nWait.\n", encoding="utf-8")
    articles = [each for each in read_folder(tmp_path) if isinstance(each, ParsedArticle)]
    assert coverage(articles) == (18, 18)
    assert coverage(articles, unread=100) == (18, 118)
