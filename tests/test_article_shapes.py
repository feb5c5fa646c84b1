"""Articles as other tools write them and as browsers copy them become complete entries."""

import io
import json
from collections.abc import Sequence

import docx
import pytest

from corpus.article import Entry
from corpus.errors import ArticleError
from corpus.formats.document import ExcludedKind
from corpus.formats.registry import documents_of
from corpus.parsing.article_parser import ParsedArticle, parse_document

Summary = tuple[str, tuple[str, ...], str | None, list[tuple[str | None, str]]]


def parse(content: str, source: str) -> list[ParsedArticle]:
    return [parse_document(document, source) for document in documents_of(content.encode(), source)]


def summary(entry: Entry) -> Summary:
    """Return an entry's title, messages, cause, and the title and texts of each solution."""
    solutions = [(each.title, " | ".join(block.markdown for block in each.blocks)) for each in entry.solutions]
    return entry.title, entry.messages, entry.cause, solutions


def entries(content: str, source: str) -> list[Summary]:
    articles = parse(content, source)
    assert [article.covered for article in articles] == [article.size for article in articles]
    return [summary(entry) for article in articles for entry in article.entries]


TWO = [
    ("It leaks", ("Water is lost",), "The seal is old.", [(None, "Change it.")]),
    ("It hisses", ("Steam is lost",), "The lid is open.", [(None, "Close it.")]),
]
CASES = {
    "a question and a dash end a bold label": (
        "a.md",
        (
            "# Pots\n\n## It leaks\n\n**Error:** Water is lost\n\n**Why does this happen?** The seal is old.\n\n"
            "**How do I fix it?** Change it.\n\n## It hisses\n\n**Error** \u2013 Steam is lost\n\n"
            "**What it means** \u2013 The lid is open.\n\n**What to do** \u2013 Close it.\n"
        ),
        TWO,
    ),
    "headings in other words": (
        "a.md",
        (
            "# Pots\n\n## It leaks\n\n### Error text\n\nWater is lost\n\n### What causes this error?\n\nThe "
            "seal is old.\n\n"
            "### How can I resolve this issue?\n\nChange it.\n\n## It hisses\n\n### Issue\n\nSteam is lost\n\n"
            "### Root cause\n\nThe lid is open.\n\n### Remedy\n\nClose it.\n"
        ),
        TWO,
    ),
    "lines in bold in place of headings": (
        "a.md",
        (
            "# Pots\n\n**It leaks**\n\n**Error:** Water is lost\n\n**Cause:** The seal is old.\n\n**Fix:** "
            "Change it.\n\n"
            "**It hisses**\n\n**Error:** Steam is lost\n\n**Cause:** The lid is open.\n\n**Fix:** Close it.\n"
        ),
        TWO,
    ),
    "every heading of level 1, and the first the title": (
        "a.md",
        (
            "# Pots\n\nBy me\n\n# It leaks\n\n**Error:** Water is lost\n\n**Cause:** The seal is old.\n\n"
            "**Fix:** Change it.\n\n# It hisses\n\n- **Error**\n\n    Steam is lost\n\n- **Cause**\n\n"
            "    The lid is open.\n\n- **Fix**\n\n    Close it.\n"
        ),
        TWO,
    ),
    "a table of HTML in Markdown, its errors in a column of another name": (
        "a.md",
        (
            "# Pots\n\n<table><tr><th>Display</th><th>Cause</th><th>Fix</th></tr>\n<tr><td>E1</td><td>Rust</td>"
            "<td><ul><li>Oil</li><li>Wait</li></ul></td></tr></table>\n"
        ),
        [("E1", ("E1",), "Rust", [(None, "- Oil\n- Wait")])],
    ),
    "a table without a column for what to do": (
        "a.md",
        "# Pots\n\n| Message | Meaning |\n|---|---|\n| Lid open | Close it. |\n",
        [("Lid open", ("Lid open",), None, [(None, "Close it.")])],
    ),
    "a code and its text in two columns": (
        "a.md",
        "# Pots\n\n| Code | Error message | Fix |\n|---|---|---|\n| 41 | Lid open | 1. Turn.<br>2. Shut. |\n",
        [("41: Lid open", ("41", "Lid open"), None, [(None, "1. Turn.\n2. Shut.")])],
    ),
    "a list with an entry in each item": (
        "a.md",
        "# Pots\n\n- **Error 10: lid.** Close it.\n- **Error 11: heat.** Cool it.\n",
        [
            ("Error 10: lid.", ("Error 10: lid.",), None, [(None, "Close it.")]),
            ("Error 11: heat.", ("Error 11: heat.",), None, [(None, "Cool it.")]),
        ],
    ),
    "what to do as headings below what is wrong": (
        "a.md",
        "# Pots\n\n## The pot does not boil\n\n### Check the plug\n\nPush it.\n\n### Restart it\n\nPress twice.\n",
        [("The pot does not boil", (), None, [("Check the plug", "Push it."), ("Restart it", "Press twice.")])],
    ),
    "questions and answers": (
        "a.md",
        "# FAQ\n\n### Q: Is it hot?\n\nA: Yes.\n\n### 2. Is it loud?\n\nA: No.\n",
        [
            ("Is it hot?", ("Is it hot?",), None, [(None, "Yes.")]),
            ("Is it loud?", ("Is it loud?",), None, [(None, "No.")]),
        ],
    ),
    "boxes and links to more are no solution": (
        "a.md",
        (
            "# Pots fail\n\n## Cause\n\nRust.\n\n## Resolution\n\nOil it.\n\n> [!WARNING]\n> It is hot.\n\n"
            "## Related articles\n\n- [Lids](lids.md)\n"
        ),
        [("Pots fail", (), "Rust.", [(None, "Oil it. | It is hot.")])],
    ),
    "a message quoted among the symptoms": (
        "a.md",
        (
            '# Pots fail\n\n## Symptoms\n\nYou see:\n\n> Water is lost.\n\nThen it says "Lid is open" and `ls '
            "-l /tmp`.\n\n"
            "**Logs**\n\nSee below.\n\n## Cause\n\nRust.\n\n## Resolution\n\nOil it.\n"
        ),
        [("Pots fail", ("Water is lost.", "Lid is open"), "Rust.", [(None, "Oil it.")])],
    ),
    "a page with its surroundings": (
        "a.html",
        (
            '<html><head><title>Pots - Help</title></head><body class="with-sidebar"><div class="page has-sidebar">'
            '<div id="cookie-consent"><p>We value your privacy.</p></div><form id="aspnetForm"><div '
            'class="toc">Lids</div>'
            "<h1>Pots</h1><h2><button>It leaks</button></h2><p><b>Error</b><br>Water is lost</p><p><b>Why am I seeing "
            "this?</b></p><p>The seal is old.</p><p><b>Fix</b></p><p>Change it.</p><h2>It "
            "hisses</h2><p><b>Error</b></p>"
            "<p>Steam is lost</p><p><b>Cause</b></p><p>The lid is open.</p><p><b>Fix</b></p><p>Close it.</p></form>"
            '<div class="related-articles"><h3>Lids</h3></div></div></body></html>'
        ),
        TWO,
    ),
    "a page of a word processor": (
        "a.html",
        (
            "<html><head><style>.c2{color:#000;font-weight:700}</style></head><body><p "
            'class="title">Pots</p><h2>It leaks'
            '</h2><p><span class="c2">Cause: </span>Rust.</p><p><span style="font-weight:bold">Fix:</span></p>'
            "<p>1.&nbsp; Open it.</p><p>2.&nbsp; Oil it.</p></body></html>"
        ),
        [("It leaks", (), "Rust.", [(None, "1. Open it.\n2. Oil it.")])],
    ),
    "a page whose list was cut, with a box of an icon": (
        "a.html",
        (
            '<h1>Pots fail</h1><h2>Fix</h2><ol><li>Open.</li></ol><ol start="2"><li>Oil.</li></ol>'
            '<figure class="callout"><div>&#9888;</div><div>It is hot.</div></figure>'
        ),
        [("Pots fail", (), None, [(None, "1. Open.\n2. Oil. | It is hot.")])],
    ),
    "answers that unfold": (
        "a.html",
        (
            "<h1>FAQ</h1><details><summary>Is it hot?</summary><p>Yes.</p></details>"
            '<button class="accordion">Is it loud?</button><div><p>No.</p></div>'
        ),
        [
            ("Is it hot?", ("Is it hot?",), None, [(None, "Yes.")]),
            ("Is it loud?", ("Is it loud?",), None, [(None, "No.")]),
        ],
    ),
    "a list of terms": (
        "a.html",
        "<h1>Pots</h1><dl><dt>ERR_LID</dt><dd>Close it.</dd><dt>ERR_HOT</dt><dd>Cool it.</dd></dl>",
        [
            ("ERR_LID", ("ERR_LID",), None, [(None, "Close it.")]),
            ("ERR_HOT", ("ERR_HOT",), None, [(None, "Cool it.")]),
        ],
    ),
    "a table with merged cells and a row for a group": (
        "a.html",
        (
            '<h1>Pots</h1><table><tr><th>Part</th><th>Error</th><th>Fix</th></tr><tr><td colspan="3">Lids</td></tr>'
            '<tr><td rowspan="2">Lid</td><td>E1</td><td>Shut it.</td></tr><tr><td>E2</td><td>Oil it.</td></tr></table>'
        ),
        [("E1", ("E1",), None, [(None, "Shut it.")]), ("E2", ("E2",), None, [(None, "Oil it.")])],
    ),
    "a text copied line by line": (
        "a.txt",
        (
            "Skip to main content\nPot Help\nSign in\nLids\nPots\nPots\nUpdated 3 months ago\nIt leaks\nSymptoms\n"
            "The table is wet.\nCause\nThe seal is old.\nResolution\n1. Open it.\n2. Change it.\nIt hisses\nSymptoms\n"
            "Steam\nCause\nThe lid is open.\nResolution\nClose it.\nWas this page helpful?\nYes No\n\u00a9 Pots\n"
        ),
        [
            ("It leaks", (), "The seal is old.", [(None, "1. Open it.\n2. Change it.")]),
            ("It hisses", (), "The lid is open.", [(None, "Close it.")]),
        ],
    ),
    "a text copied with a blank line after each": (
        "a.txt",
        (
            "Pots\n\nError\n\nLid open\n\nCause\n\nRust\n\nSolution\n\nOil it\n\nError\n\nPot hot\n\nCause\n\nFire\n\n"
            "Solution\n\nCool it\n"
        ),
        [
            ("Lid open", ("Lid open",), "Rust", [(None, "Oil it")]),
            ("Pot hot", ("Pot hot",), "Fire", [(None, "Cool it")]),
        ],
    ),
    "a table copied as text": (
        "a.txt",
        "Status codes\n\nError\tCause\tSolution\nE1 lid\tRust\tOil it.\nE2 heat\tFire\tCool it.\n",
        [("E1 lid", ("E1 lid",), "Rust", [(None, "Oil it.")]), ("E2 heat", ("E2 heat",), "Fire", [(None, "Cool it.")])],
    ),
    "a numbered list of errors, and a code that is no number of a label": (
        "a.txt",
        (
            "POT ERRORS\n\n1. E100 - Lid open\n   Cause: Rust.\n   Remedy: Oil it.\n\n2. Error 200: heat\n   "
            "Cause: Fire.\n"
            "   Remedy: Cool it.\n"
        ),
        [
            ("E100 - Lid open", ("E100 - Lid open",), "Rust.", [(None, "Oil it.")]),
            ("Error 200: heat", ("Error 200: heat",), "Fire.", [(None, "Cool it.")]),
        ],
    ),
}


