"""The images of articles are stored with the generation and served from a route of their own only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from assistant.answering.assistant import Assistant
from assistant.answering.query import Query
from assistant.rendering.page_request import PageRequest
from assistant.rendering.page_view import PageRenderer
from assistant.settings import Settings
from assistant.web.app import create_app
from assistant.web.image_routes import image_addresses
from corpus.images import MAX_IMAGE_BYTES, image_kind, image_path
from corpus.loader import load_corpus
from index.builder import build
from index.storage.image_table import ImageTable
from index.storage.store import Store
from tests.conftest import WordEncoder

Serve = Callable[[ASGIApp], AbstractContextManager[str]]
PNG = b"\x89PNG\r\n\x1a\n the router"
GIF = b"GIF89a the plug"
ARTICLE = """## The VPN is slow

**Cause:** The router ![a router](../pictures/the%20router.png) sleeps.

**Solution:** Wake it:

1. Press the button ![a button](gone.png)
2. Pull the plug

   ![a plug](plug.gif "The plug")
"""


def name_of(content: bytes, kind: str) -> str:
    return f"{hashlib.sha256(content).hexdigest()}.{kind}"


class House:
    """A folder with one article and its images, and an index."""

    def __init__(self, root: Path, words: WordEncoder) -> None:
        self.articles = root / "articles"
        self.store = Store(root / "built")
        self.words = words
        self.write("help/vpn.md", ARTICLE.encode())
        self.write("pictures/the router.png", PNG)
        self.write("help/plug.gif", GIF)

    def write(self, name: str, content: bytes) -> None:
        path = self.articles / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def build(self) -> bool:
        return build(load_corpus(self.articles), self.words, self.store).written

    def images(self) -> ImageTable:
        return ImageTable(self.store.current())


@pytest.fixture
def house(tmp_path: Path, words: WordEncoder) -> House:
    return House(tmp_path, words)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("a.png", "help/a.png"),
        ("./b/a%20b.JPEG?raw=1#top", "help/b/a b.JPEG"),
        ("../a.webp", "a.webp"),
        ("../../a.png", None),
        ("%2e%2e/%2e%2e/etc/a.png", None),
        ("/a.png", None),
        ("..\\a.png", None),
        (".git/a.png", None),
        ("https://help.example/a.png", None),
        ("//help.example/a.png", None),
        ("data:image/png;base64,AAAA", None),
        ("a.svg", None),
        ("secret.md", None),
        ("a%00.png", None),
        ("http://[a.png", None),
    ],
)
def test_only_an_image_inside_the_articles_folder_has_a_path(address: str, path: str | None) -> None:
    assert image_path(address, "help/vpn.md") == path


def test_the_kind_is_recognised_by_the_content() -> None:
    contents = (PNG, b"\xff\xd8\xff\xe0", GIF, b"RIFF\0\0\0\0WEBPVP8 ", b"<svg onload='alert(1)'>", b"")
    assert [image_kind(content) for content in contents] == ["png", "jpg", "gif", "webp", None, None]


def test_the_images_that_entries_show_are_in_the_generation_by_their_digests(house: House) -> None:
    house.write("help/unused.png", PNG + b"2")
    house.build()
    images = house.images()
    assert images.name_of("pictures/the router.png") == name_of(PNG, "png")
    assert images.content(name_of(PNG, "png")) == PNG
    assert images.content(name_of(GIF, "gif")) == GIF
    assert images.name_of("help/unused.png") is None
    assert images.name_of("help/gone.png") is None
    assert {name for name in house.store.current().names if "image" in name} == {"images.json"}


def test_only_images_have_content(house: House) -> None:
    house.build()
    assert house.images().content("entries.jsonl") is None
    assert house.images().content("images.json") is None


def test_a_build_is_published_if_an_image_changed_and_not_if_it_is_the_same(house: House) -> None:
    assert house.build()
    assert not house.build()
    house.write("help/plug.gif", GIF + b" in red")
    assert house.build()
    assert house.images().name_of("help/plug.gif") == name_of(GIF + b" in red", "gif")


def test_a_corpus_without_images_has_no_table_of_images(house: House) -> None:
    house.write("help/vpn.md", b"## The VPN is slow\n\n**Solution:** Wait.\n")
    house.build()
    assert "images.json" not in house.store.current().names
    assert house.images().name_of("help/plug.gif") is None


def test_images_that_are_too_large_invalid_or_outside_the_folder_are_left_out(house: House, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(PNG)
    (house.articles / "help/gone.png").symlink_to(tmp_path / "secret.png")
    house.write("pictures/the router.png", PNG.ljust(MAX_IMAGE_BYTES + 1))
    house.write("help/plug.gif", b"<script>alert(1)</script>")
    corpus = load_corpus(house.articles)
    assert (corpus.images, corpus.rejected) == ((), ())
    house.write("pictures/the router.png", PNG.ljust(MAX_IMAGE_BYTES))
    assert [image.path for image in load_corpus(house.articles).images] == ["pictures/the router.png"]


@pytest.fixture
def http(house: House, words: WordEncoder, serve: Serve) -> Iterator[httpx.Client]:
    house.build()
    assistant = Assistant(house.store, words)
    with (
        serve(create_app(assistant, Settings(journal_days=0), pictures=assistant)) as address,
        httpx.Client(base_url=address) as client,
    ):
        yield client


def test_an_image_is_served_with_its_type_and_may_be_cached_for_ever(http: httpx.Client) -> None:
    response = http.get(f"/images/{name_of(GIF, 'gif')}")
    assert (response.status_code, response.content) == (200, GIF)
    assert response.headers["content-type"] == "image/gif"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "name", ["entries.jsonl", "images.json", "manifest.json", f"{'0' * 64}.png", "..%2fcurrent", "plug.gif", ""]
)
def test_nothing_else_is_served_from_there(http: httpx.Client, name: str) -> None:
    assert http.get(f"/images/{name}").status_code == 404


def test_a_card_shows_its_images_and_the_text_of_one_that_is_missing(house: House, words: WordEncoder) -> None:
    house.build()
    assistant = Assistant(house.store, words)
    renderer = PageRenderer(assistant, Settings(), image=image_addresses(assistant, "/support/"))
    entry_id = assistant.ask(Query("the vpn is slow")).hits[0].entry_id
    html = renderer.respond("", PageRequest(entry=entry_id)).answer
    assert f'<img src="/support/images/{name_of(PNG, "png")}" alt="a router">' in html
    assert f'<img src="/support/images/{name_of(GIF, "gif")}" alt="a plug">' in html
    assert "<em>Picture: a button</em>" in html
