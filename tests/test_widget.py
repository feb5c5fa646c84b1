"""The widget's files and the JSON that it asks for."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from assistant.web.app import create_app
from assistant.web.widget.script import widget_files
from assistant.web.widget.tree import tree_of
from corpus.loader import load_corpus
from index.builder import build
from index.storage.store import Store
from tests.conftest import Serve, WordEncoder
from tests.programs.stub_assistant import StubAssistant

SITE = "https://app.example"
ARTICLE = """---
title: Printing
url: https://help.example/print/
product: Press
tags: [paper]
---
## The tray *jams* {#tray-jams}
**Message:** Error 12: tray 3 jammed
**Symptoms:**
- the tray is stuck

**Cause:** A `sheet` lies **across**.

**Solution:**

1. Open the [cover](cover.html).
2. Pull <b onclick=x>it</b> out.

**Note:** ![the tray](tray.png) [no](javascript:alert(1))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("widget")


@pytest.fixture(scope="module")
def address(serve: Serve, folder: Path) -> Iterator[str]:
    articles = folder / "articles"
    articles.mkdir()
    (articles / "print.md").write_text(ARTICLE, encoding="utf-8")
    words, store = WordEncoder(), Store(folder / "built")
    build(load_corpus(articles), words, store)
    settings = Settings(
        sites=SITE, journal=folder / "journal.sqlite", rate_limit=0, support_url="https://desk.example/"
    )
    with serve(create_app(Assistant(store, words), settings)) as address:
        yield address


def asked(address: str, query: str = "", **more: object) -> Any:
    response = httpx.post(f"{address}/api/widget/v1", json={"query": query, **more})
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize(
    ("html", "tree"),
    [
        ("a &amp; b &lt;i&gt;", ["a & b <i>"]),
        (
            '<p>Use <a href="https://a.example/?x=1&amp;y">a</a></p>',
            [["p", {}, "Use ", ["a", {"href": "https://a.example/?x=1&y"}, "a"]]],
        ),
        ('x<br>y<img src="/i.png" alt="">z', ["x", ["br", {}], "y", ["img", {"src": "/i.png", "alt": ""}], "z"]),
        ("<ul>\n<li>a<ul><li>b</li></ul></li></ul>", [["ul", {}, "\n", ["li", {}, "a", ["ul", {}, ["li", {}, "b"]]]]]),
        ("", []),
    ],
)
def test_sanitised_html_becomes_lists(html: str, tree: list[object]) -> None:
    assert tree_of(html) == tree


def test_the_script_and_any_language_are_at_most_15_kb_compressed() -> None:
    sizes = {name: len(file.compressed) for name, file in widget_files().items()}
    script = sizes.pop("widget.js")
    assert {name[:2] for name in sizes} == {"ar", "de", "es", "fr", "it", "nl", "pt"}
    assert script + max(sizes.values()) <= 15_000


def test_the_script_names_no_other_place_and_stores_nothing() -> None:
    script = widget_files()["widget.js"].content.decode()
    assert set(re.findall(r"https?://[\w.]+", script)) == {"http://www.w3.org"}  # the namespace of SVG
    assert re.findall(r"cookie|Storage|indexedDB|innerHTML|insertAdjacent|document\.write|eval\(", script) == []


def test_every_language_has_every_text_with_the_same_values_in_it() -> None:
    folder = Path(__file__).parent.parent / "assistant" / "web" / "widget" / "client" / "texts"
    texts = {path.stem: json.loads(path.read_text("utf-8")) for path in folder.iterdir()}
    for language, own in texts.items():
        holes = {name: sorted(re.findall(r"\{(\w+)\}", text)) for name, text in own.items()}
        assert holes == {name: sorted(re.findall(r"\{(\w+)\}", text)) for name, text in texts["en"].items()}, language
        assert all(text.strip() for text in own.values()), language


