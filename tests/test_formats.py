"""One article in Markdown, HTML, DOCX, plain text and JSON lines gives the same entries."""

import io
import json
from dataclasses import replace
from typing import Any

import docx
import pytest

from corpus.article import Block, BlockKind, Entry, Solution, Span
from corpus.errors import ArticleError
from corpus.formats.document import ExcludedKind
from corpus.formats.registry import FORMATS, documents_of
from corpus.parsing.article_parser import ParsedArticle, parse_document

MARKDOWN = """\
# Kettle errors

## It leaks

**Message:** Error 7: water lost

**Symptoms:**

- The table is wet.
- It drips.

**Cause:** The seal is *old*.

**Solution:** Change the seal:

1. Open the lid.
2. Take the seal out.

**Note:** Seals cost little.

## It hisses

**Message:** Error 8: steam

**Cause:** The lid is open.

**Solution:** Close the lid.
"""
HTML = """\
<!DOCTYPE html>
<html><head><title>Kettle errors | Help</title></head><body>
<nav><a href="/">Home</a></nav>
<main>
<h1>Kettle errors</h1>
<h2>It leaks</h2>
<p><strong>Message:</strong> Error 7: water lost</p>
<p><b>Symptoms:</b></p><ul><li>The table is wet.</li><li>It drips.</li></ul>
<p><strong>Cause: </strong>The seal is <em>old</em>.</p>
<p><strong>Solution:</strong> Change the seal:</p>
<ol><li>Open the lid.</li><li><p>Take the seal out.</p></li></ol>
<div class="note"><p>Seals cost little.</p></div>
<h2>It hisses</h2>
<table><tr><th>Message</th><td>Error 8: steam</td></tr><tr><th>Cause</th><td>The lid is open.</td></tr>
<tr><th>Solution</th><td>Close the lid.</td></tr></table>
</main><footer>Terms</footer></body></html>
"""
TEXT = """\
Kettle errors

It leaks

Message: Error 7: water lost
Symptoms:
  - The table is wet.
  - It drips.

Cause: The seal is *old*.
Solution: Change the seal:

  1. Open the lid.
  2. Take the seal out.

Note: Seals cost little.

It hisses

Message: Error 8: steam
Cause: The lid is open.
Solution: Close the lid.
"""
LINES = [
    {
        "title": "It leaks",
        "message": "Error 7: water lost",
        "symptoms": ["The table is wet.", "It drips."],
        "cause": "The seal is *old*.",
        "solution": "Change the seal:\n\n1. Open the lid.\n2. Take the seal out.\n\n**Note:** Seals cost little.",
    },
    {"title": "It hisses", "messages": ["Error 8: steam"], "cause": "The lid is open.", "solution": "Close the lid."},
]


def word_document() -> bytes:
    document = docx.Document()
    document.add_paragraph("Kettle errors", style="Title")

    def labelled(label: str, text: str) -> None:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{label}:").bold = True
        before, _, rest = text.partition("*")
        thin, _, after = rest.partition("*")
        paragraph.add_run(f" {before}")
        paragraph.add_run(thin).italic = True
        paragraph.add_run(after)

    document.add_heading("It leaks", 2)
    labelled("Message", "Error 7: water lost")
    labelled("Symptoms", "")
    for symptom in ("The table is wet.", "It drips."):
        document.add_paragraph(symptom, style="List Bullet")
    labelled("Cause", "The seal is *old*.")
    labelled("Solution", "Change the seal:")
    for step in ("Open the lid.", "Take the seal out."):
        document.add_paragraph(step, style="List Number")
    labelled("Note", "Seals cost little.")
    document.add_heading("It hisses", 2)
    labelled("Message", "Error 8: steam")
    labelled("Cause", "The lid is open.")
    labelled("Solution", "Close the lid.")
    return saved(document)


def saved(document: Any) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def read(content: bytes | str, source: str) -> ParsedArticle:
    (document,) = documents_of(content.encode() if isinstance(content, str) else content, source)
    return parse_document(document, source)


