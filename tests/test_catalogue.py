"""Programs list what there is: entries, products, tags; what they have kept is not sent twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from fastapi import Request, Response

from assistant.answering.answer import GenerationInfo, Status
from assistant.answering.catalogue import DIGITS, OTHERS, CatalogueSource, NameCount
from assistant.settings import Settings
from assistant.web.app import create_app
from assistant.web.caching import Freshness
from corpus.article import Article, Entry
from tests.conftest import Serve
from tests.programs.stub_assistant import ARTICLE, ENTRY, GENERATION, StubAssistant

TITLES = {
    "mail": ["Address unknown", "\u00c9tat inconnu", "550 refused", '"Quota" reached', "???"],
    "vpn": ["Error 809", "a port is closed"],
}
PRODUCTS = {"mail": "Post", "vpn": "Connect"}
TAGS = {"mail": ("letters", "Post"), "vpn": ("network", "letters", "letters")}


class Listing(StubAssistant):
    """Has the articles above; `generation` may be replaced as by a build."""

    def __init__(self) -> None:
        super().__init__()
        self.generation = GENERATION
        self.listed = 0

    def contents(self) -> tuple[tuple[Article, tuple[Entry, ...]], ...]:
        self.listed += 1
        return tuple(
            (
                replace(ARTICLE, article_id=name, title=name.title(), product=PRODUCTS[name], tags=TAGS[name]),
                tuple(replace(ENTRY, entry_id=f"{name}#{at}", title=title) for at, title in enumerate(titles)),
            )
            for name, titles in TITLES.items()
        )

    def status(self) -> Status:
        return replace(super().status(), generation=self.generation)


@pytest.fixture(scope="module")
def listing() -> Listing:
    return Listing()


@pytest.fixture(scope="module")
def address(listing: Listing, serve: Serve) -> Iterator[str]:
    with serve(create_app(listing, Settings(journal_days=0, rate_limit=0))) as address:
        yield address


@pytest.fixture
def http(listing: Listing, address: str) -> Iterator[httpx.Client]:
    listing.generation = GENERATION
    with httpx.Client(base_url=address) as client:
        yield client


def ids(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [each["entry_id"] for each in response.json()["entries"]]


def test_entries_are_listed_with_title_and_article(http: httpx.Client) -> None:
    body = http.get("/api/entries", params={"limit": 1, "offset": 5}).json()
    assert body == {
        "generation": {"id": "g1", "built_at": "2026-11-23T03:40:00+00:00"},
        "total": 7,
        "offset": 5,
        "next_offset": 6,
        "entries": [
            {
                "entry_id": "vpn#0",
                "entry_title": "Error 809",
                "article": {
                    "id": "vpn",
                    "title": "Vpn",
                    "url": None,
                    "product": "Connect",
                    "tags": ["network", "letters", "letters"],
                    "updated": None,
                    "language": None,
                },
            }
        ],
    }


def test_the_parts_of_the_list_are_together_the_whole_list(http: httpx.Client) -> None:
    found: list[str] = []
    offset: int | None = 0
    while offset is not None:
        response = http.get("/api/entries", params={"limit": 3, "offset": offset})
        found += ids(response)
        offset = response.json()["next_offset"]
    assert found == [*(f"mail#{at}" for at in range(5)), "vpn#0", "vpn#1"]
    assert ids(http.get("/api/entries")) == found
    assert ids(http.get("/api/entries", params={"offset": 7})) == []


def test_a_part_of_a_list_that_a_build_has_changed_is_refused(http: httpx.Client, listing: Listing) -> None:
    first = http.get("/api/entries", params={"limit": 3}).json()
    further = {"limit": 3, "offset": first["next_offset"], "generation": first["generation"]["id"]}
    assert ids(http.get("/api/entries", params=further)) == ["mail#3", "mail#4", "vpn#0"]
    listing.generation = GenerationInfo("g2", "2026-11-24T03:40:00+00:00")
    refused = http.get("/api/entries", params=further)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")
    assert refused.json()["error"]["message"].endswith("begin again without an offset.")
    assert "etag" not in refused.headers


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/robots.txt"])
def test_what_no_build_changes_is_kept_until_it_changes(http: httpx.Client, listing: Listing, path: str) -> None:
    first = http.get(path)
    assert (first.status_code, first.headers["cache-control"]) == (200, "private, no-cache")
    listing.generation = GenerationInfo("g2", "2026-11-24T03:40:00+00:00")
    again = http.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    other = http.get(path, headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"product": "Connect"}, ["vpn#0", "vpn#1"]),
        ({"tag": ["letters", "network"]}, ["vpn#0", "vpn#1"]),
        ({"article": "vpn"}, ["vpn#0", "vpn#1"]),
        ({"article": "vpn", "product": "Post"}, []),
    ],
)
def test_entries_are_filtered(http: httpx.Client, filters: dict[str, str | list[str]], found: list[str]) -> None:
    assert ids(http.get("/api/entries", params=filters)) == found


@pytest.mark.parametrize(
    ("filters", "status", "code", "message"),
    [
        (
            {"product": "Pots"},
            404,
            "unknown_filter",
            'There is no product "Pots". Did you mean "Post"? Some other products that are known: "Connect".',
        ),
        (
            {"tag": "net"},
            404,
            "unknown_filter",
            'There is no tag "net". Did you mean "network"? Some other tags that are known: "letters", "Post".',
        ),
        ({"article": "mails"}, 404, "not_found", "There is no article with this id."),
        ({"limit": "0"}, 422, "invalid_request", None),
        ({"limit": "201"}, 422, "invalid_request", None),
        ({"offset": "-1"}, 422, "invalid_request", None),
        ({"product": "x" * 501}, 422, "invalid_request", None),
    ],
)
def test_what_is_not_known_or_not_allowed_is_named(
    http: httpx.Client, filters: dict[str, str], status: int, code: str, message: str | None
) -> None:
    response = http.get("/api/entries", params=filters)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, code)
    assert message in {None, error["message"]}
    assert "etag" not in response.headers


def test_products_and_tags_are_counted(http: httpx.Client) -> None:
    assert http.get("/api/products").json()["products"] == [
        {"name": "Connect", "articles": 1, "entries": 2},
        {"name": "Post", "articles": 1, "entries": 5},
    ]
    assert http.get("/api/tags").json()["tags"] == [
        {"name": "letters", "articles": 2, "entries": 7},
        {"name": "network", "articles": 1, "entries": 2},
        {"name": "Post", "articles": 1, "entries": 5},
    ]


@pytest.mark.parametrize("path", ["/api/entries", "/api/products", "/api/tags", "/api/entries/help/vpn%23error-809"])
def test_what_a_client_has_kept_is_sent_again_only_after_a_build(
    http: httpx.Client, listing: Listing, path: str
) -> None:
    first = http.get(path)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = http.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert http.get(path, headers={"If-None-Match": 'W/"other"'}).status_code == 200
    listing.generation = GenerationInfo("g2", "2026-11-24T03:40:00+00:00")
    after = http.get(path, headers={"If-None-Match": tag})
    assert (after.status_code, after.headers["etag"] == tag) == (200, False)


def test_an_unknown_entry_is_not_found_whatever_was_kept(http: httpx.Client) -> None:
    assert http.get("/api/entries/help/other", headers={"If-None-Match": "*"}).status_code == 404


def test_the_list_is_made_once_a_generation() -> None:
    listing = Listing()
    source = CatalogueSource(listing)
    first = source.current()
    assert (source.current() is first, listing.listed) == (True, 1)
    listing.generation = GenerationInfo("g2", "2026-11-24T03:40:00+00:00")
    assert (source.current().generation.id, listing.listed) == ("g2", 2)


def test_titles_have_a_first_letter_whatever_they_begin_with() -> None:
    entries = CatalogueSource(Listing()).current().entries
    assert [each.letter for each in entries] == ["A", "E", DIGITS, "Q", OTHERS, "E", "A"]


def test_entries_with_ids_like_another_are_found_by_their_words() -> None:
    catalogue = CatalogueSource(Listing()).current()
    assert [each.entry_id for each in catalogue.like("VPN#1")] == ["vpn#1", "mail#1", "vpn#0"]
    assert catalogue.like("---") == catalogue.like("unheard") == ()


def test_counts_compare_by_value() -> None:
    assert CatalogueSource(Listing()).current().products() == (NameCount("Connect", 1, 2), NameCount("Post", 1, 5))


class Published(Listing):
    """A build is published while its articles are being listed."""

    def contents(self) -> tuple[tuple[Article, tuple[Entry, ...]], ...]:
        self.generation = GenerationInfo("000009-9", GENERATION.built_at)
        return super().contents()


def test_what_was_made_while_a_build_came_is_neither_kept_nor_given_a_tag() -> None:
    assistant = Published()
    source = CatalogueSource(assistant)
    assert source.current().generation == GENERATION
    assistant.generation = GENERATION  # as after a rollback
    source.current()
    assert assistant.listed == 2  # the first list may have been of either generation

    def made() -> Response:
        assistant.generation = GenerationInfo("000010-a", GENERATION.built_at)
        return Response("listed")

    request = Request({"type": "http", "method": "GET", "headers": []})
    freshness = Freshness(assistant)
    assert "etag" not in freshness.response(request, made).headers
    assert freshness.response(request, made).headers["etag"] == freshness.tag()
