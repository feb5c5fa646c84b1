"""Queries in another language than the articles: recognised, and told in which language the articles are."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from assistant.answering.answer import Answer, Notice
from assistant.answering.assistant import Assistant
from assistant.answering.language_notice import language_notice
from assistant.answering.query import Query
from assistant.rendering.answer_html import answer_html
from assistant.rendering.answer_text import answer_text
from corpus.loader import load_corpus
from index.analysis.language import language_of
from index.builder import build
from index.decision import Decision, Reason
from index.models.encoder import Encoder
from index.models.model_files import DEFAULT_MODEL
from index.query_language import LanguageReader, Reading, entry_languages, has_known_words, knows_language
from index.storage.store import Store
from tests.conftest import WordEncoder

ROOT = Path(__file__).parent.parent
with (ROOT / "tests" / "data" / "languages.tsv").open(encoding="utf-8", newline="") as _file:
    SENTENCES = [(row["language"], row["query"]) for row in csv.DictReader(_file, delimiter="\t")]
LANGUAGES = sorted({language for language, _ in SENTENCES})
ENGLISH = [
    json.loads(line)["text"]
    for folder in ("corpus/judgments", "tests/data/judgments")
    for line in (ROOT / folder / "queries.jsonl").read_text("utf-8").splitlines()
]
GERMAN_ARTICLE = """# Häufige Fragen

## Wie sichere ich den Kaiplan?

Unter Datei > Exportieren eine Kopie ablegen.

## Wie stelle ich ein Backup wieder her?

Unter Datei > Importieren die Kopie wählen.

## Ich kann mich nicht anmelden

Setze das Kennwort zurück.
"""
ENGLISH_ARTICLE = """# Printing

## The tray is empty {#empty}

**Message:** Printing stopped because tray 2 is empty

**Symptoms:**

- the printer takes no paper

**Solution:** Fill the tray with paper.

## The lid is open {#lid}

**Message:** Close the lid before you go on

