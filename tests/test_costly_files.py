"""Files whose reading took minutes or gigabytes take what others of their size take, or are refused by name."""

from __future__ import annotations

import gc
import json
import re
import signal
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from lxml import html as lxml_html

from corpus.article import Block, BlockKind, Solution
from corpus.authoring.findings import Finding, Rule, Severity
from corpus.errors import ArticleError
from corpus.formats.decoding import check_lines
from corpus.formats.html.limits import check_blocks, check_tags, has_too_many_attributes
from corpus.formats.plain_text_blocks import blocks_of
from corpus.formats.plain_text_boilerplate import split_boilerplate
from corpus.labels import DEFAULT_LABELS
from corpus.loader import load_corpus, read_content
from corpus.parsing.article_parser import ParsedArticle
from corpus.parsing.entry_ids import EntryIds
from corpus.time_limit import time_limit
from index.analysis.spelling import spelling_files
from index.analysis.terms import TermList
from index.messages.template_extraction import template_of
from tests.programs.processor_time import in_time

_MOST_S = 5.0  # of processor, for a small file; a busy machine must not fail a test
OK = "## A\n\n**Solution:** b\n"


def read(content: str | bytes, name: str) -> ParsedArticle | ArticleError:
    """Read a file that has one article, in time."""
    data = content if isinstance(content, bytes) else content.encode()
    (result,) = in_time(_MOST_S, lambda: read_content(data, name))
    return result


def problem(content: str | bytes, name: str) -> str:
    result = read(content, name)
    assert isinstance(result, ArticleError)
    return str(result)


def article(content: str, name: str) -> ParsedArticle:
    result = read(content, name)
    assert isinstance(result, ParsedArticle), result
    return result


def test_underlined_headings_of_a_text_one_after_another() -> None:
    assert problem("a\n===\n" * 3_000, "a.txt").startswith("a.txt: has no entry; ")


def test_short_lines_of_a_text_one_after_another() -> None:
    lines = [f"a{number // 2}" * (number % 2) for number in range(60_000)]
    blocks, excluded = in_time(_MOST_S, lambda: split_boilerplate(blocks_of(lines, DEFAULT_LABELS)))
    assert (len(blocks), excluded) == (30_000, ())


def test_twenty_thousand_headings_of_one_name_have_ids_of_their_own() -> None:
    def ids() -> list[str]:
        given = EntryIds("a", "a.md")
        return [given.make(None, None, ["b"], None) for _ in range(20_000)]

    made = in_time(_MOST_S, ids)
    assert (made[:3], made[-1]) == (["a#b", "a#b-2", "a#b-3"], "a#b-20000")


def test_a_number_that_another_heading_has_is_not_given_again() -> None:
    entries = article("".join(f"## {name}\n\n**Solution:** b\n\n" for name in ("a", "a 2", "a", "a")), "a.md").entries
    assert [each.entry_id for each in entries] == ["a#a", "a#a-2", "a#a-3", "a#a-4"]


def test_a_table_of_thousands_of_columns_is_refused() -> None:
    header = ",".join(f"Column {number}" for number in range(1_001))
    assert problem(f"{header}\n", "a.csv") == "a.csv:1: has a row of 1,001 cells, more than 1,000"
    wide = ",".join(["Message", "Solution", *(f"Column {number}" for number in range(998))])
    assert [each.title for each in article(f"{wide}\nB,c{',' * 998}\n", "a.csv").entries] == ["B"]


def test_a_table_of_codes_has_not_more_lines_than_its_length_explains() -> None:
    assert problem("a\n\n" * 11_000, "a.csv") == (
        "a.csv: has 22,000 lines in 33,000 characters, more than an article has; split it"
    )
    rows = "".join(f"E-{number:05},The printer number {number} is out of paper today\n" for number in range(9_000))
    assert len(article(rows + "\n" * 9_000, "a.csv").entries) == 9_000


def test_the_words_of_a_text_with_a_word_of_many_pages_are_written_down() -> None:
    files = in_time(_MOST_S, lambda: spelling_files(["a" * 200_000 + " toner2 E_tray-7 printer"]))
    payload = files["spelling.safetensors"]
    assert not isinstance(payload, bytes)
    words = TermList(payload["words"], payload["starts"])
    assert [word[:10] for word in words] == ["aaaaaaaaaa", "printer", "tray"]
    assert payload["counts"].tolist() == [1, 1, 0]  # nothing is corrected to a part of a code


def test_below_an_answer_may_stand_thousands_of_headings_with_ids() -> None:
    headings = "".join(f"## a {{#a{number}}}\n" for number in range(9_000))
    read_ = article(json.dumps({"message": "B", "solution": f"c\n\n{headings}"}), "a.jsonl")
    assert [each.solutions for each in read_.entries] == [(Solution(None, (Block(BlockKind.TEXT, "c"),)),)]
    assert len(read_.problems) == 9_000


