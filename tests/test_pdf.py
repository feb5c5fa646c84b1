"""PDF files become the same entries as what they were made from; what cannot be read is named, in bounded time."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from markdown_it import MarkdownIt
from playwright.sync_api import Browser

from corpus.article import Entry
from corpus.errors import ArticleError
from corpus.formats.document import ExcludedKind
from corpus.formats.registry import documents_of
from corpus.parsing.article_parser import ParsedArticle, parse_document

ARTICLE = Path(__file__).parent.parent / "corpus" / "articles" / "xero-error-messages.md"
LONG_STEP = (
    "Turn the screw until it stops, which takes about ten turns on most of the lamps that we know, and some more on the"
    " older ones."
)


class Manual(FPDF):
    """A document with a running head and page numbers."""

    def header(self) -> None:
        """Write the running head."""
        self.set_font("helvetica", size=8)
        self.cell(0, 5, "Lamp manual 4.2")
        self.ln(12)

    def footer(self) -> None:
        """Write the number of the page."""
        self.set_y(-15)
        self.set_font("helvetica", size=8)
        self.cell(0, 5, f"Page {self.page_no()}")

    def text_of(self, text: str, size: int = 10, font: str = "helvetica", style: str = "") -> None:
        """Write a block."""
        self.set_font(font, style, size)
        self.multi_cell(0, size * 0.45, text, markdown="**" in text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(3)

    def heading(self, text: str, size: int) -> None:
        """Write a heading."""
        self.text_of(text, size, style="B")


def manual() -> FPDF:
    pdf = Manual()
    pdf.add_page()
    pdf.heading("Lamp troubleshooting", 20)
    pdf.text_of("This guide is about the lamps of the **harbour**.")
    pdf.heading("The lamp hums", 14)
    pdf.text_of("**Message:** Lamp 7 reports an over-current on line 2")
    pdf.text_of("**Cause:** The trans-\nformer is too warm.")
    pdf.text_of("**Solution:**")
    pdf.text_of(f"1. Open the box.\n2. {LONG_STEP}\n3. Close the box.")
    pdf.add_page()
    pdf.heading("The lamp is dark", 14)
    pdf.text_of("**Cause:** No power.")
    pdf.heading("Solution", 10)
    pdf.text_of("Enter this:")
    pdf.text_of("lamp --on 7\n  --bright 9", font="courier")
    pdf.text_of("\u00b7 Wait a minute.\n\u00b7 Look again.")
    pdf.add_page()
    pdf.heading("Codes", 14)
    pdf.set_font("helvetica", size=10)
    with pdf.table() as table:
        for cells in (("Code", "Meaning", "What to do"), ("L-100", "The bulb is broken", "Replace the bulb")):
            row = table.row()
            for cell in cells:
                row.cell(cell)
    return pdf


def bytes_of(pdf: FPDF) -> bytes:
    return bytes(pdf.output())


def parse(content: bytes) -> ParsedArticle:
    (document,) = documents_of(content, "lamp.pdf")
    return parse_document(document, "lamp.pdf")


def told(entries: Sequence[Entry]) -> list[tuple[object, ...]]:
    return [
        (each.title, each.messages, each.symptoms, each.cause, [s.title for s in each.solutions], blocks(each))
        for each in entries
    ]


def blocks(entry: Entry) -> list[tuple[str, str]]:
    return [(each.kind.value, each.markdown.replace("*", "")) for s in entry.solutions for each in s.blocks]


def test_headings_labels_lists_code_and_tables_are_told_by_how_they_look() -> None:
    hums, dark, code = parse(bytes_of(manual())).entries
    assert (hums.title, hums.cause) == ("The lamp hums", "The transformer is too warm.")
    assert hums.messages == ("Lamp 7 reports an over-current on line 2",)
    assert blocks(hums) == [("steps", f"1. Open the box.\n2. {LONG_STEP}\n3. Close the box.")]
    assert (dark.title, dark.cause) == ("The lamp is dark", "No power.")
    assert blocks(dark) == [
        ("text", "Enter this:"),
        ("code", "```\nlamp --on 7\n  --bright 9\n```"),
        ("text", "- Wait a minute.\n- Look again."),
    ]
    assert (code.messages, code.cause, blocks(code)) == (
        ("L-100",),
        "The bulb is broken",
        [("text", "Replace the bulb")],
    )


def test_running_heads_and_page_numbers_are_in_no_entry_and_are_counted() -> None:
    (document,) = documents_of(bytes_of(manual()), "lamp.pdf")
    assert not [each for each in document.elements if "manual 4.2" in each.markdown or "Page" in each.markdown]
    heads = [each.size for each in document.excluded if each.kind is ExcludedKind.PAGE_HEADER]
    assert heads == [3 * len("Lampmanual4.2") + 3 * len("Page1")]
    assert document.size == sum(each.size for each in document.elements) + sum(each.size for each in document.excluded)


def test_columns_are_read_one_after_the_other() -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", "B", 18)
    pdf.cell(0, 10, "Cranes of the northern and of the southern pier")
    for left, title, cause, fix in (
        (
            15,
            "Crane stuck",
            "The hook is caught in the old net below the pier, which is hard to see.",
            "Lower the hook.",
        ),
        (110, "Crane slow", "The oil is cold, as it is on most mornings in the north, even in May.", "Warm the oil."),
    ):
        y = 40.0
        for text, size in ((title, 13), (f"Cause: {cause}", 10), (f"Solution: {fix} {'Then wait for it. ' * 6}", 10)):
            pdf.set_xy(left, y)
            pdf.set_font("helvetica", "B" if size > 10 else "", size)
            pdf.multi_cell(80, 5, text)
            y = pdf.get_y() + 3
    stuck, slow = parse(bytes_of(pdf)).entries
    rest = ("Then wait for it. " * 6).strip()
    assert (stuck.title, stuck.cause, blocks(stuck)[0][1]) == (
        "Crane stuck",
        "The hook is caught in the old net below the pier, which is hard to see.",
        f"Lower the hook. {rest}",
    )
    assert (slow.title, blocks(slow)[0][1]) == ("Crane slow", f"Warm the oil. {rest}")


def test_an_article_that_a_browser_printed_gives_the_entries_of_its_markdown(browser: Browser) -> None:
    markdown = ARTICLE.read_text(encoding="utf-8")
    shown = re.sub(r" \{#[^}]*\}", "", markdown.partition("\n---\n")[2])
    page = browser.new_page()
    page.set_content(f"<body style='font: 12pt serif'>{MarkdownIt('commonmark').render(shown)}</body>")
    margin = {"top": "2cm", "bottom": "2cm", "left": "2cm", "right": "2cm"}
    content = page.pdf(format="A4", display_header_footer=True, margin=margin)  # type: ignore[arg-type]
    page.close()
    (document,) = documents_of(markdown.encode(), ARTICLE.name)
    expected = parse_document(document, ARTICLE.name).entries
    found = parse(content).entries
    assert told(found) == told(expected)


def stream(content: bytes, filters: bytes) -> bytes:
    head = b"%PDF-1.7\n1 0 obj\n<< /Length " + str(len(content)).encode() + b" /Filter " + filters + b" >>\n"
    return head + b"stream\n" + content + b"\nendstream\nendobj\n%%EOF"


def locked() -> bytes:
    pdf = manual()
    pdf.set_encryption(owner_password="harbour", user_password="pier")
    return bytes_of(pdf)


def pages(count: int) -> bytes:
    pdf = FPDF()
    for _ in range(count):
        pdf.add_page()
    return bytes_of(pdf)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "lamp.pdf: is not a PDF file; give it the suffix of its format"),
        (b"PK\x03\x04" + b"x" * 2000, "lamp.pdf: is not a PDF file; give it the suffix of its format"),
        (b"%PDF-1.7\n" + b"nonsense " * 99, "lamp.pdf: is damaged; export it again"),
        (bytes_of(manual())[:900], "lamp.pdf: is damaged; export it again"),
        (locked(), "lamp.pdf: has a password; save it without one"),
        (pages(1), "lamp.pdf: has no text, as a scan has none; have its text recognised, or export the article"),
        (pages(501), "lamp.pdf: has 501 pages, more than 500; split it by chapters"),
        (
            stream(zlib.compress(bytes(120_000_000), 9), b"/FlateDecode"),
            "lamp.pdf: unpacks to more than 100 MB, more than an article may have; split it",
        ),
        (
            stream(zlib.compress(zlib.compress(bytes(9_000_000))), b"[/FlateDecode /FlateDecode]"),
            "lamp.pdf: has a part that is packed twice; export it again",
        ),
        (stream(b"\x80", b"/LZWDecode"), "lamp.pdf: is packed in an old way (LZW); export it again"),
    ],
    ids=["empty", "wrong suffix", "nonsense", "cut", "password", "scan", "pages", "bomb", "twice", "lzw"],
)
def test_what_cannot_be_read_is_named(content: bytes, message: str) -> None:
    with pytest.raises(ArticleError) as caught:
        parse(content)
    assert str(caught.value) == message