def test_every_text_is_used_and_none_is_missing() -> None:
    folder = Path(__file__).parent.parent / "assistant" / "web" / "widget" / "client"
    sources = "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.js")))
    english = widget_files()["widget.js"].content.decode().partition('"en":{')[2].partition("}};")[0]
    names = set(re.findall(r'"(\w+)":"', english))
    by_the_server = {"which", "perhaps", "note", "caution", "likely", "veryLikely"}
    assert {
        name for name in names - by_the_server if f'"{name}"' not in sources and f": {name}" not in sources
    } == set()
    asked_for = set(re.findall(r'(?:label|phrase|button|failed)\("(\w+)"', sources))
    assert asked_for - names == set()


def test_the_script_is_sent_compressed_and_once(address: str) -> None:
    first = httpx.get(f"{address}/widget.js")
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    assert first.headers["cache-control"] == "public, max-age=3600"
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert {each.strip() for each in first.headers["vary"].split(",")} == {"Accept-Encoding", "Origin"}
    again = httpx.get(f"{address}/v1/widget.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = httpx.get(f"{address}/widget.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["etag"] != first.headers["etag"]
    assert plain.content == first.content == widget_files()["widget.js"].content
    assert gzip.decompress(widget_files()["widget.js"].compressed) == plain.content


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/v2/widget.js", "There is no version 2 of the widget; this server has /v1/widget.js."),
        ("/v2/widget/de.json", "There is no version 2 of the widget; this server has /v1/widget.js."),
        ("/v1/widget/xx.json", "The widget has no texts in this language."),
    ],
)
def test_a_version_or_language_that_is_not_there_is_said_to_be_missing(address: str, path: str, message: str) -> None:
    response = httpx.get(f"{address}{path}", headers={"Origin": SITE})
    assert (response.status_code, response.json()["error"]["message"]) == (404, message)


def test_texts_are_read_by_listed_sites_alone(address: str) -> None:
    listed, other = (
        httpx.get(f"{address}/v1/widget/de.json", headers={"Origin": each}) for each in (SITE, "https://b.example")
    )
    assert (listed.headers["access-control-allow-origin"], listed.json()["button"]) == (SITE, "Hilfe")
    assert "access-control-allow-origin" not in other.headers
    assert other.headers["cross-origin-resource-policy"] == "same-origin"


def test_without_listed_sites_there_is_no_script(serve: Serve) -> None:
    with serve(create_app(StubAssistant(), Settings(journal_days=0))) as address:
        response = httpx.get(f"{address}/widget.js")
        assert response.status_code == 404
        assert (
            response.json()["error"]["message"] == "No site may show the widget; ASSISTANT_SITES names those that may."
        )


def test_an_answer_is_cards_of_trees(address: str) -> None:
    answer = asked(address, "Error 12: tray 3 jammed")
    assert (answer["version"], answer["outcome"], answer["likely"], answer["parts"]) == (1, "answer", 1, [])
    (card,) = answer["cards"]
    assert card["entry_id"] == "print#tray-jams"
    assert card["title"] == ["The tray ", ["em", {}, "jams"]]
    assert card["cause"] == [["p", {}, "A ", ["code", {}, "sheet"], " lies ", ["strong", {}, "across"], "."], "\n"]
    (solution,) = card["solutions"]
    (steps_kind, (steps,)), (note_kind, note) = solution["blocks"]
    link = ["a", {"href": "https://help.example/print/cover.html", "rel": "noopener noreferrer"}, "cover"]
    assert (steps_kind, steps["first"]) == ("steps", 1)
    assert steps["steps"][0] == ["Open the ", link, "."]
    assert steps["steps"][1] == ["Pull <b onclick=x>it</b> out."]
    assert note_kind == "note"
    assert note == [["p", {}, ["em", {}, "Picture: the tray"], " ", ["a", {"rel": "noopener noreferrer"}, "no"]], "\n"]
    assert card["article"] == {"title": "Printing", "url": "https://help.example/print/", "updated": None}