def test_a_message_of_spaces_is_no_message() -> None:
    assert template_of(" " * 5_000).elements == ()


def test_the_title_of_a_page_may_end_in_a_thousand_dashes() -> None:
    page = f"<html><title>Jam {'a - ' * 30_000}|</title><body><h2>B</h2><p>Solution: c</p>"
    assert article(page, "a.html").article.title.startswith("Jam a - a")


def test_the_name_of_the_site_at_the_end_of_a_title_is_left_out() -> None:
    page = "<html><title>Paper jam | Acme Help</title><body><h2>B</h2><p>Solution: c</p>"
    assert article(page, "a.html").article.title == "Paper jam"


def test_a_table_of_one_wide_row_and_many_narrow_ones() -> None:
    wide = "".join(f"<td>{number}" for number in range(1_000))
    page = f"<html><body><h2>B</h2><p>Solution:</p><table><tr>{wide}{'<tr><td>a<td>b' * 1_000}</table>"
    _, block = article(page, "a.html").entries[0].solutions[0].blocks
    first, *_ = block.markdown.split("\n")
    assert first.startswith("| 0 | 1 | 2 |")
    assert first.endswith("| 198 | " + " ".join(map(str, range(199, 1_000))) + " |")


def test_front_matter_of_aliases_of_aliases() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)]
    front = "\n".join(lines)
    assert problem(f"---\n{front}\n---\n\n{OK}", "a.md") == (
        "a.md:3: the front matter is not valid YAML (*a repeats another value, or is text that needs quotation marks); "
        "correct it"
    )


def test_front_matter_of_a_thousand_lines_is_refused() -> None:
    assert problem("---\n" + "- a b c d\n" * 8_000 + f"---\n\n{OK}", "a.md") == (
        "a.md:1: the front matter has 79,999 characters, more than 50,000; shorten it, or end it with a line ---"
    )


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.rst"])
def test_a_text_has_20_000_lines_or_one_for_each_40_characters(name: str) -> None:
    assert problem("a\n" * 20_001, name) == (
        f"{name}: has 20,001 lines in 40,002 characters, more than an article has; split it"
    )
    check_lines("a\n" * 20_000, name)
    check_lines(("a" * 39 + "\n") * 30_000, name)
    with pytest.raises(ArticleError, match="has 30,000 lines in 1,170,000 characters"):
        check_lines(("a" * 38 + "\n") * 30_000, name)


def test_a_page_has_10_000_blocks_or_one_for_each_100_characters() -> None:
    page = "<html><body><h2>B</h2><p>Solution: c</p>"
    assert problem(page + "<p>a" * 9_999, "a.html") == (
        "a.html: has 10,001 paragraphs, items and rows in 40,036 characters, more than an article has; split it"
    )
    assert isinstance(read(page + "<p>a" * 9_998, "a.html"), ParsedArticle)
    body = lxml_html.fragment_fromstring("<p>a</p>" * 12_000, create_parent="body")
    check_blocks(body, 1_200_000, "a.html")
    with pytest.raises(ArticleError, match="has 12,000 paragraphs, items and rows in 1,199,999 characters"):
        check_blocks(body, 1_199_999, "a.html")


@pytest.mark.parametrize("between", ["", '="<>"', "='a b'"])
def test_a_tag_has_a_thousand_attributes_at_most(between: str) -> None:
    many = " ".join(f"a{number}{between}" for number in range(1_001))
    page = f"<html>\n<body><h2 {many}>B</h2><p>Solution: c</p>"
    assert problem(page, "a.html") == ("a.html:2: has a tag with 1,001 attributes, more than any tag has; remove them")
    assert isinstance(read(f"{OK}\n<div {many}>\n\nb\n\n</div>\n", "a.md"), ParsedArticle)
    assert has_too_many_attributes(f"<div {many}>")
    assert isinstance(read(page.replace(f"a7{between} ", ""), "a.html"), ParsedArticle)


def test_a_value_in_a_tag_may_be_long_and_a_quotation_mark_may_stay_open() -> None:
    data = "A B" * 10_000
    for tag in (f'<h2 style="{data}">', f"<h2 a=x title='{data}'>", '<h2 a="' + data):
        assert isinstance(read(f"<html><body><h2>B</h2><p>Solution: c</p>{tag}", "a.html"), ParsedArticle)