@pytest.mark.parametrize(("source", "content", "wanted"), CASES.values(), ids=CASES)
def test_an_article_of_this_shape_becomes_complete_entries(
    source: str, content: str, wanted: Sequence[Summary]
) -> None:
    assert entries(content, source) == list(wanted)


def test_unlabelled_columns_and_the_row_of_a_group_become_context() -> None:
    (parsed,) = parse(CASES["a table with merged cells and a row for a group"][1], "a.html")
    assert [entry.context for entry in parsed.entries] == ["Lids\n\nPart: Lid"] * 2


def word_document(*paragraphs: str, table: Sequence[tuple[str, str]] = ()) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        made = document.add_table(rows=0, cols=2)
        for pair in table:
            for cell, text in zip(made.add_row().cells, pair, strict=True):
                cell.text = text
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def test_a_word_document_may_have_headings_without_a_style() -> None:
    lines = ["Pots", "It leaks", "Error", "Water is lost", "Cause", "The seal is old.", "Solution", "Change it."]
    more = ["It hisses", "Error", "Steam is lost", "Cause", "The lid is open.", "Solution", "Close it."]
    (document,) = documents_of(word_document(*lines, *more), "a.docx")
    assert [summary(entry) for entry in parse_document(document, "a.docx").entries] == TWO


