"""Front matter, headings and macros as help centres have them are understood; the rest is named once."""

from pathlib import Path

import pytest

from corpus.article import Article
from corpus.authoring.article_rules import coverage, lint
from corpus.formats.registry import documents_of
from corpus.labels import Label, Labels
from corpus.loader import read_folder
from corpus.parsing.article_parser import ParsedArticle, parse_document


def parse(text: str, source: str = "a.md") -> ParsedArticle:
    (document,) = documents_of(text.encode(), source)
    return parse_document(document, source)


def article(front_matter: str) -> Article:
    return parse(f"---\n{front_matter}\n---\n\n# Lamp\n\n## It hums\n\nWait.\n").article


@pytest.mark.parametrize(
    ("front_matter", "name", "value"),
    [
        ("link: https://lamps.example/hum", "url", "https://lamps.example/hum"),
        ("html_url: https://lamps.example/hum", "url", "https://lamps.example/hum"),
        ("link: https://other.example\nurl: https://lamps.example", "url", "https://lamps.example"),
        ("permalink: /hum/", "url", None),
        ("updated_at: 2026-11-02T10:00:00Z", "updated", "2026-11-02"),
        ("lastmod: 2026-11-02", "updated", "2026-11-02"),
        ("date: yesterday", "updated", None),
        ("labels: [hum, noise]", "tags", ("hum", "noise")),
        ("section: Bulbs\nlocale: en-us\ntags: [hum]", "tags", ("hum", "Bulbs", "en-us")),
        ("keywords: hum", "tags", ("hum",)),
        ("locale: en_US", "language", "en_US"),
        ("locale: C\nlang: zh-Hans-CN", "language", "zh-Hans-CN"),
        ("language: fil", "language", "fil"),
        ("language: German", "language", None),
        ("language: c++", "language", None),
        ("title: Lamps", "language", None),
        ("published: false", "draft", True),
        ("status: Draft", "draft", True),
        ("status: published", "draft", False),
        ("name: Lamps", "title", "Lamps"),
        ("aliases: [/old/lamp, /lamp]", "aliases", ()),
    ],
)
def test_the_names_of_help_centres_are_understood(front_matter: str, name: str, value: object) -> None:
    assert getattr(article(front_matter), name) == value


def test_names_that_only_a_tool_needs_are_not_reported() -> None:
    names = "slug: hum\nweight: 3\nsidebar_position: 1\nlayout: page\nautor: me"
    text = f"---\n{names}\n---\n\n# Lamp\n\n## It hums\n\nWait.\n"
    assert parse(text).unknown_metadata == ("autor",)


def findings(root: Path, count: int, text: str, labels: Labels) -> list[tuple[str, str]]:
    for number in range(count):
        (root / f"{number}.md").write_text(text.replace("NUMBER", str(number)), encoding="utf-8")
    found = lint(read_folder(root, labels=labels), today="2026-11-29", labels=labels)
    return [(each.source, each.text) for each in found if each.rule in {"unknown-metadata", "unknown-label"}]


def test_an_unknown_name_is_named_once(tmp_path: Path) -> None:
    text = "---\nautor: me\n---\n\n# Lamp NUMBER\n\n## It hums NUMBER\n\nWait NUMBER.\n"
    known = "title, url, product, tags, updated, review_by, aliases, draft"
    assert findings(tmp_path, 4, text, Labels()) == [
        ("0.md", f'"autor" in the front matter is not known (in 4 files); use one of {known}')
    ]


POLISH = "# Lampa NUMBER\n\n## Objawy\n\nMruga NUMBER.\n\n## Rozwiązanie\n\nZmień NUMBER.\n"


def test_headings_that_recur_like_labels_are_suggested_once(tmp_path: Path) -> None:
    texts = findings(tmp_path, 3, POLISH, Labels())
    remedy = 'if it names a part of an entry, add it to ASSISTANT_LABELS, as in "solution=..."'
    assert texts == [
        ("0.md", f'"Objawy" is a heading in 3 articles; {remedy}'),
        ("0.md", f'"Rozwiązanie" is a heading in 3 articles; {remedy}'),
    ]


