"""Entries that their own words do not find, and pairs that are easily confused, with an encoder of bare words."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.publishing.article_lint import SearchedFindings, lint_articles
from assistant.settings import Settings
from corpus.authoring.findings import Severity
from corpus.loader import load_corpus
from index.analysis.telling_words import TellingWords
from index.findability import said
from index.models.encoder import Advance, Encoded, Encoder
from index.ranking.background import troubles
from tests.conftest import WordEncoder, parse_article

KETTLES = """\
## It leaks {#leaks}

**Message:** Error 7 water under base

**Symptoms:**

- A puddle forms on the table

**Cause:** The rubber seal is old.

**Solution:** Change the seal.

## It hisses {#hisses}

**Message:** Error 8 steam escapes lid

**Symptoms:**

- A loud whistle all morning

**Cause:** The lid stands open.

**Solution:** Close the cover and lock it.

## It stays cold {#cold}

**Message:** Error 9 heater gets nothing

**Symptoms:**

- My tea is never warm

**Cause:** The plug sits loosely.

**Solution:** Push the plug into the wall socket.
"""


Lint = Callable[..., list[tuple[str, int | None, str]]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "kettles").mkdir()
    return Settings(corpus=tmp_path / "kettles", cache=tmp_path / "cache")


@pytest.fixture
def lint(settings: Settings, words: Encoder) -> Lint:
    """Lint the kettles after a change; gives rule, line and text of each finding."""

    def lint(was: str = "", becomes: str = "", **others: str) -> list[tuple[str, int | None, str]]:
        for name, text in ({"kettles": KETTLES.replace(was, becomes) if was else KETTLES} | others).items():
            (settings.corpus / f"{name}.md").write_text(text, encoding="utf-8")
        findings = lint_articles(settings.corpus, settings, open_encoder=lambda: words).findings
        return [(each.rule, each.line, each.text) for each in findings]

    return lint


def test_entries_that_come_first_for_their_own_words_give_no_finding(lint: Lint) -> None:
    assert lint() == []


def test_a_symptom_that_another_entry_answers_is_reported_with_the_words_of_its_own(lint: Lint) -> None:
    assert lint("A loud whistle all morning", "Push the plug into the wall socket") == [
        (
            "not-found-by-symptom",
            13,
            (
                'the symptom "Push the plug into the wall socket" finds kettles#cold first; '
                'move it there or say what sets this entry apart (only here: "lid")'
            ),
        )
    ]


def test_a_symptom_of_two_entries_is_reported_once(lint: Lint) -> None:
    rules = [(rule, line) for rule, line, _ in lint("A loud whistle all morning", "My tea is never warm")]
    assert rules == [("not-found-by-symptom", 25)]


def test_a_message_that_differs_from_another_by_a_value_alone_is_reported(lint: Lint) -> None:
    pots = KETTLES[: KETTLES.index("## It hisses")].replace("Error 7 water under base", "Heater stopped at 95 degrees")
    pots = pots.replace("It leaks", "Cracked").replace("A puddle forms on the table", "Bits fall off")
    pots = pots.replace("The rubber seal is old.", "Frost came.").replace("Change the seal.", "Buy another.")
    assert lint("Error 8 steam escapes lid", "Heater stopped at 30 degrees", pots=pots) == [
        (
            "not-found-by-message",
            1,
            (
                'the message "Heater stopped at 95 degrees" finds kettles#hisses first; '
                'tell them apart (only here: "Cracked", "Bits", "fall")'
            ),
        )
    ]


def test_a_pair_that_no_query_confuses_gives_no_finding(lint: Lint) -> None:
    assert lint("A loud whistle all morning", "It stays cold and") == []  # the other is a hit, far less probable


def judge(settings: Settings, query: str, *right: str) -> None:
    folder = settings.corpus.parent / "judgments"
    folder.mkdir()
    (folder / "queries.jsonl").write_text(json.dumps({"_id": "q", "text": query}) + "\n")
    lines = "".join(f"q\t{each}\t1\n" for each in right)
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{lines}")


def test_a_pair_that_a_judged_query_confuses_is_reported_with_the_words_that_differ(
    lint: Lint, settings: Settings
) -> None:
    judge(settings, "the heater gets nothing but a loud whistle", "kettles#hisses")
    assert lint() == [
        (
            "easily-confused",
            13,
            (
                '"It hisses" is easily confused with kettles#cold: the question "the heater gets nothing but a loud '
                'whistle" finds that first; use the words that tell them apart '
                '(only here: "lid", "loud"; only there: "tea")'
            ),
        )
    ]


def test_a_judged_query_that_finds_its_entry_confuses_nothing(lint: Lint, settings: Settings) -> None:
    judge(settings, "the heater gets nothing", "kettles#cold")
    assert lint() == []


def test_a_query_with_two_right_entries_does_not_confuse_them(lint: Lint, settings: Settings) -> None:
    judge(settings, "the heater gets nothing but a loud whistle", "kettles#hisses", "kettles#cold")
    assert lint() == []


def test_what_tells_two_entries_apart_are_nouns_of_their_own(articles: Path) -> None:
    entries = {each.entry_id.partition("#")[2]: said(each) for each in load_corpus(articles).entries}
    words = TellingWords(list(entries.values()), troubles())
    taken, credit = entries["invoice-not-valid-status"], entries["invoice-already-paid-off"]
    assert words.only_in(taken, credit)[:2] == ("reference number", "supplier invoice")
    assert words.only_in(credit, entries["access-denied"])[0] == "credit note"  # the first has it, too
    assert words.only_in(taken, taken) == ()


def test_verbs_and_words_of_no_meaning_tell_nothing_apart() -> None:
    text = "## It fails {#%s}\n\n**Message:** %s\n\n**Solution:** Put it left, either way.\n\n"
    one, other, third = map(
        said,
        parse_article(
            text % ("a", "Either it was left open or the red valve was put in")
            + text % ("b", "Either it was right or it was taken out")
            + text % ("c", "The valve of the boiler; a red valve, the red boiler"),
            "a.md",
        )[1],
    )
    words = TellingWords([one, other, third], troubles())
    assert words.only_in(one, other) == ("red valve",)
    assert words.only_in(other, one) == ("right", "taken")  # no noun, so what is left


def test_one_message_of_two_entries_is_reported_by_the_rule_on_texts_alone(lint: Lint) -> None:
    rules = [rule for rule, *_ in lint("Error 8 steam escapes lid", "Error 9 heater gets nothing")]
    assert rules == ["same-message"]


def test_an_entry_that_stands_twice_is_reported_by_the_rule_on_texts_alone(lint: Lint) -> None:
    assert [rule for rule, *_ in lint(pots=KETTLES)] == ["duplicate"] * 3


def test_a_draft_is_neither_searched_for_nor_reported(lint: Lint) -> None:
    draft = (
        "---\ndraft: true\n---\n\n## Loose {#a}\n\n**Symptoms:**\n\n- The plug sits loosely\n\n**Solution:** Push.\n"
    )
    assert lint(pots=draft) == []


def test_a_file_is_held_against_all_articles_and_only_its_own_findings_are_told(
    lint: Lint, settings: Settings, words: Encoder
) -> None:
    pots = KETTLES[KETTLES.index("## It hisses") : KETTLES.index("## It stays")]
    pots = pots.replace("It hisses", "A pot").replace("Error 8", "Error 4")
    lint(
        "A loud whistle all morning",
        "Change the seal",
        pots=pots.replace("A loud whistle all morning", "Push the plug into the wall socket"),
    )
    for name, line in (("pots", 1), ("kettles", 13)):
        checked = lint_articles(settings.corpus / f"{name}.md", settings, open_encoder=lambda: words)
        assert checked.folder == settings.corpus
        assert [(each.rule, each.source, each.line) for each in checked.findings] == [
            ("not-found-by-symptom", f"{name}.md", line)
        ]


def test_the_articles_of_a_folder_keep_their_names(settings: Settings, words: Encoder) -> None:
    (settings.corpus / "house").mkdir()
    text = "## A {#a}\n\n**Message:** Error 1\n\n**Cause:** [Lime](../kettles.md).\n\n**Solution:** [Wait](pots.md).\n"
    (settings.corpus / "house" / "pans.md").write_text(text, encoding="utf-8")
    (settings.corpus / "kettles.md").write_text(KETTLES, encoding="utf-8")
    checked = lint_articles(settings.corpus / "house", settings, open_encoder=lambda: words)
    assert [(each.source, each.rule, each.line) for each in checked.findings] == [
        ("house/pans.md", "no-symptoms", 1),
        ("house/pans.md", "broken-link", 7),
    ]


def test_a_second_look_encodes_only_what_was_edited(lint: Lint, words: Any) -> None:
    lint()
    words.texts.clear()
    lint("A loud whistle all morning", "A loud whistle all day")
    assert words.texts
    assert [text for text in words.texts if "A loud whistle all day" not in text] == []
    assert "My tea is never warm" not in words.texts


class Asked(WordEncoder):
    """Counts how often it is asked for queries."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        self.times += as_query
        return super().encode_tokens(texts, as_query=as_query, advance=advance)