def test_nothing_typed_gives_questions_to_try(address: str) -> None:
    assert asked(address, " ") == {"version": 1, "outcome": "start", "examples": ["the tray is stuck"], "problems": []}


def test_no_answer_gives_topics_and_a_text_for_the_support_desk(address: str) -> None:
    answer = asked(address, "zebra quilt")
    assert (answer["outcome"], answer["refused"]) == ("none", False)
    assert answer["support"]["url"] == "https://desk.example/"
    assert answer["support"]["ticket"].startswith("I need help with this problem:\n\nzebra quilt\n\nSearched on ")


def test_what_did_not_help_is_left_out_and_named_in_the_text_for_the_support_desk(address: str) -> None:
    answer = asked(address, "Error 12: tray 3 jammed", unhelpful=["print#tray-jams"])
    assert (answer["outcome"], answer["refused"], answer["topics"]) == ("none", True, [])
    assert "- The tray jams" in answer["support"]["ticket"]


def test_an_entry_is_shown_by_its_id(address: str) -> None:
    assert [card["entry_id"] for card in asked(address, "x", entry="print#tray-jams")["cards"]] == ["print#tray-jams"]
    assert asked(address, "x", entry="print#gone") == {"version": 1, "outcome": "no_entry"}


def test_a_filter_that_no_article_has_is_passed_over_and_told_to_the_sites_keeper(address: str) -> None:
    filtered = {"product": "Pres", "tags": ["paper", "ink"]}
    answer = asked(address, "Error 12: tray 3 jammed", **filtered)
    assert answer["outcome"] == "answer"
    assert [problem.partition(".")[0] for problem in answer["problems"]] == [
        'There is no product "Pres"',
        'There is no tag "ink"',
    ]
    assert asked(address, "", **filtered)["examples"] == ["the tray is stuck"]
    assert asked(address, "Error 12: tray 3 jammed", product="Press", tags=["paper"])["problems"] == []


def test_what_is_asked_is_noted_once_nobody_types_any_more(address: str, folder: Path) -> None:
    def notes() -> list[tuple[str, str | None, str]]:
        with closing(sqlite3.connect(folder / "journal.sqlite")) as journal:
            rows = "SELECT kind, entry, client FROM notes WHERE query = ? ORDER BY rowid"
            return journal.execute(rows, (query,)).fetchall()

    query = "the tray jams on some mornings"
    asked(address, query, typing=True)
    asked(address, query)
    asked(address, query, unhelpful=["print#tray-jams"])
    asked(address, query, unhelpful=["print#gone"])
    for _ in range(100):  # a note is written after its answer
        if len(notes()) >= 2:
            break
        time.sleep(0.02)
    assert notes() == [("asked", None, "widget"), ("did_not_help", "print#tray-jams", "widget")]


@pytest.mark.parametrize(
    "body",
    ["", "[]", '{"query": 1}', '{"query": "\\ud800"}', '{"tags": "a"}', '{"query": "a", "unhelpful": [1]}'],
)
def test_a_malformed_request_is_refused(address: str, body: str) -> None:
    response = httpx.post(f"{address}/api/widget/v1", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["error"]["code"]) == (422, "invalid_request")


def test_a_name_that_another_version_sends_is_passed_over(address: str) -> None:
    assert asked(address, "", colour="red")["outcome"] == "start"


def test_an_index_that_is_missing_is_said_to_be(serve: Serve) -> None:
    stub = StubAssistant()
    stub.built = False
    with serve(create_app(stub, Settings(sites=SITE, journal_days=0))) as address:
        response = httpx.post(f"{address}/api/widget/v1", json={"query": "port"}, headers={"Origin": SITE})
        assert (response.status_code, response.json()["error"]["code"]) == (503, "no_index")
        assert response.headers["access-control-allow-origin"] == SITE
