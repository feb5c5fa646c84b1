"""Lint reports each fault that is put into an article, at its line, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.publishing.article_lint import lint_articles
from assistant.settings import Settings
from corpus.authoring.article_rules import coverage, lint
from corpus.authoring.findings import Severity
from corpus.loader import read_folder
from corpus.parsing.article_parser import ParsedArticle

ARTICLE = """\
---
title: Kettles
---

## It leaks {#leaks}

**Message:** Error 7 at ### (### is the place)

**Cause:** The seal ### is old.

**Solution:** Change the seal. See [hissing](#hisses).

## It hisses {#hisses}

**Message:** Error 8: steam

**Cause:** The lid is open.

**Solution:** Close the lid, then ![the lid](lid.png) lock it.
"""


def findings(root: Path, **articles: str) -> list[tuple[str, str, int | None]]:
    for name, text in articles.items():
        (root / f"{name}.md").write_text(text, encoding="utf-8")
    results = lint(read_folder(root), today="2026-11-23")
    return [(finding.rule, finding.source, finding.line) for finding in results]


def test_a_clean_corpus_gives_no_finding(tmp_path: Path) -> None:
    assert findings(tmp_path, kettles=ARTICLE) == []


@pytest.mark.parametrize(
    ("was", "becomes", "line"),
    [
        ("{#hisses}", "{#hisses", 13),
        ("**Message:** Error 8", "**Message: Error 8", 15),
        ("---\ntitle: Kettles\n---\n", "---\ntitle: Kettles\n", 2),
        ("---\ntitle: Kettles\n---\n", "title: Kettles\n", 1),
    ],
)
def test_unclosed_markup_is_reported_where_it_is_opened(tmp_path: Path, was: str, becomes: str, line: int) -> None:
    assert ("unclosed", "kettles.md", line) in findings(tmp_path, kettles=ARTICLE.replace(was, becomes))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("Change the seal.", "Change the seal:\n\n```\nseal --new\n```\n"),
        ("Change the seal.", "Change the seal:\n\n  ~~~ text\n  seal --new\n  ~~~~~\n"),
        ("Change the seal.", "Change the seal:\n\n    seal --new\n"),
        ("Change the seal.", "**Change: the seal** that leaks."),
        ("It leaks {#leaks}", "It leaks {#} {#leaks}"),
    ],
)
def test_closed_markup_is_not_reported(tmp_path: Path, was: str, becomes: str) -> None:
    assert findings(tmp_path, kettles=ARTICLE.replace(was, becomes)) == []


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        ("**Cause:** The lid is open.\n\n", "", ("no-cause", 13)),
        ("**Cause:** The lid", "**Origin:** The lid", ("unknown-label", 17)),
        (" (### is the place)\n\n**Cause:** The seal ###", "\n\n**Cause:** The seal", ("unexplained-placeholder", 5)),
        ("![the lid]", "![]", ("image-without-text", 19)),
        ("**Cause:** The lid", "**Couse:** The lid", ("unknown-label", 17)),
        ("(#hisses)", "(#whistles)", ("broken-link", 11)),
        ("(#hisses)", "(pots.md)", ("broken-link", 11)),
        ("title: Kettles", "title: Kettles\nautor: me", ("unknown-metadata", 1)),
        ("title: Kettles", "title: Kettles\nreview_by: 2026-01-01", ("past-review", None)),
        ("title: Kettles", "title: [Kettles]", ("unreadable", None)),
        ("**Solution:** Close the lid, then ![the lid](lid.png) lock it.\n", "", ("left-out", 13)),
        ("Change the seal.", "Change the seal:\n\n```\nseal --new", ("left-out", 13)),
        ("Change the seal.", "Change the seal:\n\n~~~~ text\nseal --new\n~~~", ("left-out", 13)),
    ],
)
def test_one_fault_gives_one_finding(tmp_path: Path, was: str, becomes: str, expected: tuple[str, int | None]) -> None:
    assert was in ARTICLE
    rule, line = expected
    hits = findings(tmp_path, kettles=ARTICLE.replace(was, becomes))
    assert hits == [(rule, "kettles.md", line)]


COPY = "## {title}\n\n**Message:** {message}\n\n**Cause:** {cause}\n\n**Solution:** {solution}\n"
LONG = "Open the lid, take the seal out, wash it, dry it, and put it back with the mark to the front"


def test_the_same_entry_in_two_files_is_a_duplicate(tmp_path: Path) -> None:
    text = COPY.format(title="A", message="Error 1", cause="It is old", solution=LONG)
    assert findings(tmp_path, a=text, b=text) == [("duplicate", "b.md", 1)]


def test_nearly_the_same_entry_is_a_near_duplicate(tmp_path: Path) -> None:
    one = COPY.format(title="A", message="Error 1", cause="It is old", solution=LONG)
    two = COPY.format(title="B", message="Error 1", cause="It is old", solution=f"{LONG}, please")
    assert findings(tmp_path, a=one, b=two) == [("near-duplicate", "b.md", 1)]


def test_one_message_with_two_solutions_is_reported(tmp_path: Path) -> None:
    one = COPY.format(title="A", message="Error 1", cause="It is old", solution="Buy another one today.")
    two = COPY.format(title="B", message="error  1", cause="Lime in it", solution="Rinse with vinegar and wait.")
    assert findings(tmp_path, a=one, b=two) == [("same-message", "b.md", 1)]


def test_a_message_without_cause_and_solution_is_an_error(tmp_path: Path) -> None:
    text = "## A\n\n**Message:** Error 1\n\n## B\n\nWait.\n"
    assert findings(tmp_path, a=text) == [("no-solution", "a.md", 1)]


def test_a_row_that_cannot_be_read_is_reported_and_not_covered(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Error,Cause,Fix\nE1,Lime,Rinse.\nE2,Lime,\n", encoding="utf-8")
    results = list(read_folder(tmp_path))
    assert [(each.rule, each.line) for each in lint(results, today="2026-11-23")] == [("left-out", 3)]
    articles = [each for each in results if isinstance(each, ParsedArticle)]
    assert coverage(articles) == (25, 31)


def test_text_that_is_in_no_entry_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(ARTICLE, encoding="utf-8")
    (parsed,) = (each for each in read_folder(tmp_path) if isinstance(each, ParsedArticle))
    results = lint([replace(parsed, covered=parsed.size - 4)], today="2026-11-23")
    assert [(each.rule, each.line) for each in results] == [("coverage", None)]


def test_two_files_with_the_same_article_id_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<h2>Rust</h2><p>Scrub the pot with sand.</p>", encoding="utf-8")
    one = COPY.format(title="A", message="Error 1", cause="It is old", solution=LONG)
    assert findings(tmp_path, a=one) == [("same-id", "a.md", None)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Soluton", "Solution"), ("Casue", "Cause"), ("Symptomes", "Symptoms"), ("Causality", None), ("Origin", None)],
)
def test_a_label_one_letter_off_is_an_error_that_names_the_label(tmp_path: Path, typed: str, meant: str | None) -> None:
    (tmp_path / "a.md").write_text(ARTICLE.replace("**Cause:** The lid", f"**{typed}:** The lid"), encoding="utf-8")
    (found,) = lint(read_folder(tmp_path), today="2026-11-23")
    assert (found.rule, found.severity) == ("unknown-label", "error" if meant else "warning")
    assert found.text.endswith(f'did you mean "{meant}"?' if meant else "Solution or Note")


def test_a_missing_image_and_entries_without_symptoms_are_named(tmp_path: Path) -> None:
    (tmp_path / "kettles.md").write_text(ARTICLE, encoding="utf-8")
    settings = Settings(corpus=tmp_path, cache=tmp_path)
    found = lint_articles(tmp_path, settings, open_encoder=None).findings
    assert [(each.rule, each.severity, each.line) for each in found] == [
        ("no-symptoms", "hint", 5),
        ("missing-image", "warning", 19),
    ]
    assert found[0].text == '"It leaks", "It hisses" have no symptoms; write how people describe the problem'
    (tmp_path / "lid.png").write_bytes(b"x")
    assert [each.rule for each in lint_articles(tmp_path, settings, open_encoder=None).findings] == ["no-symptoms"]


HISSES = "\n\n**Solution:** Close the lid, then ![the lid](lid.png) lock it.\n"
FAULTS = ARTICLE.replace("**Cause:** The lid is open." + HISSES, "").replace(
    "**Cause:** The seal", "**Soluton:** The seal"
)
NO_SOLUTION = (13, "left-out")
LABEL = (9, "unknown-label")


def errors(tmp_path: Path, content: bytes) -> list[tuple[int | None, str]]:
    (tmp_path / "kettles.md").write_bytes(content)
    checked = lint_articles(tmp_path, Settings(corpus=tmp_path), open_encoder=None)
    return [(each.line, str(each.rule)) for each in checked.findings if each.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("front_matter", "broken"),
    [
        ("title: Kettles", []),
        ("title: [Kettles", [(2, "unreadable")]),
        ("- Kettles", [(2, "unreadable")]),
        ("updated: soon", [(None, "unreadable")]),
        ("updated: soon\ntitle: [a]\ndraft: x", [(None, "unreadable")] * 3),
        ("title: Kettl\xe9s", [(2, "unreadable")]),
    ],
)
def test_all_errors_of_a_file_are_told_at_once_also_where_its_front_matter_is_broken(
    tmp_path: Path, front_matter: str, broken: list[tuple[int | None, str]]
) -> None:
    more = front_matter.count("\n")
    rest = [(line + more, rule) for line, rule in (LABEL, NO_SOLUTION)]
    text = FAULTS.replace("title: Kettles", front_matter)
    assert errors(tmp_path, text.encode("latin-1")) == broken + rest


def test_every_wrong_value_of_a_front_matter_is_told(tmp_path: Path) -> None:
    text = ARTICLE.replace("title: Kettles", "updated: soon\ntitle: [a]\naliases: x")
    (tmp_path / "kettles.md").write_text(text)
    checked = lint_articles(tmp_path, Settings(corpus=tmp_path), open_encoder=None)
    assert sorted(each.text for each in checked.findings) == [
        "`aliases` in the front matter is 'x'; it should be lines of the form `old-id: new-id`",
        "`title` in the front matter is a list; it should be text",
        "`updated` in the front matter is 'soon'; it should be a date such as 2026-11-23",
    ]