def test_a_table_of_labels_in_a_word_document_is_an_entry() -> None:
    table = [("Error", "Water is lost"), ("Cause", "The seal is old."), ("Fix", "Change it.")]
    (document,) = documents_of(word_document("Pots", table=table), "a.docx")
    parsed = parse_document(document, "a.docx")
    assert ([summary(entry)[1:] for entry in parsed.entries], parsed.covered) == ([TWO[0][1:]], parsed.size)


def test_the_boilerplate_of_a_copied_text_is_excluded() -> None:
    (parsed,) = parse(CASES["a text copied line by line"][1], "a.txt")
    excluded = [(part.kind, part.first_line) for part in parsed.excluded if part.first_line]
    above = [(ExcludedKind.NAVIGATION, line) for line in range(1, 6)]
    below = [(ExcludedKind.PAGE_FOOTER, line) for line in (23, 24, 25)]
    assert excluded == [*above, (ExcludedKind.PAGE_HEADER, 7), *below, (ExcludedKind.TITLE, 6)]
    assert [(entry.span.first_line, entry.span.last_line) for entry in parsed.entries] == [(8, 15), (16, 22)]


BODY = "<p><b>Cause:</b> Rust.</p><p><b>Fix:</b> Oil it.</p>"
EXPORTS = {
    "Zendesk": {"articles": [{"id": 7, "title": "Pots fail", "body": BODY, "html_url": "https://e.org/7"}]},
    "Intercom": {
        "type": "list",
        "data": [{"id": "7", "title": "Pots fail", "body": BODY, "url": "https://e.org/7", "updated_at": 1700000000}],
    },
    "Freshdesk": [
        {
            "name": "Kitchen",
            "description": "All",
            "folders": [{"articles": [{"id": 7, "title": "Pots fail", "description": BODY}]}],
        }
    ],
    "Confluence": {"results": [{"id": "7", "title": "Pots fail", "body": {"storage": {"value": BODY}}}]},
}


