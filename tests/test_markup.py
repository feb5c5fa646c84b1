"""An article's Markdown is shown as safe HTML, with the query's words marked."""

from __future__ import annotations

import time

import pytest

from assistant.rendering.safe_markdown import Setting, inline_html, is_web_address, marked, to_html


def test_numbered_steps_get_a_box_to_tick_and_keep_their_numbers() -> None:
    html = to_html("3. Open *Xero*\n4. Save")
    assert html == (
        '<ol class="steps" start="3">'
        '<li class="step"><label class="tick"><input type="checkbox"><span class="number" aria-hidden="true">3.</span>'
        '<span class="unseen">Step 3 done</span></label><div class="step-text">Open <em>Xero</em></div></li>'
        '<li class="step"><label class="tick"><input type="checkbox"><span class="number" aria-hidden="true">4.</span>'
        '<span class="unseen">Step 4 done</span></label><div class="step-text">Save</div></li></ol>'
    )


def test_a_list_inside_a_step_stays_inside_it() -> None:
    assert '<div class="step-text">Open\n<ul>\n<li>Sales</li>\n</ul>\n</div>' in to_html("1. Open\n   - Sales")


def test_raw_html_is_text() -> None:
    assert to_html("a <b onclick=x>b</b>") == "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "//evil.example/x", "x"]
)
def test_a_link_to_anything_but_the_web_or_mail_leads_nowhere(address: str) -> None:
    assert to_html(f"[here]({address})") == '<p><a rel="noopener noreferrer">here</a></p>\n'


def test_a_relative_link_starts_from_the_articles_address() -> None:
    html = to_html("[here](other#x)", Setting(base="https://help.example/a/b"))
    assert html == '<p><a href="https://help.example/a/other#x" rel="noopener noreferrer">here</a></p>\n'


def test_a_picture_is_shown_only_from_where_the_article_keeps_it() -> None:
    setting = Setting(image=lambda source: f"/images/{source}" if source == "a.png" else None)
    assert to_html("![The menu](a.png)", setting) == '<p><img src="/images/a.png" alt="The menu"></p>\n'
    assert to_html("![The menu](https://evil.example/a.png)", setting) == "<p><em>Picture: The menu</em></p>\n"


def test_code_and_tables_are_kept() -> None:
    assert to_html("```\nls <x>\n```") == "<pre><code>ls &lt;x&gt;\n</code></pre>\n"
    assert "<th>a</th>" in to_html("| a |\n|---|\n| b |")


def test_headings_within_a_text_do_not_disturb_the_pages_own() -> None:
    assert to_html("# Big") == "<p><strong>Big</strong></p>\n"


def test_words_of_the_query_are_marked_in_any_case_and_with_short_endings() -> None:
    assert marked("Paid invoices", {"paid", "invoice"}) == "<mark>Paid</mark> <mark>invoices</mark>"
    assert marked("paying payments", {"pay"}) == "paying payments"


def test_words_that_say_nothing_are_not_marked() -> None:
    marks = marked("What is owed, and what was paid", {"what", "whats", "is", "paid"})
    assert marks == "What is owed, and what was <mark>paid</mark>"


def test_marking_happens_before_escaping() -> None:
    assert marked("<b>amp & b", {"b", "amp"}) == "&lt;<mark>b</mark>&gt;<mark>amp</mark> &amp; <mark>b</mark>"
    assert inline_html("`paid <b>`", Setting(words={"paid", "lt"})) == "<code><mark>paid</mark> &lt;b&gt;</code>"


@pytest.mark.parametrize("address", ["javascript:x", "https://[x", "https:", "", None, "mailto:a@b.example", "a/b"])
def test_only_absolute_web_addresses_are_linked_to(address: str | None) -> None:
    assert not is_web_address(address)


def test_hostile_markdown_is_read_in_bounded_time() -> None:
    began = time.perf_counter()
    for piece in ("[", "*a_", "![](", "> ", "`", "<"):
        to_html(piece * 5000)
    assert time.perf_counter() - began < 5
