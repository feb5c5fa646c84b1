"""Lists of errors are entries: definition lists, lists with "Fix:" in each item, titles that only a class names."""

import pytest

from corpus.formats.registry import documents_of
from corpus.parsing.article_parser import parse_document

Entries = list[tuple[str, str]]
TWO = [("It hums", "Tighten it."), ("It is dark", "Turn it on.")]


def entries(text: str, source: str) -> Entries:
    (document,) = documents_of(text.encode(), source)
    parsed = parse_document(document, source)
    assert parsed.covered == parsed.size
    return [
        (entry.title, " ".join(block.markdown for each in entry.solutions for block in each.blocks))
        for entry in parsed.entries
    ]


LISTS = {
    "Markdown": "# Lamps\n\nIt hums\n:   Tighten it.\n\nIt is dark\n: Turn it on.\n",
    "Markdown with blank lines": "# Lamps\n\nIt hums\n\n: Tighten it.\n\nIt is dark\n\n: Turn it on.\n",
    "bold terms": "# Lamps\n\n## All\n\n**It hums**\n: Tighten it.\n\n**It is dark**\n: Turn it on.\n",
    "HTML": "<h1>Lamps</h1><dl><dt>It hums</dt><dd>Tighten it.</dd><dt>It is dark</dt><dd><p>Turn it on.</p></dd></dl>",
    "HTML in a section": (
        "<h1>Lamps</h1><h2>All</h2><dl><dt>It hums</dt><dd>Tighten it.</dd><dt>It is dark</dt><dd>Turn it on.</dd></dl>"
    ),
    "numbers and Fix": "# Lamps\n\n1. It hums\n   Fix: Tighten it.\n2. It is dark\n   Fix: Turn it on.\n",
    "bullets and Solution": "# Lamps\n\n- It hums \u2013 Solution: Tighten it.\n- It is dark; Solution: Turn it on.\n",
    "bold errors": "# Lamps\n\n## All\n\n- **It hums** Fix: Tighten it.\n- **It is dark** Fix: Turn it on.\n",
    "numbers in German": "# Lampen\n\n1. It hums\n   Lösung: Tighten it.\n2. It is dark\n   Lösung: Turn it on.\n",
    "classes of questions": (
        '<h1>Lamps</h1><div class="question">It hums</div><div class="answer">Tighten it.</div>'
        '<div class="question">It is dark</div><div class="answer">Turn it on.</div>'
    ),
    "classes of titles": (
        '<h1>Lamps</h1><div class="item"><p class="item-title">It hums</p><p>Tighten it.</p></div>'
        '<div class="item"><p class="item-title">It is dark</p><p>Turn it on.</p></div>'
    ),
    "classes of an accordion": (
        '<h1>Lamps</h1><a class="accordion-header" href="#a">It hums</a><div>Tighten it.</div>'
        '<a class="accordion-header" href="#b">It is dark</a><div>Turn it on.</div>'
    ),
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_each_error_of_a_list_is_an_entry(text: str) -> None:
    assert entries(text, "a.html" if text.startswith("<") else "a.md") == TWO


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "# Lamps\n\n## It hums\n\nDo this.\n\nOn desks\n: Push.\n\nOn walls\n: Pull.\n",
            [("It hums", "Do this. **On desks** Push. **On walls** Pull.")],
        ),
        ("# Lamps\n\n## It hums\n\nCause\n: Age.\n\nSolution\n: Wait.\n", [("It hums", "Wait.")]),
        (
            "# Lamps\n\n## It hums\n\n1. Note: it is hot.\n2. Wait: a minute.\n",
            [("It hums", "1. Note: it is hot.\n2. Wait: a minute.")],
        ),
        ("# Lamps\n\n## It hums\n\nAt 10\n: 30 it hums\n", [("It hums", "**At 10** 30 it hums")]),
    ],
)
def test_a_list_within_an_entry_stays_in_it(text: str, expected: Entries) -> None:
    assert entries(text, "a.md") == expected
