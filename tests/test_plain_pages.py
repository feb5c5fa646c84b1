"""Articles, entries and answers can be read without script, at addresses of their own."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import html5lib
import httpx
import pytest
from bs4 import BeautifulSoup, Tag

from assistant.answering.answer import ArticleInfo
from assistant.answering.assistant import Assistant
from assistant.answering.catalogue import Catalogue, ListedArticle, ListedEntry
from assistant.journal import Journal
from assistant.publishing.editor_session import EditorSession
from assistant.rendering.plain.pages import Site
from assistant.settings import Crawlers, Settings
from assistant.web.app import create_app
from assistant.web.pages.site_files import _sitemap
from corpus.loader import load_corpus
from index.builder import build
from index.storage.store import Store
from tests.conftest import Serve, WordEncoder
from tests.programs.stub_assistant import GENERATION, StubAssistant

MAIL = """---
title: Mail & letters
url: https://help.example/mail
product: Post
tags: [letters, "<b>"]
updated: 2026-05-03
aliases:
  mail#old: mail#bounced
---
Everything about *mail*.

## It bounced {#bounced}

**Message:** Address unknown, message returned to sender

**Symptoms:**

- my letter came <b>back</b>

**Cause:** The address is [wrong](javascript:alert(1)).

**Solution:**

### Look it up

1. Open the address book.
2. Correct the address.

**Caution:** Do not send it twice.

### Ask

```
post --ask
```

## It is late {#late}

**Solution:** Wait an hour.

## It came back {#back}

**Message:** Address unknown, message returned to sender

**Solution:** Use another address.
"""
TUNNEL = """---
title: Tunnel
product: Connect
tags: [network]
---
## The tunnel is blocked {#blocked}

**Message:** Tunnel cannot be established, firewall blocked port

**Solution:** Open port 500.
"""
CODES = "---\ntitle: Codes\nproduct: Connect\ntags: [network]\n---\n" + "\n".join(
    f"## {'Zeta' if number % 2 else 'Alpha'} {number} {{#c{number}}}\n\n**Solution:** Restart line {number}.\n"
    for number in range(120)
)
PRINTER = """---
title: Der Drucker
---
Alles über die Drucker im Büro und was man mit ihnen tun kann.

## Es kommt kein Papier {#papier}

**Message:** Tray 3 is jammed and the printer cannot print

**Symptoms:**

- Der Drucker blinkt, und es kommt nichts heraus.

**Cause:** Im Fach liegt ein Blatt quer, und die Klappe lässt sich nicht schließen.

**Solution:**

### Nachsehen

1. Öffnen Sie die vordere Klappe.
2. Ziehen Sie das Blatt heraus.

### Fragen

Rufen Sie den Dienst an.

