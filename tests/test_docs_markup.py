"""The markup of documentation tools is interpreted or removed, never shown, and every line keeps its number."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.article import Entry
from corpus.formats.docs_markup.interpreter import interpret, walked
from corpus.formats.registry import documents_of
from corpus.parsing.article_parser import ParsedArticle, parse_document
from tests.programs.processor_time import growth

Blocks = list[tuple[str, str]]


def parse(text: str, source: str = "a.md") -> ParsedArticle:
    (document,) = documents_of(text.encode(), source)
    return parse_document(document, source)


def entry(body: str) -> Entry:
    """Return the only entry of an article with this text under its heading; no text may be lost."""
    article = parse(f"# Lamp\n\n## It hums\n\n{body}\n\n## It is dark\n\nWait.\n")
    assert article.covered == article.size
    first, last = article.entries
    assert last.title == "It is dark"
    return first


def blocks(body: str) -> Blocks:
    return [(block.kind.value, block.markdown) for each in entry(body).solutions for block in each.blocks]


NOTE = [("note", "Bulbs are hot."), ("text", "Wait.")]
CAUTION = [("caution", "Stop here. Bulbs are hot."), ("text", "Wait.")]
BOXES = {
    "MkDocs": ("!!! note\n    Bulbs are hot.\n\nWait.", NOTE),
    "MkDocs, nothing between box and text": ("!!! tip\n    Bulbs are hot.\nWait.", NOTE),
    "MkDocs that unfolds": ('??? info "Info"\n\n    Bulbs are hot.\n\nWait.', NOTE),
    "MkDocs with an empty title": ('!!! note ""\n    Bulbs are hot.\n\nWait.', NOTE),
    "MkDocs inline": ('!!! note inline end "Note"\n    Bulbs are hot.\n\nWait.', NOTE),
    "Docusaurus": (":::note\nBulbs are hot.\n:::\nWait.", NOTE),
    "Docusaurus with a title": (":::danger Stop here\nBulbs are hot.\n:::\n\nWait.", CAUTION),
    "VuePress": ("::: warning Stop here.\nBulbs are hot.\n:::\n\nWait.", CAUTION),
    "MyST": (":::{note}\nBulbs are hot.\n:::\n\nWait.", NOTE),
    "MyST as a fence": ("```{warning} Stop here\nBulbs are hot.\n```\n\nWait.", CAUTION),
    "PyMdown": ("/// caution | Stop here\nBulbs are hot.\n///\n\nWait.", CAUTION),
    "Hugo": ('{{< alert type="info" >}}\nBulbs are hot.\n{{< /alert >}}\n\nWait.', NOTE),
    "Hugo, Markdown inside": ("{{% notice note %}}\nBulbs are hot.\n{{% /notice %}}\nWait.", NOTE),
    "Hugo on one line": ("{{< hint warning >}}Stop here. Bulbs are hot.{{< /hint >}}\n\nWait.", CAUTION),
    "Hugo with the title among others": (
        '{{< callout type="warning" title="Stop here" >}}\nBulbs are hot.\n{{< /callout >}}\n\nWait.',
        CAUTION,
    ),
    "GitBook": ('{% hint style="info" %}\nBulbs are hot.\n{% endhint %}\n\nWait.', NOTE),
    "Jekyll": ('{% include tip.html content="Bulbs are hot." %}\n\nWait.', NOTE),
    "kramdown": ("{: .note }\nBulbs are hot.\n\nWait.", NOTE),
    "GitHub": ("> [!NOTE]\n> Bulbs are hot.\n\nWait.", NOTE),
    "Obsidian": ("> [!danger]- Stop here\n> Bulbs are hot.\n\nWait.", CAUTION),
    "Mintlify": ("<Tip>\nBulbs are hot.\n</Tip>\n\nWait.", NOTE),
    "Mintlify on one line": ("<Info>Bulbs are hot.</Info>\n\nWait.", NOTE),
    "Starlight": ('<Aside type="caution" title="Stop here">\nBulbs are hot.\n</Aside>\n\nWait.', CAUTION),
    "an unknown type": ("!!! gallery\n    Bulbs are hot.\n\nWait.", NOTE),
}


@pytest.mark.parametrize(("body", "expected"), BOXES.values(), ids=BOXES)
def test_a_box_is_a_note_or_a_caution(body: str, expected: Blocks) -> None:
    assert [(kind, " ".join(text.split())) for kind, text in blocks(body)] == expected


def test_a_box_that_ends_a_step_is_a_box_of_the_entry_and_the_numbers_go_on() -> None:
    body = (
        "1. Open it.\n\n   > [!WARNING]\n   > It is hot.\n\n2. Close it.\n\n    !!! tip\n"
        "        Use a cloth.\n\n3. Wait."
    )
    assert blocks(body) == [
        ("steps", "1. Open it."),
        ("caution", "It is hot."),
        ("steps", "2. Close it."),
        ("note", "Use a cloth."),
        ("steps", "3. Wait."),
    ]


def test_a_box_within_a_step_stays_in_it() -> None:
    body = "1. Open it.\n\n   :::note\n   It is hot.\n   :::\n\n   Use a cloth.\n\n2. Close it."
    assert blocks(body) == [
        ("steps", "1. Open it.\n\n   > **Note:**\n   > It is hot.\n\n   Use a cloth.\n\n2. Close it.")
    ]


def test_a_box_keeps_its_lists_code_and_boxes() -> None:
    body = "::::warning\n- A\n- B\n\n```\n:::note\n```\n\n:::tip\nC\n:::\n::::"
    assert blocks(body) == [("caution", "- A\n- B\n\n```\n:::note\n```\n\n> **Note:**\n> C")]


TABS = [
    ("text", "Pull."),
    ("text", "**Red**"),
    ("text", "Press R."),
    ("text", "**Blue**"),
    ("text", "Press B."),
    ("text", "Wait."),
]
TAB_SETS = {
    "MkDocs": '=== "Red"\n\n    Press R.\n\n=== "Blue"\n\n    Press B.\n',
    "Docusaurus": (
        '<Tabs>\n<TabItem value="r" label="Red">\n\nPress R.\n\n</TabItem>\n'
        '<TabItem value="b" label="Blue">\n\nPress B.\n\n</TabItem>\n</Tabs>\n'
    ),
    "GitBook": (
        '{% tabs %}\n{% tab title="Red" %}\nPress R.\n{% endtab %}\n\n'
        '{% tab title="Blue" %}\nPress B.\n{% endtab %}\n{% endtabs %}\n'
    ),
    "Hugo": (
        '{{< tabs >}}\n{{< tab "Red" >}}\nPress R.\n{{< /tab >}}\n{{% tab name="Blue" %}}\n'
        "Press B.\n{{% /tab %}}\n{{< /tabs >}}\n"
    ),
    "MyST": "::::{tab-set}\n:::{tab-item} Red\nPress R.\n:::\n:::{tab-item} Blue\nPress B.\n:::\n::::\n",
    "PyMdown": "/// tab | Red\nPress R.\n///\n\n/// tab | Blue\nPress B.\n///\n",
}


@pytest.mark.parametrize("tabs", TAB_SETS.values(), ids=TAB_SETS)
def test_tabs_among_other_text_have_their_label_in_bold(tabs: str) -> None:
    assert blocks(f"Pull.\n\n{tabs}\nWait.") == TABS


@pytest.mark.parametrize("tabs", TAB_SETS.values(), ids=TAB_SETS)
def test_tabs_alone_are_alternatives(tabs: str) -> None:
    solutions = [(each.title, [block.markdown for block in each.blocks]) for each in entry(tabs).solutions]
    assert solutions == [("Red", ["Press R."]), ("Blue", ["Press B."])]


def test_tabs_of_docfx_have_their_label_in_bold() -> None:
    assert blocks("Pull.\n\n# [Red](#tab/r)\n\nPress R.\n\n# [Blue](#tab/b)\n\nPress B.\n\n---\n\nWait.") == TABS


LINES = {
    "an attribute list": ("Get [it](a.md){: .button target=_blank } now.", "Get [it](a.md) now."),
    "one without a colon": ("Get [it](a.md){ .md-button } now.", "Get [it](a.md) now."),
    "a target": ("Get [it](a.md){target=_blank}.", "Get [it](a.md)."),
    "a role": ("See {ref}`the log <log>` and {doc}`bulbs`.", "See the log and bulbs."),
    "a role for a key": ("Press {kbd}`F9`.", "Press `F9`."),
    "a shortcode": ("Wait. {{< rawhtml >}}Go on.{{% /rawhtml %}}", "Wait. Go on."),
    "a reference of Hugo": ('See [bulbs]({{< ref "bulbs.md" >}}).', "See [bulbs](bulbs.md)."),
    "a tag of Liquid": ("{% raw %}Wait.{% endraw %}", "Wait."),
    "a variable of the site": ("See [bulbs]({{ site.baseurl }}/bulbs).", "See [bulbs](/bulbs)."),
    "a comment": ("Wait.<!-- TODO: how long? --> Go on.", "Wait. Go on."),
    "a comment of MDX": ("Wait.{/* how long? */}", "Wait."),
    "an icon": (":material-lightbulb: Wait.", "Wait."),
    "an emoji": (":warning: Wait.", "Wait."),
    "an emoji in a sentence": ("Wait :zap: here.", "Wait here."),
    "keys": ("Press ++ctrl+f9++.", "Press Ctrl+F9."),
    "a link of a wiki": ("See [[bulbs|the bulbs]] and [[lamps]].", "See the bulbs and lamps."),
    "a component": ('Press <Key name="x" title="F9" /> now.', "Press **F9** now."),
    "a component around text": ("<Steps>\nWait.\n</Steps>", "Wait."),
    "a comment of Obsidian": ("Wait. %%how long?%%", "Wait."),
    "a permalink": ("Wait [\u00a7](#wait)", "Wait"),
    "a permalink that is a picture": ("Wait [\U0001f517](#wait)", "Wait"),
    "a link for editors": ("Wait.[edit](x)", "Wait."),
    "an included file": ('Wait.\n\n----8<---- "bulbs.md"', "Wait."),
    "a table of contents": ("[TOC]\n\nWait.", "Wait."),
    "a name of MyST": ("(wait)=\n\nWait.", "Wait."),
    "the end of a page": ("Wait.\n\n\\newpage", "Wait."),
}


@pytest.mark.parametrize(("line", "expected"), LINES.values(), ids=LINES)
def test_what_only_a_tool_needs_is_not_shown(line: str, expected: str) -> None:
    assert blocks(line) == [("text", expected)]
    assert blocks(f"Press ++f9++.\n\n{line}") == [("text", "Press F9."), ("text", expected)]  # beside other markup


@pytest.mark.parametrize(
    "line",
    [
        "Cannot find <File> in {name}",
        "The symbol :crane_closed is not :open",
        "Hello {{ customer }}, option {mode=fast} is not known",
        "Error !!! wait ??? stop === now",
        "Use `{{< tab >}}`, `:material-bulb:` and ``{% raw %} ` ``",
        "import the lamp from the list",
        "C++ and ++i",
        "At 10:30:45 see a::b:::c",
        "50 %% of 100 %",
    ],
)
def test_text_that_only_looks_like_markup_stays(line: str) -> None:
    assert blocks(line) == [("text", line)]


def test_code_is_never_touched() -> None:
    code = "```yaml\n!!! note\n{{< tab >}}\n:::tip\n<Tabs>\n{% hint %}\n```"
    assert blocks(f":::tip\n{code}\n:::\n\n{code}") == [("note", code), ("code", code)]
    tildes = "~~~\n{{< tab >}}\n{% hint %}\n~~~"
    assert blocks(f"Press ++f9++.\n\n{tildes}") == [("text", "Press F9."), ("code", tildes)]


def test_imports_and_exports_of_mdx_are_no_text() -> None:
    head = (
        "import Tabs from '@theme/Tabs';\nimport {\n  A,\n  B,\n} from './x';\n\nexport const meta = {\n  a: 1,\n};\n\n"
    )
    article = parse(f"{head}# Lamp\n\n## It hums\n\nWait.\n")
    assert [block.markdown for block in article.entries[0].solutions[0].blocks] == ["Wait."]
    assert (article.entries[0].span.first_line, article.covered) == (13, article.size)


def test_a_heading_has_no_attributes_and_no_permalink() -> None:
    text = (
        "# Lamp\n\n## It hums {: #hums .x }\n\nWait.\n\n## It glows [\u00b6](#glows)\n\nGo.\n\n"
        "## It smells {#smells}\n\n**Solution:** Air.\n"
    )
    article = parse(text)
    assert [entry.title for entry in article.entries] == ["It hums", "It glows", "It smells"]
    assert article.entries[2].entry_id == "a#smells"


def test_a_substitution_of_the_front_matter_has_its_value() -> None:
    text = "---\nmyst:\n  substitutions:\n    lamp: Glow 3\n---\n\n# Lamp\n\n## It hums\n\nTurn {{ lamp }} off.\n"
    assert parse(text).entries[0].solutions[0].blocks[0].markdown == "Turn Glow 3 off."


def test_the_lines_of_an_entry_are_those_of_the_file() -> None:
    text = "# Lamp\n\n!!! note\n    A\n\n## It hums\n\n:::tip\nB\n:::\n\n1. C\n\n## It glows\n\nD\n"
    assert [(each.span.first_line, each.span.last_line) for each in parse(text).entries[-2:]] == [(6, 12), (14, 16)]


DETAILS = "<details>\n<summary>{}</summary>\n\n{}\n\n</details>\n"
FOLDS = {
    "text before": ("Pull.\n\n" + DETAILS.format("On a desk", "Push."), ["Pull.", "**On a desk**", "Push."]),
    "text after": (DETAILS.format("On a desk", "Push.") + "\nPull.", ["**On a desk**", "Push.", "Pull."]),
    "two of them": (
        "Pull.\n\n" + DETAILS.format("On a desk", "Push.") + "\n" + DETAILS.format("On a wall", "Turn."),
        ["Pull.", "**On a desk**", "Push.", "**On a wall**", "Turn."],
    ),
    "only one": (DETAILS.format("On a desk", "Push."), ["**On a desk**", "Push."]),
    "VuePress": ("Pull.\n\n::: details On a desk\nPush.\n:::", ["Pull.", "**On a desk**", "Push."]),
    "Mintlify": ('Pull.\n\n<Accordion title="On a desk">\nPush.\n</Accordion>', ["Pull.", "**On a desk**", "Push."]),
    "Hugo": ('Pull.\n\n{{% expand "On a desk" %}}\nPush.\n{{% /expand %}}', ["Pull.", "**On a desk**", "Push."]),
}


@pytest.mark.parametrize(("body", "expected"), FOLDS.values(), ids=FOLDS)
def test_what_unfolds_is_part_of_its_entry(body: str, expected: list[str]) -> None:
    assert [text for _, text in blocks(body)] == expected


def test_questions_that_unfold_are_entries() -> None:
    text = (
        "# Questions\n\nAll of them.\n\n"
        + DETAILS.format("Why does it hum?", "It is old.")
        + "\n"
        + DETAILS.format("Why is it dark?", "Wait.")
    )
    assert [entry.title for entry in parse(text).entries] == ["Why does it hum?", "Why is it dark?"]


@pytest.mark.parametrize(
    "piece",
    [
        "{{<",
        "<!--",
        "`` ` ",
        "{% include ",
        "{: .a",
        "{a=b.c.d",
        "[[a",
        "++a",
        "<Tip ",
        ":::note\n",
        "<Tip>\n",
        "> [!a] ",
        '=== "a"\n',
        "   ",
    ],
)
def test_reading_takes_time_in_proportion_to_the_size(piece: str) -> None:
    assert growth(lambda times: documents_of((piece * times).encode(), "a.md"), 2_000, 16_000, most=40) < 40


PIECES = r"""
## Jam {#jam}/# It hums {#hum.2}/### a {#a} b/## {#only}/ ## in {#in}/## <b>x<\b> {#b}/## a//## It hums {#hum}
**Message:** Paper jam: tray 2/1. Wait./   > **Note:** Hot./- a/  more/> quoted/| a | b |/```/~~~/    code {#x}/---/===
!!! note/:::note/:::/(see)/\(x\)/{#x}/a [link](b.md)/[[wiki]]/a :memo: b/++ctrl++/<!--/-->/{% raw %}/=a/(x)=
import x from 'y'/# Jam{#j}
"""


@settings(max_examples=1_000)
@given(st.lists(st.sampled_from(re.split("[/\n]", PIECES)), max_size=9))
@example(["## Jam {#jam}", "", "1. Wait.", "", "   > **Note:** Hot.", "", "Go on."])
@example(["import x from 'y'", "", "## Jam {#jam}"])
def test_ids_of_headings_are_left_alone_quickly_only_where_no_line_has_markup(lines: list[str]) -> None:
    if any("{#" in line for line in lines):
        assert interpret(lines, {}) == walked(lines, {})
