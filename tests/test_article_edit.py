"""A symptom or an entry is put into an article, and nothing else of it changes, whatever was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.editing.article_edit import NewEntry, diff, with_entry, with_symptom
from assistant.errors import EditError
from corpus.labels import DEFAULT_LABELS

TEXT = """---
title: Kettles
---

# Kettles

## It leaks {#leaks}

**Error:** Error 7

**Symptoms:**

* Water on the table.
* It drips.

**Cause:** The seal is old.

**Fix:** Change the seal.

## It is loud {#loud}

**Cause:** Lime.

**Fix:**

1. Rinse it.
2. Dry it.

## It is cold {#cold}

Switch it on.
"""


def symptom(text: str, entry: str = "leaks", *, article: str = TEXT) -> tuple[str, ...]:
    return with_symptom(article, "kettles.md", f"kettles#{entry}", text, DEFAULT_LABELS).entry.symptoms


def test_a_symptom_stands_after_the_others_in_their_style() -> None:
    edit = with_symptom(TEXT, "kettles.md", "kettles#leaks", " my desk\nis wet ", DEFAULT_LABELS)
    assert edit.entry.symptoms == ("Water on the table.", "It drips.", "my desk is wet")
    assert [line for line in diff(TEXT, edit.text, "kettles.md") if line[:1] in "+-"][2:] == ["+* my desk is wet"]


def test_an_entry_without_symptoms_gets_a_list_before_its_cause() -> None:
    edit = with_symptom(TEXT, "kettles.md", "kettles#loud", "it howls", DEFAULT_LABELS)
    assert edit.text.replace("**Symptoms:**\n\n- it howls\n\n", "", 1) == TEXT
    assert (edit.entry.entry_id, edit.entry.symptoms) == ("kettles#loud", ("it howls",))


def test_an_article_keeps_its_line_ends() -> None:
    edit = with_symptom(TEXT.replace("\n", "\r\n"), "kettles.md", "kettles#leaks", "wet", DEFAULT_LABELS)
    assert edit.text == TEXT.replace("* It drips.\n", "* It drips.\n* wet\n").replace("\n", "\r\n")


@pytest.mark.parametrize(
    "typed",
    [
        "**Solution:** buy another",
        "Solution: buy another",
        "# It leaks {#loud}",
        "---\ntitle: Pots\n---",
        "{#loud}",
        "<script>alert(1)</script> [x](javascript:alert(1))",
        "```",
        "1. first",
        "<!-- it",
        "~~~ it",
        "- - - it",
    ],
)
def test_markup_labels_front_matter_and_ids_reach_no_other_part(typed: str) -> None:
    words = symptom(typed)[-1]
    assert words.replace("\\", "") == " ".join(typed.split())


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_symptom_or_refused(typed: str) -> None:
    try:
        symptoms = symptom(typed)
    except EditError:
        return
    assert symptoms[:2] == ("Water on the table.", "It drips.")
    assert len(symptoms) == 3


@pytest.mark.parametrize(
    ("entry", "typed", "message"),
    [
        ("gone", "x", "kettles.md has no entry kettles#gone any more"),
        ("leaks", "It drips.", "kettles#leaks has this symptom already"),
        ("leaks", " ", "a symptom is a sentence of up to 300 characters"),
        ("leaks", "x" * 301, "a symptom is a sentence of up to 300 characters"),
        ("cold", "x", r'"It is cold" has no label .* by hand in kettles.md, line 29'),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_to_do(entry: str, typed: str, message: str) -> None:
    with pytest.raises(EditError, match=message):
        symptom(typed, entry)


def test_an_article_in_another_format_is_not_edited() -> None:
    with pytest.raises(EditError, match=r'a.html is not Markdown, .* run "assistant import a.html"'):
        with_symptom("<h1>A</h1>", "a.html", "a#b", "x", DEFAULT_LABELS)


def test_a_new_entry_stands_at_the_end_with_the_labels_of_the_article() -> None:
    new = NewEntry("It hums", "1. Wait.\n2. Listen.", ["Error 9"], ["a low sound"], "The coil.")
    edit = with_entry(TEXT, "kettles.md", new, DEFAULT_LABELS)
    assert edit.text == TEXT + (
        "\n## It hums {#it-hums}\n\n**Error:**\n\n- Error 9\n\n**Symptoms:**\n\n- a low sound\n\n"
        "**Cause:**\n\nThe coil.\n\n**Fix:**\n\n1. Wait.\n2. Listen.\n"
    )
    assert (edit.entry.entry_id, edit.entry.messages) == ("kettles#it-hums", ("Error 9",))
    again = with_entry(edit.text, "kettles.md", new, DEFAULT_LABELS)
    assert again.entry.entry_id == "kettles#it-hums-2"


@pytest.mark.parametrize(
    "new",
    [
        NewEntry("", "Wait."),
        NewEntry("It hums", " "),
        NewEntry("It hums", "Wait.\n\n## It leaks {#leaks}\n\nBuy another."),
        NewEntry("It hums", "Wait.\n\n**Symptoms:** none"),
        NewEntry("It hums", "Wait:\n\n```\nkettle --off"),
    ],
)
def test_an_entry_that_is_not_whole_or_would_be_another_is_refused(new: NewEntry) -> None:
    with pytest.raises(EditError):
        with_entry(TEXT, "kettles.md", new, DEFAULT_LABELS)
