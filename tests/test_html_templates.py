"""Whatever a value holds, a template shows it as text: it never becomes an element, an attribute or a script's address.

Each value that a template shows is also put in unescaped, one after the other, to see that the check would notice.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from bs4 import BeautifulSoup
from jinja2 import BytecodeCache, DictLoader, Environment, PackageLoader
from jinja2.bccache import Bucket
from jinja2.meta import find_referenced_templates

from assistant.answering.answer import Answer, AnswerHit, ArticleInfo, EntryInfo, GenerationInfo, Status
from assistant.answering.catalogue import ListedEntry
from assistant.answering.filters import UnknownFilter
from assistant.rendering.choice_card import ChoiceCard
from assistant.rendering.entry_card import Card, card_of
from assistant.rendering.html_templates import new_environment
from assistant.rendering.links import PAGE_LINKS, PlainLinks
from assistant.rendering.plain.api_description import Operation, Record, Type, Value
from assistant.rendering.plain.browsing import Browsing, Facet, Link, Selection, Shelf
from assistant.rendering.plain.pages import Head, Site
from assistant.rendering.question_form import Form
from assistant.rendering.safe_markdown import PLAIN as PLAIN_TEXT
from assistant.rendering.support_note import SupportNote
from corpus.article import Article, Block, BlockKind, Entry
from index.decision import Reason
from index.hit import Aligned

ROOM = Path(__file__).parent.parent / "assistant"
BREAKING = '"\'><script>alert(1)</script></title></textarea></pre><img src=x onerror=alert(1)>&lt;b onclick="x'
ATTRIBUTE = '" onmouseover="alert(1)" x=\''
BARE = "x onmouseover=alert(1) autofocus"
HARMLESS = "a word"
SCRIPT_ADDRESS = "javascript:alert(1)"
ADDRESSES = ("href", "src", "action", "formaction", "cite", "data", "poster", "srcset", "xlink:href")
OUTPUT = re.compile(r"\{\{(.+?)\}\}", re.DOTALL)
HTML_ALREADY = re.compile(r"\w+\(.*\)|.*\| inline(\(.*\))?")  # a macro's, or of sanitised Markdown
NEVER_MARKUP = {  # numbers, words of the templates' own, what is percent-encoded, and what `blocks` has sanitised
    "block",
    "block.kind",
    "card.hit.rank",
    'count | counted("problem")',
    'left_out.being_edited | counted("problem")',
    'left_out.entries | counted("problem")',
    "css_class",
    "example | quoted",
    "item",
    "label",
    "level",
    "level + 1",
    "list.first",
    "loop.index",
    "number",
    "percent",
    "state",
    "count",
    "status.articles",
    "status.entries",
    'status.articles | counted("article")',
    'status.entries | counted("problem")',
    "status.rejected | length + status.more_rejected - most_left_out",
    "card.links.entry(card.entry.entry_id)",
    "card.anchor | quoted",
    'browsing.total | counted("problem")',
    "day",
    "everything",
    "following",
    "previous",
    "page",
    "pages",
    "link.address",
    "link.count",
    "links.article(card.entry.article.id)",
    "links.articles(product=article.product)",
    "links.articles(tag=tag)",
    "links.named(each.kind, name)",
    "shelf.address",
    "site.address(head.path)",
    "site.root",
    "root",
    "caption",
    "site.version",
    "title",
    "links.articles()",
    "links.entry(entry.entry_id)",
    "links.only(answer.query)",
    (
        'links.only(answer.query, product=name if each.kind == "product" else none, '
        'tags=[] if each.kind == "product" else [name])'
    ),
    "links.question(answer.query, choice=none_id)",
    "links.question(text)",
    '"Did you mean" if each.near else "Known"',
    '"one of these products" if each.kind == "product" else "one of these topics"',
    '"?" if each.near else ""',
    "words",
}


PLAIN = PlainLinks("/help", "Post", ("letters",))


def filled(kind: Any, value: str, name: str = "") -> Any:
    """Return an object of a type with `value` in every text of it; an address is one of the web, if it can be."""
    if kind is str:
        return f"https://help.example/{value}" if name == "url" and ":" not in value else value
    if kind in (int, float, bool):
        return kind(1)
    if get_origin(kind) is tuple:
        of, *others = get_args(kind)
        return tuple(filled(each, value) for each in ([of, of] if others == [...] else [of, *others]))
    if get_origin(kind) in (Union, UnionType):
        return filled(get_args(kind)[0], value, name)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        names = [field.name for field in fields(kind) if field.init]
        return kind(**{name: filled(hints[name], value, name) for name in names})  # type: ignore[operator]
    assert issubclass(kind, Enum), kind
    return next(iter(kind))


def cards(value: str) -> list[Card]:
    """Return an entry in every form that a card has."""
    hit, entry = filled(AnswerHit, value), filled(EntryInfo, value)
    blocks = tuple(Block(kind, f"{value}\n\n3. {value}\n4. {value}") for kind in BlockKind)
    texts = {"messages": (f"{value} again",), "solutions": (replace(entry.solutions[0], blocks=blocks),) * 2}
    plain = replace(entry, messages=texts["messages"], solutions=texts["solutions"][:1])
    runs = (Aligned("same", value, value), Aligned(value, value, f"{value} too"), Aligned("yours", value, ""))
    hit = replace(hit, **texts)
    differing = replace(hit, why=replace(hit.why, alignment=runs), solutions=plain.solutions)
    return [
        card_of(hit, opened=True, image=lambda path: path + value),
        card_of(replace(plain, article=replace(plain.article, url=None))),
        card_of(differing),
    ]


def answer_cases(value: str) -> dict[str, list[dict[str, Any]]]:
    """Return what the templates of an answer are to show."""
    answer = filled(Answer, value)
    answer = replace(answer, unknown_filters=(answer.unknown_filters[0], replace(answer.unknown_filters[0], near=())))
    links = {"links": PAGE_LINKS}
    headed = {"announcement": value, "heading": value}
    none = {**headed, **links, "answer": answer, "support": filled(SupportNote, value), "refused": None}
    hits = [card for card in cards(value) if card.hit]
    given = {**headed, **links, "answer": answer, "cards": hits, "unlikely": [], "refused": value}
    choices = [ChoiceCard(card, value, value) for card in cards(value)]
    asked = {**headed, **links, "answer": answer, "invitation": value, "none_id": value, "refused": value}
    return {
        "answer/answer.html": [
            {**given, "parts": [], "unlikely": hits},
            {**given, "parts": [(value, value), (value, value), (value, value)]},
            {**given, "parts": [], "unlikely": [replace(each, links=PLAIN) for each in hits], "links": PLAIN},
        ],
        "answer/entry.html": [{**headed, "card": card} for card in cards(value)],
        "answer/failure.html": [{"error_id": value}],
        "answer/no_entry.html": [{}],
        "answer/no_index.html": [{"message": value}],
        "answer/unreachable.html": [{"sentence": value}],
        "answer/none.html": [
            *({**none, "answer": replace(answer, reason=reason, unknown_filters=())} for reason in Reason),
            none,
            {**none, "refused": value},
            {**none, "links": PLAIN},
        ],
        "answer/preview.html": [{"cards": cards(value)}],
        "answer/question.html": [
            {**asked, "choices": choices},
            {**asked, "choices": []},
            {**asked, "choices": choices, "links": PLAIN},
            {**asked, "choices": [], "links": PLAIN},
        ],
        "answer/start.html": [{"examples": [value, value]}],
    }


def cases(value: str) -> dict[str, list[dict[str, Any]]]:
    """Return what each template is to show, by its name."""
    links = {"links": PAGE_LINKS}
    return {
        **answer_cases(value),
        **plain_cases(value),
        "page/contents.html": [{"contents": [(filled(Article, value), [filled(Entry, value)])], "count": 3, **links}],
        "page/document_head.html": [{"name": value, "version": value, "reads_pictures": True}],
        "page/filter.html": [{"products": [value, value], "tags": [value, value]}],
        "page/footer.html": [{"status": filled(Status, value), "most_left_out": 1}],
        "page/header.html": [{"name": value, "feedback": True}],
        "page/hint.html": [{}],
        "page/picture.html": [{}],
        "page/waiting.html": [{"name": value, "form": form_with(value), "links": PlainLinks(".")}],
    }


def form_with(value: str) -> Form:
    return Form(value, value, f"{value}2", (value, f"{value}2"), (value, f"{value}2"))


def plain_cases(value: str) -> dict[str, list[dict[str, Any]]]:
    """Return what the templates of the pages without script are to show."""
    site = Site(value, "/help", "https://help.example/help", crawlers=False, version="1")
    head = Head(value, "/articles", value)
    common = {
        "site": site,
        "head": head,
        "generation": None,
        "links": PLAIN,
        "form": form_with(value),
        "language": None,
    }
    built = {**common, "generation": filled(GenerationInfo, value)}
    alone = {**common, "form": Form(value, value)}
    plain = [replace(each, links=PLAIN) for each in cards(value)]
    turned = {"previous": "/help/articles", "following": "/help/articles?page=3", "page": 2, "pages": 3}
    listed = filled(ListedEntry, value)
    shelves = (Shelf(value, "/help/articles/mail", (listed,)), Shelf(value, None, (listed,)))
    facets = (Facet(value, (Link(value, "/help/articles?letter=A", 1, is_chosen=True), Link(value, "/help/a", 2))),)
    browsing = Browsing(Selection(page=2), shelves, facets, 3, 3, "/help/articles", "/help/articles?page=3")
    unknown = [filled(UnknownFilter, value), replace(filled(UnknownFilter, value), near=())]
    article = {"article": filled(ArticleInfo, value), "context": value, "options": PLAIN_TEXT, **turned}
    answers = [
        {**common, **values, "links": PLAIN, "outcome": outcome}
        for outcome in ("answer/answer.html", "answer/question.html", "answer/none.html")
        for values in answer_cases(value)[outcome]
    ]
    taken = (Value(value, value, Type(value, value), value, is_required=False), Value(value, "", Type(value), ""))
    operation = Operation(value, value, value, True, taken, Type(value, value), (Value(value, "", None, value),))
    bare = Operation(value, value, value, False, (), None, ())
    record = Record(value, value, taken, (value, value))
    return {
        "plain/browse.html": [
            {**built, "heading": value, "browsing": browsing, "everything": "/help/articles"},
            {**alone, "heading": value, "browsing": browsing, "everything": None},
        ],
        "plain/article.html": [
            {**common, **article, "cards": plain},
            {**common, **article, "cards": plain, "language": value},
        ],
        "plain/entry.html": [{**common, "card": card} for card in plain],
        "plain/ask.html": answers,
        "plain/missing.html": [{**common, "heading": value, "near": [listed], "unknown": unknown}],
        "plain/api.html": [{**common, "operations": [operation, bare], "records": [record]}],
        "plain/error.html": [{**common, "message": value, "error_id": value}],
        "plain/sitemap.xml": [{"pages": [("https://help.example/a", "2026-05-03"), (value, None)]}],
        "plain/sitemap_index.xml": [{"pages": [(value, None)]}],
    }


LOADER = PackageLoader("assistant.rendering")
ENVIRONMENT = new_environment(LOADER)
SOURCES = {name: LOADER.get_source(ENVIRONMENT, name)[0] for name in LOADER.list_templates()}


class Compiled(BytecodeCache):
    """Keeps compiled templates in memory, so that one that is changed is the only one compiled anew."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._code.get(bucket.checksum):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.checksum] = bucket.bytecode_to_string()


