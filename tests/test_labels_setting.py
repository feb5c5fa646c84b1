"""Labels from the settings, such as those of another language, are known wherever articles are read."""

from pathlib import Path

import pytest

from assistant.publishing.editor_session import EditorSession
from assistant.publishing.rebuild import rebuild
from assistant.settings import Settings
from corpus.labels import DEFAULT_LABELS, Label, LabelMatch, Labels, Style, labels_of
from corpus.loader import read_content
from corpus.parsing.article_parser import ParsedArticle
from index.evaluation.judged_set import Part
from index.evaluation.systems import read_set
from index.models.encoder import Encoder
from index.storage.entry_table import EntryTable
from index.storage.store import Store

GERMAN = labels_of("message=Meldung; cause=Ursache; solution=Abhilfe")
ARTICLE = "## A {#a}\n\n**Ursache:** Kalk.\n\n**Abhilfe:** Warten.\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "kettle.md").write_text(ARTICLE, encoding="utf-8")
    return Settings.from_environment(
        {"ASSISTANT_LABELS": "cause=Ursache; solution=Abhilfe"}, corpus=tmp_path / "articles", index=tmp_path / "built"
    )


def test_a_build_knows_them(settings: Settings, words: Encoder) -> None:
    rebuild(settings, lambda: words)
    assert [entry.cause for entry in EntryTable(Store(settings.index).current())] == ["Kalk."]


def test_the_preview_of_an_article_knows_them(settings: Settings, words: Encoder) -> None:
    article = ARTICLE.replace("**Ursache", "**Message:** Error 1\n\n**Ursache")
    shown = EditorSession(settings, lambda: words).preview(article.encode(), "kettle.md")
    assert shown.findings == ()
    assert "Kalk." in shown.html
    assert "Ursache" not in shown.html


def test_the_articles_of_a_judged_set_are_read_with_them(settings: Settings, tmp_path: Path) -> None:
    judged = tmp_path / "judged"
    judged.mkdir()
    (judged / "queries.jsonl").write_text('{"_id": "1", "text": "lime"}\n', encoding="utf-8")
    (judged / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\tkettle#a\t1\n", encoding="utf-8")
    labels = labels_of(settings.labels)
    _, corpus = read_set(judged, settings.corpus, labels=labels, without_symptoms=False, part=Part.ALL)
    assert [entry.cause for entry in corpus.entries] == ["Kalk."]


CODES = [("E4", "Kalk."), ("E5", "Rost.")]
LINES = ["Kessel", "E4", "Ursache", "Kalk.", "Abhilfe", "Warten.", "E5", "Ursache", "Rost.", "Abhilfe", "Bürsten."]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "kettle.md",
            "".join(f"## {code}\n\n**Ursache:** {cause}\n\n**Abhilfe:** Warten.\n\n" for code, cause in CODES),
        ),
        ("kettle.csv", "Meldung;Ursache;Abhilfe\nE4;Kalk.;Warten.\nE5;Rost.;Bürsten.\n"),
        ("kettle.txt", "\n".join(LINES)),
        ("kettle.html", "".join(f"<p>{line}</p>" for line in LINES)),
    ],
    ids=["Markdown", "CSV", "plain text", "HTML"],
)
def test_every_format_that_looks_for_labels_knows_them(name: str, content: str) -> None:
    (article,) = read_content(content.encode(), name, labels=GERMAN)
    assert isinstance(article, ParsedArticle), article
    assert [(entry.title, entry.cause) for entry in article.entries] == CODES


def test_a_label_may_have_60_letters_before_its_colon() -> None:
    """At each end of what is looked at for a colon."""
    for words, end in ((60 * "a", " : "), (60 * "a", ": "), (60 * "a", " - "), (20 * "b", ": ")):
        labels = Labels({Label.CAUSE: [words]})
        found = labels.match_line(f"{words}{end}The disk is full.", frozenset({Style.COLON}))
        assert found == LabelMatch(Label.CAUSE, words, "The disk is full."), end
    assert Labels({Label.CAUSE: [61 * "a"]}).match_line(61 * "a" + ": b", frozenset({Style.COLON})) is None


@pytest.mark.parametrize("line", ["__Cause:__ Lime.", "**Cause:** Lime.", "__Cause__: Lime.", "**Cause** - Lime."])
def test_a_bold_label_has_asterisks_or_underscores(line: str) -> None:
    found = DEFAULT_LABELS.match_line(line, frozenset({Style.BOLD}))
    assert found == LabelMatch(Label.CAUSE, "Cause", "Lime.")