def without_place(entries: tuple[Entry, ...]) -> list[Entry]:
    return [replace(entry, span=Span(None, None), breadcrumb=()) for entry in entries]


WANTED = [
    Entry(
        entry_id="kettle#error-7-water-lost",
        title="It leaks",
        messages=("Error 7: water lost",),
        symptoms=("The table is wet.", "It drips."),
        cause="The seal is *old*.",
        solutions=(
            Solution(
                None,
                (
                    Block(BlockKind.TEXT, "Change the seal:"),
                    Block(BlockKind.STEPS, "1. Open the lid.\n2. Take the seal out."),
                    Block(BlockKind.NOTE, "Seals cost little."),
                ),
            ),
        ),
        context=None,
        breadcrumb=(),
        span=Span(None, None),
    ),
    Entry(
        entry_id="kettle#error-8-steam",
        title="It hisses",
        messages=("Error 8: steam",),
        symptoms=(),
        cause="The lid is open.",
        solutions=(Solution(None, (Block(BlockKind.TEXT, "Close the lid."),)),),
        context=None,
        breadcrumb=(),
        span=Span(None, None),
    ),
]


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (MARKDOWN, "kettle.md"),
        (HTML, "kettle.html"),
        (TEXT.replace("*old*", "old"), "kettle.txt"),
        ("\n".join(map(json.dumps, LINES)), "kettle.jsonl"),
        (word_document(), "kettle.docx"),
    ],
    ids=["Markdown", "HTML", "text", "JSON lines", "DOCX"],
)
def test_one_article_in_five_formats_gives_the_same_entries(content: bytes | str, source: str) -> None:
    article = read(content, source)
    wanted = WANTED if source != "kettle.txt" else [replace(WANTED[0], cause="The seal is old."), WANTED[1]]
    assert without_place(tuple(article.entries)) == wanted
    assert article.covered == article.size


def test_entries_of_a_page_have_lines_and_those_of_a_word_document_a_locator() -> None:
    assert [entry.span for entry in read(HTML, "kettle.html").entries] == [Span(6, 12), Span(13, 15)]
    assert [entry.span for entry in read(word_document(), "kettle.docx").entries] == [
        Span(None, None, '"It leaks"'),
        Span(None, None, '"It hisses"'),
    ]


def test_the_boilerplate_of_a_page_is_excluded() -> None:
    kinds = [part.kind for part in read(HTML, "kettle.html").excluded]
    assert kinds == [ExcludedKind.NAVIGATION, ExcludedKind.PAGE_FOOTER, ExcludedKind.TITLE]


def page(body: str) -> ParsedArticle:
    return read(f"<html><body><main><h1>Kettles</h1>{body}</main></body></html>", "kettle.html")


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>a <b> bold </b>b</p>", "a **bold** b"),
        ("<p>press <kbd>Ctrl</kbd></p>", "press `Ctrl`"),
        ('<p><a href="x.html">it</a> <a href="javascript:x()">no</a></p>', "[it](x.html) no"),
        ("<p>3 * 4 and *this* and C:\\_x</p>", "3 * 4 and \\*this\\* and C:\\\\\\_x"),
        ("<p># no heading</p>", "\\# no heading"),
        ("<p>a<br>b</p>", "a\nb"),
        ("<p>&lt;script&gt;</p>", "<script>"),
        ('<img src="x.png" alt="Lid">', "![Lid](x.png)"),
        ("<pre><code class='language-sh'>ls\n</code></pre>", "```sh\nls\n```"),
        ("<ul><li>a<ol><li>b</li></ol></li></ul>", "- a\n  1. b"),
        ("<table><tr><th>a<th>b<tr><td colspan=2>c|d</table>", "| a | b |\n| --- | --- |\n| c\\|d | c\\|d |"),
    ],
)
def test_the_content_of_a_page_becomes_markdown(html: str, markdown: str) -> None:
    (entry,) = page(f"<h2>A</h2>{html}").entries
    assert [block.markdown for block in entry.solutions[0].blocks] == [markdown]