COMPILED = Compiled()


def rendered(environment: Environment, value: str, name: str) -> Iterator[str]:
    return (environment.get_template(name).render(each) for each in cases(value)[name])


def parsed(environment: Environment, value: str, name: str) -> Iterator[BeautifulSoup]:
    return (BeautifulSoup(html, "html.parser") for html in rendered(environment, value, name))


def skeleton(html: str) -> list[tuple[str, ...]]:
    """Return the elements in order, each with the names of its attributes."""
    return [(element.name, *sorted(element.attrs)) for element in BeautifulSoup(html, "html.parser").find_all()]


@cache
def harmless(name: str) -> list[list[tuple[str, ...]]]:
    return [skeleton(html) for html in rendered(ENVIRONMENT, HARMLESS, name)]


@cache
def escaped(name: str) -> list[str]:
    return list(rendered(ENVIRONMENT, BREAKING, name))


@cache
def users(name: str) -> set[str]:
    """Return the templates of the cases that a template has a part in."""
    names = {name}
    while more := {each for each in SOURCES if each not in names and references(each) & names}:
        names |= more
    return names & set(cases(""))


@cache
def references(name: str) -> set[str | None]:
    return set(find_referenced_templates(ENVIRONMENT.parse(SOURCES[name])))


def outputs() -> list[tuple[str, re.Match[str]]]:
    return [(name, match) for name, source in SOURCES.items() for match in OUTPUT.finditer(source)]


