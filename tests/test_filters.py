"""A product or a tag that no article has is said to be unknown, with the known ones, wherever it is asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from bs4 import BeautifulSoup

from assistant.answering.answer import json_value
from assistant.answering.assistant import Assistant
from assistant.answering.filters import FilterKind, UnknownFilter, unknown_filters
from assistant.answering.query import Query
from assistant.rendering.answer_html import answer_html
from assistant.rendering.answer_text import answer_text
from assistant.rendering.links import PlainLinks
from assistant.settings import Settings
from assistant.web.app import create_app
from corpus.loader import load_corpus
from index.builder import build
from index.decision import Decision, Reason
from index.storage.store import Store
from tests.conftest import Serve, WordEncoder
from tests.programs.stub_assistant import ARTICLE

MAIL = "---\ntitle: Mail\nproduct: Post\ntags: [letters, <b>]\n---\n## Lost {#lost}\n\n**Solution:** Look for it.\n"
TUNNEL = "---\ntitle: Tunnel\nproduct: Connect\ntags: [network, letters]\n---\n## Blocked {#a}\n\n**Solution:** Dig.\n"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder: Path = tmp_path_factory.mktemp("filters")
    (folder / "articles").mkdir()
    (folder / "articles" / "mail.md").write_text(MAIL, encoding="utf-8")
    (folder / "articles" / "tunnel.md").write_text(TUNNEL, encoding="utf-8")
    encoder, store = WordEncoder(), Store(folder / "built")
    build(load_corpus(folder / "articles"), encoder, store)
    return Assistant(store, encoder)


def test_known_names_with_the_nearest_spelling_come_first() -> None:
    articles = [replace(ARTICLE, product=name) for name in ("Xero", "Xero", "Xerox", "Sage", "Clio", "Clio", "Clio")]
    assert unknown_filters(articles, product="xeru") == (
        UnknownFilter(FilterKind.PRODUCT, "xeru", near=("Xero", "Xerox"), known=("Clio", "Sage")),
    )
    assert unknown_filters(articles, product="Xero") == unknown_filters(articles) == ()


def test_what_is_told_of_many_and_long_names_is_limited() -> None:
    articles = [replace(ARTICLE, tags=tuple(f"tag {number}" for number in range(1000)))]
    unknown = unknown_filters(articles, tags=[f"{letter * 9_000}" for letter in "abcdefgh"])
    assert [(each.name, len(each.near), len(each.known)) for each in unknown] == [
        (letter * 200, 0, 20) for letter in "abcde"
    ]


@pytest.mark.parametrize(
    ("product", "tags", "told"),
    [
        ("Pots", (), 'There is no product "Pots". Did you mean "Post"? Some other products that are known: "Connect".'),
        (
            "Zebra",
            ("network",),
            'There is no product "Zebra". Some products that are known: "Connect", "Post".',
        ),
        (
            None,
            ("leters",),
            'There is no tag "leters". Did you mean "letters"? Some other tags that are known: "<b>", "network".',
        ),
    ],
)
def test_a_search_says_that_the_filter_is_unknown_and_not_that_nothing_is_near(
    assistant: Assistant, product: str | None, tags: tuple[str, ...], told: str
) -> None:
    answer = assistant.ask(Query("lost", product=product, tags=tags))
    assert (answer.decision, answer.reason, answer.hits, answer.near_misses) == (
        Decision.NONE,
        Reason.UNKNOWN_FILTER,
        (),
        (),
    )
    assert answer_text(answer) == told


def test_without_any_tag_in_the_articles_that_is_said() -> None:
    (unknown,) = unknown_filters([ARTICLE], tags=["vpn"])
    assert unknown.sentence == 'There is no tag "vpn". No article has a tag.'


def test_known_filters_that_no_article_has_together_find_nothing_near(assistant: Assistant) -> None:
    answer = assistant.ask(Query("lost", product="Post", tags=("network",)))
    assert (answer.reason, answer.unknown_filters) == (Reason.NO_MATCH, ())
    assert assistant.ask(Query("lost look for it", product="Post")).decision is not Decision.NONE


def test_an_empty_query_is_told_first(assistant: Assistant) -> None:
    assert assistant.ask(Query("  ", product="Zebra")).reason is Reason.EMPTY_QUERY


def test_the_page_links_to_the_same_question_with_each_known_name(assistant: Assistant) -> None:
    answer = assistant.ask(Query("lost & found", tags=("leters",)))
    html = BeautifulSoup(answer_html(answer), "html.parser")
    assert [each.get_text() for each in html.select("h2, h3")] == [
        "There is no topic \u201cleters\u201d",
        "Did you mean one of these topics?",
    ]
    assert [(each.get_text(), each["href"]) for each in html.select("a")] == [
        ("letters", "#q=lost%20%26%20found&tag=letters"),
        ("<b>", "#q=lost%20%26%20found&tag=%3Cb%3E"),
        ("network", "#q=lost%20%26%20found&tag=network"),
        ("Search all articles for this", "#q=lost%20%26%20found"),
    ]
    plain = BeautifulSoup(answer_html(answer, links=PlainLinks("/help")), "html.parser")
    assert plain.select("a")[0]["href"] == "/help/ask?q=lost%20%26%20found&tag=letters"


def test_programs_get_the_unknown_name_and_the_journal_does_not(
    assistant: Assistant, tmp_path: Path, serve: Serve
) -> None:
    settings = Settings(journal=tmp_path / "journal.sqlite")
    with serve(create_app(assistant, settings)) as address:
        answer = httpx.post(f"{address}/api/search", json={"query": "lost", "product": "Pots"}).json()
    expected = assistant.ask(Query("lost", product="Pots"))
    assert answer["unknown_filters"] == json_value(expected.unknown_filters)
    assert answer["unknown_filters"] == [{"kind": "product", "name": "Pots", "near": ["Post"], "known": ["Connect"]}]
    assert (answer["decision"], answer["reason"]) == ("none", "unknown_filter")
    assert not settings.journal.exists()
