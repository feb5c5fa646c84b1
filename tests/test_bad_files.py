"""Files that are broken, disguised or hostile are reported; the others are read, in bounded time."""

import io
import json
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import ArticleError
from corpus.formats.registry import FORMATS, documents_of
from corpus.loader import load_corpus
from corpus.parsing.article_parser import parse_document
from tests.programs.processor_time import in_time

ONE = b"## A\n\nb\n"


def rejected(root: Path, name: str, content: bytes) -> str:
    (root / "valid.md").write_bytes(ONE)
    (root / name).write_bytes(content)
    corpus = load_corpus(root)
    assert [entry.entry_id for entry in corpus.entries] == ["valid#a"]
    (error,) = corpus.rejected
    return str(error)


def archive(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/") + ".xml", content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.md", b"PK\x03\x04rest", "a.md:1: is a ZIP file, perhaps a Word document; give it the suffix of its format"),
        ("a.md", b"<!doctype html><p>x", "a.md:1: is an HTML page; give it the suffix .html"),
        ("a.txt", b"%PDF-1.7", "a.txt:1: is a PDF; export the article as HTML, DOCX or text"),
        (
            "a.pdf",
            b"%PDF-1.7",
            "a.pdf: is damaged; export it again",
        ),
        ("a.xlsx", b"PK\x03\x04", "a.xlsx: is not a workbook; save it as .xlsx"),
        ("a.txt", "Kettle".encode("utf-16"), "a.txt:1: is UTF-16; save it as UTF-8"),
        ("a.txt", "ok\nHei\u00df".encode("latin-1"), "a.txt:2: is not UTF-8 from here on; save it as UTF-8"),
        ("a.html", b"", "a.html: has no content; save the page of an article"),
        ("a.html", b"<html><body><nav>Home</nav></body></html>", "a.html: has no entry"),
        ("a.html", b'<meta charset="klingon"><p>x', "a.html:1: names the encoding klingon, but is not in it"),
        ("a.docx", b"\xd0\xcf\x11\xe0rest", "a.docx: has a password, or is a Word file of the old format; save it as"),
        ("a.docx", b"no archive", "a.docx: is not a Word document; save it as .docx"),
        ("a.docx", archive(word__other=b"<x/>"), "a.docx: is not a Word document; save it as .docx"),
        ("a.docx", archive(word__document=b"<x"), "a.docx: is damaged; open it in Word and save it again"),
        (
            "a.docx",
            archive(word__document=b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
            "a.docx: declares a document type, which Word never does; save it again in Word",
        ),
        ("a.csv", b"one,two\n1,2\n", "a.csv:1: has no column for the message or the solution"),
        ("a.csv", b"Error,Fix\nE1,\n", "a.csv:2: the row has no solution; write one in its column"),
        ("a.json", b"{", "a.json:1: is not JSON"),
        ("a.json", b"[" * 200_000, "a.json: is not an export; an export is"),
        ("a.json", b'{"other": 1}', "a.json:1: is not an export; an export is"),
        ("a.jsonl", b"{}\n", 'a.jsonl:1: the line is not an entry (it has no "solution" and no "text"); correct it'),
    ],
)
def test_a_file_that_cannot_be_read_is_reported_and_the_others_are_read(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    assert rejected(tmp_path, name, content).startswith(message)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = archive(word__document=b" " * 100_000_000)
    assert len(bomb) < 200_000
    told = in_time(2, lambda: rejected(tmp_path, "a.docx", bomb))
    assert told == "a.docx: unpacks to 100 MB, more than an article may have; split it"


def test_the_pictures_of_a_word_document_have_a_limit_of_their_own(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        made.writestr("word/document.xml", "<x/>")
        with made.open("word/media/image1.png", "w") as picture:
            for _ in range(401):
                picture.write(bytes(1_000_000))
    assert rejected(tmp_path, "a.docx", file.getvalue()).startswith("a.docx: unpacks to 401 MB, more than an article")


def test_a_word_document_of_thousands_of_files_is_refused(tmp_path: Path) -> None:
    many = archive(**{f"word__{number}": b"" for number in range(2_001)})
    assert rejected(tmp_path, "a.docx", many).startswith("a.docx: has 2001 files, more than a Word document has")


def test_a_page_is_read_in_the_encoding_it_names(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes('<meta charset="iso-8859-1"><h2>Hei\u00df</h2><p>Warten'.encode("latin-1"))
    assert [entry.title for entry in load_corpus(tmp_path).entries] == ["Hei\u00df"]


@pytest.mark.parametrize(
    "body",
    [
        "<ul><li>" * 5_000 + "deep",
        "<div>" * 20_000 + "deep",
        "<blockquote>" * 3_000 + "deep",
        "<b>" * 5_000 + "deep",
        "<table><tr><td>" * 1_000 + "deep",
        "<table><tr><td>x<td>" * 1_000 + "deep",
        "<table>" + "<tr>" + "<td colspan=1000 rowspan=1000>x" * 50,
    ],
    ids=["lists", "boxes", "quotes", "bold", "tables", "wide tables", "spans"],
)
def test_a_deeply_nested_page_is_read_in_bounded_time(body: str) -> None:
    page = f"<h2>A</h2><p>b</p>{body}".encode()
    article = in_time(10, lambda: parse_document(next(iter(documents_of(page, "a.html"))), "a.html"))
    assert article.entries[0].title == "A"


def test_an_export_of_many_megabytes_is_read_in_bounded_time() -> None:
    body = "<h2>It leaks</h2><p>" + "Dry the table. " * 300 + "</p>"
    export = {"articles": [{"id": number, "title": "T", "body": body} for number in range(1_000)]}
    content = json.dumps(export).encode()

    def entries() -> int:
        return sum(len(parse_document(document, "e.json").entries) for document in documents_of(content, "e.json"))

    assert in_time(120 * len(content) / 50e6, entries) == 1_000  # 120 s for one of 50 MB


def test_a_file_larger_than_its_format_allows_is_refused_without_reading_it(tmp_path: Path) -> None:
    with (tmp_path / "a.json").open("wb") as file:
        file.truncate(65_000_000)
    (tmp_path / "valid.md").write_bytes(ONE)
    assert [str(error) for error in load_corpus(tmp_path).rejected] == [
        "a.json: is 65 MB, more than the 64 MB of its format; split it"
    ]


def test_one_article_in_two_formats_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<h2>A</h2><p>b</p>")
    (tmp_path / "a.md").write_bytes(ONE)
    assert [str(error) for error in load_corpus(tmp_path).rejected] == [
        'a.md: has the same article id as "a.html"; rename one of them'
    ]


def test_a_word_document_without_text_has_no_entry(tmp_path: Path) -> None:
    target = io.BytesIO()
    document = docx.Document()
    document.add_paragraph(" ")
    document.save(target)
    assert rejected(tmp_path, "a.docx", target.getvalue()).startswith("a.docx: has no")


SUFFIXES = st.sampled_from([suffix for each in FORMATS for suffix in each.suffixes])
TAGS = st.sampled_from(
    [
        *("<h2>", "</h2>", "<p>", "<ul>", "<li>", "</ul>", "<table>", "<tr>", "<td>", "<th>", "<dl>", "<dt>", "<dd>"),
        *("<pre>", "<b>", "</b>", "<a href=x>", "<img src=y>", "<br>", "Cause:", "Solution:", "&amp;", "<details>"),
        *("<summary>", "<blockquote>", "<div class=note>", "</div>", "<caption>", "text ", "\n", "<!--", "<nav>"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(SUFFIXES, st.binary(max_size=80) | st.lists(TAGS | st.text(max_size=4)).map(lambda each: "".join(each).encode()))
def test_any_bytes_of_any_format_become_articles_or_an_article_error(suffix: str, content: bytes) -> None:
    try:
        for document in documents_of(content, f"a{suffix}"):
            article = parse_document(document, f"a{suffix}")
            assert article.covered <= article.size
    except ArticleError:
        return


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["articles", "id", "title", "body", "text", "solution", "message", "label_names"]),
                inner,
            )
        ),
        max_leaves=8,
    ),
    st.sampled_from(["a.json", "a.jsonl"]),
)
def test_any_json_becomes_articles_or_an_article_error(value: object, source: str) -> None:
    try:
        articles = [parse_document(each, source) for each in documents_of(json.dumps(value).encode(), source)]
    except ArticleError:
        return
    assert all(parsed.entries or parsed.problems for parsed in articles)
