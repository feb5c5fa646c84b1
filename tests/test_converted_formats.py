"""reStructuredText, mail, workbooks and MDX become the same entries; what cannot be read is named, in bounded time."""

import io
import zipfile
from email.message import EmailMessage

import openpyxl
import pytest

from corpus.errors import ArticleError
from corpus.formats.registry import documents_of, format_of
from corpus.parsing.article_parser import ParsedArticle, parse_document
from tests.programs.processor_time import growth

Blocks = list[tuple[str, str]]
RST = """\
Lamps
=====

It hums
-------

See :ref:`the log <log>` about |product|.

.. warning:: It is hot.

1. Open it.
2. Close it.

.. tab-set::

   .. tab-item:: Red
      :sync: r

      Press R.

.. toctree::
   secret

It is dark
----------

Error
  Lamp 7

Solution
  Turn it on.
"""


def parse(content: bytes, source: str) -> ParsedArticle:
    (document,) = documents_of(content, source)
    return parse_document(document, source)


def blocks(parsed: ParsedArticle, entry: int = 0) -> Blocks:
    return [(each.kind.value, each.markdown) for s in parsed.entries[entry].solutions for each in s.blocks]


def test_restructured_text_is_read_with_what_only_sphinx_knows() -> None:
    parsed = parse(RST.encode(), "a.rst")
    assert (parsed.article.title, parsed.covered) == ("Lamps", parsed.size)
    assert [entry.title for entry in parsed.entries] == ["It hums", "It is dark"]
    assert blocks(parsed) == [
        ("text", "See the log about product."),
        ("caution", "It is hot."),
        ("steps", "1. Open it.\n2. Close it."),
        ("text", "**Red**"),
        ("text", "Press R."),
    ]
    assert (parsed.entries[1].messages, blocks(parsed, 1)) == (("Lamp 7",), [("text", "Turn it on.")])


def test_no_file_is_included_and_no_html_is_passed_on() -> None:
    outside = ".. include:: /etc/passwd\n\n.. raw:: html\n\n   <b>x</b>\n\n.. csv-table::\n   :file: /etc/passwd\n"
    text = f"Lamps\n=====\n\nWait.\n\n{outside}"
    assert blocks(parse(text.encode(), "a.rst")) == [("text", "Wait.")]


def mail(body: str, kind: str = "plain", subject: str = "Re: AW: Lamp is dark") -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["Date"] = subject, "a@b.example", "Sun, 29 Nov 2026 10:00:00 +0000"
    message.set_content(body, subtype=kind)
    message.add_attachment(b"x", maintype="text", subtype="plain", filename="a.txt")
    return message.as_bytes()


MAILS = {
    "plain": mail("Turn it on.\n\n1. Press.\n2. Wait.\n\n-- \nA. B.\n"),
    "quotes": mail("Turn it on.\n\n1. Press.\n2. Wait.\n\nOn Sunday, A B wrote:\n> It is dark\n"),
    "HTML": mail("<p>Turn it on.</p><ol><li>Press.</li><li>Wait.</li></ol>", "html"),
    "quotes without a lead": mail("> It is dark\nTurn it on.\n\n1. Press.\n2. Wait.\n"),
}


@pytest.mark.parametrize("content", MAILS.values(), ids=MAILS)
def test_a_mail_is_an_entry_without_quotes_and_signature(content: bytes) -> None:
    parsed = parse(content, "a.eml")
    assert (parsed.article.title, parsed.article.updated) == ("Lamp is dark", "2026-11-29")
    assert [entry.title for entry in parsed.entries] == ["Lamp is dark"]
    assert blocks(parsed) == [("text", "Turn it on."), ("steps", "1. Press.\n2. Wait.")]


def workbook(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


HEADER: list[object] = ["Error", "Cause", "Fix", "Where"]


def test_the_rows_of_a_workbook_are_entries_and_other_sheets_are_named() -> None:
    rows: list[list[object]] = [["Lamps"], HEADER, ["Lamp 7", "No power", "Turn it on", "Hall"], [7, None, "Wait"]]
    parsed = parse(workbook(rows, [["a", "b"]]), "a.xlsx")
    assert [(each.title, each.cause, each.context) for each in parsed.entries] == [
        ("Lamp 7", "No power", "Hall"),
        ("7", None, None),
    ]
    text = 'a.xlsx: the sheet "Sheet 1" has no columns for an error and its fix; name them in its first row'
    assert [str(problem) for problem in parsed.problems] == [text]


def test_mdx_is_markdown() -> None:
    text = "import A from './a'\n\n# Lamps\n\n## It hums\n\n<Note>It is hot.</Note>\n\nWait.\n"
    assert blocks(parse(text.encode(), "a.mdx")) == [("note", "It is hot."), ("text", "Wait.")]


def archive(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/") + ".xml", content)
    return target.getvalue()


ENCRYPTED = b"Subject: a\nMIME-Version: 1.0\nContent-Type: application/pkcs7-mime\n\nx\n"
BAD = {
    "an empty text": ("a.rst", b"", "a.rst: has no entry"),
    "another encoding": ("a.rst", "Lamp".encode("utf-16"), "a.rst:1: is UTF-16"),
    "indented without end": ("a.rst", b"\n".join(b" " * n + b"- a" for n in range(0, 900, 2)), "nested too deeply"),
    "an empty mail": ("a.eml", b"", "a.eml: is not a mail"),
    "no mail": ("a.eml", b"%PDF-1.7", "a.eml: is not a mail"),
    "a mail without a text": ("a.eml", b"Subject: a\n\n", "a.eml: has no text"),
    "an encrypted mail": ("a.eml", ENCRYPTED, "a.eml: is encrypted"),
    "an empty workbook": ("a.xlsx", b"", "a.xlsx: is not a workbook"),
    "no workbook": ("a.xlsx", archive(a=b"x"), "a.xlsx: is not a workbook"),
    "half a workbook": ("a.xlsx", workbook([HEADER, ["a", "b", "c", "d"]])[:1_000], "a.xlsx: is not a workbook"),
    "a workbook with a password": ("a.xlsx", b"\xd0\xcf\x11\xe0rest", "a.xlsx: has a password"),
    "a bomb": ("a.xlsx", archive(xl__workbook=b"<a/>", xl__b=b" " * 110_000_000), "unpacks to 2 files with 110 MB"),
    "entities": ("a.xlsx", archive(xl__workbook=b"<!DOCTYPE a>"), "declares a document type"),
}


@pytest.mark.parametrize(("source", "content", "message"), BAD.values(), ids=BAD)
def test_what_cannot_be_read_is_named(source: str, content: bytes, message: str) -> None:
    with pytest.raises(ArticleError, match=message):
        parse(content, source)


@pytest.mark.parametrize(("source", "most"), [("a.rst", 1_000_000), ("a.eml", 20_000_000), ("a.xlsx", 20_000_000)])
def test_fifty_megabytes_are_refused_by_their_size(source: str, most: int) -> None:
    assert format_of(source).max_bytes == most


def test_many_tables_take_time_in_proportion() -> None:
    table = "== ==\na  b\n== ==\n\n"

    def read(count: int) -> None:
        documents_of(f"Lamps\n=====\n\n{table * count}".encode(), "a.rst")

    read(1)  # loads docutils
    assert growth(read, 50, 400, most=40) < 40


def test_a_mail_of_many_nested_parts_is_named() -> None:
    head = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n' for n in range(500))
    with pytest.raises(ArticleError, match=r"a\.eml: (?:has|is) "):
        parse(f"Subject: a\nMIME-Version: 1.0\n{head}Content-Type: text/plain\n\nx\n".encode(), "a.eml")