def is_noticed(environment: Environment, name: str) -> bool:
    pages = zip(rendered(environment, BREAKING, name), escaped(name), harmless(name), strict=True)
    return any(html != before and skeleton(html) != expected for html, before, expected in pages)


def test_every_template_has_a_case_or_is_part_of_one() -> None:
    assert set(cases("")) <= set(SOURCES)
    assert [name for name in SOURCES if not users(name)] == []


@pytest.mark.parametrize("value", [BREAKING, ATTRIBUTE, BARE])
def test_no_value_becomes_an_element_or_an_attribute(value: str) -> None:
    for name in cases(""):
        assert [skeleton(html) for html in rendered(ENVIRONMENT, value, name)] == harmless(name), name


@pytest.mark.parametrize("value", [SCRIPT_ADDRESS, "JaVaScRiPt:alert(1)", "data:text/html,x", "[a](javascript:x)"])
def test_no_value_becomes_the_address_of_a_script(value: str) -> None:
    for page in (page for name in cases("") for page in parsed(ENVIRONMENT, value, name)):
        addresses = [element[name] for element in page.find_all() for name in ADDRESSES if element.has_attr(name)]
        assert [each for each in addresses if not re.match(r"#|\./|/help/|https://", str(each))] == []


def test_a_value_is_escaped_once() -> None:
    for name in ("answer/failure.html", "page/filter.html", "page/document_head.html"):
        text = next(parsed(ENVIRONMENT, "<&lt;>", name)).get_text()
        assert "<&lt;>" in text
        assert "&amp;" not in text