@pytest.mark.parametrize("export", EXPORTS.values(), ids=EXPORTS)
def test_exports_of_four_help_centres_give_the_same_article(export: object) -> None:
    (parsed,) = parse(json.dumps(export), "a.json")
    assert (parsed.article.article_id, [summary(entry) for entry in parsed.entries]) == (
        "a/7",
        [("Pots fail", (), "Rust.", [(None, "Oil it.")])],
    )


def test_an_export_gives_the_day_of_the_last_change_and_whether_it_is_a_draft() -> None:
    (sent,) = parse(json.dumps(EXPORTS["Intercom"]), "a.json")
    assert (sent.article.updated, sent.article.draft) == ("2023-11-14", False)
    (draft,) = parse(json.dumps([{"id": 7, "title": "Pots", "description": BODY, "status": 1}]), "a.json")
    assert draft.article.draft


def test_code_and_callouts_of_confluence_are_kept() -> None:
    macro = '<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[ls <x>]]></ac:plain-text-body>'
    box = '<ac:structured-macro ac:name="warning"><ac:rich-text-body><p>Hot.</p></ac:rich-text-body>'
    end = "</ac:structured-macro>"
    pages = [{"id": "7", "title": "Pots fail", "body": f"{BODY}{macro}{end}{box}{end}"}]
    (parsed,) = parse(json.dumps({"results": pages}), "a.json")
    assert summary(parsed.entries[0])[3] == [(None, "Oil it. | ```\nls <x>\n``` | Hot.")]


def test_folders_without_articles_are_not_an_export() -> None:
    with pytest.raises(ArticleError, match="is not an export"):
        parse(json.dumps({"folders": [{"name": "Kitchen", "description": "All"}]}), "a.json")
