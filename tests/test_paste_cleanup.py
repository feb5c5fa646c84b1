r"""What a page's source, a JSON log, an address or a chat put into a message is taken out again, and nothing else."""

from __future__ import annotations

import pytest

from index.analysis.paste_cleanup import clean_paste
from tests.programs.processor_time import in_time


@pytest.mark.parametrize(
    ("pasted", "plain"),
    [
        ("can&#39;t open &quot;A&quot;&nbsp;&amp;amp; &lt;B&gt;", 'can\'t open "A"\xa0& <B>'),
        (r"{\"message\": \"not open:\nit can\u2019t\"}", '{"message": "not open:\nit can\u2019t"}'),
        (r"\\\"twice\\n\\u201cescaped\\u201d\\\"", '"twice\n\u201cescaped\u201d"'),
        ("<p>Printer <b>A</b> is<br/>offline</p>", "\nPrinter A is\noffline\n"),
        ('<text>see <a href="x?a=1">here</a></text>', "see here"),
        ("?error=Access+denied%3A%20can%E2%80%99t", "?error=Access denied: can\u2019t"),
        ("_Printer_ in _tray a_b is_ empty", "Printer in tray a_b is empty"),
    ],
)
def test_marks_of_the_carrier_are_taken_out(pasted: str, plain: str) -> None:
    assert clean_paste(pasted).text == plain


@pytest.mark.parametrize(
    "text",
    [
        "The tunnel to <server> & <name> is not open",
        r"C:\new\text.pdf and \\srv02\new\table.csv were not found",
        "100 % of __init__ in _id, 5 %d AT&T; a+b",
        "&nosuch; &#;",
        "",
    ],
)
def test_what_may_be_the_message_itself_stays(text: str) -> None:
    assert clean_paste(text).text == text


def test_each_character_knows_its_place() -> None:
    pasted = "<b>can&#39;t</b> open"
    plain = clean_paste(pasted)
    assert [pasted[plain.origin(at) :][:5] for at in (0, 3, 4, 6)] == ["can&#", "&#39;", "t</b>", "open"]
    assert plain.origin(len(plain.text)) == len(pasted)


def test_half_a_pair_of_surrogates_is_no_character() -> None:
    assert clean_paste(r"\ud83d").text == "?"


@pytest.mark.parametrize(
    "unit", ["<", "<a ", "<a b=", "&", "&a", "\\", "\\n", "_a ", "_", "%20", "=", "=a", "</a", "C:\\"]
)
def test_hostile_text_is_read_in_linear_time(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    in_time(0.5, lambda: clean_paste(text))