@pytest.mark.parametrize("unit", ['<a b="', "<a '\" = ", "<a b=", "<a ", "='", '<a "'])
def test_attributes_are_counted_in_time(unit: str) -> None:
    def check() -> None:
        with suppress(ArticleError):
            check_tags(unit * (1_000_000 // len(unit)), "a.html")

    in_time(2, check)


def test_code_blocks_that_are_never_closed() -> None:
    assert isinstance(read("```x\n\n## A\n\nb\n\n" * 500, "a.md"), ParsedArticle)


def test_backticks_in_the_cell_of_a_table() -> None:
    runs = " ".join("`" * length for length in range(1, 630))
    (entry,) = article(f"| Message | Solution |\n|---|---|\n| {runs} | b |\n", "a.md").entries
    assert entry.solutions[0].blocks[0].markdown == "b"


ENTITIES = '<!DOCTYPE x [<!ENTITY a "b">]><w:document xmlns:w="x">&a;</w:document>'


@pytest.mark.parametrize(
    ("member", "content"),
    [
        ("word/document.xml", ENTITIES.encode()),
        ("word/document.xml", f"<!--{' ' * 9_000}-->{ENTITIES}".encode()),
        ("word/document.xml", f'<?xml version="1.0" encoding="utf-16"?>{ENTITIES}'.encode("utf-16")),
        ("word/picture.png", ENTITIES.encode()),
    ],
    ids=["plainly", "after a comment", "in UTF-16", "in another file"],
)
def test_a_word_document_that_declares_entities(member: str, content: bytes) -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(member, content)
        if member != "word/document.xml":
            archive.writestr("word/document.xml", "<x/>")
    assert problem(file.getvalue(), "a.docx") == (
        "a.docx: declares a document type, which Word never does; save it again in Word"
    )


def test_a_word_document_that_unpacks_to_more_than_an_article_has() -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<x>{' ' * 41_000_000}</x>")
    assert problem(file.getvalue(), "a.docx") == "a.docx: unpacks to 41 MB, more than an article may have; split it"


def test_what_is_wrong_is_told_without_the_middle_of_a_heading_of_many_pages() -> None:
    name = "a" * 1_000_000
    (result,) = read_content(f"## {name} {{#b}}\n\n## C\n\n**Solution:** d\n".encode(), "a.md")
    assert isinstance(result, ParsedArticle)
    (told,) = result.problems
    assert str(told).startswith('a.md:1: the entry "aaaa')
    assert str(told).endswith('has no solution; write one under its heading, then run "assistant build"')
    assert len(str(told)) < 700


def test_a_finding_is_told_without_its_middle() -> None:
    finding = Finding(Rule.NO_CAUSE, Severity.WARNING, "a.md", 1, f"remove {'a' * 1_000}; then run it")
    assert len(finding.text) == 600
    assert (finding.text[:9], finding.text[-15:]) == ("remove aa", "aa; then run it")


def test_a_file_that_takes_too_long_is_named_and_the_build_goes_on(tmp_path: Path) -> None:
    content = b"## A\n\n**Solution:** b\n\n" * 2_000
    gc.collect()
    gc.disable()  # an interruption within a finaliser, or within what hypothesis does at each collection, is lost
    try:
        (told,) = read_content(content, "a.md", patience=0.0001)
    finally:
        gc.enable()
    assert str(told) == "a.md: takes more than 0.0 seconds to read; split it, or remove what repeats in it"
    (tmp_path / "a.md").write_bytes(content)
    assert len(load_corpus(tmp_path).entries) == 2_000


def test_a_pattern_that_is_being_matched_is_interrupted() -> None:
    with (
        pytest.raises(ArticleError, match=r"^a\.md: takes more than 0\.1 seconds to read"),
        time_limit("a.md", 0, scale=0.005),
    ):
        re.match("(a+)+$", "a" * 50 + "b")


def test_what_comes_after_is_not_interrupted() -> None:
    with time_limit("a.md", 0, scale=0.001):
        pass
    began = time.process_time()
    while time.process_time() - began < 0.1:
        pass
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_in_another_thread_what_takes_too_long_is_interrupted_too_and_nothing_after_it() -> None:
    def read() -> str:
        try:
            with time_limit("a.md", 0, scale=0.005):
                until = time.thread_time() + 5
                while time.thread_time() < until:
                    pass
        except ArticleError as error:
            return str(error)
        return "not interrupted"

    def go_on() -> str:
        with time_limit("a.md", 0, scale=0.005):
            pass
        began = time.thread_time()
        while time.thread_time() - began < 0.2:
            pass
        return "done"

    with ThreadPoolExecutor(1) as threads:
        told = "a.md: takes more than 0.1 seconds to read; split it, or remove what repeats in it"
        assert threads.submit(read).result() == told
        assert threads.submit(go_on).result() == "done"
