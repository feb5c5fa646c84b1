"""An article's Markdown is shown as safe HTML, with the query's words marked."""

from __future__ import annotations

import re

import pytest
from markupsafe import Markup

from assistant.rendering.safe_markdown import PLAIN, MarkdownOptions, Steps, blocks, inline, is_web_address
from tests.programs.processor_time import growth, in_time


def html(markdown: str, options: MarkdownOptions = PLAIN) -> str:
    """Return the HTML of a text that holds no steps."""
    return "".join(block for block in blocks(markdown, options) if isinstance(block, Markup))


def marked(text: str, words: set[str]) -> str:
    return inline(text, MarkdownOptions(words=words))


def test_a_numbered_list_is_steps_that_keep_their_numbers() -> None:
    assert blocks("3. Open *Xero*\n4. Save") == [Steps(3, (Markup("Open <em>Xero</em>"), Markup("Save")))]


def test_a_list_inside_a_step_stays_inside_it() -> None:
    assert blocks("1. Open\n   - Sales") == [Steps(1, (Markup("Open\n<ul>\n<li>Sales</li>\n</ul>\n"),))]


def test_what_stands_between_numbered_lists_stays_between_them() -> None:
    assert blocks("1. a\n\nb <c>\n\n1. d") == [
        Steps(1, (Markup("a"),)),
        "<p>b &lt;c&gt;</p>\n",
        Steps(1, (Markup("d"),)),
    ]


def test_raw_html_is_text() -> None:
    assert html("a <b onclick=x>b</b>") == "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "//evil.example/x", "x"]
)
def test_a_link_to_anything_but_the_web_or_mail_leads_nowhere(address: str) -> None:
    assert html(f"[here]({address})") == '<p><a rel="noopener noreferrer">here</a></p>\n'


def test_a_relative_link_starts_from_the_articles_address() -> None:
    linked = html("[here](other#x)", MarkdownOptions(base="https://help.example/a/b"))
    assert linked == '<p><a href="https://help.example/a/other#x" rel="noopener noreferrer">here</a></p>\n'


def test_a_picture_is_shown_only_from_where_the_article_keeps_it() -> None:
    options = MarkdownOptions(image=lambda source: f"/images/{source}" if source == "a.png" else None)
    assert html("![The menu](a.png)", options) == '<p><img src="/images/a.png" alt="The menu"></p>\n'
    assert html("![The menu](https://evil.example/a.png)", options) == "<p><em>Picture: The menu</em></p>\n"


def test_code_and_tables_are_kept() -> None:
    assert html("```\nls <x>\n```") == "<pre><code>ls &lt;x&gt;\n</code></pre>\n"
    assert "<th>a</th>" in html("| a |\n|---|\n| b |")


def test_headings_within_a_text_do_not_disturb_the_pages_own() -> None:
    assert html("# Big *B*") == "<p><strong>Big <em>B</em></strong></p>"


def test_words_of_the_query_are_marked_in_any_case_and_with_short_endings() -> None:
    assert marked("Paid invoices", {"paid", "invoice"}) == "<mark>Paid</mark> <mark>invoices</mark>"
    assert marked("paying payments", {"pay"}) == "paying payments"


def test_words_that_say_nothing_are_not_marked() -> None:
    marks = marked("What is owed, and what was paid", {"what", "whats", "is", "paid"})
    assert marks == "What is owed, and what was <mark>paid</mark>"


def test_marking_happens_before_escaping() -> None:
    assert marked("<b>amp & b", {"b", "amp"}) == "&lt;<mark>b</mark>&gt;<mark>amp</mark> &amp; <mark>b</mark>"
    assert inline("`paid <b>`", MarkdownOptions(words={"paid", "lt"})) == "<code><mark>paid</mark> &lt;b&gt;</code>"


@pytest.mark.parametrize("address", ["javascript:x", "https://[x", "https:", "", None, "mailto:a@b.example", "a/b"])
def test_only_absolute_web_addresses_are_linked_to(address: str | None) -> None:
    assert not is_web_address(address)


def test_hostile_markdown_is_read_in_bounded_time() -> None:
    assert in_time(5, lambda: [blocks(piece * 5000) for piece in ("[", "*a_", "![](", "> ", "`", "<")])


def test_a_paragraph_of_many_pages_is_shown_as_it_is_written() -> None:
    assert inline("**a** " * 1_000).count("<strong>") == 1_000
    assert inline("**a** " * 2_000) == ("**a** " * 2_000).strip()


@pytest.mark.parametrize("before", ["", "```\n", "    "], ids=["text", "fence", "code"])
def test_a_long_text_is_complete(before: str) -> None:
    text = "a & b <i> " * 20_000
    shown = "".join(str(each) for each in blocks(before + text))
    assert "".join(re.findall(r">([^<]+)<", shown)).strip() == ("a &amp; b &lt;i&gt; " * 20_000).strip()
    assert "<!--" not in shown


@pytest.mark.parametrize("before", ["", "```\n", "    "], ids=["text", "fence", "code"])
def test_many_ampersands_cost_in_proportion(before: str) -> None:
    """nh3 takes thirteen times as long for four times as many in one text."""
    assert growth(lambda size: blocks(before + "&" * size), 100_000, 400_000, most=7) < 7