def test_headings_that_are_known_or_rare_are_not_suggested(tmp_path: Path) -> None:
    assert findings(tmp_path, 2, POLISH, Labels()) == []
    labels = Labels({Label.SYMPTOMS: ["Objawy"], Label.SOLUTION: ["Rozwiązanie"]})
    assert findings(tmp_path, 4, POLISH, labels) == []


STORAGE = {
    "a panel": (
        (
            '<ac:structured-macro ac:name="warning"><ac:parameter ac:name="icon">false</ac:parameter>'
            "<ac:rich-text-body><p>It is hot.</p></ac:rich-text-body></ac:structured-macro>"
        ),
        [("caution", "It is hot.")],
    ),
    "a page": ('<p>See <ac:link><ri:page ri:content-title="Bulbs" /></ac:link>.</p>', [("text", "See Bulbs.")]),
    "a link with a text": (
        (
            '<p>See <ac:link><ri:page ri:content-title="B" /><ac:plain-text-link-body><![CDATA[the bulbs]]>'
            "</ac:plain-text-link-body></ac:link>.</p>"
        ),
        [("text", "See the bulbs.")],
    ),
    "code": (
        (
            '<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">sh</ac:parameter><ac:plain-text-body>'
            "<![CDATA[lamp <off>]]></ac:plain-text-body></ac:structured-macro>"
        ),
        [("code", "```\nlamp <off>\n```")],
    ),
    "a list of contents": (
        (
            '<p>Wait.</p><ac:structured-macro ac:name="toc"><ac:parameter ac:name="maxLevel">2</ac:parameter>'
            "</ac:structured-macro>"
        ),
        [("text", "Wait.")],
    ),
    "a status": (
        (
            '<p>It is <ac:structured-macro ac:name="status"><ac:parameter ac:name="title">OFF</ac:parameter>'
            '<ac:parameter ac:name="colour">Red</ac:parameter></ac:structured-macro>.</p>'
        ),
        [("text", "It is OFF.")],
    ),
}


@pytest.mark.parametrize(("body", "expected"), STORAGE.values(), ids=STORAGE)
def test_macros_of_confluence_show_their_text_only(body: str, expected: list[tuple[str, str]]) -> None:
    parsed = parse(f"<html><body><h1>Lamp</h1><h2>It hums</h2>{body}</body></html>", "a.html")
    assert [(each.kind.value, each.markdown) for each in parsed.entries[0].solutions[0].blocks] == expected


CONTEXTS = {
    "an introduction": ("# Lamps\n\nAll about lamps.\n\n## It hums\n\nWait.\n", "All about lamps."),
    "links to more": (
        "# Lamps\n\n## It hums\n\nWait.\n\n## See also\n\n- [Bulbs](b.md)\n",
        "**See also**\n\n- [Bulbs](b.md)",
    ),
    "the introduction of a group": (
        "# Lamps\n\n## On desks\n\nOf any kind.\n\n### It hums\n\nWait.\n\n### It glows\n\nWait, too.\n",
        "Of any kind.",
    ),
    "a text before the title": ("New!\n\n# Lamps\n\n## It hums\n\nWait.\n", "New!"),
    "nothing": ("# Lamps\n\n## It hums\n\nWait.\n", None),
}


@pytest.mark.parametrize(("text", "context"), CONTEXTS.values(), ids=CONTEXTS)
def test_text_in_no_entry_is_the_context_of_the_article_and_not_counted_as_in_entries(
    text: str, context: str | None
) -> None:
    parsed = parse(text)
    assert (parsed.article.context, parsed.covered) == (context, parsed.size)
    in_entries, size = coverage([parsed])
    assert size - in_entries == len(
        "".join((context or "").replace("**See", "##See").replace("also**", "also").split())
    )


def test_the_text_of_an_error_without_a_solution_is_not_counted_as_in_entries() -> None:
    parsed = parse("# Lamps\n\n## It hums\n\nWait.\n\n## It glows\n\n**Message:** Lamp 7\n")
    assert coverage([parsed]) == (19, 45)