@pytest.mark.parametrize(
    ("name", "match"), [pytest.param(*each, id=f"{each[0]}:{each[1].start()}") for each in outputs()]
)
def test_a_value_that_is_put_in_unescaped_is_noticed(name: str, match: re.Match[str]) -> None:
    expression = match[1].strip(" -")
    source = match.string[: match.start(1)] + f"({expression}) | safe " + match.string[match.end(1) :]
    environment = new_environment(DictLoader({**SOURCES, name: source}))
    environment.bytecode_cache = COMPILED
    never = expression in NEVER_MARKUP or HTML_ALREADY.fullmatch(expression) is not None
    assert any(is_noticed(environment, user) for user in users(name)) != never, f"{name} shows {expression}"


def test_what_never_is_markup_is_still_shown() -> None:
    assert {match[1].strip(" -") for _, match in outputs()} >= NEVER_MARKUP


def test_without_escaping_every_template_with_values_is_noticed() -> None:
    environment = new_environment(LOADER)
    environment.autoescape = False
    unnoticed = {name for name in cases("") if not is_noticed(environment, name)}
    assert unnoticed == {"answer/no_entry.html", "page/hint.html", "page/picture.html"}


def test_templates_use_nothing_that_switches_escaping_off() -> None:
    assert ENVIRONMENT.autoescape is True
    switches = re.compile(r"\|\s*safe|autoescape|Markup|xmlattr|tojson|urlize")
    assert [name for name, source in SOURCES.items() if switches.search(source)] == []


def test_a_value_that_nobody_passes_is_an_error() -> None:
    with pytest.raises(Exception, match="'message' is undefined"):
        ENVIRONMENT.get_template("answer/no_index.html").render()


def texts(path: Path) -> Iterator[str]:
    """Yield the texts of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def test_no_module_makes_html_by_hand() -> None:
    tag = re.compile(r"(?<!\?P)</?[a-z][a-z0-9]*(\s[^<>]*)?>")
    making = {path.relative_to(ROOM).as_posix() for path in ROOM.rglob("*.py") if any(map(tag.search, texts(path)))}
    assert making <= {"web/middleware/gradio_document.py"}  # it changes Gradio's own document