def test_merged_cells_are_repeated_in_each_row_they_span() -> None:
    article = page(
        "<table><tr><th>Error</th><th>Solution</th><th>Model</th></tr>"
        "<tr><td>E1</td><td>Fill it.</td><td rowspan=2>K1</td></tr><tr><td>E2</td><td>Dry it.</td></tr></table>"
    )
    assert [(entry.messages, entry.context) for entry in article.entries] == [
        (("E1",), "Model: K1"),
        (("E2",), "Model: K1"),
    ]


def test_a_definition_list_of_labels_is_an_entry() -> None:
    (entry,) = page("<h2>A</h2><dl><dt>Cause</dt><dd>Lime.</dd><dt>Solution</dt><dd>Rinse.</dd></dl>").entries
    assert (entry.cause, entry.solutions) == ("Lime.", (Solution(None, (Block(BlockKind.TEXT, "Rinse."),)),))


def test_a_heading_keeps_the_id_that_the_page_gives_it() -> None:
    assert [entry.entry_id for entry in page('<h2 id="lid">A</h2><p>b</p>').entries] == ["kettle#lid"]


CSV = 'id,Error,Fix,Model\nlid,It sticks,"1. Wait.\n2. Pull.",K1\n,Second,,\nlid,Third,Do.,\n,Fourth,Do that.,K2\n'


@pytest.mark.parametrize("content", ["", "\n\n", ",,\n,,\n"])
def test_a_table_without_a_cell_is_named(content: str) -> None:
    with pytest.raises(ArticleError, match=r"kettle\.csv"):
        read(content, "kettle.csv")


def test_a_row_of_csv_is_an_entry_and_a_row_that_is_none_is_a_problem() -> None:
    article = read(CSV, "kettle.csv")
    assert [(entry.entry_id, entry.context, entry.span.first_line) for entry in article.entries] == [
        ("kettle#lid", "Model: K1", 2),
        ("kettle#fourth", "Model: K2", 6),
    ]
    assert [str(problem) for problem in article.problems] == [
        "kettle.csv:4: the row has no solution; write one in its column",
        'kettle.csv:5: the row has the id "lid", which line 2 already has; change one',
    ]


def test_a_line_of_json_that_is_not_an_entry_is_a_problem_and_the_rest_is_read() -> None:
    text = '{"_id": "d1", "title": "T", "text": "Body."}\n{bad}\n[]\n{"title": "x"}\n'
    article = read(text, "kettle.jsonl")
    assert [(entry.entry_id, entry.messages) for entry in article.entries] == [("kettle#d1", ("T",))]
    assert [problem.line for problem in article.problems] == [2, 3, 4]


EXPORT = {
    "sections": [{"id": 3, "name": "Kettles"}],
    "articles": [
        {
            "id": 11,
            "title": "Kettle errors",
            "body": "<h2>It leaks</h2><p>Dry it.</p>",
            "html_url": "https://help.example/11",
            "updated_at": "2026-01-02T03:04:05Z",
            "label_names": ["kettle"],
            "section_id": 3,
            "locale": "en-us",
            "draft": False,
            "outdated": True,
        },
        {"id": 12, "title": "Empty", "body": None},
    ],
}


def test_each_article_of_an_export_is_an_article() -> None:
    first, second = documents_of(json.dumps(EXPORT).encode(), "export.json")
    article = parse_document(first, "export.json").article
    assert (article.article_id, article.title, article.url) == ("export/11", "Kettle errors", "https://help.example/11")
    assert (article.updated, article.review_by, article.tags, article.draft) == (
        "2026-01-02",
        "2026-01-02",
        ("kettle", "Kettles", "en-us"),
        False,
    )
    assert article.language == "en-us"
    with pytest.raises(ArticleError, match=r"export\.json: article 2 of the export has no body; it is left out"):
        parse_document(second, "export.json")


def test_every_format_is_installed_where_the_tests_run() -> None:
    assert [each.name for each in FORMATS if not each.is_installed] == []