def test_a_server_searches_again_only_once_something_has_changed(settings: Settings) -> None:
    asked, kept = Asked(), SearchedFindings()
    path = settings.corpus / "kettles.md"

    def search() -> tuple[int, list[str]]:
        before = asked.times
        found = lint_articles(settings.corpus, settings, open_encoder=lambda: asked, searched=kept).findings
        return asked.times - before, [each.rule for each in found]

    path.write_text(KETTLES.replace("A loud whistle all morning", "My tea is never warm"), encoding="utf-8")
    assert search() == (6, ["not-found-by-symptom"])
    assert search() == (0, ["not-found-by-symptom"])
    judge(settings, "the heater gets nothing", "kettles#cold")
    assert search() == (7, ["not-found-by-symptom"])
    path.write_text(KETTLES, encoding="utf-8")
    assert search() == (7, [])


def test_without_a_search_no_encoder_is_asked(settings: Settings) -> None:
    (settings.corpus / "kettles.md").write_text(KETTLES.replace("A loud whistle all morning", "Push the plug"), "utf-8")
    assert lint_articles(settings.corpus, settings, open_encoder=None).findings == ()


def test_articles_without_a_single_entry_are_not_searched(settings: Settings) -> None:
    (settings.corpus / "empty.md").write_text("# Nothing\n", encoding="utf-8")
    checked = lint_articles(
        settings.corpus, settings, open_encoder=lambda: pytest.fail("there is nothing to search for")
    )
    assert [each.rule for each in checked.findings] == ["unreadable"]


def test_labels_of_the_settings_are_no_unknown_labels(settings: Settings, words: Encoder) -> None:
    text = "## A {#a}\n\n**Message:** Error 1\n\n**Ursache:** Kalk.\n\n**Abhilfe:** Warten.\n"
    (settings.corpus / "kettles.md").write_text(text, encoding="utf-8")
    german = replace(settings, labels="cause=Ursache; solution=Abhilfe")
    found = lint_articles(settings.corpus, german, open_encoder=lambda: words).findings
    assert [each.rule for each in found] == ["no-symptoms"]


def test_the_shipped_articles_are_found_by_their_own_words(
    settings: Settings, articles: Path, encoder: Encoder
) -> None:
    findings = lint_articles(articles, replace(settings, corpus=articles), open_encoder=lambda: encoder).findings
    assert {each.rule for each in findings} <= {"easily-confused"}
    assert {each.severity for each in findings} <= {Severity.WARNING}