**Solution:** Close the lid of the printer.
"""


PASTED = "Ich sehe das hier:\nPrinting was stopped because the tray is empty, please fill it.\nWas tun?"


class SpellingEncoder(WordEncoder):
    """An encoder under a name that spells words out, but for those that it knows."""

    def __init__(self, name: str, known: str) -> None:
        super().__init__(name)
        self.known = set(known.split())

    def count_tokens(self, text: str) -> int:
        return sum(1 if word in self.known else (len(word) + 1) // 2 for word in self._tokens(text))


def ask(folder: Path, article: str, encoder: Encoder, *queries: str) -> list[Answer]:
    (folder / "articles").mkdir()
    (folder / "articles" / "a.md").write_text(article, encoding="utf-8")
    build(load_corpus(folder / "articles"), encoder, Store(folder / "built"))
    assistant = Assistant(Store(folder / "built"), encoder)
    return [assistant.ask(Query(query)) for query in queries]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nineteen_of_twenty_sentences_of_a_language_are_recognised(language: str) -> None:
    found = Counter(language_of(text, among=["en"]) for own, text in SENTENCES if own == language)
    assert found.total() == 20
    assert found[language] >= 19


def test_no_english_query_is_taken_for_one_in_another_language() -> None:
    found = {text: language_of(text, among=["en"]) for text in ENGLISH}
    assert {text: code for text, code in found.items() if code not in {"en", None}} == {}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("reconnect xero", None),  # two words may be names
        ("E-2041 0x80070005", None),
        ("", None),
        ("Wie erstelle ich ein Backup?", "de"),  # by its small words
        (PASTED, "en"),
        ("打印机不工作", "zh"),
        ("Принтер не печатает", "ru"),
        ("\x00\x07\ufffe das \x1b ist nicht gut", "de"),
    ],
)
def test_the_language_of_a_text(text: str, language: str | None) -> None:
    assert language_of(text, among=["en"]) == language


def test_the_languages_of_the_articles_are_those_of_a_real_share_of_their_entries() -> None:
    encoder = SpellingEncoder(DEFAULT_MODEL, "")
    german = [text for language, text in SENTENCES if language == "de"]
    english = ENGLISH[:60]

    def languages(texts: list[str]) -> dict[str, bool]:
        return entry_languages(texts).known_by(encoder, texts.__getitem__)

    assert languages([*english, *german]) == {"en": True, "de": False}
    assert list(languages([*german, *english[:10]])) == ["de", "en"]
    assert languages([*english, german[0]]) == {"en": True}
    assert languages(["Reset", "E-20"]) == {}


def test_another_model_knows_the_languages_whose_words_it_does_not_spell_out() -> None:
    german = "Der Drucker zieht kein Papier mehr ein"
    assert knows_language(SpellingEncoder("other", german.casefold()), "de", german)
    assert not knows_language(SpellingEncoder("other", ""), "de", german)
    assert not knows_language(SpellingEncoder(DEFAULT_MODEL, german.casefold()), "de", german)


def test_the_vocabulary_of_the_default_model_tells_english_from_the_other_languages(encoder: Encoder) -> None:
    """A model under another name may have the same vocabulary, as one that was trained further has."""

    class Renamed(WordEncoder):
        def count_tokens(self, text: str) -> int:
            return encoder.count_tokens(text)

    renamed = Renamed("trained further")
    assert knows_language(renamed, "en", "\n".join(ENGLISH))
    for language in LANGUAGES:
        assert not knows_language(renamed, language, "\n".join(text for own, text in SENTENCES if own == language))


KNOWN = "der drucker zieht kein papier mehr ein tray paper empty printer takes"


@pytest.mark.parametrize(
    ("articles", "name", "text", "reading"),
    [
        ({"en": True}, DEFAULT_MODEL, "The printer takes no paper at all", Reading()),
        (
            {"en": True},
            DEFAULT_MODEL,
            "Der Drucker zieht kein Papier mehr ein",
            Reading(is_readable=False, language="de"),
        ),
        ({"en": True}, "several languages", "Der Drucker zieht kein Papier mehr ein", Reading()),
        ({"de": False}, "several languages", "Der Drucker zieht kein Papier mehr ein", Reading(language="de")),
        ({"de": False}, DEFAULT_MODEL, "The printer will not print", Reading(is_readable=False, language="en")),
        ({"en": True, "de": False}, DEFAULT_MODEL, "Der Drucker zieht kein Papier mehr ein", Reading(language="de")),
        ({"en": True}, DEFAULT_MODEL, "L'imprimante ne prend plus tray paper empty", Reading()),  # the articles' words
        ({}, DEFAULT_MODEL, "Der Drucker zieht kein Papier mehr ein", Reading()),  # nobody knows the articles' language
    ],
)
def test_a_query_is_read_where_the_encoder_knows_its_language_and_the_articles(
    articles: Mapping[str, bool], name: str, text: str, reading: Reading
) -> None:
    encoder = SpellingEncoder(name, KNOWN)
    reader = LanguageReader(articles, encoder, is_in_articles={"tray", "paper", "empty"}.__contains__)
    assert reader.read(text, corrected=text) == reading


def test_a_query_in_another_script_is_readable_where_half_of_its_words_are_known() -> None:
    known = {"бумаги"}
    assert has_known_words("бумаги нет", is_known=known.__contains__)
    assert not has_known_words("бумаги совсем нет", is_known=known.__contains__)


def test_a_reader_is_told_in_their_own_language_in_which_the_articles_are(tmp_path: Path, encoder: Encoder) -> None:
    texts = ["Der Drucker zieht kein Papier mehr ein", "Meine Rechnung ist weg, was soll ich tun?"]
    answers = ask(tmp_path, ENGLISH_ARTICLE, encoder, *texts)
    told = "Die Artikel sind auf Englisch; bitte beschreibe das Problem in dieser Sprache, oder füge die Meldung ein."
    for answer in answers:
        assert (answer.decision, answer.reason) == (Decision.NONE, Reason.UNREADABLE_LANGUAGE)
        assert answer.notice == Notice("de", told)
        assert answer_text(answer).splitlines()[0] == told
        assert f'<span lang="de">{told}</span>' in answer_html(answer)


def test_a_message_in_a_sentence_of_another_language_is_recognised(tmp_path: Path, encoder: Encoder) -> None:
    query = "Der Drucker geht nicht mehr, da steht: Printing stopped because tray 7 is empty. Was soll ich tun?"
    (answer,) = ask(tmp_path, ENGLISH_ARTICLE, encoder, query)
    assert (answer.decision, answer.notice, answer.hits[0].entry_id) == (Decision.ANSWER, None, "a#empty")


def test_in_a_language_that_only_the_articles_know_words_decide(tmp_path: Path, encoder: Encoder) -> None:
    """To make a backup is the opposite of what the entry about a backup is about."""
    queries = ["Wie erstelle ich ein Backup?", "Anmeldung schlägt fehl", "Ich kann mich gar nicht anmelden"]
    opposite, other_words, own_words = ask(tmp_path, GERMAN_ARTICLE, encoder, *queries)
    assert opposite.decision is Decision.AMBIGUOUS
    assert other_words.reason is Reason.UNREADABLE_LANGUAGE
    assert other_words.notice is not None
    assert other_words.notice.text.startswith("Auf Deutsch werden nur die Wörter der Artikel gefunden")
    assert (own_words.decision, own_words.hits[0].entry_id) == (Decision.ANSWER, "a#ich-kann-mich-nicht-anmelden")


def test_a_model_of_several_languages_is_asked(tmp_path: Path) -> None:
    encoder = SpellingEncoder(
        "several languages", " ".join(f"{ENGLISH_ARTICLE} der drucker nimmt kein papier an".casefold().split())
    )
    (answer,) = ask(tmp_path, ENGLISH_ARTICLE, encoder, "Der Drucker nimmt kein Papier an")
    assert (answer.reason, answer.notice) == (Reason.NO_MATCH, None)


@pytest.mark.parametrize(
    ("language", "articles", "own", "beginning"),
    [
        ("de", {"en": True}, "de", "Die Artikel sind auf Englisch; bitte"),
        ("fr", {"en": True}, "fr", "Les articles sont en anglais ; décrivez"),
        ("es", {"de": True, "en": True}, "es", "Los artículos están en alemán y inglés; describe"),
        ("nl", {"en": True, "de": False}, "nl", "De artikelen zijn in het Engels; beschrijf"),
        ("it", {"it": False}, "it", "In italiano si trovano solo le parole degli articoli; provane"),
        (
            "pt",
            {"nl": True, "fr": True, "it": True},
            "pt",
            "Os artigos estão em holandês, francês e italiano; descreva",
        ),
        ("pl", {"de": True}, "en", "The articles are in German; please"),
        ("de", {"pl": True}, "en", "The articles are in another language; please"),
        (None, {"es": False}, "en", "The articles are in Spanish; please"),
        (None, {}, "en", "The articles are in another language; please"),
    ],
)
def test_the_sentence_names_the_languages_that_can_be_searched(
    language: str | None, articles: Mapping[str, bool], own: str, beginning: str
) -> None:
    notice = language_notice(language, articles)
    assert (notice.language, notice.text[: len(beginning)]) == (own, beginning)
