"""Catalogues of errors and questions in JSON, and the exports of further help centres, become entries."""

import json
import tracemalloc

import pytest

from corpus.errors import ArticleError
from corpus.formats.registry import documents_of
from corpus.parsing.article_parser import ParsedArticle, parse_document

Summary = tuple[str, tuple[str, ...], str | None, str]


def parse(value: object, source: str = "a.json") -> list[ParsedArticle]:
    text = value if isinstance(value, str) else json.dumps(value)
    return [parse_document(document, source) for document in documents_of(text.encode(), source)]


def entries(value: object, source: str = "a.json") -> list[Summary]:
    articles = parse(value, source)
    assert [article.covered for article in articles] == [article.size for article in articles]
    return [
        (each.title, each.messages, each.cause, " ".join(block.markdown for s in each.solutions for block in s.blocks))
        for article in articles
        for each in article.entries
    ]


DARK = ("E7: Lamp is dark", ("E7", "Lamp is dark"), "No power.", "Turn it on.")
HUMS = ("E8: Lamp hums", ("E8", "Lamp hums"), None, "Tighten it.")
RECORDS = [
    {"code": "E7", "message": "Lamp is dark", "cause": "No power.", "solution": "Turn it on."},
    {"code": "E8", "message": "Lamp hums", "solution": "Tighten it."},
]
CATALOGUES = {
    "a list": RECORDS,
    "under a name": {"version": 3, "errors": RECORDS},
    "a map by code": {"E7": {k: v for k, v in RECORDS[0].items() if k != "code"}, "E8": RECORDS[1]},
    "a map under a name": {"lamp": {"errors": {"E7": RECORDS[0], "E8": RECORDS[1]}}},
    "other names": [
        {"errorCode": "E7", "errorMessage": "Lamp is dark", "reason": "No power.", "howToFix": "Turn it on."},
        {"errorCode": "E8", "errorMessage": "Lamp hums", "recommended_action": "Tighten it."},
    ],
    "title and description": [
        {"id": "E7", "text": "Lamp is dark", "description": "No power.", "resolution": "<p>Turn it on.</p>"},
        {"id": "E8", "text": "Lamp hums", "resolution": ["Tighten it."]},
    ],
}


@pytest.mark.parametrize("value", CATALOGUES.values(), ids=CATALOGUES)
def test_each_record_of_a_catalogue_is_an_entry(value: object) -> None:
    assert entries(value) == [DARK, HUMS]


QUESTION = ("Why is it dark?", ("Why is it dark?",), None, "Turn it on.")
QUESTIONS = {
    "a list": ("a.json", [{"question": "Why is it dark?", "answer": "Turn it on."}]),
    "under a name": ("a.json", {"faq": [{"q": "Why is it dark?", "a": "Turn it on."}]}),
    "as search engines read them": (
        "a.json",
        {
            "@type": "FAQPage",
            "mainEntity": [{"@type": "Question", "name": "Why is it dark?", "acceptedAnswer": {"text": "Turn it on."}}],
        },
    ),
    "JSON lines": ("a.jsonl", '{"question": "Why is it dark?", "answer": "Turn it on."}\n'),
    "JSON lines of pairs": ("a.jsonl", '{"prompt": "Why is it dark?", "response": "Turn it on."}\n'),
}


@pytest.mark.parametrize(("source", "value"), QUESTIONS.values(), ids=QUESTIONS)
def test_questions_and_answers_are_entries(source: str, value: object) -> None:
    assert entries(value, source) == [QUESTION]


def test_a_record_that_says_nothing_more_is_named_and_the_others_are_read() -> None:
    (article,) = parse([RECORDS[0], {"code": "E9", "message": "Lamp is gone"}])
    assert [entry.title for entry in article.entries] == ["E7: Lamp is dark"]
    (problem,) = article.problems
    assert str(problem) == ('a.json: the record "E9: Lamp is gone" says neither why nor what to do; add a "solution"')


BODY = "<h2>It hums</h2><p>Tighten it.</p>"
EXPORTS = {
    "Help Scout": {"articles": {"page": 1, "items": [{"id": "1", "name": "Lamps", "text": BODY, "publicUrl": "u"}]}},
    "Document360": {"data": [{"id": "1", "title": "Lamps", "html_content": BODY, "url": "u"}]},
    "ServiceNow": {"result": [{"number": "1", "short_description": "Lamps", "text": BODY, "url": "u"}]},
    "HubSpot": {"results": [{"id": "1", "htmlTitle": "Lamps", "postBody": BODY, "absoluteUrl": "u"}]},
    "Salesforce": {"records": [{"Id": "1", "Title": "Lamps", "It_hums__c": "<p>Tighten it.</p>", "url": "u"}]},
}


@pytest.mark.parametrize("value", EXPORTS.values(), ids=EXPORTS)
def test_the_articles_of_an_export_are_read(value: object) -> None:
    (parsed,) = parse(value)
    found = (parsed.article.article_id, parsed.article.title, parsed.article.url)
    assert found == ("a/1", "Lamps", "u")
    assert [entry.title for entry in parsed.entries] == ["It hums"] or value is EXPORTS["Salesforce"]


def test_the_fields_of_a_salesforce_article_are_the_parts_of_an_entry() -> None:
    record = {
        "Id": "1",
        "Title": "Lamp hums",
        "Cause__c": "<p>Age.</p>",
        "Solution__c": "<p>Wait.</p>",
        "PublishStatus": "Draft",
    }
    (parsed,) = parse({"records": [record]})
    (entry,) = parsed.entries
    assert (entry.title, entry.cause, parsed.article.draft) == ("Lamp hums", "Age.", True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is not JSON"),
        ('[{"code": "E7", ', "is not JSON"),
        ("[" * 5_000 + "]" * 5_000, "is not an export"),
        ('{"a": {"b": 1}}', "is not an export"),
        ("[1, 2]", "has no entry|has no body"),
    ],
)
def test_what_is_no_catalogue_is_named(content: str, message: str) -> None:
    with pytest.raises(ArticleError, match=message):
        parse(content)


def test_ten_thousand_records_are_read_in_bounded_memory() -> None:
    text = json.dumps([{"code": f"E{n}", "message": f"Lamp {n} is dark", "fix": "Turn it on."} for n in range(10_000)])
    tracemalloc.start()
    (document,) = documents_of(text.encode(), "a.json")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(element.level == 2 for element in document.elements) == 10_000
    assert peak < 200 * len(text)