**Note:** Das Blatt ist heiß.
"""
BOUNCED = "Address unknown, message returned to sender"
PAGES = (
    "/articles",
    "/articles?product=Connect&page=2",
    "/articles?letter=Z",
    "/articles/mail",
    "/articles/codes?page=3",
    "/entries/mail%23bounced",
    "/entries/mail%23unheard",
    "/ask",
    "/ask?q=Tunnel+cannot+be+established,+firewall+blocked+port",
    "/ask?q=Address+unknown,+message+returned+to+sender",
    "/ask?q=zebra",
    "/ask?q=zebra&product=Pots",
    "/articles/nowhere",
    "/articles?product=%3Cscript%3E",
)


def assistant_over(folder: Path, **articles: str) -> Assistant:
    (folder / "articles").mkdir()
    for name, text in articles.items():
        (folder / "articles" / f"{name}.md").write_text(text, encoding="utf-8")
    encoder, store = WordEncoder(), Store(folder / "built")
    build(load_corpus(folder / "articles"), encoder, store)
    return Assistant(store, encoder)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_over(tmp_path_factory.mktemp("plain"), mail=MAIL, tunnel=TUNNEL, codes=CODES)


@pytest.fixture(scope="module")
def http(assistant: Assistant, serve: Serve) -> Iterator[httpx.Client]:
    settings = Settings(
        journal_days=0,
        rate_limit=0,
        root_path="/help",
        public_url="https://help.example/help/",
        crawlers=Crawlers.WELCOME,
        support_url="https://desk.example/",
        support_text="Ask the desk.",
    )
    with serve(create_app(assistant, settings)) as address, httpx.Client(base_url=address) as client:
        yield client


@pytest.fixture(scope="module")
def internal(assistant: Assistant, serve: Serve) -> Iterator[httpx.Client]:
    """A server with the settings as they are by default."""
    settings = Settings(journal_days=0, rate_limit=0)
    with serve(create_app(assistant, settings)) as address, httpx.Client(base_url=address) as client:
        yield client


def page(http: httpx.Client, path: str, status: int = 200) -> BeautifulSoup:
    response = http.get(path)
    assert (response.status_code, response.headers["content-type"]) == (status, "text/html; charset=utf-8")
    return BeautifulSoup(response.text, "html.parser")


def texts(within: BeautifulSoup | Tag, selector: str) -> list[str]:
    return [" ".join(each.get_text(" ").split()) for each in within.select(selector)]


def links(within: BeautifulSoup | Tag, selector: str) -> list[tuple[str, str]]:
    return [(" ".join(each.get_text().split()), str(each["href"])) for each in within.select(selector)]


def test_an_entry_has_a_page_with_all_that_is_known_of_it(http: httpx.Client) -> None:
    html = page(http, "/entries/mail%23bounced")
    assert texts(html, "title, h1, h2, h3") == [
        "It bounced - Troubleshooting assistant",
        "It bounced",
        "Why it happens",
        "What to do",
        "Way 1: Look it up",
        "Way 2: Ask",
        "How people describe it",
        "Something else went wrong?",
    ]
    assert texts(html, ".message p:not(.unseen)") == [BOUNCED]
    assert texts(html, ".symptoms li") == ["my letter came <b>back</b>"]
    assert texts(html, ".cause p") == ["The address is wrong ."]
    assert texts(html, ".step-text") == ["Open the address book.", "Correct the address."]
    assert texts(html, ".aside") == ["Caution Do not send it twice."]
    assert texts(html, "pre") == ["post --ask"]
    assert texts(html, ".from") == ["From Mail & letters , updated 3 May 2026"]
    assert links(html, ".breadcrumb a") == [
        ("All problems", "/help/articles"),
        ("Mail & letters", "/help/articles/mail"),
    ]
    assert html.select("script, [onclick], [style], button[type=button]") == []


def test_an_old_id_leads_to_the_entry(http: httpx.Client) -> None:
    response = http.get("/entries/mail%23old")
    assert (response.status_code, response.headers["location"]) == (307, "/help/entries/mail%23bounced")


def test_an_article_has_a_page_with_its_entries_and_links_to_each(http: httpx.Client) -> None:
    html = page(http, "/articles/mail")
    assert texts(html, "h1") == ["Mail & letters"]
    assert texts(html, ".introduction") == ["Everything about mail ."]
    assert links(html, ".facts a") == [
        ("Post", "/help/articles?product=Post"),
        ("letters", "/help/articles?tag=letters"),
        ("<b>", "/help/articles?tag=%3Cb%3E"),
        ("Original article", "https://help.example/mail"),
    ]
    assert links(html, ".toc a") == [
        ("It bounced", "#entry-bounced"),
        ("It is late", "#entry-late"),
        ("It came back", "#entry-back"),
    ]
    assert [each["id"] for each in html.select("article")] == ["entry-bounced", "entry-late", "entry-back"]
    assert links(html, "article h2 a")[1] == ("It is late", "/help/entries/mail%23late")
    assert "Wait an hour." in texts(html, "#entry-late")[0]


def test_a_long_article_has_pages_that_together_have_all_entries(http: httpx.Client) -> None:
    found: list[str] = []
    path: str | None = "/articles/codes"
    while path is not None:
        html = page(http, path)
        found += [str(each["id"]) for each in html.select("article")]
        following = html.select_one("a[rel=next]")
        path = None if following is None else str(following["href"]).removeprefix("/help")
    assert found == [f"entry-c{number}" for number in range(120)]
    assert texts(html, ".turn-pages span") == ["Page 3 of 3"]
    assert html.select_one("link[rel=canonical]")["href"] == "https://help.example/help/articles/codes?page=3"  # type: ignore[index]
    page(http, "/articles/codes?page=4", 404)


def test_more_than_fifty_entries_are_browsed_by_product_topic_and_letter(http: httpx.Client) -> None:
    html = page(http, "/articles")
    assert texts(html, "#list-heading") == ["124 problems"]
    facets = {str(each["aria-label"]): links(each, "a") for each in html.select(".facet")}
    assert facets == {
        "Product": [("Connect (121)", "/help/articles?product=Connect"), ("Post (3)", "/help/articles?product=Post")],
        "Topic": [
            ("<b> (3)", "/help/articles?tag=%3Cb%3E"),
            ("letters (3)", "/help/articles?tag=letters"),
            ("network (121)", "/help/articles?tag=network"),
        ],
        "First letter": [
            ("A (60)", "/help/articles?letter=A"),
            ("I (3)", "/help/articles?letter=I"),
            ("T (1)", "/help/articles?letter=T"),
            ("Z (60)", "/help/articles?letter=Z"),
        ],
    }
    assert len(html.select(".topics a")) == 100
    second = page(http, "/articles?page=2")
    assert links(second, ".topics a")[-1] == ("The tunnel is blocked", "/help/entries/tunnel%23blocked")
    assert links(second, ".turn-pages a") == [("Previous page", "/help/articles")]


def test_a_selection_lists_what_it_counted_and_can_be_left(http: httpx.Client) -> None:
    html = page(http, "/articles?product=Connect&letter=Z")
    assert texts(html, "h1, #list-heading") == ["Problems: Connect, beginning with Z", "60 problems"]
    titles = texts(html, ".topics a")
    assert (len(titles), titles) == (60, sorted(titles))
    assert links(html, "section > p a") == [("Show all problems", "/help/articles")]
    assert texts(html, "[aria-current]") == ["Connect (121)", "Z (60)"]
    assert "noindex" in str(html.select_one("meta[name=robots]"))


def test_a_few_entries_are_listed_without_more(tmp_path: Path, serve: Serve) -> None:
    few = assistant_over(tmp_path, mail=MAIL, tunnel=TUNNEL)
    with serve(create_app(few, Settings(journal_days=0))) as address, httpx.Client(base_url=address) as client:
        html = page(client, "/articles")
    assert html.select(".facet") == []
    assert texts(html, "h3") == ["Mail & letters", "Tunnel"]
    assert len(html.select(".topics a")) == 4


def in_language(html: BeautifulSoup, language: str) -> list[str]:
    """The texts of the elements that say this language, without what says another inside of them."""
    own = BeautifulSoup(str(html), "html.parser")
    for inner in own.select(f"body [lang={language}] [lang]"):
        inner.extract()
    return texts(own, f"body [lang={language}]")


def test_a_page_says_the_language_of_the_article_and_its_own_words_are_english(tmp_path: Path, serve: Serve) -> None:
    said = PRINTER.replace("title: Der Drucker", "title: Kasse\nlocale: de_AT").replace("{#papier}", "{#kasse}")
    german = assistant_over(tmp_path, drucker=PRINTER, kasse=said, tunnel=TUNNEL)
    with serve(create_app(german, Settings(journal_days=0))) as address, httpx.Client(base_url=address) as client:
        entry = page(client, "/entries/drucker%23papier")
        article = page(client, "/articles/drucker")
        given = page(client, "/entries/kasse%23kasse")
        english = page(client, "/entries/tunnel%23blocked")
        answer = page(client, "/ask?q=Tray+3+is+jammed+and+the+printer+cannot+print")
        topics = [(each.text, each.get("lang")) for each in page(client, "/articles").select(".topics a")]
        listed = client.get("/api/entries", params={"article": "kasse"}).json()["entries"][0]["article"]["language"]
    languages = [each.html["lang"] for each in (entry, article, given, english, answer) if each.html]
    assert languages == ["de", "de", "de-AT", "en", "en"]
    assert [each.body.get("lang") for each in (entry, given, english) if each.body] == ["en", "en", None]
    assert english.select("[lang=de]") == []
    assert listed == "de-AT"
    assert ("Es kommt kein Papier", "de-AT") in topics
    assert ("The tunnel is blocked", None) in topics
    assert in_language(entry, "de") == [
        "Der Drucker",
        "Es kommt kein Papier",
        "Im Fach liegt ein Blatt quer, und die Klappe lässt sich nicht schließen.",
        "Nachsehen",
        "Öffnen Sie die vordere Klappe. Ziehen Sie das Blatt heraus.",
        "Fragen",
        "Rufen Sie den Dienst an.",
        "Das Blatt ist heiß.",
        "Der Drucker blinkt, und es kommt nichts heraus.",
        "Der Drucker",
    ]
    assert "Alles über die Drucker im Büro und was man mit ihnen tun kann." in in_language(article, "de")
    assert "Es kommt kein Papier" in in_language(answer, "de")
    for each in (entry, article, answer):
        html5lib.HTMLParser(strict=True).parse(str(each))
        english_words = {"What to do", "Why it happens", "Find the solution", "All problems", "Way 1: Nachsehen"}
        assert not english_words & set(in_language(each, "de"))


def test_a_question_is_answered_with_the_whole_card(http: httpx.Client) -> None:
    html = page(http, "/ask?q=Tunnel+cannot+be+established,+firewall+blocked+port&product=Connect")
    assert texts(html, ".results-heading") == ["1 solution found"]
    assert links(html, ".card-title a") == [("The tunnel is blocked", "/help/entries/tunnel%23blocked")]
    assert texts(html, ".card .block") == ["Open port 500."]
    assert texts(html, "textarea") == ["Tunnel cannot be established, firewall blocked port"]
    assert texts(html, "option[selected]") == ["Connect"]
    assert texts(html, ".from") == ["From Tunnel"]
    assert html.select("button[data-copy], button[data-feedback]") == []


def test_the_choices_of_a_question_open_in_place_and_none_of_them_leads_on(http: httpx.Client) -> None:
    html = page(http, "/ask?q=Address+unknown,+message+returned+to+sender&tag=letters")
    assert texts(html, "details.choice summary .card-title") == ["It bounced", "It came back"]
    assert "Use another address." in texts(html, "details.choice")[1]
    ((text, address),) = links(html, ".none-of-these")
    assert (text, address) == (
        "None of these",
        "/help/ask?q=Address%20unknown%2C%20message%20returned%20to%20sender&tag=letters&choice=none",
    )
    following = page(http, address.removeprefix("/help"))
    assert "It bounced" not in texts(following, ".card-title")


def test_where_nothing_is_near_the_page_says_whom_to_ask(http: httpx.Client) -> None:
    html = page(http, "/ask?q=zebra+1234")
    assert texts(html, ".results-heading") == ["Nothing in the articles is near this"]
    assert links(html, ".support a") == [("https://desk.example/", "https://desk.example/")]
    assert "zebra 1234" in texts(html, ".ticket")[0]
    assert links(html, "main > p a") == [("Look through all problems", "/help/articles")]


def test_an_unknown_product_is_named_with_links_to_known_ones(http: httpx.Client) -> None:
    asked = page(http, "/ask?q=zebra&product=Pots")
    assert texts(asked, ".results-heading") == ["There is no product \u201cPots\u201d"]
    assert ("Post", "/help/ask?q=zebra&product=Post") in links(asked, "a")
    listed = page(http, "/articles?product=Pots", 404)
    assert texts(listed, "h1") == ["There is no product \u201cPots\u201d"]
    assert links(listed, ".topics a") == [
        ("Post", "/help/articles?product=Post"),
        ("Connect", "/help/articles?product=Connect"),
    ]


@pytest.mark.parametrize("path", ["/entries/mail%23its-late", "/articles/late-mail"])
def test_an_unknown_address_is_told_with_what_may_be_meant(http: httpx.Client, path: str) -> None:
    html = page(http, path, 404)
    assert links(html, ".topics a")[0] == ("It is late", "/help/entries/mail%23late")
    assert html.select_one("link[rel=canonical]") is None


@pytest.mark.parametrize("path", ["/ask?q=zebra&choice=" + "x" * 501, "/articles?page=0", "/articles?page=x"])
def test_a_request_that_is_not_allowed_is_told_on_a_page(http: httpx.Client, path: str) -> None:
    html = page(http, path, 422)
    assert texts(html, "h1") == ["This did not work"]


def test_what_somebody_asked_is_neither_kept_nor_found(http: httpx.Client) -> None:
    response = http.get("/ask", params={"q": "zebra"})
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers
    assert 'name="robots" content="noindex"' in response.text


def test_a_page_says_where_it_stands_and_never_believes_the_host(http: httpx.Client, internal: httpx.Client) -> None:
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"}
    public = http.get("/entries/mail%23late", headers=forged)
    assert "evil" not in public.text
    head = BeautifulSoup(public.text, "html.parser")
    address = "https://help.example/help/entries/mail%23late"
    assert head.select_one("link[rel=canonical]")["href"] == address  # type: ignore[index]
    about = {str(each["property"]): str(each["content"]) for each in head.select("meta[property]")}
    assert about == {
        "og:title": "It is late",
        "og:type": "article",
        "og:site_name": "Troubleshooting assistant",
        "og:url": address,
    }
    inside = internal.get("/entries/mail%23bounced", headers=forged)
    assert "evil" not in inside.text
    head = BeautifulSoup(inside.text, "html.parser")
    assert head.select_one("link[rel=canonical]")["href"] == "/entries/mail%23bounced"  # type: ignore[index]
    assert head.select('meta[property="og:url"]') == []
    assert head.select_one("meta[name=description]")["content"] == "The address is wrong."  # type: ignore[index]


def test_search_engines_are_refused_unless_they_are_welcome(http: httpx.Client, internal: httpx.Client) -> None:
    assert internal.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    assert internal.get("/sitemap.xml").status_code == 404
    assert 'name="robots" content="noindex"' in internal.get("/articles/mail").text
    assert 'name="robots"' not in http.get("/articles/mail").text
    assert http.get("/robots.txt").text.splitlines() == [
        "User-agent: *",
        "Allow: /help/articles",
        "Allow: /help/entries/",
        "Allow: /help/site/",
        "Allow: /help/images/",
        "Disallow: /help/",
        "Sitemap: https://help.example/help/sitemap.xml",
    ]


def test_an_address_alone_makes_no_sitemap(assistant: Assistant, serve: Serve) -> None:
    settings = Settings(journal_days=0, rate_limit=0, public_url="https://help.example")
    with serve(create_app(assistant, settings)) as address, httpx.Client(base_url=address) as client:
        assert client.get("/sitemap.xml").status_code == 404
        assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_the_sitemap_names_every_article_and_entry(http: httpx.Client) -> None:
    response = http.get("/sitemap.xml")
    assert response.headers["content-type"] == "application/xml"
    root = ET.fromstring(response.content)
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = {each.findtext(f"{name}loc"): each.findtext(f"{name}lastmod") for each in root}
    assert len(found) == 1 + 3 + 124
    assert found["https://help.example/help/articles/mail"] == "2026-05-03"
    assert found["https://help.example/help/entries/tunnel%23blocked"] is None
    assert http.get("/sitemap.xml?part=2").status_code == 404


def test_a_sitemap_of_more_addresses_than_allowed_has_parts() -> None:
    info = ArticleInfo("a", "A", None, None, (), None)
    entries = tuple(ListedEntry(f"a#{number}", "A", info) for number in range(50_000))
    catalogue = Catalogue(GENERATION, [ListedArticle(info, None, entries)])
    site = Site("Help", public_url="https://help.example")
    assert b"<loc>https://help.example/sitemap.xml?part=2</loc>" in _sitemap(site, catalogue, 0).body
    counts = [bytes(_sitemap(site, catalogue, part).body).count(b"<loc>") for part in (0, 1, 2)]
    assert counts == [2, 50_000, 2]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_valid_html_with_one_heading_of_the_first_level(http: httpx.Client, path: str) -> None:
    html = http.get(path).text
    html5lib.HTMLParser(strict=True).parse(html)
    parsed = BeautifulSoup(html, "html.parser")
    levels = [int(each.name[1]) for each in parsed.select("h1, h2, h3, h4, h5, h6")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    ids = [str(each["id"]) for each in parsed.select("[id]")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", PAGES)
def test_every_link_stays_under_the_path_of_the_proxy_and_leads_somewhere(http: httpx.Client, path: str) -> None:
    html = BeautifulSoup(http.get(path).text, "html.parser")
    addresses = {str(each["href"]) for each in html.select("a[href], link[href]")} | {
        str(each["action"]) for each in html.select("form")
    }
    inside = {each for each in addresses if not re.match(r"https://|#", each)}
    assert [each for each in inside if not each.startswith("/help/")] == []
    for address in sorted(inside)[:12]:
        assert http.get(address).status_code == 200, address


@pytest.mark.parametrize("path", ["/articles", "/articles/mail", "/entries/mail%23bounced", "/sitemap.xml"])
def test_a_page_that_the_browser_has_is_not_sent_again(http: httpx.Client, path: str) -> None:
    first = http.get(path)
    again = http.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "private, no-cache")


def test_a_page_can_be_asked_for_by_its_head(http: httpx.Client) -> None:
    for path in ("/articles", "/articles/mail", "/entries/mail%23late", "/ask?q=x"):
        response = http.head(path)
        assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("path", PAGES)
def test_no_script_may_run_on_these_pages(http: httpx.Client, path: str) -> None:
    headers = http.get(path).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"


def test_people_read_errors_and_programs_parse_them(http: httpx.Client) -> None:
    asked = {"Accept": "text/html,application/xhtml+xml"}
    assert texts(BeautifulSoup(http.get("/nowhere", headers=asked).text, "html.parser"), ".remedy") == [
        "There is nothing at this address."
    ]
    assert http.get("/nowhere").json()["error"]["code"] == "not_found"
    assert http.get("/api/nowhere", headers=asked).json()["error"]["code"] == "not_found"


def test_a_fault_a_missing_index_and_too_many_requests_are_told_on_a_page(serve: Serve) -> None:
    stub = StubAssistant()
    with (
        serve(create_app(stub, Settings(journal_days=0, rate_limit=3))) as address,
        httpx.Client(base_url=address) as client,
    ):
        stub.broken = True
        fault = page(client, "/ask?q=port", 500)
        stub.broken, stub.built = False, False
        missing = page(client, "/entries/help/vpn%23error-809", 503)
        stub.built = True
        page(client, "/articles")
        refused = page(client, "/articles", 429)
    assert "secret" not in fault.get_text()
    assert re.fullmatch(r"[0-9a-f]{12}", texts(fault, "code")[0])
    assert texts(missing, ".remedy") == ['Nothing has been built in index/built; run "assistant build".']
    assert texts(refused, ".remedy") == ["Too many requests; try again later."]
    html5lib.HTMLParser(strict=True).parse(str(refused))


def test_what_is_asked_without_script_is_in_the_journal(assistant: Assistant, tmp_path: Path, serve: Serve) -> None:
    settings = Settings(journal=tmp_path / "journal.sqlite")
    with serve(create_app(assistant, settings)) as address:
        httpx.get(f"{address}/ask", params={"q": "zebra for a@b.example"})
        httpx.get(f"{address}/ask", params={"q": " "})
    journal, until = Journal(settings.journal, days=90), time.monotonic() + 20
    while not (kept := journal.summary()).queries and time.monotonic() < until:
        time.sleep(0.02)
    assert ([each.text for each in kept.queries], kept.clients) == (["zebra for [e-mail]"], ())


def test_the_interactive_page_offers_the_form_where_there_is_no_script(http: httpx.Client) -> None:
    within = BeautifulSoup(http.get("/").text, "html.parser").select_one("body noscript")
    assert within is not None
    assert [(each["action"], each["method"]) for each in within.select("form")] == [("./ask", "get")]
    assert links(within, "a") == [("look through all problems", "./articles")]
    assert "form-action 'self'" in http.get("/").headers["content-security-policy"]


def test_programmers_read_every_route_and_every_field_without_script(assistant: Assistant, serve: Serve) -> None:
    settings = Settings(journal_days=0, token="open sesame")
    editor = EditorSession(settings, WordEncoder)
    with serve(create_app(assistant, settings, editor=editor)) as address, httpx.Client(base_url=address) as client:
        html = page(client, "/docs")
        described = client.get("/openapi.json").json()
        html5lib.HTMLParser(strict=True).parse(client.get("/docs").text)
    routes = {f"{verb.upper()} {path}" for path, verbs in described["paths"].items() for verb in verbs}
    assert set(texts(html, ".route h2")) == routes
    assert set(texts(html, "h3")) == set(described["components"]["schemas"])
    search = next(each for each in html.select(".route") if texts(each, "h2") == ["POST /api/search"])
    assert texts(search, "p") == ["Find the entries that fix a problem.", "Takes as its body: SearchRequest"]
    rows = texts(search, "tr")
    assert rows[0].startswith("X-Assistant-Client in the header if you like text of at most 100 characters or null: ")
    assert "429 ErrorBody : This client sends too many requests; try again in a minute." in rows
    anchors = {str(each["id"]) for each in html.select("[id]")}
    assert {address for _, address in links(html, "a[href^='#']")} <= {f"#{each}" for each in anchors}
    rebuild = described["paths"]["/api/rebuild"]["post"]
    assert (rebuild["security"], described["components"]["securitySchemes"]["token"]["scheme"]) == (
        [{"token": []}],
        "bearer",
    )
    assert "security" not in described["paths"]["/api/search"]["post"]
