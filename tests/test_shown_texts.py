"""Only what the product shows is a message: no sentence that leads in to one, no image, no steps of a report."""

from __future__ import annotations

import pytest

from corpus.parsing.shown_texts import Kind, kind_of, without_tags
from tests.conftest import parse_article


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("When you weave, the following message is shown:", Kind.LEAD_IN),
        ("After the update users see:", Kind.LEAD_IN),
        ("The loom's log says this:", Kind.LEAD_IN),
        ("**Console output:**", Kind.LEAD_IN),
        ("![the red lamp](lamp.png)", Kind.OTHER),
        ("[![lamp](a/lamp.jpg)](a/lamp.jpg)", Kind.OTHER),
        ("<u>Steps to reproduce</u>", Kind.REPORT),
        ("**Expected result:**", Kind.REPORT),
        ("An error message appears.", Kind.SYMPTOM),
        ("The following warning is displayed on screen", Kind.SYMPTOM),
        ("A 500 page shows up.", Kind.SYMPTOM),
        ("Fatal error", Kind.SYMPTOM),
        ("Error: the shuttle is stuck", Kind.MESSAGE),
        ("The warp thread is missing: wind it", Kind.MESSAGE),
        ("Enter the number of the spool:", Kind.MESSAGE),
        ('You see "The shuttle is stuck." when it appears', Kind.MESSAGE),
        ("The page of pattern 3 was not displayed completely because the loom stopped", Kind.MESSAGE),
    ],
)
def test_what_stands_under_a_label_of_messages_is_told_apart(text: str, kind: Kind) -> None:
    assert kind_of(text) is kind


def test_a_report_is_one_entry_whose_message_is_what_is_shown() -> None:
    article, (entry,) = parse_article(
        "# Cloth is woven twice\n\n## Issue\n\n![cloth](cloth.png)\n\nSince Monday the loom shows this error:\n\n"
        "```\nW: pattern 12 woven twice\n```\n\n**Steps to reproduce**\n\n1. Wind the spool.\n2. Press Start.\n\n"
        "## Resolution\n\nSwitch repetition off.\n",
        "a.md",
    )
    assert (article.title, entry.entry_id) == ("Cloth is woven twice", "a#cloth-is-woven-twice")
    assert entry.messages == ("W: pattern 12 woven twice",)
    assert "Wind the spool." in (entry.context or "")
    assert [block.markdown for block in entry.solutions[0].blocks] == ["Switch repetition off."]


def test_our_own_format_is_believed() -> None:
    _, (entry,) = parse_article(
        "# A\n\n## Loom {#loom}\n\n**Message:** The following error occurred:\n\n**Solution:** Wind it.\n", "a.md"
    )
    assert entry.messages == ("The following error occurred:",)


def test_tags_that_say_how_a_text_looks_are_no_placeholders() -> None:
    assert without_tags("<b>Spool</b> <spool> of <br/>loom <u>3</u>") == "Spool <spool> of loom 3"
